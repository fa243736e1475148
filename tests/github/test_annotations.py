"""Annotations stand on the lines they are about, and a job tells the runner all of it."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from ci_reports import CLOSE, FEWER, GOOD, compared, decided, decision_on, sheet_of, worse
from evalgate.domain.particulars import Particulars
from evalgate.domain.rule import Rule
from evalgate.errors import ExitCode
from evalgate.github.annotations import annotations_of, worst_cases
from evalgate.github.comment.body import Setting
from evalgate.github.marks import marker
from evalgate.github.places import Checkout, Place, Places, places_of
from evalgate.github.publishing import publish
from evalgate.github.reports import SuiteReport, decisions_in
from evalgate.github.toolkit import Annotation
from evalgate.pipeline.project import Project
from fake_runner import LARGEST_SUMMARY, Log, outputs_in
from small_project import EVALSET, cases
from under_git import git

SETTING = Setting(marker("sticky", "default"))
FILES = {
    "gates.yaml": """\
schema_version: 1
suites:
  open-qa:
    evalset: open-qa@v1
    candidate: new
    baseline: old
    judges: [exact_match]
    rules:
      - {score: correctness, at_least: 0.5}
      - score: correctness
        max_drop: 0.1
""",
    "evalsets/open-qa/evalset.yaml": EVALSET,
    "evalsets/open-qa/v1.jsonl": cases(40),
    "candidates/new.yaml": "kind: chat\nmodel: sim:/reader\nprompt_file: prompts/new.md\n",
    "candidates/prompts/new.md": "Answer.\n\nBriefly.\n{{ question }}\n",
}


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A project below the top of a repository, whose prompt was changed in its third line."""
    for name, content in FILES.items():
        path = tmp_path / "qa" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "first")
    base = git(tmp_path, "rev-parse", "HEAD")
    prompt = tmp_path / "qa/candidates/prompts/new.md"
    prompt.write_text("Answer.\n\nAt length.\n{{ question }}\n", encoding="utf-8")
    changed = frozenset({"qa/candidates/prompts/new.md", "README.md"})
    return Checkout(Project(tmp_path / "qa", {}), tmp_path, base, changed)


def reported(right: Sequence[bool], *wrong: str) -> SuiteReport:
    """A report on a candidate, with these cases as its worst."""
    found = (worse(case, "yes", "no", "it says no") for case in wrong)
    return SuiteReport(compared(decision_on(right), *found), Particulars())


def annotated(report: SuiteReport, checkout: Checkout) -> list[Annotation]:
    """The annotations of a report, on the lines of a checkout."""
    wanted = [(evalset, case.case_id) for evalset, case in worst_cases([report])]
    return annotations_of([report], places_of(checkout, decisions_in([report]), wanted))


def test_each_stands_on_its_own_line(checkout: Checkout) -> None:
    """Rules in gates.yaml, the prompt where it was changed, cases in the evalset."""
    found = annotated(reported(FEWER, "q13", "q40"), checkout)

    assert [(one.level, one.path, one.line) for one in found] == [
        ("error", "qa/gates.yaml", 9),
        ("error", "qa/gates.yaml", 10),
        ("error", "qa/candidates/prompts/new.md", 3),
        ("warning", "qa/evalsets/open-qa/v1.jsonl", 13),
        ("warning", "qa/evalsets/open-qa/v1.jsonl", 40),
    ]
    assert found[0].title == "open-qa: failed"
    assert "0.3000 [0.1831, 0.4403]" in found[0].message
    verdict, *rules = found[2].message.splitlines()
    assert verdict == "verdict: failed (exit 1)"
    assert [rule.partition(" by ")[0] for rule in rules] == [
        "failed: mean of correctness at least 0.5: 0.3000 [0.1831, 0.4403]",
        "failed: mean of correctness max drop 0.1: -0.7000 [-0.8034, -0.5713]",
    ]
    assert "correctness: 1 -> 0" in found[3].message
    assert "it says no" in found[3].message


def test_recorded_answers_that_were_changed_are_marked(checkout: Checkout) -> None:
    """They are what the candidate is; beside them its own file comes last."""
    folder = checkout.project.root / "candidates"
    (folder / "new.yaml").write_text("kind: recorded\nanswers: new.jsonl\n", encoding="utf-8")
    answers = '{"id": "q1", "answer": "yes"}\n{"id": "q2", "answer": "no"}\n'
    (folder / "new.jsonl").write_text(answers, encoding="utf-8")
    git(checkout.workspace, "add", ".")
    git(checkout.workspace, "commit", "--quiet", "--message", "answers")
    base = git(checkout.workspace, "rev-parse", "HEAD")
    (folder / "new.jsonl").write_text(answers.replace("no", "yes"), encoding="utf-8")
    changed = frozenset({"qa/candidates/new.jsonl", "qa/candidates/new.yaml"})

    places = places_of(checkout._replace(base_sha=base, changed=changed), [decision_on(FEWER)], [])

    assert places.prompts["new"] == (
        Place("qa/candidates/new.jsonl", 2),
        Place("qa/candidates/new.yaml", 1),
    )


def test_undecided_is_a_warning(checkout: Checkout) -> None:
    """It is no error, for nothing failed, and no silence either."""
    found = annotated(reported(CLOSE), checkout)

    assert {one.level for one in found} == {"warning"}
    assert found[0].title.startswith("open-qa: undecided (noise)")


def test_what_passed_is_not_annotated(checkout: Checkout) -> None:
    """Nobody wants a mark on every prompt that is good."""
    assert annotated(reported(GOOD, "q13"), checkout) == []


def test_a_project_that_cannot_be_read_costs_no_annotation(checkout: Checkout) -> None:
    """They stand on the run then; the verdict is told all the same."""
    for name in ("gates.yaml", "evalsets/open-qa/v1.jsonl", "candidates/new.yaml"):
        (checkout.project.root / name).write_text("\x00", encoding="utf-8")

    found = annotated(reported(FEWER, "q13"), checkout)

    assert [(one.level, one.path) for one in found] == [("error", ""), ("error", "")]


@pytest.mark.parametrize("path", ["../outside.yaml", "../../etc/passwd", "..", "/etc/passwd"])
def test_no_place_is_outside_the_checkout(checkout: Checkout, path: str) -> None:
    """A path from somewhere else marks nothing."""
    inside = checkout._replace(workspace=checkout.project.root)

    assert inside.place(path, 1) is None


def test_a_link_that_leads_out_of_the_checkout_has_no_place(checkout: Checkout) -> None:
    """It may be anybody's file."""
    (checkout.project.root / "gates.link").symlink_to("/etc/passwd")

    assert checkout.place("gates.link", 1) is None
    assert checkout.place("gates.yaml", 0) == Place("qa/gates.yaml", 1)


def test_ten_errors_and_ten_warnings_and_a_count(capsys: pytest.CaptureFixture[str]) -> None:
    """The runner drops the eleventh of a kind without a word."""
    rules = [
        Rule(score="correctness", at_least=0.5, slice={"n": number}, severity=severity)
        for number in range(13)
        for severity in ("block", "warn")
    ]
    everywhere = sheet_of("new", FEWER).model_copy(
        update={"slices": tuple({"n": number % 13} for number in range(40))}
    )
    decision = decided(everywhere, None, [*rules, Rule(score="correctness", at_least=0.9)])
    red = [one.model_copy(update={"exit_code": 1}) for one in decision.rulings]
    report = SuiteReport(decision.model_copy(update={"rulings": tuple(red)}), Particulars())

    found = annotations_of([report], Places())

    assert sum(one.level == "error" for one in found) <= 10
    assert sum(one.level == "warning" for one in found) == 10
    assert found[-1].level == "notice"
    shown = sum(one.level != "notice" for one in found)
    bad = sum(one.outcome != "green" for one in decision.rulings)
    assert found[-1].message == f"{bad - shown} more findings: the job's summary has them"
    assert not capsys.readouterr().out


def test_a_decision_that_blocks_without_a_red_rule_has_an_error(checkout: Checkout) -> None:
    """Otherwise a red job would have no word for why."""
    decision = decision_on(GOOD).model_copy(update={"exit_code": int(ExitCode.SERVICE)})

    [found] = annotated(SuiteReport(decision, Particulars()), checkout)

    assert (found.level, found.message) == ("error", "verdict: passed (exit 4)")


def test_a_job_tells_the_runner_all_of_it(
    checkout: Checkout, capsys: pytest.CaptureFixture[str]
) -> None:
    """Annotations on stdout, the summary and the outputs in their files."""
    files = {
        "GITHUB_OUTPUT": checkout.workspace / "output",
        "GITHUB_STEP_SUMMARY": checkout.workspace / "summary",
    }
    named = {name: str(path) for name, path in files.items()}
    written = (Path("report/report.md"), Path("report/decision.json"))

    complaints = publish([reported(FEWER, "q13")], checkout, SETTING, written, named)

    log = Log().feed(capsys.readouterr().out)
    assert complaints == []
    assert [one.name for one in log.kept] == ["error", "error", "error", "warning"]
    assert log.kept[0].properties["file"] == "qa/gates.yaml"
    outputs = outputs_in(files["GITHUB_OUTPUT"].read_text(encoding="utf-8"))
    assert (outputs["verdict"], outputs["decision-json"]) == ("failed", "report/decision.json")
    assert "## ❌ evalgate: failed" in files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8")


@pytest.mark.parametrize("before", [0, 900_000, LARGEST_SUMMARY - 3_000, LARGEST_SUMMARY - 10])
def test_a_summary_that_is_nearly_full_is_never_made_too_large(
    checkout: Checkout, capsys: pytest.CaptureFixture[str], before: int
) -> None:
    """The runner drops all of it one byte later; what does not fit is said."""
    file = checkout.workspace / "summary"
    file.write_bytes(b"x" * before)
    environment = {"GITHUB_STEP_SUMMARY": str(file)}

    complaints = publish([reported(FEWER)], checkout, SETTING, (Path("a"), Path("b")), environment)

    capsys.readouterr()
    assert file.stat().st_size <= LARGEST_SUMMARY
    assert bool(complaints) == (before == LARGEST_SUMMARY - 10)
