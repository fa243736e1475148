"""A rule: what contradicts itself, its name, its margin, and how it is written."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from evalgate.domain.rule import Margin, Rule, parse_margin, write_margin
from evalgate.domain.scale import BINARY, MEASURED


def fault_of(facts: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as caught:
        Rule.model_validate({"score": "s"} | facts)
    return caught.value.errors()[0]["msg"].removeprefix("Value error, ")


ONE_BOUND = (
    "a rule has exactly one of at_least, at_most, max_drop, max_rise, min_gain; this one has"
)


@pytest.mark.parametrize(
    ("facts", "fault"),
    [
        ({}, f"{ONE_BOUND} none"),
        ({"at_least": 0, "max_drop": 0}, f"{ONE_BOUND} at_least and max_drop"),
        ({"at_least": 0, "stat": "rate"},
         "stat: rate and pass_at belong together (the share of scores that reach pass_at)"),
        ({"at_least": 0, "pass_at": 3},
         "stat: rate and pass_at belong together (the share of scores that reach pass_at)"),
        ({"max_rise": 0, "stat": "p95"},
         "p95 cannot be held against a baseline (hold it against at_most or at_least)"),
        ({"max_drop": 0, "stat": "min"},
         "min cannot be held against a baseline (hold it against at_most or at_least)"),
        ({"at_least": 0, "stat": "max", "confidence": 0.9},
         "max is a fact of this run and has no confidence (leave it out, or use p99)"),
        ({"max_drop": 0, "applies_to": "new"},
         "new cases have no baseline (hold them against at_least or at_most)"),
        ({"max_drop": "101%"}, "101% of the baseline is more than all of it"),
        ({"at_least": 0, "confidence": 0.5}, "Input should be greater than 0.5"),
        ({"at_least": 0, "confidence": 1}, "Input should be less than or equal to 0.999999"),
        ({"at_least": 0, "confidence": 0.9999999999999},
         "Input should be less than or equal to 0.999999"),
        ({"at_least": 0, "min_cases": 0}, "Input should be greater than or equal to 1"),
        ({"at_least": 0, "min_coverage": 0}, "Input should be greater than 0"),
        ({"at_least": float("nan")}, "Input should be a finite number"),
        ({"at_least": True}, "should be a number, not true or false"),
        ({"at_least": 0, "at_lest": 1}, "Extra inputs are not permitted"),
    ],
)  # fmt: skip
def test_a_rule_that_contradicts_itself_is_refused(facts: dict[str, Any], fault: str) -> None:
    assert fault_of(facts) == fault


@pytest.mark.parametrize("written", ["-5%", "x%", "%", "1e400%", "nan%", "inf%", -0.1, True, None])
def test_a_margin_that_is_none_is_refused(written: object) -> None:
    with pytest.raises(ValidationError):
        Rule.model_validate({"score": "s", "max_drop": written})


@pytest.mark.parametrize(
    ("written", "margin"),
    [
        (0.05, Margin(value=0.05)),
        (0, Margin(value=0)),
        ("20%", Margin(value=0.2, percent=True)),
        (" 20 % ", Margin(value=0.2, percent=True)),
        ("12.5%", Margin(value=0.125, percent=True)),
        ("0%", Margin(value=0, percent=True)),
    ],
)
def test_a_margin_as_people_write_it(written: object, margin: Margin) -> None:
    assert Rule.model_validate({"score": "s", "max_drop": written}).margin == margin


@given(value=st.floats(0, 1), percent=st.booleans())
def test_a_margin_survives_json(value: float, percent: bool) -> None:
    """To the last bit: a decision that is read again must rest on the same number."""
    rule = Rule(score="s", min_gain=Margin(value=value, percent=percent))

    assert Rule.model_validate_json(rule.model_dump_json()) == rule
    assert parse_margin(write_margin(Margin(value=value, percent=True))) == Margin(
        value=value, percent=True
    )


def test_a_percentage_is_written_without_the_noise_of_floats() -> None:
    assert write_margin(Margin(value=0.07, percent=True)) == "7%"
    assert (str(Margin(value=0.07, percent=True)), str(Margin(value=0.07))) == ("7%", "0.07")


@pytest.mark.parametrize(
    ("facts", "name", "words"),
    [
        ({"at_least": 0.7}, "s.at_least", "mean of s at least 0.7"),
        ({"max_drop": "5%"}, "s.max_drop", "mean of s max drop 5%"),
        ({"at_most": 3, "stat": "p95"}, "s.p95.at_most", "p95 of s at most 3"),
        ({"at_least": 0.5, "stat": "rate", "pass_at": 4}, "s.rate.at_least",
         "rate of s at 4 at least 0.5"),
        ({"at_least": 0.7, "slice": {"topic": "x", "hard": True}}, "s[hard=True,topic=x].at_least",
         "mean of s where hard=True, topic=x at least 0.7"),
        ({"at_least": 0.7, "applies_to": "new"}, "s.new.at_least",
         "mean of s on new cases at least 0.7"),
    ],
)  # fmt: skip
def test_a_rule_has_a_name_and_words(facts: dict[str, Any], name: str, words: str) -> None:
    rule = Rule.model_validate({"score": "s"} | facts)

    assert (rule.id, str(rule)) == (name, words)


@given(
    one=st.floats(0, 1),
    other=st.floats(0, 1),
    order=st.permutations([("topic", "x"), ("hard", True), ("n", 3)]),
)
def test_a_name_stays_while_the_number_changes(
    one: float, other: float, order: list[tuple[str, Any]]
) -> None:
    """A waiver names a rule by it, also after the threshold was moved."""
    first = Rule(score="s", at_least=one, slice={"hard": True, "n": 3, "topic": "x"})

    assert first.id == Rule(score="s", at_least=other, slice=dict(order)).id


@pytest.mark.parametrize(
    ("bound", "compares"),
    [("at_least", False), ("at_most", False), ("max_drop", True), ("max_rise", True),
     ("min_gain", True)],
)  # fmt: skip
def test_a_rule_has_a_threshold_or_a_margin(bound: str, compares: bool) -> None:
    rule = Rule.model_validate({"score": "s", bound: 0})

    assert rule.bound == bound
    assert rule.needs_baseline is compares
    assert (rule.threshold is None, rule.margin is None) == (compares, not compares)


def test_alpha_is_what_confidence_leaves() -> None:
    assert Rule(score="s", at_least=0).alpha == 0.05
    assert Rule(score="s", at_least=0, confidence=0.9).alpha == 0.1


def test_more_passing_is_always_better() -> None:
    rate = Rule(score="s", stat="rate", pass_at=3, at_least=0.5)

    assert rate.better(MEASURED) == "higher"
    assert Rule(score="s", at_least=0.5).better(MEASURED) == "lower"
    assert Rule(score="s", at_least=0.5).better(BINARY) == "higher"
