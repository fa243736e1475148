"""Which files a change touches: between the commit it is put upon and the one checked out."""

import os
from pathlib import Path
from typing import NamedTuple

from evalgate.errors import Problem, UserMistake
from evalgate.github.event import Event
from evalgate.sources.git import resolve_ref, run_git

DIFF = ("diff", "--name-only", "-z", "--no-renames", "--no-relative", "--no-ext-diff")
"""A rename is a file that went and another that came: both count."""


class Changes(NamedTuple):
    """`files` are from the top of the repository; None, and why, where nobody can know them.

    `policy` is the commit whose gates decide: a change may not be its own judge.
    """

    files: tuple[str, ...] | None
    base: str = ""
    unknown: str = ""
    policy: str = ""


def changes_since(root: Path, base: str) -> Changes:
    """What was changed since the head left `base`, a name that git knows."""
    commit = resolve_ref(root, base)
    # without a merge base in the clone: all that differs, which is never less
    start = run_git(root, "merge-base", commit, "HEAD") or commit
    return _between(root, start, commit)._replace(policy=commit)


def uncommitted(root: Path) -> list[str]:
    """Files under git that differ from the commit that is checked out: no plan counts them."""
    listed = run_git(root, *DIFF, "HEAD", "--")
    return [_readable(name) for name in (listed or "").split("\0") if name]


def changes_of(root: Path, event: Event, sha: str) -> Changes:
    """What the event's change touches; `sha` is the commit that GitHub had checked out."""
    match event.name:
        case "schedule" | "workflow_dispatch":
            return Changes(None, "", f"{event.name} is about all suites")
        case "push":
            _refuse_other_commit(root, event.head_sha)
            return _of_push(root, event.base_sha)
        case _:
            base = policy_of(root, event, sha)
            if event.name == "pull_request" and _head(root) == event.head_sha:
                return changes_since(root, base)
            return _between(root, base, base)._replace(policy=base)


def policy_of(root: Path, event: Event, sha: str) -> str:
    """The commit that a change is put upon, which decides on it; empty where nothing is changed.

    Raises UserMistake where the clone does not have it: the change would be its own judge.
    """
    match event.name:
        case "workflow_run":
            fault = "nothing is evaluated on workflow_run, which has the base's rights"
            raise UserMistake(Problem(fault, key="GITHUB_EVENT_NAME", remedy="use pull_request"))
        case "pull_request" | "merge_group":
            is_merge = event.name == "pull_request" and sha == _head(root) != event.head_sha
            if not is_merge:
                _refuse_other_commit(root, event.head_sha)
            base = _merged_into(root, event.head_sha) if is_merge else event.base_sha
            if base is None or not _knows(root, base):
                fault = "the clone does not have the base, which decides on the change"
                raise UserMistake(Problem(fault, remedy=FETCH))
            return base
        case _:
            return ""


FETCH = "actions/checkout: fetch-depth 2 for the merge commit, 0 for anything else"


def _merged_into(root: Path, head_sha: str) -> str | None:
    """The first parent of a merge with the head; None where a clone is too shallow to have it."""
    parents = (run_git(root, "rev-list", "--parents", "-n", "1", "HEAD") or "").split()[1:]
    return parents[0] if parents[1:] == [head_sha] else None


def _of_push(root: Path, before: str | None) -> Changes:
    if before is None:
        return Changes(None, "", "the branch is new")
    if not _knows(root, before):
        return Changes(None, "", f"the base {before[:12]} is not in this clone")
    return _between(root, before, before)


def _between(root: Path, start: str, base: str) -> Changes:
    listed = run_git(root, *DIFF, "--ignore-submodules=none", start, "HEAD", "--")
    if listed is None:
        return Changes(None, base, f"git cannot compare {start[:12]} with HEAD")
    return Changes(tuple(sorted(_readable(name) for name in listed.split("\0") if name)), base)


def _readable(name: str) -> str:
    """A file's name as text; one that is no UTF-8 is written with its bytes' numbers."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _refuse_other_commit(root: Path, wanted: str) -> None:
    head = _head(root)
    if head != wanted:
        fault = f"the checkout is at {head[:12] or 'no commit'}, the event is about {wanted[:12]}"
        raise UserMistake(Problem(fault, remedy="check out the event's own commit"))


def _head(root: Path) -> str:
    return run_git(root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}") or ""


def _knows(root: Path, commit: str) -> bool:
    asked = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{commit}^{{commit}}")
    return run_git(root, *asked) is not None


def text_at(root: Path, commit: str, path: str) -> bytes | None:
    """A file's content at a commit, by its path from the top; None when it is not there."""
    # a tree-ish cannot begin with a dash here: commits are resolved before
    text = run_git(root, "cat-file", "blob", f"{commit}:{path}")
    return None if text is None else os.fsencode(text)
