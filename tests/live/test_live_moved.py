"""A model of the same name at another address is another model, for candidates and for judges."""

from collections.abc import Callable

import pytest

from live_project import GREEN, RIGHT, gates, live, verdict_of
from model_stub import ModelStub
from small_project import MakeProject, ProjectOnDisk
from under_git import git

NO_DROP = ("{score: correct, max_drop: 0.2}",)


def voice(score: int, words: str = "") -> Callable[[str, str], str]:
    """Whoever asks a judge hears this score; a candidate hears what it asked for, or `words`."""

    def say(model: str, message: str) -> str:
        if model == "judge":
            return f"say=score: {score}\njustification: so"
        return f"say={words}" if words else message

    return say


@pytest.fixture
def repo(project: MakeProject, stub: ModelStub) -> ProjectOnDisk:
    """A project whose rule holds a candidate against what it was before."""
    return project(live(stub, RIGHT * 2, gates(stub, rules=NO_DROP)))


def test_answers_that_were_judged_elsewhere_are_judged_again(
    repo: ProjectOnDisk, stub: ModelStub
) -> None:
    """A stricter endpoint behind the same name makes no candidate worse, and none better."""
    stub.voice = voice(1)
    assert repo.run("run", "--baseline", "none").code == 3
    (before,) = repo.runs()
    with ModelStub() as other:
        other.voice = voice(0)
        repo.write({"gates.yaml": gates(other, rules=NO_DROP)})
        repo.run("run", "--baseline", "none", "--no-cache")
        after = max(repo.runs())

        held = repo.run("gate", after, "--baseline", f"run:{before}")
        compared = repo.run("compare", f"run:{before}", f"run:{after}")

        assert held.code == 2
        assert f"correct was asked at {stub.base_url}, today it is {other.base_url}" in held.err
        assert (compared.code, verdict_of(compared)) == (0, GREEN)
        (line,) = [line for line in compared.out.splitlines() if line.startswith("correct ")]
        assert line.split()[1:4] == ["0.0000", "0.0000", "+0.0000"]


def test_a_commit_that_asked_elsewhere_is_no_baseline_for_today(
    repo: ProjectOnDisk, stub: ModelStub
) -> None:
    """Both would be asked at today's address, and nothing could ever be worse."""
    stub.voice = voice(1)
    git(repo.root, "init", "-q")
    git(repo.root, "add", "-A")
    git(repo.root, "commit", "-qm", "one")
    assert repo.run("run", "--baseline", "git:HEAD").code == 0
    with ModelStub() as other:
        other.voice = voice(0, "wrong")
        repo.write({"gates.yaml": gates(other, rules=NO_DROP)})

        outcome = repo.run("run", "--baseline", "git:HEAD")

        assert outcome.code == 2
        assert f"asks local:/m at {stub.base_url}; today it is asked at {other.base_url}" in (
            outcome.err
        )
        assert other.requests == 0
