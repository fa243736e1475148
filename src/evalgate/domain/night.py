"""What a night said of one suite: a line of `nights.jsonl`, which the next night reads."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from evalgate.domain.finding import Outcome, Verdict
from evalgate.domain.names import Name
from evalgate.domain.record import Finite, Record
from evalgate.domain.shard import Commit

MOST_NIGHTS = 90
LONGEST, MOST_RULES, MOST_SAID = 500, 200, 20

Text = Annotated[str, StringConstraints(max_length=LONGEST)]


class RuleAtNight(Record):
    """What became of a rule: the estimate with its bounds, and the verdict."""

    rule: Text
    verdict: Verdict
    outcome: Outcome
    estimate: Finite | None = None  # of a rule that compares, the difference
    lower: Finite | None = None
    upper: Finite | None = None
    compares: bool = False


Rules = Annotated[tuple[RuleAtNight, ...], Field(max_length=MOST_RULES)]


class Since(Record):
    """A night held against an earlier one, or against the baseline that a person set."""

    date: dt.date
    set_by: Text
    verdict: Verdict
    outcome: Outcome
    rules: Rules


class PastNight(Record):
    """One suite in one night. What a later night makes of it is data, and decides nothing."""

    schema_version: Literal[1] = 1
    suite: Name
    date: dt.date
    commit: Commit
    workflow_run: int = Field(default=0, ge=0)  # 0 outside of GitHub Actions
    run_id: Text
    candidate: Text
    candidate_digest: Text
    evalset: Text
    evalset_digest: Text
    judges: dict[Name, Text]  # by name, their digests
    verdict: Verdict  # by the suite's own rules and baseline
    outcome: Outcome
    exit_code: int
    rules: Rules
    cost_usd: Finite | None = Field(default=None, ge=0)
    good: bool = False  # the nights after it are held against it
    since_good: Since | None = None
    since_first: Since | None = None  # the oldest good one with its candidate, cases and judges
    since_set: Since | None = None
    said: Annotated[tuple[Text, ...], Field(max_length=MOST_SAID)] = ()
    doubtful: bool = False  # there may have been nights before that nobody could read
    seal: str = ""
