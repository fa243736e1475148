"""What `evalgate doctor` found: faults have to be mended, hints are advice."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from evalgate.domain.record import Record
from evalgate.errors import ExitCode, Problem


class Symptom(NamedTuple):
    """One thing that was found; a fault endangers the verdict or a key, a hint does not."""

    problem: Problem
    is_fault: bool


class Diagnosis(Record):
    """All that was found; `checks` are the names of the checks to require."""

    schema_version: Literal[1] = 1
    workflows: int
    of_evalgate: int  # those with a step of the gate
    checks: tuple[str, ...]
    faults: tuple[Problem, ...]
    hints: tuple[Problem, ...]

    @property
    def exit_code(self) -> ExitCode:
        """Hints alone are no reason to stop."""
        return ExitCode.MISTAKE if self.faults else ExitCode.OK


def in_order(symptoms: Iterable[Symptom], *, faults: bool) -> tuple[Problem, ...]:
    """The faults or the hints, each once, by file and line."""
    found = {each.problem: None for each in symptoms if each.is_fault is faults}
    return tuple(sorted(found, key=lambda each: (each.path, each.line, each.column, each.fault)))
