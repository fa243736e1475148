"""Which runs tell how much cases vary."""

from pathlib import Path

import pytest

from evalgate.pipeline.checking import checked_judges
from evalgate.pipeline.powering import Pair, newest_pair, power_of
from evalgate.pipeline.project import Project
from small_project import MakeProject, ProjectOnDisk, quiz

RIGHT = [True] * 12


@pytest.fixture
def ran(project: MakeProject) -> ProjectOnDisk:
    """A project with a run of its baseline and, after it, of its candidate."""
    repo = project(quiz(RIGHT, [*RIGHT[:10], False, False]))
    assert repo.run("run").code in (0, 1, 3)
    return repo


def pair_for(root: Path, **changed: str | None) -> Pair:
    found = Project(root, {})
    name, suite = found.suite(None)
    judges = checked_judges(found, (name, suite))
    return newest_pair(found, suite.model_copy(update=changed), judges)


def names(pair: Pair) -> list[str]:
    return [run.manifest.candidate.name if run else "" for run in pair]


@pytest.mark.parametrize(
    ("changed", "wanted"),
    [
        ({}, ["new", "old"]),
        ({"candidate": None}, ["new", "old"]),
        ({"candidate": "other"}, ["new", "old"]),
        ({"baseline": "new"}, ["old", "new"]),
        ({"baseline": None}, ["new", "old"]),
        ({"baseline": "none"}, ["new", "old"]),
        ({"baseline": "git:main"}, ["new", "old"]),
    ],
    ids=str,
)
def test_the_newest_candidate_is_held_against_its_baseline(
    ran: ProjectOnDisk, changed: dict[str, str | None], wanted: list[str]
) -> None:
    """Where the baseline named has no run, another version tells how much cases vary."""
    pair = pair_for(ran.root, **changed)

    assert names(pair) == wanted
    assert (pair.recorded, pair.trials) == (True, 1)


def test_a_baseline_may_be_a_run(ran: ProjectOnDisk) -> None:
    old = next(name for name in ran.runs() if "-old-" in name)

    assert names(pair_for(ran.root, baseline=f"run:{old}")) == ["new", "old"]


def test_without_a_run_there_is_no_pair(project: MakeProject) -> None:
    root = project(quiz(RIGHT, RIGHT)).root

    pair = pair_for(root)

    assert (names(pair), pair.trials, pair.sheets(set())) == (["", ""], 0, None)


def test_a_baseline_alone_stands_for_thresholds(project: MakeProject) -> None:
    """Its scores tell how far thresholds are; nothing is known of differences."""
    repo = project(quiz(RIGHT, RIGHT))
    repo.run("run", "--candidate", "old", "--baseline", "none")

    assert names(pair_for(repo.root)) == ["old", ""]
    threshold, drop = power_of(Project(repo.root, {}), None).suites[0].rules
    assert (threshold.from_runs, drop.from_runs) == (True, False)
    assert drop.foresight.assumed_flips == 0.1
