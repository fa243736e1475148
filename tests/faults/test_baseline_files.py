"""A baseline file says what a person set, and is refused whenever that cannot be known."""

import datetime as dt
import json
from pathlib import Path

import pytest

from evalgate.domain.answer import NotProduced, Produced, Unanswered
from evalgate.domain.identity import CandidateIdentity, EvalsetIdentity, JudgeIdentity
from evalgate.domain.judgement import Judgement, Scored, Unscored
from evalgate.domain.run import JudgedCase, Manifest
from evalgate.domain.scale import BINARY
from evalgate.results.baseline_files import load_baseline, write_baseline
from evalgate.results.writing import RunWriter, Took
from fault_projects import refused
from small_project import GATES, MakeProject, ProjectOnDisk, cases, lines, quiz

GOOD = [True] * 60
WORSE = [True] * 30 + [False] * 30
FILE = "baselines/quiz.json"
FILED = GATES.replace("baseline: old", "baseline: file")
BEGIN = "`evalgate run --baseline none`, then `evalgate baseline set latest`"
ANEW = f"set it again from a run of today: {BEGIN}"
NOW = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)


def with_file(project: MakeProject, new: list[bool] | None = None) -> ProjectOnDisk:
    """A suite that is held against the file that Ann set from a run of `old`."""
    repo = project(quiz(GOOD, new or GOOD))
    repo.run("run", "--candidate", "old", "--baseline", "none")
    assert repo.run("baseline", "set", "latest", "--by", "Ann").code == 0
    repo.write({"gates.yaml": FILED})
    return repo


def test_a_file_decides_as_its_run_would(project: MakeProject) -> None:
    """The same findings, by a file of scores that names who set it and when."""
    repo = project(quiz(GOOD, WORSE))
    by_run = json.loads(repo.run("run", "--format", "json").out)
    run = by_run["baseline"]["run_id"]
    shown = repo.run("baseline", "set", run, "--by", "Ann")
    repo.write({"gates.yaml": FILED})

    outcome = repo.run("run", "--format", "json")
    by_file = json.loads(outcome.out)

    assert shown == repo.run("baseline", "show", "quiz")
    assert shown.out.startswith(f"{FILE}: old on quiz@v1\n60 cases, judged by exact_match\n")
    assert [each["finding"] for each in by_file["rulings"]] == [
        each["finding"] for each in by_run["rulings"]
    ]
    assert by_file["baseline_file"]["set_by"] == "Ann"
    assert outcome.code == 1
    table = repo.run("gate", "latest").out
    assert f"\nbaseline: {FILE}, set by Ann on " in table
    assert f"baseline: {FILE} is stored\n" in repo.run("run", "--dry-run").out
    assert f"  baseline: {FILE}, set by Ann on " in repo.run("check").out


def test_a_first_file_is_set_from_nothing(project: MakeProject) -> None:
    """What the refusal says to do does it."""
    repo = project(quiz(GOOD, GOOD, FILED))
    assert repo.run("run").err == f"error: {ABSENT}\n"

    run = repo.run("run", "--baseline", "none")
    written = repo.run("baseline", "set", "latest", "--by", "Ann")

    assert (run.code, written.code, written.err) == (3, 0, "")
    assert repo.run("run").code == 0


def test_what_is_not_todays_is_said_when_a_file_is_set(project: MakeProject) -> None:
    """It is written all the same, with the means of both files."""
    repo = with_file(project, WORSE)
    repo.write({"candidates/old.jsonl": repo.read("candidates/old.jsonl") + "\n"})
    repo.write({"judges/exact_match/judge.yaml": "kind: exact_match\nnormalise: none\n"})
    [old] = repo.runs()

    written = repo.run("baseline", "set", old, "--by", "Ann")

    assert written.code == 0
    assert "\nexact_match: mean 1.0000 (1.0000 in the file before)\n" in written.out
    assert written.err.splitlines() == [
        f"warning: {old} is not of the candidate old as it is today",
        (
            f"warning: exact_match is not the judge it was when {old} was made"
            " (compare judges its answers again)"
        ),
    ]
    (repo.root / "candidates/old.yaml").unlink()
    gone = f"warning: {old} is of old, which is no candidate of the project today\n"
    assert repo.run("baseline", "set", old, "--by", "Ann").err.startswith(gone)
    repo.write({"candidates/old.yaml": "kind: nonsense\n"})
    broken = repo.run("baseline", "set", old, "--by", "Ann")
    assert broken.code == 0
    assert "warning: candidates/old.yaml:" in broken.err


def test_another_version_and_a_red_verdict_are_said_when_a_file_is_set(
    project: MakeProject,
) -> None:
    """A worse run may be set; nobody does so without being told."""
    repo = with_file(project, WORSE)
    assert repo.run("run").code == 1
    run = repo.runs()[-1]
    red = f"warning: the last verdict on {run} was red: failed (exit 1)"

    written = repo.run("baseline", "set", "latest", "--by", "Ann")

    assert (written.code, written.err) == (0, f"{red}\n")
    assert "\nexact_match: mean 0.5000 (1.0000 in the file before)\n" in written.out
    moved_on(repo, cases(61))
    again = repo.run("baseline", "set", "latest", "--by", "Ann", "--format", "json")
    assert json.loads(again.out)["means_before"] == {"exact_match": 0.5}
    assert again.err.splitlines() == [
        f"warning: {run} is a run of quiz@v1, not of quiz@v2 as it is today (run it again)",
        red,
    ]


def test_a_file_has_scores_and_no_answers(project: MakeProject) -> None:
    """One case to a line, in the order of their names; what nobody measured is left out."""
    repo = with_file(project)
    written = json.loads(repo.read(FILE))

    assert "right" not in repo.read(FILE).replace("Copyright", "")
    assert [case["id"] for case in written["cases"]] == sorted(f"q{n}" for n in range(1, 61))
    assert {tuple(case["scores"]) for case in written["cases"]} == {("exact_match",)}
    assert sum(line.startswith('    {"id": ') for line in repo.read(FILE).splitlines()) == 60


def test_a_comparison_says_that_answers_are_not_kept(project: MakeProject) -> None:
    """What got worse is listed, with the answer of today alone; and it verifies."""
    repo = with_file(project, WORSE)

    outcome = repo.run("compare", "file", "new", "-o", "compared.json", "-o", "compared.md")

    assert outcome.code == 1
    assert "30 cases got worse, worst first" in outcome.out
    assert "\n  answer  wrong (the baseline's answers are not kept)\n" in outcome.out
    assert "wrong (the baseline's answers are not kept)" in repo.read("compared.md")
    assert repo.run("verify", "compared.json").code == 1
    assert repo.run("compare", f"file:{FILE}", "new").code == 1


@pytest.mark.parametrize("version", ["file", f"file:{FILE}"])
def test_a_file_is_no_candidate(project: MakeProject, version: str) -> None:
    """It has nothing to answer with."""
    repo = with_file(project)
    told = f"file:{FILE} is a baseline file: it has scores and no answers"
    remedy = "it can be the baseline, and nothing else"

    assert repo.run("compare", "old", f"file:{FILE}") == refused(f"{told} ({remedy})")
    assert repo.run("run", "--candidate", f"file:{FILE}").err.startswith(f"error: {told}")
    assert repo.run("run", "--candidate", version).code == 2


def test_a_file_by_its_path(project: MakeProject) -> None:
    """The night's artifact is named by a flag; gates.yaml takes no path."""
    repo = with_file(project)
    repo.write({"last-night.json": repo.read(FILE)})
    (repo.root / FILE).unlink()

    assert repo.run("run", "--baseline", "file:last-night.json").code == 0
    assert repo.run("gate", "latest", "--baseline", "file:last-night.json").code == 0
    assert repo.run("run", "--baseline", "file:gone.json").code == 2
    repo.write({"gates.yaml": FILED.replace("file", "file:last-night.json")})
    assert repo.run("check").err.startswith(
        "error: gates.yaml:6:5: suites.quiz.baseline: 'file:last-night.json': a suite has one"
        f" baseline file (write file, which is {FILE}; --baseline takes a path)"
    )


ABSENT = f"{FILE}: there is no such baseline file ({BEGIN})"


@pytest.mark.parametrize(
    "command", [["run"], ["gate", "latest"], ["check"], ["baseline", "show"]], ids=" ".join
)
def test_an_absent_file(project: MakeProject, command: list[str]) -> None:
    """Named and not there is a fault, never a first run."""
    repo = with_file(project)
    repo.run("run")
    (repo.root / FILE).unlink()

    outcome = repo.run(*command)

    assert outcome.code == 2
    assert outcome.err.endswith(f"error: {ABSENT}\n")


EDITS = {
    '"exact_match": 1.0': ('"exact_match": 0.0', "was edited after it was written"),
    '"Ann"': ('"Bob"', "was edited after it was written"),
    '"trials": 1': ('"trials": 2', "was edited after it was written"),
    '{"id": "q10"': ('{"id": "q1"', "a case is there twice"),
    '"scores": {"exact_match": 1.0': (
        '"scores": {"exact_match": [1.0, 0.0]',
        "a case has not 1 scores",
    ),
    '"set_by"': ('"set_bye"', "set_bye: is not a known key"),
}


def test_an_edited_file(project: MakeProject) -> None:
    """Whoever wants other scores sets another run; no command reads one that was edited."""
    repo = with_file(project)
    whole = repo.read(FILE)
    for old, (new, told) in EDITS.items():
        repo.write({FILE: whole.replace(old, new, 1)})

        outcome = repo.run("baseline", "show")

        assert outcome.code == 2
        assert f"{FILE}: " in outcome.err
        assert told in outcome.err
    repo.write({FILE: whole.replace('"Ann"', '"Bob"')})
    for command in (["run"], ["check"], ["run", "--baseline", f"file:{FILE}"]):
        assert f"{FILE}: was edited after it was written" in repo.run(*command).err


def test_another_judge_is_not_comparable(project: MakeProject) -> None:
    """Both digests are named; where no rule compares its score, the judge may change."""
    repo = with_file(project)
    before = json.loads(repo.read(FILE))["judges"]["exact_match"]["digest"]
    repo.write({"judges/exact_match/judge.yaml": "kind: exact_match\nnormalise: none\n"})

    outcome = repo.run("run")

    assert outcome.code == 2
    assert outcome.err.startswith(
        f"error: {FILE}: exact_match was {before} when it was set, and is now sha256:"
    )
    assert outcome.err.endswith(f" ({ANEW})\n")
    assert f"{FILE}: not comparable: exact_match was {before}" in repo.run("check").err
    repo.write({"gates.yaml": FILED.replace("max_drop: 0.1", "at_least: 1, stat: total")})
    assert repo.run("run").code == 0


def test_a_judge_that_the_file_does_not_know(project: MakeProject) -> None:
    """A rule that compares its score cannot be decided."""
    repo = with_file(project)
    more = FILED.replace("[exact_match]", "[exact_match, token_f1]")
    repo.write({"gates.yaml": more + "      - {score: token_f1, max_drop: 0.1}\n"})

    assert repo.run("run") == refused(f"{FILE}: has no scores of token_f1 ({ANEW})")


def moved_on(repo: ProjectOnDisk, text: str) -> None:
    """Let the suite be on the evalset's next version."""
    repo.write({"evalsets/quiz/v2.jsonl": text, "gates.yaml": FILED.replace("quiz@v1", "quiz@v2")})


def test_common_cases_of_another_version_are_paired(project: MakeProject) -> None:
    """Cases that are gone are listed, and those that expect another answer have no score."""
    repo = with_file(project)
    whole = cases(60).splitlines(keepends=True)
    changed = [whole[1].replace('"right"', '"left"'), whole[2].replace("question 3", "question?")]
    moved_on(repo, "".join([*changed, *whole[3:]]))

    outcome = repo.run("run", "--format", "json")
    decision = json.loads(outcome.out)

    assert decision["baseline_file"]["removed"] == ["q1"]
    assert decision["baseline_file"]["not_judged_again"] == ["q2"]
    counts = decision["rulings"][1]["finding"]["counts"]
    assert (counts["cases"], counts["baseline_missing"]) == (58, 1)
    table = repo.run("gate", "latest").out
    assert "removed since the baseline (1 case): q1\n" in table
    assert "another answer is expected since the baseline" in table


def test_too_many_cases_expect_another_answer(project: MakeProject) -> None:
    """Their answers are not kept to be judged again."""
    repo = with_file(project)
    moved_on(repo, cases(60).replace('"right"', '"left"', 4))

    outcome = repo.run("run")

    assert outcome.code == 2
    assert outcome.err.startswith(
        f"error: {FILE}: quiz@v2 expects other answers in 4 of 60 cases (its own answers are not"
    )


def test_no_case_in_common(project: MakeProject) -> None:
    """Neither by another version nor by another evalset."""
    repo = with_file(project)
    moved_on(repo, cases(60).replace("question ", "query "))

    assert repo.run("run") == refused(f"{FILE}: has no case in common with quiz@v2 ({ANEW})")

    repo.write(
        {
            "evalsets/more/evalset.yaml": repo.read("evalsets/quiz/evalset.yaml"),
            "evalsets/more/v1.jsonl": cases(60),
            "gates.yaml": FILED.replace("quiz@v1", "more@v1"),
        }
    )
    assert repo.run("run") == refused(f"{FILE}: is of quiz@v1, the suite is on more@v1 ({ANEW})")


def test_trials_stay_trials(project: MakeProject) -> None:
    """A file of several trials has a score for each."""
    twice = lines(
        [
            {"id": f"q{number}", "trial": trial, "answer": answer}
            for number in range(1, 61)
            for trial, answer in enumerate(("right", "wrong"))
        ]
    )
    gates = GATES.replace("judges:", "trials: 2\n    judges:")
    repo = project({**quiz(GOOD, GOOD, gates), "candidates/old.jsonl": twice})
    repo.write({"candidates/new.jsonl": twice})
    repo.run("run", "--candidate", "old", "--baseline", "none")
    repo.run("baseline", "set", "latest", "--by", "Ann")

    assert '"scores": {"exact_match": [1.0, 0.0]}' in repo.read(FILE)
    decision = json.loads(repo.run("run", "--baseline", "file", "--format", "json").out)
    assert decision["baseline"]["trials"] == 2
    assert decision["rulings"][1]["finding"]["observed"]["ties"] == 60


def test_who_sets_it(project: MakeProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """Git knows, or a flag says; nobody is guessed."""
    repo = project(quiz(GOOD, GOOD))
    repo.run("run", "--baseline", "none")
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, "/dev/null")

    assert repo.run("baseline", "set", "latest") == refused(
        "who sets the baseline is not known (say it with --by, or `git config user.name`)"
    )

    (repo.root / "config").write_text("[user]\n\tname = Ann\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(repo.root / "config"))
    assert "\nset by Ann on " in repo.run("baseline", "set", "latest").out


PRODUCED = (Produced(text="yes"), Scored(score=1.0))
MARKS: dict[str, tuple[Produced | NotProduced | Unanswered, Judgement]] = {
    "1": PRODUCED,
    "p": ((lost := NotProduced(cause="empty", detail="")), lost),
    "a": ((away := Unanswered(cause="timeout", detail="")), away),
    "s": (Produced(text="odd"), Unscored(cause="unparsable", detail="")),
}


def stored(repo: ProjectOnDisk, pattern: str, model: str = "", status: str = "finished") -> None:
    """A run of a candidate that a model answers, with these marks."""
    identity = {"name": "new", "kind": "chat", "digest": "d", "complete": True, "model": model}
    manifest = Manifest(
        run_id="made",
        status="running",
        suite="quiz",
        candidate=CandidateIdentity.model_validate(identity),
        evalset=EvalsetIdentity(ref="quiz@v1", digest="e", cases=len(pattern), frozen=False),
        judges={"exact_match": JudgeIdentity(digest="j", scale=BINARY)},
        started=NOW,
    )
    writer = RunWriter(repo.root / ".evalgate/runs/made", manifest)
    for number, mark in enumerate(pattern):
        answer, judgement = MARKS[mark]
        writer.append(
            JudgedCase(
                id=f"q{number}",
                inputs_digest="i",
                expected_digest="x",
                answer=answer,
                judgements={"exact_match": judgement},
            )
        )
    writer.close("stopped" if status == "stopped" else "finished", NOW, Took(1.0))


@pytest.mark.parametrize(
    ("pattern", "model", "status", "told"),
    [
        ("11", "", "stopped", "made is only a part of the evalset: unfinished (stopped)"),
        ("11", "sim:/reader", "finished", "made asked sim:/reader, which is no LLM"),
        ("1a", "", "finished", "made lacks 1 answer and "),
        ("pp", "", "finished", "made has no answer: the candidate produced none"),
        ("1s", "", "finished", "exact_match has no score in 1 of 2 answers of made"),
    ],
)
def test_runs_that_cannot_be_set(
    project: MakeProject, pattern: str, model: str, status: str, told: str
) -> None:
    """Whatever lacks something, or is no LLM's, is refused, and no file is written."""
    repo = project(quiz(GOOD, GOOD))
    stored(repo, pattern, model, status)

    outcome = repo.run("baseline", "set", "made", "--by", "Ann")

    assert outcome.code == 2
    assert told in outcome.err
    assert not (repo.root / FILE).exists()


def test_a_part_of_the_cases_cannot_be_set(project: MakeProject) -> None:
    """Nor a run that is not there, nor one of a suite that is not there any longer."""
    repo = project(quiz(GOOD, GOOD))
    repo.run("run", "--limit", "5", "--baseline", "none")

    assert repo.run("baseline", "set", "latest", "--by", "Ann").code == 2
    assert repo.run("baseline", "set", "nothing", "--by", "Ann").code == 2
    repo.run("run", "--baseline", "none")
    repo.write({"gates.yaml": GATES.replace("quiz:", "other:")})
    assert "there is no suite 'quiz'" in repo.run("baseline", "set", "latest", "--by", "A").err
    assert not Path(repo.root / "baselines").exists()


def test_a_folder_that_cannot_be_made(project: MakeProject) -> None:
    """A file is in its place: the machine's fault, told in one line."""
    repo = project(quiz(GOOD, GOOD))
    repo.run("run", "--baseline", "none")
    repo.write({"baselines": ""})

    outcome = repo.run("baseline", "set", "latest", "--by", "Ann")

    assert (outcome.code, outcome.err) == (4, "error: baselines cannot be made: File exists\n")


def test_a_time_without_a_zone_is_a_fault(project: MakeProject) -> None:
    """Nobody can say whether it is before a night or after it; the seal fits all the same."""
    repo = with_file(project)
    file = repo.root / FILE
    written = load_baseline(file, FILE)
    write_baseline(file, written.model_copy(update={"set_at": NOW.replace(tzinfo=None)}))

    outcome = repo.run("run")

    assert outcome.code == 2
    assert f"{FILE}: set_at: " in outcome.err
