"""A baseline that is named but absent is a mistake, never a first run."""

import pytest

from fault_projects import GOOD, NEARLY, refused
from small_project import GATES, MakeProject, ProjectOnDisk, quiz
from under_git import git

NO_RUN = "there is no run 'nothing' (there are none)"
ABSENT = [
    pytest.param("nobody", "", id="a candidate"),
    pytest.param("run:nothing", NO_RUN, id="a run"),
    pytest.param(
        "git:nowhere",
        "git knows no commit 'nowhere'"
        " (see `git branch --all` and `git tag`; a shallow clone needs `git fetch`)",
        id="a git ref",
    ),
]


@pytest.mark.parametrize(("baseline", "told"), ABSENT)
def test_a_flag_names_an_absent_baseline(project: MakeProject, baseline: str, told: str) -> None:
    """The flag is named, and nothing was run."""
    repo = project(quiz(GOOD, NEARLY))
    nobody = "'nobody' is no candidate, run, git ref or file of answers (known: new, old)"

    assert repo.run("run", "--baseline", baseline) == refused(f"--baseline: {told or nobody}")
    assert repo.runs() == []


@pytest.mark.parametrize(("baseline", "told"), ABSENT)
def test_the_gates_name_an_absent_baseline(project: MakeProject, baseline: str, told: str) -> None:
    """The line of gates.yaml is named."""
    suite = GATES.replace("baseline: old", f"baseline: {baseline}")
    repo = project(quiz(GOOD, NEARLY, suite))
    nobody = "there is no candidate 'nobody' (known: new, old)"

    assert repo.run("run") == refused(f"gates.yaml:6:5: suites.quiz.baseline: {told or nobody}")
    assert repo.runs() == []


def test_the_gate_needs_a_stored_run_of_the_baseline(project: MakeProject) -> None:
    """`gate` asks nobody: where no run of the baseline is stored, it says how to have one."""
    repo = project(quiz(GOOD, NEARLY))
    repo.run("run", "--baseline", "none")

    told = refused(
        "gates.yaml:6:5: suites.quiz.baseline: there is no stored run of the baseline 'old'"
        " with these judges and cases (`evalgate run quiz` makes one)"
    )
    assert repo.run("gate", "latest") == told
    assert repo.run("explain", "latest", "exact_match.max_drop") == told
    assert repo.run("gate", "latest", "--baseline", "run:nothing").code == 2
    assert repo.run("gate", "nothing").code == 2


def test_no_baseline_at_all_blocks_what_compares(project: MakeProject) -> None:
    """`none` is an answer, and a rule that compares stays undecided with it."""
    outcome = project(quiz(GOOD, NEARLY)).run("run", "--baseline", "none")

    assert outcome.code == 3
    assert outcome.out.endswith("verdict: undecided (no baseline), blocks (exit 3)\n")


@pytest.mark.parametrize("version", ["nobody", "run:nothing", "git:nowhere:old", "nobody.jsonl"])
def test_compare_of_what_is_not_there(project: MakeProject, version: str) -> None:
    """Whichever side it is on."""
    repo = project(quiz(GOOD, NEARLY))

    assert repo.run("compare", version, "new").code == 2
    assert repo.run("compare", "old", version).code == 2
    assert repo.runs() == []


def under_git(project: MakeProject) -> ProjectOnDisk:
    """A project all of which is committed."""
    repo = project({**quiz(GOOD, NEARLY), ".gitignore": ".evalgate/\n"})
    git(repo.root, "init", "-q")
    git(repo.root, "add", ".")
    git(repo.root, "commit", "-q", "-m", "first")
    return repo


@pytest.mark.parametrize("baseline", ["git:HEAD", "git:HEAD:new"])
@pytest.mark.parametrize(
    "made_of",
    ["candidates", "a link to a file", "a link to the folder"],
)
def test_a_baseline_in_a_submodule(project: MakeProject, made_of: str, baseline: str) -> None:
    """It is there, but a checkout leaves it out: no first run, which would be let through."""
    repo = under_git(project)
    first = git(repo.root, "rev-parse", "HEAD")
    submodule = "candidates" if made_of == "candidates" else "shared"
    git(repo.root, "rm", "-r", "-q", "--cached", "candidates")
    if made_of == "a link to a file":
        (repo.root / "candidates/new.yaml").rename(repo.root / "new.yaml")
        (repo.root / "candidates/new.yaml").symlink_to("../shared/new.yaml")
        git(repo.root, "add", "candidates/new.yaml")
    elif made_of == "a link to the folder":
        (repo.root / "candidates").rename(repo.root / "shared")
        (repo.root / "candidates").symlink_to("shared")
        git(repo.root, "add", "candidates")
    git(repo.root, "update-index", "--add", "--cacheinfo", f"160000,{first},{submodule}")
    git(repo.root, "commit", "-q", "-m", "second")
    if made_of == "a link to a file":
        (repo.root / "candidates/new.yaml").unlink()
        (repo.root / "new.yaml").rename(repo.root / "candidates/new.yaml")
    commit = git(repo.root, "rev-parse", "HEAD")[:12]

    assert repo.run("run", "--baseline", baseline) == refused(
        f"--baseline: {baseline}: at {commit} candidates/new.yaml would be in the submodule"
        f" '{submodule}': it is not laid out (name a stored run instead: run:ID)"
    )
    assert repo.runs() == []


def test_a_baseline_behind_a_link_that_leads_nowhere(project: MakeProject) -> None:
    """What it should have led to cannot be known, so that it is no first run."""
    repo = under_git(project)
    git(repo.root, "rm", "-q", "--cached", "candidates/new.yaml")
    whole = repo.read("candidates/new.yaml")
    (repo.root / "candidates/new.yaml").unlink()
    (repo.root / "candidates/new.yaml").symlink_to("../elsewhere.yaml")
    git(repo.root, "add", "candidates/new.yaml")
    git(repo.root, "commit", "-q", "-m", "second")
    (repo.root / "candidates/new.yaml").unlink()
    repo.write({"candidates/new.yaml": whole})
    commit = git(repo.root, "rev-parse", "HEAD")[:12]

    assert repo.run("run", "--baseline", "git:HEAD") == refused(
        f"--baseline: git:HEAD: at {commit} candidates/new.yaml would be behind a link that leads"
        " nowhere: it is not laid out (name a stored run instead: run:ID)"
    )


@pytest.mark.parametrize(
    ("path", "content", "told"),
    [
        (
            "candidates/old.yaml",
            "kind: recorded\nanswers: old.jsonl\nevalst: quiz\n",
            "candidates/old.yaml:3:1: evalst: is not a known key (did you mean 'evalset'?)",
        ),
        ("candidates/old.jsonl", "{\n", "candidates/old.jsonl:1:2: is not JSON: "),
    ],
    ids=["its file", "its answers"],
)
def test_a_fault_of_a_commit_is_not_one_of_the_working_tree(
    project: MakeProject, path: str, content: str, told: str
) -> None:
    """The file that the person sees is sound; the commit's is not."""
    repo = under_git(project)
    whole = repo.read(path)
    repo.write({path: content})
    git(repo.root, "commit", "-q", "-a", "-m", "second")
    repo.write({path: whole})

    outcome = repo.run("run", "--baseline", "git:HEAD:old")

    assert outcome.code == 2
    assert outcome.err.startswith(f"error: git:HEAD:{told}")
    assert "\ncandidates/" not in outcome.err
