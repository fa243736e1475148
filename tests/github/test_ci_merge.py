"""`evalgate ci run` and `merge`: jobs in real folders, and one verdict from all of them."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ci_repository import answered, begun, committed, in_actions, merged, shard
from evalgate.github.reports import load_reports
from evalgate.results.manifests import seal_of
from evalgate.sources.digests import digest_of_file
from github_jobs import FORK, OURS
from small_project import GATES, MakeProject, ProjectOnDisk, answers, cases, lines, quiz

BAD = [True] * 12 + [False] * 28
GOOD = [True] * 40


def planned(project: MakeProject, new: list[bool] = BAD, of: int = 3) -> ProjectOnDisk:
    """A change to the candidate, planned and answered in so many shards."""
    repo = project(quiz(GOOD, GOOD))
    base = begun(repo)
    committed(repo, {"candidates/new.jsonl": answers(new)})
    done = repo.run("ci", "plan", "--base", base, "--shards", str(of))
    assert done.code == 0, done.err
    answered(repo, of)
    shutil.rmtree(repo.root / ".evalgate")  # another job has another machine
    return repo


def outputs_of(repo: ProjectOnDisk) -> dict[str, str]:
    """The outputs that were written last."""
    lines = repo.read("output").splitlines()
    return {
        line.partition("<<")[0]: lines[number + 1]
        for number, line in enumerate(lines)
        if "<<evalgate-" in line
    }


def decision_of(repo: ProjectOnDisk, suite: str = "quiz") -> dict[str, Any]:
    """What was decided, wherever it is written."""
    document: dict[str, Any] = json.loads(repo.read(f"evalgate-report/{suite}/decision.json"))
    decisions: list[dict[str, Any]] = document.get("decisions", [document])
    return decisions[0]


def test_shards_give_the_verdict_of_one_run(project: MakeProject) -> None:
    """With the same numbers, and a run that is like any other."""
    repo = planned(project)

    done = merged(repo)
    of_shards = decision_of(repo)
    runs = repo.runs()
    whole = repo.run("run", "quiz", "--format", "json")

    assert (done.code, whole.code) == (1, 1), done.err
    assert of_shards["rulings"] == json.loads(whole.out)["rulings"]
    assert len(runs) == 2
    assert repo.runs() == runs, "the merged runs answer for the whole ones"


def test_edits_that_the_plan_did_not_count_are_said(project: MakeProject) -> None:
    """Where a shard is run, and where the shards are merged; by a person, whose files may be so."""
    repo = planned(project, GOOD, of=1)
    repo.write(
        {
            "judges/notes.md": "not under git",
            "candidates/old.yaml": quiz([], [])["candidates/old.yaml"] + "# seen\n",
        }
    )
    said = "warning: no plan counts what is not committed: 1 changed file\n"

    assert said in shard(repo, 1, 1, into="again").err
    assert said in merged(repo).err


def test_every_report_is_written(project: MakeProject) -> None:
    """They hold: sealed, decided again, with what was changed."""
    repo = planned(project)

    merged(repo)

    assert sorted(path.name for path in (repo.root / "evalgate-report/quiz").iterdir()) == [
        "decision.json",
        "junit.xml",
        "particulars.json",
        "report.md",
    ]
    (report,) = load_reports([repo.root / "evalgate-report"], ())
    assert report.particulars.changed == ("candidates/new.jsonl",)
    assert report.particulars.mlflow_run_url == "", "a database has no page"


def test_a_jobs_report_says_where_it_is_kept(project: MakeProject) -> None:
    """The artifact's own address is known later: the run's page lists it."""
    repo = project(quiz(GOOD, GOOD))
    base = begun(repo)
    head = committed(repo, {"candidates/new.jsonl": answers(BAD)})
    in_actions(repo, "pull_request", pull(base, head, OURS))
    repo.run("ci", "plan")
    answered(repo, 1)

    merged(repo)

    beside = json.loads(repo.read("evalgate-report/quiz/particulars.json"))
    assert beside["report_url"] == "https://github.com/acme/app/actions/runs/100#artifacts"
    assert "https://github.com/acme/app/actions/runs/100#artifacts" in repo.read("summary")
    assert outputs_of(repo)["mlflow-run-url"] == ""


def test_shards_merged_again_are_the_same_run(project: MakeProject) -> None:
    """A second merge, in whatever order its shards were found, rolls nothing again."""
    repo = planned(project)
    merged(repo)
    first, runs = decision_of(repo), repo.runs()
    for number, name in enumerate(("c", "b", "a"), 1):
        (repo.root / "shards" / name).mkdir()
        found = repo.root / f"shards/quiz.{number}-of-3"
        found.rename(repo.root / "shards" / name / found.name)

    merged(repo)

    assert repo.runs() == runs
    assert decision_of(repo)["rulings"] == first["rulings"]


def test_one_shard_run_again_is_enough(project: MakeProject) -> None:
    """The job that failed is repeated; the shards of the others stand."""
    repo = planned(project)
    shutil.rmtree(repo.root / "shards/quiz.2-of-3")
    refused = merged(repo)
    again = shard(repo, 2, 3)

    assert (refused.code, again.code, merged(repo).code) == (4, 0, 1)


def test_a_shard_is_no_verdict(project: MakeProject) -> None:
    """Not even where every answer in it is wrong: a part of the cases decides nothing."""
    repo = project(quiz(GOOD, [False] * 40))
    begun(repo)

    done = shard(repo, 2, 3)

    assert (done.code, done.err) == (0, "")
    assert done.out == (
        "shard 2/3 of quiz: old with 16 answers and new with 16 answers, in quiz.2-of-3\n"
    )


def test_a_shard_says_which_it_is(project: MakeProject) -> None:
    """In `shard.json`, and in the manifest of each of its runs."""
    repo = project(quiz(GOOD, GOOD))
    commit = begun(repo)
    shard(repo, 2, 3)

    facts = json.loads(repo.read("shards/quiz.2-of-3/shard.json"))
    manifest = json.loads(repo.read("shards/quiz.2-of-3/candidate/manifest.json"))

    assert (facts["suite"], facts["shard"], facts["of"]) == ("quiz", 2, 3)
    assert facts["commit"] == commit
    assert manifest["selection"]["shard"] == [2, 3]


Edit = Callable[[ProjectOnDisk], object]


def sealed_anew(file: Path, **facts: object) -> None:
    """Edit a sealed file as somebody would who knows how it is sealed."""
    written = json.loads(file.read_text(encoding="utf-8"))
    for key, value in facts.items():
        *above, last = key.split("__")
        within = written
        for name in above:
            within = within[name]
        within[last] = value
    file.write_text(json.dumps(written | {"seal": seal_of(written)}), encoding="utf-8")


def as_another_run(repo: ProjectOnDisk, **facts: object) -> None:
    """A shard whose candidate's run is of something else, with seals that hold."""
    folder = repo.root / "shards/quiz.1-of-3"
    sealed_anew(folder / "candidate/manifest.json", **facts)
    seal = json.loads((folder / "candidate/manifest.json").read_text("utf-8"))["seal"]
    sealed_anew(folder / "shard.json", runs__candidate=seal)


def append(repo: ProjectOnDisk, name: str, text: str) -> None:
    """Write on where a file ended."""
    with (repo.root / name).open("a", encoding="utf-8") as file:
        file.write(text)


def copy(repo: ProjectOnDisk, source: str, target: str) -> None:
    """Have a folder twice."""
    shutil.copytree(repo.root / source, repo.root / target)


FIRST = "shards/quiz.1-of-3"


def swapped(repo: ProjectOnDisk) -> None:
    """The second shard's cases under the first shard's name, with seals that hold."""
    mine, other = repo.root / FIRST, repo.root / "shards/quiz.2-of-3"
    shutil.copy(other / "candidate/judgements.jsonl", mine / "candidate/judgements.jsonl")
    theirs = json.loads((other / "candidate/manifest.json").read_text("utf-8"))
    as_another_run(repo, judgements_digest=theirs["judgements_digest"])


def judged_as(repo: ProjectOnDisk, **facts: object) -> None:
    """A shard whose judged cases say something else, with seals that hold."""
    file = repo.root / FIRST / "candidate/judgements.jsonl"
    judged = [json.loads(line) | facts for line in file.read_text("utf-8").splitlines()]
    file.write_text(lines(judged), "utf-8")
    as_another_run(repo, judgements_digest=digest_of_file(file))


TIMEOUT = {"kind": "unanswered", "cause": "timeout", "detail": "none came"}
NO_ANSWER = {"kind": "not_produced", "cause": "empty", "detail": "nothing came"}
SCORED = {"exact_match": {"kind": "scored", "score": 1.0}}


def without_baseline(repo: ProjectOnDisk) -> None:
    """A shard that says nothing of a baseline."""
    file = repo.root / FIRST / "shard.json"
    runs = json.loads(file.read_text("utf-8"))["runs"]
    sealed_anew(file, runs={"candidate": runs["candidate"]})


def linked(repo: ProjectOnDisk) -> None:
    """Judgements that are somewhere else."""
    file = repo.root / FIRST / "candidate/judgements.jsonl"
    file.rename(repo.root / "elsewhere")
    file.symlink_to(repo.root / "elsewhere")


AGAIN = "(a run is never edited; remove its folder and run it again)"
JOB = "(run its job again)"
JUDGED = "quiz.1-of-3/candidate/judgements.jsonl: judges 'q5',"
REFUSALS: dict[str, tuple[Edit, int, str]] = {
    "a missing shard": (
        lambda it: shutil.rmtree(it.root / FIRST),
        4,
        "shard 1/3 of quiz is missing: run what did not finish again",
    ),
    "no shard at all": (
        lambda it: shutil.rmtree(it.root / "shards"),
        4,
        (
            "shard 1/3 of quiz, shard 2/3 of quiz, shard 3/3 of quiz are missing:"
            " run what did not finish again"
        ),
    ),
    "a shard that is there twice": (
        lambda it: copy(it, FIRST, "shards/zz"),
        2,
        "zz/shard.json: is shard 1/3 of quiz, and so is quiz.1-of-3 (keep one of them)",
    ),
    "a shard that was not finished": (
        lambda it: (it.root / FIRST / "shard.json").unlink(),
        4,
        "shard 1/3 of quiz is missing: run what did not finish again",
    ),
    "a shard of another suite": (
        lambda it: sealed_anew(it.root / FIRST / "shard.json", suite="other"),
        2,
        (
            f"quiz.1-of-3/shard.json: is of suite other, which the plan does not have {JOB}\n"
            "shard 1/3 of quiz is missing"
        ),
    ),
    "a shard of another plan": (
        lambda it: sealed_anew(it.root / FIRST / "shard.json", of=4),
        2,
        f"quiz.1-of-3/shard.json: is shard 1/4 of quiz, and the plan has 3 of it {JOB}",
    ),
    "a shard of another commit": (
        lambda it: sealed_anew(it.root / FIRST / "shard.json", commit="e" * 40),
        2,
        f"quiz.1-of-3/shard.json: is of commit eeeeeeeeeeee, the plan is of HEAD {JOB}",
    ),
    "a shard of another workflow run": (
        lambda it: sealed_anew(it.root / FIRST / "shard.json", workflow_run=9),
        2,
        f"quiz.1-of-3/shard.json: is of workflow run 9, the plan is of 0 {JOB}",
    ),
    "an edited shard": (
        lambda it: append(it, f"{FIRST}/shard.json", " "),
        1,
        "",  # white space says nothing
    ),
    "a shard whose number was edited": (
        lambda it: it.write(
            {f"{FIRST}/shard.json": it.read(f"{FIRST}/shard.json").replace('"of": 3', '"of": 2')}
        ),
        2,
        (
            "quiz.1-of-3/shard.json: was edited after it was written"
            " (a shard is never edited; run its job again)"
        ),
    ),
    "edited judgements": (
        lambda it: it.write(
            {
                f"{FIRST}/candidate/judgements.jsonl": it.read(
                    f"{FIRST}/candidate/judgements.jsonl"
                ).replace('"score":0.0', '"score":1.0')
            }
        ),
        2,
        f"candidate/judgements.jsonl: was edited after it was written {AGAIN}",
    ),
    "an edited manifest": (
        lambda it: it.write(
            {
                f"{FIRST}/baseline/manifest.json": it.read(
                    f"{FIRST}/baseline/manifest.json"
                ).replace('"trials": 1', '"trials": 2')
            }
        ),
        2,
        f"baseline/manifest.json: was edited after it was written {AGAIN}",
    ),
    "another run in its place": (
        lambda it: sealed_anew(it.root / FIRST / "candidate/manifest.json", trials=2),
        2,
        (
            "quiz.1-of-3/candidate/manifest.json: is not the run that the shard was sealed with"
            " (a shard is never edited; run its job again)"
        ),
    ),
    "another candidate": (
        lambda it: as_another_run(it, candidate__name="other"),
        2,
        f"quiz.1-of-3/candidate/manifest.json: candidate.name: is other, and here it is new {JOB}",
    ),
    "another evalset": (
        lambda it: as_another_run(it, evalset__ref="quiz@v2"),
        2,
        (
            "quiz.1-of-3/candidate/manifest.json: evalset.ref: is quiz@v2, and here it is quiz@v1"
            f" {JOB}"
        ),
    ),
    "another judge": (
        lambda it: as_another_run(it, judges__exact_match__model="sim:/grader"),
        2,
        (
            "quiz.1-of-3/candidate/manifest.json: judges.exact_match.model: is sim:/grader,"
            f" and here it is nothing {JOB}"
        ),
    ),
    "a time that is nowhere's": (
        lambda it: as_another_run(it, started="2026-11-21T10:00:00"),
        2,
        (
            "candidate/manifest.json: started: is not a manifest: Input should have timezone info"
            f" {AGAIN}"
        ),
    ),
    "a part of a shard": (
        lambda it: as_another_run(it, selection__limit=2),
        2,
        (
            "quiz.1-of-3/candidate/manifest.json: selection: is --limit 2 --shard 1/3,"
            f" and here it is --shard 1/3 {JOB}"
        ),
    ),
    "the cases of another shard": (
        swapped,
        2,
        (
            "quiz.1-of-3/candidate/judgements.jsonl: judges 'q1', which is no case of this shard"
            f" {JOB}"
        ),
    ),
    "another slice": (
        lambda it: judged_as(it, slices={"parity": "none"}),
        2,
        f"{JUDGED} which is in another slice or cluster in the evalset {JOB}",
    ),
    "another cluster": (
        lambda it: judged_as(it, cluster="one"),
        2,
        f"{JUDGED} which is in another slice or cluster in the evalset {JOB}",
    ),
    "a score for an answer that never came": (
        lambda it: judged_as(it, answer=TIMEOUT, judgements=SCORED),
        2,
        f"{JUDGED} whose judgements are not of the answer that it has {JOB}",
    ),
    "a score for no answer": (
        lambda it: judged_as(it, answer=NO_ANSWER, judgements=SCORED),
        2,
        f"{JUDGED} whose judgements are not of the answer that it has {JOB}",
    ),
    "an answer that is judged as if there were none": (
        lambda it: judged_as(it, judgements={"exact_match": TIMEOUT}),
        2,
        f"{JUDGED} whose judgements are not of the answer that it has {JOB}",
    ),
    "a baseline that is not there": (
        without_baseline,
        2,
        "quiz.1-of-3: has no run of the baseline, and the suite has one",
    ),
    "a run that nobody asked for": (
        lambda it: sealed_anew(it.root / FIRST / "shard.json", **{"runs__candidate-at-base": "x"}),
        2,
        "quiz.1-of-3: has a run of the candidate-at-base, and here none is asked for",
    ),
    "a shard held against another base": (
        lambda it: sealed_anew(it.root / FIRST / "shard.json", policy="f" * 40),
        2,
        (f"quiz.1-of-3/shard.json: is held against base ffffffffffff, the plan against BASE {JOB}"),
    ),
    "a link in its place": (
        linked,
        2,
        "quiz.1-of-3/candidate/judgements.jsonl: is not a plain file",
    ),
    "a report of an earlier merge": (
        lambda it: it.write({"evalgate-report/gone/decision.json": "{}"}),
        2,
        "evalgate-report/gone/decision.json: is of an earlier merge (remove it)",
    ),
}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a project with its shards is kept for the tests that spoil a copy of it."""
    return tmp_path_factory.mktemp("kept") / "repo"


def spoiled(project: MakeProject, kept: Path) -> ProjectOnDisk:
    """A copy of a project with three shards."""
    if not kept.exists():
        shutil.copytree(planned(project).root, kept)
        return project({})
    repo = project({})
    shutil.copytree(kept, repo.root, dirs_exist_ok=True)
    return repo


@pytest.mark.parametrize(("edit", "code", "fault"), REFUSALS.values(), ids=REFUSALS.keys())
def test_what_does_not_belong_together_is_refused(
    project: MakeProject, kept: Path, edit: Edit, code: int, fault: str
) -> None:
    """By name, before anything is decided."""
    repo = spoiled(project, kept)
    plan = json.loads(repo.read("evalgate-report/plan.json"))
    edit(repo)

    done = merged(repo)

    said = done.err.replace(plan["commit"][:12], "HEAD").replace(plan["policy"][:12], "BASE")
    said = said.replace(f"{repo.root}/", "")
    assert (done.code, said if fault else "") == (code, f"error: {fault}\n" if fault else "")
    assert (repo.root / "evalgate-report/quiz/decision.json").exists() == (not fault)


def test_a_plan_of_another_commit_is_refused(project: MakeProject) -> None:
    """Its shards say nothing about what is checked out."""
    repo = planned(project)
    before = json.loads(repo.read("evalgate-report/plan.json"))["commit"]
    head = committed(repo, {"README.md": "hello\n"})

    done = merged(repo)

    assert (done.code, done.err) == (
        2,
        (
            f"error: {repo.root}/evalgate-report/plan.json: commit: is {before[:12]},"
            f" and here it is {head[:12]}\n"
        ),
    )


def test_nothing_to_run_is_green_in_one_form_alone(project: MakeProject) -> None:
    """A plan that lost its suites by any other way is not taken for it."""
    repo = project(quiz(GOOD, GOOD))
    base = begun(repo)
    committed(repo, {"README.md": "hello\n"})
    repo.run("ci", "plan", "--base", base)
    fine = merged(repo)
    plan = repo.root / "evalgate-report/plan.json"
    sealed_anew(plan, reason="1 of 1 suite can be affected by 1 changed file")
    forged = merged(repo)

    assert (fine.code, fine.out) == (0, "nothing that the suites depend on changed\n")
    assert (forged.code, forged.err) == (
        2,
        (
            f"error: {plan}: suites: says '1 of 1 suite can be affected by 1 changed file'"
            " and has 0 suites\n"
        ),
    )


def test_an_edited_plan_is_refused(project: MakeProject) -> None:
    """A suite that was struck off would never be asked for."""
    repo = planned(project)
    text = repo.read("evalgate-report/plan.json").replace('"suite": "quiz"', '"suite": "quit"')
    repo.write({"evalgate-report/plan.json": text})

    done = merged(repo)

    assert (done.code, done.err) == (
        2,
        (
            f"error: {repo.root}/evalgate-report/plan.json: was edited after it was written"
            " (`evalgate ci plan` makes it)\n"
        ),
    )


def pull(base: str, head: str, repository: dict[str, Any]) -> dict[str, Any]:
    """The payload of `pull_request`."""
    return {
        "pull_request": {
            "number": 7,
            "head": {"sha": head, "ref": "fix", "repo": repository},
            "base": {"sha": base, "ref": "main", "repo": OURS},
        },
        "repository": OURS,
    }


def test_a_job_tells_the_runner_everything(project: MakeProject) -> None:
    """Annotations, summary and outputs, before it exits with the verdict."""
    repo = project(quiz(GOOD, GOOD))
    base = begun(repo)
    head = committed(repo, {"candidates/new.jsonl": answers(BAD)})
    in_actions(repo, "pull_request", pull(base, head, OURS))
    repo.run("ci", "plan", "--shards", "2")
    answered(repo, 2)

    done = merged(repo)

    told = outputs_of(repo)
    assert (done.code, told["verdict"], told["exit-code"]) == (1, "failed", "1")
    assert told["decision-json"].endswith("evalgate-report/quiz/decision.json")
    assert "failed" in repo.read("summary")
    assert "::error" in done.out


def test_a_refusal_leaves_outputs_that_are_no_verdict(project: MakeProject) -> None:
    """Whoever reads them finds no verdict; the summary says what is wrong."""
    repo = project(quiz(GOOD, GOOD))
    base = begun(repo)
    head = committed(repo, {"candidates/new.jsonl": answers(BAD)})
    in_actions(repo, "pull_request", pull(base, head, OURS))
    repo.run("ci", "plan", "--shards", "2")
    shard(repo, 1, 2)

    done = merged(repo)

    told = outputs_of(repo)
    assert (done.code, told["verdict"], told["exit-code"]) == (4, "none", "4")
    assert "shard 2/2 of quiz is missing" in repo.read("summary")


ASKED = """\
schema_version: 1
providers:
  own: {base_url: "http://127.0.0.1:9/v1", api_key_env: OWN_KEY}
suites:
  quiz:
    evalset: quiz@v1
    candidate: asked
    judges: [exact_match]
    rules: [{score: exact_match, at_least: 0.5}]
"""
CHAT = "kind: chat\nmodel: own:/m\nprompt: '{{ question }}'\n"


def asking(project: MakeProject) -> tuple[ProjectOnDisk, str]:
    """A candidate that asks a model for which there is a key's name and no key."""
    repo = project(quiz([True] * 4, [True] * 4, gates=ASKED) | {"candidates/asked.yaml": CHAT})
    repo.monkeypatch.delenv("OWN_KEY", raising=False)
    return repo, begun(repo)


def test_without_a_key_recordings_alone_are_used(project: MakeProject) -> None:
    """It is said; what was never recorded is not scored, and to run the job again is no help."""
    repo, _ = asking(project)

    done = shard(repo, 1, 1)

    assert done.code == 4
    (run,) = repo.runs()
    assert done.err == (
        "warning: there is no key: answered from recordings alone\n"
        "warning: too little of it could be answered or judged: the reasons are below\n"
        "asked: no answer in 4 cases (not recorded): q1, q2, q3 and 1 more: own:/m was not asked"
        " this before, and --offline asks nothing\n"
        "run it without --offline, or import recordings that hold what is missing\n"
        f"look at one: evalgate show {run} q1\n"
    )
    assert (repo.root / "shards/quiz.1-of-1/shard.json").exists()


def test_recorded_answers_without_lines_are_no_reason_to_run_again(project: MakeProject) -> None:
    """The file is at fault; job, merge and comment say which, and where to look."""
    repo = project(quiz(GOOD, GOOD))
    base = begun(repo)
    mistyped = answers(GOOD).replace('"q', '"Q')
    head = committed(repo, {"candidates/new.jsonl": mistyped})
    in_actions(repo, "pull_request", pull(base, head, OURS))
    repo.run("ci", "plan", "--shards", "1")

    done = shard(repo, 1, 1)
    decided = merged(repo)

    why = (
        "new: no answer in 40 cases (not recorded): q1, q10, q11 and 37 more:"
        " candidates/new.jsonl has no line for this case\n"
        "a recorded line is found by the id of its case: add the lines that are missing\n"
        "look at one: evalgate show "
    )
    assert (done.code, decided.code) == (4, 4)
    assert done.err.startswith(
        f"warning: too little of it could be answered or judged: the reasons are below\n{why}"
    )
    assert why in decided.err
    (report,) = load_reports([repo.root / "evalgate-report"], ())
    assert [(lack.candidate, lack.cases) for lack in report.particulars.missing] == [("new", 40)]
    assert (
        "<details open><summary>Why scores are missing</summary>\n\n"
        "- quiz: new: no answer in 40 cases (not recorded): q1, q10, q11 and 37 more:"
        " candidates/new.jsonl has no line for this case\n"
    ) in repo.read("summary")
    assert "no line for this case" not in repo.read("evalgate-report/quiz/decision.json")


def test_a_fork_is_answered_from_recordings(project: MakeProject) -> None:
    """Also where a key is at hand: its code could send it anywhere."""
    repo, base = asking(project)
    head = committed(repo, {"README.md": "hello\n"})
    repo.monkeypatch.setenv("OWN_KEY", "sk-0123456789abcdef")
    in_actions(repo, "pull_request", pull(base, head, FORK))

    done = shard(repo, 1, 1)

    assert done.code == 4
    assert done.err.startswith(
        "warning: a fork's pull request has no key: answered from recordings alone\n"
    )


def test_a_fork_cannot_ask_anew(project: MakeProject) -> None:
    """There is nobody who would pay."""
    repo, base = asking(project)
    head = committed(repo, {"README.md": "hello\n"})
    in_actions(repo, "pull_request", pull(base, head, FORK))

    done = repo.run(
        "ci", "run", "--suite", "quiz", "--shard", "1/1", "--out", "shards", "--no-cache"
    )

    assert (done.code, done.err) == (
        2,
        (
            "error: --no-cache: a fork's pull request has no key, and is answered from recordings"
            " alone (leave it out)\n"
        ),
    )


def test_a_night_without_a_key_is_loud(project: MakeProject) -> None:
    """Fresh answers were asked for: recordings would be taken for them."""
    repo, _ = asking(project)

    done = repo.run(
        "ci", "run", "--suite", "quiz", "--shard", "1/1", "--out", "shards", "--no-cache"
    )

    assert done.code == 2
    assert "OWN_KEY" in done.err


def test_no_key_leaves_with_a_shard(project: MakeProject) -> None:
    """What is uploaded is read by everybody who reads the repository."""
    key = "sk-0123456789abcdef"
    leaked = answers([True] * 4).replace("right", f"the key is {key}")
    repo = project(quiz([True] * 4, [True] * 4) | {"candidates/new.jsonl": leaked})
    begun(repo)
    repo.monkeypatch.setenv("OPENAI_API_KEY", key)

    shard(repo, 1, 1)

    judged = repo.read("shards/quiz.1-of-1/candidate/judgements.jsonl")
    assert key not in judged
    assert "the key is [redacted]" in judged


SECOND = """\
  second:
    evalset: quiz@v1
    candidate: old
    judges: [exact_match]
    rules: [{score: exact_match, at_least: 0.5}]
"""


def test_two_suites_are_two_verdicts(project: MakeProject) -> None:
    """The gravest of them is the exit code, and the outputs lead to it."""
    repo = project(quiz(GOOD, GOOD, gates=GATES + SECOND))
    base = begun(repo)
    of_all = f"budget: {{max_usd: 9}}\n{repo.read('gates.yaml')}"
    files = {"candidates/new.jsonl": answers(BAD), "gates.yaml": of_all}
    head = committed(repo, files)
    in_actions(repo, "pull_request", pull(base, head, OURS))
    repo.run("ci", "plan", "--shards", "2")
    answered(repo, 2, "quiz")
    answered(repo, 2, "second")

    done = merged(repo)

    assert (done.code, outputs_of(repo)["failed"]) == (1, "2"), done.err
    assert outputs_of(repo)["decision-json"].endswith("/quiz/decision.json")
    assert decision_of(repo, "second")["verdict"] == "passed"


def test_a_change_is_held_against_the_bases_rules(project: MakeProject) -> None:
    """A threshold that was lowered with the answers that need it: the base's decides."""
    repo = project(quiz(GOOD, GOOD))
    base = begun(repo)
    lower = GATES.replace("at_least: 0.5", "at_least: 0.01").replace("max_drop: 0.1", "max_drop: 1")
    files = {"candidates/new.jsonl": answers(BAD), "gates.yaml": lower}
    head = committed(repo, files)
    in_actions(repo, "pull_request", pull(base, head, OURS))
    repo.run("ci", "plan", "--shards", "2")
    answered(repo, 2)

    done = merged(repo)

    assert done.code == 1
    assert outputs_of(repo)["verdict"] == "failed"


def test_a_base_with_other_cases_is_answered_in_the_shards_too(project: MakeProject) -> None:
    """A suite that moved to easier cases is still held against those that it had."""
    repo = project(quiz(GOOD, GOOD))
    base = begun(repo)
    moved = {
        "gates.yaml": GATES.replace("quiz@v1", "quiz@v2"),
        "evalsets/quiz/v2.jsonl": cases(12),
        "candidates/new.jsonl": answers(BAD),
    }
    head = committed(repo, moved)
    in_actions(repo, "pull_request", pull(base, head, OURS))
    repo.run("ci", "plan", "--shards", "2")
    answered(repo, 2)
    shards = json.loads(repo.read("shards/quiz.1-of-2/shard.json"))["runs"]

    done = merged(repo)

    assert sorted(shards) == ["baseline", "baseline-at-base", "candidate", "candidate-at-base"]
    assert done.code == 1, done.err
    assert decision_of(repo)["evalset"] == "quiz@v1"


@pytest.mark.parametrize(
    ("later", "code"), [(True, 0), (False, 1)], ids=["as good", "bad at the new cases"]
)
def test_a_suite_that_moves_to_a_new_frozen_version_is_decided_by_both(
    project: MakeProject, later: bool, code: int
) -> None:
    """On the version that the base has and on the new one; to add cases loosens nothing."""
    both = answers([True] * 40 + [later] * 60)
    repo = project(
        quiz(GOOD, GOOD)
        | {"candidates/old.jsonl": answers([True] * 100), "candidates/new.jsonl": both}
    )
    assert repo.run("evalset", "freeze", "quiz").code == 0
    base = begun(repo)
    repo.write({"evalsets/quiz/v2.jsonl": cases(100)})
    assert repo.run("evalset", "freeze", "quiz", "v2").code == 0
    head = committed(repo, {"gates.yaml": GATES.replace("quiz@v1", "quiz@v2")})
    in_actions(repo, "pull_request", pull(base, head, OURS))
    repo.run("ci", "plan", "--shards", "2")
    answered(repo, 2)
    shutil.rmtree(repo.root / ".evalgate")  # another job has another machine

    done = merged(repo)

    decision = decision_of(repo)
    own = decision["policy"]["head"]
    assert done.code == code, done.err
    assert (decision["evalset"], own["evalset"]) == ("quiz@v1", "quiz@v2")
    assert (decision["policy"]["loosenings"], own["exit_code"]) == ([], code)
    (report,) = load_reports([repo.root / "evalgate-report"], ())
    assert len(report.decisions[0].candidate.ids) == 40


def test_a_baseline_that_was_swapped_is_the_bases_as_well(project: MakeProject) -> None:
    """A suite that is held against something worse is still held against what it had."""
    repo = project(quiz(GOOD, BAD) | {"candidates/worse.jsonl": answers(BAD)})
    worse = "kind: recorded\nanswers: worse.jsonl\n"
    repo.write({"candidates/worse.yaml": worse})
    base = begun(repo)
    head = committed(repo, {"gates.yaml": GATES.replace("baseline: old", "baseline: worse")})
    in_actions(repo, "pull_request", pull(base, head, OURS))
    repo.run("ci", "plan", "--shards", "2")
    answered(repo, 2)

    done = merged(repo)

    assert done.code == 1, done.err
    assert decision_of(repo)["baseline"]["candidate"] == "old"
    document = json.loads(repo.read("evalgate-report/quiz/decision.json"))
    assert document["versions"] == ["old", "new"], "named as what it is held against"


FORGED: dict[str, tuple[dict[str, object], str]] = {
    "nothing to run": (
        {"suites": [], "reason": "nothing that the suites depend on changed"},
        "suites: is none, and here it is quiz",
    ),
    "nobody decides but the change": ({"policy": ""}, "policy: is none, and here it is BASE"),
    "another workflow run's": ({"workflow_run": 99}, "workflow_run: is 99, and here it is 100"),
    "a flag in place of a commit": (
        {"base": "--output=x"},
        "base: does not look like ^([0-9a-f]{40}([0-9a-f]{24})?)?$",
    ),
}


@pytest.mark.parametrize(("facts", "fault"), FORGED.values(), ids=FORGED.keys())
def test_a_plan_that_was_sealed_anew_is_made_once_more(
    project: MakeProject, facts: dict[str, object], fault: str
) -> None:
    """A seal tells of accidents; what the checkout and the event say is what counts."""
    repo = project(quiz(GOOD, GOOD))
    base = begun(repo)
    head = committed(repo, {"candidates/new.jsonl": answers(BAD)})
    in_actions(repo, "pull_request", pull(base, head, OURS))
    repo.run("ci", "plan")
    plan = repo.root / "evalgate-report/plan.json"
    sealed_anew(plan, **facts)

    done = merged(repo)

    assert (done.code, done.err.replace(base[:12], "BASE")) == (2, f"error: {plan}: {fault}\n")
