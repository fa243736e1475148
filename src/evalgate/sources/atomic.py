"""Write a file so that at any moment it is there whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def written_whole(path: Path, *, new: bool = False) -> Iterator[BinaryIO]:
    """Give a file to write; it takes the place of `path` when the block ends well.

    `new`: raise FileExistsError when something is at `path` by then, and leave it alone.
    """
    import tempfile  # here: it loads every compressor there is, and to check a project writes none

    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.chmod(_mode_of(path))
        if new:  # only one of two processes can create it, and that one replaces what it created
            path.touch(exist_ok=False)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _mode_of(path: Path) -> int:
    # a temporary file is private to its owner; what people share must not become so
    return path.stat().st_mode & 0o777 if path.exists() else 0o644
