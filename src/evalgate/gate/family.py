"""Many rules at once: a failure must survive Holm's correction within its family."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from evalgate.domain.finding import Cause, Finding, Verdict
from evalgate.domain.rule import Rule

NOTE = "would fail alone, not among {count} rules (Holm)"


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjust p-values so that the chance of any false rejection stays bounded (Holm 1979)."""
    count = len(p_values)
    adjusted = [0.0] * count
    highest = 0.0
    for rank, index in enumerate(sorted(range(count), key=lambda i: p_values[i])):
        highest = max(highest, min(1.0, (count - rank) * p_values[index]))
        adjusted[index] = highest
    return adjusted


def correct_failures(findings: Sequence[Finding], waived: Collection[str]) -> list[Finding]:
    """Give every finding its adjusted p; a failure that does not survive is noise.

    Passing needs no correction, because all rules must pass. `waived` are ids of waived rules.
    """
    families: dict[str, list[int]] = defaultdict(list)
    for index, finding in enumerate(findings):
        if finding.rule.severity == "block" and finding.rule.id not in waived and _has_p(finding):
            families[_family(finding.rule)].append(index)
    corrected = list(findings)
    for members in families.values():
        adjusted = holm([_p_fail(findings[index]) for index in members])
        for index, p_value in zip(members, adjusted, strict=True):
            corrected[index] = _corrected(findings[index], p_value, len(members))
    return corrected


def _family(rule: Rule) -> str:
    """The overall rules are one family, each score's slices another."""
    return f"slices of {rule.score}" if rule.slice else ""


def _has_p(finding: Finding) -> bool:
    """True when the finding rests on a test; a fact is certain and needs no correction."""
    evidence = finding.at_best
    return evidence is not None and evidence.p_fail is not None and evidence.method != "fact"


def _p_fail(finding: Finding) -> float:
    """A failure must hold even with what is missing at its best."""
    assert finding.at_best is not None, "only findings with evidence are in a family"
    assert finding.at_best.p_fail is not None, "only findings with evidence are in a family"
    return finding.at_best.p_fail


def _corrected(finding: Finding, p_value: float, count: int) -> Finding:
    if finding.verdict is Verdict.FAILED and p_value > finding.rule.alpha:
        return finding.model_copy(
            update={
                "verdict": Verdict.UNDECIDED,
                "cause": Cause.NOISE,
                "p_adjusted": p_value,
                "note": NOTE.format(count=count),
            }
        )
    return finding.model_copy(update={"p_adjusted": p_value})
