"""Pieces of projects for tests of whole commands: rules, functions, and what differs by the day."""

import json
import re
from collections.abc import Sequence

from small_project import GATES, quiz

MANY = [True] * 40
RUN_ID = re.compile(r"\d{8}-\d{6}\.\d{3}-([A-Za-z0-9._-]+?)-[0-9a-f]{4}")


def without_run_ids(text: str) -> str:
    """The text with `<run of NAME>` for every run's name."""
    return RUN_ID.sub(r"<run of \1>", text)


def gates(*rules: str, more: str = "", baseline: str = "old") -> str:
    """A `gates.yaml` with one suite and these rules."""
    written = "".join(f"      - {{{rule}}}\n" for rule in rules)
    return (
        "schema_version: 1\nsuites:\n  quiz:\n    evalset: quiz@v1\n    candidate: new\n"
        f"    baseline: {baseline}\n    judges: [exact_match]\n    rules:\n{written}{more}"
    )


CERTAIN = gates("score: exact_match, stat: total, max_drop: 1")
"""A rule on a fact of the run, for which no number of cases is too few."""


def right(count: int, of: int = 40) -> list[bool]:
    """`count` right answers, then wrong ones."""
    return [True] * count + [False] * (of - count)


PYTHON_CANDIDATE = "kind: python\nfunction: answering:answer\n"

COUNTING = '''\
"""Answers, and leaves a line for every question."""

from pathlib import Path

ASKED = Path(__file__).parent / "asked.txt"


def answer(inputs: dict[str, str]) -> str:
    """Say the same to every question."""
    with ASKED.open("a") as file:
        file.write(inputs["question"] + "\\n")
    return "right"
'''


def counting(count: int, digest_of: Sequence[str] = ()) -> dict[str, str]:
    """A project whose candidate `new` is a function that writes down what it was asked."""
    files = quiz([True] * count, [True] * count, GATES)
    del files["candidates/new.jsonl"]
    files["candidates/new.yaml"] = PYTHON_CANDIDATE + (
        f"digest_of: {json.dumps(list(digest_of))}\n" if digest_of else ""
    )
    files["answering.py"] = COUNTING
    return files
