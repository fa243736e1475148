"""Evalsets for the terminal."""

import json
from collections.abc import Mapping, Sequence

from evalgate.domain.case import Case
from evalgate.report.numbers import count
from evalgate.report.said import on_screen
from evalgate.report.table import Column, table

COLUMNS = (Column("evalset"), Column("versions", most=100))


def render_evalsets(evalsets: Mapping[str, Mapping[str, str]]) -> str:
    """List evalsets with each version's state."""
    if not evalsets:
        return "no evalsets\n"
    rows = [
        (on_screen(name), ", ".join(f"{version} ({state})" for version, state in states.items()))
        for name, states in evalsets.items()
    ]
    return "\n".join(table(COLUMNS, rows)) + "\n"


def render_version(
    identity: tuple[str, str, str],
    cases: int,
    slices: Mapping[str, Mapping[str, int]],
    first: Sequence[Case],
) -> str:
    """Show a version: its name, state and digest, its slices, and some cases."""
    ref, state, digest = identity
    lines = [f"{on_screen(ref)}: {state}, {count(cases, 'case')}", f"digest {digest}"]
    for key, counts in slices.items():
        values = ", ".join(
            f"{on_screen(value)} {count(number)}" for value, number in sorted(counts.items())
        )
        lines.append(f"slice {on_screen(key)}: {values}")
    for case in first:
        lines += [
            "",
            f"case {on_screen(case.id)}",
            f"  inputs    {on_screen(json.dumps(case.inputs, ensure_ascii=False))}",
            f"  expected  {on_screen(json.dumps(case.expected, ensure_ascii=False))}",
        ]
    return "\n".join(lines) + "\n"
