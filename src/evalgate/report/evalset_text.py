"""Evalsets for people: what there is, one version, what is sound, what changed."""

import json
from collections.abc import Iterator, Mapping, Sequence

from evalgate.domain.listings import (
    EvalsetDifference,
    EvalsetList,
    ListedEvalset,
    ShownVersion,
    VerifiedVersions,
)
from evalgate.domain.record import JsonValue
from evalgate.report.case_lists import case_list_lines
from evalgate.report.markdown_parts import markdown_list, markdown_table
from evalgate.report.numbers import count
from evalgate.report.said import in_markdown, on_screen
from evalgate.report.table import Column, table

COLUMNS = (Column("evalset"), Column("versions", most=100))


def render_evalsets(found: EvalsetList) -> str:
    """List evalsets with each version's state."""
    if not found.evalsets:
        return "no evalsets\n"
    rows = [(on_screen(evalset.name), _states(evalset)) for evalset in found.evalsets]
    return "\n".join(table(COLUMNS, rows)) + "\n"


def evalsets_markdown(found: EvalsetList) -> str:
    """The same as a table."""
    rows = [(evalset.name, _states(evalset)) for evalset in found.evalsets]
    return _text(markdown_table([column.title for column in COLUMNS], rows))


def render_version(shown: ShownVersion) -> str:
    """Show a version: its name, state and digest, its slices, and some cases."""
    lines = [on_screen(line) for line in _facts(shown)]
    for case in shown.first_cases:
        lines += [
            "",
            f"case {on_screen(case.id)}",
            f"  inputs    {on_screen(_json(case.inputs))}",
            f"  expected  {on_screen(_json(case.expected))}",
        ]
    return "\n".join(lines) + "\n"


def version_markdown(shown: ShownVersion) -> str:
    """The same with the cases in a table."""
    title, *facts = _facts(shown)
    rows = [(case.id, _json(case.inputs), _json(case.expected)) for case in shown.first_cases]
    cases = ["", *markdown_table(("case", "inputs", "expected"), rows)] if rows else []
    return _text([f"### {in_markdown(title)}", "", *markdown_list(facts), *cases])


def render_verified(found: VerifiedVersions) -> str:
    """The versions without a fault."""
    return "".join(f"{on_screen(line)}\n" for line in _sound(found))


def verified_markdown(found: VerifiedVersions) -> str:
    """The same as a list."""
    return "".join(f"{line}\n" for line in markdown_list(_sound(found)))


def render_difference(found: EvalsetDifference) -> str:
    """What became of which cases."""
    return _text([on_screen(_unchanged(found)), *case_list_lines(_changes(found))])


def difference_markdown(found: EvalsetDifference) -> str:
    """The same as a list."""
    lists = case_list_lines(_changes(found))
    return _text([in_markdown(_unchanged(found)), *(["", *markdown_list(lists)] if lists else [])])


def _states(evalset: ListedEvalset) -> str:
    return ", ".join(
        f"{line.version} ({'frozen' if line.frozen else 'draft'})" for line in evalset.versions
    )


def _facts(shown: ShownVersion) -> Iterator[str]:
    state = "frozen" if shown.frozen else "draft"
    yield f"{shown.ref}: {state}, {count(shown.cases, 'case')}"
    yield f"digest {shown.digest}"
    for key, counts in shown.slices.items():
        values = ", ".join(f"{value} {count(number)}" for value, number in sorted(counts.items()))
        yield f"slice {key}: {values}"


def _json(value: JsonValue) -> str:
    return json.dumps(value, ensure_ascii=False)


def _sound(found: VerifiedVersions) -> Iterator[str]:
    return (f"{one.ref}: {count(one.cases, 'case')}, no faults" for one in found.versions)


def _unchanged(found: EvalsetDifference) -> str:
    return f"{found.old} -> {found.new}: {count(found.unchanged, 'case')} unchanged"


def _changes(found: EvalsetDifference) -> Mapping[str, Sequence[str]]:
    return {
        "added": found.added,
        "removed": found.removed,
        "changed in inputs": found.changed_inputs,
        "changed in expected": found.changed_expected,
        "changed in slices or cluster": found.changed_slices,
    }


def _text(lines: Sequence[str] | Iterator[str]) -> str:
    return "\n".join(lines) + "\n"
