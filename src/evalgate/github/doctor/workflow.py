"""A workflow as far as it matters here: its events, jobs and steps, and which steps are ours."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from evalgate.github.doctor.documents import (
    OURS,
    Document,
    Table,
    condition_of,
    table_of,
    text_of,
)
from evalgate.quoting import writable
from evalgate.sources.places import Loc

MODES = ("plan", "run", "merge", "comment", "issue", "propose")
ALWAYS = "always()"
COMMAND = re.compile(rf"evalgate[\"']?\s+ci\s+({'|'.join(MODES)})\b")
EVALUATES = re.compile(r"evalgate[\"']?\s+(?:run|compare)\b")
HEAD = re.compile(
    r"head_(?:sha|branch|ref|commit|repository)|\bhead\.(?:sha|ref|repo)\b|refs/pull|merge_commit_sha",
    re.IGNORECASE,
)
"""How the code of a pull request is named where it is not what an event checks out."""

FETCHES = re.compile(r"\bgit\b.*\b(?:fetch|checkout|switch|pull|clone|worktree|reset|merge)\b")
CHECKOUT = "actions/checkout@"
BASE = re.compile(r"\bbase\.(?:sha|ref)\b|base_ref|base_sha|default_branch", re.IGNORECASE)


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """A step of a job, or one that a local action makes of it (`is_inner`)."""

    document: Document
    loc: Loc
    body: Table
    given: Table  # `with:`, what comes from an outer step filled in
    modes: frozenset[str] = frozenset()
    is_inner: bool = False

    @property
    def uses(self) -> str:
        """The action; empty for a script."""
        return text_of(self.body.get("uses"))

    @property
    def script(self) -> str:
        """What a shell is handed; empty for an action."""
        return text_of(self.body.get("run"))

    @property
    def is_ours(self) -> bool:
        """True when it calls evalgate, in whatever way."""
        return bool(self.modes) or OURS in f"{self.uses} {self.script}".lower()

    @property
    def asks(self) -> bool:
        """True when it may ask models: a part of the gate, or evalgate as in a terminal."""
        return "run" in self.modes or bool(EVALUATES.search(self.script))

    @property
    def is_checkout(self) -> bool:
        """True when it fetches code as `actions/checkout` does."""
        return self.uses.lower().startswith(CHECKOUT)

    @property
    def runs_the_tree(self) -> bool:
        """True when it may run what was checked out: a shell, a local action, evalgate."""
        return bool(self.script) or self.uses.startswith("./") or self.is_ours

    def takes_the_heads_code(self, env: Sequence[JsonValue]) -> bool:
        """True when it fetches a pull request's code by its name; `env` is what is around it."""
        if self.is_checkout:
            named = (text_of(self.given.get(key)) for key in ("ref", "repository"))
            return any(HEAD.search(name) for name in named)
        if "gh pr checkout" in self.script:
            return True
        around = " ".join(
            text_of(value)
            for each in (*env, self.body.get("env"))
            for value in table_of(each).values()
        )
        return bool(FETCHES.search(self.script) and HEAD.search(f"{self.script} {around}"))


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """A job; `calls` is the workflow that it stands for, and then it has no steps."""

    document: Document
    name: str
    body: Table
    steps: tuple[Step, ...]

    @property
    def loc(self) -> Loc:
        """Where it is written."""
        return ("jobs", self.name)

    @property
    def calls(self) -> str:
        """The reusable workflow that it calls."""
        return text_of(self.body.get("uses"))

    @property
    def check(self) -> str:
        """The name of its check."""
        return writable(text_of(self.body.get("name")) or self.name)

    @property
    def is_many(self) -> bool:
        """True when its checks have longer names: of the jobs it calls, of a matrix's values."""
        return bool(self.calls) or ("strategy" in self.body and "name" not in self.body)

    @property
    def modes(self) -> frozenset[str]:
        """Whatever its steps ask of evalgate."""
        return frozenset[str]().union(*(step.modes for step in self.steps))

    @property
    def needs(self) -> tuple[str, ...]:
        """The jobs that it waits for."""
        needs = self.body.get("needs")
        return tuple(
            text_of(each) for each in (needs if isinstance(needs, list) else [needs]) if each
        )

    @property
    def condition(self) -> str:
        """Its `if:`."""
        return condition_of(self.body)


@dataclass(frozen=True, slots=True, eq=False)
class Workflow:
    """A workflow that could be read."""

    document: Document
    events: Mapping[str, tuple[Loc, JsonValue]]
    jobs: tuple[Job, ...]
    mentions_us: bool

    @property
    def body(self) -> Table:
        """The whole file."""
        return table_of(self.document.placed.value)

    @property
    def steps(self) -> Iterator[Step]:
        """The steps of all jobs."""
        return (step for job in self.jobs for step in job.steps)

    @property
    def is_ours(self) -> bool:
        """True when a job does a part of the gate."""
        return any(job.modes for job in self.jobs)

    def is_on(self, *events: str) -> bool:
        """True when one of the events starts it, or whoever calls it may be started by that."""
        return any(event in self.events for event in (*events, "workflow_call"))
