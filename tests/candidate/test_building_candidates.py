"""From a spec to a candidate."""

import subprocess
import sys
from pathlib import Path

import pytest

from candidate_project import Project, write_project
from evalgate.candidate.building import build_candidate
from evalgate.domain.specs import CommandSpec, PythonSpec
from evalgate.errors import UserMistake


def python_spec(**values: object) -> PythonSpec:
    """A spec of the project's function."""
    return PythonSpec.model_validate({"kind": "python", "function": "app:sync", **values})


def test_a_digest_covers_the_spec_and_the_files_it_names(tmp_path: Path) -> None:
    """A description changes nothing; a file, a function or a timeout does."""
    root = write_project(tmp_path)

    def digest(spec: PythonSpec | CommandSpec) -> tuple[str, bool]:
        identity = build_candidate("a", spec, folder=root, root=root).identity
        return identity.digest, identity.complete

    plain, named = digest(python_spec()), digest(python_spec(digest_of=["*.py"]))

    assert digest(python_spec(description="new")) == plain
    assert (plain[1], named[1]) == (False, True)
    others = {
        plain,
        named,
        digest(python_spec(timeout_s=3)),
        digest(python_spec(function="app:awaited")),
        digest(CommandSpec(kind="command", command=("true",))),
    }
    (root / "app.py").write_text("")
    assert digest(python_spec(digest_of=["*.py"])) not in others
    assert len(others) == 5


def test_a_glob_that_names_no_file_is_a_mistake_of_the_candidates_file(tmp_path: Path) -> None:
    """The file that wrote it is named from the project's folder."""
    with pytest.raises(UserMistake, match=r"^candidates/a\.yaml: digest_of: '\*\.txt' names no"):
        build_candidate(
            "a",
            python_spec(digest_of=["*.txt"]),
            folder=tmp_path / "candidates",
            root=tmp_path,
        )


def test_an_origin_and_a_timeout_are_part_of_an_identity(tmp_path: Path) -> None:
    """A report says where a candidate came from and how long it might take."""
    identity = build_candidate(
        "a", python_spec(timeout_s=3), folder=tmp_path, root=tmp_path, origin="git:main"
    ).identity

    assert (identity.kind, identity.origin, identity.timeout_s) == ("python", "git:main", 3.0)


def test_an_interpreter_ends_when_nobody_is_left_to_ask_it(project: Project) -> None:
    """A run that is killed outright leaves no interpreter behind, even one that hangs."""
    host = subprocess.Popen(
        [sys.executable, "-P", "-m", "evalgate.candidate.host", "app:sync"],
        cwd=project.root,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    with host:
        assert host.stdin is not None
        assert host.stdout is not None
        assert b"ready" in host.stdout.readline()
        host.stdin.write(b'{"number": 1, "inputs": {"q": "hang once"}, "timeout_s": 9}\n')
        host.stdin.close()

        assert host.wait(timeout=10) == 0
