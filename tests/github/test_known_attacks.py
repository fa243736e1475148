"""Known attacks on gates in GitHub Actions: which test shows that each is held off."""

import re
import subprocess
from pathlib import Path

import pytest

from small_project import GATES, MakeProject, quiz
from workflow_expressions import evaluated
from workflow_functions import Table, functions_for, read_yaml
from workflow_scratch import PROJECT
from workflow_values import is_true

STRUCTURE = "workflows/test_workflow_structure.py"
ATTACKS: dict[str, tuple[str, ...]] = {
    "a model's words print commands": (
        "github/test_hostile_reports.py::test_a_log_takes_nobodys_commands",
        "workflows/test_pull_request_workflow.py::test_hostile_answers_are_words_and_no_commands",
    ),
    "a judge or an SDK prints or writes orders": (
        "github/test_toolkit_adapter.py::test_what_a_judge_prints_is_no_command",
        "github/test_known_attacks.py::test_the_runner_takes_no_orders_from_a_users_code",
    ),
    "an annotation breaks out": (
        "github/test_hostile_reports.py::test_an_annotation_is_one_command",
        "github/test_annotations.py::test_no_place_is_outside_the_checkout",
    ),
    "forged outputs": ("github/test_hostile_reports.py::test_outputs_cannot_be_forged",),
    "a masked output, a cancelled run, a skipped need": (
        "github/test_known_attacks.py::test_the_gate_is_green_in_these_forms_alone",
        "workflows/test_pull_request_workflow.py::test_a_cancelled_run_is_not_green",
    ),
    "markdown and HTML": (
        "github/test_hostile_reports.py::test_a_comment_shows_hostile_words_as_words",
        "quoting/test_quoting.py::test_markdown_links_nobody_and_nothing",
    ),
    "somebody else's comment with our marker": (
        "github/test_sticky_comment.py::test_what_is_not_ours_is_never_touched",
        "github/test_sticky_comment.py::test_ours_is_found_behind_many_pages",
    ),
    "secrets in artifacts and comments": (
        "github/test_ci_merge.py::test_no_key_leaves_with_a_shard",
        "github/test_ci_reports.py::test_a_secret_of_the_environment_is_in_nothing_that_is_written",
    ),
    "a fork and the secrets": (
        "github/test_known_attacks.py::test_keys_are_in_the_jobs_that_ask_models_alone",
        "github/test_ci_merge.py::test_a_fork_is_answered_from_recordings",
        "github/test_events.py::test_a_fork_that_calls_itself_like_us",
    ),
    "a change's code with a right to write": (
        "github/test_known_attacks.py::test_what_may_write_runs_the_bases_code_alone",
        f"{STRUCTURE}::test_no_job_has_a_secret_and_a_right_to_write",
    ),
    "a poisoned report for the second stage": (
        "github/test_sticky_comment.py::test_a_fork_finds_its_pull_request_by_the_event",
        "github/test_sticky_comment.py::test_a_commit_of_two_pull_requests_comments_on_neither",
        "github/test_ci_reports.py::test_whatever_is_changed_the_report_is_refused",
        "github/test_ci_reports.py::test_a_giant_is_not_read",
    ),
    "a poisoned night to be held against": (
        "github/test_nights_before.py::test_nobody_else_can_plant_one",
    ),
    "a change that edits its baseline": (
        "faults/test_softened_gates.py::test_a_baseline_that_the_change_set_itself",
        "faults/test_softened_gates.py::test_a_deleted_baseline",
    ),
    "poisoned recordings and runs": (
        f"{STRUCTURE}::test_recordings_are_kept_by_no_event_with_the_default_branchs_rights",
        "faults/test_own_judge.py::test_a_run_that_the_change_brings_along",
        "faults/test_own_judge.py::test_recordings_that_the_change_brings_along",
    ),
    "an expression in a script": (f"{STRUCTURE}::test_nothing_is_pasted_into_a_script",),
    "an action's tag that is moved": (
        f"{STRUCTURE}::test_every_action_is_pinned_and_says_its_version",
    ),
    "a token that may do more than it must": (
        f"{STRUCTURE}::test_permissions_are_none_at_the_top_and_the_least_in_each_job",
        f"{STRUCTURE}::test_log_lines_make_no_annotations_and_checkouts_keep_no_token",
    ),
    "double comments, limits, a token that only reads": (
        "github/test_sticky_comment.py::test_a_post_that_failed_after_it_worked_is_not_repeated",
        "github/test_sticky_comment.py::test_a_limit_is_waited_for",
        "github/test_sticky_comment.py::test_an_api_that_fails_is_said_and_makes_nothing_green",
    ),
    "a token sent to another host": (
        "github/test_sticky_comment.py::test_the_token_stays_on_its_host",
        "github/test_events.py::test_the_token_is_sent_to_https_alone",
    ),
}
"""Each with the tests that would fail if it worked."""


@pytest.mark.parametrize("tests", ATTACKS.values(), ids=ATTACKS.keys())
def test_each_known_attack_has_its_test(tests: tuple[str, ...]) -> None:
    """A test that is renamed or taken away is missed here."""
    for named in tests:
        file, _, name = named.partition("::")
        text = (PROJECT / "tests" / file).read_text(encoding="utf-8")
        assert re.search(rf"^def {name}\(", text, re.MULTILINE), named


def workflow(name: str) -> Table:
    """A shipped workflow."""
    return read_yaml(PROJECT / ".github" / "workflows" / f"{name}.yml")


@pytest.mark.parametrize(
    ("name", "ref"),
    [
        ("evalgate-pr", "${{ github.event.pull_request.base.sha }}"),
        ("evalgate-comment", None),  # on workflow_run and on a schedule
        ("evalgate-nightly", None),  # the default branch is checked out
    ],
)
def test_what_may_write_runs_the_bases_code_alone(name: str, ref: str | None) -> None:
    """It checks out the base, takes evalgate as the base locks it, and calls nothing else."""
    jobs = workflow(name)["jobs"].values()
    writing = [job for job in jobs if {"pull-requests", "issues"} & set(job["permissions"])]

    assert writing
    for job in writing:
        checkout, call = job["steps"]
        assert checkout["uses"].startswith("actions/checkout@")
        assert checkout["with"].get("ref") == ref
        assert {"repository", "submodules"}.isdisjoint(checkout["with"])
        assert call["uses"] == "./"
        assert call["with"].get("install", "action") == "action"
        assert not {"container", "services", "env"} & job.keys()


@pytest.mark.parametrize("name", ["evalgate-pr", "evalgate-nightly", "evalgate-comment"])
def test_keys_are_in_the_jobs_that_ask_models_alone(name: str) -> None:
    """The environment that holds them is named there and nowhere else."""
    found = workflow(name)
    with_keys = {job for job, facts in found["jobs"].items() if "secrets" in str(facts)}
    in_environment = {job for job, facts in found["jobs"].items() if "environment" in facts}

    assert with_keys == in_environment == ({"eval"} & found["jobs"].keys())
    assert "secrets" not in str({key: found[key] for key in found.keys() - {"jobs"}})


WORDS = ("", "success", "failure", "cancelled", "skipped", "true", "false", "*", "success/true")
GREEN = {
    "evalgate-pr": {"success,true,success", "success,false,skipped"},
    "evalgate-nightly": {"success,true,success"},
}


@pytest.mark.parametrize("name", GREEN)
def test_the_gate_is_green_in_these_forms_alone(name: str) -> None:
    """Whatever else the earlier jobs said or did not say is red."""
    step = workflow(name)["jobs"]["gate"]["steps"][0]
    tried = [f"{plan},{run},{done}\n" for plan in WORDS for run in WORDS for done in WORDS]
    each = f'( {step["run"]} ) >/dev/null && echo "$PLAN,$RUN,$EVAL"'
    script = f"while IFS=, read -r PLAN RUN EVAL; do {each}; done"

    told = subprocess.run(
        ["bash", "-c", script], input="".join(tried), capture_output=True, text=True, check=False
    )

    assert set(told.stdout.split()) == GREEN[name]
    assert step["env"].keys() == {"PLAN", "RUN", "EVAL"}


@pytest.mark.parametrize(
    ("repository", "event", "posts"),
    [
        ("acme/app", "pull_request", False),  # it has had its comment
        ("evil/app", "pull_request", True),
        ("evil/app", "push", False),
        ("evil/app", "pull_request_target", False),
    ],
)
def test_the_second_stage_is_for_a_forks_pull_request(
    repository: str, event: str, posts: bool, tmp_path: Path
) -> None:
    """By what GitHub says of the run, not by what its artifacts say."""
    run = {"event": event, "head_repository": {"full_name": repository}, "conclusion": "success"}
    github = {"repository": "acme/app", "event": {"workflow_run": run}}
    condition = workflow("evalgate-comment")["jobs"]["comment"]["if"]

    found = evaluated(condition, {"github": github}, functions_for("success", tmp_path))

    assert is_true(found) is posts


JUDGE = "kind: python\nfunction: orders:score\nscale: {kind: binary}\n"
ORDERED = """\
import os

NAMES = ["GITHUB_" + name for name in ("ENV", "OUTPUT", "PATH", "STATE", "STEP_SUMMARY")]
for name in NAMES:
    if name in os.environ:
        open(os.environ[name], "a").write("BASH_ENV=/evil\\n")

def answer(question):
    return "right" if not set(NAMES) & set(os.environ) else "wrong"

def score(inputs, expected, answer):
    return float(answer == expected and not set(NAMES) & set(os.environ))
"""


@pytest.mark.parametrize(
    "candidate",
    [
        "kind: python\nfunction: orders:answer\n",
        "kind: command\ncommand: [sh, -c, 'env | grep -q ^GITHUB_ENV= || echo right']\n",
    ],
    ids=["python", "command"],
)
def test_the_runner_takes_no_orders_from_a_users_code(project: MakeProject, candidate: str) -> None:
    """A variable that is set for the job's later steps could make the last of them end green."""
    gates = GATES.replace("baseline: old", "baseline: none").replace("exact_match", "own")
    gates = gates.replace("      - {score: own, max_drop: 0.1}\n", "")
    made = project(
        {
            **quiz(
                [True] * 8, [True] * 8, gates.replace("at_least: 0.5", "stat: min, at_least: 1")
            ),
            "candidates/new.yaml": candidate,
            "judges/own/judge.yaml": JUDGE,
            "orders.py": ORDERED,
        }
    )
    files = [made.root / name for name in ("ENV", "OUTPUT", "PATH", "STATE", "STEP_SUMMARY")]
    for file in files:
        file.touch()
        made.monkeypatch.setenv(f"GITHUB_{file.name}", str(file))

    outcome = made.run("run")

    assert outcome.code == 0, outcome.out + outcome.err
    assert [file.read_text("utf-8") for file in files] == [""] * len(files)
