"""What is known of a rule before anything is run, in words."""

from typing import NamedTuple, assert_never

from evalgate.domain.checked import Foresight, Prospect
from evalgate.domain.rule import QUANTILES, Rule
from evalgate.gate.extent import FEWEST_CLUSTERS
from evalgate.report.numbers import count, number


class Shortfall(NamedTuple):
    """What a rule cannot do with its cases, and what would help."""

    fault: str
    remedy: str


def foresight_words(seen: Foresight) -> str:
    """What is to be said of a rule beside the change that it can detect."""
    told = prospect_words(seen)
    often = "often undecided with this margin" if seen.prospect is Prospect.OFTEN_UNDECIDED else ""
    parts = (assumed_words(seen), told or often)
    return ": ".join(part for part in parts if part)


def assumed_words(seen: Foresight) -> str:
    """What stands for that which no run has shown yet; empty when nothing does."""
    parts = []
    if seen.assumed_flips is not None:
        parts.append(f"{seen.assumed_flips:.0%} of the cases change sides")
    if seen.assumed_spread is not None:
        parts.append(f"scores vary by {number(seen.assumed_spread)}")
    if seen.assumed_alike is not None:
        parts.append(f"cases of a cluster correlate by {seen.assumed_alike:g}")
    return f"if {' and '.join(parts)}" if parts else ""


def prospect_words(seen: Foresight) -> str:  # noqa: PLR0911 - one sentence for every prospect
    """Why a rule will say little or nothing; empty when it may well decide."""
    cases = count(seen.cases, "case")
    match seen.prospect:
        case Prospect.NEW_CASES:
            return "known after a run: it depends on how many cases are new"
        case Prospect.TOO_FEW_CASES:
            return f"always undecided: {cases}, min_cases is {count(seen.min_cases)}"
        case Prospect.FEW_CLUSTERS:
            few = count(seen.clusters or 0, "cluster")
            return f"always undecided: {few}, bounds need {FEWEST_CLUSTERS}"
        case Prospect.NO_INTERVAL:
            return f"always undecided: {cases} are too few on a scale without ends"
        case Prospect.UNKNOWN_SPREAD:
            return "known after a run: it depends on how much the scores vary"
        case Prospect.FACT:
            return "a fact of the run, without an interval"
        case Prospect.OUT_OF_REACH:
            prove = "proves" if seen.cases == 1 else "prove"
            perfect = f"{count(seen.cases, 'perfect case')} {prove} no better than"
            return f"cannot pass: {perfect} {number(seen.best_bound or 0.0)}"
        case Prospect.NEVER_FAILS:
            return f"cannot fail: {cases} are too few even if all of them are bad"
        case Prospect.OFTEN_UNDECIDED | None:
            return ""
        case _:
            assert_never(seen.prospect)


def shortfall_words(  # noqa: PLR0911 - one sentence for every prospect
    rule: Rule, seen: Foresight
) -> Shortfall | None:
    """What `check` warns of; None when nothing is lacking, or nobody knows yet."""
    cases = count(seen.cases, "case")
    match seen.prospect:
        case Prospect.TOO_FEW_CASES:
            fault = f"is always undecided: {cases}, and min_cases asks for {count(seen.min_cases)}"
            return Shortfall(fault, f"{count(seen.min_cases - seen.cases)} more are enough")
        case Prospect.FEW_CLUSTERS:
            clusters = count(seen.clusters or 0, "cluster")
            return Shortfall(
                f"is always undecided: {cases} in {clusters}",
                f"bounds need {FEWEST_CLUSTERS} clusters",
            )
        case Prospect.NO_INTERVAL:
            fault = f"is always undecided: {cases} are too few on a scale without ends"
            return Shortfall(fault, "30 are the fewest, or use stat: rate with pass_at")
        case Prospect.OUT_OF_REACH:
            what = rule.stat if rule.stat in QUANTILES else "limit"
            return Shortfall(f"can never pass: {cases} cannot prove this {what}", _fewest(seen))
        case Prospect.NEVER_FAILS:
            return Shortfall(f"can never fail: {cases} are too few", "add cases")
        case Prospect.OFTEN_UNDECIDED:
            return _often(rule, seen)
        case Prospect.NEW_CASES | Prospect.UNKNOWN_SPREAD | Prospect.FACT | None:
            return None
        case _:
            assert_never(seen.prospect)


def _fewest(seen: Foresight) -> str:
    if seen.fewest is None:
        return "no number of cases does; ask for less"
    return f"{count(seen.fewest)} are the fewest, all of them good"


def _often(rule: Rule, seen: Foresight) -> Shortfall:
    what = "an equally good candidate"
    if seen.needed is None:
        fault = f"a margin of 0 leaves {what} undecided, however many cases there are"
        return Shortfall(fault, "allow a margin")
    fault = f"a margin of {rule.margin} needs more than {count(seen.cases, 'case')}: {what} is"
    assumed = assumed_words(seen)
    return Shortfall(
        f"{fault} often undecided, {assumed}", f"about {count(seen.needed)} are enough"
    )
