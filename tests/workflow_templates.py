"""Write what `evalgate init --github` hands out, out of this repository's own workflows."""

import sys
from pathlib import Path

from evalgate.github.team.workflows import NAMES

PROJECT = Path(__file__).parents[1]
SOURCES = PROJECT / ".github" / "workflows"
TEMPLATES = PROJECT / "src" / "evalgate" / "github" / "team" / "templates"


def generated() -> dict[str, bytes]:
    """The templates by their names: the workflows as they are, the action still `./`."""
    return {name: (SOURCES / name).read_bytes() for name in NAMES}


if __name__ == "__main__":
    for file, content in generated().items():
        (TEMPLATES / file).write_bytes(content)
        sys.stderr.write(f"wrote {(TEMPLATES / file).relative_to(PROJECT)}\n")
