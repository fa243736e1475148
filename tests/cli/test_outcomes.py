"""From a finding to an exit code, end to end; and `verify` agrees with every one of them."""

import datetime as dt
import json

import pytest

from command_scenarios import MANY, gates, right
from small_project import Files, MakeProject, lines, quiz

TODAY = dt.datetime.now(dt.UTC).date()
AT_LEAST = "score: exact_match, at_least: 0.5"
DROP = "score: exact_match, max_drop: 0.1"
FAILING = quiz(MANY, right(5))


def waiver(names: str, granted: int = -1, expires: int = 5) -> str:
    """One entry of `waivers.yaml`; the days count from today."""
    first, last = TODAY + dt.timedelta(granted), TODAY + dt.timedelta(expires)
    return (
        f"  - {{suite: quiz, {names}, owner: ann, reason: known, granted: {first},"
        f" expires: {last}}}\n"
    )


def waived(files: Files, *waivers: str) -> Files:
    """The project with these waivers."""
    return {**files, "waivers.yaml": "schema_version: 1\nwaivers:\n" + "".join(waivers)}


def scored(right_: int, unanswered: int, of: int = 40) -> str:
    """Answers of which the last `unanswered` are missing."""
    return lines(
        [
            {"id": f"q{number}", "answer": "right" if number <= right_ else "wrong"}
            for number in range(1, of - unanswered + 1)
        ]
    )


WAIVE_RULE = waiver("rule: exact_match.at_least")
SCENARIOS: dict[str, tuple[Files, int, str]] = {
    "passed": (quiz(MANY, MANY), 0, "passed (exit 0)"),
    "failed": (FAILING, 1, "failed (exit 1)"),
    "noise warns": (quiz(MANY, right(22)[::-1], gates(AT_LEAST)), 0,
                    "undecided (noise), allowed (exit 0)"),
    "noise blocks": (quiz(MANY, right(22), gates(f"{AT_LEAST}, on_undecided: block")), 3,
                     "undecided (noise), blocks (exit 3)"),
    "the estimate allows": (quiz(MANY, right(22), gates(f"{AT_LEAST}, on_undecided: estimate")), 0,
                            "undecided (noise), allowed by the estimate alone (exit 0)"),
    "the estimate does not block": (
        quiz(MANY, right(18), gates(f"{AT_LEAST}, on_undecided: estimate")), 0,
        "undecided (noise), allowed (exit 0)"),
    "severity warn": (quiz(MANY, right(5), gates(f"{AT_LEAST}, severity: warn")), 0,
                      "failed, allowed (exit 0)"),
    "too few cases": (quiz(MANY, MANY, gates(f"{AT_LEAST}, min_cases: 41")), 3,
                      "undecided (too few cases), blocks (exit 3)"),
    "a slice": (quiz(MANY, MANY, gates(f"{AT_LEAST}, slice: {{parity: odd}}, min_cases: 20")), 0,
                "passed (exit 0)"),
    "a slice that fails": (
        quiz(MANY, right(2), gates(f"{AT_LEAST}, slice: {{parity: odd}}, min_cases: 20")), 1,
        "failed (exit 1)"),
    "a slice too small to block": (
        quiz(MANY, right(2), gates(f"{AT_LEAST}, slice: {{parity: odd}}, on_undecided: block")), 0,
        "failed, allowed (exit 0)"),
    "a slice too small to look green": (
        quiz(MANY, MANY, gates(f"{AT_LEAST}, slice: {{parity: odd}}")), 0,
        "passed, with warnings (exit 0)"),
    "an empty slice": (quiz(MANY, MANY, gates(f"{AT_LEAST}, slice: {{parity: blue}}")), 3,
                       "undecided (too few cases), blocks (exit 3)"),
    "no new cases": (quiz(MANY, MANY, gates(f"{AT_LEAST}, applies_to: new")), 0,
                     "undecided (no new cases), allowed (exit 0)"),
    "existing cases": (quiz(MANY, right(2), gates(f"{AT_LEAST}, applies_to: existing")), 1,
                       "failed (exit 1)"),
    "percent": (quiz(MANY, right(39), gates("score: exact_match, max_drop: 50%")), 0,
                "passed (exit 0)"),
    "low coverage": ({**quiz(MANY, MANY), "candidates/new.jsonl": scored(30, 10)}, 4,
                     "undecided (low coverage), blocks (exit 4)"),
    "missing scores": (
        {**quiz(MANY, MANY, gates(f"{AT_LEAST}, min_coverage: 0.5")),
         "candidates/new.jsonl": scored(22, 13)}, 3,
        "undecided (missing scores), blocks (exit 3)"),
    "a waived rule": (waived(quiz(MANY, right(5), gates(AT_LEAST)), WAIVE_RULE), 0,
                      "failed, allowed (exit 0)"),
    "an expired waiver": (
        waived(quiz(MANY, right(5), gates(AT_LEAST)),
               waiver("rule: exact_match.at_least", -20, -1)), 1, "failed (exit 1)"),
    "a waiver of tomorrow": (
        waived(quiz(MANY, right(5), gates(AT_LEAST)),
               waiver("rule: exact_match.at_least", 1, 5)), 1, "failed (exit 1)"),
    "an unused waiver": (waived(quiz(MANY, MANY, gates(AT_LEAST)), WAIVE_RULE), 0,
                         "passed (exit 0)"),
    "waived cases": (
        waived(quiz(MANY, right(38), gates("score: exact_match, stat: min, at_least: 1")),
               waiver("case: q39"), waiver("case: q40")), 0, "failed, allowed (exit 0)"),
    "a fault cannot be waived": (
        waived({**quiz(MANY, MANY, gates(AT_LEAST)), "candidates/new.jsonl": scored(30, 10)},
               WAIVE_RULE), 4, "undecided (low coverage), blocks (exit 4)"),
}  # fmt: skip


@pytest.mark.parametrize(("files", "code", "words"), SCENARIOS.values(), ids=SCENARIOS.keys())
def test_a_run_exits_as_its_evidence_says_and_verify_agrees(
    project: MakeProject, files: Files, code: int, words: str
) -> None:
    """The last line says the verdict; `verify` comes to the same from the decision alone."""
    repo = project(files)

    ran = repo.run("run", "-o", "decision.json")
    verified = repo.run("verify", "decision.json")

    rules = len(json.loads(repo.read("decision.json"))["rules"])
    assert (ran.code, ran.out.splitlines()[-1][: len(words) + 9]) == (code, f"verdict: {words}")
    assert verified.code == code
    assert verified.out == (
        f"verified: {rules} rules decide as written\n1 of 1 suite ran\n{ran.out.splitlines()[-1]}\n"
    )


@pytest.mark.parametrize(
    ("scenario", "warning"),
    [
        ("an unused waiver", "the waiver of exact_match.at_least by ann is not needed: remove it"),
        (
            "an expired waiver",
            (
                "the waiver of exact_match.at_least by ann is not in force"
                f" (granted {TODAY - dt.timedelta(20)}, expires {TODAY - dt.timedelta(1)})"
            ),
        ),
    ],
)
def test_a_waiver_that_does_nothing_is_warned_of(
    project: MakeProject, scenario: str, warning: str
) -> None:
    """Who reads the report learns why a waiver did not help, or is no longer needed."""
    outcome = project(SCENARIOS[scenario][0]).run("run")

    assert f"\nwarning: {warning}\n" in outcome.out


def test_too_many_waived_cases_are_refused(project: MakeProject) -> None:
    """Waivers are for a few cases, not for making an evalset smaller."""
    three = [waiver(f"case: q{number}") for number in (38, 39, 40)]
    repo = project(waived(quiz(MANY, right(37)), *three))

    outcome = repo.run("run")

    assert (outcome.code, outcome.out) == (2, "")
    assert "3 of 40 cases of quiz are waived, 5 % at most may be" in outcome.err
    assert repo.runs() == []


def test_a_waived_rule_says_who_answers_for_it(project: MakeProject) -> None:
    """The finding stays failed; owner, day and reason stand beside it."""
    outcome = project(SCENARIOS["a waived rule"][0]).run("run")

    until = TODAY + dt.timedelta(5)
    assert f"     failed, allowed: waived by ann until {until}: known\n" in outcome.out


def test_a_decision_with_a_number_that_is_none_is_refused(project: MakeProject) -> None:
    """NaN compares with nothing: it is neither below nor above a threshold."""
    repo = project(FAILING)
    repo.run("run", "-o", "decision.json")
    repo.write({"decision.json": repo.read("decision.json").replace("1.0,", "NaN,", 1)})

    outcome = repo.run("verify", "decision.json")

    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("error: decision.json")


@pytest.mark.parametrize("changed", ["verdict", "mark"])
def test_an_edited_decision_is_refused(project: MakeProject, changed: str) -> None:
    """Whoever turns a no into a yes is found out, and the exit is neither."""
    repo = project(FAILING)
    repo.run("run", "-o", "decision.json")
    told = json.loads(repo.read("decision.json"))
    if changed == "verdict":
        told |= {"verdict": "passed", "outcome": "green", "exit_code": 0}
    else:
        told["candidate"]["columns"]["exact_match"]["marks"] = [1.0] * 40
    repo.write({"decision.json": json.dumps(told)})

    outcome = repo.run("verify", "decision.json")

    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("error: decision.json: was edited after it was written (")
    assert "its evidence says" in outcome.err


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"schema_version": 2}', "\xff"])
def test_what_is_no_decision_is_a_mistake(project: MakeProject, content: str) -> None:
    """A file that evalgate did not write decides nothing."""
    outcome = project({"decision.json": content}).run("verify", "decision.json")

    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("error: decision.json:")
