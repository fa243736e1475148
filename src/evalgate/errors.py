"""The error tree, what a person is told, and the exit codes.

EvalgateError
├── UserMistake      a file or a flag is wrong; carries every Problem found
├── ServiceFailed    something outside failed us (a disk, a service); nobody's verdict
│   └── BudgetEnded  nothing more may be spent; what was paid for is kept
├── Stopped          Ctrl-C; carries how to go on
└── Disagreement     our own bug: two parts that must agree do not
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum


class ExitCode(IntEnum):
    """What the process tells the shell."""

    OK = 0
    FAILED = 1
    MISTAKE = 2
    UNDECIDED = 3
    SERVICE = 4
    BUG = 70
    INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault with its place and its remedy; lines and columns start at 1, 0 is unknown."""

    fault: str
    path: str = ""
    line: int = 0
    column: int = 0
    key: str = ""
    remedy: str = ""

    def __str__(self) -> str:
        """`path:line:column: key: fault (remedy)`, without the parts that are not known."""
        place = self.path
        if self.line:
            place += f":{self.line}"
            if self.column:
                place += f":{self.column}"
        parts = [part for part in (place, self.key, self.fault) if part]
        return ": ".join(parts) + (f" ({self.remedy})" if self.remedy else "")


class EvalgateError(Exception):
    """Whatever evalgate itself raises; each kind knows its exit code."""

    code: ExitCode = ExitCode.BUG


class UserMistake(EvalgateError):
    """One or more faults in the user's files or flags, all of them at once."""

    code = ExitCode.MISTAKE

    def __init__(self, problems: Sequence[Problem] | Problem | str) -> None:
        match problems:
            case str():
                self.problems: tuple[Problem, ...] = (Problem(problems),)
            case Problem():
                self.problems = (problems,)
            case _:
                self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class ServiceFailed(EvalgateError):
    """A service or the machine failed; no verdict on the candidate follows from it."""

    code = ExitCode.SERVICE


class BudgetEnded(ServiceFailed):
    """The budget is spent or its time is over; what was paid for is kept."""


class Stopped(EvalgateError):
    """The user stopped the work; the message says what is kept and how to go on."""

    code = ExitCode.INTERRUPTED


class Disagreement(EvalgateError):
    """Two computations that must agree do not: our bug, never a verdict."""

    code = ExitCode.BUG
