"""Folders for what evalgate makes itself, which git leaves alone."""

from contextlib import suppress
from pathlib import Path

from evalgate.domain.names import OWN_FOLDER

ALL = "# evalgate made this folder: nothing in it is to be committed\n*\n"


def make_folder(folder: Path) -> None:
    """Make a folder; a new `.evalgate` on the way to it ignores itself. Raises OSError."""
    own = next((each for each in (folder, *folder.parents) if each.name == OWN_FOLDER), None)
    is_new = own is not None and not own.exists()
    folder.mkdir(parents=True, exist_ok=True)
    if own and is_new:
        with suppress(FileExistsError), (own / ".gitignore").open("x", encoding="utf-8") as file:
            file.write(ALL)
