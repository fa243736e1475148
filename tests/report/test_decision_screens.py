"""A decision and a comparison on the terminal."""

# ruff: noqa: E501 - whole screens are written as they are shown

from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.domain.comparison import Comparison
from evalgate.domain.decision import Ruling, Why
from evalgate.domain.finding import Cause, Outcome, Verdict
from evalgate.report.comparison import render_comparison
from evalgate.report.decision_text import render_decision, suites_line, verdict_line
from evalgate.report.junit import render_junit
from evalgate.report.markdown import render_markdown
from evalgate.report.outcome_words import ruling_words
from evalgate.report.said import in_markdown
from report_facts import (
    FAILED,
    FORGED,
    GREEN,
    NOISY,
    PASSED,
    UNSERVED,
    WAIVED,
    YELLOW,
    comparison,
    decision,
    failed_decision,
    noisy_decision,
    said_by,
    worsened,
)

pieces = st.lists(
    st.sampled_from(
        [
            FORGED, "verdict: passed (exit 0)", "\n", "\r", "\u2028", "\x85", "\v",
            "\x1b[1A\x1b[2K", "::error::", "##[error]", "[-", "-]", "{+", " ", "word",
        ]
    ),
    max_size=6,
).map("".join)  # fmt: skip


def test_a_failed_decision() -> None:
    """Every rule with its evidence, then one line with the verdict."""
    assert render_decision(failed_decision("tone")) == dedent("""\
        open-qa: fewshot against zeroshot on open-qa@v1

            verdict            rule                                                  estimate  bounds                p (Holm)  needed       cases
         ✓  passed             mean of correctness at least 0.7                        0.7512  [0.7061, 0.7921]        0.9800  >= 0.7000      301
             Clopper-Pearson; coverage 100.0%, needed 95.0%; can detect a change of 0.0657
         !  undecided (noise)  mean of correctness max drop 0.03                      +0.0068  [-0.0352, +0.0491]           -  >= -0.0300     301
             undecided (noise), allowed by on_undecided: warn
             the cases cannot tell a real change from chance: the bounds leave both open
             Tango; 29 wins, 27 losses, 239 ties; coverage 98.3%, needed 95.0%; can detect a change of 0.0631; 1,234 more cases would decide it
             cases 301: 296 scored, 3 unscored, 2 missing on the baseline's side only
             at worst -0.0100 [-0.0500, +0.0300] by Tango, needed >= -0.0300
             at best +0.0233 [-0.0299, +0.0651] by Tango, needed >= -0.0300
         ✗  failed             mean of exact_match where topic=billing at least 0.7  0.699960  [0.650000, 0.699996]    0.0123  >= 0.700000    301
             Clopper-Pearson; coverage 100.0%, needed 95.0%
             cases 301: 299 scored, 2 not produced (worst score)

        warning: tone gave too few scores, and no rule asks for any

        1 of 2 suites ran: not gsm8k
        verdict: failed (exit 1)
    """)


def test_a_waived_and_an_unserved_rule() -> None:
    """A waiver stands beside the finding that it does not change."""
    decided = decision(WAIVED, UNSERVED, verdict=Verdict.FAILED, outcome=Outcome.RED, exit_code=4)

    assert render_decision(decided) == dedent("""\
        open-qa: fewshot against zeroshot on open-qa@v1

            verdict                   rule                                                  estimate  bounds                p (Holm)  needed       cases
         !  failed                    mean of exact_match where topic=billing at least 0.7  0.699960  [0.650000, 0.699996]    0.0123  >= 0.700000    301
             failed, allowed: waived by Ana until 2026-12-01: the billing pages moved
             Clopper-Pearson; coverage 100.0%, needed 95.0%
             cases 301: 299 scored, 2 not produced (worst score)
             waiver: https://example.org/7
             without waived cases: passed, 0.7512 [0.7061, 0.7921] by Clopper-Pearson, needed >= 0.7000
         ✗  undecided (low coverage)  p95 of latency_s at most 3                                   -  none                         -  -              301
             undecided (low coverage), blocks
             too few cases could be scored: coverage 94.7%, needed 95.0% (min_coverage)
             note: the run has no such score
             coverage 94.7%, needed 95.0%
             cases 301: 285 scored, 16 unanswered

        1 of 2 suites ran: not gsm8k
        verdict: failed (exit 4)
    """)


def test_two_versions_side_by_side() -> None:
    """Scores, the cases that got worse with what changed, and the verdict."""
    compared = comparison(worsened("It was sung by Elvis in 1965"), worsened("x"), worsened("y"))

    assert render_comparison(compared, top=1) == dedent("""\
        open-qa: fewshot against zeroshot on open-qa@v1

        score        zeroshot  fewshot  difference  bounds              wins  losses  ties  missing  scale
        correctness    0.6788   0.6856     +0.0068  [-0.0352, +0.0491]    29      27   239     2, 4  binary, higher is better
        exact_match    0.2500        -           -  none                   -       -     -   0, 301  binary, higher is better
        bounds by Tango: correctness
        new, held to thresholds alone (2 cases): new-1, new-2

        3 cases got worse, worst first

        case nq-7
          inputs  {"question": "who sang it"}
          answer  It was sung by [-the Beatles-]{+Elvis+} in 1965
          correctness  1 -> 0  No. It was sung by Elvis in 1965

        and 2 more

    """) + render_decision(noisy_decision(), titled=False)


def test_several_versions_have_a_line_each() -> None:
    """All judges of all versions are in one table."""
    two = comparison()
    lines = tuple(
        line.model_copy(
            update={"values": (*line.values, line.values[0]), "changes": line.changes * 2}
        )
        for line in two.scores
    )
    three = Comparison(
        suite="s", evalset="e@v1", versions=("a", "b", "c"), scores=lines, removed=("q9",)
    )

    assert render_comparison(three) == dedent("""\
        s: b, c against a on e@v1

        score        version       a   value  difference  bounds              wins  losses  ties  missing  scale
        correctness  b        0.6788  0.6856     +0.0068  [-0.0352, +0.0491]    29      27   239     2, 4  binary, higher is better
        correctness  c        0.6788  0.6788     +0.0068  [-0.0352, +0.0491]    29      27   239     2, 2  binary, higher is better
        exact_match  b        0.2500       -           -  none                   -       -     -   0, 301  binary, higher is better
        exact_match  c        0.2500  0.2500           -  none                   -       -     -     0, 0  binary, higher is better
        bounds by Tango: correctness
        removed since the baseline (1 case): q9

        no case got worse

    """)


@pytest.mark.parametrize(
    ("rulings", "verdict", "outcome", "code", "expected"),
    [
        pytest.param((GREEN,), Verdict.PASSED, Outcome.GREEN, 0, "passed (exit 0)", id="passed"),
        pytest.param(
            (GREEN, YELLOW),
            Verdict.UNDECIDED,
            Outcome.YELLOW,
            0,
            "undecided (noise), allowed (exit 0)",
            id="yellow is never green",
        ),
        pytest.param(
            (Ruling(finding=NOISY, outcome=Outcome.RED, exit_code=3), UNSERVED),
            Verdict.UNDECIDED,
            Outcome.RED,
            4,
            "undecided (noise, low coverage), blocks (exit 4)",
            id="what blocks is named",
        ),
        pytest.param(
            (WAIVED,), Verdict.FAILED, Outcome.YELLOW, 0, "failed, allowed (exit 0)", id="waived"
        ),
        pytest.param(
            (Ruling(finding=NOISY, outcome=Outcome.GREEN, exit_code=0, why=(Why.ESTIMATE,)),),
            Verdict.UNDECIDED,
            Outcome.GREEN,
            0,
            "undecided (noise), allowed by the estimate alone (exit 0)",
            id="the estimate alone is labelled",
        ),
        pytest.param(
            (), Verdict.UNDECIDED, Outcome.RED, 2, "undecided, blocks (exit 2)", id="none"
        ),
    ],
)
def test_the_last_line_says_verdict_and_exit(
    rulings: tuple[Ruling, ...], verdict: Verdict, outcome: Outcome, code: int, expected: str
) -> None:
    """What blocks, what is allowed and what passed cannot be mistaken for each other."""
    decided = decision(*rulings, verdict=verdict, outcome=outcome, exit_code=code)

    assert verdict_line(decided) == f"verdict: {expected}"
    assert render_decision(decided).endswith(
        f"\n\n1 of 2 suites ran: not gsm8k\nverdict: {expected}\n"
    )


def test_a_yellow_rule_says_why_it_is_allowed() -> None:
    """Colour is never the only sign."""
    text = render_decision(noisy_decision())

    assert " !  undecided (noise)" in text
    assert "undecided (noise), allowed by on_undecided: warn" in text
    assert text.count(" ✓ ") == 1


@pytest.mark.parametrize(
    ("ruling", "expected"),
    [
        pytest.param(GREEN, "passed", id="passed"),
        pytest.param(
            Ruling(
                finding=NOISY.model_copy(update={"cause": Cause.FIRST_RUN}),
                outcome=Outcome.YELLOW,
                exit_code=0,
            ),
            "undecided (first run), allowed once",
            id="a first run",
        ),
        pytest.param(
            Ruling(finding=FAILED, outcome=Outcome.YELLOW, exit_code=0, why=(Why.SEVERITY,)),
            "failed, allowed by severity: warn",
            id="severity",
        ),
        pytest.param(
            Ruling(finding=FAILED, outcome=Outcome.GREEN, exit_code=0, why=(Why.WAIVED_CASES,)),
            "failed, allowed: waived cases left out",
            id="waived cases",
        ),
        pytest.param(
            Ruling(finding=NOISY, outcome=Outcome.RED, exit_code=3),
            "undecided (noise), blocks",
            id="on_undecided: block",
        ),
        pytest.param(
            Ruling(
                finding=FAILED,
                outcome=Outcome.RED,
                exit_code=4,
                why=(Why.FAULT_OF_THE_RUN,),
            ),
            "failed: a fault of the run cannot be waived",
            id="not to be waived",
        ),
    ],
)
def test_a_ruling_in_words(ruling: Ruling, expected: str) -> None:
    """Only what passed and is green is called passed and nothing else."""
    assert ruling_words(ruling) == expected


def test_a_slice_too_small_to_block_says_how_small() -> None:
    """Also when it passed: what cannot say no does not look like a gate."""
    counts = FAILED.counts.model_copy(update={"cases": 12})
    outcome = {"outcome": Outcome.YELLOW, "exit_code": 0, "why": (Why.TOO_SMALL,)}
    why = "too small to block: 12 cases, fewer than 30 (min_cases lets it)"
    for finding, verdict in ((FAILED, "failed"), (PASSED, "passed")):
        small = finding.model_copy(update={"counts": counts})

        assert ruling_words(Ruling.model_validate({"finding": small} | outcome)) == (
            f"{verdict}, {why}"
        )


@pytest.mark.parametrize(
    ("suites", "line"),
    [
        (("open-qa",), "1 of 1 suite ran"),
        (("a", "open-qa", "b"), "1 of 3 suites ran: not a, b"),
        (("open-qa", *"abcdefg"), "1 of 8 suites ran: not a, b, c, d, e and 2 more"),
    ],
    ids=["the only one", "three", "many"],
)
def test_a_report_says_how_many_suites_ran(suites: tuple[str, ...], line: str) -> None:
    """One green suite is not taken for all of them, whatever the report is written in."""
    decided = noisy_decision().model_copy(update={"suites": suites})

    assert suites_line(decided) == line
    assert f"\n{line}\nverdict: " in render_decision(decided)
    assert f"\n{line}\n" in render_markdown(decided)
    assert f'<property name="suites" value="{line}" />' in render_junit([decided])


@pytest.mark.parametrize(
    ("p_value", "shown"),
    [(1.0, "1.0000"), (0.0123, "0.0123"), (0.050001, "0.050001"), (1e-9, "below 0.0001"),
     (None, "-")],
)  # fmt: skip
def test_the_adjusted_p_stands_beside_the_bounds(p_value: float | None, shown: str) -> None:
    """A p just above the limit does not look like it; a rule in no family has none."""
    finding = FAILED.model_copy(update={"p_adjusted": p_value})
    decided = decision(
        Ruling(finding=finding, outcome=Outcome.RED, exit_code=1),
        verdict=Verdict.FAILED,
        outcome=Outcome.RED,
    )
    [row] = [line for line in render_decision(decided).splitlines() if "0.699960" in line]

    assert row.split("0.699996]")[1].split("  >=")[0].strip() == shown
    assert f"0.699996&#93; | {in_markdown(shown)} | " in render_markdown(decided)


def test_a_decision_without_rules_says_so() -> None:
    """Nothing decided is nothing passed."""
    text = render_decision(decision(verdict=Verdict.UNDECIDED, outcome=Outcome.RED, exit_code=2))

    assert "no rule was decided\n" in text


@given(pieces)
def test_no_words_of_others_forge_a_line(words: str) -> None:
    """An answer, a reason, a case id, a warning or a slice never begins a line of the screen."""
    failed = failed_decision(words)
    rule = FAILED.rule.model_copy(update={"slice": {"topic": words}})
    ruling = Ruling(
        finding=PASSED.model_copy(update={"rule": rule}),
        outcome=Outcome.RED,
        exit_code=1,
        why=(Why.WAIVED,),
        waiver=said_by(words),
    )
    failed = failed.model_copy(
        update={
            "rulings": (*failed.rulings, ruling),
            "suite": f"s{words}",
            "suites": (f"o{words}",),
        }
    )
    compared = comparison(worsened(words, f"id{words}")).model_copy(update={"decisions": (failed,)})
    lines = render_comparison(compared).split("\n")

    assert [line for line in lines if line.lstrip().startswith("verdict:")] == [
        "verdict: failed (exit 1)"
    ]
    for line in lines:
        assert not line.lstrip().startswith("::")
        assert "##[error]" not in line
        assert line.isprintable()
