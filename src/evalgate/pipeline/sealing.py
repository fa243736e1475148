"""The fingerprint of a decision and of a comparison, without a second copy of it all."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from evalgate.domain.comparison import Comparison
from evalgate.domain.decision import Decision, WrittenColumn, WrittenSheet
from evalgate.sources.digests import canonical, digest_of_json

AT_ONCE = 1000


def seal_of(decision: Decision) -> str:
    """Fingerprint all that a decision says except its seal: the digest of its JSON.

    The first decision, where that one stands, and that of another policy go in by their own seals.
    """
    sheets = {"candidate": decision.candidate, "baseline": decision.baseline}
    rest = decision.model_dump(mode="json", exclude={"seal", "standing", "policy", *sheets})
    rest["standing"] = None
    if standing := decision.standing:
        alone = standing.alone.model_dump(mode="json")
        rest["standing"] = {"first": seal_of(standing.first), "alone": alone}
    rest["policy"] = None
    if policy := decision.policy:
        head = seal_of(policy.head) if policy.head else None
        rest["policy"] = {**policy.model_dump(mode="json", exclude={"head"}), "head": head}
    members: dict[str, Iterable[bytes]] = {name: [canonical(rest[name])] for name in rest}
    members |= {name: _sheet(sheet) if sheet else [b"null"] for name, sheet in sheets.items()}
    hashed = hashlib.sha256()
    for piece in _object(members):
        hashed.update(piece)
    return f"sha256:{hashed.hexdigest()}"


def seal_of_comparison(comparison: Comparison) -> str:
    """Fingerprint all that a comparison says except its seal; each decision by its own seal."""
    rest = comparison.model_dump(mode="json", exclude={"seal", "decisions"})
    return digest_of_json(rest | {"decisions": [one.seal for one in comparison.decisions]})


def _sheet(sheet: WrittenSheet) -> Iterator[bytes]:
    members: dict[str, Iterable[bytes]] = {
        name: _array(value) if isinstance(value, tuple) else [canonical(value)]
        for name, value in sheet
        if name != "columns"
    }
    columns = {name: _column(column) for name, column in sheet.columns.items()}
    return _object(members | {"columns": _object(columns)})


def _column(column: WrittenColumn) -> Iterator[bytes]:
    scale = canonical(column.scale.model_dump(mode="json"))
    return _object({"scale": [scale], "marks": _array(column.marks)})


def _object(members: Mapping[str, Iterable[bytes]]) -> Iterator[bytes]:
    for number, name in enumerate(sorted(members)):
        yield b"," if number else b"{"
        yield canonical(name) + b":"
        yield from members[name]
    yield b"}" if members else b"{}"


def _array(values: Sequence[Any]) -> Iterator[bytes]:
    yield b"["
    for start in range(0, len(values), AT_ONCE):
        yield (b"," if start else b"") + canonical(list(values[start : start + AT_ONCE]))[1:-1]
    yield b"]"
