"""What later steps of a workflow read: words of ours, numbers and paths, never a model's text."""

from collections.abc import Mapping, Sequence

from evalgate.domain.finding import Verdict
from evalgate.github.comment.links import safe_address
from evalgate.github.reports import SuiteReport, decisions_in, exit_code_of

NAMES = (
    "verdict",
    "failed",
    "undecided",
    "exit-code",
    "report-path",
    "decision-json",
    "cost-usd",
    "coverage",
    "mlflow-run-url",
)


def outputs_of(
    reports: Sequence[SuiteReport], report_path: str, decision_json: str, origins: Sequence[str]
) -> Mapping[str, str]:
    """Every output by its name, all of them in any case; what is not known is empty.

    `verdict` is `passed`, `failed` or `undecided`; without a report it is `none`.
    """
    rulings = [ruling for each in decisions_in(reports) for ruling in each.rulings]
    verdicts = [ruling.finding.verdict for ruling in rulings]
    own = [report for report in reports if not report.is_since_a_night]
    costs = [report.particulars.cost_usd for report in own]
    known = [cost for cost in costs if cost is not None]
    shares = [ruling.finding.counts.coverage for ruling in rulings]
    addresses = [safe_address(report.particulars.mlflow_run_url, origins) for report in reports]
    said = (
        overall(reports),
        str(verdicts.count(Verdict.FAILED)),
        str(verdicts.count(Verdict.UNDECIDED)),
        str(int(exit_code_of(reports))),
        report_path,
        decision_json,
        f"{sum(known):.6f}" if known and len(known) == len(costs) else "",
        f"{min(shares):.4f}" if shares else "",
        next(filter(None, addresses), ""),
    )
    return dict(zip(NAMES, said, strict=True))


def overall(reports: Sequence[SuiteReport]) -> str:
    """The verdict on all suites together: one that failed counts most, then one undecided.

    What blocks without having failed is `undecided`, whatever its rules say.
    """
    decisions = decisions_in(reports)
    verdicts = {decision.verdict for decision in decisions}
    if Verdict.FAILED in verdicts:
        return str(Verdict.FAILED)
    if Verdict.UNDECIDED in verdicts or any(each.exit_code for each in decisions):
        return str(Verdict.UNDECIDED)
    return str(Verdict.PASSED) if verdicts else "none"
