"""What a reviewer reads, and what is left out when it is too much."""

import re
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci_reports import CLOSE, DAY, FEWER, GOOD, compared, decided, decision_on, sheet_of, worse
from evalgate.domain.comparison import Comparison
from evalgate.domain.decision import Decision, PolicyChange, Said, WrittenColumn, WrittenSheet
from evalgate.domain.finding import Outcome, Verdict
from evalgate.domain.loosening import Loosening, Softened
from evalgate.domain.missing import Missing
from evalgate.domain.particulars import Particulars
from evalgate.domain.rule import Rule
from evalgate.domain.scale import MEASURED
from evalgate.domain.sheet import Absence
from evalgate.domain.specs import Waiver
from evalgate.errors import Problem
from evalgate.github.comment.body import MOST_BYTES, Setting, body_without_report, comment_body
from evalgate.github.comment.figures import figures_of, sheets_of
from evalgate.github.comment.headings import counts_of, glance_at
from evalgate.github.comment.links import link, origin_of
from evalgate.github.comment.sections import Section, fitted
from evalgate.github.comment.summary import job_summary
from evalgate.github.marks import Stamp, marker
from evalgate.github.outputs import outputs_of
from evalgate.github.reports import SuiteReport
from rendered import rendered
from report_facts import failed_decision, noisy_decision

OURS, MLFLOW = "https://github.example", "http://mlflow.example:5000"
RUN = f"{OURS}/acme/app/actions/runs/12"
SETTING = Setting(marker("sticky", "default"), Stamp(12, 1), "a" * 40, RUN, (OURS, MLFLOW))
LYON = worse(
    "q13",
    "Paris is the capital of France.",
    "Lyon is the capital of France.",
    "The answer names Lyon, the reference says Paris.",
)
KNOWN = Particulars(
    cost_usd=0.42,
    paid_usd=0.05,
    duration_s=65.0,
    report_url=f"{RUN}/artifacts/3",
    mlflow_run_url=f"{MLFLOW}/#/experiments/1/runs/ab",
    changed=("prompts/answer.md",),
)
SHOWN = """\
<!-- evalgate:sticky:v1:default -->
<!-- evalgate:run:12.1 -->
## ❌ evalgate: failed

**2 of 2 rules block**: 2 failed. 1 of 1 suite ran.

- ❌ open-qa: new against old on open-qa@&#8203;v1: **failed (exit 1)**

What changed: prompts/answer.md

### Rules that do not hold

|  | rule | baseline | candidate | difference |
| --- | --- | --- | --- | --- |
| ❌&nbsp;failed | **mean of correctness at least 0.5** | 1.0000 \
| **0.3000**<br>&#91;0.1831,&nbsp;0.4403&#93;<br>needed&nbsp;&#62;=&nbsp;0.5000 | -0.7000 |
| ❌&nbsp;failed | **mean of correctness max drop 0.1** | 1.0000 | 0.3000 \
| **-0.7000**<br>&#91;-0.8034,&nbsp;-0.5713&#93;<br>needed&nbsp;&#62;=&nbsp;-0.1000 |

<details open><summary><strong>1 case got worse: open-qa</strong></summary>

- **q13**: who?
  - answer: <del>Paris</del> <ins>Lyon</ins> is the capital of France.
  - **correctness** 1 → 0: The answer names Lyon, the reference says Paris.

</details>

<sub>the answers cost &#36;0.4200, &#36;0.0500 of it paid this time · took 1 min 05 s · \
[full report](<https://github.example/acme/app/actions/runs/12/artifacts/3>) · \
[MLflow run](<http://mlflow.example:5000/#/experiments/1/runs/ab>) · \
[this run](<https://github.example/acme/app/actions/runs/12>) · commit `aaaaaaaaaaaa`</sub>
"""


def said_of(*documents: Decision | Comparison) -> str:
    """The comment on some decisions."""
    return comment_body([SuiteReport(one, Particulars()) for one in documents], SETTING)


def test_a_regression_as_its_reviewer_sees_it() -> None:
    """Verdict, what changed, numbers with their intervals, the case with its words, cost, links."""
    report = SuiteReport(compared(decision_on(FEWER), LYON), KNOWN)

    assert comment_body([report], SETTING) == SHOWN


def test_the_comment_renders_as_it_was_meant() -> None:
    """Tables are tables, the diff is a diff, and the two hidden lines are hidden."""
    page = rendered(SHOWN)

    assert page.comments == ["evalgate:sticky:v1:default", "evalgate:run:12.1"]
    assert page.counted["td"] == 10
    assert page.counted["br"] == 4
    assert (page.counted["del"], page.counted["ins"], page.counted["a"]) == (1, 1, 3)


WAIVED = Waiver(
    suite="open-qa",
    rule="correctness.at_least",
    owner="Ana",
    reason="the sources moved",
    granted=DAY,
    expires=DAY,
)
LEVEL = (Rule(score="correctness", at_least=0.5),)
OLD = sheet_of("old", GOOD)
GLANCES: dict[str, tuple[Sequence[Decision], str]] = {
    "all passed": ([decision_on(GOOD)], "✅ passed"),
    "one failed": ([decision_on(GOOD), decision_on(FEWER, suite="b")], "❌ failed"),
    "noise that is allowed": ([decision_on(CLOSE)], "🟡 undecided, allowed"),
    "no baseline": ([decided(sheet_of("new", GOOD), None)], "🟠 undecided, blocks"),
    "nothing scored": (
        [decided(sheet_of("new", [Absence.UNSCORED] * 40), OLD)],
        "🟠 undecided, blocks",
    ),
    "failed and waived": (
        [decided(sheet_of("new", FEWER), OLD, LEVEL, waivers=[WAIVED])],
        "🟡 failed, allowed",
    ),
    "nothing decided": ([], "⛔ no verdict"),
    "undecided beside passed": ([decision_on(GOOD), decision_on(CLOSE)], "🟡 undecided, allowed"),
    "blocks beside passed": (
        [decision_on(GOOD), decided(sheet_of("new", GOOD), None)],
        "🟠 undecided, blocks",
    ),
}


@pytest.mark.parametrize(("decisions", "seen"), GLANCES.values(), ids=GLANCES.keys())
def test_the_verdict_at_a_glance(decisions: Sequence[Decision], seen: str) -> None:
    """Green and red are verdicts; undecided looks like neither."""
    glance = glance_at(decisions)

    assert f"{glance.mark} {glance.words}" == seen


@given(
    st.lists(
        st.tuples(
            st.sampled_from(Verdict), st.sampled_from(Outcome), st.sampled_from([0, 1, 3, 4])
        ),
        max_size=3,
    )
)
def test_green_is_only_what_passed_everywhere(facts: list[tuple[Verdict, Outcome, int]]) -> None:
    """Whatever a decision says of itself, one thing that is not green makes all not green."""
    decisions = [
        failed_decision().model_copy(
            update={"verdict": verdict, "outcome": outcome, "exit_code": code}
        )
        for verdict, outcome, code in facts
    ]

    is_green = glance_at(decisions).mark == "✅"

    allowed = all(fact == (Verdict.PASSED, Outcome.GREEN, 0) for fact in facts)
    assert is_green == (bool(facts) and allowed)


def test_suites_that_did_not_run_are_named() -> None:
    """Nobody takes one green suite for all."""
    decision = decided(sheet_of("new", GOOD), OLD, suites=("open-qa", "gsm8k", "tone"))

    assert ". 1 of 3 suites ran: not gsm8k, tone." in said_of(decision)


COUNTS: dict[str, tuple[Sequence[Decision], str]] = {
    "all passed": ([decision_on(GOOD)], "**2 rules passed**"),
    "all failed": ([decision_on(FEWER)], "**2 of 2 rules block**: 2 failed"),
    "noise that is allowed": (
        [decision_on(CLOSE)],
        "**1 of 2 rules passed**; allowed: 1 undecided",
    ),
    "failed and waived": (
        [decided(sheet_of("new", FEWER), OLD, LEVEL, waivers=[WAIVED])],
        "**0 of 1 rule passed**; allowed: 1 failed",
    ),
    "one blocks beside one that is allowed": (
        [decided(sheet_of("new", FEWER), OLD, LEVEL), decision_on(CLOSE)],
        "**1 of 3 rules blocks**: 1 failed; allowed: 1 undecided",
    ),
}


@pytest.mark.parametrize(("decisions", "said"), COUNTS.values(), ids=COUNTS.keys())
def test_what_is_allowed_is_not_counted_among_what_blocks(
    decisions: Sequence[Decision], said: str
) -> None:
    """`passed` never stands beside rules that failed without saying that they may."""
    assert counts_of(decisions) == said


def test_several_suites_and_several_versions_are_named_where_they_are_meant() -> None:
    """One alone is named above the table."""
    two = compared(decision_on(FEWER), worse("q1", "a", "b"))
    later = decided(sheet_of("newer", FEWER), OLD)
    three = two.model_copy(update={"decisions": (*two.decisions, later)})

    alone, beside = (comment_body([SuiteReport(one, KNOWN)], SETTING) for one in (two, three))

    assert "| ❌&nbsp;failed | **mean of" in alone
    assert "- **q1**: who?" in alone
    assert "| ❌&nbsp;failed | open-qa: newer<br>**mean of" in beside
    assert "- **q1** (new): who?" in beside


def softened(cases: int) -> str:
    """The comment on a change that deletes so many cases."""
    decision = decision_on(GOOD)
    policy = PolicyChange(
        base="ab" * 20,
        loosenings=tuple(
            Loosening(kind=Softened.CASE_DELETED, what=f"q{number}") for number in range(cases)
        ),
        alone=Said(verdict=decision.verdict, outcome=decision.outcome, exit_code=0),
        head=decision,
    )
    return said_of(decision.model_copy(update={"policy": policy}))


def test_every_loosening_is_a_line_below_its_suite() -> None:
    """What was softened is what a reviewer has to see."""
    lines = softened(2).splitlines()

    at = lines.index("  - 2 loosenings by this change:")
    assert lines[at + 1 : at + 3] == ["    - case deleted: q0", "    - case deleted: q1"]
    assert lines[at + 4].startswith("  - by its own policy this change: passed")


def test_many_loosenings_push_nothing_out() -> None:
    """They are counted; what they mean for the change is still said."""
    shown = softened(5_000)

    assert "  - 5,000 loosenings by this change:" in shown
    assert "    - and 4,974 more\n    - case deleted: q4997\n" in shown
    assert "  - policy&#95;change: block: take the loosening back" in shown
    assert "  - by its own policy this change: passed" in shown
    assert "Rules that hold: 2" in shown


def test_what_the_changes_own_policy_says_is_shown_where_it_differs() -> None:
    """The base's rules hold; those that fail the change are its own."""
    base, own = decision_on(GOOD), decision_on(FEWER)
    both = PolicyChange(base="ab" * 20, alone=Said.model_validate(said_by(base)), head=own)
    stricter = base.model_copy(update={**said_by(own), "policy": both})

    shown = said_of(stricter)

    assert "### Rules that do not hold" not in shown
    _, _, below = shown.partition("### By the change's own policy\n")
    assert below.count("❌&nbsp;failed") == 2
    assert "**mean of correctness at least 0.5**" in below
    same = both.model_copy(update={"head": base})
    assert "By the change's own policy" not in said_of(base.model_copy(update={"policy": same}))


def said_by(decision: Decision) -> dict[str, object]:
    """What a decision comes to."""
    return {name: getattr(decision, name) for name in Said.model_fields}


def test_scores_of_which_nobody_said_why_share_a_line() -> None:
    """A case has as few lines as it can."""
    case = worse("q1", "a", "b")
    [change] = case.changes
    other = change.model_copy(update={"score": "people", "reason": " "})
    another = change.model_copy(update={"score": "exact_match", "reason": ""})
    case = case.model_copy(update={"changes": (other, change, another)})

    shown = said_of(compared(decision_on(FEWER), case))

    assert "  - **correctness** 1 → 0: no\n  - people, exact&#95;match 1 → 0\n" in shown


def test_a_case_without_a_name_is_a_line_of_its_list() -> None:
    """Two stars beside two stars would be a line across."""
    nameless = worse("", "a", "b").model_copy(update={"inputs": ""})

    assert "hr" not in rendered(said_of(compared(decision_on(FEWER), nameless))).tags


def test_a_simulated_model_is_said_to_be_none() -> None:
    """A comment may be all that anybody reads."""
    decision = decision_on(GOOD).model_copy(update={"models": ("sim:/reader",)})

    assert "no LLM was called" in said_of(decision)


def test_warnings_are_shown() -> None:
    """A judge that hardly scored does not hide behind the rules that hold."""
    shown = said_of(failed_decision(warning="strict-judge"))

    assert "### Warnings" in shown
    assert "strict-judge" in shown


def test_a_decision_alone_names_the_cases_that_fell() -> None:
    """Without texts it knows which they are, and by how much."""
    shown = said_of(decision_on(CLOSE))

    assert "<summary><strong>3 cases got worse: open-qa</strong></summary>" in shown
    assert "- **q38**\n  - correctness 1 → 0\n" in shown


def test_two_long_answers_are_shown_by_their_beginnings() -> None:
    """Word by word they would push every other case out."""
    before, after = (" ".join(f"{each}{n}" for n in range(0, 900, 2)) for each in ("a", "b"))
    mixed = " ".join(f"a{n} x{n}" for n in range(0, 400, 2))

    shown = said_of(
        compared(decision_on(FEWER), worse("q1", mixed, before), worse("q2", "a", after))
    )

    line = next(line for line in shown.splitlines() if line.startswith("  - answer: <del>a0 x0"))
    assert line.count("<del>") == line.count("<ins>") == 1
    assert "…</del> <ins>a0 a2" in line
    assert len(shown.encode()) < 10_000


STATS = {
    "total": ("7.0000", "8.0000", "+1.0000"),
    "max": ("4.0000", "5.0000", "+1.0000"),
    "min": ("1.0000", "1.0000", "+0.0000"),
    "p95": ("0.0000", "0.3333", "+0.3333"),
}


@pytest.mark.parametrize(("stat", "shown"), STATS.items(), ids=STATS.keys())
def test_every_statistic_is_shown_on_both_sides(stat: str, shown: tuple[str, str, str]) -> None:
    """The rule's own one: a sum, an end, or the share that is beyond."""
    rule = Rule.model_validate({"score": "latency_s", "stat": stat, "at_most": 4.5})

    def measured(name: str, *seconds: float) -> WrittenSheet:
        column = WrittenColumn(scale=MEASURED, marks=seconds)
        made = sheet_of(name, [True] * len(seconds))
        return made.model_copy(update={"columns": {"latency_s": column}})

    decision = decided(measured("new", 1, 2, 5), measured("old", 1, 2, 4), [rule])
    figures = figures_of(decision.rulings[0], sheets_of(decision))

    assert figures.baseline == shown[0]
    assert figures.candidate.split()[0] == shown[1]
    assert figures.difference == shown[2]


def test_there_is_no_report() -> None:
    """What was said of an earlier commit does not stay."""
    shown = body_without_report([Problem("holds no decision.json", "report")], SETTING)

    assert "## ⛔ evalgate: no verdict\n" in shown
    assert "- report: holds no decision.json\n" in shown
    assert not re.search("[✅❌🟡🟠]", shown)


LONG = " ".join(f"word{number}" for number in range(200))


def many(cases: int, rules: int = 2) -> SuiteReport:
    """A report that is too much for a comment."""
    bounds = tuple(
        Rule(score="correctness", at_least=0.5, slice={"topic": f"{LONG[:150]} {number}"})
        for number in range(rules)
    )
    document = compared(
        decided(sheet_of("new", FEWER), OLD, bounds),
        *(worse(f"q{number}", LONG, f"{LONG} {number}", LONG) for number in range(cases)),
    )
    return SuiteReport(document, Particulars(changed=tuple(f"f{n}" for n in range(500))))


def test_a_long_report_is_shortened_from_its_end() -> None:
    """Rules that do not hold stay; cases go, and are counted."""
    body = comment_body([many(2_000, rules=3)], SETTING)

    assert len(body.encode()) <= MOST_BYTES
    assert body.count("| 🟠&nbsp;undecided |") == 3
    assert "<summary><strong>2,000 cases got worse: open-qa</strong></summary>" in body
    assert "and 1,995 more. The job's summary has them.\n\n</details>" in body
    assert "<details><summary>What changed: 500 files</summary>" in body
    assert "and 480 more" in body, "of the changed files"
    assert body.rstrip().endswith("</sub>")


def test_rules_push_cases_out_and_never_the_verdict() -> None:
    """What has no room at all is named with the place where it is."""
    body = comment_body([many(50, rules=400)], SETTING)

    assert len(body.encode()) <= MOST_BYTES
    assert "- 🟠 open-qa: new against old" in body
    assert re.search(r"and \d+ more\. The job's summary has them\.\n", body)
    assert "Left out for size: " in body
    assert ", 50 cases, " in body or ", 50 cases. " in body
    assert "The job's summary has them." in body
    rendered(body)


def test_the_summary_holds_what_the_comment_leaves_out() -> None:
    """All cases and files, below the runner's limit."""
    summary = job_summary([many(100)], SETTING)

    assert summary.count("\n- **q") == 100
    assert summary.count("\n- f") == 500
    assert "### Scores: open-qa" in summary


def test_a_summary_that_is_too_long_is_shortened_too() -> None:
    """The runner would drop it as a whole."""
    summary = job_summary([many(300)], SETTING, 100_000)

    assert 90_000 < len(summary.encode()) <= 100_000
    assert re.search(r"and [\d,]+ more\. The report's own files have them\.\n", summary)
    rendered(summary)


sections = st.lists(
    st.builds(
        Section,
        noun=st.sampled_from(["case", "rule"]),
        total=st.integers(30, 40),
        opening=st.just("<details>\n"),
        items=st.lists(st.text("ä- \n", max_size=300), max_size=30),
        closing=st.just("\n</details>"),
        first=st.booleans(),
    ),
    max_size=6,
)


@given(sections, st.integers(1_200, 9_000))
def test_a_text_is_never_longer_than_it_may_be(found: list[Section], most: int) -> None:
    """And every section that was opened is closed."""
    text = fitted("head", found, "foot", most, "See there.")

    assert len(text.encode()) <= most
    assert text.startswith("head")
    assert text.endswith("foot\n")
    assert text.count("<details>") == text.count("</details>")


HOSTS = {
    "another host": "https://evil.example/x",
    "a host that begins like ours": "https://github.example.evil/x",
    "a user before the host": "https://github.example@evil.example/x",
    "a user on our host": "https://x@github.example/x",
    "a password on our host": "https://x:y@github.example/x",
    "another scheme": "http://github.example/x",
    "no scheme": "//github.example/x",
    "a script": "javascript:alert(1)",
    "a backslash": "https://github.example\\@evil.example/x",
    "a space": "https://github.example/x y",
    "a line": "https://github.example/x\ny",
    "another port": "https://github.example:8443/x",
    "an address that is none": "https://[::1/x",
    "not ASCII": "https://github.example/\u202ex",
    "nothing": "",
    "a very long one": "https://github.example/" + "x" * 2_000,
}


@pytest.mark.parametrize("address", HOSTS.values(), ids=HOSTS.keys())
def test_a_link_leads_to_servers_that_we_know(address: str) -> None:
    """Anything else is words."""
    assert link("run", address, (OURS, MLFLOW)) == "run"


def test_a_link_cannot_end_early() -> None:
    """What could close it is encoded."""
    made = link("a](x)", f'{OURS}/x"<img>)](y', (OURS,))

    page = rendered(f"{made}\n")
    assert page.links == [f"{OURS}/x%22%3Cimg%3E%29%5D%28y"]
    assert page.tags == ["p", "a"]


@pytest.mark.parametrize("address", ["databricks", "sqlite:///x.db", "https://", "https://a:x/"])
def test_what_is_no_web_address_has_no_origin(address: str) -> None:
    """A tracking server may be a database."""
    assert origin_of(address) == ""


def outputs(*reports: SuiteReport) -> dict[str, str]:
    """The outputs of these reports."""
    return dict(outputs_of(reports, "r.md", "d.json", (OURS, MLFLOW)))


def test_outputs_of_a_regression() -> None:
    """Words of ours, numbers, paths, and a link to a server that the job knows."""
    assert outputs(SuiteReport(decision_on(FEWER), KNOWN)) == {
        "verdict": "failed",
        "failed": "2",
        "undecided": "0",
        "exit-code": "1",
        "report-path": "r.md",
        "decision-json": "d.json",
        "cost-usd": "0.420000",
        "coverage": "1.0000",
        "mlflow-run-url": f"{MLFLOW}/#/experiments/1/runs/ab",
    }


OUTPUTS: dict[str, tuple[list[Decision], str, str]] = {
    "no report": ([], "none", "4"),
    "passed": ([decision_on(GOOD)], "passed", "0"),
    "undecided, allowed": ([decision_on(CLOSE)], "undecided", "0"),
    "failed beside undecided": ([decision_on(FEWER), decision_on(CLOSE)], "failed", "1"),
    "passed, and yet it blocks": (
        [noisy_decision().model_copy(update={"verdict": Verdict.PASSED, "exit_code": 4})],
        "undecided",
        "4",
    ),
}


@pytest.mark.parametrize(("decisions", "verdict", "code"), OUTPUTS.values(), ids=OUTPUTS.keys())
def test_the_verdict_that_a_workflow_reads(
    decisions: list[Decision], verdict: str, code: str
) -> None:
    """No report is not green, and what blocks is not `passed`."""
    found: dict[str, Any] = outputs(*(SuiteReport(one, Particulars()) for one in decisions))

    assert (found["verdict"], found["exit-code"]) == (verdict, code)
    assert found["cost-usd"] == "", "a cost that nobody knows is no nought"


def test_why_scores_are_missing_is_said_in_words_that_do_nothing() -> None:
    """A judge's words are a stranger's: no link, no mention, no key, no line of their own."""
    lack = Missing(
        candidate="new",
        judge="tone",
        cause="judge_error",
        detail="ValueError: @all [x](http://x.example)\n# sk-live-0123456789abcdefghij",
        cases=40,
        first=("q1", "q10", "q11"),
    )
    report = SuiteReport(decision_on(FEWER), Particulars(missing=(lack,)))

    said = comment_body([report], SETTING)

    assert (
        "<details><summary>Why scores are missing</summary>\n\n"
        "- open-qa: new: no score by tone in 40 cases (judge error): q1, q10, q11 and 37 more:"
        " ValueError: @&#8203;all &#91;x&#93;(http:&#8203;//x.example)␤&#35;&#8203;"
        " &#91;redacted&#93;\n"
    ) in said
    assert "Why scores are missing" in job_summary([report], SETTING)
    assert "Why scores" not in comment_body([SuiteReport(decision_on(FEWER), KNOWN)], SETTING)
