"""What a candidate returns, as an answer."""

import json
import math
from collections.abc import Iterator, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.candidate.reading import KNOWN_KEYS, own_error, read_recorded, read_returned, said
from evalgate.domain.answer import NotProduced, Produced, ToolCall
from evalgate.domain.record import JsonValue

surrogates = st.text(st.characters(codec=None, categories=("Cs", "Cc", "L", "Zs")))
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | surrogates | st.binary(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(surrogates | st.sampled_from(KNOWN_KEYS) | st.integers(), inner)
        | st.sets(st.integers())
    ),
    max_leaves=8,
)


recorded = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 1 << 60)
    | st.floats(-1, 1e9)
    | st.text("a \u2028é"),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text("in"), inner, max_size=2),
    max_leaves=3,
)


class Hostile(Mapping[str, object]):
    """A mapping that breaks when it is read."""

    def __getitem__(self, key: str) -> object:
        raise LookupError(key)

    def __iter__(self) -> Iterator[str]:
        return iter(("text",))

    def __len__(self) -> int:
        return 1


class Mute(Exception):
    """An exception without words."""

    def __str__(self) -> str:
        raise RuntimeError


@given(anything)
def test_whatever_is_returned_is_an_answer_that_can_be_written(returned: object) -> None:
    """Nothing raises, and every answer survives UTF-8 and JSON."""
    answer = read_returned(returned)

    assert type(answer).model_validate_json(answer.model_dump_json().encode("utf-8")) == answer


@given(st.dictionaries(st.sampled_from((*KNOWN_KEYS, "kind", "truncated")), recorded))
def test_a_recorded_line_is_read_as_if_it_were_returned(line: dict[str, JsonValue]) -> None:
    """A line without a fault takes a shorter way, which leads to the same answer."""
    assert read_recorded(line) == read_returned(line)


@given(surrogates)
def test_text_keeps_all_that_utf8_can_hold(text: str) -> None:
    """Only what cannot be encoded is replaced; blank text is no answer."""
    answer = read_returned(text)
    kept = text.encode("utf-8", "replace").decode("utf-8")

    if kept.strip():
        assert isinstance(answer, Produced)
        assert answer.text == kept
    else:
        assert isinstance(answer, NotProduced)
        assert answer.cause == "empty"


@given(surrogates)
def test_a_text_and_a_mapping_of_it_are_the_same(text: str) -> None:
    """`answer` is another word for `text`."""
    assert read_returned(text) == read_returned({"text": text}) == read_returned({"answer": text})


def test_a_mapping_tells_all_that_is_known_of_an_answer() -> None:
    """A latency of its own goes before the measured one."""
    answer = read_returned(
        {
            "text": "a",
            "contexts": ["c"],
            "tool_calls": [{"name": "t", "arguments": {"x": [1]}}],
            "usage": {"input_tokens": 1, "output_tokens": 0},
            "latency_s": 3,
        },
        latency_s=1.0,
    )

    assert isinstance(answer, Produced)
    assert (answer.contexts, answer.latency_s) == (("c",), 3.0)
    assert answer.tool_calls == (ToolCall(name="t", arguments={"x": [1]}),)


@pytest.mark.parametrize(
    ("returned", "detail"),
    [
        (None, "returned NoneType, not text or a mapping"),
        (b"a", "returned bytes, not text or a mapping"),
        ({}, "returned a mapping without `text`"),
        ({"text": None}, "text: input should be a valid string"),
        ({"text": "a", "answer": "a"}, "returned both `text` and `answer`, which mean the same"),
        ({"text": "a", "kind": "produced"}, "returned the key 'kind', which is not known"),
        ({"text": "a", 3: 4}, "returned a mapping with a key that is int, not text"),
        ({"text": "a", "contexts": "c"}, "contexts: input should be a valid array"),
        ({"text": "a", "latency_s": "3"}, "latency_s: input should be a valid number"),
        ({"text": "a", "latency_s": True}, "latency_s: input should be a valid number"),
        ({"text": "a", "cost_usd": -1}, "cost_usd: input should be greater than or equal to 0"),
        ({"text": "a", "cost_usd": math.nan}, "returned what JSON cannot hold: Out of range"),
        ({"text": "a", "latency_s": 10**5000}, "returned what JSON cannot hold: Exceeds the limit"),
        ({"text": "a", "latency_s": 10**400}, "latency_s: input should be a finite number"),
        ({"text": object()}, "returned what JSON cannot hold: Object of type object"),
        ({"text": "a", "usage": {"input": 1}}, "usage.input_tokens: field required"),
        (Hostile(), "returned a mapping that cannot be read: LookupError: text"),
        ("x" * (11 << 20), "returned more than 10 MiB"),
    ],
    ids=lambda value: "" if isinstance(value, str) and len(value) > 99 else None,
)
def test_a_wrong_answer_says_what_is_wrong(returned: object, detail: str) -> None:
    """The candidate is blamed, in words."""
    answer = read_returned(returned)

    assert isinstance(answer, NotProduced)
    assert answer.cause == "own_error"
    assert answer.detail.startswith(detail)


def test_a_fault_is_cut_and_can_be_written() -> None:
    """A long message does not fill the run's file."""
    fault = own_error("\ud800" + "x" * 5000)

    assert len(fault.detail) == 1000
    assert json.loads(fault.model_dump_json())["detail"].startswith("?x")
    assert said(Mute()) == "Mute"
