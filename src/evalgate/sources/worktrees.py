"""The files of other commits, laid out in folders of their own that the repository knows not of."""

import fcntl
import os
import shutil
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from evalgate.errors import Problem, UserMistake
from evalgate.sources.git import commit_of, prefix_of, run_git
from evalgate.sources.own_folder import make_folder

KEPT = 5
LOCK = "lock"
IN_USE = ".git/evalgate.lock"


class LaidOut(NamedTuple):
    """A commit's files: the top of its repository, and what the project's folder is in it."""

    top: Path
    root: Path


class Worktrees:
    """Commits laid out below one folder; the few that were used last are kept.

    A folder is a work tree of the project's repository whose own part of git lies within it, and
    which is not registered: whoever removes the folder has removed all of it. As long as this
    object lives, no other process removes what it has given.
    """

    def __init__(self, root: Path, folder: Path) -> None:
        self.root = root
        self.folder = folder
        self._held: dict[str, int] = {}
        weakref.finalize(self, _let_go, self._held)

    def at(self, commit: str) -> LaidOut:
        """Lay out a commit, unless it is there whole, and hold it."""
        top = self.folder / commit[:12]
        if commit not in self._held:
            make_folder(self.folder)
            with _alone(self.folder / LOCK):
                if not _is_whole(top, commit):
                    _lay_out(self.root, commit, top)
                self._held[commit] = _hold(top)
                _make_room(self.folder)
        return LaidOut(top, top / prefix_of(self.root))


def _let_go(held: dict[str, int]) -> None:
    while held:
        os.close(held.popitem()[1])


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Wait until no other process lays out or removes."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _is_whole(top: Path, commit: str) -> bool:
    """True when `top` holds all of `commit`; one that was killed leaves a part of it."""
    return (top / ".git").is_dir() and commit_of(top, apart=True) == (commit, False)


def _lay_out(root: Path, commit: str, top: Path) -> None:
    if _is_in_use(top):
        fault = f"the files of {commit[:12]} were changed, and another process uses them"
        raise UserMistake(Problem(fault, str(top), remedy="wait until it has ended"))
    shutil.rmtree(top, ignore_errors=True)
    common = root / (run_git(root, "rev-parse", "--git-common-dir") or "")
    (top / ".git").mkdir(parents=True)
    # `commondir` makes it a work tree of that repository (gitrepository-layout)
    (top / ".git" / "commondir").write_bytes(os.fsencode(f"{common.resolve()}\n"))
    (top / ".git" / "HEAD").write_text(f"{commit}\n", encoding="ascii")
    # no hooks: laying out a commit to read it is not a checkout that somebody works in
    plain = ("-c", f"core.hooksPath={os.devnull}", "-c", "core.sparseCheckout=false")
    if run_git(top, *plain, "reset", "--hard", "--quiet", apart=True) is None:
        shutil.rmtree(top, ignore_errors=True)
        raise UserMistake(
            Problem(
                f"git could not lay out {commit[:12]}",
                remedy=f"try `git worktree add --detach {top} {commit[:12]}`",
            )
        )


def _hold(top: Path) -> int:
    """Share a folder with other users, so that nobody removes it; it counts as used now."""
    held = os.open(top / IN_USE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    fcntl.flock(held, fcntl.LOCK_SH)
    os.utime(top)
    return held


def _is_in_use(top: Path) -> bool:
    try:
        with (top / IN_USE).open("r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False  # nobody ever held it
    return False


def _make_room(folder: Path) -> None:
    """Remove what was used longest ago, but nothing that a process holds."""
    found = sorted((path.parent for path in folder.glob("*/.git")), key=_last_used, reverse=True)
    for top in found[KEPT:]:
        if not _is_in_use(top):
            shutil.rmtree(top, ignore_errors=True)


def _last_used(top: Path) -> float:
    return top.stat().st_mtime
