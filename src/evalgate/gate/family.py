"""Many rules at once: a failure must survive Holm's correction among all that can block.

All of a suite's blocking rules are one family, overall rules and slices alike, because one
failure is enough to stop a build. With a family for each score's slices, a suite would have as
many chances of a false alarm as it has families, and noise would look red after all.
"""

from collections.abc import Collection, Sequence

from evalgate.domain.finding import Cause, Finding, Note, Verdict
from evalgate.gate.power.detecting import outlook


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjust p-values so that the chance of any false rejection stays bounded (Holm 1979)."""
    count = len(p_values)
    adjusted = [0.0] * count
    highest = 0.0
    for rank, index in enumerate(sorted(range(count), key=lambda i: p_values[i])):
        highest = max(highest, min(1.0, (count - rank) * p_values[index]))
        adjusted[index] = highest
    return adjusted


def correct_failures(findings: Sequence[Finding], harmless: Collection[str]) -> list[Finding]:
    """Give every blocking finding its adjusted p; a failure that does not survive is noise.

    Passing needs no correction, because all rules must pass. `harmless` are ids of rules that
    cannot block although nothing in them says so.
    """
    family = [index for index, finding in enumerate(findings) if _is_member(finding, harmless)]
    adjusted = holm([_p_fail(findings[index]) for index in family])
    corrected = list(findings)
    for index, p_value in zip(family, adjusted, strict=True):
        corrected[index] = _corrected(findings[index], p_value, len(family))
    return corrected


def _is_member(finding: Finding, harmless: Collection[str]) -> bool:
    """True when a failure would block the build and rests on a test."""
    blocks = finding.rule.severity == "block" and finding.rule.id not in harmless
    return blocks and _has_p(finding)


def _has_p(finding: Finding) -> bool:
    """True when the finding rests on a test; a fact is certain and needs no correction."""
    evidence = finding.at_best
    return evidence is not None and evidence.p_fail is not None and evidence.method != "fact"


def _p_fail(finding: Finding) -> float:
    """A failure must hold even with what is missing at its best."""
    assert finding.at_best is not None, "only findings with evidence are in the family"
    assert finding.at_best.p_fail is not None, "only findings with evidence are in the family"
    return finding.at_best.p_fail


def _corrected(finding: Finding, p_value: float, count: int) -> Finding:
    update: dict[str, object] = {"p_adjusted": p_value, "family": count}
    if finding.verdict is Verdict.FAILED and p_value > finding.rule.alpha:
        noise = {"verdict": Verdict.UNDECIDED, "cause": Cause.NOISE}
        update |= {**noise, "note": Note.NOT_AMONG_MANY}
    if finding.observed is not None and finding.limit is not None:
        smallest, more = outlook(finding.rule, finding.limit, finding.observed, count)
        is_noise = update.get("cause", finding.cause) is Cause.NOISE
        update |= {"detectable": smallest, "more_cases": more if is_noise else None}
    return finding.model_copy(update=update)
