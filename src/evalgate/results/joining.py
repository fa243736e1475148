"""Runs written out as one: the shards of a run joined, or a run copied for somebody else's eyes."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from evalgate.domain.run import JudgedCase, Manifest
from evalgate.errors import Problem, UserMistake
from evalgate.results.reading import StoredRun, open_run
from evalgate.results.writing import RunWriter, Took, letting_go

Change = Callable[[JudgedCase], JudgedCase]


def as_it_is(judged: JudgedCase) -> JudgedCase:
    """Leave a case alone."""
    return judged


def written_as_one(
    folder: Path, manifest: Manifest, runs: Sequence[StoredRun], change: Change = as_it_is
) -> StoredRun:
    """Write the cases of finished runs into `folder`, the first run's first; seal it like any run.

    What is there whole stays as it is, and what a kill left there is gone on with. Raises
    UserMistake when a run was edited, or when a case is in two of them.
    """
    with suppress(UserMistake):
        there = open_run(folder)
        if there.manifest.status == "finished":
            there.refuse_edited()
            return there
    begun = manifest.model_copy(update={"status": "running", "finished": None, "seal": ""})
    with letting_go(RunWriter(folder, begun)) as writer:
        before, seen = frozenset(writer.done), set[tuple[str, int]]()
        for run in runs:
            for judged in run.cases():
                what = (judged.id, judged.trial)
                if what in seen:
                    fault = f"judges {judged.id!r} once more: another run has it already"
                    raise UserMistake(Problem(fault, run.manifest.run_id))
                seen.add(what)
                if what not in before:
                    writer.append(change(judged))
        finished = [run.manifest.finished or run.manifest.started for run in runs]
        writer.close("finished", max(finished), Took(0.0))
    return open_run(folder)
