"""What stands in the way of a team's workflows, and what they will miss."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from evalgate.config.candidates import list_candidates, load_candidate
from evalgate.config.gates import LoadedGates, load_gates
from evalgate.domain.names import FILE, GATES, GIT, NONE, RUN
from evalgate.errors import Problem, UserMistake
from evalgate.github.team.workflows import TAKEN

GITHUBS = "GITHUB_"
POLICY = "EVALGATE_ON_UNDECIDED"


def folder_faults(folder: str) -> Iterator[Problem]:
    """A project's folder whose name a workflow would take for something else."""
    if not folder.isprintable() or "${{" in folder:
        yield Problem("no workflow can name this folder", path=folder, remedy="rename it")


def keys_of(gates: LoadedGates) -> tuple[str, ...]:
    """The variables that hold the providers' keys, each once."""
    providers = gates.gates.providers.values()
    return tuple(dict.fromkeys(each.api_key_env for each in providers if each.api_key_env))


def key_faults(gates: LoadedGates) -> Iterator[Problem]:
    """Variables that no job can be handed out of the repository's secrets."""
    for name, spec in gates.gates.providers.items():
        key = spec.api_key_env or ""
        fault = ""
        if key.startswith(GITHUBS):
            fault = f"{key} cannot be a secret's name: what begins with {GITHUBS} is GitHub's"
        elif key in TAKEN:
            fault = f"{key} is a variable of evalgate's own action"
        if fault:
            yield gates.problem(("providers", name, "api_key_env"), fault, "choose another name")


def content_faults(path: Path, content: bytes, start: Path) -> Iterator[Problem]:
    """What is there and says something else: nothing is ever written over."""
    if os.path.lexists(path) and not _says(path, content):
        fault = "is there already, and says something else"
        yield Problem(fault, path=seen_from(start, path), remedy="move it away first")


def _says(path: Path, content: bytes) -> bool:
    """True for a file with this content, whatever git made of its line ends."""
    try:
        return path.read_bytes().replace(b"\r\n", b"\n") == content
    except OSError:
        return False  # a folder, or a link that leads nowhere


def seen_from(start: Path, path: Path) -> str:
    """A file as whoever stands in `start` names it."""
    return Path(os.path.relpath(path, start)).as_posix()


def own_version_hints(
    root: Path, gates: LoadedGates, environment: Mapping[str, str]
) -> Iterator[Problem]:
    """Suites in which a change to the candidate is never held against what it changes."""
    for name, suite in gates.gates.suites.items():
        candidate, baseline = suite.candidate or "", suite.baseline or ""
        compares = any(rule.needs_baseline for rule in suite.rules)
        others = (FILE, NONE, candidate)
        if not compares or baseline in others or baseline.startswith((GIT, RUN)):
            continue
        if _is_edited(root, candidate, environment) and baseline in list_candidates(root):
            fault = f"a pull request that edits {candidate} is held against {baseline}"
            fault += f", and never against {candidate} as it was"
            remedy = "write baseline: git:main, or file: docs/baselines.md"
            yield gates.problem(("suites", name, "baseline"), fault, remedy)


def _is_edited(root: Path, candidate: str, environment: Mapping[str, str]) -> bool:
    """True for a candidate that answers anew after an edit: its recorded answers are no prompt."""
    try:
        return load_candidate(root, candidate, environment).kind != "recorded"
    except UserMistake:
        return False  # not there, or at fault: `check` says so


def policy_hint(
    root: Path, gates: LoadedGates, environment: Mapping[str, str]
) -> tuple[Problem, ...]:
    """That what the workflows say about undecided nights and merge queues is read by nobody."""
    warns, blocks = (
        load_gates(root, {**environment, POLICY: word}).gates for word in ("warn", "block")
    )
    rules = [rule for suite in gates.gates.suites.values() for rule in suite.rules]
    if warns != blocks or all(rule.on_undecided == "block" for rule in rules):
        return ()
    fault = f"does not follow {POLICY}: undecided lets nights and merge queues pass"
    remedy = f"write on_undecided: ${{{POLICY}:-warn}}"
    return (Problem(fault, path=GATES, remedy=remedy),)
