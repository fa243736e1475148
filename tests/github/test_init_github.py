"""`evalgate init --github`: what is written, what is said, and what stands in the way."""

from pathlib import Path

import pytest
import yaml

from evalgate.config.gates import load_gates
from evalgate.github.team.checks import keys_of
from evalgate.github.team.workflows import NAMES, OUR_KEY
from small_project import GATES, RECORDED, MakeProject, ProjectOnDisk
from under_git import git
from workflow_scratch import FIRST_PROJECT

PIN = f"acme/evalgate@{'0123456789' * 4} # v1.2.3"
INIT = ("init", "--github", "--action", PIN)
FILES = tuple(f".github/workflows/{name}" for name in NAMES)
WROTE = "".join(f"wrote {name}\n" for name in FILES)
FOLLOWS = "on_undecided: ${EVALGATE_ON_UNDECIDED:-warn}\n"
TWO_KEYS = """\
providers:
  openai: {api_key_env: OPENAI_API_KEY}
  other: {base_url: "https://llm.example/v1", api_key_env: OTHER_KEY}
  again: {base_url: "https://llm.example/v2", api_key_env: OTHER_KEY}
  local: {base_url: "http://localhost:11434/v1"}
"""
OTHER = (
    "gates.yaml:11:5: suites.capitals.baseline: a pull request that edits v2 is held against v1,"
    " and never against v2 as it was (write baseline: git:main, or file: docs/baselines.md)\n"
)
"""What a first project is told: its two versions are there to be set side by side."""

HINT = (
    "warning: gates.yaml: does not follow EVALGATE_ON_UNDECIDED: undecided lets nights and merge"
    " queues pass (write on_undecided: ${EVALGATE_ON_UNDECIDED:-warn})\n"
)


def steps(keys: str) -> str:
    """What is left to a person."""
    return f"""
the workflows run {PIN}
on GitHub:
1. settings, environments: make the environment evalgate, and put {keys} into it
   as a secret; where every model is sim:/ no key is needed
2. commit all this, and merge it into the default branch
3. settings, rules: require the check evalgate there, and no other one of these
"""


@pytest.fixture
def repository(project: MakeProject) -> ProjectOnDisk:
    """A repository without a project, and without a commit."""
    made = project({})
    git(made.root, "init", "-q")
    return made


def files_in(root: Path) -> set[str]:
    """What git would see."""
    return set(git(root, "ls-files", "--others", "--exclude-standard").split())


def test_where_there_is_no_project_a_first_one_is_written_too(repository: ProjectOnDisk) -> None:
    """One command leads from an empty repository to a gate on its pull requests."""
    outcome = repository.run(*INIT)

    assert (outcome.code, outcome.err) == (0, f"warning: {OTHER}")
    assert outcome.out == (
        "wrote .gitignore\n"
        "wrote candidates/v1.yaml\n"
        "wrote candidates/v2.yaml\n"
        "wrote evalsets/capitals/evalset.yaml\n"
        "wrote evalsets/capitals/v1.jsonl\n"
        "wrote gates.yaml\n"
        "wrote judges/correct/judge.yaml\n"
        "wrote judges/names_it/judge.yaml\n"
        f"{WROTE}"
        "\nnow run: evalgate compare v1 v2\n"
        "no LLM is called yet; for a real one change the line `model:` in candidates/v1.yaml,\n"
        "candidates/v2.yaml and judges/correct/judge.yaml, as in model: openai:/gpt-4o-mini\n"
        f"{steps('OPENAI_API_KEY')}"
    )


def test_a_first_project_wants_the_key_that_its_workflows_pass_on() -> None:
    """It is not read back to find that out."""
    assert keys_of(load_gates(FIRST_PROJECT, {})) == (OUR_KEY,)


def test_a_project_that_is_there_gets_the_workflows_alone(repository: ProjectOnDisk) -> None:
    """With the keys of its own providers, each once, and nothing of it is touched."""
    gates = GATES.replace("suites:", TWO_KEYS + FOLLOWS + "suites:")
    repository.write({"gates.yaml": gates})

    outcome = repository.run(*INIT)

    assert outcome == (0, WROTE + steps("OPENAI_API_KEY and OTHER_KEY"), "")
    assert files_in(repository.root) == {*FILES, "gates.yaml"}
    for name in FILES[1:]:
        job = yaml.safe_load(repository.read(name))["jobs"]["eval"]
        assert job["steps"][-1]["env"] == {
            "OPENAI_API_KEY": "${{ secrets.OPENAI_API_KEY }}",
            "OTHER_KEY": "${{ secrets.OTHER_KEY }}",
        }
    assert repository.read("gates.yaml") == gates


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ("", HINT),
        ("on_undecided: warn\n", HINT),
        (FOLLOWS, ""),
        ("on_undecided: block\n", ""),
    ],
    ids=["nothing", "warn", "the variable", "block"],
)
def test_gates_that_nights_cannot_make_stricter_are_pointed_out(
    repository: ProjectOnDisk, policy: str, said: str
) -> None:
    """The workflows say `block` for the merge queue and the nights, and somebody has to listen."""
    repository.write({"gates.yaml": GATES.replace("suites:", policy + "suites:")})

    outcome = repository.run(*INIT)

    assert (outcome.code, outcome.err) == (0, said)


def test_from_a_folder_of_a_project_in_a_folder(
    repository: ProjectOnDisk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Workflows are at the top, where GitHub looks, and know where the project is."""
    from evalgate.cli import run

    repository.write({"bots/one/gates.yaml": GATES, "bots/one/judges/readme": ""})
    monkeypatch.chdir(repository.root / "bots" / "one" / "judges")

    code = run(INIT)

    assert code == 0
    assert f"wrote ../../../{FILES[0]}\n" in capsys.readouterr().out
    workflow = yaml.safe_load(repository.read(FILES[2]))
    told = [
        step["with"].get("working-directory")
        for job in workflow["jobs"].values()
        for step in job["steps"]
        if "evalgate@" in step.get("uses", "")
    ]
    assert told == ["bots/one", "bots/one", "bots/one", None], "a comment needs no project"


def test_a_second_time_nothing_is_written(repository: ProjectOnDisk) -> None:
    """What says the same is left alone, also with another system's line ends."""
    repository.write({"gates.yaml": GATES})
    repository.run(*INIT)
    first, second, third = FILES
    (repository.root / second).unlink()
    text = repository.read(third).replace("\n", "\r\n").encode()
    repository.write({third: text})

    outcome = repository.run(*INIT)

    said = f"wrote {second}\nunchanged {first}\nunchanged {third}\n"
    assert (outcome.code, outcome.out) == (0, said + steps("OPENAI_API_KEY"))
    assert (repository.root / third).read_bytes() == text


def test_everything_in_the_way_is_said_at_once_and_nothing_is_written(
    repository: ProjectOnDisk,
) -> None:
    """Faults of gates.yaml, and each file that would have to be written over."""
    bad = (
        "providers:\n"
        "  one: {base_url: 'https://llm.example/v1', api_key_env: GITHUB_KEY}\n"
        "  two: {base_url: 'https://llm.example/v1', api_key_env: KEY}\n"
    )
    gates = GATES.replace("suites:", bad + FOLLOWS + "suites:")
    repository.write({"gates.yaml": gates, FILES[0]: "mine", f"{FILES[2]}/x": "mine"})

    outcome = repository.run(*INIT)

    assert outcome == (
        2,
        "",
        (
            "error: gates.yaml:3:45: providers.one.api_key_env: GITHUB_KEY cannot be a secret's"
            " name: what begins with GITHUB_ is GitHub's (choose another name)\n"
            "gates.yaml:4:45: providers.two.api_key_env: KEY is a variable of evalgate's own"
            " action (choose another name)\n"
            f"{FILES[0]}: is there already, and says something else (move it away first)\n"
            f"{FILES[2]}: is there already, and says something else (move it away first)\n"
        ),
    )
    assert files_in(repository.root) == {"gates.yaml", FILES[0], f"{FILES[2]}/x"}
    assert repository.read(FILES[0]) == "mine"


def test_the_doctor_says_what_a_first_project_is_not_yet(repository: ProjectOnDisk) -> None:
    """The workflows are sound; the project asks no LLM, and compares two candidates."""
    repository.run(*INIT)

    outcome = repository.run("doctor")

    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == (
        "hint: gates.yaml:8:3: suites.capitals: v2 asks sim:/reader, correct asks sim:/grader,"
        " which is no LLM: no night is kept, and no baseline can be set (write a real model, as in"
        f" openai:/gpt-4o-mini)\nhint: {OTHER}\n"
        "3 workflows, 3 of evalgate: 0 faults, 2 hints\nrequire the check `evalgate`\n"
    )


def test_a_candidate_and_what_it_is_held_against(repository: ProjectOnDisk) -> None:
    """In a project that is there it is said, too, and not where the answers are recorded."""
    chat = "kind: chat\nmodel: openai:/gpt-4o-mini\nprompt: '{{ question }}'\n"
    gates = GATES.replace("suites:", FOLLOWS + "suites:")
    repository.write({"gates.yaml": gates, "candidates/old.yaml": RECORDED.format(name="old")})

    said = []
    for new in (RECORDED.format(name="new"), chat):
        repository.write({"candidates/new.yaml": new})
        said.append(repository.run(*INIT).err)

    assert said[0] == ""
    assert said[1].startswith("warning: gates.yaml:7:5: suites.quiz.baseline: a pull request")


def test_a_first_projects_files_are_in_the_way_as_well(repository: ProjectOnDisk) -> None:
    """With a fault of the flag; a link that leads nowhere is something, too."""
    repository.write({".gitignore": "*.pyc\n"})
    (repository.root / ".github" / "workflows").mkdir(parents=True)
    (repository.root / FILES[1]).symlink_to("nowhere")

    named_badly = repository.run("init", "--github", "--action", "acme/evalgate@v1.2.3")
    named = repository.run(*INIT)

    there = "error: .gitignore: is there already (use an empty folder)\n"
    assert named_badly == (
        2,
        "",
        (
            f"{there}--action: 'acme/evalgate@v1.2.3' is no commit of an action; a tag or a branch"
            " can be moved (write OWNER/REPO@ and the 40 digits of a commit)\n"
        ),
    )
    differs = f"{FILES[1]}: is there already, and says something else (move it away first)\n"
    assert named == (2, "", there + differs)
    assert files_in(repository.root) == {".gitignore", FILES[1]}


def test_gates_that_cannot_be_read_are_a_fault_of_theirs(repository: ProjectOnDisk) -> None:
    """Nobody knows then which keys there are."""
    repository.write({"gates.yaml": "schema_version: 2\n"})

    outcome = repository.run(*INIT)

    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("error: gates.yaml:1:1: schema_version: ")
    assert files_in(repository.root) == {"gates.yaml"}


@pytest.mark.parametrize("name", ["${{ github.actor }}", "a\x07b"])
def test_a_folder_that_no_workflow_can_name_is_refused(
    repository: ProjectOnDisk, name: str
) -> None:
    """An expression in its name would be computed, and a bell is no text."""
    inside = ProjectOnDisk(repository.root / name, repository.capsys, repository.monkeypatch)
    inside.write({"gates.yaml": GATES})

    outcome = inside.run(*INIT)

    assert outcome.code == 2
    assert outcome.err.endswith(": no workflow can name this folder (rename it)\n")
    assert not (repository.root / ".github").exists()


def test_outside_of_git_there_are_no_workflows(project: MakeProject) -> None:
    """They belong to a repository, and would be looked for at its top."""
    repo = project({"gates.yaml": GATES})

    outcome = repo.run(*INIT)

    fault = "this folder is in no git repository, and workflows belong to one"
    assert outcome == (2, "", f"error: {fault} (`git init` makes one)\n")
    assert [path.name for path in repo.root.iterdir()] == ["gates.yaml"]


def test_a_checkout_does_not_guess_which_commit_it_is(repository: ProjectOnDisk) -> None:
    """These tests run from one: no release, and nothing that was fetched from GitHub."""
    outcome = repository.run("init", "--github")

    assert outcome == (
        2,
        "",
        (
            "error: --action: is missing, and this evalgate is no release and not installed from"
            " GitHub (write --action OWNER/evalgate@ and the 40 digits of a commit)\n"
        ),
    )
    assert files_in(repository.root) == set()


def test_an_action_without_workflows_is_a_mistake(repository: ProjectOnDisk) -> None:
    """A flag that does nothing would be believed to do something."""
    outcome = repository.run("init", "--action", PIN)

    assert outcome == (2, "", "error: --action: is for --github alone\n")
    assert files_in(repository.root) == set()
