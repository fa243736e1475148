"""What MLflow calls columns: one case's input and grading context, found in case and answer."""

from evalgate.domain.answer import Produced
from evalgate.domain.case import Case
from evalgate.domain.judgement import Unscored
from evalgate.domain.looking_up import Absent, look_up
from evalgate.domain.record import JsonValue
from evalgate.domain.specs import GenaiMetricSpec
from evalgate.domain.template import as_text
from evalgate.judge.expected import part_of

EXPECTED = ("targets", "expected")  # MLflow's word, and ours
CONTEXTS = ("context", "contexts")


def columns_of(
    spec: GenaiMetricSpec, case: Case, answer: Produced
) -> dict[str, JsonValue] | Unscored:
    """Find every column that the metric looks at, or say which one this case lacks."""
    wanted = (*(("inputs",) if spec.include_input else ()), *spec.columns)
    columns: dict[str, JsonValue] = {}
    for name in wanted:
        value = _column(spec, case, answer, name)
        if value is None or isinstance(value, Absent):
            where = spec.col_mapping.get(name)
            remedy = f"nothing at {where}" if where else "col_mapping can say where it is"
            detail = f"the case has nothing for the column {name!r} ({remedy})"
            return Unscored(cause="judge_error", detail=detail)
        columns[name] = value
    return columns


def _column(spec: GenaiMetricSpec, case: Case, answer: Produced, name: str) -> JsonValue | Absent:
    """Where the file says, else by name in `expected` and the inputs; EXPECTED mean all of it."""
    parts = _parts(spec, case, answer)
    if name in spec.col_mapping:
        return look_up(parts, spec.col_mapping[name])
    if name == "inputs":
        return _whole_input(case)
    for part in (parts.get("expected"), parts["inputs"]):
        if isinstance(part, dict) and name in part:
            return part[name]
    if name in EXPECTED and "expected" in parts:
        return parts["expected"]
    if name in CONTEXTS and answer.contexts:
        return "\n\n".join(answer.contexts)
    return Absent(name)


def _parts(spec: GenaiMetricSpec, case: Case, answer: Produced) -> dict[str, JsonValue]:
    parts: dict[str, JsonValue] = {
        "inputs": dict(case.inputs),
        "answer": {"text": answer.text, "contexts": list(answer.contexts)},
    }
    expected = part_of(case.expected, spec.expected_key)
    if not isinstance(expected, Unscored):
        parts["expected"] = expected.value
    return parts


def _whole_input(case: Case) -> JsonValue:
    """The one input, or all of them as JSON."""
    if len(case.inputs) == 1:
        return next(iter(case.inputs.values()))
    return as_text(dict(case.inputs))
