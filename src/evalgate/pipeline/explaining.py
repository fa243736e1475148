"""The arithmetic behind one rule of a stored run, with the cases it rests on."""

from evalgate.domain.decision import Said
from evalgate.domain.explanation import Explanation
from evalgate.errors import Problem, UserMistake
from evalgate.gate.behind import cases_behind
from evalgate.pipeline.baselines import refuse_stale, stored_baseline
from evalgate.pipeline.bench import Bench
from evalgate.pipeline.deciding import Sides
from evalgate.pipeline.standing import decided_on
from evalgate.sources.nearest import did_you_mean


def explain_rule(bench: Bench, name: str, rule_id: str, baseline: str | None) -> Explanation:
    """Decide one rule again and tell how it came out."""
    run = bench.project.runs.open(name)
    refuse_stale(bench, run)
    base, first_run = stored_baseline(bench, run, baseline)
    decision = decided_on(bench, Sides(run, base, first_run))
    by_id = {ruling.finding.rule.id: ruling for ruling in decision.rulings}
    as_printed = {str(ruling.finding.rule): ruling.finding.rule.id for ruling in decision.rulings}
    rule_id = as_printed.get(rule_id, rule_id)
    if rule_id not in by_id:
        raise UserMistake(
            Problem(
                f"the suite {bench.name} has no rule {rule_id!r}",
                remedy=did_you_mean(rule_id, by_id),
            )
        )
    ruling = by_id[rule_id]
    explained = Explanation(ruling=ruling)
    if decision.standing:
        first = decision.standing.first
        said = Said(verdict=first.verdict, outcome=first.outcome, exit_code=first.exit_code)
        stands = {"first_run": first.candidate.run_id, "stands": said}
        explained = explained.model_copy(update=stands)
    sheet = decision.candidate.sheet()
    if ruling.finding.rule.score not in sheet.columns:
        return explained
    behind = cases_behind(
        ruling.finding.rule, sheet, decision.baseline.sheet() if decision.baseline else None
    )
    return explained.model_copy(
        update={
            "against": behind.against,
            "in_favour": behind.in_favour,
            "not_produced": behind.not_produced,
            "missing": behind.missing,
        }
    )
