"""Where a change's rules and waivers are softer than those of its base."""

from collections.abc import Iterator, Sequence

from evalgate.domain.loosening import Loosening, Softened
from evalgate.domain.rule import OnUndecided, Rule
from evalgate.domain.specs import Gates, Suite, Waiver

STRICTEST_FIRST: tuple[OnUndecided, ...] = ("block", "warn", "estimate")


def loosened_suite(name: str, base: Suite, head: Suite) -> Iterator[Loosening]:
    """What a suite asks less of; rules are told apart by their names."""
    yield from loosened_rules(base.rules, head.rules)
    if head.baseline != base.baseline:
        before, after = base.baseline or "none", head.baseline or "none"
        yield Loosening(kind=Softened.BASELINE, what=name, before=before, after=after)
    if head.trials < base.trials:
        before, after = str(base.trials), str(head.trials)
        yield Loosening(kind=Softened.TRIALS, what=name, before=before, after=after)
    for judge in base.judges:
        if judge not in head.judges:
            yield Loosening(kind=Softened.JUDGE_REMOVED, what=judge)


def loosened_gates(base: Gates, head: Gates) -> Iterator[Loosening]:
    """What the file as a whole asks less of."""
    for name in base.suites:
        if name not in head.suites:
            yield Loosening(kind=Softened.SUITE_REMOVED, what=name)
    if base.policy_change == "block" and head.policy_change != "block":
        yield Loosening(
            kind=Softened.POLICY_CHANGE,
            what="policy_change",
            before=base.policy_change,
            after=head.policy_change,
        )


def loosened_rules(base: Sequence[Rule], head: Sequence[Rule]) -> Iterator[Loosening]:
    """Every rule of the base that is softer, or gone; a new rule only asks for more."""
    today = {rule.id: rule for rule in head}
    for rule in base:
        found = today.get(rule.id)
        if found is None:
            yield Loosening(kind=Softened.RULE_REMOVED, what=rule.id, before=str(rule))
        else:
            yield from _loosened_rule(rule, found)


def _loosened_rule(base: Rule, head: Rule) -> Iterator[Loosening]:
    softer: list[tuple[Softened, bool, object, object]] = [
        (Softened.THRESHOLD, _lower_threshold(base, head), base.threshold, head.threshold),
        (Softened.MARGIN, _wider_margin(base, head), base.margin, head.margin),
        (
            Softened.SEVERITY,
            base.severity == "block" != head.severity,
            base.severity,
            head.severity,
        ),
        (
            Softened.ON_UNDECIDED,
            STRICTEST_FIRST.index(head.on_undecided) > STRICTEST_FIRST.index(base.on_undecided),
            base.on_undecided,
            head.on_undecided,
        ),
        (
            Softened.MIN_COVERAGE,
            head.min_coverage < base.min_coverage,
            base.min_coverage,
            head.min_coverage,
        ),
        (Softened.MIN_CASES, _fewer_cases(base, head), base.min_cases, head.min_cases),
        # more confidence makes it harder to fail, less makes it easier to pass
        (Softened.CONFIDENCE, head.alpha != base.alpha, 1 - base.alpha, 1 - head.alpha),
        (Softened.FAIL, base.fail == "significant" != head.fail, base.fail, head.fail),
        (Softened.RATE, head.pass_at != base.pass_at, base.pass_at, head.pass_at),
    ]
    for kind, is_softer, before, after in softer:
        if is_softer:
            yield Loosening(kind=kind, what=base.id, before=_word(before), after=_word(after))


def _word(value: object) -> str:
    if value is None:
        return "none"
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _lower_threshold(base: Rule, head: Rule) -> bool:
    """The names of two rules are the same, and so is which bound they have."""
    if base.at_least is not None and head.at_least is not None:
        return head.at_least < base.at_least
    if base.at_most is not None and head.at_most is not None:
        return head.at_most > base.at_most
    return False


def _wider_margin(base: Rule, head: Rule) -> bool:
    """A share and a number of units cannot be held against each other: any change is told."""
    before, after = base.margin, head.margin
    if before is None or after is None:
        return False
    if before.percent != after.percent:
        return True
    is_gain = base.min_gain is not None
    return after.value < before.value if is_gain else after.value > before.value


def _fewer_cases(base: Rule, head: Rule) -> bool:
    """On a slice, `min_cases` is also what lets few cases block: without it, it asks for less."""
    if base.min_cases is None:
        return False
    return head.min_cases is None or head.min_cases < base.min_cases


def loosened_waivers(
    suite: str, base: Sequence[Waiver], head: Sequence[Waiver]
) -> Iterator[Loosening]:
    """Waivers of a suite that its base does not have, or that hold on more days."""
    for waiver in head:
        if waiver.suite != suite:
            continue
        what = f"{waiver.rule or waiver.case} by {waiver.owner}"
        days = f"{waiver.granted} to {waiver.expires}"
        same = [each for each in base if _names_the_same(each, waiver)]
        if not same:
            yield Loosening(kind=Softened.WAIVER_ADDED, what=what, after=days)
        elif not any(_holds_as_long(each, waiver) for each in same):
            before = f"{same[0].granted} to {same[0].expires}"
            yield Loosening(kind=Softened.WAIVER_EXTENDED, what=what, before=before, after=days)


def _names_the_same(one: Waiver, other: Waiver) -> bool:
    return (one.suite, one.rule, one.case) == (other.suite, other.rule, other.case)


def _holds_as_long(base: Waiver, head: Waiver) -> bool:
    return base.granted <= head.granted and head.expires <= base.expires
