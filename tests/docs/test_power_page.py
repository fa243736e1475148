"""What docs/evidence.md says of numbers of cases is what the code says."""

import re

from doc_pages import page, rows_below
from evalgate.domain.powered import RulePower
from evalgate.domain.rule import Rule
from evalgate.domain.scale import BINARY, MEASURED, Scale
from evalgate.gate.extent import Extent
from evalgate.gate.power.past import Past
from evalgate.gate.power.setting import Setting
from evalgate.gate.power.study import study
from evalgate.report.numbers import count

SECTION = "## How many cases are enough"
STARS = Scale(kind="ordinal", low=1, high=5)
HELD = [
    (Rule.model_validate({"score": "s", "max_drop": 0.02}), BINARY),
    (Rule.model_validate({"score": "s", "max_drop": 0.05}), BINARY),
    (Rule.model_validate({"score": "s", "max_drop": 0.10}), BINARY),
    (Rule.model_validate({"score": "s", "max_drop": 0.2}), STARS),
    (Rule.model_validate({"score": "s", "at_least": 0.8}), BINARY),
]


def told(rule: Rule, scale: Scale, cases: int) -> RulePower:
    return study(Setting(rule, scale), Extent(cases), Past())


def row(cases: int) -> list[str]:
    """How far each rule has to be missed to fail 4 times in 5."""
    found = [told(rule, scale, cases).foresight.detectable for rule, scale in HELD]
    return [count(cases), *(f"{change:.3f}" if change else "nothing" for change in found)]


def test_the_table_of_cases_is_what_power_says() -> None:
    """Every figure of the table, and the cases that an equally good candidate needs to pass."""
    rows = rows_below(page("docs/evidence.md"), SECTION)
    *by_cases, enough = rows

    assert len(by_cases) >= 5
    for cells in by_cases:
        assert cells == row(int(cells[0].replace(",", "")))
    needed = [told(rule, scale, 100).foresight.needed for rule, scale in HELD]
    assert enough[1:] == [count(cases or 0) for cases in needed]


def test_the_fewest_cases_of_a_quantile_are_what_power_says() -> None:
    """29, 59 and 299."""
    text = page("docs/evidence.md").text
    section = text.partition(SECTION)[2].partition("\n## ")[0]

    for stat in ("p90", "p95", "p99"):
        held = Rule.model_validate({"score": "latency_s", "stat": stat, "at_most": 3})
        fewest = told(held, MEASURED, 10).foresight.fewest
        assert re.search(rf"\b{fewest} for `{stat}`", section), f"{fewest} for `{stat}`"
