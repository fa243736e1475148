"""What must hold of every workflow and of the action, whoever edits them."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from doc_pages import blocks, page
from workflow_expressions import evaluated
from workflow_functions import Table, functions_for, read_yaml
from workflow_scratch import PROJECT
from workflow_values import is_true

WORKFLOWS = sorted((PROJECT / ".github" / "workflows").glob("*.yml"))
FILES = [*WORKFLOWS, PROJECT / "action.yml"]
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}")
WITH_VERSION = re.compile(r"uses: [^\s#]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")
OUTPUT_OF = re.compile(r"steps\.([\w-]+)\.outputs\.([\w-]+)")
WRITTEN = re.compile(r'echo "([\w-]+)=')
# what the actions of others promise, as far as it is used
THEIRS = {"actions/upload-artifact": {"artifact-url"}}
OURS = {
    "run", "matrix", "reason", "last-night", "verdict", "failed", "undecided", "exit-code",
    "report-path", "decision-json", "cost-usd", "coverage", "mlflow-run-url",
}  # fmt: skip

READ = {"contents": "read"}
PERMISSIONS = {
    "ci": {"check": READ, "newcomer": READ},
    "evalgate-pr": {
        "plan": READ,
        "eval": READ,
        "gate": READ,
        "comment": {**READ, "pull-requests": "write"},
    },
    "evalgate-nightly": {
        "plan": {**READ, "actions": "read"},
        "eval": READ,
        "gate": {**READ, "actions": "read"},
        "issue": {**READ, "issues": "write"},
        "propose": {"contents": "write", "pull-requests": "write"},
    },
    "evalgate-comment": {"comment": {**READ, "actions": "read", "pull-requests": "write"}},
    "release": {
        "build": READ,
        "try": {},
        "publish": {"id-token": "write", "attestations": "write"},
    },
}
TRIGGERS = {
    "ci": {"push", "pull_request"},
    "evalgate-pr": {"pull_request", "merge_group"},
    "evalgate-nightly": {"schedule", "workflow_dispatch"},
    "evalgate-comment": {"workflow_run"},
    "release": {"push"},
}

files = pytest.mark.parametrize("file", FILES, ids=lambda path: path.stem)
workflows = pytest.mark.parametrize("file", WORKFLOWS, ids=lambda path: path.stem)


class Group(NamedTuple):
    """Steps that see each other."""

    name: str
    steps: list[Table]


def groups(file: Path) -> list[Group]:
    """The jobs of a workflow, or the action itself."""
    found = read_yaml(file)
    jobs = found.get("jobs") or {"action": found["runs"]}
    return [Group(name, job["steps"]) for name, job in jobs.items()]


def steps(file: Path) -> Iterator[Table]:
    """Every step of a file."""
    for group in groups(file):
        yield from group.steps


def test_the_workflows_are_these() -> None:
    """A new one is entered in the tables of this file."""
    assert {file.stem for file in WORKFLOWS} == PERMISSIONS.keys() == TRIGGERS.keys()


@workflows
def test_permissions_are_none_at_the_top_and_the_least_in_each_job(file: Path) -> None:
    """A table, so that a wider one is seen by whoever reviews it."""
    found = read_yaml(file)

    assert found["permissions"] == {}
    granted = {name: job["permissions"] for name, job in found["jobs"].items()}
    assert granted == PERMISSIONS[file.stem]


@workflows
def test_the_triggers_are_these(file: Path) -> None:
    """None hands a stranger's commit this repository's secrets; none is filtered by paths."""
    found = read_yaml(file)["on"]

    assert set(found) == TRIGGERS[file.stem]
    assert not any("paths" in str(each) for each in found.values())
    assert "pull_request_target" not in file.read_text(encoding="utf-8")


@workflows
def test_no_job_has_a_secret_and_a_right_to_write(file: Path) -> None:
    """Whoever takes one over has one of the two at most."""
    for name, job in read_yaml(file)["jobs"].items():
        may_write = "write" in job["permissions"].values()
        assert not (may_write and "secrets." in str(job)), name
        assert "timeout-minutes" in job, name


@files
def test_every_action_is_pinned_and_says_its_version(file: Path) -> None:
    """A tag can be moved; a commit cannot."""
    named = [line.strip().removeprefix("- ") for line in file.read_text("utf-8").splitlines()]
    used = [line for line in named if line.startswith("uses: ")]

    for step in steps(file):
        uses = step.get("uses", "./")
        assert uses == "./" or PINNED.fullmatch(uses), uses
    assert all(line == "uses: ./" or WITH_VERSION.fullmatch(line) for line in used), used


@files
def test_nothing_is_pasted_into_a_script(file: Path) -> None:
    """A value reaches a script through its environment, where it is no code."""
    assert not [step["name"] for step in steps(file) if "${{" in step.get("run", "")]


@files
def test_scripts_are_clean_for_shellcheck(file: Path) -> None:
    """Each one as bash would be handed it."""
    command = [str(Path(sys.executable).with_name("shellcheck")), "-"]
    for step in steps(file):
        if script := step.get("run"):
            text = f"#!/bin/bash -e\n{script}"
            done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
            assert done.returncode == 0, f"{step['name']}\n{done.stdout}"


@files
def test_every_output_that_is_read_is_written(file: Path) -> None:
    """One that nobody writes reads as nothing, and a gate on it would always say the same."""
    for group in groups(file):
        told = {step["id"]: outputs_of(step) for step in group.steps if "id" in step}
        for step, name in OUTPUT_OF.findall(str(read_yaml(file))):
            if step in told:
                assert name in told[step], f"{group.name}: {step}.{name}"
        read = {step for step, _ in OUTPUT_OF.findall(str(group.steps))}
        assert read <= told.keys(), group.name


def outputs_of(step: Table) -> set[str]:
    """What a step writes."""
    uses = str(step.get("uses", ""))
    if uses == "./":
        return set(read_yaml(PROJECT / "action.yml")["outputs"])
    if uses:
        return THEIRS.get(uses.partition("@")[0], set())
    return set(WRITTEN.findall(step["run"])) | (OURS if '"$EVALGATE" ci' in step["run"] else set())


@workflows
def test_every_need_that_is_read_is_declared(file: Path) -> None:
    """Jobs read outputs of jobs that they wait for, and that have them."""
    jobs = read_yaml(file)["jobs"]
    for name, job in jobs.items():
        for other, output in re.findall(r"needs\.([\w-]+)\.outputs\.([\w-]+)", str(job)):
            assert other in job["needs"], name
            assert output in jobs[other]["outputs"], f"{name}: {other}.{output}"


def test_the_action_uses_each_of_its_inputs_and_workflows_give_it_no_others() -> None:
    """An input that is mistyped is ignored by GitHub."""
    action = read_yaml(PROJECT / "action.yml")
    known = set(action["inputs"])

    assert set(re.findall(r"inputs\.([\w-]+)", str(action["runs"]))) == known
    for file in WORKFLOWS:
        for step in steps(file):
            if step.get("uses") == "./":
                assert set(step["with"]) <= known, f"{file.stem}: {step['name']}"
                assert "mode" in step["with"]


@files
def test_log_lines_make_no_annotations_and_checkouts_keep_no_token(file: Path) -> None:
    """A model's words are in logs; a token on disk is there for every later step."""
    for step in steps(file):
        uses, given = str(step.get("uses", "")), step.get("with", {})
        if uses.startswith("astral-sh/setup-uv@"):
            assert given["add-problem-matchers"] == "false"
        if uses.startswith("actions/checkout@"):
            assert given["persist-credentials"] == "false"


@pytest.mark.parametrize("name", ["evalgate-pr", "evalgate-nightly"])
def test_the_gate_reports_whatever_happened_before_it(name: str) -> None:
    """Job and deciding step run always; left to success() a cancelled run would be green."""
    gate = read_yaml(PROJECT / ".github" / "workflows" / f"{name}.yml")["jobs"]["gate"]

    assert str(gate["if"]).startswith("always()")
    assert gate["steps"][0]["if"] == "always()"


def test_an_undecided_night_or_queue_blocks() -> None:
    """There a person does not look; on a pull request one does."""
    found = {file.stem: read_yaml(file).get("env", {}) for file in WORKFLOWS}

    name = "EVALGATE_ON_UNDECIDED"
    assert found["evalgate-nightly"][name] == "block"
    expected = "${{ github.event_name == 'pull_request' && 'warn' || 'block' }}"
    assert found["evalgate-pr"][name] == expected


@pytest.mark.parametrize(
    ("outcome", "code", "exits"),
    [
        ("success", "0", 0), ("success", "1", 1), ("success", "2", 2), ("success", "3", 3),
        ("success", "4", 4), ("success", "70", 70), ("success", "130", 130),
        ("success", "", 70), ("success", "5", 70), ("success", "00", 70), ("success", "0 ", 70),
        ("failure", "0", 70), ("cancelled", "", 70), ("skipped", "", 70), ("", "0", 70),
    ],
)  # fmt: skip
def test_the_action_ends_green_for_one_form_alone(outcome: str, code: str, exits: int) -> None:
    """Everything else is red, also what nobody has thought of."""
    *_, last = steps(PROJECT / "action.yml")
    env = {"PATH": "/usr/bin:/bin", "OUTCOME": outcome, "CODE": code}

    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", last["run"]], env=env, capture_output=True, check=False
    )

    assert done.returncode == exits


@pytest.mark.parametrize(
    ("event", "code", "saved"),
    [
        ("pull_request", "0", True), ("merge_group", "0", True), ("push", "0", True),
        ("schedule", "4", True), ("pull_request", "130", True), ("pull_request", "2", False),
        ("pull_request", "", False), ("pull_request_target", "0", False),
        ("workflow_run", "0", False), ("issue_comment", "0", False),
    ],
)  # fmt: skip
def test_recordings_are_kept_by_no_event_with_the_default_branchs_rights(
    event: str, code: str, saved: bool, tmp_path: Path
) -> None:
    """What is in that branch's cache is read by everybody; what was refused is kept by nobody."""
    (tmp_path / ".evalgate").mkdir()
    (tmp_path / ".evalgate" / "recordings.db").touch()
    [step] = [each for each in steps(PROJECT / "action.yml") if each["name"] == "Keep recordings"]
    contexts = {
        "inputs": {"mode": "run", "working-directory": "."},
        "github": {"event_name": event},
        "steps": {"evalgate": {"outputs": {"code": code}}},
    }

    condition = evaluated(step["if"], contexts, functions_for("failure", tmp_path))

    assert is_true(condition) is saved


def test_the_lock_of_the_node_linters_names_no_host() -> None:
    """Where packages are fetched from is the machine's own affair; what arrives is pinned."""
    text = (PROJECT / ".ci" / "lint" / "package-lock.json").read_text(encoding="utf-8")

    assert "resolved" not in text
    assert "registry" not in text
    assert text.count('"integrity": "sha512-') == text.count('"node_modules/')


def test_the_step_that_the_page_shows_names_inputs_of_the_action() -> None:
    """A team copies it; an input that does not exist is ignored by GitHub with a warning."""
    (shown,) = blocks(page("docs/github.md"), "yml")
    (step,) = yaml.safe_load(shown)
    action = yaml.safe_load((PROJECT / "action.yml").read_bytes())

    assert set(step["with"]) <= set(action["inputs"])
