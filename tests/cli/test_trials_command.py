"""`--trials` and `trials:`: their limits, recorded answers, and runs from before there were any."""

import hashlib
import json

import pytest

from small_project import GATES, MakeProject, answers, lines, quiz

TWICE = GATES.replace("    judges:", "    trials: 2\n    judges:")


def digest(content: bytes) -> str:
    """A fingerprint as run folders have them."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


@pytest.mark.parametrize("flag", ["0", "101", "two"])
def test_the_flag_is_held_to_the_same_limits_as_the_file(project: MakeProject, flag: str) -> None:
    """From 1 to 100."""
    repo = project(quiz([True] * 3, [True] * 3))

    assert repo.run("run", "--trials", flag).code == 2
    repo.write({"gates.yaml": TWICE.replace("trials: 2", f"trials: {flag}")})
    checked = repo.run("check")
    assert (checked.code, "gates.yaml:7:5: suites.quiz.trials: " in checked.err) == (2, True)


def test_recorded_answers_have_no_more_trials_than_were_recorded(project: MakeProject) -> None:
    """A fault, told by `check` too; a file that has several answers of a case has so many."""
    repo = project(quiz([True] * 40, [True] * 40, TWICE))
    ran, checked = repo.run("run"), repo.run("check")
    more = "(record more, each with its `trial`; or hold it as a stored run: run:ID)"
    assert (ran.code, ran.err) == (
        2,
        f"error: candidates/old.jsonl: trials: has 1 answer per case, not 2 {more}\n",
    )
    assert (
        checked.code,
        f"is 2, and candidates/new.jsonl has 1 answer per case {more}" in checked.err,
    ) == (2, True)

    for name in ("old", "new"):
        first = [json.loads(line) for line in answers([True] * 40).splitlines()]
        both = [*first, *({**each, "trial": 1} for each in first)]
        repo.write({f"candidates/{name}.jsonl": lines(both)})
    assert repo.run("run").code == 0
    assert "40 x 2 trials" in repo.run("run").out


def test_trials_are_counted_from_nought(project: MakeProject) -> None:
    """Whoever begins with 1 has no first answers, and is told so."""
    repo = project(quiz([True], [True]))
    repo.write({"candidates/new.jsonl": '{"id": "q1", "trial": 1, "answer": "right"}\n'})

    outcome = repo.run("check")

    fault = "error: candidates/new.jsonl: has no first answers (a case's first `trial` is 0)\n"
    assert (outcome.code, outcome.err) == (2, fault)


def test_a_run_from_before_there_were_trials_is_still_read(project: MakeProject) -> None:
    """Its files say nothing of trials, and their seals hold."""
    repo = project(quiz([True] * 40, [True] * 40))
    repo.run("run")
    for run in repo.runs():
        folder = f".evalgate/runs/{run}"
        manifest = json.loads(repo.read(f"{folder}/manifest.json"))
        body = repo.read(f"{folder}/judgements.jsonl").replace('"trial":0,', "")
        del manifest["trials"], manifest["seal"]
        manifest["judgements_digest"] = digest(body.encode())
        canonical = json.dumps(manifest, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        manifest["seal"] = digest(canonical.encode())
        repo.write({f"{folder}/manifest.json": json.dumps(manifest)})
        repo.write({f"{folder}/judgements.jsonl": body})

    assert repo.run("gate", "latest").code == 0
    assert repo.run("show", "latest", "q1").code == 0
    assert len(repo.runs()) == 2
    assert repo.run("run").code == 0
    assert len(repo.runs()) == 2, "they answer for today's"
