"""One finding as a few lines: the verdict and the arithmetic behind it."""

from collections.abc import Iterator

from evalgate.domain.finding import Counts, Evidence, Finding
from evalgate.report.causes import explained, note_words, verdict_words
from evalgate.report.evidence_text import adjusted_p, method_words, quantity_words, shown
from evalgate.report.numbers import count, number, percent, percent_beside
from evalgate.report.said import on_screen

LABEL_WIDTH = 11
SAID_BY_THE_RULE = frozenset({"mean", "rate", "min", "max", "total", "difference"})


def finding_lines(finding: Finding) -> list[str]:
    """The verdict and the rule, then one line for each part of the arithmetic."""
    head = f"{verdict_words(finding)}: {on_screen(str(finding.rule))}"
    return [head, *(f"  {label:<{LABEL_WIDTH}}{text}" for label, text in _parts(finding) if text)]


def _parts(finding: Finding) -> Iterator[tuple[str, str]]:
    yield "rule", on_screen(finding.rule.id)
    yield "compares", compared_quantity(finding)
    yield "estimate", _estimate(finding)
    yield from _sides(finding)
    yield "cases", counts_text(finding.counts)
    yield "coverage", coverage_text(finding)
    yield "pairs", pairs_text(finding.observed)
    yield "why", explained(finding)
    if finding.p_adjusted is not None:
        chance = f"{adjusted_p(finding)} of so bad a result if {null_words(finding)}"
        yield "chance", f"{chance} ({family_text(finding)})"
    if finding.detectable is not None:
        yield "detects", f"a change of {number(finding.detectable)}, 4 times in 5"
    if finding.more_cases is not None:
        yield "to decide", f"{more_cases_text(finding.more_cases)}, if the estimate stays"
    yield "note", note_words(finding)


def _estimate(finding: Finding) -> str:
    if finding.observed is None:
        return "none"
    return evidence_line(finding, finding.observed)


def evidence_line(finding: Finding, evidence: Evidence) -> str:
    """`0.6856 [0.6301, 0.7372] by Clopper-Pearson, needed >= 0.7000`."""
    texts = shown(finding, evidence)
    method = method_words(evidence)
    if evidence.lower is None or evidence.upper is None:
        bounds = f"without bounds ({method})"
    elif evidence.method == "fact":
        bounds = "a fact of this run"
    else:
        bounds = f"{texts.bounds} by {method}"
    needed = f", needed {texts.needed}" if finding.limit else ""
    return f"{texts.estimate} {bounds}{needed}"


def _sides(finding: Finding) -> Iterator[tuple[str, str]]:
    """Missing scores at their worst and best; what is not missing needs no such lines."""
    if not finding.counts.missing:
        return
    for label, side in (("at worst", finding.at_worst), ("at best", finding.at_best)):
        yield label, evidence_line(finding, side) if side else "no end of the scale on this side"


def null_words(finding: Finding) -> str:
    """What a failure has to be improbable under: a drop is tested against no change at all."""
    rule = finding.rule
    drop = rule.needs_baseline and rule.min_gain is None and rule.fail == "significant"
    return "nothing got worse" if drop else "the rule holds"


def family_text(finding: Finding) -> str:
    """`Holm, among 5 rules`."""
    return f"Holm, among {count(finding.family or 1, 'rule')}"


def compared_quantity(finding: Finding) -> str:
    """What the estimate is of, where the rule's own words do not say it: `share above 3`."""
    words = quantity_words(finding.limit) if finding.limit else ""
    return "" if words in SAID_BY_THE_RULE else words


def counts_text(counts: Counts) -> str:
    """`301: 297 scored, 2 not produced (worst score), 1 unanswered, 1 unscored`."""
    parts = [f"{count(counts.scored)} scored"]
    for cases, what in (
        (counts.not_produced, "not produced (worst score)"),
        (counts.unanswered, "unanswered"),
        (counts.unscored, "unscored"),
        (counts.baseline_missing, "missing on the baseline's side only"),
    ):
        if cases:
            parts.append(f"{count(cases)} {what}")
    return f"{extent_text(counts)}: {', '.join(parts)}"


def extent_text(counts: Counts) -> str:
    """`301`, or `50 x 3 trials`, or `50 x 3 trials, the baseline's x 1`."""
    theirs = counts.baseline_trials
    if counts.trials == 1 and theirs is None:
        return count(counts.cases)
    beside = "" if theirs is None else f", the baseline's x {theirs}"
    return f"{count(counts.cases)} x {count(counts.trials, 'trial')}{beside}"


def coverage_text(finding: Finding) -> str:
    """`99.3%, needed 95.0%`."""
    coverage, needed = percent_beside(finding.counts.coverage, finding.rule.min_coverage)
    if float(coverage[:-1]) in (0.0, 100.0):
        coverage = percent(finding.counts.coverage)
    return f"{coverage}, needed {needed}"


def summary_text(finding: Finding) -> str:
    """The arithmetic that has no column of its own, on one line."""
    evidence = finding.observed
    parts = [compared_quantity(finding)]
    if evidence is not None:
        # without bounds the explanation of the cause names the method
        parts += ["" if evidence.lower is None else method_words(evidence)]
        parts += [pairs_text(evidence)]
    if (counts := finding.counts).trials > 1 or counts.baseline_trials is not None:
        parts.append(f"cases {extent_text(counts)}")
    parts.append(f"coverage {coverage_text(finding)}")
    if finding.detectable is not None:
        parts.append(f"can detect a change of {number(finding.detectable)}")
    if finding.more_cases is not None:
        parts.append(more_cases_text(finding.more_cases))
    return "; ".join(part for part in parts if part)


def pairs_text(evidence: Evidence | None) -> str:
    """`30 wins, 29 losses, 240 ties`; empty for what is not paired."""
    if evidence is None or evidence.wins is None:
        return ""
    return (
        f"{_many(evidence.wins, 'win')}, {_many(evidence.losses or 0, 'loss')},"
        f" {_many(evidence.ties or 0, 'tie')}"
    )


def more_cases_text(cases: int) -> str:
    """`1 more case would decide it`."""
    return f"{count(cases)} more {'case' if cases == 1 else 'cases'} would decide it"


def _many(cases: int, noun: str) -> str:
    plural = {"win": "wins", "loss": "losses", "tie": "ties"}
    return f"{count(cases)} {noun if cases == 1 else plural[noun]}"
