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
    trials = f" x {plan.trials} trials" if plan.trials > 1 else ""
    answers = plan.cases * plan.trials
    yield f"suite {plan.suite}: {count(plan.cases, 'case')}{trials} of {plan.evalset}{part}"
    yield f"judges: {', '.join(plan.judges)}"
    if plan.baseline is not None:
        yield f"baseline: {step_words(plan.baseline, answers)}"
    else:
        yield "baseline: none yet (first run)" if plan.first_run else "baseline: none"
    yield f"candidate: {step_words(plan.candidate, answers)}"
    yield f"rules: {count(plan.rules)}"
    yield "nothing was run"


def step_words(planned: PlannedRun, questions: int) -> str:
    """Where one side's run would come from, with so many questions if it is asked."""
    price = f"; {price_line(planned.price)}" if planned.price else ""
    match planned.how:
        case "stored":
            return f"{planned.name} is stored"
        case "answers":
            return f"{planned.name}, {planned.run_id} answers for it"
        case "judged_again":
            return f"{planned.name}, {planned.run_id} would be judged again{price}"
        case "asked":
            return f"{planned.name} would be asked {count(questions)} times{price}"
        case _:
            assert_never(planned.how)
