"""What a run comes to by the policy of a pull request's base and by the change's own."""

from collections.abc import Callable
from dataclasses import dataclass

from evalgate.domain.decision import Decision, PolicyChange, Said
from evalgate.gate.policy import under_policy
from evalgate.pipeline.base_project import SHORT
from evalgate.pipeline.bench import Base, Bench
from evalgate.pipeline.deciding import Sides, sealed
from evalgate.pipeline.standing import decided_on

Remake = Callable[[Bench], Sides | None]
"""Both sides on the base's bench; None where that would have to ask somebody, and may not."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A decision and the runs that it rests on; `beside` is the one by the change's own policy."""

    decision: Decision
    sides: Sides
    beside: tuple[Decision, Sides] | None = None


def decide_both(bench: Bench, sides: Sides, remake: Remake) -> Settled:
    """Decide, on a pull request by both policies."""
    own = decided_on(bench, sides)
    base = bench.base
    if base is None:
        return Settled(own, sides)
    if base.bench is None:
        change = _change(base, own).model_copy(update={"new_suite": True})
        return Settled(sealed(under_policy(own, change)), sides)
    theirs = remake(base.bench)
    if theirs is None:
        why = f"{base.bench.evalset.ref} as it is in {base.commit[:SHORT]} was not answered"
        change = _change(base, own).model_copy(update={"not_applied": why})
        return Settled(sealed(under_policy(own, change)), sides)
    decision = decided_on(base.bench, theirs)
    change = _change(base, decision)
    if _is_alike(decision, own):
        return Settled(sealed(under_policy(decision, change)), theirs)
    change = change.model_copy(update={"head": own})
    return Settled(sealed(under_policy(decision, change)), theirs, (own, sides))


def _change(base: Base, alone: Decision) -> PolicyChange:
    return PolicyChange(
        base=base.commit,
        says=base.says,
        loosenings=base.loosenings,
        alone=Said(verdict=alone.verdict, outcome=alone.outcome, exit_code=alone.exit_code),
    )


def _is_alike(one: Decision, other: Decision) -> bool:
    """True when both policies ask the same of the same runs."""
    return (one.rules, one.waivers, one.candidate, one.baseline, one.first_run) == (
        other.rules,
        other.waivers,
        other.candidate,
        other.baseline,
        other.first_run,
    )
