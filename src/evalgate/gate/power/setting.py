"""A rule where it stands: its score's scale, and how many of its suite's rules can block."""

from collections.abc import Iterable
from typing import NamedTuple

from evalgate.domain.rule import Rule
from evalgate.domain.scale import Scale
from evalgate.gate.subject import shape_of


class Setting(NamedTuple):
    """A rule, its score's scale, and the rules among which a failure must survive."""

    rule: Rule
    scale: Scale
    among: int = 1

    def blocking(self, cases: int) -> "Setting":
        """The same; a rule that cannot block stands alone."""
        blocks = self.rule.severity == "block" and not self.rule.cannot_block(cases)
        return self if blocks else self._replace(among=1)


def family_size(rules: Iterable[tuple[Rule, Scale]]) -> int:
    """How many of a suite's rules can block and rest on a test; 1 when none does."""
    members = sum(
        rule.severity == "block" and shape_of(rule, scale) != "fact" for rule, scale in rules
    )
    return max(members, 1)
