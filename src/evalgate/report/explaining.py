"""One finding at length: the whole arithmetic in sentences."""

from collections.abc import Iterator

from evalgate.domain.finding import Evidence, Finding
from evalgate.domain.limit import Limit
from evalgate.report.causes import explained, note_words, verdict_words
from evalgate.report.evidence_text import Shown, quantity_words, shown
from evalgate.report.findings import (
    counts_text,
    coverage_text,
    evidence_line,
    more_cases_text,
    null_words,
    pairs_text,
)
from evalgate.report.numbers import count, number, percent, probability, shown_beside
from evalgate.report.said import on_screen


def explain_finding(finding: Finding) -> str:
    """Tell how the verdict was reached: what was asked, what was seen, what follows."""
    paragraphs = (
        [f"The rule: {on_screen(str(finding.rule))} ({on_screen(finding.rule.id)})."],
        _asked(finding),
        _seen(finding),
        _follows(finding),
        _outlook(finding),
        [f"The verdict: {verdict_words(finding)}."],
    )
    return "\n\n".join("\n".join(lines) for lines in map(list, paragraphs) if lines) + "\n"


def _asked(finding: Finding) -> Iterator[str]:
    limit, rule = finding.limit, finding.rule
    if limit is None:
        return
    needed = shown(finding, None).needed
    what = quantity_words(limit)
    yield f"It comes down to: {what} {needed}."
    if rule.stat in ("min", "max", "total"):
        yield "The number is a fact of this run and is compared as it is."
        return
    good, bad = ("L", "U") if limit.side == "at_least" else ("U", "L")
    yield (
        f"L and U are bounds, each wrong with a probability of at most {percent(rule.alpha)};"
        f" it passes when {good} {needed}."
    )
    if rule.needs_baseline and rule.min_gain is None and rule.fail == "significant":
        side, edge = ("<", needed.split()[1]) if bad == "U" else (">", needed.split()[1])
        yield f"It fails when {bad} {side} 0, surely worse, and the estimate {side} {edge}."
    else:
        yield f"It fails when {bad} {_opposite(limit)} {needed.split()[1]}."


def _opposite(limit: Limit) -> str:
    return "<" if limit.side == "at_least" else ">"


def _seen(finding: Finding) -> Iterator[str]:
    yield f"Cases: {counts_text(finding.counts)}. Coverage {coverage_text(finding)}."
    if finding.observed is None:
        yield "There is no estimate."
        return
    yield f"Over the cases with a score: {evidence_line(finding, finding.observed)}."
    if pairs := pairs_text(finding.observed):
        yield f"Against the baseline: {pairs}."
    if finding.counts.missing:
        yield "What is missing may not decide, so the rule is decided twice:"
        yield f"  at worst {_side(finding, finding.at_worst)}."
        yield f"  at best  {_side(finding, finding.at_best)}."


def _side(finding: Finding, evidence: Evidence | None) -> str:
    if evidence is None:
        return "there is no number, because the scale has no end on that side"
    return evidence_line(finding, evidence)


def _follows(finding: Finding) -> Iterator[str]:
    """The comparisons that the verdict rests on, with their numbers."""
    limit = finding.limit
    sides = {"at worst": finding.at_worst, "at best": finding.at_best}
    if not finding.counts.missing:
        sides = {"": finding.at_worst}
    for label, evidence in sides.items():
        if limit is not None and evidence is not None and evidence.lower is not None:
            yield f"{f'{label}: ' if label else ''}{_compared(finding, limit, evidence)}"
    if finding.p_adjusted is not None:
        yield _corrected(finding, finding.p_adjusted)
    if why := explained(finding):
        yield f"It is undecided because {why}."
    if note := note_words(finding):
        yield f"Note: {note}."


def _compared(finding: Finding, limit: Limit, evidence: Evidence) -> str:
    texts = shown(finding, evidence)
    bound = texts.needed.split()[1]
    lower, upper = evidence.lower, evidence.upper
    assert lower is not None, "only evidence with bounds is compared"
    assert upper is not None, "bounds come in pairs"
    if evidence.method == "fact":
        return f"{texts.estimate} {_relation(evidence.estimate, limit.value)} {bound}."
    first = f"L = {texts.lower} {_relation(lower, limit.value)} {bound}"
    second = f"U = {texts.upper} {_relation(upper, limit.value)} {bound}"
    third = f"the estimate {texts.estimate} {_relation(evidence.estimate, limit.value)} {bound}"
    return f"{first}; {second}; {third}{_against_zero(finding, evidence, texts)}."


def _against_zero(finding: Finding, evidence: Evidence, texts: Shown) -> str:
    limit = finding.limit
    if limit is None or not finding.rule.needs_baseline or limit.value == 0:
        return ""
    if limit.side == "at_least" and evidence.upper is not None:
        return f"; U = {texts.upper} {_relation(evidence.upper, 0)} 0"
    if limit.side == "at_most" and evidence.lower is not None:
        return f"; L = {texts.lower} {_relation(evidence.lower, 0)} 0"
    return ""


def _relation(value: float, bound: float) -> str:
    return "=" if value == bound else "<" if value < bound else ">"


def _corrected(finding: Finding, adjusted: float) -> str:
    alone = finding.at_best.p_fail if finding.at_best else None
    before = "" if alone is None else f"{probability(alone)} for this rule alone, "
    after, limit = shown_beside(adjusted, finding.rule.alpha)
    if adjusted < 0.0001:
        after, limit = probability(adjusted), number(finding.rule.alpha)
    return (
        f"If in truth {null_words(finding)}, so bad a result has the probability {before}"
        f"{after} after Holm's correction among {count(finding.family or 1, 'rule')};"
        f" a failure needs at most {limit}."
    )


def _outlook(finding: Finding) -> Iterator[str]:
    if finding.detectable is not None:
        yield f"So many cases find a true change of {number(finding.detectable)} 4 times in 5."
    if finding.more_cases is not None:
        yield f"About {more_cases_text(finding.more_cases)}, if the estimate stays."
