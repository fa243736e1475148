"""A comment when a push leaves nothing to evaluate: the verdict it had, and of which commit."""

import re

from evalgate.domain.shard import NOTHING_CHANGED
from evalgate.github.comment.body import Setting, foot
from evalgate.github.comment.headings import NOTHING
from evalgate.github.marks import said_in, stamped

HEADING = f"## {NOTHING.mark} evalgate: {NOTHING.words}"
SHORT = 12  # characters of a commit

_KEPT, _END = "<!-- evalgate:earlier -->\n\n", "\n\n</details>"
_TITLE = re.compile(r"## ([^\w\s<>&]+ evalgate: [a-z, ]+)$", re.MULTILINE)
_COMMIT = re.compile(r"commit `([0-9a-f]{7,64})`</sub>")


def nothing_changed_body(setting: Setting, earlier: str = "") -> str:
    """What is said of a commit with nothing to evaluate, above what the comment said `earlier`.

    However many such commits follow each other, it is the last verdict that is kept.
    """
    kept = _verdict_in(earlier)
    here = f"As of commit `{setting.head_sha[:SHORT]}`, " if setting.head_sha else ""
    words = f"{here}{NOTHING_CHANGED}"
    parts = [
        f"{stamped(setting.mark, setting.stamp)}\n{HEADING}",
        f"{words[0].upper()}{words[1:]}.",
    ]
    if kept:
        of = _commit_of(kept, setting)
        parts[-1] += f" The verdict below is of {of}, and says nothing about this one."
        # within HTML a backtick is no code
        title = f"{_title_of(kept)}, as of {of.replace('`', '<code>', 1).replace('`', '</code>')}"
        parts.append(f"<details><summary>{title}</summary>\n\n{_KEPT}{kept}{_END}")
    return "\n\n".join(part for part in (*parts, foot([], setting)) if part) + "\n"


def _verdict_in(body: str) -> str:
    """What a comment says of a verdict; one of ours, whose hidden lines come first."""
    said = said_in(body)
    if said.startswith(f"{HEADING}\n"):
        said = said.partition(_KEPT)[2].rpartition(_END)[0]
    return said.strip("\n")


def _title_of(kept: str) -> str:
    found = _TITLE.match(kept)
    return found[1] if found else "An earlier verdict"


def _commit_of(kept: str, setting: Setting) -> str:
    """The commit that the kept text ends with."""
    found = _COMMIT.search(kept.rpartition("\n")[2])
    if found is None:
        return "an earlier commit"
    is_same = setting.head_sha.startswith(found[1])
    return "an earlier run" if is_same else f"commit `{found[1]}`"
