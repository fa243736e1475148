"""`noise` with a model: every trial is a call of its own, once."""

from live_project import live, models_asked
from model_stub import ModelStub
from small_project import MakeProject

NOISE = ("noise", "--candidate", "new", "--repeat", "3")


def test_each_repeat_is_asked_once_and_said_before(project: MakeProject, stub: ModelStub) -> None:
    """Equal answers to a case are judged once; a second time everything is recorded."""
    repo = project(live(stub, ["say=right", "say=wrong"]))

    first = repo.run(*NOISE)
    asked = models_asked(stub)
    again = repo.run(*NOISE)

    assert (first.code, again.code) == (0, 0)
    assert first.err.startswith(
        "suite quiz: 2 cases of quiz@v1, 3 runs\ncandidate: new would be asked 6 times; "
    )
    assert asked == {"m": 6, "judge": 2}
    assert models_asked(stub) == asked
    assert "answers for it" in again.err
    assert "correct  all        2     0.0%       0.0%    0.0000        0" in first.out


def test_offline_asks_nobody(project: MakeProject, stub: ModelStub) -> None:
    """Without recordings there is no score: that is no calm suite but a service that failed."""
    repo = project(live(stub, ["say=right", "say=wrong"]))

    outcome = repo.run(*NOISE, "--offline")

    assert outcome.code == 4
    assert stub.bodies == []
    assert "q1" in outcome.err
    assert "none: no case has two scores" in outcome.out
