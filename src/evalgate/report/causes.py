"""Why a rule is undecided, in plain words."""

from typing import assert_never

from evalgate.domain.finding import Cause, Finding, Note, Verdict
from evalgate.report.evidence_text import method_words
from evalgate.report.numbers import count, percent_beside


def verdict_words(finding: Finding) -> str:
    """`passed`, `failed`, or `undecided` with its cause."""
    if finding.verdict is Verdict.UNDECIDED:
        return f"undecided ({cause_word(finding.cause)})" if finding.cause else "undecided"
    return str(finding.verdict)


def cause_word(cause: Cause) -> str:
    """The cause's name as people say it."""
    return cause.value.replace("_", " ")


def explained(finding: Finding) -> str:  # noqa: C901, PLR0911, PLR0912 - one sentence for every cause
    """One sentence on why the finding is undecided; empty when it is not."""
    if finding.cause is None:
        return ""
    counts, rule = finding.counts, finding.rule
    noun = "case" if counts.trials == 1 else "answer"
    match finding.cause:
        case Cause.NOISE:
            return "the cases cannot tell a real change from chance: the bounds leave both open"
        case Cause.MISSING_SCORES:
            return (
                f"{count(counts.missing, noun)} without a score could turn the verdict:"
                " at their worst and at their best it is not the same"
            )
        case Cause.NOT_PRODUCED if counts.not_produced == counts.answers:
            return "not one answer was produced, and a candidate does not pass by its silence"
        case Cause.NOT_PRODUCED:
            return (
                f"{count(counts.not_produced, 'answer')} not produced: a candidate does not pass"
                " a cost rule by not answering"
            )
        case Cause.LOW_COVERAGE:
            is_, needed = percent_beside(counts.coverage, rule.min_coverage)
            few = f"too few {noun}s could be scored"
            return f"{few}: coverage {is_}, needed {needed} (min_coverage)"
        case Cause.TOO_FEW_CASES:
            return (
                f"the rule is about {count(counts.cases, 'case')},"
                f" and min_cases asks for {count(rule.fewest_cases)}"
            )
        case Cause.PARTIAL_RUN:
            return "only part of the evalset was run, and a part decides nothing"
        case Cause.NO_BASELINE:
            return "the rule compares with a baseline, and there is none to compare with"
        case Cause.FIRST_RUN:
            return "the first run has no baseline yet; the next one is held against it"
        case Cause.NO_NEW_CASES:
            return "the rule is about new cases, and there are none"
        case Cause.NO_INTERVAL:
            return f"an estimate without bounds decides nothing ({_method(finding)})"
        case _:
            assert_never(finding.cause)


def note_words(finding: Finding) -> str:
    """What else is to be said of a finding; empty when there is nothing."""
    match finding.note:
        case None:
            return ""
        case Note.NO_SUCH_SCORE:
            return "the run has no such score"
        case Note.NOT_AMONG_MANY:
            return f"would fail alone, not among {count(finding.family or 1, 'rule')} (Holm)"
        case _:
            assert_never(finding.note)


def _method(finding: Finding) -> str:
    evidence = finding.at_worst or finding.observed
    return method_words(evidence) if evidence else "no method for this kind of score"
