"""What git knows: the commit, whether the tree is dirty, what a name stands for."""

import os
from pathlib import Path

from evalgate.errors import Problem, UserMistake

SUBMODULE = "160000 "  # the mode of an entry that is another repository's commit
LINK = "120000 "  # the mode of an entry that is a symbolic link
WHERE = frozenset(
    f"GIT_{name}" for name in ("DIR", "WORK_TREE", "INDEX_FILE", "COMMON_DIR", "PREFIX")
)
"""What git tells a hook of its repository; we ask about the folder that we are given."""


def run_git(root: Path, *arguments: str, apart: bool = False) -> str | None:
    """Run git without a shell; None when it fails or is not there.

    `apart`: in the repository whose top is `root`, and never in one around it.
    """
    import subprocess  # here: not every command asks git

    try:
        done = subprocess.run(
            ["git", "-C", str(root), *arguments],  # noqa: S607 - git is found on PATH
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",  # a file name need not be text
            check=False,
            stdin=subprocess.DEVNULL,
            env=_environment(root if apart else None),
        )
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _environment(top: Path | None) -> dict[str, str]:
    outside = {name: value for name, value in os.environ.items() if name not in WHERE}
    if top is None:
        return outside
    return {**outside, "GIT_DIR": str(top / ".git"), "GIT_WORK_TREE": str(top)}


def top_of(root: Path) -> Path | None:
    """The top of the repository that a folder is in; None outside of git."""
    found = run_git(root, "rev-parse", "--show-toplevel")
    return Path(found) if found else None


def prefix_of(root: Path) -> Path:
    """A folder as seen from its repository's top; an empty path for the top itself."""
    return Path(run_git(root, "rev-parse", "--show-prefix") or "")


def commit_of(root: Path, *, apart: bool = False) -> tuple[str, bool]:
    """The commit that is checked out and whether tracked files differ from it; "" outside git."""
    commit = run_git(root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}", apart=apart)
    if not commit:
        return "", False
    status = run_git(root, "status", "--porcelain", "--untracked-files=no", apart=apart)
    return commit, bool(status)


def resolve_ref(root: Path, ref: str) -> str:
    """The commit that `ref` names; a ref that git does not know is a mistake."""
    # --end-of-options: a ref that starts with a dash is a name, never a flag
    asked = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    commit = run_git(root, *asked)
    if not commit:
        raise UserMistake(
            Problem(
                f"git knows no commit {ref!r}",
                remedy="see `git branch --all` and `git tag`; a shallow clone needs `git fetch`",
            )
        )
    return commit


def submodule_with(root: Path, commit: str, path: Path) -> str:
    """The submodule that `path`, from the repository's top, is in at a commit; "" for none.

    A checkout leaves a submodule's folder empty.
    """
    submodules = _entries(root, commit, SUBMODULE)
    return next((name for name in submodules if path.is_relative_to(name)), "")


def committed_links(root: Path, commit: str) -> list[str]:
    """The symbolic links of a commit, by their paths from the repository's top."""
    return _entries(root, commit, LINK)


def _entries(root: Path, commit: str, mode: str) -> list[str]:
    listed = run_git(root, "ls-tree", "-r", "-z", "--full-tree", commit)
    if listed is None:
        raise UserMistake(Problem(f"git could not list the files of {commit[:12]}"))
    entries = (entry.partition("\t") for entry in listed.split("\0"))
    return [name for facts, _, name in entries if facts.startswith(mode)]
