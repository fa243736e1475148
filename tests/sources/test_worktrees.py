"""Other commits laid out: whole, apart from the repository, and not for ever."""

import fcntl
import gc
import os
from pathlib import Path

import pytest

from evalgate.errors import UserMistake
from evalgate.sources.worktrees import IN_USE, KEPT, Worktrees
from under_git import git


def commit(root: Path, text: str) -> str:
    """Commit a file with this text."""
    (root / "f").write_text(text)
    git(root, "add", ".")
    git(root, "commit", "-m", text)
    return git(root, "rev-parse", "HEAD")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project in a folder of a repository, with one commit."""
    root = tmp_path / "repo" / "inner"
    root.mkdir(parents=True)
    git(root.parent, "init", "-b", "main")
    (root / ".gitignore").write_text(".evalgate/\n")
    commit(root, "one")
    return root


@pytest.fixture
def worktrees(root: Path) -> Worktrees:
    """Where the project lays out commits."""
    return Worktrees(root, root / ".evalgate" / "worktrees")


def names(worktrees: Worktrees) -> set[str]:
    """What is laid out."""
    return {path.parent.name for path in worktrees.folder.glob("*/.git")}


def again(worktrees: Worktrees) -> Worktrees:
    """The same folder, as the next command sees it."""
    return Worktrees(worktrees.root, worktrees.folder)


def test_a_commit_is_laid_out_apart_from_the_tree(root: Path, worktrees: Worktrees) -> None:
    """Its files are the commit's, git in it knows that commit, and nothing of the user's moves."""
    first = git(root, "rev-parse", "HEAD")
    (root / "f").write_text("staged")
    git(root, "add", "f")
    (root / "f").write_text("edited")
    before = git(root, "status", "--porcelain"), git(root, "diff", "--cached")

    laid_out = worktrees.at(first)

    assert laid_out.root == laid_out.top / "inner"
    assert (laid_out.root / "f").read_text() == "one"
    assert git(laid_out.root, "rev-parse", "--show-toplevel") == str(laid_out.top.resolve())
    assert git(laid_out.root, "rev-parse", "HEAD") == first
    assert (git(root, "status", "--porcelain"), git(root, "diff", "--cached")) == before
    assert worktrees.at(first) == laid_out


def test_nothing_is_registered(root: Path, worktrees: Worktrees) -> None:
    """Whoever removes the folder has removed all of it; the branch is as free as before."""
    worktrees.at(git(root, "rev-parse", "HEAD"))

    assert len(git(root, "worktree", "list").splitlines()) == 1
    assert not (root.parent / ".git" / "worktrees").exists()


@pytest.mark.parametrize("harm", ["a file is gone", "git's part is empty", "a file was edited"])
def test_what_is_not_whole_is_laid_out_again(root: Path, worktrees: Worktrees, harm: str) -> None:
    """A killed checkout leaves a part, also where the tree around it is at the same commit."""
    head = git(root, "rev-parse", "HEAD")
    top = again(worktrees).at(head).top
    match harm:
        case "a file is gone":
            (top / "inner/f").unlink()
        case "git's part is empty":
            for path in (top / ".git").iterdir():
                path.unlink()
            (top / "inner/f").unlink()
        case _:
            (top / "inner/f").write_text("two")
    gc.collect()

    found = worktrees.at(head)

    assert (found.root / "f").read_text() == "one"
    assert (root / "f").read_text() == "one"


def test_what_another_process_uses_is_not_laid_out_again(root: Path, worktrees: Worktrees) -> None:
    """Its files are not taken from under it; the second one is told."""
    head = git(root, "rev-parse", "HEAD")
    laid_out = worktrees.at(head)
    (laid_out.root / "f").write_text("written by the candidate itself")

    with pytest.raises(UserMistake, match="another process uses them"):
        again(worktrees).at(head)

    assert (laid_out.root / "f").read_text() == "written by the candidate itself"


def test_a_hook_of_the_repository_lays_out_too(
    root: Path, worktrees: Worktrees, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Git tells a hook where it is; that must not be taken for where we lay out."""
    first = git(root, "rev-parse", "HEAD")
    commit(root, "two")
    monkeypatch.setenv("GIT_DIR", str(root.parent / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(root.parent / ".git" / "index"))

    laid_out = worktrees.at(first)

    monkeypatch.undo()
    assert (laid_out.root / "f").read_text() == "one"
    assert (root / "f").read_text() == "two"
    assert git(root, "status", "--porcelain") == ""


def test_only_the_last_few_are_kept(root: Path, worktrees: Worktrees) -> None:
    """What was used longest ago gives way; what somebody uses stays."""
    commits = [commit(root, f"number {number}") for number in range(KEPT + 2)]
    for number, one in enumerate(commits[:-1]):
        top = again(worktrees).at(one).top
        os.utime(top, (number, number))
    gc.collect()
    used = worktrees.folder / commits[1][:12]
    assert names(worktrees) == {one[:12] for one in commits[1:-1]}

    with (used / IN_USE).open("r+") as somebody:
        fcntl.flock(somebody, fcntl.LOCK_SH)
        worktrees.at(commits[-1])
        assert names(worktrees) == {one[:12] for one in commits[1:]}
    again(worktrees).at(commits[-1])

    assert names(worktrees) == {one[:12] for one in commits[2:]}


def test_a_commit_that_cannot_be_laid_out(worktrees: Worktrees) -> None:
    """The message says what to try, and nothing stays behind."""
    with pytest.raises(UserMistake, match="git could not lay out 000000000000"):
        worktrees.at("0" * 40)

    assert names(worktrees) == set()
