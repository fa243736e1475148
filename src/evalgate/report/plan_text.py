"""What a run would do, step by step."""

from collections.abc import Iterator
from typing import assert_never

from evalgate.domain.plan import Plan, PlannedRun
from evalgate.report.numbers import count
from evalgate.report.price_text import price_line
from evalgate.report.said import in_markdown, on_screen


def render_plan(plan: Plan) -> str:
    """Say what would be asked, and what a stored run answers already."""
    return "".join(f"{on_screen(line)}\n" for line in _lines(plan))


def plan_markdown(plan: Plan) -> str:
    """The same as a list."""
    return "".join(f"- {in_markdown(line)}\n" for line in _lines(plan))


def _lines(plan: Plan) -> Iterator[str]:
    part = f" ({plan.selection})" if plan.selection else ""
    yield f"suite {plan.suite}: {count(plan.cases, 'case')} of {plan.evalset}{part}"
    yield f"judges: {', '.join(plan.judges)}"
    if plan.baseline is not None:
        yield f"baseline: {_step(plan.baseline, plan.cases)}"
    else:
        yield "baseline: none yet (first run)" if plan.first_run else "baseline: none"
    yield f"candidate: {_step(plan.candidate, plan.cases)}"
    yield f"rules: {count(plan.rules)}"
    yield "nothing was run"


def _step(planned: PlannedRun, cases: int) -> str:
    price = f"; {price_line(planned.price)}" if planned.price else ""
    match planned.how:
        case "stored":
            return f"{planned.name} is stored"
        case "answers":
            return f"{planned.name}, {planned.run_id} answers for it"
        case "judged_again":
            return f"{planned.name}, {planned.run_id} would be judged again{price}"
        case "asked":
            return f"{planned.name} would be asked {count(cases)} times{price}"
        case _:
            assert_never(planned.how)
