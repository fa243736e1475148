"""`evalgate ci plan`: what an event's change touches, in real git repositories."""

import json
from typing import Any

import pytest

from ci_repository import begun, committed, in_actions
from github_jobs import OURS
from small_project import GATES, MakeProject, ProjectOnDisk, answers, quiz
from under_git import git

SECOND = """\
  second:
    evalset: quiz@v1
    candidate: old
    judges: [exact_match]
    rules: [{score: exact_match, at_least: 0.5}]
"""
TWO = GATES + SECOND
WAIVERS = """\
schema_version: 1
waivers:
  - {suite: second, case: q1, owner: ana, reason: known, granted: 2026-01-01, expires: 2026-01-02}
"""


def two_suites(project: MakeProject) -> tuple[ProjectOnDisk, str]:
    """A repository with two suites, and its first commit."""
    repo = project(quiz([True] * 6, [True] * 6, gates=TWO))
    return repo, begun(repo)


def plan_of(repo: ProjectOnDisk) -> dict[str, Any]:
    """The plan file."""
    plan: dict[str, Any] = json.loads(repo.read("evalgate-report/plan.json"))
    return plan


def suites_of(repo: ProjectOnDisk) -> list[str]:
    """The suites that are planned."""
    return [each["suite"] for each in plan_of(repo)["suites"]]


def outputs_of(repo: ProjectOnDisk) -> dict[str, str]:
    """The outputs, as a runner reads them."""
    found, lines = {}, iter(repo.read("output").splitlines())
    for line in lines:
        name, _, mark = line.partition("<<")
        found[name] = next(lines)
        assert next(lines) == mark
    return found


def pull(base: str, head: str) -> dict[str, Any]:
    """The payload of `pull_request`."""
    return {
        "number": 7,
        "pull_request": {
            "number": 7,
            "head": {"sha": head, "ref": "fix", "repo": OURS},
            "base": {"sha": base, "ref": "main", "repo": OURS},
        },
        "repository": OURS,
    }


def test_edits_that_are_not_committed_are_said(project: MakeProject) -> None:
    """A plan is of commits; whoever forgets that in a terminal is told, and a job is not."""
    repo, base = two_suites(project)
    repo.write({"candidates/new.jsonl": answers([False] * 6)})
    repo.write({"candidates/old.jsonl": answers([False] * 6), "notes.txt": "not under git"})
    said = "warning: no plan counts what is not committed: 2 changed files\n"

    planned = repo.run("ci", "plan", "--base", base)
    git(repo.root, "checkout", "--quiet", "candidates/old.jsonl")
    again = repo.run("ci", "plan", "--base", base)
    in_actions(repo, "pull_request", pull(base, base))
    at_work = repo.run("ci", "plan")

    assert planned.out.startswith("nothing to run: ")
    assert (planned.code, planned.err) == (0, said)
    assert again.err == said.replace("2 changed files", "1 changed file")
    assert (at_work.code, at_work.err) == (0, "")


GATES_EDITS: dict[str, tuple[str, list[str]]] = {
    "a threshold": (TWO.replace("at_least: 0.5}\n      -", "at_least: 0.4}\n      -"), ["quiz"]),
    "a suite that is new": (TWO + SECOND.replace("second", "third"), ["third"]),
    "a suite that is gone": (GATES, ["quiz"]),
    "the policy of all": (f"on_undecided: block\n{TWO}", ["quiz", "second"]),
    "the budget of all": (f"budget: {{max_usd: 1}}\n{TWO}", ["quiz", "second"]),
    "a comment": (TWO + "# a word\n", []),
}  # fmt: skip


@pytest.mark.parametrize(("gates", "suites"), GATES_EDITS.values(), ids=GATES_EDITS.keys())
def test_the_suites_whose_entry_changed_are_run(
    project: MakeProject, gates: str, suites: list[str]
) -> None:
    """What stands above the suites is about all; a suite that is gone makes all others run."""
    repo, base = two_suites(project)
    committed(repo, {"gates.yaml": gates})

    done = repo.run("ci", "plan", "--base", base)

    assert (done.code, suites_of(repo)) == (0, suites), done.err


def test_a_waiver_is_about_its_suite(project: MakeProject) -> None:
    """When it comes and when it goes."""
    repo, base = two_suites(project)
    with_it = committed(repo, {"waivers.yaml": WAIVERS})
    repo.run("ci", "plan", "--base", base)
    assert suites_of(repo) == ["second"]

    committed(repo, {}, gone=("waivers.yaml",))
    repo.run("ci", "plan", "--base", with_it)
    assert suites_of(repo) == ["second"]


def test_gates_that_the_base_does_not_have_are_all_suites(project: MakeProject) -> None:
    """A project that begins with evalgate runs everything once."""
    repo, _ = two_suites(project)
    broken = committed(repo, {"gates.yaml": "suites: ["})
    committed(repo, {"gates.yaml": TWO})

    repo.run("ci", "plan", "--base", broken)

    assert plan_of(repo)["suites"][1]["why"] == ["gates.yaml: the base has none that can be read"]


def test_a_rename_counts_both_names(project: MakeProject) -> None:
    """The candidate lost its answers, whatever they are called now."""
    repo, base = two_suites(project)
    git(repo.root, "mv", "candidates/new.jsonl", "candidates/renamed.jsonl")
    committed(repo, {"candidates/new.yaml": "kind: recorded\nanswers: renamed.jsonl\n"})

    repo.run("ci", "plan", "--base", base)

    assert plan_of(repo)["changed"] == [
        "candidates/new.jsonl", "candidates/new.yaml", "candidates/renamed.jsonl",
    ]  # fmt: skip


def test_a_file_that_is_gone_counts(project: MakeProject) -> None:
    """To delete what a suite reads changes the suite."""
    repo, base = two_suites(project)
    committed(repo, {}, gone=("candidates/new.jsonl",))

    repo.run("ci", "plan", "--base", base)

    assert suites_of(repo) == ["quiz"]


@pytest.mark.parametrize(
    ("workflow", "suites"),
    [("run: evalgate ci run\n", ["quiz", "second"]), ("run: make lint\n", [])],
    ids=["that runs evalgate", "that does not"],
)
def test_a_workflow_counts_when_it_runs_evalgate(
    project: MakeProject, workflow: str, suites: list[str]
) -> None:
    """It may say which key, which model and which cases are used."""
    repo, base = two_suites(project)
    committed(repo, {".github/workflows/x.yml": workflow})

    repo.run("ci", "plan", "--base", base)

    assert suites_of(repo) == suites


def test_the_plan_is_printed_with_its_reasons(project: MakeProject) -> None:
    """A person reads why, a workflow reads the matrix."""
    repo, base = two_suites(project)
    committed(repo, {"candidates/new.jsonl": answers([False] * 6), "README.md": "hello\n"})

    done = repo.run("ci", "plan", "--base", base, "--shards", "2")

    assert (done.code, done.out, done.err) == (
        0,
        (
            "run: 1 of 2 suites can be affected by 2 changed files\n"
            "quiz: 2 jobs\n"
            "  candidates/new.jsonl: the candidate new is made of it\n"
            'matrix: {"include":[{"suite":"quiz","shard":1,"of":2},'
            '{"suite":"quiz","shard":2,"of":2}]}\n'
        ),
        "",
    )


def test_nothing_that_matters_is_nothing_to_run(project: MakeProject) -> None:
    """It is said in one form alone, and all outputs are there."""
    repo, base = two_suites(project)
    head = committed(repo, {"README.md": "hello\n"})
    in_actions(repo, "pull_request", pull(base, head))

    done = repo.run("ci", "plan")

    assert done.out == (
        'nothing to run: nothing that the suites depend on changed\nmatrix: {"include":[]}\n'
    )
    assert outputs_of(repo) == {
        "matrix": '{"include":[]}',
        "run": "false",
        "reason": "nothing that the suites depend on changed",
    }


def test_a_merge_commit_is_held_against_what_it_was_merged_into(project: MakeProject) -> None:
    """As actions/checkout leaves it: what others changed on the base meanwhile is not this change.

    The event's base may be older than the commit that was merged into.
    """
    repo, base = two_suites(project)
    git(repo.root, "switch", "--quiet", "--create", "fix")
    head = committed(repo, {"candidates/new.jsonl": answers([False] * 6)})
    git(repo.root, "switch", "--quiet", "main")
    committed(repo, {"candidates/old.jsonl": answers([False] * 6)})
    git(repo.root, "merge", "--quiet", "--no-ff", "--message", "merge", "fix")
    in_actions(repo, "pull_request", pull(base, head))

    done = repo.run("ci", "plan")

    assert (done.code, plan_of(repo)["changed"]) == (0, ["candidates/new.jsonl"])
    assert outputs_of(repo)["run"] == "true"
    assert plan_of(repo)["workflow_run"] == 100


def test_a_head_that_left_an_older_base_has_its_own_changes_alone(project: MakeProject) -> None:
    """Checked out itself, it is held against where it left the base."""
    repo, _ = two_suites(project)
    git(repo.root, "switch", "--quiet", "--create", "fix")
    head = committed(repo, {"README.md": "hello\n"})
    git(repo.root, "switch", "--quiet", "main")
    base = committed(repo, {"candidates/old.jsonl": answers([False] * 6)})
    git(repo.root, "switch", "--quiet", "fix")
    in_actions(repo, "pull_request", pull(base, head))

    repo.run("ci", "plan")

    assert plan_of(repo)["changed"] == ["README.md"]


def test_a_clone_without_the_base_is_refused(project: MakeProject) -> None:
    """The base decides on the change, which may not be its own judge."""
    repo, _ = two_suites(project)
    head = committed(repo, {"README.md": "hello\n"})
    in_actions(repo, "pull_request", pull("c" * 40, head))

    done = repo.run("ci", "plan")

    assert (done.code, done.err) == (
        2,
        (
            "error: the clone does not have the base, which decides on the change"
            " (actions/checkout: fetch-depth 2 for the merge commit, 0 for anything else)\n"
        ),
    )


def test_a_push_onto_what_the_clone_does_not_have_is_all_suites(project: MakeProject) -> None:
    """Who cannot know says so, and runs everything."""
    repo, base = two_suites(project)
    in_actions(repo, "push", {"before": "c" * 40, "after": base, "repository": OURS})

    repo.run("ci", "plan")

    reason = "all 2 suites: the base cccccccccccc is not in this clone"
    assert plan_of(repo)["reason"] == reason


def test_a_checkout_of_something_else_is_refused(project: MakeProject) -> None:
    """A plan for another commit would let this one through."""
    repo, base = two_suites(project)
    in_actions(repo, "merge_group", {
        "merge_group": {"head_sha": "d" * 40, "base_sha": base}, "repository": OURS,
    })  # fmt: skip

    done = repo.run("ci", "plan")

    assert (done.code, done.err) == (
        2,
        (
            f"error: the checkout is at {base[:12]}, the event is about dddddddddddd"
            " (check out the event's own commit)\n"
        ),
    )


ONE_FILE = "1 of 2 suites can be affected by 1 changed file"
EVENTS: dict[str, tuple[dict[str, tuple[str, str]], str]] = {
    "schedule": ({}, "all 2 suites: schedule is about all suites"),
    "workflow_dispatch": ({}, "all 2 suites: workflow_dispatch is about all suites"),
    "merge_group": ({"merge_group": ("head_sha", "base_sha")}, ONE_FILE),
    "push": ({"": ("after", "before")}, ONE_FILE),
}


@pytest.mark.parametrize("event", EVENTS)
def test_an_event_says_what_is_compared(project: MakeProject, event: str) -> None:
    """Nights are about everything; a queue and a push are about what they bring."""
    repo, base = two_suites(project)
    head = committed(repo, {"candidates/new.jsonl": answers([False] * 6)})
    parts, reason = EVENTS[event]
    payload: dict[str, Any] = {"repository": OURS}
    for key, (ours, theirs) in parts.items():
        commits = {ours: head, theirs: base}
        payload |= {key: commits} if key else commits
    in_actions(repo, event, payload)

    done = repo.run("ci", "plan")

    assert (done.code, plan_of(repo)["reason"]) == (0, reason), done.err


def test_a_branch_that_is_new_is_all_suites(project: MakeProject) -> None:
    """There is nothing to hold it against."""
    repo, base = two_suites(project)
    in_actions(repo, "push", {"before": "0" * 40, "after": base, "repository": OURS})

    repo.run("ci", "plan")

    assert plan_of(repo)["reason"] == "all 2 suites: the branch is new"


def test_a_second_stage_evaluates_nothing(project: MakeProject) -> None:
    """It has the base's rights, and the commit may be anybody's."""
    repo, _ = two_suites(project)
    run = {
        "id": 5, "run_attempt": 1, "event": "pull_request", "head_sha": "d" * 40,
        "head_branch": "fix", "head_repository": OURS,
    }  # fmt: skip
    in_actions(repo, "workflow_run", {"workflow_run": run, "repository": OURS})

    done = repo.run("ci", "plan")

    assert (done.code, done.err) == (
        2,
        (
            "error: GITHUB_EVENT_NAME: nothing is evaluated on workflow_run,"
            " which has the base's rights (use pull_request)\n"
        ),
    )


def test_no_event_and_no_base_is_a_mistake(project: MakeProject) -> None:
    """In a terminal somebody has to say what the change is put upon."""
    repo, _ = two_suites(project)

    done = repo.run("ci", "plan")

    assert (done.code, done.err) == (
        2,
        (
            "error: --base: is missing (outside of GitHub Actions name what the change is put upon:"
            " --base main)\n"
        ),
    )


def test_no_shard_is_left_without_a_case(project: MakeProject) -> None:
    """Six cases cannot keep forty jobs busy."""
    repo, _ = two_suites(project)
    in_actions(repo, "schedule", {"repository": OURS})

    repo.run("ci", "plan", "--shards", "40")

    assert all(1 <= each["of"] <= 6 for each in plan_of(repo)["suites"])


def test_a_name_that_cannot_be_a_jobs_name_is_a_fault(project: MakeProject) -> None:
    """Names of jobs are letters, digits, dots, dashes and underscores, 64 at most."""
    name = "q" * 65
    repo = project(quiz([True] * 2, [True] * 2, gates=GATES.replace("  quiz:\n", f"  {name}:\n")))
    begun(repo)
    in_actions(repo, "schedule", {"repository": OURS})

    done = repo.run("ci", "plan")

    assert (done.code, done.err) == (
        2,
        f"error: the suite {name} cannot be a job's name (at most 64 characters)\n",
    )


def test_hostile_names_of_files_reach_no_output(project: MakeProject) -> None:
    """A file's name is somebody else's text: it is in the log quoted, and in no output."""
    repo, base = two_suites(project)
    name = "evalsets/quiz/::add-mask::true\n##[error]x"
    head = committed(repo, {name: "x", "gates.yaml": GATES.replace("0.5", "0.4", 1) + SECOND})
    in_actions(repo, "pull_request", pull(base, head))

    done = repo.run("ci", "plan")

    assert done.code == 0
    assert outputs_of(repo)["reason"] == "1 of 2 suites can be affected by 2 changed files"
    assert plan_of(repo)["changed"][0] == name
    assert not any(line.startswith("::") or "##[" in line for line in done.out.splitlines())


def test_gates_behind_a_link_are_gates(project: MakeProject) -> None:
    """Several projects of a repository may share one file."""
    repo, _ = two_suites(project)
    (repo.root / "gates.yaml").rename(repo.root / "shared.yaml")
    (repo.root / "gates.yaml").symlink_to("shared.yaml")
    base = committed(repo, {})
    committed(repo, {"shared.yaml": TWO.replace("0.5", "0.4")})

    repo.run("ci", "plan", "--base", base)

    assert suites_of(repo) == ["quiz", "second"]
