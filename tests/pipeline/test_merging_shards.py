"""Shards joined are the run that one job would have made."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalgate.domain.decision import Decision
from evalgate.domain.run import JudgedCase, Selection
from evalgate.domain.shard import Role, Shard
from evalgate.errors import UserMistake
from evalgate.pipeline.bench import Bench, Errand
from evalgate.pipeline.deciding import Sides, decide_runs
from evalgate.pipeline.guarding import open_bench
from evalgate.pipeline.merging import join_shards
from evalgate.pipeline.producing import produce
from evalgate.pipeline.project import Project
from evalgate.pipeline.selecting import shard_of
from evalgate.pipeline.sharding import run_shard, shards_for, sides_of
from evalgate.results.joining import written_as_one
from evalgate.results.reading import StoredRun
from evalgate.results.shards import StoredShard, write_shard
from run_files import manifest, write_run
from small_project import GATES, quiz

RIGHT = st.lists(st.booleans(), min_size=6, max_size=14)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where every example has a folder of its own."""
    return tmp_path_factory.mktemp("merged")


def bench_in(root: Path, right: list[bool], shard: tuple[int, int] | None = None) -> Bench:
    """A suite of a project in which the baseline is right everywhere."""
    for name, text in quiz([True] * len(right), right, gates=GATES).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    project = Project(root, {})
    return open_bench(project, project.suite("quiz"), Errand(selection=Selection(shard=shard)))


def one_shard(bench: Bench, into: Path, part: tuple[int, int]) -> StoredShard:
    """What one job leaves behind."""
    its = replace(bench, errand=replace(bench.errand, selection=Selection(shard=part)))
    facts = Shard(suite="quiz", shard=part[0], of=part[1], commit="", runs={})
    return write_shard(into, facts, run_shard(its))


def decided(bench: Bench, runs: Mapping[Role, StoredRun]) -> Decision:
    """What the gate says of two runs."""
    return decide_runs((bench.name, bench.suite), Sides(runs["candidate"], runs["baseline"]), ())


def judged(run: StoredRun) -> list[JudgedCase]:
    """The judged cases, in the order of their names."""
    return sorted(run.cases(), key=lambda each: each.id)


@given(right=RIGHT, wanted=st.integers(1, 5), order=st.randoms(use_true_random=False))
@settings(max_examples=5)
def test_shards_in_any_order_are_one_run(
    folders: Path, right: list[bool], wanted: int, order: Random
) -> None:
    """Every judgement is the same, and so is every ruling."""
    with TemporaryDirectory(dir=folders) as folder:
        root = Path(folder)
        whole = bench_in(root / "whole", right)
        bench = bench_in(root / "sharded", right)
        count = shards_for(bench.project, "quiz", wanted)
        parts = list(range(1, count + 1))
        order.shuffle(parts)
        made = {part: one_shard(bench, root / "out", (part, count)) for part in parts}

        alone: dict[Role, StoredRun] = {
            role: produce(side.bench, side.asked) for role, side in sides_of(whole).items()
        }
        joined = join_shards(bench, [made[part] for part in sorted(made)])

        assert judged(joined["candidate"]) == judged(alone["candidate"])
        assert judged(joined["baseline"]) == judged(alone["baseline"])
        assert decided(bench, joined).rulings == decided(whole, alone).rulings
        assert joined["candidate"].partial() == ""
        assert joined["candidate"].manifest.judged == len(right)


def test_the_joined_run_says_what_it_was_joined_from(tmp_path: Path) -> None:
    """Somebody who wonders finds the shards' runs, what they cost, and when the first began."""
    bench = bench_in(tmp_path, [True] * 8)
    shards = [one_shard(bench, tmp_path / "out", (part, 2)) for part in (1, 2)]
    parts = [shard.run("candidate").manifest for shard in shards]

    found = join_shards(bench, shards)["candidate"].manifest

    assert found.joined_from == tuple(part.run_id for part in parts)
    assert found.started == min(part.started for part in parts)
    assert str(found.selection) == ""


def test_a_join_that_was_killed_is_gone_on_with(tmp_path: Path) -> None:
    """What is there is kept; the same shards give the same folder."""
    bench = bench_in(tmp_path, [True] * 8)
    shards = [one_shard(bench, tmp_path / "out", (part, 2)) for part in (1, 2)]
    runs = [shard.run("candidate") for shard in shards]
    begun = manifest(run_id="joined", judges=runs[0].manifest.judges)
    folder = tmp_path / "joined"
    folder.mkdir()
    torn = runs[0].judgements_file.read_bytes()[:-10]
    (folder / "judgements.jsonl").write_bytes(torn)

    joined = written_as_one(folder, begun, runs)

    assert len(list(joined.cases())) == 8


def test_a_case_of_two_runs_is_refused(tmp_path: Path) -> None:
    """Nobody could say which of its judgements counts."""
    run = write_run(tmp_path / "one")

    with pytest.raises(UserMistake, match="judges 'c0' once more"):
        written_as_one(tmp_path / "joined", manifest(run_id="joined"), [run, run])


@pytest.mark.parametrize(
    ("case", "shards", "found"),
    [("q1", 2, 1), ("q1", 3, 2), ("open-qa-0017", 7, 2), ("frage-ä", 4, 4)],
    ids=["two", "three", "seven", "not ascii"],
)
def test_a_cases_shard_is_the_same_everywhere_and_for_ever(
    case: str, shards: int, found: int
) -> None:
    """The first eight bytes of its id's sha256, a big-endian number, modulo the shards, plus one.

    Jobs of several versions of evalgate, and reruns of one of them, must agree.
    """
    assert shard_of(case, shards) == found
