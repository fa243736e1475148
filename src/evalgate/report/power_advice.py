"""What a rule's power means for the person who wrote it, in one sentence."""

from typing import assert_never

from evalgate.domain.checked import Prospect
from evalgate.domain.powered import MoreTrials, RulePower
from evalgate.domain.rule import QUANTILES
from evalgate.report.foresight_text import assumed_words, prospect_words
from evalgate.report.numbers import as_written, count, number, percent, signed

EQUAL = "an equally good candidate"

NOT_KNOWN = frozenset({Prospect.NEW_CASES, Prospect.UNKNOWN_SPREAD})


def failing(power: RulePower) -> str:  # noqa: PLR0911 - one sentence for every bound
    """The truth at which the rule fails 4 times in 5."""
    rule, at, prospect = power.rule, power.fails_at, power.foresight.prospect
    if at is None:
        if prospect is Prospect.FACT:
            return "always, beyond its limit"
        return "not known yet" if prospect in NOT_KNOWN else "never"
    if rule.stat in QUANTILES and rule.threshold is not None:
        side = "above" if rule.at_most is not None else "below"
        return f"with {percent(at)} of the cases {side} {as_written(rule.threshold)}"
    match rule.bound:
        case "at_least":
            return f"at a true {rule.stat} of {number(at)} or less"
        case "at_most":
            return f"at a true {rule.stat} of {number(at)} or more"
        case "max_drop":
            return f"at a true drop of {number(-at)}"
        case "max_rise":
            return f"at a true rise of {number(at)}"
        case "min_gain":
            return f"at a true change of {signed(at)} or worse"
        case _:
            assert_never(rule.bound)


def needing(power: RulePower) -> str:
    """How many cases the rule needs for its margin, or to show how far it is from its threshold."""
    seen = power.foresight
    if seen.prospect is Prospect.TOO_FEW_CASES:
        return count(seen.min_cases)
    if seen.needed is None:
        return "" if seen.prospect is not Prospect.OFTEN_UNDECIDED else "no number is enough"
    return f"about {count(max(seen.needed, seen.fewest or 0))}"


def advice(power: RulePower) -> str:
    """What to do, and what it rests on."""
    small = "; it is too small a slice to block" if power.foresight.cannot_block else ""
    rests = _rests_on(power)
    said = _said(power)
    return f"{said[0].upper()}{said[1:]}{small}{f' ({rests})' if rests else ''}."


def _said(power: RulePower) -> str:  # noqa: PLR0911 - one sentence for every prospect
    seen = power.foresight
    match seen.prospect:
        case Prospect.TOO_FEW_CASES:
            more = count(seen.min_cases - seen.cases, "case")
            return f"{prospect_words(seen)}; add {more}, or lower min_cases"
        case Prospect.FEW_CLUSTERS:
            return f"{prospect_words(seen)}; add cases of other clusters"
        case Prospect.NO_INTERVAL:
            return f"{prospect_words(seen)}; use stat: rate with pass_at, or add cases"
        case Prospect.FACT:
            return "a fact of the run, which is never undecided and never noise"
        case Prospect.OUT_OF_REACH:
            return _out_of_reach(power)
        case Prospect.NEVER_FAILS:
            return f"{prospect_words(seen)}, so it guards nothing; add cases"
        case Prospect.OFTEN_UNDECIDED:
            return _often(power)
        case Prospect.NEW_CASES | Prospect.UNKNOWN_SPREAD:
            return prospect_words(seen)
        case None:
            return _may_decide(power)
        case _:
            assert_never(seen.prospect)


def _out_of_reach(power: RulePower) -> str:
    seen = power.foresight
    enough = "no number of cases is enough: ask for less"
    if seen.fewest is not None:
        enough = f"{count(seen.fewest)} are the fewest, all of them good"
    elif seen.needed is not None:
        enough = f"add about {count(max(seen.needed - seen.cases, 1), 'case')}"
    neither = "; it can never fail either" if power.fails_at is None else ""
    return f"{prospect_words(seen)}; {enough}{neither}"


def _often(power: RulePower) -> str:
    seen, what = power.foresight, EQUAL
    if seen.needed is None:
        return f"with a margin of 0 {what} is mostly undecided; allow a margin"
    more = count(max(seen.needed - seen.cases, 1), "case")
    return f"{what} is often undecided; add about {more}{_of_trials(power)}, or ask for less"


def _may_decide(power: RulePower) -> str:
    seen, distance = power.foresight, power.distance
    if power.rule.needs_baseline:
        verdict = "passes" if power.rule.min_gain is None else "fails"
        return f"{EQUAL} {verdict} at least 4 times in 5"
    if seen.needed is None or distance is None:
        return "the newest run is exactly at the threshold, which no number of cases decides"
    side = "better" if distance > 0 else "worse"
    which = f"{side} than the threshold by {number(abs(distance))}"
    who = f"one like the newest run, {which}," if power.from_runs else f"a candidate {which}"
    if seen.needed <= seen.cases:
        return f"{who} gets its verdict at least 4 times in 5"
    return f"{who} needs about {count(seen.needed, 'case')} for a verdict{_of_trials(power)}"


def _of_trials(power: RulePower) -> str:
    """Whether asking each case more often would do instead."""
    match power.more_trials:
        case MoreTrials.ENOUGH:
            return ""
        case MoreTrials.HELP:
            return f" or ask each {count(power.trials or 0)} times"
        case MoreTrials.SAME:
            return " (more trials cannot help: they give the same answers)"
        case MoreTrials.TOO_LITTLE:
            return " (more trials cannot help: the cases themselves differ too much)"
        case MoreTrials.UNKNOWN:
            return " (a run with --trials shows whether trials would do)"
        case _:
            assert_never(power.more_trials)


def _rests_on(power: RulePower) -> str:
    assumed = assumed_words(power.foresight)
    if assumed:
        return f"assumed: {assumed.removeprefix('if ')}"
    if power.flips is not None:
        return f"seen: {percent(power.flips)} of the cases changed sides"
    if power.spread is not None:
        return f"seen: the standard deviation of a case is {number(power.spread)}"
    return ""
