"""`evalgate doctor` as a person runs it: what it prints, exits with, and can be trusted to read."""

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from doc_pages import PROJECT, page
from doctor_repository import ON, SHA, changed, laid_out, sound, symptoms
from evalgate.cli.screen import COLOURS, MARKS, RESET
from evalgate.github.doctor.examining import examine
from evalgate.github.doctor.words import diagnosis_markdown, render_diagnosis
from small_project import MakeProject, ProjectOnDisk
from under_git import git

INIT = "`evalgate init --github` writes it"
REQUIRE = "require the check `evalgate`\n"
QUEUE = f"hint: {ON}:2:1: on: a merge queue would wait for the check for ever (add merge_group)"
SKIPPED = (
    f"fault: {ON}:27:3: jobs.gate.if: the check 'evalgate' can be skipped, and a skipped check"
    " counts as green (write `if: always()` and nothing else)"
)


def repository(project: MakeProject, files: dict[str, str]) -> ProjectOnDisk:
    """The sound repository with other files in it."""
    repo = project({**sound(), **files})
    git(repo.root, "init", "--quiet")
    return repo


def test_nothing_wrong(project: MakeProject) -> None:
    """It ends with the one thing that no file can say: which check to require."""
    outcome = repository(project, {}).run("doctor")

    assert outcome == (0, f"1 workflow, 1 of evalgate: 0 faults, 0 hints\n{REQUIRE}", "")


def test_hints_alone_exit_with_0(project: MakeProject) -> None:
    """Advice stops nobody."""
    outcome = repository(project, changed(("  merge_group:\n", ""))).run("doctor")

    told = f"{QUEUE}\n\n1 workflow, 1 of evalgate: 0 faults, 1 hint\n{REQUIRE}"
    assert outcome == (0, told, "")


def test_faults_and_hints_are_told_at_once(project: MakeProject) -> None:
    """Faults first; each with its place and its remedy."""
    files = changed(("  merge_group:\n", ""), ("    if: always()\n", ""))

    outcome = repository(project, files).run("doctor")

    told = f"{SKIPPED}\n{QUEUE}\n\n1 workflow, 1 of evalgate: 1 fault, 1 hint\n{REQUIRE}"
    assert outcome == (2, told, "")


def test_other_formats(project: MakeProject) -> None:
    """The same for programs, and for a page."""
    repo = repository(project, changed(("  merge_group:\n", ""), ("if: always()\n    p", "p")))

    as_json = json.loads(repo.run("doctor", "--format", "json").out)
    as_markdown = repo.run("doctor", "--format", "md")

    assert as_json["checks"] == ["evalgate"]
    assert as_json["hints"] == [
        {
            "fault": "a merge queue would wait for the check for ever",
            "path": ON,
            "line": 2,
            "column": 1,
            "key": "on",
            "remedy": "add merge_group",
        }
    ]
    assert [each["line"] for each in as_json["faults"]] == [27]
    assert as_markdown.code == 2
    assert as_markdown.out.startswith("### faults\n\n- ")
    assert "\n### hints\n\n- " in as_markdown.out


def test_a_repository_without_a_workflow(project: MakeProject) -> None:
    """Nothing decides there, whatever the project says."""
    repo = project({**sound(), ".github/workflows/README.md": "nothing"})
    (repo.root / ON).unlink()
    git(repo.root, "init", "--quiet")

    assert repo.run("doctor") == (
        2,
        (
            f"fault: .github/workflows: no workflow that can be read has a step of evalgate's gate"
            f" ({INIT})\n\n0 workflows, 0 of evalgate: 1 fault, 0 hints\n"
        ),
        "",
    )


NO_MAPPING = "is not a mapping (key: value)"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a: [", "1:5: expected the node content, but found '<stream end>'"),
        ("", "1: is empty"),
        ("- on", f"1:1: {NO_MAPPING}"),
        ("jobs: {a: {}}", "1:1: on: is missing"),
        ("true: push\njobs: {a: {}}", "1:1: on: is missing"),
        ("on: push", "1:1: jobs: is missing"),
        ("on: push\njobs: [a]", f"2:1: jobs: {NO_MAPPING}"),
        ("on: push\njobs: {a: b}", f"2:8: jobs.a: {NO_MAPPING}"),
        ("on: push\njobs: {a: {steps: b}}", "2:12: jobs.a.steps: is not a list"),
        ("on: push\njobs: {a: {steps: [b]}}", f"2:20: jobs.a.steps.0: {NO_MAPPING}"),
        ("on: x\njobs: {a: {}, a: {}}", "2:15: jobs: 'a' is written twice (keep one of them)"),
    ],
)
def test_a_workflow_that_cannot_be_read(text: str, fault: str, tmp_path: Path) -> None:
    """A fault of its own line; the others are looked at all the same."""
    files = {".github/workflows/broken.yaml": text, **changed(("  merge_group:\n", ""))}

    assert symptoms(tmp_path, files) == [
        f"fault: .github/workflows/broken.yaml:{fault}",
        QUEUE,
    ]


@pytest.mark.parametrize(
    "trigger",
    [
        "[pull_request, merge_group]",
        "\n  pull_request:\n  merge_group:",
        "{pull_request: {}, merge_group: {}}",
    ],
)
def test_the_ways_to_write_a_trigger(trigger: str, tmp_path: Path) -> None:
    """YAML 1.1 reads the key `on` as true; nobody else does."""
    laid_out(tmp_path, changed(("on:\n  pull_request:\n  merge_group:", f"on: {trigger}")))

    assert examine(tmp_path, {}).checks == ("evalgate",)
    assert examine(tmp_path, {}).faults == ()


def test_variables_of_a_script_are_the_shells(tmp_path: Path) -> None:
    """What gates.yaml would expand, or call unset, is no business of ours in a workflow."""
    assert (
        symptoms(tmp_path, changed(('run: .ci/held "$RESULTS"', 'run: echo "${GONE}" ${X:-y}')))
        == []
    )


def test_names_are_shown_and_never_obeyed(project: MakeProject) -> None:
    """A job, a check or a file may be called anything."""
    name = r'"evil\e[2J\n::error::\ud800 `x`"'
    files = changed(("    name: evalgate\n", f"    name: {name}\n"))
    files[".github/workflows/a\x1b[2J\n.yml"] = f"on: push\njobs: {{{name}: 1}}\n"
    repo = repository(project, files)

    outcome, markdown = repo.run("doctor"), repo.run("doctor", "--format", "md")
    as_json = repo.run("doctor", "--format", "json")

    assert "\x1b" not in outcome.out + markdown.out + as_json.out
    assert "\n::error" not in outcome.out + markdown.out
    assert "require the check `evil␛[2J␤::error::\\ud800 `x``\n" in outcome.out
    assert json.loads(as_json.out)["checks"] == ["evil\x1b[2J\n::error::\\ud800 `x`"]
    assert json.loads(as_json.out)["faults"][0]["path"].endswith("a\x1b[2J\n.yml")


def test_the_severity_has_its_colour() -> None:
    """On a terminal that wants it: red for what is mended, yellow for advice."""
    text = "fault: a hint: is no mark\nhint: b failed"
    coloured = MARKS.sub(lambda found: f"{COLOURS[found[0]]}{found[0]}{RESET}", text)

    assert coloured == (
        "\x1b[31mfault\x1b[0m: a hint: is no mark\n\x1b[33mhint\x1b[0m: b \x1b[31mfailed\x1b[0m"
    )


def test_this_repository_is_sound() -> None:
    """Its workflows, its action and its project: no fault, and no hint either."""
    diagnosis = examine(PROJECT, {})

    assert [str(each) for each in (*diagnosis.faults, *diagnosis.hints)] == []
    assert diagnosis.checks == ("evalgate",)


def test_the_workflows_that_init_writes_are_sound(project: MakeProject) -> None:
    """A team that begins with evalgate's own files begins without a fault."""
    repo = project({})
    git(repo.root, "init", "--quiet")
    written = repo.run("init", "--github", "--action", f"acme/gate@{SHA} # v1.2.3")

    diagnosis = examine(repo.root, {})

    assert written.code == 0, written.err
    assert (diagnosis.faults, diagnosis.of_evalgate) == ((), 3)
    assert {each.path for each in diagnosis.hints} == {"gates.yaml"}


TEXTS = ["", "evalgate", "${{ secrets.A }}", "${{ toJSON(secrets) }}", "./", "./x", "a@b", "merge"]
WORDS = ["run", "write-all", "inherit", "always()", "evalgate ci run", "\x00", "\ud800", "x" * 300]
SCALARS = st.sampled_from([*TEXTS, *WORDS, True, 0, -1, 1.5, None])
NAMES = ["on", "jobs", "steps", "uses", "with", "run", "env", "if", "needs", "name", "permissions"]
INPUTS = ["mode", "secrets", "strategy", "pull_request", "continue-on-error", "fetch-depth", "ref"]
KEYS = st.sampled_from([*NAMES, *INPUTS, "a", "runs", "inputs"])
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=25,
)
STEPS = st.lists(st.dictionaries(KEYS, ANYTHING, max_size=5) | ANYTHING, max_size=4)
OF_A_JOB = ("if", "needs", "uses", "secrets", "permissions", "env", "name")
JOB = st.fixed_dictionaries({"steps": STEPS}, optional=dict.fromkeys(OF_A_JOB, ANYTHING))
JOBS = st.dictionaries(st.text(max_size=3), JOB | ANYTHING, max_size=3)
WORKFLOWS = st.fixed_dictionaries(
    {"on": st.just(["pull_request", "workflow_run"]) | ANYTHING, "jobs": JOBS | ANYTHING},
    optional={"permissions": ANYTHING, "env": ANYTHING},
)


@given(workflow=WORKFLOWS, action=ANYTHING)
def test_whatever_a_workflow_holds_is_looked_at(workflow: Any, action: Any) -> None:
    """No file makes the doctor fall over, and what it says of it can be written down."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        (root / ".github/workflows").mkdir(parents=True)
        (root / ON).write_text(yaml.dump(workflow), "utf-8")
        (root / "action.yml").write_text(yaml.dump(action), "utf-8")

        diagnosis = examine(root, {})

    assert diagnosis.faults  # there is no project, if nothing else
    assert diagnosis.model_dump_json()
    assert render_diagnosis(diagnosis).endswith("\n")
    assert diagnosis_markdown(diagnosis).endswith("\n")


def test_the_page_says_what_files_cannot_show() -> None:
    """Whoever sees no fault still has settings to look at."""
    text = page("docs/doctor.md").text

    assert "first-run-checklist.md" in text
    assert all(word in text for word in ("branch rule", "environment"))
