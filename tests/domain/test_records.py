"""Every record survives its file, and refuses what it does not know."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from evalgate.domain.answer import Answer, NotProduced, Produced, ToolCall, Unanswered, Usage
from evalgate.domain.case import Case
from evalgate.domain.checked import CheckedRule, CheckedSuite, Foresight
from evalgate.domain.comparison import (
    Comparison,
    ObservedValue,
    ScoreChange,
    ScoreLine,
    WorsenedCase,
)
from evalgate.domain.decision import Decision, Ruling, WrittenColumn, WrittenSheet
from evalgate.domain.decision_warnings import (
    BrokenJudge,
    NeedlessWaiver,
    TooManyWaived,
    UnchangedCandidate,
    WaiverNotInForce,
)
from evalgate.domain.evalset import EvalsetSpec
from evalgate.domain.finding import Cause, Counts, Evidence, Finding, Outcome, Verdict
from evalgate.domain.identity import CandidateIdentity, EvalsetIdentity, JudgeIdentity
from evalgate.domain.judgement import Judgement, Scored, Unscored
from evalgate.domain.limit import Limit
from evalgate.domain.record import Record
from evalgate.domain.rule import Margin, Rule
from evalgate.domain.run import JudgedCase, Manifest, Provenance, Selection, is_whole
from evalgate.domain.scale import BINARY
from evalgate.domain.sheet import Absence
from evalgate.domain.specs import CandidateSpec, Gates, JudgeSpec, Waiver, Waivers

NOW = dt.datetime(2026, 3, 20, 12, 0, 0, 5, tzinfo=dt.UTC)
DAY = dt.date(2026, 3, 20)
RULE = Rule(score="s", max_drop=Margin(value=0.07, percent=True), slice={"hard": True, "n": 1})
EVIDENCE = Evidence(estimate=0.1, lower=-0.2, upper=None, method="Tango", cases=3, wins=1)
FINDING = Finding(
    rule=RULE,
    verdict=Verdict.UNDECIDED,
    counts=Counts(cases=3, scored=2, unscored=1),
    cause=Cause.NOISE,
    limit=Limit(quantity="difference", side="at_least", value=-0.07),
    observed=EVIDENCE,
)
WAIVER = Waiver(suite="q", rule="s.at_least", owner="q", reason="r", granted=DAY, expires=DAY)
RULING = Ruling(finding=FINDING, outcome=Outcome.YELLOW, exit_code=0, waiver=WAIVER)
WARNINGS = (
    WaiverNotInForce(waiver=WAIVER),
    NeedlessWaiver(waiver=WAIVER),
    TooManyWaived(waived=3, cases=40),
    BrokenJudge(judge="s"),
    UnchangedCandidate(candidate="c"),
)
SHEET = WrittenSheet(
    run_id="r",
    candidate="c",
    candidate_digest="d",
    judgements_digest="j",
    ids=("a", "b"),
    inputs_digests=("1", "2"),
    slices=({"topic": "x"}, {}),
    clusters=("k", None),
    columns={"s": WrittenColumn(scale=BINARY, marks=(1.0, Absence.UNSCORED))},
    partial="--limit 2",
)
MANIFEST = Manifest(
    run_id="r",
    status="finished",
    suite="q",
    candidate=CandidateIdentity(name="c", kind="recorded", digest="d", complete=True),
    evalset=EvalsetIdentity(ref="open-qa@v1", digest="e", cases=2, frozen=True),
    judges={"s": JudgeIdentity(digest="j", scale=BINARY)},
    selection=Selection(limit=2, cases=("a",), filters={"topic": "x"}, shard=(1, 3)),
    provenance=Provenance(commit="c", dirty=True, command_line=("evalgate", "run")),
    started=NOW,
    finished=NOW,
    duration_s=1.5,
)
PRODUCED = Produced(
    text="yes\n\u2028 \x00",
    contexts=("one",),
    tool_calls=(ToolCall(name="look", arguments={"deep": [None, 1.5]}),),
    usage=Usage(input_tokens=1, output_tokens=2),
    latency_s=0.25,
)
JUDGED = JudgedCase(
    id="a",
    inputs_digest="i",
    expected_digest="e",
    slices={"hard": True, "n": 1, "topic": "x"},
    answer=PRODUCED,
    judgements={
        "s": Scored(score=1, reason="so"),
        "t": Unscored(cause="off_scale", detail="7"),
        "u": NotProduced(cause="empty", detail=""),
        "v": Unanswered(cause="timeout", detail=""),
    },
)
RECORDS: list[Record] = [
    Case(id="a", inputs={"q": [1, None]}, expected={"a": "b"}, slices={"n": 1, "b": False}),
    CheckedSuite(name="q", evalset="e@v1", cases=1, judges=("s",),
                 rules=(CheckedRule(rule="r", foresight=Foresight(cases=1)),)),
    Comparison(
        suite="q",
        evalset="e@v1",
        versions=("a", "b"),
        scores=(ScoreLine(score="s", scale=BINARY, values=(ObservedValue(mean=None, scored=0),),
                          changes=(None, EVIDENCE)),),
        worsened=(WorsenedCase(case_id="a", version="b", inputs="", before="", after="",
                               changes=(ScoreChange(score="s", before=1.0,
                                                    after=Absence.UNSCORED),)),),
    ),
    EvalsetSpec.model_validate({"schema_version": 1, "versions": [
        {"version": "v1", "digest": "sha256:" + "0" * 64, "cases": 1, "frozen": "2026-03-20"}]}),
    RULE, EVIDENCE, FINDING, RULING, SHEET, MANIFEST, JUDGED, PRODUCED, WAIVER,
    Waivers(schema_version=1, waivers=(WAIVER,)),
    Decision(
        suite="q", suites=("q", "r"), evalset="e@v1", verdict=Verdict.UNDECIDED,
        outcome=Outcome.YELLOW, exit_code=0, warnings=WARNINGS,
        rulings=(RULING,), rules=(RULE,), waivers=(WAIVER,), decided_on=DAY, candidate=SHEET,
    ),
    Gates.model_validate({"schema_version": 1, "suites": {"q": {
        "evalset": "e@v1", "judges": ["s"], "rules": [{"score": "s", "max_drop": "5%"}]}}}),
]  # fmt: skip


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_a_record_survives_json(record: Record) -> None:
    written = record.model_dump_json()

    again = type(record).model_validate_json(written)

    assert again == record
    assert again.model_dump_json() == written


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_a_record_refuses_a_key_that_it_does_not_know(record: Record) -> None:
    facts = record.model_dump(mode="json") | {"unheard_of": 1}

    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        type(record).model_validate(facts)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_a_record_is_frozen(record: Record) -> None:
    name = next(iter(type(record).model_fields))

    with pytest.raises(ValidationError, match="frozen"):
        setattr(record, name, getattr(record, name))


@pytest.mark.parametrize("endless", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize(
    ("record", "facts"),
    [
        (Scored, {"score": None}),
        (Produced, {"text": "", "latency_s": None}),
        (Limit, {"quantity": "mean", "side": "at_least", "value": None}),
        (WrittenColumn, {"scale": {"kind": "binary"}, "marks": [None]}),
        (ObservedValue, {"mean": None, "scored": 1}),
    ],
)
def test_nan_and_infinity_are_refused(
    record: type[Record], facts: dict[str, Any], endless: float
) -> None:
    """In Python and in a file alike."""
    wrong = {
        key: endless if value is None else [endless] if value == [None] else value
        for key, value in facts.items()
    }

    with pytest.raises(ValidationError):
        record.model_validate(wrong)


@given(st.text(), st.floats(allow_nan=False, allow_infinity=False))
def test_whatever_a_candidate_says_survives_json(text: str, score: float) -> None:
    judged = JUDGED.model_copy(
        update={"answer": Produced(text=text), "judgements": {"s": Scored(score=score)}}
    )

    written = judged.model_dump_json()

    assert "\n" not in written
    assert JudgedCase.model_validate_json(written) == judged


@pytest.mark.parametrize(
    ("union", "facts"),
    [
        (Answer, {"text": "x"}),
        (Answer, {"kind": "scored", "score": 1}),
        (Judgement, {"kind": "produced", "text": "x"}),
        (CandidateSpec, {"kind": "http"}),
        (JudgeSpec, {"kind": "llm"}),
    ],
)
def test_a_kind_is_never_guessed(union: Any, facts: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(union).validate_python(facts)


@pytest.mark.parametrize(
    ("facts", "fault"),
    [
        ({"rule": "r", "case": "c"}, "names a rule or a case, one of them"),
        ({}, "names a rule or a case, one of them"),
        ({"rule": "r", "expires": "2026-04-20"}, "expires must lie within 30 days of granted"),
        ({"rule": "r", "expires": "2026-03-19"}, "expires must lie within 30 days of granted"),
        ({"rule": "r", "owner": ""}, "at least 1 character"),
    ],
)
def test_a_waiver_names_one_thing_for_a_while(facts: dict[str, Any], fault: str) -> None:
    whole = {"suite": "q", "owner": "o", "reason": "r", "granted": "2026-03-20",
             "expires": "2026-04-19"}  # fmt: skip

    with pytest.raises(ValidationError, match=fault):
        Waiver.model_validate(whole | facts)


@pytest.mark.parametrize(
    ("facts", "fault"),
    [
        ({}, "name either `score` or `reply`"),
        ({"score": "a", "reply": "b"}, "name either `score` or `reply`"),
        ({"reply": "b"}, "`reply` and `read` belong together"),
        ({"score": "a", "read": {"starts_with": {"yes": 1}}}, "`reply` and `read` belong together"),
    ],
)
def test_a_recorded_judge_reads_one_field(facts: dict[str, Any], fault: str) -> None:
    whole = {"kind": "recorded", "file": "f.jsonl", "scale": {"kind": "binary"}}

    with pytest.raises(ValidationError, match=fault):
        TypeAdapter(JudgeSpec).validate_python(whole | facts)


def test_a_recorded_judge_with_a_reading_rule() -> None:
    whole = {"kind": "recorded", "file": "f.jsonl", "scale": {"kind": "binary"}, "reply": "said",
             "read": {"starts_with": {"yes": 1, "no": 0}}}  # fmt: skip

    assert TypeAdapter(JudgeSpec).validate_python(whole).kind == "recorded"


def test_a_version_is_frozen_once() -> None:
    line = {"version": "v1", "digest": "sha256:" + "0" * 64, "cases": 1, "frozen": "2026-03-20"}

    with pytest.raises(ValidationError, match="frozen twice"):
        EvalsetSpec.model_validate({"schema_version": 1, "versions": [line, line]})


def test_a_draft_has_no_frozen_line() -> None:
    spec = EvalsetSpec(schema_version=1, versions=None)

    assert spec.frozen("v1") is None


def test_a_written_sheet_gives_the_sheet_back() -> None:
    sheet = SHEET.sheet()

    assert list(sheet.cases) == ["a", "b"]
    assert sheet.cases["a"] == ("1", {"topic": "x"}, "k")
    assert sheet.columns["s"].marks == {"a": 1.0, "b": Absence.UNSCORED}
    assert sheet.partial == "--limit 2"


def test_a_written_sheet_with_a_mark_too_few_is_not_a_sheet() -> None:
    short = SHEET.model_copy(update={"columns": {"s": WrittenColumn(scale=BINARY, marks=(1.0,))}})

    with pytest.raises(ValueError, match="not every case has one entry"):
        short.sheet()


def test_coverage_counts_what_is_usable_on_both_sides() -> None:
    counts = Counts(
        cases=10, scored=6, not_produced=1, unanswered=1, unscored=1, baseline_missing=1
    )

    assert (counts.missing, counts.coverage) == (3, 0.7)
    assert Counts(cases=0).coverage == 0.0


def test_a_selection_in_flags() -> None:
    assert str(MANIFEST.selection) == "--limit 2 --case a --filter topic=x --shard 1/3"
    assert str(Selection()) == ""


@pytest.mark.parametrize(
    ("update", "whole"),
    [({"selection": Selection()}, True), ({}, False),
     ({"selection": Selection(), "status": "stopped"}, False)],
)  # fmt: skip
def test_a_run_is_whole_when_all_of_it_ended(update: dict[str, Any], whole: bool) -> None:
    assert is_whole(MANIFEST.model_copy(update=update)) is whole


@pytest.mark.parametrize(
    ("update", "fault"),
    [
        ({"clusters": ["k"]}, "not every case has one entry in each list"),
        ({"ids": ["a", "a"]}, "a case is there twice"),
    ],
)
def test_a_written_sheet_has_one_entry_per_case(update: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        WrittenSheet.model_validate(SHEET.model_dump(mode="json") | update)
