"""What is said of a rule's power: one line, and one sentence of advice."""

from typing import Any

import pytest

from evalgate.domain.checked import Foresight, Prospect
from evalgate.domain.powered import MoreTrials, PowerReport, RulePower, SuitePower
from evalgate.domain.rule import Rule
from evalgate.report.foresight_text import foresight_words, shortfall_words
from evalgate.report.power_advice import advice, failing, needing
from evalgate.report.power_text import power_markdown, render_power

NO_FIGURES: dict[str, Any] = {"fails_at": None}


def power(written: dict[str, Any], seen: dict[str, Any] | None = None, **found: Any) -> RulePower:
    """A rule on `s` of 100 cases that fails at 0.5."""
    foresight = Foresight.model_validate({"cases": 100, **(seen or {})})
    rule = Rule.model_validate({"score": "s", **written})
    known = {"from_runs": True, "fails_at": 0.5, "distance": 0.1, **found}
    return RulePower.model_validate({"rule": rule, "foresight": foresight, **known})


@pytest.mark.parametrize(
    ("written", "found", "words"),
    [
        ({"at_least": 0.7}, {}, "at a true mean of 0.5000 or less"),
        ({"at_most": 0.3}, {}, "at a true mean of 0.5000 or more"),
        ({"max_drop": 0.1}, {"fails_at": -0.25}, "at a true drop of 0.2500"),
        ({"max_rise": 0.1}, {"fails_at": 0.25}, "at a true rise of 0.2500"),
        ({"min_gain": 0.1}, {"fails_at": 0.02}, "at a true change of +0.0200 or worse"),
        ({"stat": "p95", "at_most": 3}, {"fails_at": 0.123}, "with 12.3% of the cases above 3"),
        ({"stat": "p90", "at_least": 2}, {"fails_at": 0.2}, "with 20.0% of the cases below 2"),
        ({"at_least": 0.7}, NO_FIGURES, "never"),
    ],
)
def test_the_truth_that_fails_is_said_in_the_rules_own_words(
    written: dict[str, Any], found: dict[str, Any], words: str
) -> None:
    assert failing(power(written, **found)) == words


def test_what_is_not_known_is_not_called_never() -> None:
    fact = power({"stat": "total", "at_most": 3}, {"prospect": Prospect.FACT}, fails_at=None)
    unknown = power({"at_most": 3}, {"prospect": Prospect.UNKNOWN_SPREAD}, fails_at=None)

    assert (failing(fact), failing(unknown)) == ("always, beyond its limit", "not known yet")


@pytest.mark.parametrize(
    ("written", "seen", "found", "words"),
    [
        ({"max_drop": 0.1}, {"needed": 90}, {"flips": 0.2},
         ("An equally good candidate passes at least 4 times in 5"
         " (seen: 20.0% of the cases changed sides).")),
        ({"min_gain": 0.1}, {"needed": 90}, {"spread": 0.25},
         ("An equally good candidate fails at least 4 times in 5"
         " (seen: the standard deviation of a case is 0.2500).")),
        ({"max_drop": 0.1}, {"needed": 250, "prospect": Prospect.OFTEN_UNDECIDED},
         {"more_trials": MoreTrials.HELP, "trials": 3},
         ("An equally good candidate is often undecided; add about 150 cases or ask each 3 times,"
         " or ask for less.")),
        ({"max_drop": 0.1}, {"needed": 250, "prospect": Prospect.OFTEN_UNDECIDED},
         {"more_trials": MoreTrials.SAME},
         ("An equally good candidate is often undecided; add about 150 cases (more trials cannot"
         " help: they give the same answers), or ask for less.")),
        ({"max_drop": 0.1}, {"needed": 250, "prospect": Prospect.OFTEN_UNDECIDED},
         {"more_trials": MoreTrials.TOO_LITTLE},
         ("An equally good candidate is often undecided; add about 150 cases (more trials cannot"
         " help: the cases themselves differ too much), or ask for less.")),
        ({"max_drop": 0}, {"prospect": Prospect.OFTEN_UNDECIDED}, {},
         "With a margin of 0 an equally good candidate is mostly undecided; allow a margin."),
        ({"at_least": 0.7}, {"needed": 90}, {},
         ("One like the newest run, better than the threshold by 0.1000, gets its verdict at least"
         " 4 times in 5.")),
        ({"at_least": 0.7}, {"needed": 900}, {"distance": -0.1, "more_trials": MoreTrials.ENOUGH},
         ("One like the newest run, worse than the threshold by 0.1000, needs about 900 cases for"
         " a verdict.")),
        ({"at_least": 0.7}, {"needed": 90, "assumed_spread": 0.25}, {"from_runs": False},
         ("A candidate better than the threshold by 0.1000 gets its verdict at least 4 times in 5"
         " (assumed: scores vary by 0.2500).")),
        ({"at_least": 0.7}, {}, {"distance": None},
         "The newest run is exactly at the threshold, which no number of cases decides."),
        ({"at_least": 0.9}, {"prospect": Prospect.OUT_OF_REACH, "best_bound": 0.86, "fewest": 29},
         {},
         ("Cannot pass: 100 perfect cases prove no better than 0.8600; 29 are the fewest, all of"
         " them good.")),
        ({"at_least": 1}, {"prospect": Prospect.OUT_OF_REACH, "best_bound": 0.97}, NO_FIGURES,
         ("Cannot pass: 100 perfect cases prove no better than 0.9700; no number of cases is"
         " enough: ask for less; it can never fail either.")),
        ({"max_drop": 0.1}, {"prospect": Prospect.OUT_OF_REACH, "best_bound": -0.46, "needed": 177},
         {"fails_at": None},
         ("Cannot pass: 100 perfect cases prove no better than -0.4600; add about 77 cases;"
         " it can never fail either.")),
        ({"at_least": 0.1}, {"prospect": Prospect.NEVER_FAILS}, NO_FIGURES,
         ("Cannot fail: 100 cases are too few even if all of them are bad, so it guards nothing;"
         " add cases.")),
        ({"at_least": 0.1}, {"prospect": Prospect.TOO_FEW_CASES, "min_cases": 130}, NO_FIGURES,
         "Always undecided: 100 cases, min_cases is 130; add 30 cases, or lower min_cases."),
        ({"at_least": 0.1}, {"prospect": Prospect.FEW_CLUSTERS, "clusters": 9}, NO_FIGURES,
         "Always undecided: 9 clusters, bounds need 10; add cases of other clusters."),
        ({"at_most": 3}, {"prospect": Prospect.NO_INTERVAL}, NO_FIGURES,
         ("Always undecided: 100 cases are too few on a scale without ends; use stat: rate with"
         " pass_at, or add cases.")),
        ({"at_most": 3}, {"prospect": Prospect.UNKNOWN_SPREAD, "cannot_block": True}, NO_FIGURES,
         ("Known after a run: it depends on how much the scores vary; it is too small a slice to"
         " block.")),
        ({"at_most": 3}, {"prospect": Prospect.NEW_CASES}, NO_FIGURES,
         "Known after a run: it depends on how many cases are new."),
        ({"stat": "total", "at_most": 3}, {"prospect": Prospect.FACT}, NO_FIGURES,
         "A fact of the run, which is never undecided and never noise."),
    ],
)  # fmt: skip
def test_advice_is_one_sentence(
    written: dict[str, Any], seen: dict[str, Any], found: dict[str, Any], words: str
) -> None:
    assert advice(power(written, seen, **found)) == words


def test_the_cases_that_are_needed_are_about_right_or_not_there() -> None:
    few = {"prospect": Prospect.TOO_FEW_CASES, "min_cases": 130}

    assert needing(power({"max_drop": 0.1}, {"needed": 1250})) == "about 1,250"
    assert needing(power({"at_least": 0.9}, {"needed": 12, "fewest": 29})) == "about 29"
    assert needing(power({"at_least": 0.9}, few)) == "130"
    undecided = {"prospect": Prospect.OFTEN_UNDECIDED}
    assert needing(power({"max_drop": 0}, undecided)) == "no number is enough"
    assert not needing(power({"stat": "total", "at_most": 3}, {"prospect": Prospect.FACT}))


def suite(**found: Any) -> PowerReport:
    known = {"name": "q", "evalset": "q@v1", "cases": 100, "blocking": 1, **found}
    rules = (power({"max_drop": 0.1}, {"needed": 90}, fails_at=-0.2),)
    return PowerReport(suites=(SuitePower.model_validate({**known, "rules": rules}),))


def test_the_runs_it_rests_on_are_named() -> None:
    alone = render_power(suite(candidate_run="r1", trials=3, blocking=2))

    assert "1 rule, 2 of which share" in alone
    assert "by the run r1, and no other version, 3 trials of each case" in alone
    assert "by the run r1 against r2\n" in render_power(
        suite(candidate_run="r1", baseline_run="r2")
    )


def test_a_hostile_name_cannot_break_out() -> None:
    """Names come from files: no escape codes on a screen, no markup in Markdown."""
    report = suite(candidate_run="r\x1b[31m<b>1")

    assert "\x1b" not in render_power(report)
    assert "<b>" not in power_markdown(report)


@pytest.mark.parametrize("prospect", list(Prospect))
def test_every_prospect_has_its_words(prospect: Prospect) -> None:
    seen = Foresight(cases=100, prospect=prospect, needed=200, best_bound=0.5)
    rule = Rule.model_validate({"score": "s", "max_drop": 0.1})

    assert foresight_words(seen)
    known = {Prospect.NEW_CASES, Prospect.UNKNOWN_SPREAD, Prospect.FACT}
    assert (shortfall_words(rule, seen) is None) == (prospect in known)


def test_what_clusters_are_assumed_to_be_is_said() -> None:
    seen = Foresight(cases=100, assumed_flips=0.1, assumed_alike=0.2)

    assert foresight_words(seen) == (
        "if 10% of the cases change sides and cases of a cluster correlate by 0.2"
    )
