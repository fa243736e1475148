"""Digests, nearest names, git and whole files."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.errors import UserMistake
from evalgate.sources.atomic import written_whole
from evalgate.sources.digests import (
    digest_of_bytes,
    digest_of_file,
    digest_of_globs,
    digest_of_json,
)
from evalgate.sources.git import commit_of, resolve_ref, submodule_with
from evalgate.sources.nearest import did_you_mean
from under_git import git


@pytest.mark.parametrize(
    ("name", "known", "expected"),
    [
        pytest.param(
            "exact_mach", ["exact_match", "numeric"], "did you mean 'exact_match'?", id="typo"
        ),
        pytest.param("Correctness", ["correctness"], "did you mean 'correctness'?", id="capitals"),
        pytest.param("zzz", ["b", "a"], "known: a, b", id="nothing near"),
        pytest.param("zzz", [], "there are none", id="nothing known"),
        pytest.param(
            "zzz",
            map(str, range(20)),
            "known: 0, 1, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19 and 8 more",
            id="many",
        ),
    ],
)
def test_the_nearest_name(name: str, known: list[str], expected: str) -> None:
    """A near name is offered; else what there is, in one line."""
    assert did_you_mean(name, known) == expected


@given(value=st.dictionaries(st.text(), st.integers()))
def test_the_order_of_keys_does_not_matter(value: dict[str, int]) -> None:
    """Two mappings that say the same have one digest."""
    turned = dict(reversed(value.items()))
    assert digest_of_json({**turned}) == digest_of_json({**value})


@given(content=st.binary(), at=st.integers(min_value=0), flip=st.integers(1, 255))
def test_any_changed_byte_changes_the_digest(content: bytes, at: int, flip: int) -> None:
    """Nothing can be edited unseen."""
    changed = bytearray(content or b"x")
    changed[at % len(changed)] ^= flip
    assert digest_of_bytes(bytes(changed)) != digest_of_bytes(content or b"x")


def test_globs_name_files_of_the_project(tmp_path: Path) -> None:
    """Every file is fingerprinted by its path; compiled files are not."""
    (tmp_path / "app/__pycache__").mkdir(parents=True)
    (tmp_path / "app/a.py").write_text("1")
    (tmp_path / "app/__pycache__/a.pyc").write_text("2")
    found = digest_of_globs(tmp_path, ["app/**/*"], where="c.yaml")
    assert found == {"app/a.py": digest_of_file(tmp_path / "app/a.py")}


@pytest.mark.parametrize("glob", ["nothing/*.py", "", "/etc/hostname", "../*"])
def test_a_glob_that_names_nothing_here(tmp_path: Path, glob: str) -> None:
    """A digest over nothing would say that nothing can change."""
    with pytest.raises(UserMistake, match=r"^c\.yaml: digest_of: '.*' (names no file|is not a)"):
        digest_of_globs(tmp_path, [glob], where="c.yaml")


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    """A failure while writing leaves what was there, and nothing beside it."""
    path = tmp_path / "f"
    path.write_text("old")

    def write_and_fail() -> None:
        with written_whole(path) as file:
            file.write(b"new")
            raise KeyError

    with pytest.raises(KeyError):
        write_and_fail()
    assert [(found.name, found.read_text()) for found in tmp_path.iterdir()] == [("f", "old")]
    with written_whole(path) as file:
        file.write(b"new")
    assert [(found.name, found.read_text()) for found in tmp_path.iterdir()] == [("f", "new")]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "repo/inner"
    root.mkdir(parents=True)
    git(root.parent, "init", "-b", "main")
    (root / "f").write_text("one")
    git(root, "add", ".")
    git(root, "commit", "-m", "one")
    return root


def test_the_commit_and_whether_the_tree_is_dirty(repository: Path, tmp_path: Path) -> None:
    """A changed tracked file is dirt; a folder outside git has no commit."""
    commit, dirty = commit_of(repository)
    assert (len(commit), dirty) == (40, False)
    (repository / "f").write_text("two")
    assert commit_of(repository) == (commit, True)
    assert commit_of(tmp_path / "gone") == ("", False)


@pytest.mark.parametrize("ref", ["nope", "--help", "-n", "main^5"])
def test_a_ref_that_git_does_not_know(repository: Path, ref: str) -> None:
    """A ref is a name, never a flag."""
    with pytest.raises(UserMistake, match="git knows no commit"):
        resolve_ref(repository, ref)


def test_what_is_in_a_submodule(repository: Path) -> None:
    """The submodule itself and all below it; a name that only begins alike is outside."""
    commit, _ = commit_of(repository)
    entry = f"160000,{commit},d\u00e9p \u00f4t/sub"
    git(repository, "update-index", "--add", "--cacheinfo", entry)
    git(repository, "commit", "-m", "two")
    later, _ = commit_of(repository)

    def found(path: str, at: str = later) -> str:
        return submodule_with(repository, at, Path(path))

    assert (
        found("d\u00e9p \u00f4t/sub") == found("d\u00e9p \u00f4t/sub/a/b") == "d\u00e9p \u00f4t/sub"
    )
    assert found("d\u00e9p \u00f4t/subtle") == found("d\u00e9p \u00f4t") == found("a") == ""
    assert found("d\u00e9p \u00f4t/sub/a", commit) == ""
    with pytest.raises(UserMistake, match="git could not list the files of 000000000000"):
        found("a", "0" * 40)


def test_without_git_there_is_no_commit(
    repository: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A machine without git still runs; it only cannot name the commit."""
    monkeypatch.setenv("PATH", str(tmp_path))

    assert commit_of(repository) == ("", False)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """A glob that leads to it says so instead of leaving it out of the digest."""
    (tmp_path / "loop.txt").symlink_to("loop.txt")
    (tmp_path / "deep").mkdir()
    name = "x" * 300

    with pytest.raises(UserMistake, match="cannot be read"):
        digest_of_globs(tmp_path, [name], where="candidates/a.yaml")
