"""The gate's figures beside those of others, on published answers: as counts where that is enough.

Left out, because the gate does not reckon that way: Wilson's interval (R's prop.test; shares are
bounded by Clopper and Pearson), bootstrap intervals (all of ours are in closed form), standard
errors of unpaired differences (Miller 2024; comparisons are paired), CR0 errors (ours have
G / (G - 1)), pass^k, and the coefficients of agreement (kappa, alpha), which are about judges.
"""

import math
from collections.abc import Sequence

import pytest

from evalgate.domain.finding import Verdict
from evalgate.domain.sheet import Mark
from evalgate.gate.choosing import Measured, method_for
from evalgate.gate.clusters import gathered, pseudo_values
from evalgate.gate.contrast import change_of
from evalgate.gate.deciding import decide
from evalgate.gate.intervals import tango_statistic
from evalgate.gate.limit import Ends
from evalgate.gate.means import lower_bound, tail_of
from evalgate.gate.power.detecting import cases_needed
from gate_sheets import SHARE, rule, sheet
from published_answers import judgements, sheet_of

# gpt-4o-mini to gpt-4o, strict verdicts on the instructions of 541 prompts (IFEval by way of
# shisa-ai/M-IFEval, Apache-2.0): how many prompts had these differences, one per instruction
IFEVAL = {
    (-1,): 8, (0,): 285, (1,): 12,
    (-1, 0): 12, (-1, 1): 2, (0, 0): 142, (0, 1): 21, (1, 1): 2,
    (-1, 0, 0): 4, (-1, 0, 1): 2, (0, 0, 0): 43, (0, 0, 1): 7, (0, 1, 1): 1,
}  # fmt: skip
# GPT-4 graded each of 80 answers three times with 1 to 5 stars (prometheus-eval, Apache-2.0): how
# often the three gradings together differed by so many stars between two systems
CHATGPT = {-8: 1, -6: 1, -4: 1, -3: 4, -2: 5, -1: 10, 0: 21, 1: 13, 2: 7,
           3: 2, 4: 2, 5: 3, 6: 3, 7: 3, 8: 1, 9: 2, 10: 1}  # fmt: skip
WIZARDLM = {-11: 1, -9: 2, -6: 1, -5: 1, -3: 6, -2: 6, -1: 7, 0: 19, 1: 17, 2: 8,
            3: 4, 5: 2, 6: 2, 9: 2, 10: 1, 12: 1}  # fmt: skip
# how many of 50 airline tasks gpt-4o solved in 0, 1, 2, 3 and 4 of four trials (tau-bench, MIT)
TAU = {0.0: 14, 0.25: 12, 0.5: 10, 0.75: 4, 1.0: 10}


def numbers_of(counted: dict[int, int], by: float = 1.0) -> list[float]:
    """So many cases with each number, divided."""
    return [number / by for number, cases in counted.items() for _ in range(cases)]


@pytest.mark.parametrize(
    ("judge", "verdict", "bounds", "at_worst", "at_best"),
    [
        ("correctness-gpt4", Verdict.PASSED, (29, 27, 295, -0.0355, 0.0492),
         (29, 31, 301, -0.0496), (31, 27, 301, 0.0556)),
        ("people", Verdict.PASSED, (29, 16, 300, 0.0067, 0.0813),
         (29, 17, 301, 0.0029), (29, 16, 301, 0.0810)),
        ("correctness-davinci003", Verdict.FAILED, (18, 45, 300, -0.1339, -0.0476),
         (18, 46, 301, -0.1370), (18, 45, 301, -0.0474)),
    ],
)  # fmt: skip
def test_the_bounds_of_open_qa(
    judge: str,
    verdict: Verdict,
    bounds: tuple[float, ...],
    at_worst: tuple[float, ...],
    at_best: tuple[float, ...],
) -> None:
    """Zeroshot to fewshot, from the recorded replies: an independent prototype's figures."""
    found = decide(
        rule("max_drop", 0.05),
        sheet_of(judgements(judge, "open-qa", "fewshot")),
        sheet_of(judgements(judge, "open-qa", "zeroshot")),
    )
    seen, low, high = found.observed, found.at_worst, found.at_best
    assert seen and low and high  # noqa: PT018 - all three are there or the finding is empty
    assert None not in (seen.lower, seen.upper, low.lower, high.upper)

    counted = [(side.wins, side.losses, side.cases) for side in (seen, low, high)]
    rounded = [round(bound or 0, 4) for bound in (seen.lower, seen.upper, low.lower, high.upper)]

    assert found.verdict is verdict
    assert counted == [bounds[:3], at_worst[:3], at_best[:3]]
    assert rounded == [*bounds[3:], at_worst[3], at_best[3]]


@pytest.mark.parametrize(
    ("first", "later", "wins", "losses", "difference", "chi_square"),
    [
        ("6b-verification", "175b-finetuning", 152, 209, -0.0432145565, 9.0),
        ("175b-finetuning", "175b-verification", 360, 76, 0.2153146323, 184.9908256881),
        ("6b-finetuning", "6b-verification", 293, 64, 0.173616376, 146.893557423),
    ],
)
def test_the_differences_of_gsm8k(
    *, first: str, later: str, wins: int, losses: int, difference: float, chi_square: float
) -> None:
    """Against no difference, the square of the score statistic is McNemar's chi-square."""
    change = change_of(
        "s",
        sheet_of(judgements("final_answer", "gsm8k", later)),
        sheet_of(judgements("final_answer", "gsm8k", first)),
    )

    assert change is not None
    assert (change.wins, change.losses, change.cases) == (wins, losses, 1319)
    assert change.estimate == pytest.approx(difference)
    assert tango_statistic(wins, losses, 1319, 0.0) ** 2 == pytest.approx(chi_square)


@pytest.mark.parametrize(
    ("wins", "losses", "cases", "chi_square"),
    [
        # IFEval, all instructions of a prompt followed: gpt-4o-mini to gpt-4o, and to qwen2.5-7b
        (40, 20, 541, 6.6666666667),
        (31, 91, 541, 29.5081967213),
        # R's mcnemar.test without continuity correction, by way of statsmodels
        (15, 19, 88, 0.470588235294118),
    ],
    ids=["gpt-4o", "qwen2.5-7b", "R"],
)
def test_the_statistic_against_no_difference_is_mcnemars(
    wins: int, losses: int, cases: int, chi_square: float
) -> None:
    assert tango_statistic(wins, losses, cases, 0.0) ** 2 == pytest.approx(chi_square)


def test_the_clustered_error_of_ifeval() -> None:
    """834 instructions in 541 prompts; the published interval is Student's with 540 degrees."""
    groups = [list(map(float, prompt)) for prompt, times in IFEVAL.items() for _ in range(times)]
    numbers = [number for group in groups for number in group]
    of = [place for place, group in enumerate(groups) for _ in group]
    tail = tail_of(pseudo_values(gathered(numbers, of)))

    assert (len(numbers), len(groups)) == (834, 541)
    assert sum(numbers) / 834 == pytest.approx(0.0263788969)
    assert tail.error == pytest.approx(0.0103723367)
    student = tail._replace(skew=0.0)
    assert lower_bound(student, 0.025) == pytest.approx(0.0060038233)
    assert -lower_bound(student.mirrored(), 0.025) == pytest.approx(0.0467539704)


def test_the_gates_bounds_of_ifeval_are_near_students() -> None:
    """The gate's own method there, effective counts: not the same, and not far from it."""
    numbers = [float(n) for prompt, times in IFEVAL.items() for _ in range(times) for n in prompt]
    prompts = [prompt for prompt, times in IFEVAL.items() for _ in range(times)]
    of = [place for place, prompt in enumerate(prompts) for _ in prompt]

    bounds = method_for(Measured("paired", numbers, Ends(-1.0, 1.0), of)).bounds(0.025)  # type: ignore[union-attr]  # 541 clusters have a method

    assert bounds.lower == pytest.approx(0.0060038233, abs=1e-3)
    assert bounds.upper == pytest.approx(0.0467539704, abs=1.5e-3)


@pytest.mark.parametrize(
    ("counted", "mean", "error", "bounds"),
    [
        (CHATGPT, 0.3375, 0.1220277789, (0.0946097818, 0.5803902182)),
        (WIZARDLM, 0.125, 0.1346160608, (-0.1429465665, 0.3929465665)),
    ],
    ids=["chatgpt against llama2-13b", "wizardlm against vicuna"],
)
def test_gradings_of_one_answer_are_averaged_first(
    counted: dict[int, int], mean: float, error: float, bounds: Sequence[float]
) -> None:
    """Three gradings are one number per case: 80 numbers, never 240."""
    tail = tail_of(numbers_of(counted, by=3))._replace(skew=0.0)

    assert tail.freedom == 79
    assert [tail.centre, tail.error] == pytest.approx([mean, error])
    assert lower_bound(tail, 0.025) == pytest.approx(bounds[0])
    assert -lower_bound(tail.mirrored(), 0.025) == pytest.approx(bounds[1])


def test_the_error_of_trials_is_that_of_task_means() -> None:
    """Four trials of 50 tasks: the gate's error, beside a naive one of 0.035."""
    means: list[Mark] = [mean for mean, tasks in TAU.items() for _ in range(tasks)]

    found = decide(rule("at_least", 0.3), sheet(means, SHARE)).observed

    assert found is not None
    assert found.spread is not None
    assert found.cases == 50
    assert found.estimate == pytest.approx(0.42)
    assert found.spread / math.sqrt(50) == pytest.approx(0.05221619109284876)


def test_the_published_number_of_cases() -> None:
    """Miller 2024: 969 questions show a difference of 3 points where the variance is 1/9."""
    assert cases_needed(0.025, 1 / 3, 0.03) == 969
