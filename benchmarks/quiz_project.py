"""A made-up project of any size: one evalset, two candidates' recorded answers, two judges."""

import hashlib
import json
import random
from collections.abc import Iterator
from pathlib import Path

GATES = """schema_version: 1
suites:
  quiz:
    evalset: quiz@v1
    baseline: old
    candidate: new
    judges: [helpful, exact_match]
    rules:
      - {score: helpful, at_least: 0.60}
      - {score: helpful, max_drop: 0.05}
      - {score: exact_match, max_drop: 0.05}
      - {score: helpful, slice: {topic: topic-3}, at_least: 0.50, min_cases: 30}
"""
EVALSET = """schema_version: 1
description: made up
case_schema:
  inputs:
    type: object
    properties: {question: {type: string, minLength: 1}}
    required: [question]
  expected: {type: string}
versions:
  - {version: v1, digest: "sha256:%s", cases: %d, frozen: 2026-11-01}
"""
JUDGE = """kind: recorded
scale: {kind: binary}
file: replies.jsonl
reply: reply
read:
  starts_with: {"yes": 1, "no": 0}
"""
RIGHT = {"old": 0.80, "new": 0.82}  # so that the gate passes
SYLLABLES = ("ka", "lo", "mi", "ne", "ru", "sa", "ti", "vo", "den", "gar", "pol", "set")


def write_project(root: Path, cases: int) -> Path:
    """Lay the project out in `root`; the same number of cases gives the same bytes."""
    for folder in ("evalsets/quiz", "candidates", "judges/helpful"):
        (root / folder).mkdir(parents=True)
    (root / "gates.yaml").write_text(GATES)
    (root / "judges/helpful/judge.yaml").write_text(JUDGE)
    version = root / "evalsets/quiz/v1.jsonl"
    _write(version, (line for line, _ in _cases(cases)))
    digest = hashlib.sha256(version.read_bytes()).hexdigest()
    (root / "evalsets/quiz/evalset.yaml").write_text(EVALSET % (digest, cases))
    for name in RIGHT:
        spec = f"kind: recorded\nanswers: {name}.jsonl\nevalset: quiz\n"
        (root / f"candidates/{name}.yaml").write_text(spec)
        _write(root / f"candidates/{name}.jsonl", _answers(name, cases))
    _write(root / "judges/helpful/replies.jsonl", _replies(cases))
    return root


def _write(path: Path, lines: Iterator[dict[str, object]]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"{json.dumps(line)}\n" for line in lines)


def _cases(count: int) -> Iterator[tuple[dict[str, object], str]]:
    """Every case's line, and what is expected of it."""
    chosen = random.Random(1)
    for number in range(count):
        expected = _words(chosen, 3)
        yield (
            {
                "id": f"case-{number:06}",
                "inputs": {"question": _words(chosen, 20)},
                "expected": expected,
                "slices": {"topic": f"topic-{number % 10}"},
            },
            expected,
        )


def _answers(name: str, count: int) -> Iterator[dict[str, object]]:
    chosen = random.Random(name)
    for line, expected in _cases(count):
        right = chosen.random() < RIGHT[name]
        yield {
            "id": line["id"],
            "answer": expected if right else _words(chosen, 30),
            "latency_s": 0.5 + chosen.random(),
        }


def _replies(count: int) -> Iterator[dict[str, object]]:
    """What the recorded judge said of both candidates' answers."""
    expectations = [expected for _, expected in _cases(count)]
    for name in RIGHT:
        for line, expected in zip(_answers(name, count), expectations, strict=True):
            said = "Yes, it is right." if line["answer"] == expected else "No, it is wrong."
            yield {"id": line["id"], "answer": line["answer"], "reply": said}


def _words(chosen: random.Random, count: int) -> str:
    return " ".join("".join(chosen.choices(SYLLABLES, k=3)) for _ in range(count))
