"""What two policies come to together: never greener than the stricter of them."""

import itertools

import pytest

from evalgate.domain.decision import Decision, PolicyChange, Said
from evalgate.domain.finding import Outcome, Verdict
from evalgate.domain.loosening import Loosening, PolicyWord, Softened
from evalgate.gate.policy import said_under, under_policy
from evalgate.gate.standing import WORST_FIRST
from report_facts import noisy_decision

PASSED = Said(verdict=Verdict.PASSED, outcome=Outcome.GREEN, exit_code=0)
NOISY = Said(verdict=Verdict.UNDECIDED, outcome=Outcome.YELLOW, exit_code=0)
FAILED = Said(verdict=Verdict.FAILED, outcome=Outcome.RED, exit_code=1)
BROKEN = Said(verdict=Verdict.UNDECIDED, outcome=Outcome.RED, exit_code=4)
ALL = (PASSED, NOISY, FAILED, BROKEN)
SOFTER = (Loosening(kind=Softened.THRESHOLD, what="s.at_least"),)
NOTHING: tuple[Loosening, ...] = ()


def saying(said: Said) -> Decision:
    """A decision that says this."""
    return noisy_decision().model_copy(update=dict(said))


def change(
    alone: Said,
    head: Said | None = None,
    loosenings: tuple[Loosening, ...] = NOTHING,
    says: PolicyWord = "block",
) -> PolicyChange:
    """A change of the policy, by the base's decision and its own."""
    own = saying(head) if head else None
    return PolicyChange(base="c", alone=alone, head=own, loosenings=loosenings, says=says)


@pytest.mark.parametrize(("alone", "head"), list(itertools.product(ALL, ALL)))
@pytest.mark.parametrize("loosenings", [NOTHING, SOFTER])
def test_the_stricter_counts(alone: Said, head: Said, loosenings: tuple[Loosening, ...]) -> None:
    """Neither policy is outvoted, and a loosening makes nothing better."""
    said = said_under(change(alone, head, loosenings))

    for each in (alone, head):
        assert WORST_FIRST.index(said.outcome) <= WORST_FIRST.index(each.outcome)
        assert bool(said.exit_code) >= bool(each.exit_code)
    assert bool(said.exit_code) >= bool(loosenings)


@pytest.mark.parametrize(
    ("alone", "code", "verdict"),
    [(PASSED, 3, "undecided"), (NOISY, 3, "undecided"), (FAILED, 1, "failed"),
     (BROKEN, 4, "undecided")],
)  # fmt: skip
def test_what_was_softened_blocks(alone: Said, code: int, verdict: str) -> None:
    """A failure stays one, and what passed is open until somebody lets it in."""
    said = said_under(change(alone, None, SOFTER))

    assert (said.exit_code, said.verdict, said.outcome) == (code, verdict, Outcome.RED)


def test_a_base_that_warns_is_never_green() -> None:
    """What was softened can be let in, and is seen."""
    assert said_under(change(PASSED, None, SOFTER, "warn")).outcome is Outcome.YELLOW
    assert said_under(change(FAILED, None, SOFTER, "warn")) == FAILED
    assert said_under(change(PASSED)) == PASSED


def test_a_policy_that_could_not_be_applied_blocks() -> None:
    """Whatever the base says of loosenings: nothing was decided by it."""
    open_ = change(PASSED, says="warn").model_copy(update={"not_applied": "not answered"})

    assert said_under(open_).exit_code == 3


def test_a_decision_carries_its_policy() -> None:
    """Its seal is of before, and is taken away."""
    made = under_policy(saying(PASSED), found := change(PASSED, None, SOFTER))

    assert (made.policy, made.exit_code, made.seal) == (found, 3, "")
