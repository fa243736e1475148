"""What was paid for is not paid for again: reruns, `--offline`, `--no-cache`, other machines."""

import shutil
from pathlib import Path

import pytest

from live_project import (
    GENAI_JUDGE,
    GIVES_UP,
    GREEN,
    NO_VERDICT,
    RIGHT,
    fairly,
    gates,
    judging,
    last_run,
    live,
    models_asked,
    recorded,
    told,
    verdict_of,
)
from model_stub import ModelStub
from small_project import MakeProject

NOT_ASKED = "local:/m was not asked this before, and --offline asks nothing"
BOTH = {"m": 20, "judge": 20}


@pytest.mark.parametrize("judge", [None, GENAI_JUDGE], ids=["prompt", "genai_metric"])
def test_a_second_run_sends_no_request(
    project: MakeProject, stub: ModelStub, judge: str | None
) -> None:
    """Neither with the stored run nor, when that is gone, with the recordings alone."""
    files = live(stub, RIGHT)
    if judge is not None:
        files["judges/correct/judge.yaml"] = judge
        stub.voice = judging(lambda _: fairly("right"))
    repo = project(files)
    first = repo.run("run")
    assert (first.code, models_asked(stub), recorded(repo)) == (0, BOTH, 40)

    assert repo.run("run") == first
    shutil.rmtree(repo.root / ".evalgate" / "runs")
    again = repo.run("run")

    assert (again.code, again.out, told(again)) == (0, first.out, [])
    assert stub.requests == 40


def test_no_cache_asks_anew_and_records(project: MakeProject, stub: ModelStub) -> None:
    """What is said now takes the place of what was said before."""
    repo = project(live(stub, RIGHT))
    repo.run("run")
    stub.bodies.clear()
    stub.voice = judging(lambda _: "say=score: 0\njustification: not any more")

    outcome = repo.run("run", "--no-cache")

    assert (outcome.code, models_asked(stub)) == (1, BOTH)
    assert (recorded(repo), len(repo.runs())) == (40, 2)
    shutil.rmtree(repo.root / ".evalgate" / "runs")
    assert repo.run("run", "--offline").code == 1


def test_offline_answers_from_recordings_alone(project: MakeProject, stub: ModelStub) -> None:
    """No key and no endpoint are needed for what was said before."""
    repo = project(live(stub, RIGHT))
    first = repo.run("run")
    shutil.rmtree(repo.root / ".evalgate" / "runs")
    provider = "api_key_env: NO_SUCH_KEY"
    repo.write({"gates.yaml": gates(stub, provider=provider)})

    outcome = repo.run("run", "--offline")

    assert (outcome.code, outcome.out, told(outcome)) == (0, first.out, [])
    assert stub.requests == 40


def test_offline_names_what_is_missing_and_is_never_green(
    project: MakeProject, stub: ModelStub
) -> None:
    """Exit 4 with the cases and the remedy; afterwards only they are asked."""
    repo = project(live(stub, RIGHT))
    repo.run("run", "--limit", "17")
    stub.bodies.clear()

    outcome = repo.run("run", "--offline")

    assert (outcome.code, verdict_of(outcome), stub.bodies) == (4, NO_VERDICT, [])
    assert told(outcome) == [
        (
            "new: no answer in 3 cases (not recorded): q18, q19, q20: local:/m was not asked this"
            " before, and --offline asks nothing"
        ),
        "run it without --offline, or import recordings that hold what is missing",
    ]
    again = repo.run("run")
    assert (again.code, verdict_of(again), told(again)) == (0, GREEN, [])
    assert models_asked(stub) == {"m": 3, "judge": 3}


def test_offline_without_the_judges_replies_is_no_verdict(
    project: MakeProject, stub: ModelStub
) -> None:
    """The answers alone are not enough."""
    stub.voice = judging(lambda _: "fault=500")
    repo = project(live(stub, RIGHT, gates(stub, provider=GIVES_UP)))
    repo.run("run")

    outcome = repo.run("run", "--offline")

    assert (outcome.code, verdict_of(outcome)) == (4, NO_VERDICT)
    assert told(outcome)[0] == (
        "new: no score by correct in 20 cases (not recorded): q1, q10, q11 and 17 more:"
        " local:/judge was not asked this before, and --offline asks nothing"
    )


def test_a_comparison_names_what_each_version_lacks(project: MakeProject, stub: ModelStub) -> None:
    """One prompt was asked before and the other was not: no verdict."""
    files = live(stub, RIGHT)
    files["candidates/other.yaml"] = files["candidates/new.yaml"].replace("Reply", "Please reply")
    repo = project(files)
    repo.run("run")
    shutil.rmtree(repo.root / ".evalgate" / "runs")

    outcome = repo.run("compare", "new", "other", "--offline")

    assert (outcome.code, verdict_of(outcome)) == (4, NO_VERDICT)
    assert outcome.err.splitlines()[:-1] == [
        f"other: no answer in 20 cases (not recorded): q1, q10, q11 and 17 more: {NOT_ASKED}",
        "run it without --offline, or import recordings that hold what is missing",
    ]
    stub.bodies.clear()
    assert repo.run("compare", "new", "other").code == 0
    assert models_asked(stub) == {"m": 20}  # the same answers to the same cases are judged once


def test_offline_and_no_cache_exclude_each_other(project: MakeProject, stub: ModelStub) -> None:
    """A mistake, before anything is read."""
    repo = project(live(stub, RIGHT))

    assert repo.run("run", "--offline", "--no-cache") == (
        2,
        "",
        "error: --offline asks nobody and --no-cache asks anew (leave one of them out)\n",
    )


def test_recordings_are_carried_to_another_machine(
    project: MakeProject, stub: ModelStub, tmp_path: Path
) -> None:
    """Exported here and imported there, they answer without one request, and hold no key."""
    repo = project(live(stub, RIGHT))
    first = repo.run("run")
    assert repo.run("recordings", "export", "replies.jsonl").out == (
        "40 recordings written to replies.jsonl\n"
    )
    shutil.rmtree(repo.root / ".evalgate")

    taken = repo.run("recordings", "import", "replies.jsonl")
    outcome = repo.run("run")

    assert taken.out == "40 recordings taken in, 0 known already\n"
    assert (outcome.code, outcome.out) == (0, first.out)
    assert stub.requests == 40
    again = repo.run("recordings", "import", "replies.jsonl")
    assert again.out == "0 recordings taken in, 40 known already\n"


def test_a_corrupt_file_of_recordings_costs_its_own_content_alone(
    project: MakeProject, stub: ModelStub
) -> None:
    """It is set aside and said so; the run is asked for again and green."""
    repo = project(live(stub, RIGHT))
    repo.run("run")
    shutil.rmtree(repo.root / ".evalgate" / "runs")
    folder = repo.root / ".evalgate"
    for path in folder.glob("recordings.db-*"):
        path.unlink()
    (folder / "recordings.db").write_bytes(b"no database" * 1000)

    outcome = repo.run("run")

    assert (outcome.code, verdict_of(outcome)) == (0, GREEN)
    (notice,) = told(outcome)
    assert notice == (
        "recordings.db is corrupt: it lies aside as recordings.db.corrupt-1, and what only it held"
        " is asked again"
    )
    assert (stub.requests, recorded(repo), len(last_run(repo))) == (80, 40, 20)
