"""By whose policy a pull request was decided, what it softens, and what can let it in."""

from collections.abc import Iterator

from evalgate.domain.decision import Decision, PolicyChange
from evalgate.domain.loosening import Loosening, Softened
from evalgate.report.numbers import count
from evalgate.report.said import on_screen

SHORT = 12  # characters of a commit
BLOCKS = (
    "policy_change: block: take the loosening back, or let an administrator merge it"
    " in spite of this check"
)
WARNS = "policy_change: warn: the base lets a pull request soften its own gate"


PHRASES: dict[Softened, str] = {
    Softened.THRESHOLD: "{what}: a softer threshold",
    Softened.MARGIN: "{what}: a wider margin",
    Softened.RULE_REMOVED: "rule removed: {what} ({before})",
    Softened.SEVERITY: "{what}: severity",
    Softened.ON_UNDECIDED: "{what}: on_undecided",
    Softened.MIN_COVERAGE: "{what}: min_coverage",
    Softened.MIN_CASES: "{what}: min_cases",
    Softened.CONFIDENCE: "{what}: confidence",
    Softened.FAIL: "{what}: fail",
    Softened.RATE: "{what}: pass_at",
    Softened.TRIALS: "fewer trials in {what}",
    Softened.BASELINE: "another baseline in {what}",
    Softened.BASELINE_FILE: "baseline file {what}",
    Softened.SUITE_REMOVED: "suite removed: {what}",
    Softened.POLICY_CHANGE: "{what}",
    Softened.WAIVER_ADDED: "waiver added: {what}, {after}",
    Softened.WAIVER_EXTENDED: "waiver extended: {what}",
    Softened.JUDGE_CHANGED: "judge changed: {what}",
    Softened.JUDGE_REMOVED: "judge removed: {what}",
    Softened.PRICE: "a lower price of {what}",
    Softened.CASE_DELETED: "case deleted: {what}",
    Softened.CASE_CHANGED: "case changed: {what}",
}
"""What each kind is called."""


def policy_lines(decision: Decision) -> list[str]:
    """Whose policy decided, every loosening, and what the change's own policy says."""
    policy = decision.policy
    return [] if policy is None else [on_screen(line) for line in _lines(policy)]


def _lines(policy: PolicyChange) -> Iterator[str]:
    base = policy.base[:SHORT]
    if policy.new_suite:
        yield f"policy: the suite is new, {base} does not have it"
    elif policy.not_applied:
        yield f"policy: {base} decides, and could not: {policy.not_applied}"
        yield "`evalgate run --base` answers it"
    else:
        yield f"policy: decided by the files of {base}"
    if policy.loosenings:
        yield f"{count(len(policy.loosenings), 'loosening')} by this change:"
        yield from (f"  {loosening_words(each)}" for each in policy.loosenings)
        yield BLOCKS if policy.says == "block" else WARNS
    if head := policy.head:
        yield f"by its own policy this change: {head.verdict} (exit {head.exit_code})"


def loosening_words(found: Loosening) -> str:
    """One sentence; names in it are other people's words, to be quoted for their sink."""
    between = f": {found.before} -> {found.after}" if found.before and found.after else ""
    named = PHRASES[found.kind].format(what=found.what, before=found.before, after=found.after)
    return f"{named}{between}"
