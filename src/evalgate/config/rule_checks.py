"""What a rule says of its score: a known name, a number on the scale, the right direction."""

import re
from collections.abc import Iterator, Mapping

from evalgate.config.gates import LoadedGates
from evalgate.domain.names import GIT
from evalgate.domain.rule import BoundKind, Rule
from evalgate.domain.scale import MEASURED_SCORES, Better, Scale
from evalgate.domain.specs import Suite
from evalgate.errors import Problem
from evalgate.sources.nearest import did_you_mean
from evalgate.sources.places import Loc

MEANT: dict[tuple[BoundKind, Better], BoundKind] = {
    ("max_drop", "lower"): "max_rise",
    ("max_rise", "higher"): "max_drop",
    ("at_least", "lower"): "at_most",
    ("at_most", "higher"): "at_least",
}
"""A bound that watches the good direction, and the one that is meant."""

COMMIT = re.compile(r"[0-9a-f]{7,64}")


def rule_problems(
    loaded: LoadedGates, suite: Suite, scales: Mapping[str, Scale | None], loc: Loc
) -> Iterator[Problem]:
    """All that is wrong with a suite's rules."""
    names = [*suite.judges, *MEASURED_SCORES]
    # beside a judge's mistyped name, a rule that has it right is not at fault
    mistyped = any(name not in scales for name in suite.judges)
    seen: dict[str, int] = {}
    for index, rule in enumerate(suite.rules):
        at = (*loc, "rules", index)
        if rule.score not in names and not (mistyped and rule.score in scales):
            fault = f"no judge of this suite gives {rule.score!r}"
            given = [name for name in names if name in scales or name in MEASURED_SCORES]
            yield loaded.problem((*at, "score"), fault, did_you_mean(rule.score, given))
        scale = scale_of(rule, scales)
        if scale is not None:
            yield from _direction(loaded, rule, scale, at)
            yield from _numbers(loaded, rule, scale, at)
        if rule.id in seen:
            line = loaded.placed.place_of((*loc, "rules", seen[rule.id]))[0]
            fault = f"{rule.id} is already a rule of this suite, on line {line}"
            yield loaded.problem(at, fault, "keep one of them")
        seen.setdefault(rule.id, index)


def scale_of(rule: Rule, scales: Mapping[str, Scale | None]) -> Scale | None:
    """The scale of a rule's score; None when nobody knows the score."""
    return scales.get(rule.score) or MEASURED_SCORES.get(rule.score)


def _direction(loaded: LoadedGates, rule: Rule, scale: Scale, at: Loc) -> Iterator[Problem]:
    better = rule.better(scale)
    meant = MEANT.get((rule.bound, better))
    if meant:
        what = f"the rate of {rule.score}" if rule.stat == "rate" else rule.score
        fault = f"{what} is better when {better}"
        yield loaded.problem((*at, rule.bound), fault, f"{meant} is meant")


def _numbers(loaded: LoadedGates, rule: Rule, scale: Scale, at: Loc) -> Iterator[Problem]:
    if rule.pass_at is not None and not _within(rule.pass_at, scale):
        fault = f"{rule.pass_at:.10g} is off the scale of {rule.score}"
        yield loaded.problem((*at, "pass_at"), fault, str(scale))
    range_ = Scale(kind="continuous") if rule.stat == "rate" else scale
    shown = "a rate lies from 0 to 1" if rule.stat == "rate" else str(scale)
    if rule.threshold is not None:
        number = rule.threshold
        # a total may be as large as there are cases, but is never beyond a scale that begins at 0
        off = (
            (number < 0 and scale.low == 0) if rule.stat == "total" else not _within(number, range_)
        )
        if off:
            what = f"the {rule.stat} of {rule.score}"
            yield loaded.problem(
                (*at, rule.bound), f"{number:.10g} is off the scale of {what}", shown
            )
    elif rule.margin is not None and not rule.margin.percent and rule.stat != "total":
        if range_.low is None or range_.high is None:
            return
        if rule.margin.value > range_.high - range_.low:
            fault = f"{rule.margin} is more than the whole scale of {rule.score}"
            yield loaded.problem((*at, rule.bound), fault, shown)


def _within(number: float, scale: Scale) -> bool:
    return (scale.low is None or number >= scale.low) and (
        scale.high is None or number <= scale.high
    )


def rule_warnings(
    loaded: LoadedGates, suite: Suite, scales: Mapping[str, Scale | None], loc: Loc
) -> Iterator[Problem]:
    """What a suite's rules cannot do, though nothing is wrong with them."""
    yield from _without_baseline(loaded, suite, loc)
    held = {rule.score for rule in suite.rules if not rule.needs_baseline}
    for index, rule in enumerate(suite.rules):
        at = (*loc, "rules", index, rule.bound)
        scale = scale_of(rule, scales)
        drop = rule.max_drop is not None or rule.max_rise is not None
        if drop and _moves(suite.baseline) and rule.score not in held:
            beside = "at_least" if scale is None or rule.better(scale) == "higher" else "at_most"
            fault = f"{suite.baseline} moves: many small drops pass one by one"
            yield loaded.problem(at, fault, f"put an {beside} on {rule.score} beside it")


def _without_baseline(loaded: LoadedGates, suite: Suite, loc: Loc) -> Iterator[Problem]:
    """Told once, at the first rule that compares; `none` says that it is meant."""
    compares = [index for index, rule in enumerate(suite.rules) if rule.compares]
    if suite.baseline is not None or not compares:
        return
    rule = suite.rules[compares[0]]
    fault = f"{rule.id} compares, and the suite has no baseline: `run` always leaves it undecided"
    remedy = "write baseline: at the suite, or baseline: none if only `compare` is used"
    yield loaded.problem((*loc, "rules", compares[0]), fault, remedy)


def _moves(baseline: str | None) -> bool:
    """True for a git ref that is not a commit's own name."""
    if baseline is None or not baseline.startswith(GIT):
        return False
    return not COMMIT.fullmatch(baseline.removeprefix(GIT).partition(":")[0])
