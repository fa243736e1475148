"""What `evalgate doctor` says of gates.yaml, baseline files and what is kept out of git."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from doctor_repository import (
    BASELINE,
    FILED,
    OLD,
    ON,
    baseline_set,
    changed,
    committed,
    laid_out,
    lines_of,
    sound,
    symptoms,
)
from evalgate.github.doctor.examining import examine
from small_project import cases
from under_git import git

COMMIT_IT = "(commit it: a pull request is held against the base commit's own)"
BEGIN = "`evalgate run --baseline none`, then `evalgate baseline set latest`"
ANEW = f"(set it again from a run of today: {BEGIN})"
TODAY = f"(from a run of today: {BEGIN})"


def found(root: Path) -> list[str]:
    """A line for each thing that the doctor finds in what is there."""
    return lines_of(examine(root, {}))


def test_a_baseline_that_was_set_and_committed(tmp_path: Path) -> None:
    """Nothing is wrong with it."""
    laid_out(tmp_path, FILED)
    baseline_set(tmp_path)
    committed(tmp_path)

    assert found(tmp_path) == []


def test_a_baseline_that_is_missing(tmp_path: Path) -> None:
    """Named but absent is never a first run."""
    assert symptoms(tmp_path, FILED) == [
        f"fault: {BASELINE}: there is no such baseline file ({BEGIN})"
    ]


def test_a_baseline_that_was_edited(tmp_path: Path) -> None:
    """Its seal does not fit."""
    laid_out(tmp_path, FILED)
    baseline_set(tmp_path)
    written = json.loads((tmp_path / BASELINE).read_bytes())
    written["set_by"] = "Bob"
    (tmp_path / BASELINE).write_text(json.dumps(written), "utf-8")
    committed(tmp_path)

    assert found(tmp_path) == [
        (
            f"fault: {BASELINE}: was edited after it was written (a baseline is never edited;"
            f" write it again: {BEGIN})"
        )
    ]


def test_a_baseline_by_another_judge(tmp_path: Path) -> None:
    """Its scores are on nobody's scale of today."""
    text = FILED["gates.yaml"].replace("exact_match", "strict")
    laid_out(tmp_path, {"gates.yaml": text, "judges/strict/judge.yaml": "kind: exact_match\n"})
    baseline_set(tmp_path)
    (tmp_path / "judges/strict/judge.yaml").write_text("kind: contains\n", "utf-8")
    committed(tmp_path)

    (line,) = found(tmp_path)

    before, _, after = line.partition(" when it was set, and is now ")
    assert before.startswith(f"fault: {BASELINE}: not comparable: strict was sha256:")
    assert after.startswith("sha256:")
    assert after.endswith(ANEW)


def below(folder: str, workflows: Mapping[str, str]) -> dict[str, str]:
    """The sound project in a folder of its repository, and workflows at the top."""
    project = {name: text for name, text in sound().items() if name != ON}
    return {**{f"{folder}/{name}": text for name, text in project.items()}, **workflows}


def without_project(root: Path, files: Mapping[str, str]) -> list[str]:
    """What the doctor says at the top of a repository that has no project there."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    git(root, "init", "--quiet")
    return found(root)


def in_folders(*folders: str) -> dict[str, str]:
    """The gate's workflow, whose steps say where the project is."""
    modes = ("{mode: plan}", "{mode: run, suite: quiz}", "{mode: merge}")
    named = zip(modes, folders, strict=True)
    return changed(*((mode, f"{mode[:-1]}, working-directory: {where}}}") for mode, where in named))


NO_PROJECT = "fault: there is no gates.yaml here or in a folder above"


def test_a_project_is_found_where_the_workflows_say(tmp_path: Path) -> None:
    """From the top of its repository, and its files are named from there."""
    files = below("app", in_folders("app", "./app", "app/"))
    files["app/gates.yaml"] += "policy_change: warn\n"

    assert without_project(tmp_path, files) == [
        (
            "hint: app/gates.yaml:14:1: policy_change: a change that loosens its own gate is only"
            " yellow (write block)"
        )
    ]


@pytest.mark.parametrize(
    ("folders", "remedy"),
    [
        (("app", "app", "bots"), "the workflows name app, bots: run it there"),
        (("gone", "gone", "gone"), "the workflows name gone: run it there"),
        (("../app", "../app", "../app"), "the workflows name ../app: run it there"),
        (("${{ matrix.x }}",) * 3, "`evalgate init` makes a project that runs at once"),
    ],
    ids=["two", "not there", "outside", "an expression"],
)
def test_where_there_is_no_project_the_remedy_names_its_folder(
    tmp_path: Path, folders: tuple[str, ...], remedy: str
) -> None:
    """Nobody is told to make a second project where the first is a folder away."""
    quoted = tuple(f'"{folder}"' for folder in folders)

    lines = without_project(tmp_path, below("app", in_folders(*quoted)))

    assert f"{NO_PROJECT} ({remedy})" in lines


CHAT = "kind: chat\nmodel: {model}\nprompt: '{{{{ question }}}}'\n"
OWN_VERSION = (
    "hint: gates.yaml:9:5: suites.quiz.baseline: a pull request that edits new is held against"
    " old, and never against new as it was (write baseline: git:main, or file: docs/baselines.md)"
)


def asking(model: str, baseline: str = "old") -> dict[str, str]:
    """A candidate that asks a model, and what it is held against."""
    gates = sound()["gates.yaml"].replace("baseline: old", f"baseline: {baseline}")
    return {"candidates/new.yaml": CHAT.format(model=model), "gates.yaml": gates}


def test_a_change_that_is_never_held_against_what_it_changes(tmp_path: Path) -> None:
    """Another candidate says nothing of the one that was edited."""
    assert symptoms(tmp_path, asking("openai:/gpt-4o-mini")) == [OWN_VERSION]


@pytest.mark.parametrize("baseline", ["git:main", "run:1", "none", "new", "gone"])
def test_a_baseline_that_is_the_candidate_or_no_other(tmp_path: Path, baseline: str) -> None:
    """Those are held against its own earlier version, or against nothing."""
    assert symptoms(tmp_path, asking("openai:/gpt-4o-mini", baseline)) == []


def test_without_a_rule_that_compares_no_baseline_matters(tmp_path: Path) -> None:
    """Nothing is ever held against it."""
    files = asking("openai:/gpt-4o-mini")
    rule = "      - {score: exact_match, max_drop: 0.1}\n"
    files["gates.yaml"] = files["gates.yaml"].replace(rule, "")

    assert symptoms(tmp_path, files) == []


def test_models_that_are_none(tmp_path: Path) -> None:
    """The whole gate would say something about rules of evalgate's own."""
    files = asking("sim:/reader", "git:main")
    judge = "kind: prompt\nmodel: sim:/grader\nprompt_file: prompt.md\nscale: {kind: binary}\n"
    files["judges/kind/judge.yaml"] = judge
    files["judges/kind/prompt.md"] = "{{ answer }}"
    files["gates.yaml"] = files["gates.yaml"].replace("[exact_match]", "[exact_match, kind]")

    assert symptoms(tmp_path, files) == [
        (
            "hint: gates.yaml:6:3: suites.quiz: new asks sim:/reader, kind asks sim:/grader, which"
            " is no LLM: no night is kept, and no baseline can be set (write a real model, as in"
            " openai:/gpt-4o-mini)"
        )
    ]


def older(root: Path) -> None:
    """The suite moves on to another version of its evalset."""
    (root / "evalsets/quiz/v2.jsonl").write_text(cases(3), "utf-8")
    gates = root / "gates.yaml"
    gates.write_text(gates.read_text("utf-8").replace("quiz@v1", "quiz@v2"), "utf-8")


@pytest.mark.parametrize(
    ("facts", "then", "fault"),
    [
        pytest.param(
            {},
            older,
            "is of quiz@v1, the suite is on quiz@v2: new cases have no baseline",
            id="another version of the evalset",
        ),
        pytest.param(
            {"suite": "poll"}, lambda _: None, "was set for the suite poll", id="another suite"
        ),
        pytest.param(
            {"candidate": OLD.model_copy(update={"name": "gone"})},
            lambda _: None,
            "is of the candidate gone, which is not there any longer",
            id="a candidate that is gone",
        ),
        pytest.param(
            {"dirty": True},
            lambda _: None,
            "is of files that were not committed: nobody can make that run again",
            id="uncommitted files",
        ),
    ],
)
def test_a_baseline_that_is_stale(
    facts: dict[str, object], then: Callable[[Path], None], fault: str, tmp_path: Path
) -> None:
    """It can still be compared, so that it is a hint."""
    laid_out(tmp_path, FILED)
    baseline_set(tmp_path, **facts)
    then(tmp_path)
    committed(tmp_path)

    assert found(tmp_path) == [f"hint: {BASELINE}: {fault} {TODAY}"]


def test_a_baseline_that_no_other_clone_has(tmp_path: Path) -> None:
    """Whoever else runs the gate has another one, or none."""
    laid_out(tmp_path, FILED)
    committed(tmp_path)
    baseline_set(tmp_path)
    untracked = found(tmp_path)
    git(tmp_path, "add", "--all")
    added = found(tmp_path)
    committed(tmp_path)
    baseline_set(tmp_path, set_by="Bob")
    changed = found(tmp_path)

    assert untracked == [
        f"fault: {BASELINE}: is not under git, so that no other clone has it {COMMIT_IT}"
    ]
    assert added == [f"fault: {BASELINE}: has changes that are not committed {COMMIT_IT}"]
    assert changed == added


def test_a_baseline_that_git_ignores(tmp_path: Path) -> None:
    """It will not be committed by itself."""
    laid_out(tmp_path, {**FILED, ".gitignore": ".evalgate/\nbaselines/\n"})
    baseline_set(tmp_path)

    assert found(tmp_path) == [
        f"fault: {BASELINE}: is git-ignored, so that no other clone has it {COMMIT_IT}"
    ]


def test_a_project_below_the_top_is_named_from_there(tmp_path: Path) -> None:
    """Workflows are named from the repository's top, and so is everything else."""
    project = {f"bot/{name}": text for name, text in sound().items() if ".git" not in name}
    laid_out(tmp_path, {**project, f"bot/{'gates.yaml'}": FILED["gates.yaml"]})
    (tmp_path / "gates.yaml").unlink()

    assert lines_of(examine(tmp_path / "bot", {})) == [
        f"fault: bot/{BASELINE}: there is no such baseline file ({BEGIN})"
    ]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        pytest.param(
            "on_undecided: ${EVALGATE_ON_UNDECIDED:-warn}",
            "on_undecided: warn",
            "hint: gates.yaml:2:1: does not follow EVALGATE_ON_UNDECIDED: undecided lets nights and"
            " merge queues pass (write on_undecided: ${EVALGATE_ON_UNDECIDED:-warn})",
            id="a merge queue cannot be stricter",
        ),
        pytest.param(
            "schema_version: 1\n",
            "schema_version: 1\npolicy_change: warn\n",
            "hint: gates.yaml:2:1: policy_change: a change that loosens its own gate is only yellow"
            " (write block)",
            id="a loosening is only yellow",
        ),
        pytest.param(
            "OPENAI_API_KEY",
            "GITHUB_KEY",
            "fault: gates.yaml:4:12: providers.openai.api_key_env: GITHUB_KEY cannot be a secret's"
            " name: what begins with GITHUB_ is GitHub's (choose another name)",
            id="a key that no secret can hold",
        ),
        pytest.param(
            "schema_version: 1\n",
            "schema_version: 1\nproviders: 3\n",
            "fault: gates.yaml:4:1: 'providers' is written twice (keep one of them)",
            id="a file that cannot be read",
        ),
    ],
)
def test_gates(old: str, new: str, line: str, tmp_path: Path) -> None:
    """What it says of noise and of its own loosening, and whether it says anything."""
    text = sound()["gates.yaml"].replace(old, new)
    lines = symptoms(tmp_path, {"gates.yaml": text})

    assert line in lines
    assert len(lines) == 1 + ("GITHUB_KEY" in new)  # that key is in no workflow, too


def test_a_folder_without_a_project(tmp_path: Path) -> None:
    """The workflows are looked at all the same."""
    laid_out(tmp_path, {})
    (tmp_path / "gates.yaml").unlink()

    assert found(tmp_path) == [
        (
            "fault: there is no gates.yaml here or in a folder above"
            " (`evalgate init` makes a project that runs at once)"
        )
    ]


def test_evalgates_own_folder_is_git_ignored(tmp_path: Path) -> None:
    """Recordings are read back: whoever commits them answers in the model's place."""
    laid_out(tmp_path, {".gitignore": "dist/\n", ".evalgate/recordings.db": "x"})
    unnamed = found(tmp_path)
    committed(tmp_path)
    under_git = found(tmp_path)

    assert unnamed == [
        (
            "fault: .gitignore: does not name .evalgate/: recordings and runs would be committed"
            " (write `.evalgate/` into it)"
        )
    ]
    assert under_git == [
        (
            "fault: .evalgate: is under git: a change can bring recorded answers and verdicts along"
            " (`git rm -r --cached .evalgate`, and write `.evalgate/` into .gitignore)"
        )
    ]


def test_a_folder_that_is_under_no_git(tmp_path: Path) -> None:
    """Said, since nobody can see then what is committed."""
    for name, text in {**sound(), **FILED}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    baseline_set(tmp_path)

    assert found(tmp_path) == [
        "hint: the project is in no git repository: what is committed was not looked at"
    ]
