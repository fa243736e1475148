"""`evalgate compare`: what a version can be, what is run again, and what is not."""

import json
from collections.abc import Sequence

import pytest

from command_scenarios import MANY, PYTHON_CANDIDATE, counting, gates, right, without_run_ids
from small_project import GATES, MakeProject, ProjectOnDisk, answers, lines, quiz
from under_git import git

ASKED = "asked.txt"


def commit(repo: ProjectOnDisk) -> None:
    """Put the project under git and commit all of it."""
    repo.write({".gitignore": ".evalgate/\n"})
    git(repo.root, "init", "-q")
    git(repo.root, "add", ".")
    git(repo.root, "commit", "-q", "-m", "first")


def questions_asked(repo: ProjectOnDisk) -> int:
    """How often the function `answer` was called; forgets it."""
    asked = len(repo.read(ASKED).splitlines()) if (repo.root / ASKED).exists() else 0
    repo.write({ASKED: ""})
    return asked


def test_two_versions_side_by_side(project: MakeProject) -> None:
    """Scores, the difference, the cases that got worse, then the verdict."""
    repo = project(quiz([True] * 38 + [False] * 2, [False] + [True] * 39))

    outcome = repo.run("compare", "old", "new", "--top", "1")

    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == (
        "quiz: new against old on quiz@v1\n"
        "\n"
        "score           old     new  difference  bounds              wins  losses"
        "  ties  missing  scale\n"
        "exact_match  0.9500  0.9750     +0.0250  [-0.0627, +0.1200]     2       1  "
        "  37     0, 0  binary, higher is better\n"
        "bounds by Tango: exact_match\n"
        "\n"
        "1 case got worse, worst first\n"
        "\n"
        "case q1\n"
        "  inputs  question 1\n"
        "  answer  [-right-]{+wrong+}\n"
        "  exact_match  1 -> 0  does not equal 'right'\n"
        "\n"
        "    verdict  rule                              estimate  bounds            "
        "  p (Holm)  needed      cases\n"
        " ✓  passed   mean of exact_match at least 0.5    0.9750  [0.8868, 0.9987]  "
        "    1.0000  >= 0.5000      40\n"
        "     Clopper-Pearson; coverage 100.0%, needed 95.0%; can detect a change of 0.2215\n"
        " ✓  passed   mean of exact_match max drop 0.1   +0.0250  [-0.0627, +0.1200]"
        "    1.0000  >= -0.1000     40\n"
        "     Tango; 2 wins, 1 loss, 37 ties; coverage 100.0%, needed 95.0%;"
        " can detect a change of 0.1364\n"
        "\n"
        "1 of 1 suite ran\n"
        "verdict: passed (exit 0)\n"
    )


def test_several_versions_are_each_held_against_the_first(project: MakeProject) -> None:
    """The gravest of the decisions is the exit code, wherever it stands."""
    files = quiz(MANY, MANY)
    for name, count in (("worse", 5), ("good", 39)):
        files[f"candidates/{name}.yaml"] = f"kind: recorded\nanswers: {name}.jsonl\n"
        files[f"candidates/{name}.jsonl"] = answers(right(count))
    repo = project(files)

    three = repo.run("compare", "old", "new", "good")
    four = repo.run("compare", "old", "new", "worse", "good", "--format", "json")

    assert three.code == 0
    assert three.out.startswith("quiz: new, good against old on quiz@v1\n")
    told = json.loads(four.out)
    assert four.code == 1
    assert told["versions"] == ["old", "new", "worse", "good"]
    assert [decision["exit_code"] for decision in told["decisions"]] == [0, 1, 0]
    assert len(repo.runs()) == 4


def test_runs_and_files_of_answers_are_versions(project: MakeProject) -> None:
    """A run by its name, with and without `run:`, and a file that no candidate names."""
    repo = project(quiz(MANY, MANY) | {"elsewhere/answers.jsonl": answers(right(4))})
    repo.run("compare", "old", "new")
    first, second = repo.runs()

    stored = repo.run("compare", f"run:{first}", second)
    file = repo.run("compare", f"run:{first}", "elsewhere/answers.jsonl")

    assert (stored.code, without_run_ids(stored.out.splitlines()[0])) == (
        0,
        "quiz: <run of new> against run:<run of old> on quiz@v1",
    )
    assert (file.code, without_run_ids(file.out.splitlines()[0])) == (
        1,
        "quiz: elsewhere/answers.jsonl against run:<run of old> on quiz@v1",
    )
    assert len(repo.runs()) == 3


@pytest.mark.parametrize(
    ("versions", "fault"),
    [
        (["old"], "error: one version cannot be compared (name two or more)\n"),
        (
            ["old", "nwe"],
            "error: 'nwe' is no candidate, run, git ref or file of answers (did you mean 'new'?)\n",
        ),
        (["old", "prompts:/quiz@production"], "error: prompts:/quiz@production: MLflow's registry"),
        (["old", "git:nowhere:new"], "error: git knows no commit 'nowhere'"),
        (["old", "new", "-o", "x.pdf"], "error: --output: x.pdf has an ending that no report has"),
        (["old", "new", "--suite", "kwiz"], "error: gates.yaml: there is no suite 'kwiz'"),
    ],
    ids=["one version", "unknown", "registry", "unknown commit", "unknown ending", "no suite"],
)
def test_a_version_that_means_nothing_is_refused(
    project: MakeProject, versions: Sequence[str], fault: str
) -> None:
    """Nothing is run, and the exit is 2."""
    repo = project(quiz(MANY, MANY))

    outcome = repo.run("compare", *versions)

    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith(fault)
    assert repo.runs() == []


OTHER_SUITE = """\
  riddles:
    evalset: riddles@v1
    judges: [exact_match]
    rules:
      - {score: exact_match, at_least: 0.5}
"""


def test_the_suite_is_the_one_whose_evalset_was_answered(project: MakeProject) -> None:
    """Candidates that say what they answered choose the suite; where several fit, a flag must."""
    files = quiz(MANY, MANY, GATES + OTHER_SUITE)
    files["evalsets/riddles/evalset.yaml"] = files["evalsets/quiz/evalset.yaml"]
    files["evalsets/riddles/v1.jsonl"] = files["evalsets/quiz/v1.jsonl"]
    repo = project(files)

    ambiguous = repo.run("compare", "old", "new")
    named = repo.run("compare", "old", "new", "--suite", "riddles")
    for name in ("old", "new"):
        repo.write(
            {f"candidates/{name}.yaml": files[f"candidates/{name}.yaml"] + "evalset: quiz\n"}
        )
    inferred = repo.run("compare", "old", "new")

    assert ambiguous == (
        2,
        "",
        (
            "error: gates.yaml: several suites fit these versions"
            " (name one with --suite: quiz, riddles)\n"
        ),
    )
    assert (named.code, named.out.split("\n")[0]) == (0, "riddles: new against old on riddles@v1")
    assert (inferred.code, inferred.out.split("\n")[0]) == (0, "quiz: new against old on quiz@v1")


def test_a_run_that_another_suite_made_is_shown_under_this_one(project: MakeProject) -> None:
    """A stored run answers for every suite on its evalset; the report names the suite asked for."""
    twin = OTHER_SUITE.replace("riddles@v1", "quiz@v1")
    repo = project(quiz(MANY, MANY, GATES + twin))
    repo.run("compare", "old", "new", "--suite", "quiz")

    outcome = repo.run("compare", "old", "new", "--suite", "riddles")

    assert outcome.out.startswith("riddles: new against old on quiz@v1\n")
    assert len(repo.runs()) == 2


def test_recorded_candidates_are_not_run_twice(project: MakeProject) -> None:
    """A second compare finds the runs that it needs."""
    repo = project(quiz(MANY, right(30)))
    first = repo.run("compare", "old", "new")
    runs = repo.runs()

    second = repo.run("compare", "old", "new")

    assert (second, repo.runs()) == (first, runs)


def test_changed_answers_are_a_new_run(project: MakeProject) -> None:
    """A recorded candidate is what its file says."""
    repo = project(quiz(MANY, MANY))
    repo.run("compare", "old", "new")
    repo.write({"candidates/new.jsonl": answers(right(3))})

    assert repo.run("compare", "old", "new").code == 1
    assert len(repo.runs()) == 3


def test_a_function_is_asked_again_every_time(project: MakeProject) -> None:
    """Nobody knows on what a function's answers depend, unless it says so."""
    repo = project(counting(8))

    repo.run("compare", "old", "new")
    first = questions_asked(repo)
    repo.run("compare", "old", "new")

    assert (first, questions_asked(repo)) == (8, 8)


def test_a_function_that_names_its_files_is_asked_again_when_one_changes(
    project: MakeProject,
) -> None:
    """`digest_of` says on what the answers depend."""
    repo = project(counting(8, digest_of=["answering.py", "prompt.txt"]) | {"prompt.txt": "a"})

    asked = []
    for prompt in ("a", "a", "b"):
        repo.write({"prompt.txt": prompt})
        repo.run("compare", "old", "new")
        asked.append(questions_asked(repo))

    assert asked == [8, 0, 8]


JUDGED_BY_PATTERN = gates("score: says_it, at_least: 0.5").replace("exact_match]", "says_it]")


def test_a_changed_judge_scores_the_stored_answers(project: MakeProject) -> None:
    """The function is not asked again: its answers are what they were."""
    files = counting(40, digest_of=["answering.py"])
    files["gates.yaml"] = JUDGED_BY_PATTERN
    files["judges/says_it/judge.yaml"] = "kind: regex\npattern: right\n"
    repo = project(files)
    before = repo.run("compare", "old", "new")
    asked_before = questions_asked(repo)
    repo.write({"judges/says_it/judge.yaml": "kind: regex\npattern: wrong\n"})

    after = repo.run("compare", "old", "new")

    assert (before.code, asked_before) == (0, 40)
    assert (after.code, questions_asked(repo)) == (1, 0)
    assert repo.run("compare", "old", "new") == after
    assert len(repo.runs()) == 4


def test_a_stored_run_is_judged_by_todays_judge(project: MakeProject) -> None:
    """An opaque function's run, named as the baseline, keeps its answers and gets new scores."""
    files = counting(40)
    files["gates.yaml"] = JUDGED_BY_PATTERN
    files["judges/says_it/judge.yaml"] = "kind: regex\npattern: right\n"
    repo = project(files)
    repo.run("run", "--baseline", "none")
    (stored,) = repo.runs()
    questions_asked(repo)
    repo.write({"judges/says_it/judge.yaml": "kind: regex\npattern: wrong\n"})

    outcome = repo.run("compare", f"run:{stored}", "old", "--format", "json")

    (score,) = json.loads(outcome.out)["scores"]
    assert [value["mean"] for value in score["values"]] == [0.0, 0.0]
    assert questions_asked(repo) == 0


def next_version(repo: ProjectOnDisk) -> None:
    """v2: q1 is gone, q2 asks something else, q3 expects something else, q41 is new."""
    cases = [json.loads(line) for line in repo.read("evalsets/quiz/v1.jsonl").splitlines()]
    del cases[0]
    cases[0]["inputs"] = {"question": "something else"}
    cases[1]["expected"] = "wrong"
    cases.append({"id": "q41", "inputs": {"question": "question 41"}, "expected": "right"})
    repo.write(
        {
            "evalsets/quiz/v2.jsonl": lines(cases),
            "gates.yaml": repo.read("gates.yaml").replace("quiz@v1", "quiz@v2"),
            "candidates/new.jsonl": answers([True] * 41),
        }
    )


def test_a_baseline_of_an_older_evalset_is_paired_where_the_cases_are_the_same(
    project: MakeProject,
) -> None:
    """Common cases are paired, changed inputs are new, changed expectations judged again."""
    repo = project(quiz(MANY, MANY))
    repo.run("run", "--candidate", "old", "--baseline", "none")
    (stored,) = repo.runs()
    next_version(repo)

    outcome = repo.run("compare", f"run:{stored}", "new", "--format", "json")

    told = json.loads(outcome.out)
    threshold, drop = told["decisions"][0]["rulings"]
    assert outcome.code == 0
    assert (threshold["finding"]["counts"]["cases"], drop["finding"]["counts"]["cases"]) == (40, 38)
    assert told["added"] == ["q2", "q41"]
    # the stored answer to q3 was right by v1 and is wrong by v2
    assert [value["mean"] for value in told["scores"][0]["values"]] == [37 / 38, 39 / 40]


def test_a_run_judged_again_for_another_version_does_not_stand_for_a_whole_one(
    project: MakeProject,
) -> None:
    """It has no answer to the new cases: the candidate is asked when it is the one to be judged."""
    repo = project(quiz(MANY, MANY))
    repo.run("run", "--candidate", "old", "--baseline", "none")
    (stored,) = repo.runs()
    next_version(repo)
    repo.run("compare", f"run:{stored}", "new")

    outcome = repo.run("run", "--candidate", "old", "--baseline", "none", "--format", "json")

    assert json.loads(outcome.out)["rulings"][0]["finding"]["counts"]["cases"] == 40


def test_a_candidates_run_of_another_evalset_version_is_refused(project: MakeProject) -> None:
    """Only a baseline may be older than the evalset."""
    repo = project(quiz(MANY, MANY))
    repo.run("run", "--baseline", "none")
    (stored,) = repo.runs()
    next_version(repo)

    outcome = repo.run("compare", "old", f"run:{stored}")

    assert (outcome.code, outcome.out) == (2, "")
    assert without_run_ids(outcome.err) == (
        "error: <run of new> is a run of quiz@v1, not of today's quiz@v2 (run new again)\n"
    )


def saying(word: str) -> str:
    """A module whose function says one word."""
    return f'from words import WORD\n\n\ndef answer(inputs):\n    return "{word}" and WORD\n'


def function_under_git(project: MakeProject, committed: str, today: str) -> ProjectOnDisk:
    """A candidate `new` whose code says one thing in the commit and another in the tree."""
    files = quiz(MANY, MANY)
    del files["candidates/new.jsonl"]
    files["candidates/new.yaml"] = PYTHON_CANDIDATE
    repo = project(
        files | {"answering.py": saying(committed), "words.py": f"WORD = {committed!r}\n"}
    )
    commit(repo)
    repo.write({"answering.py": saying(today), "words.py": f"WORD = {today!r}\n"})
    return repo


@pytest.mark.parametrize("version", ["git:HEAD:new", "git:HEAD"], ids=["named", "same name"])
def test_a_commits_candidate_runs_the_commits_own_code(project: MakeProject, version: str) -> None:
    """Each version imports its own module; HEAD and the working tree stay as they are."""
    repo = function_under_git(project, committed="right", today="wrong")
    head, status = git(repo.root, "rev-parse", "HEAD"), git(repo.root, "status", "--porcelain")

    outcome = repo.run("compare", version, "new", "--format", "json")

    told = json.loads(outcome.out)
    assert outcome.code == 1
    assert told["versions"] == [version, "new"]
    assert [value["mean"] for value in told["scores"][0]["values"]] == [1.0, 0.0]
    assert (git(repo.root, "rev-parse", "HEAD"), git(repo.root, "status", "--porcelain")) == (
        head,
        status,
    )
    laid_out = [path.parent.name for path in repo.root.glob(".evalgate/worktrees/*/answering.py")]
    assert laid_out == [head[:12]]
    assert len(git(repo.root, "worktree", "list").splitlines()) == 1


def test_a_baseline_at_a_commit_is_the_candidate_of_the_same_name(project: MakeProject) -> None:
    """`--baseline git:HEAD` needs no name, also when the candidate is a run of it."""
    repo = function_under_git(project, committed="right", today="wrong")

    by_name = repo.run("run", "--baseline", "git:HEAD")
    again = repo.run("gate", repo.runs()[-1], "--baseline", "git:HEAD")

    assert by_name.code == again.code == 1
    assert again.out == by_name.out


def test_a_candidate_that_the_base_lacks_is_a_first_run(project: MakeProject) -> None:
    """Its rules against the baseline are undecided once, yellow, and the exit is 0."""
    repo = project(quiz(MANY, MANY))
    commit(repo)
    repo.write(
        {
            "candidates/newer.yaml": "kind: recorded\nanswers: newer.jsonl\n",
            "candidates/newer.jsonl": answers(MANY),
        }
    )

    outcome = repo.run("run", "--candidate", "newer", "--baseline", "git:HEAD")

    assert outcome.code == 0
    assert outcome.out.endswith("verdict: undecided (first run), allowed (exit 0)\n")


def test_a_named_candidate_that_the_commit_lacks_is_no_first_run(project: MakeProject) -> None:
    """A baseline that is named but absent is a mistake, not a yellow."""
    repo = project(quiz(MANY, MANY))
    commit(repo)
    sha = git(repo.root, "rev-parse", "HEAD")[:12]

    outcome = repo.run("run", "--baseline", "git:HEAD:olde")

    assert outcome == (
        2,
        "",
        f"error: --baseline: HEAD ({sha}) has no candidate 'olde' (did you mean 'old'?)\n",
    )


def test_answers_from_a_file_have_no_baseline_at_a_commit(project: MakeProject) -> None:
    """Which candidate of the commit they belong to has to be said: it is no first run."""
    repo = project(quiz(MANY, MANY) | {"mine.jsonl": answers(MANY)})
    commit(repo)

    outcome = repo.run("run", "--candidate", "mine.jsonl", "--baseline", "git:HEAD")

    assert outcome == (
        2,
        "",
        "error: --baseline: git:HEAD names no candidate (write git:HEAD:CANDIDATE)\n",
    )
