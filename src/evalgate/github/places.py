"""Where rules, cases and prompts are written, as paths from the top of the checkout."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from evalgate.config.candidates import FOLDER, candidate_texts, load_candidate
from evalgate.domain.decision import Decision
from evalgate.domain.specs import RecordedSpec
from evalgate.errors import UserMistake
from evalgate.pipeline.project import Project
from evalgate.sources.git import run_git
from evalgate.sources.jsonl import read_jsonl

_HUNK = re.compile(r"^@@ -\S+ \+(\d+)", re.MULTILINE)


class Place(NamedTuple):
    """A line of a file."""

    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Places:
    """By suite and rule id, by evalset and case id, by candidate. What is not found is absent."""

    rules: Mapping[tuple[str, str], Place] = field(default_factory=dict)
    cases: Mapping[tuple[str, str], Place] = field(default_factory=dict)
    prompts: Mapping[str, tuple[Place, ...]] = field(default_factory=dict)


class Checkout(NamedTuple):
    """The files of the commit that is looked at, and what it is compared with."""

    project: Project
    workspace: Path
    base_sha: str | None = None
    changed: frozenset[str] = frozenset()  # files, from the top

    def place(self, path: str, line: int) -> Place | None:
        """A line of a project's file; None for one that is not inside the checkout."""
        top = self.workspace.resolve()
        full = (self.project.root / path).resolve()
        if not full.is_relative_to(top) or full == top:
            return None
        shown = full.relative_to(top).as_posix()
        return Place(shown, max(line, 1)) if shown.isprintable() else None


def places_of(
    checkout: Checkout, decisions: Sequence[Decision], cases: Sequence[tuple[str, str]]
) -> Places:
    """Find what can be found; a file that cannot be read costs its places and nothing else.

    `cases` are pairs of an evalset's reference and a case id.
    """
    return Places(
        rules={
            key: place
            for decision in decisions
            for key, place in _rules(checkout, decision)
            if place
        },
        cases={key: place for key, place in _cases(checkout, cases) if place},
        prompts={
            decision.candidate.candidate: tuple(_prompts(checkout, decision.candidate.candidate))
            for decision in decisions
        },
    )


def _rules(
    checkout: Checkout, decision: Decision
) -> Iterator[tuple[tuple[str, str], Place | None]]:
    with suppress(UserMistake):
        gates = checkout.project.gates
        suite = gates.gates.suites.get(decision.suite)
        for number, rule in enumerate(suite.rules if suite else ()):
            line, _ = gates.placed.place_of(("suites", decision.suite, "rules", number))
            yield (decision.suite, rule.id), checkout.place(gates.placed.path, line)


def _cases(
    checkout: Checkout, cases: Sequence[tuple[str, str]]
) -> Iterator[tuple[tuple[str, str], Place | None]]:
    for evalset in dict.fromkeys(ref for ref, _ in cases):
        wanted = {case for ref, case in cases if ref == evalset}
        with suppress(UserMistake):
            found = checkout.project.evalsets.open(evalset)
            for number, line in read_jsonl(found.path, found.shown_as):
                case = line.get("id") if isinstance(line, dict) else None
                if isinstance(case, str) and case in wanted:
                    wanted.discard(case)
                    yield (evalset, case), checkout.place(found.shown_as, number)
                if not wanted:
                    break


def _prompts(checkout: Checkout, candidate: str) -> Iterator[Place]:
    """The files that make a candidate's answers and were changed; its own file comes last."""
    root = checkout.project.root
    with suppress(UserMistake, OSError):
        spec = load_candidate(root, candidate, checkout.project.environment)
        own, *others = candidate_texts(root, candidate, spec)
        recorded = [f"{FOLDER}/{spec.answers}"] if isinstance(spec, RecordedSpec) else []
        for path in (*recorded, *others, own):
            place = checkout.place(path, 1)
            if place is not None and place.path in checkout.changed:
                yield Place(place.path, _first_change(checkout, place.path))


def _first_change(checkout: Checkout, path: str) -> int:
    """The first line that differs from the base; the first of all where nobody knows."""
    if checkout.base_sha is None:
        return 1
    asked = ("diff", "--unified=0", "--no-color", "--no-ext-diff", checkout.base_sha, "--", path)
    found = _HUNK.search(run_git(checkout.workspace, *asked) or "")
    return max(int(found[1]), 1) if found else 1
