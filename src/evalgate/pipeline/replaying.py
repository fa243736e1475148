"""Today's rules over any two scoresheets, by the function that `run` calls; nobody is asked."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from evalgate.domain.alarms import Alarms
from evalgate.domain.backtest import Planted
from evalgate.domain.finding import Verdict
from evalgate.domain.sheet import Scoresheet
from evalgate.domain.specs import Suite, Waiver
from evalgate.errors import ExitCode
from evalgate.gate.alarms import alarms_of, is_alike
from evalgate.gate.planting import plant
from evalgate.gate.ruling import Sheets, Verdicts, rule_on

Pair = tuple[Scoresheet, Scoresheet | None]
"""A candidate's sheet, and the one that it is held against."""


@dataclass(frozen=True, slots=True)
class TodaysRules:
    """A suite's rules and the waivers in force, as a run would meet them today."""

    suite: Suite
    waivers: Sequence[Waiver]
    today: dt.date

    @property
    def scores(self) -> frozenset[str]:
        """The scores that the rules ask for."""
        return frozenset(rule.score for rule in self.suite.rules)

    def held(self, pair: Pair, broken: tuple[str, ...] = ()) -> Verdicts:
        """Hold one sheet against the other."""
        candidate, baseline = pair
        sheets = Sheets(candidate, baseline, broken=broken)
        return rule_on(self.suite.rules, sheets, self.waivers, self.today)

    def alarms(self, groups: Sequence[Sequence[Scoresheet]]) -> Alarms | None:
        """Hold every two sheets of a group, between which nothing changed, against each other.

        None when no group has two.
        """
        pairs = [pair for group in groups for pair in ordered_pairs(group)]
        if not pairs:
            return None
        independent = sum(len(group) // 2 for group in groups)
        alike = sum(is_alike(ours, theirs) for ours, theirs in pairs)
        return alarms_of([self.held(pair) for pair in pairs], independent, alike)

    def planted(self, share: float, pairs: Sequence[Pair], draws: int, seed: str) -> Planted:
        """Make a candidate worse in a share of its cases, again and again, and hold each."""
        chance = Random(f"{seed} {share}")  # noqa: S311 - a seed makes the report come out again
        said = []
        for _ in range(draws):
            candidate, baseline = chance.choice(pairs)
            said.append(self.held((plant(candidate, share, chance), baseline)))
        codes = [verdicts.exit_code for verdicts in said]
        let_through = codes.count(ExitCode.OK)
        failed = codes.count(ExitCode.FAILED)
        return Planted(
            share=share,
            draws=draws,
            failed=failed,
            stopped=draws - failed - let_through,
            let_through=let_through,
            passed=sum(
                verdicts.verdict is Verdict.PASSED and verdicts.exit_code is ExitCode.OK
                for verdicts in said
            ),
        )


def ordered_pairs(group: Sequence[Scoresheet]) -> list[tuple[Scoresheet, Scoresheet]]:
    """Each sheet against each other one."""
    return [(ours, theirs) for ours in group for theirs in group if ours is not theirs]
