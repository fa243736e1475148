"""`evalgate run`: which cases, which candidate, which baseline, which reports."""

import json
import re
from pathlib import Path

import pytest

from command_scenarios import MANY, PYTHON_CANDIDATE, right, without_run_ids
from small_project import MakeProject, ProjectOnDisk, answers, quiz

TELLS_THE_RUN = "run: <run of new>\n"


def judged_ids(repo: ProjectOnDisk, run: str) -> list[str]:
    """Which cases a stored run has."""
    text = repo.read(f".evalgate/runs/{run}/judgements.jsonl")
    return [json.loads(line)["id"] for line in text.splitlines()]


def test_a_run_is_held_against_the_suites_baseline(project: MakeProject) -> None:
    """The suite says candidate and baseline; the verdict is on stdout, the run's name on stderr."""
    repo = project(quiz(MANY, right(25)))

    outcome = repo.run("run")

    assert outcome.code == 1
    assert without_run_ids(outcome.err) == TELLS_THE_RUN
    assert outcome.out == (
        "quiz: new against old on quiz@v1\n"
        "\n"
        "    verdict            rule                              estimate  bounds   "
        "           p (Holm)  needed      cases\n"
        " !  undecided (noise)  mean of exact_match at least 0.5    0.6250"
        "  [0.4828, 0.7527]      0.9597  >= 0.5000      40\n"
        "     undecided (noise), allowed by on_undecided: warn\n"
        "     the cases cannot tell a real change from chance: the bounds leave both op"
        "en\n"
        "     Clopper-Pearson; coverage 100.0%, needed 95.0%; can detect a change of 0.2215;"
        " 59 more cases would decide it\n"
        " ✗  failed             mean of exact_match max drop 0.1   -0.3750"
        "  [-0.5050, -0.2608]   0.00011  >= -0.1000     40\n"
        "     Tango; 0 wins, 15 losses, 25 ties; coverage 100.0%, needed 95.0%;"
        " can detect a change of 0.2713\n"
        "\n"
        "1 of 1 suite ran\n"
        "verdict: failed (exit 1)\n"
    )


def test_another_candidate_is_named_by_a_flag(project: MakeProject) -> None:
    """`--candidate` replaces the suite's own."""
    repo = project(quiz(MANY, right(0)))

    outcome = repo.run("run", "quiz", "--candidate", "old", "--baseline", "new")

    assert outcome.code == 0
    assert outcome.out.startswith("quiz: old against new on quiz@v1\n")


def test_without_a_baseline_a_drop_cannot_be_decided(project: MakeProject) -> None:
    """`--baseline none` leaves a baseline rule undecided, and that blocks."""
    outcome = project(quiz(MANY, MANY)).run("run", "--baseline", "none")

    assert outcome.code == 3
    assert outcome.out.startswith("quiz: new on quiz@v1\n")
    assert outcome.out.endswith("verdict: undecided (no baseline), blocks (exit 3)\n")


def test_a_stored_run_is_a_baseline(project: MakeProject) -> None:
    """`--baseline run:ID` takes the run as it is and makes no other."""
    repo = project(quiz(MANY, MANY))
    repo.run("run", "--candidate", "old", "--baseline", "none")
    (stored,) = repo.runs()

    outcome = repo.run("run", "--baseline", f"run:{stored}")

    assert outcome.code == 0
    assert outcome.out.startswith("quiz: new against old on quiz@v1\n")
    assert len(repo.runs()) == 2


@pytest.mark.parametrize("baseline", ["run:nothing", "nobody", "git:HEAD"])
def test_a_baseline_that_is_named_but_absent_is_a_mistake(
    project: MakeProject, baseline: str
) -> None:
    """It is no first run: nothing is run, and the exit is 2."""
    repo = project(quiz(MANY, MANY))

    outcome = repo.run("run", "--baseline", baseline)

    assert (outcome.code, outcome.out) == (2, "")
    assert repo.runs() == []


@pytest.mark.parametrize(
    ("flags", "shown"),
    [
        (["--limit", "5"], "--limit 5"),
        (["--case", "q3", "--case", "q7"], "--case q3 --case q7"),
        (["--filter", "parity=odd"], "--filter parity=odd"),
        (["--shard", "1/3"], "--shard 1/3"),
    ],
    ids=["limit", "case", "filter", "shard"],
)
def test_a_part_of_the_cases_decides_nothing(
    project: MakeProject, flags: list[str], shown: str
) -> None:
    """A perfect candidate on some of the cases is undecided, and the exit is 3."""
    outcome = project(quiz(MANY, MANY)).run("run", *flags)

    assert outcome.code == 3
    assert outcome.out.startswith(f"quiz: new against old on quiz@v1, only {shown}\n")
    assert outcome.out.endswith("verdict: undecided (partial run), blocks (exit 3)\n")


def test_the_shards_are_every_case_exactly_once(project: MakeProject) -> None:
    """What three machines evaluate is together the evalset."""
    repo = project(quiz(MANY, MANY))

    seen: list[str] = []
    for part in ("1/3", "2/3", "3/3"):
        repo.run("run", "--shard", part, "--baseline", "none")
        seen += judged_ids(repo, repo.runs()[-1])

    assert sorted(seen) == sorted(f"q{number}" for number in range(1, 41))


@pytest.mark.parametrize(
    ("flags", "fault"),
    [
        (["--case", "q41"], "error: --case: quiz@v1 has no case 'q41' (did you mean 'q4'?)\n"),
        (["--shard", "4/3"], "error: --shard: '4/3' is not I/N with 1 <= I <= N (as in 1/4)\n"),
        (["--shard", "0/3"], "error: --shard: '0/3' is not I/N with 1 <= I <= N (as in 1/4)\n"),
        (["--shard", "x"], "error: --shard: 'x' is not I/N with 1 <= I <= N (as in 1/4)\n"),
        (["--filter", "odd"], "error: --filter: 'odd' is not KEY=VALUE (as in topic=billing)\n"),
        (
            ["--filter", "parity=odd", "--filter", "parity=even"],
            "error: --filter: 'parity' is given twice (a case has one value)\n",
        ),
        (
            ["--filter", "parity=red"],
            "error: nothing to evaluate: --filter parity=red keeps no case of quiz@v1\n",
        ),
        (
            ["-o", "report.html"],
            (
                "error: --output: report.html has an ending that no report has"
                " (one of .json, .md, .csv, .xml)\n"
            ),
        ),
        (["-o", "no/report.md"], "error: --output: there is no folder no (make it first)\n"),
        (
            ["--candidate", "nwe"],
            "error: 'nwe' is no candidate, run, git ref or file of answers (did you mean 'new'?)\n",
        ),
        (["quis"], "error: gates.yaml: there is no suite 'quis' (did you mean 'quiz'?)\n"),
        (["--resume", "nothing"], "error: there is no run 'nothing' (there are none)\n"),
    ],
)
def test_a_flag_that_fits_nothing_is_refused_before_anything_runs(
    project: MakeProject, flags: list[str], fault: str
) -> None:
    """The fault is told with its flag, and no run is begun."""
    repo = project(quiz(MANY, MANY))

    outcome = repo.run("run", *flags)

    assert (outcome.code, outcome.out, outcome.err) == (2, "", fault)
    assert repo.runs() == []


def test_a_dry_run_runs_nothing(project: MakeProject) -> None:
    """It says what would be asked; the project has no run afterwards."""
    repo = project(quiz(MANY, MANY))

    outcome = repo.run("run", "--dry-run", "--limit", "3")

    assert outcome == (
        0,
        (
            "suite quiz: 3 cases of quiz@v1 (--limit 3)\n"
            "judges: exact_match\n"
            "baseline: old would be asked 3 times\n"
            "candidate: new would be asked 3 times\n"
            "rules: 2\n"
            "nothing was run\n"
        ),
        "",
    )
    assert repo.runs() == []


def test_a_dry_run_knows_what_is_answered_already(project: MakeProject) -> None:
    """A stored run is named instead of a number of questions."""
    repo = project(quiz(MANY, MANY))
    repo.run("run")

    outcome = repo.run("run", "--dry-run")

    told = without_run_ids(outcome.out)
    assert "baseline: old, <run of old> answers for it\n" in told
    assert "candidate: new, <run of new> answers for it\n" in told


def test_every_report_is_written_before_a_no(project: MakeProject) -> None:
    """Four endings, four reports, although the exit is 1."""
    repo = project(quiz(MANY, right(5)))
    files = ("decision.json", "report.md", "cases.csv", "junit.xml")

    outcome = repo.run("run", *(part for file in files for part in ("-o", file)))

    assert outcome.code == 1
    assert json.loads(repo.read("decision.json"))["verdict"] == "failed"
    assert "failed" in repo.read("report.md")
    assert repo.read("cases.csv").count("\n") == 41
    assert 'failures="2"' in repo.read("junit.xml")


def test_the_result_as_json_is_the_decision(project: MakeProject) -> None:
    """There is nothing on stdout but the JSON that `-o` writes."""
    repo = project(quiz(MANY, MANY))

    outcome = repo.run("run", "--format", "json", "-o", "decision.json")

    assert outcome.out == repo.read("decision.json")
    assert json.loads(outcome.out)["exit_code"] == outcome.code == 0


def test_the_result_as_markdown_is_the_report(project: MakeProject) -> None:
    """On stdout is what `-o report.md` writes."""
    repo = project(quiz(MANY, MANY))

    outcome = repo.run("run", "--format", "md", "-o", "report.md")

    assert outcome.out == repo.read("report.md")


def test_several_suites_need_a_name(project: MakeProject) -> None:
    """`run` does not choose one by itself."""
    files = quiz(MANY, MANY)
    files["gates.yaml"] += files["gates.yaml"].split("suites:\n")[1].replace("  quiz:", "  other:")

    repo = project(files)

    assert repo.run("run") == (
        2,
        "",
        "error: gates.yaml: there are several suites (name one: other, quiz)\n",
    )
    assert repo.run("run", "other").code == 0


def test_the_only_candidate_that_fits_need_not_be_named(project: MakeProject) -> None:
    """A suite without a candidate means the one that is not its baseline."""
    files = quiz(MANY, MANY)
    files["gates.yaml"] = files["gates.yaml"].replace("    candidate: new\n", "")

    outcome = project(files).run("run")

    assert (outcome.code, outcome.out.split(" on ")[0]) == (0, "quiz: new against old")


NOTING = '''\
"""Answers, and leaves a line for every question."""

from pathlib import Path

HERE = Path(__file__).parent


def answer(inputs):
    """Write the question down."""
    with (HERE / "asked.txt").open("a") as file:
        file.write(inputs["question"] + "\\n")
    return "right"
'''


def stopped_copy(repo: ProjectOnDisk, run: str, kept: int) -> None:
    """Leave a run as a kill leaves it: `kept` whole lines, and a torn one."""
    from evalgate.results.manifests import load_manifest, write_manifest

    folder = Path(repo.root, ".evalgate", "runs", run)
    lines = (folder / "judgements.jsonl").read_bytes().splitlines(keepends=True)
    (folder / "judgements.jsonl").write_bytes(b"".join(lines[:kept]) + lines[kept][:20])
    manifest = load_manifest(folder)
    write_manifest(
        folder,
        manifest.model_copy(update={"status": "running", "finished": None, "judged": 0}),
    )


def opaque(repo: ProjectOnDisk, name: str) -> None:
    """Make a candidate a function that nobody can fingerprint."""
    repo.write({f"candidates/{name}.yaml": PYTHON_CANDIDATE, "answering.py": NOTING})


@pytest.mark.parametrize("name", ["new", "old"], ids=["candidate", "baseline"])
def test_a_killed_run_of_a_function_is_gone_on_with_by_name(
    project: MakeProject, name: str
) -> None:
    """`--resume` asks only what is missing, be it the candidate's run or the baseline's."""
    repo = project(quiz(MANY, MANY))
    opaque(repo, name)
    repo.run("run", "--candidate", name, "--baseline", "none")
    (run,) = repo.runs()
    stopped_copy(repo, run, kept=33)
    repo.write({"asked.txt": ""})

    outcome = repo.run("run", "--resume", run)

    assert outcome.code == 0, outcome.err
    assert sorted(judged_ids(repo, run)) == sorted(f"q{number}" for number in range(1, 41))
    assert len(repo.read("asked.txt").splitlines()) == 7
    assert len(repo.runs()) == 2


def test_a_killed_run_of_recorded_answers_is_gone_on_with_unasked(project: MakeProject) -> None:
    """The digest covers all that matters, so that the same command simply goes on."""
    repo = project(quiz(MANY, MANY))
    repo.run("run", "--baseline", "none")
    (run,) = repo.runs()
    stopped_copy(repo, run, kept=33)

    outcome = repo.run("run", "--baseline", "none")

    assert repo.runs() == [run]
    assert re.search(f"run: {re.escape(run)}\n$", outcome.err)
    assert len(judged_ids(repo, run)) == 40


def test_another_candidates_run_is_not_gone_on_with(project: MakeProject) -> None:
    """A run whose candidate changed in between would be of two minds."""
    repo = project(quiz(MANY, MANY))
    repo.run("run", "--baseline", "none")
    (run,) = repo.runs()
    stopped_copy(repo, run, kept=10)
    repo.write({"candidates/new.jsonl": answers(right(39))})

    outcome = repo.run("run", "--baseline", "none", "--resume", run)

    assert outcome == (
        2,
        "",
        (
            f"error: --resume: {run} was made with another candidate, evalset, judge or selection"
            " (run it anew, without --resume)\n"
        ),
    )


def test_a_budget_of_minutes_ends_a_run_that_asks_no_model(project: MakeProject) -> None:
    """What is answered is kept, nothing is decided, and the same command goes on."""
    files = quiz(MANY, MANY)
    files["gates.yaml"] = files["gates.yaml"].replace(
        "suites:", "budget: {max_minutes: 0.0000001}\nsuites:"
    )
    repo = project(files)

    outcome = repo.run("run")

    assert (outcome.code, outcome.out) == (4, "")
    assert "the budget of 1e-07 minutes is over; stopped: " in outcome.err
    repo.write({"gates.yaml": files["gates.yaml"].replace("0.0000001", "10")})
    assert repo.run("run").code == 0
