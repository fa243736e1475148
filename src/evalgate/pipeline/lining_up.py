"""Versions that are compared: what they stand for, and the run of each, the baseline first."""

from collections.abc import Sequence
from typing import NamedTuple

from evalgate.domain.names import FILE, FROM_FILE, GIT, RUN
from evalgate.errors import Problem, UserMistake
from evalgate.pipeline.baselines import named_baseline
from evalgate.pipeline.bench import Bench
from evalgate.pipeline.catalogue import contender
from evalgate.pipeline.contenders import Contender, Filed, labels_of, refuse_simulated
from evalgate.pipeline.producing import produce, produce_baseline
from evalgate.pipeline.worsening import Version
from evalgate.results.baseline_files import FiledRun
from evalgate.results.reading import StoredRun

ELSEWHERE = (FROM_FILE, GIT, RUN)


class LineUp(NamedTuple):
    """Versions with their runs."""

    labels: tuple[str, ...]
    first: StoredRun | FiledRun
    later: tuple[StoredRun, ...]

    @property
    def versions(self) -> list[Version]:
        """Every run under its label, the first of them the baseline."""
        runs = (self.first, *self.later)
        return [Version(label, run) for label, run in zip(self.labels, runs, strict=True)]

    @property
    def runs(self) -> tuple[StoredRun, ...]:
        """The runs that have answers."""
        return tuple(run for run in (self.first, *self.later) if isinstance(run, StoredRun))


def line_up(bench: Bench, versions: Sequence[str]) -> LineUp:
    """Make what is missing."""
    contenders = _contenders(bench, versions)
    first = produce_baseline(bench, contenders[0])
    later = tuple(produce(bench, entry) for entry in contenders[1:])
    return LineUp(labels_of(contenders), first, later)


def line_up_at_base(other: Bench, versions: Sequence[str], made: LineUp) -> LineUp:
    """The same on the base's bench; where its cases are the same, so are the runs."""
    if not all(serves(run, other) for run in made.later):
        return line_up(other, versions)
    if isinstance(made.first, StoredRun):
        return made
    again = named_baseline(other, versions[0])
    return made._replace(first=produce_baseline(other, again))


def serves(run: StoredRun, other: Bench) -> bool:
    """True when a run answers the other bench's cases as well."""
    return run.manifest.evalset.digest == other.evalset.digest


def _contenders(bench: Bench, versions: Sequence[str]) -> list[Contender]:
    """What the versions stand for; the faults of all of them at once."""
    named = (each for each in versions if each != FILE and not each.startswith(ELSEWHERE))
    plain = next(named, "")
    found: list[Contender] = []
    problems: list[Problem] = []
    for text in versions:
        try:
            found.append(_contender(bench, text, plain, first=not found))
        except UserMistake as mistake:
            problems += mistake.problems
    if problems:
        raise UserMistake(list(dict.fromkeys(problems)))
    for entry in found[1:]:
        if isinstance(entry, Filed):
            raise UserMistake(entry.refusal)
        refuse_simulated(found[0].identity, entry.identity)  # before anybody is asked
    return found


def _contender(bench: Bench, text: str, plain: str, *, first: bool) -> Contender:
    if first and (text == FILE or text.startswith(FROM_FILE)):
        return named_baseline(bench, text)
    return contender(bench.project, text, bench.errand.in_flight, plain)
