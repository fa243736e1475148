"""Answers from a file."""

import asyncio
from pathlib import Path

import pytest

from evalgate.candidate.building import build_candidate
from evalgate.candidate.protocol import Candidate
from evalgate.domain.answer import NotProduced, Produced, Unanswered, Usage
from evalgate.domain.case import Question
from evalgate.domain.specs import RecordedSpec
from evalgate.errors import UserMistake
from evalgate.sources.digests import digest_of_bytes


def opened(root: Path, content: bytes) -> Candidate:
    """The candidate whose file holds `content`."""
    folder = root / "candidates"
    folder.mkdir(exist_ok=True)
    (folder / "a.jsonl").write_bytes(content)
    spec = RecordedSpec(kind="recorded", answers="a.jsonl")
    return build_candidate("v1", spec, folder=folder, root=root, origin="main")


def asked(candidate: Candidate, case_id: str) -> object:
    """The answer to one case."""
    return asyncio.run(candidate.answer(Question(case_id, {})))


def test_a_line_becomes_an_answer_with_all_that_it_records(tmp_path: Path) -> None:
    """Latency, cost and usage come from the record, none of them is measured."""
    content = (
        b'\n{"id": "1", "answer": "a", "latency_s": 2, "cost_usd": 0.5,'
        b' "usage": {"input_tokens": 1, "output_tokens": 2}}\r\n'
        b'{"id": "2", "error": "too busy"}\n{"id": "3", "answer": "b"}'
    )
    candidate = opened(tmp_path, content)

    assert asked(candidate, "1") == Produced(
        text="a", latency_s=2.0, cost_usd=0.5, usage=Usage(input_tokens=1, output_tokens=2)
    )
    assert asked(candidate, "2") == NotProduced(cause="own_error", detail="too busy")
    assert asked(candidate, "3") == Produced(text="b")
    assert asked(candidate, "4") == Unanswered(
        cause="not_recorded", detail="candidates/a.jsonl has no line for this case"
    )
    assert candidate.identity.digest == digest_of_bytes(content)
    assert (candidate.identity.complete, candidate.identity.origin) == (True, "main")


def test_every_bad_line_is_told_at_once(tmp_path: Path) -> None:
    """One mistake lists each fault with its line."""
    lines = [
        '{"id": "1", "answer": "a"}',
        '{"id": "1", "answer": "b"}',
        "{",
        '{"answer": "a"}',
        '{"id": "5", "anser": "a"}',
        '{"id": "6", "answer": 3}',
        '{"id": "7", "answer": "a", "error": "b"}',
        '{"id": "8", "error": ""}',
        '{"id": "9"}',
        '{"id": "10", "answer": "a", "usage": {"input_tokens": "3", "output_tokens": 1}}',
        '{"id": "11", "answer": "a", "latency_s": NaN}',
    ]

    with pytest.raises(UserMistake) as raised:
        opened(tmp_path, "\n".join(lines).encode())

    assert [str(problem) for problem in raised.value.problems] == [
        "candidates/a.jsonl:2: id: '1' is already on line 1 (an id is given once)",
        "candidates/a.jsonl:3:2: is not JSON: Expecting property name enclosed in double quotes",
        "candidates/a.jsonl:4: id: must be a text of 1 to 200 characters without spaces",
        "candidates/a.jsonl:5: the key 'anser', which is not known (did you mean 'answer'?)",
        "candidates/a.jsonl:6: answer: input should be a valid string",
        "candidates/a.jsonl:7: error: stands beside answer; a line has an answer or an error",
        "candidates/a.jsonl:8: error: must be a text: why there is no answer",
        "candidates/a.jsonl:9: a mapping without `text`",
        "candidates/a.jsonl:10: usage.input_tokens: input should be a valid integer",
        "candidates/a.jsonl:11: is not JSON: NaN is not a JSON number",
    ]


@pytest.mark.parametrize("content", [b"", b"\n \n"])
def test_a_file_without_answers_is_a_mistake(tmp_path: Path, content: bytes) -> None:
    """Nothing recorded is nothing to evaluate."""
    with pytest.raises(UserMistake, match=r"^candidates/a\.jsonl: has no answers$"):
        opened(tmp_path, content)


def test_a_file_that_is_absent_is_named(tmp_path: Path) -> None:
    """The place is given from the project's folder."""
    spec = RecordedSpec(kind="recorded", answers="b.jsonl")

    fault = r"^candidates/b\.jsonl: there is no such file \(candidates/v1\.yaml names it\)$"
    with pytest.raises(UserMistake, match=fault):
        build_candidate("v1", spec, folder=tmp_path / "candidates", root=tmp_path)


def test_a_file_that_changes_under_a_run_stops_it(tmp_path: Path) -> None:
    """The digest of a run covers the answers that were judged."""
    candidate = opened(tmp_path, b'{"id": "1", "answer": "a"}')
    opened(tmp_path, b'{"id": "1", "answer": "another"}')

    with pytest.raises(UserMistake, match="changed while it was being read"):
        asked(candidate, "1")
