"""What git knows: the commit, whether the tree is dirty, and a checkout of another commit."""

import os
from pathlib import Path

from evalgate.errors import Problem, UserMistake

SUBMODULE = "160000 "  # the mode of an entry that is another repository's commit


def _git(root: Path, *arguments: str) -> str | None:
    """Run git without a shell; None when it fails or is not there."""
    import subprocess  # here: not every command asks git

    try:
        done = subprocess.run(
            ["git", "-C", str(root), *arguments],  # noqa: S607 - git is found on PATH
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",  # a file name need not be text
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def commit_of(root: Path) -> tuple[str, bool]:
    """The commit that is checked out and whether tracked files differ from it; "" outside git."""
    commit = _git(root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    if not commit:
        return "", False
    return commit, bool(_git(root, "status", "--porcelain", "--untracked-files=no"))


def resolve_ref(root: Path, ref: str) -> str:
    """The commit that `ref` names; a ref that git does not know is a mistake."""
    # --end-of-options: a ref that starts with a dash is a name, never a flag
    commit = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    if not commit:
        raise UserMistake(
            Problem(
                f"git knows no commit {ref!r}",
                remedy="see `git branch --all` and `git tag`; a shallow clone needs `git fetch`",
            )
        )
    return commit


def checkout(root: Path, commit: str, into: Path) -> Path:
    """Lay out `commit` in `into` (once) and return the folder that `root` is in it."""
    prefix = _git(root, "rev-parse", "--show-prefix") or ""
    if not _is_laid_out(into, commit):
        into.parent.mkdir(parents=True, exist_ok=True)
        _git(root, "worktree", "remove", "--force", str(into))
        _git(root, "worktree", "prune")
        # no hooks: laying out a commit to read it is not a checkout that somebody works in
        add = ("-c", f"core.hooksPath={os.devnull}", "worktree", "add", "--detach", "--force")
        if _git(root, *add, str(into), commit) is None:
            raise UserMistake(
                Problem(
                    f"git could not lay out {commit[:12]}",
                    remedy=f"try `git worktree add --detach {into} {commit[:12]}`",
                )
            )
    return into / prefix


def submodule_with(root: Path, commit: str, path: Path) -> str:
    """The submodule that `path`, from the repository's top, is in at a commit; "" for none.

    A checkout leaves a submodule's folder empty.
    """
    listed = _git(root, "ls-tree", "-r", "-z", "--full-tree", commit)
    if listed is None:
        raise UserMistake(Problem(f"git could not list the files of {commit[:12]}"))
    entries = (entry.partition("\t") for entry in listed.split("\0"))
    submodules = (name for facts, _, name in entries if facts.startswith(SUBMODULE))
    return next((name for name in submodules if path.is_relative_to(name)), "")


def _is_laid_out(into: Path, commit: str) -> bool:
    """True when `into` holds all of `commit`; a killed checkout leaves a part of it."""
    return (into / ".git").exists() and commit_of(into) == (commit, False)
