"""A finding prints its arithmetic."""

# ruff: noqa: E501 - whole screens are written as they are shown

from textwrap import dedent

import pytest

from evalgate.domain.finding import Cause, Counts, Finding, NoMethod, Note, Verdict
from evalgate.domain.limit import Limit
from evalgate.domain.rule import Margin, Rule
from evalgate.report.causes import explained, note_words, verdict_words
from evalgate.report.evidence_text import no_method_words
from evalgate.report.explaining import explain_finding
from evalgate.report.findings import finding_lines, summary_text
from report_facts import EMPTY, FAILED, FORGED, LEVEL, NOISY, PASSED


def test_a_finding_shows_all_that_it_rests_on() -> None:
    """Estimate, bounds, method, cases, coverage, pairs, cause, and what it would take."""
    assert "\n".join(finding_lines(NOISY)) + "\n" == dedent("""\
        undecided (noise): mean of correctness max drop 0.03
          rule       correctness.max_drop
          estimate   +0.0068 [-0.0352, +0.0491] by Tango, needed >= -0.0300
          at worst   -0.0100 [-0.0500, +0.0300] by Tango, needed >= -0.0300
          at best    +0.0233 [-0.0299, +0.0651] by Tango, needed >= -0.0300
          cases      301: 296 scored, 3 unscored, 2 missing on the baseline's side only
          coverage   98.3%, needed 95.0%
          pairs      29 wins, 27 losses, 239 ties
          why        the cases cannot tell a real change from chance: the bounds leave both open
          detects    a change of 0.0631, 4 times in 5
          to decide  1,234 more cases would decide it, if the estimate stays
    """)


def test_the_long_form_tells_the_whole_arithmetic() -> None:
    """Every comparison that the verdict rests on is written with its numbers."""
    assert explain_finding(NOISY) == dedent("""\
        The rule: mean of correctness max drop 0.03 (correctness.max_drop).

        It comes down to: difference >= -0.0300.
        L and U are bounds, each wrong with a probability of at most 5.0%; it passes when L >= -0.0300.
        It fails when U < 0, surely worse, and the estimate < -0.0300.

        Cases: 301: 296 scored, 3 unscored, 2 missing on the baseline's side only. Coverage 98.3%, needed 95.0%.
        Over the cases with a score: +0.0068 [-0.0352, +0.0491] by Tango, needed >= -0.0300.
        Against the baseline: 29 wins, 27 losses, 239 ties.
        What is missing may not decide, so the rule is decided twice:
          at worst -0.0100 [-0.0500, +0.0300] by Tango, needed >= -0.0300.
          at best  +0.0233 [-0.0299, +0.0651] by Tango, needed >= -0.0300.

        at worst: L = -0.0500 < -0.0300; U = +0.0300 > -0.0300; the estimate -0.0100 > -0.0300; U = +0.0300 > 0.
        at best: L = -0.0299 > -0.0300; U = +0.0651 > -0.0300; the estimate +0.0233 > -0.0300; U = +0.0651 > 0.
        It is undecided because the cases cannot tell a real change from chance: the bounds leave both open.

        So many cases find a true change of 0.0631 4 times in 5.
        About 1,234 more cases would decide it, if the estimate stays.

        The verdict: undecided (noise).
    """)


def test_the_long_form_of_a_failure_names_the_correction_for_many_rules() -> None:
    """A failure must survive Holm's correction."""
    assert explain_finding(FAILED) == dedent("""\
        The rule: mean of exact_match where topic=billing at least 0.7 (exact_match[topic=billing].at_least).

        It comes down to: mean >= 0.7000.
        L and U are bounds, each wrong with a probability of at most 5.0%; it passes when L >= 0.7000.
        It fails when U < 0.7000.

        Cases: 301: 299 scored, 2 not produced (worst score). Coverage 100.0%, needed 95.0%.
        Over the cases with a score: 0.699960 [0.650000, 0.699996] by Clopper-Pearson, needed >= 0.700000.

        L = 0.650000 < 0.700000; U = 0.699996 < 0.700000; the estimate 0.699960 < 0.700000.
        If in truth the rule holds, so bad a result has the probability 0.0123 after Holm's correction among 3 rules; a failure needs at most 0.0500.

        The verdict: failed.
    """)


@pytest.mark.parametrize("cause", list(Cause))
def test_every_cause_is_explained(cause: Cause) -> None:
    """Nobody has to look up what an undecided rule means."""
    finding = EMPTY.model_copy(update={"cause": cause})

    assert len(explained(finding)) > 20
    assert verdict_words(finding) == f"undecided ({cause.value.replace('_', ' ')})"
    assert explained(finding) in explain_finding(finding)


def test_a_finding_without_evidence_says_so() -> None:
    """No number is invented where there is none."""
    bare = Finding(
        rule=Rule(score="x", at_least=0.5),
        verdict=Verdict.UNDECIDED,
        cause=Cause.TOO_FEW_CASES,
        counts=Counts(cases=0),
    )

    assert "  estimate   none" in finding_lines(bare)
    assert "There is no estimate." in explain_finding(bare)


@pytest.mark.parametrize(
    ("why", "words"),
    [
        (NoMethod.FEW_CLUSTERS, "for fewer than 10 clusters"),
        (NoMethod.ENDLESS_FEW_CASES, "for fewer than 30 cases, on a scale without ends"),
        (NoMethod.ENDLESS_FEW_CLUSTERS, "for fewer than 30 clusters, on a scale without ends"),
        (
            NoMethod.ENDLESS_FEW_CASES_DIFFER,
            "where fewer than 10 cases differ, on a scale without ends",
        ),
        (
            NoMethod.ENDLESS_FEW_CLUSTERS_DIFFER,
            "where fewer than 10 clusters differ, on a scale without ends",
        ),
    ],
)
def test_a_missing_interval_has_its_reason(why: NoMethod, words: str) -> None:
    assert no_method_words(why) == f"no interval {words}"


def test_an_estimate_without_bounds_says_so() -> None:
    """A missing interval does not look like a narrow one."""
    evidence = LEVEL.model_copy(
        update={
            "lower": None,
            "upper": None,
            "method": "",
            "no_method": NoMethod.ENDLESS_FEW_CASES,
        }
    )
    finding = PASSED.model_copy(
        update={
            "verdict": Verdict.UNDECIDED,
            "cause": Cause.NO_INTERVAL,
            "observed": evidence,
            "at_worst": evidence,
        }
    )

    line = "  estimate   0.7512 without bounds (no interval for fewer than 30 cases, on a scale without ends), needed >= 0.7000"
    assert line in finding_lines(finding)


def test_bounds_of_clustered_cases_say_how_many_clusters_there_were() -> None:
    """Fifty cases of ten documents do not look like fifty cases."""
    evidence = LEVEL.model_copy(
        update={"method": "Clopper-Pearson on effective counts", "clusters": 10}
    )

    lines = finding_lines(PASSED.model_copy(update={"observed": evidence}))

    assert any("by Clopper-Pearson on effective counts, 10 clusters" in line for line in lines)


def test_the_adjusted_p_of_a_passed_rule_is_told_too() -> None:
    """Wherever a rule is in a family, and nowhere else."""
    lines = finding_lines(PASSED)

    assert "  chance     0.9800 of so bad a result if the rule holds (Holm, among 3 rules)" in lines
    assert "0.9800 after Holm's correction among 3 rules; a failure" in explain_finding(PASSED)
    assert "Holm" not in explain_finding(NOISY) + "\n".join(finding_lines(NOISY))


@pytest.mark.parametrize(
    ("note", "words"),
    [
        (Note.NO_SUCH_SCORE, "the run has no such score"),
        (Note.NOT_AMONG_MANY, "would fail alone, not among 3 rules (Holm)"),
        (None, ""),
    ],
)
def test_a_note_in_words(note: Note | None, words: str) -> None:
    assert note_words(PASSED.model_copy(update={"note": note})) == words


def test_a_small_p_is_told_from_its_limit() -> None:
    """A probability just above the limit does not look equal to it."""
    text = explain_finding(NOISY.model_copy(update={"p_adjusted": 0.050001}))

    assert "0.050001 after Holm's correction" in text
    assert "at most 0.050000." in text
    assert "If in truth nothing got worse, so bad" in text


def test_the_long_form_of_a_fact_compares_the_fact() -> None:
    """A total has no bounds to speak of."""
    fact = LEVEL.model_copy(
        update={"estimate": 5.01, "lower": 5.01, "upper": 5.01, "method": "fact"}
    )
    text = explain_finding(
        Finding(
            rule=Rule(score="cost_usd", stat="total", at_most=5.0),
            verdict=Verdict.FAILED,
            counts=Counts(cases=301, scored=300, unscored=1),
            limit=Limit(quantity="total", side="at_most", value=5.0),
            observed=fact,
            at_worst=None,
            at_best=fact,
        )
    )

    assert "It comes down to: total <= 5.0000.\n" in text
    assert "The number is a fact of this run and is compared as it is.\n" in text
    assert "5.0100 a fact of this run, needed <= 5.0000." in text
    assert "at worst there is no number, because the scale has no end on that side." in text
    assert "at best: 5.0100 > 5.0000.\n" in text


def test_the_long_form_of_a_rise_looks_at_the_other_bound() -> None:
    """For a lower-is-better score U passes and L fails."""
    finding = NOISY.model_copy(
        update={
            "rule": Rule(score="toxicity", max_rise=Margin(value=0.03)),
            "limit": Limit(quantity="difference", side="at_most", value=0.03),
            "p_adjusted": 1e-9,
        }
    )
    text = explain_finding(finding)

    assert "it passes when U <= +0.0300.\n" in text
    assert "It fails when L > 0, surely worse, and the estimate > +0.0300." in text
    assert "L = -0.0500 < +0.0300; U = +0.0300 = +0.0300;" in text
    assert "; L = -0.0500 < 0.\n" in text
    assert "below 0.0001 after Holm's correction" in text


def test_the_long_form_of_a_percent_margin_holds_the_difference_against_zero() -> None:
    """Zero is said once."""
    limit = Limit(quantity="difference", side="at_least", value=0.0, times_baseline=0.8)
    finding = NOISY.model_copy(
        update={
            "rule": Rule(score="x", max_drop=Margin(value=0.2, percent=True)),
            "limit": limit,
        }
    )

    assert "difference from 0.8 x baseline >= +0.0000." in explain_finding(finding)
    assert "> 0.\n" not in explain_finding(finding)


def test_a_quantile_says_what_its_estimate_is_of() -> None:
    """A p95 is decided by a share, and the share must not be read as seconds."""
    finding = PASSED.model_copy(
        update={
            "rule": Rule(score="latency_s", stat="p95", at_most=3.0),
            "limit": Limit(quantity="share_above", side="at_most", value=0.05, beyond=3.0),
        }
    )

    assert "  compares   share above 3" in finding_lines(finding)
    assert summary_text(finding).startswith("share above 3; Clopper-Pearson;")
    assert "share above 3" not in summary_text(PASSED)


def test_a_hostile_slice_cannot_begin_a_line() -> None:
    """People's files are not trusted either."""
    rule = Rule(score="x", at_least=0.5, slice={"topic": FORGED})
    finding = PASSED.model_copy(update={"rule": rule})

    for text in ("\n".join(finding_lines(finding)), explain_finding(finding)):
        for line in text.splitlines():
            assert not line.lstrip().startswith(("verdict:", "::"))
            assert "\x1b" not in line
