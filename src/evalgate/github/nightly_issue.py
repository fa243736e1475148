"""One issue for the nights: opened when one is bad, updated, closed when all is good again."""

from dataclasses import dataclass
from enum import StrEnum

from evalgate.domain.record import JsonValue
from evalgate.github.client import GitHub
from evalgate.github.marks import Post, own, same_text, stamp_of
from evalgate.github.refusals import ApiFailed
from evalgate.github.sticky import Text

ATTEMPTS = 3


class Night(StrEnum):
    """What a night was. An unclear one opens nothing, and closes nothing either.

    A doubtful one, which could not read the nights before, leaves even the words as they are.
    """

    GOOD = "good"
    UNCLEAR = "unclear"
    DOUBTFUL = "doubtful"
    BAD = "bad"


class Kept(StrEnum):
    """What became of the issue."""

    OPENED = "opened"
    UPDATED = "updated"
    CLOSED = "closed"
    NONE = "no issue is open, and none is needed"
    LEFT = "left as a newer run wrote it"
    KEPT = "left as it was, for the nights before could not be read"


@dataclass(frozen=True, slots=True)
class Report:
    """What the issue is to say."""

    text: Text
    title: str
    label: str
    night: Night


async def keep_issue(github: GitHub, report: Report) -> tuple[Kept, str]:
    """Open, update or close the one issue of ours; also say where it is.

    Raises ApiFailed when GitHub does not let us.
    """
    ours = await _own(github, report)
    opened = False
    if not ours and report.night is Night.BAD:
        ours, opened = await _opened(github, report), True
    if not ours:
        return Kept.NONE, ""
    oldest, *others = ours
    for other in others:  # two nights raced
        await github.update_issue(other.number, {"state": "closed", "state_reason": "not_planned"})
    if stamp_of(oldest.body) > report.text.stamp:
        return Kept.LEFT, oldest.url
    if report.night is Night.DOUBTFUL:
        return Kept.KEPT, oldest.url
    kept = await _brought_up_to_date(github, oldest, report)
    if report.night is Night.GOOD:
        return Kept.CLOSED, kept.url
    return (Kept.OPENED if opened and not others else Kept.UPDATED), kept.url


async def _own(github: GitHub, report: Report) -> list[Post]:
    found = await github.open_issues(report.label)
    return [post for post in found if own(post, report.text.mark, report.text.author)]


async def _opened(github: GitHub, report: Report) -> list[Post]:
    """Open one, unless a failed attempt, or another run, turns out to have done so."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            made = await github.create_issue(report.title, report.text.body, report.label)
        except ApiFailed as failure:
            if attempt == ATTEMPTS or not failure.may_have_worked:
                raise
            await github.requests.clock.pause(2.0**attempt)
            if found := await _own(github, report):
                return found
        else:
            return await _own(github, report) or [made]
    raise AssertionError(ATTEMPTS)


async def _brought_up_to_date(github: GitHub, issue: Post, report: Report) -> Post:
    changes: dict[str, JsonValue] = {}
    if not same_text(issue.body, report.text.body):
        changes |= {"title": report.title, "body": report.text.body}
    if report.night is Night.GOOD:
        changes |= {"state": "closed", "state_reason": "completed"}
    return await github.update_issue(issue.number, changes) if changes else issue
