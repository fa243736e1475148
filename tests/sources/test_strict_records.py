"""Values into records: the words of each fault and the key it is about."""

from pathlib import Path

import pytest
from pydantic import TypeAdapter

from evalgate.domain.case import Case
from evalgate.domain.finding import Counts
from evalgate.domain.specs import CandidateSpec, Gates, JudgeSpec, Waivers
from evalgate.errors import UserMistake
from evalgate.sources.strict import load_json_record, read_record, record_of_line
from evalgate.sources.yaml_text import parse_yaml

SUITE = (
    "schema_version: 1\nsuites:\n  a:\n    evalset: a@v1\n    judges: [exact_match]\n    rules:\n"
)
AT = "f.yaml:7:"
GATES: TypeAdapter[Gates] = TypeAdapter(Gates)
CANDIDATE: TypeAdapter[CandidateSpec] = TypeAdapter(CandidateSpec)
JUDGE: TypeAdapter[JudgeSpec] = TypeAdapter(JudgeSpec)


def faults(adapter: TypeAdapter[object], text: str) -> list[str]:
    with pytest.raises(UserMistake) as caught:
        read_record(adapter, parse_yaml(text.encode(), "f.yaml", {}))
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("adapter", "text", "expected"),
    [
        pytest.param(
            GATES,
            SUITE + "      - {score: s, at_lest: 1, at_least: 0}\n",
            [AT + "20: suites.a.rules.0.at_lest: is not a known key (did you mean 'at_least'?)"],
            id="unknown key",
        ),
        pytest.param(
            GATES,
            SUITE + "      - {at_least: 0}\n      - {score: s, at_least: x}\n",
            [
                "f.yaml:7:9: suites.a.rules.0.score: is missing",
                (
                    "f.yaml:8:20: suites.a.rules.1.at_least: input should be a valid number, "
                    "unable to parse string as a number"
                ),
            ],
            id="two faults at once",
        ),
        pytest.param(
            GATES,
            SUITE + "      - {score: s, at_least: 0, max_drop: 1}\n",
            [
                (
                    "f.yaml:7:9: suites.a.rules.0: a rule has exactly one of at_least, at_most, "
                    "max_drop, max_rise, min_gain; this one has at_least and max_drop"
                )
            ],
            id="two bounds",
        ),
        pytest.param(
            GATES,
            SUITE + "      - {score: s, at_least: 0, slice: {a: [1]}}\n",
            [
                (
                    "f.yaml:7:41: suites.a.rules.0.slice.a: input should be a valid string, or "
                    "input should be a valid integer, or input should be a valid boolean"
                )
            ],
            id="one fault for a union",
        ),
        pytest.param(
            GATES,
            SUITE + "      - {score: s, at_least: 0, stat: p59}\n",
            [
                (
                    "f.yaml:7:33: suites.a.rules.0.stat: input should be 'mean', 'rate', 'p50', "
                    "'p90', 'p95', 'p99', 'min', 'max' or 'total' (did you mean 'p99'?)"
                )
            ],
            id="unknown choice",
        ),
        pytest.param(
            GATES,
            "schema_version: 2\nsuites: {}\n",
            [
                "f.yaml:1:1: schema_version: input should be 1",
                "f.yaml:2:1: suites: is empty",
            ],
            id="no suite",
        ),
        pytest.param(
            CANDIDATE,
            "kind: recordd\n",
            ["f.yaml:1:1: kind: 'recordd' is not known (did you mean 'recorded'?)"],
            id="unknown kind",
        ),
        pytest.param(CANDIDATE, "answers: a\n", ["f.yaml:1:1: kind: is missing"], id="no kind"),
        pytest.param(
            CANDIDATE,
            "kind: recorded\nanswer: a\n",
            [
                "f.yaml:1:1: answers: is missing",
                "f.yaml:2:1: answer: is not a known key (did you mean 'answers'?)",
            ],
            id="inside a tagged union",
        ),
        pytest.param(
            JUDGE,
            "kind: exact_match\nscale: {kind: binary, beter: lower}\n",
            ["f.yaml:2:23: scale.beter: is not a known key (did you mean 'better'?)"],
            id="a record that may be absent",
        ),
        pytest.param(
            TypeAdapter(Waivers),
            "schema_version: 1\nwaivers:\n  - {suite: a, rule: r, owner: o, reason: r, "
            "granted: 2026-01-01, expires: 2026-03-01}\n",
            ["f.yaml:3:5: waivers.0: expires must lie within 30 days of granted"],
            id="a long waiver",
        ),
        pytest.param(
            GATES,
            "- 1\n",
            ["f.yaml:1:1: is not a mapping (key: value)"],
            id="not a mapping",
        ),
    ],
)
def test_a_fault_in_a_record(adapter: TypeAdapter[object], text: str, expected: list[str]) -> None:
    """Place, key, fault and remedy, for all faults of the file."""
    assert faults(adapter, text) == expected


def test_dates_and_numbers_arrive_as_such() -> None:
    """A timestamp becomes the date and a variable the number that the record expects."""
    text = (
        "schema_version: 1\nwaivers:\n  - {suite: a, rule: r, owner: o, reason: r, "
        "granted: 2026-01-01, expires: 2026-01-05}\n"
    )
    waivers = read_record(TypeAdapter(Waivers), parse_yaml(text.encode(), "f", {}))
    assert waivers.waivers[0].expires.day == 5
    rule = SUITE + "      - {score: s, at_least: '${T:-0.5}'}\n"
    gates = read_record(GATES, parse_yaml(rule.encode(), "f", {}))
    assert gates.suites["a"].rules[0].at_least == 0.5


def test_a_line_says_all_that_is_wrong_with_it() -> None:
    """A JSONL line knows its number; its columns mean nothing to anybody."""
    problems = record_of_line(TypeAdapter(Case), {"id": "a b", "input": {}}, "f.jsonl", 7)
    assert isinstance(problems, tuple)
    assert sorted(str(problem) for problem in problems) == [
        "f.jsonl:7: id: does not look like ^[^\\s\\x00-\\x1f]+$",
        "f.jsonl:7: input: is not a known key (did you mean 'inputs'?)",
        "f.jsonl:7: inputs: is missing",
    ]


def test_a_record_from_a_json_file(tmp_path: Path) -> None:
    """What was written as JSON is read as strictly as what people write."""
    adapter: TypeAdapter[Counts] = TypeAdapter(Counts)
    path = tmp_path / "c.json"
    path.write_text('{"cases": 3}')
    assert load_json_record(adapter, path, "c.json") == Counts(cases=3)
    path.write_text('{"cases": 3,\n "casses": 1}')
    with pytest.raises(UserMistake, match=r"^c\.json: casses: is not a known key \(did you mean"):
        load_json_record(adapter, path, "c.json")
    path.write_text('{"cases": 3,\n "scored": }')
    with pytest.raises(UserMistake, match=r"^c\.json:2:12: is not JSON: Expecting value$"):
        load_json_record(adapter, path, "c.json")
    with pytest.raises(UserMistake, match=r"^gone: there is no such file$"):
        load_json_record(adapter, tmp_path / "gone", "gone")
    with pytest.raises(UserMistake, match="cannot be read"):
        load_json_record(adapter, tmp_path, "c")
