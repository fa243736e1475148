"""A judge that breaks, lies or is half there never makes a run green."""

import pytest

from fault_projects import (
    GOOD,
    NEARLY,
    RECORDED_REPLIES,
    RECORDED_SCORES,
    code_judge,
    gates,
    recorded_judge,
    refused,
    verdict,
)
from small_project import MakeProject, lines, quiz

BLOCKED = "verdict: undecided (low coverage), blocks (exit 4)"
UNDER_COVERAGE = "     too few cases could be scored: coverage {}, needed 95.0% (min_coverage)\n"


def judging(body: str) -> str:
    """The code of a judge whose function has this body; `number` is the case's."""
    return (
        "def grade(inputs, expected, answer):\n"
        '    number = int(inputs["question"].split()[1])\n'
        f"    {body}\n"
    )


def said(answers: dict[int, object], field: str = "score", answer: str = "right") -> str:
    """Recorded judgements of one answer, by the case's number."""
    return lines(
        [{"id": f"q{number}", "answer": answer, field: value} for number, value in answers.items()]
    )


@pytest.mark.parametrize(
    ("body", "coverage"),
    [
        pytest.param('return float("nan")', "0.0%", id="NaN for every case"),
        pytest.param('return float("nan") if number % 10 == 7 else 1', "90.0%", id="NaN for some"),
        pytest.param('return float("inf") if number % 10 == 7 else 1', "90.0%", id="infinity"),
        pytest.param('return -float("inf") if number < 4 else 1', "92.5%", id="minus infinity"),
        pytest.param("return 2", "0.0%", id="off the scale"),
        pytest.param("return None", "0.0%", id="no score"),
        pytest.param('return "1"', "0.0%", id="a score in quotes"),
        pytest.param('return {"score": 1, "passed": True}', "0.0%", id="another shape"),
        pytest.param("raise RuntimeError", "0.0%", id="raises on all"),
        pytest.param("assert number % 4 == 0; return 1", "25.0%", id="raises on three of four"),
        pytest.param("assert number % 2 == 0; return 1", "50.0%", id="raises on one of two"),
        pytest.param("raise SystemExit(0)", "0.0%", id="leaves with success"),
    ],
)
def test_a_judge_without_a_usable_score_lowers_coverage(
    project: MakeProject, body: str, coverage: str
) -> None:
    """Too little could be scored: exit 4, whatever the scores that are there look like."""
    outcome = project(quiz(GOOD, NEARLY) | code_judge(judging(body))).run("run")

    assert outcome.code == 4
    assert UNDER_COVERAGE.format(coverage) in outcome.out
    assert verdict(outcome) == BLOCKED


def test_a_judge_that_raises_on_bad_answers_only_does_not_pass(project: MakeProject) -> None:
    """Above min_coverage too: what is missing counts at its worst and at its best."""
    code = judging("assert answer == expected; return 1")
    rules = ("{score: mine, at_least: 0.9}", "{score: mine, max_drop: 0.03}")
    new = [True] * 57 + [False] * 3
    repo = project(quiz([True] * 60, new) | code_judge(code, *rules))

    outcome = repo.run("compare", "old", "new")

    assert outcome.code == 3
    assert "     cases 60: 57 scored, 3 unscored\n" in outcome.out
    assert verdict(outcome) == "verdict: undecided (missing scores), blocks (exit 3)"
    shown = repo.run("show", "latest", "q60")
    assert "mine: unscored (judge error)\n" in shown.out


def test_a_judge_that_is_down_for_the_candidate_alone(project: MakeProject) -> None:
    """A rule that only compares does not pass because there is nothing to compare."""
    code = judging('assert answer == "right"; return 1')
    new = lines([{"id": f"q{number}", "answer": "other"} for number in range(1, 41)])
    files = quiz(GOOD, GOOD) | code_judge(code, '{score: mine, max_drop: "20%"}')

    outcome = project(files | {"candidates/new.jsonl": new}).run("compare", "old", "new")

    assert outcome.code == 4
    assert verdict(outcome) == BLOCKED


def test_a_judge_that_cannot_be_imported_is_a_mistake(project: MakeProject) -> None:
    """It is told before anything is run, with its file."""
    repo = project(quiz(GOOD, GOOD) | code_judge("import nothing_there\n"))

    assert repo.run("run") == refused(
        "judges/mine/grade.py: cannot be imported: ModuleNotFoundError:"
        " No module named 'nothing_there' (install it, or put it beside this file)"
    )
    assert repo.runs() == []


def test_recorded_scores_that_are_no_numbers_are_mistakes(project: MakeProject) -> None:
    """NaN, infinity, words and numbers beyond floats: every line is told."""
    wrong = (
        '{"id": "q1", "answer": "right", "score": NaN}\n'
        '{"id": "q2", "answer": "right", "score": -Infinity}\n'
        '{"id": "q3", "answer": "right", "score": 1e999}\n'
        '{"id": "q4", "answer": "right", "score": "pass"}\n'
    )

    outcome = project(quiz(GOOD, GOOD) | recorded_judge(RECORDED_SCORES, wrong)).run("run")

    assert outcome == refused(
        "judges/mine/said.jsonl:1: is not JSON: NaN is not a JSON number",
        "judges/mine/said.jsonl:2: is not JSON: -Infinity is not a JSON number",
        "judges/mine/said.jsonl:3: is not JSON: 1e999 is too large for a number",
        "judges/mine/said.jsonl:4: score: is not a number",
    )


def test_a_recorded_score_off_the_scale_is_no_score(project: MakeProject) -> None:
    """40 on a scale that ends at 1 is not a very good answer."""
    files = recorded_judge(RECORDED_SCORES, said(dict.fromkeys(range(1, 41), 40)))

    outcome = project(quiz(GOOD, GOOD) | files).run("run")

    assert (outcome.code, verdict(outcome)) == (4, BLOCKED)


def test_judgements_that_are_not_there(project: MakeProject) -> None:
    """A file that is missing or empty is told before anything is run."""
    files = dict(recorded_judge(RECORDED_SCORES, ""))
    repo = project(quiz(GOOD, GOOD) | files)
    assert repo.run("run") == refused("judges/mine/said.jsonl: holds no line")

    (repo.root / "judges/mine/said.jsonl").unlink()
    assert repo.run("run") == refused(
        "judges/mine/said.jsonl: there is no such file (judges/mine/judge.yaml names it)"
    )


def test_half_of_the_judgements_missing(project: MakeProject) -> None:
    """All that are there are perfect, and that decides nothing."""
    files = recorded_judge(RECORDED_SCORES, said(dict.fromkeys(range(1, 41, 2), 1)))

    outcome = project(quiz(GOOD, GOOD) | files).run("run")

    assert outcome.code == 4
    assert UNDER_COVERAGE.format("50.0%") in outcome.out


def cycled(replies: list[str]) -> dict[int, object]:
    """One reply for each of 40 cases, in turn."""
    return {number: replies[number % len(replies)] for number in range(1, 41)}


def test_a_reply_that_is_no_verdict_is_unscored(project: MakeProject) -> None:
    """The verdict is read where the format puts it, and never guessed."""
    vague = ["", "good", "pass", "PASSED", "The answer is yes", "yes/no", "no-one", "**yes**", "1"]
    files = recorded_judge(RECORDED_REPLIES, said(cycled(vague), field="reply"))
    repo = project(quiz(GOOD, GOOD) | files)

    outcome = repo.run("run")

    assert (outcome.code, verdict(outcome)) == (4, BLOCKED)
    assert "     cases 40: 0 scored, 40 unscored\n" in outcome.out
    assert "mine: unscored (unparsable)\n" in repo.run("show", "latest", "q1").out


def test_a_graded_reply_is_not_rounded_into_a_score(project: MakeProject) -> None:
    """A number that the rule does not name is no grade: 4.7 is not 4."""
    graded = (
        "kind: recorded\nfile: said.jsonl\nreply: reply\n"
        'read: {starts_with: {"1": 1, "2": 2, "3": 3, "4": 4, "5": 5}}\n'
        "scale: {kind: ordinal, low: 1, high: 5}\n"
    )
    replies = ["4.7", "4.5", "4/5", "score: 4", "-1", "40", '{"score": 4}', "**4**"]
    files = recorded_judge(
        graded, said(cycled(replies), field="reply"), "{score: mine, at_least: 1}"
    )

    outcome = project(quiz(GOOD, GOOD) | files).run("run")

    assert (outcome.code, verdict(outcome)) == (4, BLOCKED)
    assert "     cases 40: 0 scored, 40 unscored\n" in outcome.out


def test_a_score_of_nought_is_a_bad_score(project: MakeProject) -> None:
    """Nought is not `nothing was said`: the gate says no."""
    files = recorded_judge(RECORDED_SCORES, said(dict.fromkeys(range(1, 41), 0)))

    outcome = project(quiz(GOOD, GOOD) | files).run("run", "--candidate", "new")

    assert (outcome.code, verdict(outcome)) == (1, "verdict: failed (exit 1)")


def test_a_threshold_of_nought_needs_scores_too(project: MakeProject) -> None:
    """`at_least: 0` is true of every score, and there is none."""
    files = code_judge(judging("raise ConnectionError"), "{score: mine, at_least: 0}")

    outcome = project(quiz(GOOD, GOOD) | files).run("run")

    assert (outcome.code, verdict(outcome)) == (4, BLOCKED)


def test_a_judge_that_is_new_breaks_nothing(project: MakeProject) -> None:
    """Runs that it has not judged are judged by it when it is first asked for."""
    repo = project(quiz(GOOD, NEARLY))
    assert repo.run("compare", "old", "new").code == 0
    both = gates(
        "{score: exact_match, at_least: 0.5}",
        "{score: mine, at_least: 0.5}",
        "{score: mine, max_drop: 0.2}",
        judges="exact_match, mine",
    )
    repo.write(dict(code_judge(judging("return answer == expected"))) | {"gates.yaml": both})

    outcome = repo.run("compare", "old", "new")

    assert (outcome.code, verdict(outcome)) == (0, "verdict: passed (exit 0)")


def test_a_broken_judge_that_no_rule_asks_about_is_not_green(project: MakeProject) -> None:
    """It decides nothing, and still nobody may overlook it."""
    files = quiz(GOOD, GOOD) | {
        "judges/mine/judge.yaml": 'kind: python\nfunction: "grade:grade"\nscale: {kind: binary}\n',
        "judges/mine/grade.py": judging("raise RuntimeError"),
    }
    files["gates.yaml"] = files["gates.yaml"].replace("judges: [", "judges: [mine, ")
    repo = project(files)

    outcome = repo.run("run", "-o", "decision.json")

    assert (outcome.code, verdict(outcome)) == (0, "verdict: passed, with warnings (exit 0)")
    assert "warning: mine gave too few scores, and no rule asks for any\n" in outcome.out
    assert repo.run("verify", "decision.json").code == 0
