"""`on_undecided` of the whole file: what rules have that do not say it themselves."""

from pathlib import Path

import pytest

from evalgate.config.gates import load_gates
from evalgate.errors import UserMistake

RULES = """
suites:
  qa:
    evalset: qa@v1
    judges: [exact_match]
    rules:
      - {score: exact_match, at_least: 0.5}
      - {score: exact_match, max_drop: 0.1, on_undecided: warn}
"""


def policies(root: Path, key: str, environment: dict[str, str]) -> list[str]:
    (root / "gates.yaml").write_text(f"schema_version: 1\n{key}{RULES}", encoding="utf-8")
    suites = load_gates(root, environment).gates.suites
    return [rule.on_undecided for rule in suites["qa"].rules]


@pytest.mark.parametrize(
    ("key", "environment", "inherited"),
    [
        ("", {}, "warn"),
        ("on_undecided: estimate", {}, "estimate"),
        ("on_undecided: ${POLICY:-warn}", {}, "warn"),
        ("on_undecided: ${POLICY:-warn}", {"POLICY": "block"}, "block"),
    ],
    ids=["nothing written", "one for all", "the default of a variable", "a variable"],
)
def test_a_rule_has_the_policy_of_the_file_unless_it_has_its_own(
    tmp_path: Path, key: str, environment: dict[str, str], inherited: str
) -> None:
    """A merge queue sets a variable; a rule that says what it wants keeps it."""
    assert policies(tmp_path, key, environment) == [inherited, "warn"]


def test_a_policy_that_there_is_not_is_a_fault_of_its_own_line(tmp_path: Path) -> None:
    """Told once, not for every rule that would have it."""
    with pytest.raises(UserMistake) as caught:
        policies(tmp_path, "on_undecided: ${POLICY:-warn}", {"POLICY": "stop"})

    [problem] = caught.value.problems
    assert str(problem).startswith("gates.yaml:2:1: on_undecided: input should be 'warn', 'block'")
