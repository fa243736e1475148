"""Prompts and bodies with `{{ name }}` slots, filled from a case's inputs."""

from collections.abc import Iterable, Mapping

from evalgate.domain.answer import NotProduced
from evalgate.domain.looking_up import Absent, look_up
from evalgate.domain.record import JsonValue
from evalgate.domain.template import Slot, Template, as_text, parse_template
from evalgate.errors import Problem

Inputs = Mapping[str, JsonValue]


def slots(template: str) -> tuple[str, ...]:
    """The names that a template's slots have; none for a template with a fault."""
    parsed = parse_template(template)
    return parsed.slots if isinstance(parsed, Template) else ()


def lacking(names: Iterable[str], inputs: Inputs) -> tuple[str, ...]:
    """The slots that a case's inputs leave empty: a fault of the candidate's file."""
    return tuple(name for name in names if isinstance(look_up(inputs, name), Absent))


def unused(names: Iterable[str], inputs: Inputs) -> tuple[str, ...]:
    """The inputs that no slot looks at: worth a warning."""
    used = {part for name in names for part in (name, name.partition(".")[0])}
    return tuple(name for name in inputs if name not in used)


def template_of(text: str, place: Problem, problems: list[Problem]) -> Template:
    """Parse a template; what looks like a slot and is none becomes a Problem at `place`.

    `place` names the file; its line, if it has one, is where the text begins.
    """
    parsed = parse_template(text)
    if isinstance(parsed, Template):
        return parsed
    for fault in parsed:
        shown = fault.written if len(fault.written) <= 60 else f"{fault.written[:59]}…"
        problems.append(
            Problem(
                f"{shown} is not a slot",
                place.path,
                fault.line if place.line else 0,
                key=place.key,
                remedy=r"write {{ name }}, or \{{ for two braces",
            )
        )
    return Template(())


def fill(template: Template, inputs: Inputs) -> str | NotProduced:
    """Put a case's inputs into the slots; one without an input is the candidate's own error."""
    missing = lacking(template.slots, inputs)
    if missing:
        return no_input(missing)
    return template.filled(lambda name: writable(as_text(_known(inputs, name))))


def fill_json(body: JsonValue, templates: Mapping[str, Template], inputs: Inputs) -> JsonValue:
    """Put a case's inputs into every text of a JSON value; a text that is one slot keeps the type.

    Every slot's input must be there: see `lacking`.
    """
    match body:
        case dict():
            return {key: fill_json(value, templates, inputs) for key, value in body.items()}
        case list():
            return [fill_json(value, templates, inputs) for value in body]
        case str():
            parts = templates[body].parts
            if len(parts) == 1 and isinstance(parts[0], Slot):
                return _known(inputs, parts[0].name)
            return templates[body].filled(lambda name: as_text(_known(inputs, name)))
        case _:
            return body


def texts_of(body: JsonValue) -> Iterable[str]:
    """Every text of a JSON value that may hold slots; keys may not."""
    match body:
        case dict():
            for value in body.values():
                yield from texts_of(value)
        case list():
            for value in body:
                yield from texts_of(value)
        case str():
            yield body
        case _:
            pass


def no_input(missing: Iterable[str]) -> NotProduced:
    """Blame the candidate for wanting what the case does not have."""
    names = ", ".join(missing)
    return NotProduced(cause="own_error", detail=f"the case has no input for the slot: {names}")


def writable(text: str) -> str:
    """Replace lone surrogates, which JSON can carry and no request can."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _known(inputs: Inputs, name: str) -> JsonValue:
    value = look_up(inputs, name)
    assert not isinstance(value, Absent)
    return value
