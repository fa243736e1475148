"""A rule that no run can pass is told before anything is run."""

import pytest

from evalgate.domain.rule import Rule
from evalgate.domain.scale import BINARY
from evalgate.gate.extent import Extent
from evalgate.gate.intervals import clopper_pearson
from evalgate.gate.power.foresight import foresee
from evalgate.report.foresight_text import foresight_words


@pytest.mark.parametrize(
    ("rule", "cases", "note"),
    [
        pytest.param(
            Rule(score="x", at_least=0.9),
            20,
            "cannot pass: 20 perfect cases prove no better than 0.8609",
            id="20 in 20 are not 90 %",
        ),
        pytest.param(Rule(score="x", at_least=0.9), 40, "", id="40 in 40 are"),
        pytest.param(
            Rule(score="x", at_least=1.0),
            1000,
            "cannot pass: 1,000 perfect cases prove no better than 0.9970",
            id="nothing proves perfection",
        ),
    ],
)
def test_a_target_out_of_reach_is_said(rule: Rule, cases: int, note: str) -> None:
    """The note names the best bound that a perfect run would have."""
    assert foresight_words(foresee(rule, BINARY, Extent(cases))) == note


@pytest.mark.parametrize("cases", [1, 5, 20, 300])
def test_the_best_bound_is_the_gates_own(cases: int) -> None:
    """The closed form is Clopper-Pearson's lower bound of n in n."""
    assert 0.05 ** (1 / cases) == pytest.approx(clopper_pearson(cases, cases, 0.05).lower)
