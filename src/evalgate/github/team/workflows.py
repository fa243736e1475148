"""The workflows that a team adds: this repository's own, with the action pinned by a commit.

The files in `templates/` are copies of `.github/workflows/`, made by `make templates`.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

from evalgate.github.team.pin import Pin

NAMES = ("evalgate-comment.yml", "evalgate-nightly.yml", "evalgate-pr.yml")
FOLDER = ".github/workflows"
OUR_KEY = "OPENAI_API_KEY"

USES = re.compile(r"^( *(?:- )?uses: )\./$", re.MULTILINE)
MODE = re.compile(r"^( *)(mode: (\w+).*)$", re.MULTILINE)
KEY = re.compile(rf"^( *){OUR_KEY}: \$\{{\{{ secrets\.{OUR_KEY} \}}\}}$", re.MULTILINE)

ANYWHERE = frozenset({"comment", "issue"})
"""Modes that read reports and no project, whose folder the base of a pull request may lack."""

TAKEN = frozenset(
    {
        *("BUDGET_USD", "EVALGATE", "FETCHED", "FOLDER", "KEY", "MODE", "NIGHT", "NO_CACHE"),
        *("JOB_RESULT", "OF", "OLDER_THAN", "REPORT_URL", "SHARD", "SHARDS", "SUITE"),
    }
)
"""Variables in which the action hands its inputs over: a key of such a name would be replaced."""


@dataclass(frozen=True, slots=True)
class Team:
    """What differs from team to team."""

    pin: Pin
    folder: str = ""  # of the project, from the repository's top; empty at the top itself
    keys: Sequence[str] = (OUR_KEY,)  # names of the variables that hold them


def render_workflows(team: Team) -> dict[str, str]:
    """The workflows by their names."""
    folder = files("evalgate.github.team") / "templates"
    return {name: _rendered((folder / name).read_text(encoding="utf-8"), team) for name in NAMES}


def _rendered(template: str, team: Team) -> str:
    def placed(found: re.Match[str]) -> str:
        indent, line, mode = found.groups()
        if not team.folder or mode in ANYWHERE:
            return found[0]
        folder = json.dumps(team.folder, ensure_ascii=False)  # YAML reads such quotes as JSON does
        return f"{indent}{line}\n{indent}working-directory: {folder}"

    def keyed(found: re.Match[str]) -> str:
        return "\n".join(f"{found[1]}{key}: ${{{{ secrets.{key} }}}}" for key in team.keys)

    pinned = USES.sub(lambda found: f"{found[1]}{team.pin}", template)
    return KEY.sub(keyed, MODE.sub(placed, pinned))
