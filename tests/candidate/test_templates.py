"""Slots in prompts: found, filled once, and held against a case's inputs."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.candidate.templates import fill, fill_json, lacking, slots, template_of, unused
from evalgate.domain.answer import NotProduced
from evalgate.domain.template import Template, parse_template
from evalgate.errors import Problem

PLACE = Problem("", "candidates/v1.yaml", key="prompt")


def filled(text: str, inputs: dict[str, Any]) -> str | NotProduced:
    """A text with a case's inputs in it."""
    parsed = parse_template(text)
    assert isinstance(parsed, Template)
    return fill(parsed, inputs)


@pytest.mark.parametrize(
    ("text", "inputs", "expected"),
    [
        ("Q: {{ q }}?", {"q": "why"}, "Q: why?"),
        ("{{q}}{{  q }}", {"q": "x"}, "xx"),
        ("{{ user.name }}", {"user": {"name": "Zoë"}}, "Zoë"),
        ("{{ user.name }}", {"user.name": "flat", "user": {"name": "deep"}}, "flat"),
        ("{{ docs.1.text }}", {"docs": [{}, {"text": "two"}]}, "two"),
        ("{{ größe-2 }}", {"größe-2": 3}, "3"),
        ("{{ a }}", {"a": ["é", 1.5, None, True]}, '["é", 1.5, null, true]'),
        ('{"json": {"a": 1}} {b}', {}, '{"json": {"a": 1}} {b}'),
        (r"\{{ q }} {{ q }}", {"q": "x"}, "{{ q }} x"),
        ("{{ open\n}}", {}, "{{ open\n}}"),
        ("{{{ q }}}", {"q": "x"}, "{x}"),
        ("", {}, ""),
    ],
)
def test_slots_are_filled(text: str, inputs: dict[str, Any], expected: str) -> None:
    """Text as it is, anything else as JSON; single braces are left alone."""
    assert filled(text, inputs) == expected


@given(
    value=st.text(st.characters(codec="utf-8"), max_size=20) | st.just("{{ q }}{{ other }}"),
    around=st.text("ab\n{", max_size=5).filter(lambda text: "{{" not in text + "x"),
)
def test_a_value_is_never_looked_at_for_slots(value: str, around: str) -> None:
    """An input that holds a slot is shown with it."""
    before = around.replace("{", "")
    assert filled(f"{before}{{{{ q }}}}{before}", {"q": value, "other": "SECRET"}) == (
        f"{before}{value}{before}"
    )


@given(text=st.text("{} \n\\ab.|", max_size=30))
def test_every_text_is_a_template_or_has_faults(text: str) -> None:
    """Nothing raises, and what has no double braces is kept as it is."""
    parsed = parse_template(text)

    assert parsed
    if "{{" not in text:
        assert isinstance(parsed, Template)
        assert parsed.filled(lambda name: name) == text


@pytest.mark.parametrize("written", ["{{ q | upper }}", "{{ }}", "{{}}", "{{ a b }}", "{{ 'x' }}"])
def test_what_looks_like_a_slot_and_is_none_is_a_fault(written: str) -> None:
    """Another template language would be sent to the model as it is."""
    problems: list[Problem] = []
    template_of(f"first\n{written}\n{{{{ good }}}} {written}", PLACE, problems)

    assert [problem.fault for problem in problems] == [f"{written} is not a slot"] * 2
    assert problems[0].key == "prompt"
    assert r"\{{" in problems[0].remedy

    in_file: list[Problem] = []
    template_of(f"first\n{written}", Problem("", "p.md", line=1), in_file)
    assert str(in_file[0]).startswith("p.md:2: ")


def test_slots_are_held_against_inputs() -> None:
    """A slot without an input is a fault, an input without a slot a warning."""
    names = slots("{{ user.name }} {{ q }} {{ user.age }} {{ q }}")

    assert names == ("user.name", "q", "user.age")
    assert lacking(names, {"q": 1, "user": {"name": "x"}, "new": 2}) == ("user.age",)
    assert unused(names, {"q": 1, "user": {"name": "x"}, "new": 2}) == ("new",)
    assert slots("{{ a | b }}") == ()


def test_a_slot_without_an_input_is_the_candidates_own_error() -> None:
    """Should nobody have checked."""
    assert filled("{{ a }}{{ b.c }}", {"b": {}}) == NotProduced(
        cause="own_error", detail="the case has no input for the slot: a, b.c"
    )


def test_a_body_keeps_its_types() -> None:
    """A text that is one slot becomes the value itself; no value can leave its place."""
    body: dict[str, Any] = {
        "q": "{{ q }}",
        "all": ["{{ docs }}", "n: {{ n }}", 3, None],
        "x": {"n": "{{ n }}"},
    }
    problems: list[Problem] = []
    texts = ("{{ q }}", "{{ docs }}", "n: {{ n }}", "{{ n }}")
    templates = {text: template_of(text, PLACE, problems) for text in texts}
    inputs: dict[str, Any] = {"q": '", "admin": true, "', "docs": ["a"], "n": 2}

    assert fill_json(body, templates, inputs) == {
        "q": '", "admin": true, "',
        "all": [["a"], "n: 2", 3, None],
        "x": {"n": 2},
    }
