"""A small project on disk and the command line run on it, for tests of whole commands."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

import pytest

from evalgate.cli import run

Files = Mapping[str, str | bytes]


class Outcome(NamedTuple):
    """What a command left behind for the shell and the eyes."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class ProjectOnDisk:
    """A folder with files in which commands are run."""

    root: Path
    capsys: pytest.CaptureFixture[str]
    monkeypatch: pytest.MonkeyPatch

    def write(self, files: Files) -> None:
        """Write files, by their paths in the project."""
        for name, content in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)

    def read(self, name: str) -> str:
        """A file's text."""
        return (self.root / name).read_text(encoding="utf-8")

    def run(self, *argv: str) -> Outcome:
        """Run `evalgate` with these arguments in the project's folder."""
        self.monkeypatch.chdir(self.root)
        self.capsys.readouterr()
        code = run(argv)
        printed = self.capsys.readouterr()
        return Outcome(code, printed.out, printed.err)

    def runs(self) -> list[str]:
        """The names of the stored runs, oldest first."""
        return sorted(path.parent.name for path in self.root.glob(".evalgate/runs/*/manifest.json"))


class MakeProject(Protocol):
    """Lays out files and gives the project they make."""

    def __call__(self, files: Files) -> ProjectOnDisk:
        """Write the files into an empty folder."""
        ...


def lines(objects: Sequence[Mapping[str, object]]) -> str:
    """JSON lines."""
    return "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in objects)


def cases(count: int) -> str:
    """Questions q1, q2, ... that expect `right`, every second one in the slice `even`."""
    return lines(
        [
            {
                "id": f"q{number}",
                "inputs": {"question": f"question {number}"},
                "expected": "right",
                "slices": {"parity": "odd" if number % 2 else "even"},
            }
            for number in range(1, count + 1)
        ]
    )


def answers(right: Sequence[bool]) -> str:
    """Recorded answers to q1, q2, ...: `right` or `wrong`."""
    return lines(
        [
            {"id": f"q{number}", "answer": "right" if is_right else "wrong"}
            for number, is_right in enumerate(right, 1)
        ]
    )


GATES = """\
schema_version: 1
suites:
  quiz:
    evalset: quiz@v1
    candidate: new
    baseline: old
    judges: [exact_match]
    rules:
      - {score: exact_match, at_least: 0.5}
      - {score: exact_match, max_drop: 0.1}
"""

EVALSET = "schema_version: 1\ndescription: A quiz.\nlicence: CC0-1.0\n"
RECORDED = "kind: recorded\nanswers: {name}.jsonl\n"


def quiz(old: Sequence[bool], new: Sequence[bool], gates: str = GATES) -> dict[str, str]:
    """A project with two recorded candidates whose answers are right where it says so."""
    return {
        "gates.yaml": gates,
        "evalsets/quiz/evalset.yaml": EVALSET,
        "evalsets/quiz/v1.jsonl": cases(len(new)),
        "candidates/old.yaml": RECORDED.format(name="old"),
        "candidates/old.jsonl": answers(old),
        "candidates/new.yaml": RECORDED.format(name="new"),
        "candidates/new.jsonl": answers(new),
    }
