"""The judges reproduce what was published about the recorded answers of this project."""

import json

import pytest

from evalgate.domain.judgement import Scored
from published_answers import ROOT, judgements


@pytest.mark.parametrize(("candidate", "count"), [("zeroshot", 38), ("fewshot", 102)])
def test_exact_match_on_open_qa(candidate: str, count: int) -> None:
    """The published counts of exact matches among 301."""
    scored = judgements("exact_match", "open-qa", candidate)

    assert [len(scored), sum(j.score for j in scored if isinstance(j, Scored))] == [301, count]


@pytest.mark.parametrize(
    ("judge", "pairs", "better", "worse"),
    [
        ("correctness-gpt4", 295, 29, 27),
        ("correctness-davinci003", 300, 18, 45),
        ("people", 300, 29, 16),
    ],
)
def test_recorded_judges_on_open_qa(judge: str, pairs: int, better: int, worse: int) -> None:
    """The strict reading of the recorded replies, paired over the two candidates."""
    both = zip(
        judgements(judge, "open-qa", "zeroshot"),
        judgements(judge, "open-qa", "fewshot"),
        strict=True,
    )
    changes = [
        after.score - before.score
        for before, after in both
        if isinstance(before, Scored) and isinstance(after, Scored)
    ]

    assert (len(changes), changes.count(1), changes.count(-1)) == (pairs, better, worse)


@pytest.mark.parametrize(
    "candidate", ["6b-finetuning", "6b-verification", "175b-finetuning", "175b-verification"]
)
def test_the_final_answer_on_gsm8k(candidate: str) -> None:
    """Every one of the 1,319 recorded verdicts, row by row."""
    published = json.loads((ROOT / "tests/data/gsm8k_is_correct.json").read_text("utf-8"))

    scored = judgements("final_answer", "gsm8k", candidate)

    assert [j.score for j in scored if isinstance(j, Scored)] == [
        float(bit) for bit in published[candidate]
    ]
