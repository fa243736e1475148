"""`evalgate power`: what each rule can detect, before anything is asked."""

import json
from typing import Any

import pytest

from command_scenarios import MANY, gates
from small_project import MakeProject, ProjectOnDisk, cases, quiz

FLIPPED = [place % 10 != 0 for place in range(40)]
"""Of 40 answers every tenth is wrong."""


def shown(repo: ProjectOnDisk, *flags: str) -> dict[str, Any]:
    outcome = repo.run("power", *flags, "--format", "json")
    assert (outcome.code, outcome.err) == (0, "")
    (suite,) = json.loads(outcome.out)["suites"]
    assert isinstance(suite, dict)
    return suite


def test_without_a_run_it_says_what_it_assumes(project: MakeProject) -> None:
    outcome = project(quiz(MANY, MANY)).run("power", "quiz")

    assert outcome == (
        0,
        (
            "quiz: quiz@v1, 40 cases, 2 rules, 2 of which share the error of a failure\n"
            "  no whole run on these cases with these judges yet: figures are assumed\n"
            "  rule                              cases  fails 4 times in 5               "
            " cases it needs\n"
            "  mean of exact_match at least 0.5     40  at a true mean of 0.2714 or less "
            " about 647\n"
            "      A candidate better than the threshold by 0.0500 needs about 647 cases for a"
            " verdict (a run with --trials shows whether trials would do).\n"
            "  mean of exact_match max drop 0.1     40  at a true drop of 0.1623         "
            " about 74\n"
            "      An equally good candidate is often undecided; add about 34 cases (a run with"
            " --trials shows whether trials would do), or ask for less (assumed: 10% of the cases"
            " change sides).\n"
        ),
        "",
    )


def test_runs_replace_what_is_assumed(project: MakeProject) -> None:
    """The newest pair of runs: 4 of 40 cases changed sides, and recorded answers stay the same."""
    repo = project(quiz(MANY, FLIPPED))
    assert repo.run("run").code == 0

    suite = shown(repo)

    assert [suite["candidate_run"], suite["baseline_run"]] == [
        next(name for name in repo.runs() if label in name) for label in ("-new-", "-old-")
    ]
    threshold, drop = suite["rules"]
    assert drop["flips"] == pytest.approx(0.1)
    assert drop["foresight"]["assumed_flips"] is None
    assert drop["more_trials"] == "same"
    assert threshold["distance"] == pytest.approx(0.4)


def test_runs_on_other_cases_are_not_taken(project: MakeProject) -> None:
    repo = project(quiz(MANY, MANY))
    repo.run("run")
    repo.write({"evalsets/quiz/v1.jsonl": cases(60)})

    suite = shown(repo)

    assert (suite["candidate_run"], suite["cases"]) == ("", 60)


def test_a_partial_run_is_not_taken(project: MakeProject) -> None:
    repo = project(quiz(MANY, MANY))
    repo.run("run", "--limit", "5")

    assert shown(repo)["candidate_run"] == ""


def test_markdown_has_the_advice_in_its_table(project: MakeProject) -> None:
    outcome = project(quiz(MANY, MANY)).run("power", "--format", "md")

    assert outcome.code == 0
    assert "| rule | cases | fails 4 times in 5 | cases it needs | advice |" in outcome.out


def test_a_suite_that_is_not_there_is_a_mistake(project: MakeProject) -> None:
    outcome = project(quiz(MANY, MANY)).run("power", "qiuz")

    assert (outcome.code, outcome.out) == (2, "")
    assert "there is no suite 'qiuz' (did you mean 'quiz'?)" in outcome.err


def test_faults_of_the_files_are_told_first(project: MakeProject) -> None:
    files = quiz(MANY, MANY, gates("score: exact_match, at_least: 1.5"))

    outcome = project(files).run("power")

    assert (outcome.code, outcome.out) == (2, "")
    assert "is off the scale" in outcome.err


@pytest.mark.parametrize(
    ("held", "warning"),
    [
        ("score: exact_match, at_least: 0.95",
         "can never pass: 40 cases cannot prove this limit (59 are the fewest, all of them good;"),
        ("score: exact_match, stat: rate, pass_at: 1, at_least: 1.0",
         "cannot prove this limit (no number of cases does; ask for less;"),
        ("score: latency_s, stat: p95, at_most: 3",
         "can never pass: 40 cases cannot prove this p95 (59 are the fewest, all of them good;"),
        ("score: latency_s, stat: p99, at_most: 3",
         "can never pass: 40 cases cannot prove this p99 (299 are the fewest, all of them good;"),
        ("score: exact_match, max_drop: 0.05",
         "often undecided, if 10% of the cases change sides (about 248 are enough;"),
        ("score: exact_match, max_drop: 0",
         "undecided, however many cases there are (allow a margin;"),
        ("score: exact_match, slice: {parity: odd}, at_least: 0.5, min_cases: 30",
         "is always undecided: 20 cases, and min_cases asks for 30 (10 more are enough;"),
    ],
)  # fmt: skip
def test_check_warns_of_too_few_cases(project: MakeProject, held: str, warning: str) -> None:
    """With the rule's place, how many would do, and where to read on; it stays exit 0."""
    outcome = project(quiz(MANY, MANY, gates(held))).run("check")

    assert outcome.code == 0
    assert outcome.err.startswith("warning: gates.yaml:")
    assert f"{warning} see `evalgate power quiz`)\n" in outcome.err


def test_check_warns_of_few_clusters_and_of_scales_without_ends(project: MakeProject) -> None:
    files = quiz(MANY, MANY, gates("score: exact_match, max_drop: 0.2"))
    together = "".join(
        line.replace('"slices"', f'"cluster": "d{place % 5}", "slices"')
        for place, line in enumerate(cases(40).splitlines(keepends=True))
    )
    endless = quiz(MANY[:20], MANY[:20], gates("score: latency_s, at_most: 3"))

    few = project({**files, "evalsets/quiz/v1.jsonl": together}).run("check")
    short = project(endless).run("check")

    assert "is always undecided: 40 cases in 5 clusters (bounds need 10 clusters;" in few.err
    assert "is always undecided: 20 cases are too few on a scale without ends (30 are" in short.err
