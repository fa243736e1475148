"""The nights so far as tables: what each said, and what changed since the ones that count."""

from collections.abc import Iterator, Sequence

from evalgate.domain.finding import Outcome, Verdict
from evalgate.domain.night import PastNight, RuleAtNight, Since
from evalgate.github.comment.headings import BLOCKED, FAILED, PASSED, YELLOW
from evalgate.github.comment.rule_rows import LONGEST_NAME, brief
from evalgate.github.comment.sections import Section
from evalgate.github.nights.file import last_of
from evalgate.pipeline.drifting import SURE
from evalgate.report.evidence_text import ABSENT
from evalgate.report.markdown_parts import markdown_table
from evalgate.report.numbers import count, number, signed, usd
from evalgate.report.said import in_markdown

MOST_NIGHTS, MOST_COLUMNS, MOST_BOUNDED = 10, 8, 4
SHORT = 7  # characters of a commit


def trend_sections(nights: Sequence[PastNight]) -> list[Section]:
    """One for each suite of the last night; `nights` are in the order of their file."""
    suites = dict.fromkeys(one.suite for one in last_of(nights))
    return [_section(suite, [one for one in nights if one.suite == suite]) for suite in suites]


def _section(suite: str, nights: Sequence[PastNight]) -> Section:
    shown, tonight = nights[: -MOST_NIGHTS - 1 : -1], nights[-1]
    names = [rule.rule for rule in tonight.rules]
    head = ["", "night", "commit", *map(brief, names[:MOST_COLUMNS]), "cost"]
    first, second, *rows = markdown_table(head, (_row(one, names) for one in shown))
    title = f"### Nights: {in_markdown(brief(suite))}"
    closing = "\n".join(f"- {line}" for line in _below(tonight, len(names)))
    return Section(
        "night", len(rows), f"{title}\n\n{first}\n{second}", rows, f"\n{closing}" if closing else ""
    )


def _row(night: PastNight, names: Sequence[str]) -> Sequence[str]:
    found = {rule.rule: rule for rule in night.rules}
    bounded = len(names) <= MOST_BOUNDED
    return (
        mark_of_night(night),
        str(night.date),
        night.commit[:SHORT] or ABSENT,
        *(_figures(found.get(name), bounded=bounded) for name in names[:MOST_COLUMNS]),
        ABSENT if night.cost_usd is None else usd(night.cost_usd),
    )


def mark_of_night(night: PastNight) -> str:
    """Green only when it is so by its own rules and since every night that it is held against."""
    # what a person set counts where it says more than that something warns
    accepted = night.since_set if night.since_good is None else None
    since = [each for each in (night.since_good, night.since_first, accepted) if each]
    said = [(night.verdict, night.outcome), *((each.verdict, each.outcome) for each in since)]
    if (Verdict.FAILED, Outcome.RED) in said:
        return FAILED.mark
    if any(outcome is Outcome.RED for _, outcome in said) or night.exit_code:
        return BLOCKED.mark
    green = all(each == (Verdict.PASSED, Outcome.GREEN) for each in said)
    return PASSED.mark if green and not night.doubtful else YELLOW


def _figures(rule: RuleAtNight | None, *, bounded: bool) -> str:
    if rule is None or rule.estimate is None:
        return ABSENT
    write = signed if rule.compares else number
    if not bounded or rule.lower is None or rule.upper is None:
        return write(rule.estimate)
    return f"{write(rule.estimate)} [{write(rule.lower)}, {write(rule.upper)}]"


def _below(night: PastNight, rules: int) -> Iterator[str]:
    if rules > MOST_COLUMNS:
        yield f"and {count(rules - MOST_COLUMNS, 'more rule')}: the report has them"
    for words, since in (
        ("since the last good night", night.since_good),
        (
            "since the oldest good night of this candidate, these cases and judges",
            night.since_first,
        ),
        ("since the baseline that {} set", night.since_set),
    ):
        if since:
            whose = words.format(in_markdown(brief(since.set_by)))
            yield f"{whose}, {since.date}: {_changes(since)}"
    if night.since_good and night.since_good.verdict is Verdict.FAILED:
        yield _how_it_ends(night.since_good)
    for each in night.said:
        yield in_markdown(brief(each, 2 * LONGEST_NAME))


def _how_it_ends(good: Since) -> str:
    kept = f"the night of {good.date} stays what the nights are held against"
    if good.outcome is Outcome.RED:
        return f"{kept}, until a night is as good again, or a person sets a baseline"
    return f"{kept}; this one warns: red asks for a rule that blocks, failed at {SURE:.0%}"


def _changes(since: Since) -> str:
    told = list(map(_change, since.rules[:MOST_COLUMNS]))
    rest = len(since.rules) - MOST_COLUMNS
    return "; ".join([*told, *([f"and {count(rest, 'more rule')}"] if rest > 0 else [])])


def _change(rule: RuleAtNight) -> str:
    figures = in_markdown(_figures(rule, bounded=True))
    return f"{in_markdown(brief(rule.rule))} {figures} ({rule.verdict})"
