"""A suite's cases divided among jobs: what is to be done, and what one job did."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from evalgate.domain.names import Name
from evalgate.domain.record import Record

MOST_JOBS = 256
"""GitHub starts no more jobs from one matrix."""

NOTHING_CHANGED = "nothing that the suites depend on changed"


Commit = Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{40}([0-9a-f]{24})?)?$")]
"""A commit's whole name, which git takes for nothing else; empty for none."""

Role = Literal["candidate", "baseline", "candidate-at-base", "baseline-at-base"]
"""Whose run it is; the last two where the base's suite asks for other cases or another baseline."""


class PlannedSuite(Record):
    """A suite that is to be run, in how many shards, and because of what."""

    suite: Name
    of: int = Field(ge=1, le=MOST_JOBS)
    why: tuple[str, ...]


class LastNight(Record):
    """In which workflow run's artifact the nights before are; nowhere; or nobody knows."""

    run_id: int = Field(default=0, ge=0)  # 0: in none
    unknown: bool = False  # whether there is one could not be found out
    said: str = ""


class ShardPlan(Record):
    """The suites that a change can affect; none of them when it can affect none."""

    schema_version: Literal[1] = 1
    commit: Commit
    workflow_run: int = Field(default=0, ge=0)  # 0 outside of GitHub Actions
    base: Commit = ""  # what the changed files were found against
    policy: Commit = ""  # the commit whose gates decide; empty where the checkout's own do
    changed: tuple[str, ...] = ()  # files, from the top of the repository
    reason: str
    suites: tuple[PlannedSuite, ...] = ()
    last_night: LastNight | None = None  # of a night; nothing else has nights before it
    seal: str = ""


class Shard(Record):
    """The i-th of a suite's shards as one job answered and judged it."""

    schema_version: Literal[1] = 1
    suite: Name
    shard: int = Field(ge=1, le=MOST_JOBS)
    of: int = Field(ge=1, le=MOST_JOBS)
    commit: Commit
    policy: Commit = ""
    workflow_run: int = Field(default=0, ge=0)
    runs: dict[Role, str]  # the seal of each
    seal: str = ""

    def __str__(self) -> str:
        """How people are told of it."""
        return f"shard {self.shard}/{self.of} of {self.suite}"
