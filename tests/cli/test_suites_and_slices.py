"""What a report says of the suites that did not run, and of slices too small to block."""

import json

import jsonschema_rs

from command_scenarios import MANY, gates, right
from evalgate.config.schema import schemas
from small_project import GATES, MakeProject, ProjectOnDisk, quiz

AT_LEAST = "score: exact_match, at_least: 0.5"
NOT_ALL = "1 of 3 suites ran: not second, third"
SLICED = gates(f"{AT_LEAST}, slice: {{parity: odd}}")


def with_three_suites(project: MakeProject) -> ProjectOnDisk:
    """The quiz, and two suites more that nobody runs."""
    suite = GATES.split("  quiz:\n")[1]
    return project(quiz(MANY, MANY, f"{GATES}  second:\n{suite}  third:\n{suite}"))


def test_every_command_that_decides_says_how_many_suites_ran(project: MakeProject) -> None:
    """One green suite is not the project's verdict."""
    repo = with_three_suites(project)
    outputs = ["-o", "decision.json", "-o", "report.md", "-o", "junit.xml"]

    ran = repo.run("run", "quiz", *outputs)
    compared = repo.run("compare", "old", "new", "--suite", "quiz")
    gated = repo.run("gate", "latest", "--suite", "quiz")
    verified = repo.run("verify", "decision.json")

    for said in (ran.out, compared.out, gated.out, verified.out):
        assert said.splitlines()[-2:] == [NOT_ALL, "verdict: passed (exit 0)"]
    assert NOT_ALL in repo.read("report.md")
    assert NOT_ALL in repo.read("junit.xml")
    assert json.loads(repo.read("decision.json"))["suites"] == ["quiz", "second", "third"]


def test_a_waiver_of_another_suite_is_no_fault_of_the_one_that_runs(project: MakeProject) -> None:
    """`check` knows every suite, and so does a command that runs one of them."""
    repo = with_three_suites(project)
    repo.write(
        {
            "waivers.yaml": "schema_version: 1\nwaivers:\n  - {suite: second,"
            " rule: exact_match.max_drop, owner: ann, reason: known, granted: 2026-01-01,"
            " expires: 2026-01-02}\n"
        }
    )

    assert (repo.run("check").code, repo.run("run", "quiz").code) == (0, 0)


def test_check_warns_of_a_slice_that_cannot_block(project: MakeProject) -> None:
    """With the count, at the rule, and with what lets it block."""
    outcome = project(quiz(MANY, MANY, SLICED)).run("check")

    assert outcome.code == 0
    assert "too small to block: 20 cases" in outcome.out
    assert outcome.err == (
        "warning: gates.yaml:9:9: suites.quiz.rules.0: exact_match[parity=odd].at_least cannot"
        " block: its slice has fewer than 30 cases (20) (write min_cases: 20 to let it, or"
        " severity: warn)\n"
    )


def test_check_has_nothing_to_say_of_a_small_slice_that_somebody_settled(
    project: MakeProject,
) -> None:
    for settled in ("min_cases: 20", "severity: warn"):
        rule = f"{AT_LEAST}, slice: {{parity: odd}}, {settled}"
        outcome = project(quiz(MANY, MANY, gates(rule))).run("check")

        assert "too small to block" not in outcome.out + outcome.err
        assert outcome.err == ""


def test_explain_says_why_a_failed_slice_does_not_block(project: MakeProject) -> None:
    repo = project(quiz(MANY, right(2), SLICED))
    repo.run("run")

    outcome = repo.run("explain", "latest", "exact_match[parity=odd].at_least")

    assert "The verdict: failed." in outcome.out
    assert (
        "outcome: failed, too small to block: 20 cases, fewer than 30 (min_cases lets it)\n"
        in outcome.out
    )


def test_explain_says_the_p_before_and_after_the_correction(project: MakeProject) -> None:
    """Of two rules that can block, for the one that passed as well."""
    repo = project(quiz(MANY, MANY))
    repo.run("run")

    outcome = repo.run("explain", "latest", "exact_match.max_drop")

    assert "1.0000 after Holm's correction among 2 rules; a failure needs at most" in outcome.out


def test_a_decision_fits_its_schema(project: MakeProject) -> None:
    """Whoever reads decision.json can rely on docs/schema, warnings and all."""
    repo = project(quiz(MANY, right(22), gates(AT_LEAST)))
    repo.run("run", "-o", "decision.json")

    written = json.loads(repo.read("decision.json"))

    assert list(jsonschema_rs.validator_for(schemas()["decision.json"]).iter_errors(written)) == []


def test_a_first_project_is_strict_where_its_variable_says_so(project: MakeProject) -> None:
    """`init` warns on a pull request, and blocks in a merge queue that sets one variable."""
    repo = project({})
    repo.run("init")
    undecided = ("compare", "v1", "v1")  # 27 of 40 right, and 0.70 is asked for

    asked = repo.run(*undecided)
    repo.monkeypatch.setenv("EVALGATE_ON_UNDECIDED", "block")
    queued = repo.run(*undecided)

    assert "# What it means when the cases cannot tell." in repo.read("gates.yaml")
    assert (asked.code, asked.out.splitlines()[-1]) == (
        0,
        "verdict: undecided (noise), allowed (exit 0)",
    )
    assert (queued.code, queued.out.splitlines()[-1]) == (
        3,
        "verdict: undecided (noise), blocks (exit 3)",
    )
