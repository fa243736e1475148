"""The folder of runs: names, and which run answers for which."""

import datetime as dt
import os
from pathlib import Path
from typing import Any

import pytest

from evalgate.domain.identity import CandidateIdentity, EvalsetIdentity, JudgeIdentity
from evalgate.domain.run import Selection
from evalgate.domain.scale import BINARY
from evalgate.errors import Problem, UserMistake
from evalgate.results.manifests import MANIFEST, mark_reported
from evalgate.results.store import Runs, is_reusable, is_same_work
from run_files import NOW, manifest, write_run


@pytest.mark.parametrize(
    ("candidate", "name"),
    [
        ("zeroshot", "20260320-123005.000-zeroshot-"),
        ("git:main", "20260320-123005.000-git-main-"),
        ("../../etc/passwd", "20260320-123005.000-etc-passwd-"),
        ("x" * 90, f"20260320-123005.000-{'x' * 40}-"),
        ("\u202eevil\n", "20260320-123005.000-evil-"),
    ],
)
def test_a_run_is_named_by_its_time_and_candidate(
    tmp_path: Path, candidate: str, name: str
) -> None:
    made = Runs(tmp_path).new_id(candidate, NOW)

    assert made.startswith(name)
    assert len(made) == len(name) + 4
    assert made < Runs(tmp_path).new_id(candidate, NOW + dt.timedelta(seconds=1))


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    for name in ("20260101-a", "20260102-b", "20260102-c"):
        write_run(tmp_path / name, 1)
    (tmp_path / "not a run").mkdir()
    return Runs(tmp_path)


@pytest.mark.parametrize(
    ("asked", "found"),
    [("20260101-a", "20260101-a"), ("20260101", "20260101-a"), ("latest", "20260102-c")],
)
def test_a_run_is_found_by_name_or_by_its_beginning(runs: Runs, asked: str, found: str) -> None:
    assert runs.open(asked).folder.name == found


@pytest.mark.parametrize(
    ("asked", "fault"),
    [
        ("20260102", r"several runs begin with '20260102' \(known: 20260102-b, 20260102-c\)"),
        ("20260101-bb", r"there is no run '20260101-bb' \(did you mean '2026010"),
        ("../20260101-a", "there is no run"),
    ],
)
def test_a_name_that_fits_no_run_is_a_mistake(runs: Runs, asked: str, fault: str) -> None:
    with pytest.raises(UserMistake, match=fault):
        runs.open(asked)


def test_the_latest_run_is_the_one_that_was_reported_last(runs: Runs) -> None:
    """Of two that were spoken of at once it is the newer by its name."""
    mark_reported(runs.folder / "20260102-b")

    assert runs.open("latest").folder.name == "20260102-b"

    for name in runs.names():
        os.utime(runs.folder / name / MANIFEST, ns=(7, 7))
    assert runs.open("latest").folder.name == "20260102-c"


def test_there_is_no_latest_of_nothing(tmp_path: Path) -> None:
    with pytest.raises(UserMistake, match="there is no run 'latest'"):
        Runs(tmp_path / "nowhere").open("latest")


def test_a_damaged_run_does_not_hide_the_others(runs: Runs) -> None:
    (runs.folder / "20260102-b" / MANIFEST).write_text("{}")

    listed = list(runs.readable())

    assert [type(each).__name__ for each in listed] == ["StoredRun", "Problem", "StoredRun"]
    assert isinstance(listed[1], Problem)
    assert listed[1].path == "20260102-b/manifest.json"
    assert [run.folder.name for run in runs.like(manifest())] == ["20260102-c", "20260101-a"]


def candidate(**update: Any) -> CandidateIdentity:
    facts = {"name": "c", "kind": "python", "digest": "d", "complete": True}
    return CandidateIdentity(**(facts | update))


def judge(digest: str) -> JudgeIdentity:
    return JudgeIdentity(digest=digest, scale=BINARY)


LIMITED = Selection(limit=1)


@pytest.mark.parametrize(
    ("stored", "wanted", "reused", "alike"),
    [
        ({}, {}, True, True),
        ({}, {"run_id": "r2", "suite": "other"}, True, True),
        ({"candidate": candidate(complete=False)}, {"candidate": candidate(complete=False)},
         False, True),
        ({}, {"candidate": candidate(digest="d2")}, False, False),
        ({}, {"candidate": candidate(name="renamed")}, False, False),
        ({}, {"evalset": EvalsetIdentity(ref="e@v1", digest="e2", cases=3, frozen=False)},
         False, False),
        ({}, {"judges": {"s": judge("j2")}}, False, True),
        ({}, {"judges": {"s": judge("j"), "t": judge("t")}}, False, True),
        ({"judges": {"s": judge("j"), "t": judge("t")}}, {}, True, True),
        ({"judged": 2}, {}, False, True),
        ({"selection": LIMITED, "rejudged_from": "r0"}, {"selection": LIMITED}, False, True),
        ({"status": "stopped"}, {}, False, True),
        ({"status": "running"}, {}, False, True),
        ({"selection": LIMITED}, {}, False, False),
        ({}, {"selection": LIMITED}, False, False),
        ({"selection": LIMITED}, {"selection": LIMITED}, True, True),
    ],
    ids=["the same", "of another suite", "an opaque candidate", "another candidate",
         "another name for the same candidate", "edited cases", "another judge", "one more judge",
         "one judge fewer", "not every case",
         "a part that was judged again",
         "stopped", "killed", "a part for the whole", "the whole for a part",
         "the same part"],
)  # fmt: skip
def test_which_run_answers_for_which(
    stored: dict[str, Any], wanted: dict[str, Any], reused: bool, alike: bool
) -> None:
    facts = {"candidate": candidate()}
    run = manifest(**(facts | {"status": "finished", "judged": 3} | stored))

    asked = manifest(**(facts | wanted))
    assert (is_reusable(run, asked), is_same_work(run, asked)) == (reused, alike)


def test_runs_alike_are_found_newest_first(tmp_path: Path) -> None:
    for name in ("1", "2"):
        write_run(tmp_path / name, 1)

    alike = Runs(tmp_path).like(manifest())
    other = Runs(tmp_path).like(manifest(candidate=candidate(digest="d2")))

    assert [run.folder.name for run in alike] == ["2", "1"]
    assert list(other) == []
