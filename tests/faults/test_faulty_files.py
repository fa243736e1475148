"""Mistakes in the files that people write: place, fault, remedy, all at once, exit 2."""

import pytest

from fault_projects import CODE_JUDGE, GOOD, gates, refused
from small_project import GATES, Files, MakeProject, answers, cases, quiz

CASES = cases(40).splitlines(keepends=True)
TORN_LINE = '{"id": "q20", "inputs": \n'
BROKEN_CASES = "".join([*CASES[:19], TORN_LINE, *CASES[20:]])
LOWER = CODE_JUDGE.replace("{kind: binary}", "{kind: binary, better: lower}")
GRADE = {"judges/mine/grade.py": "def grade(inputs, expected, answer):\n    return 1\n"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param(
            GATES.replace("baseline:", "basline:"),
            "gates.yaml:6:5: suites.quiz.basline: is not a known key (did you mean 'baseline'?)",
            id="unknown key",
        ),
        pytest.param(
            GATES + "  quiz: {}\n",
            "gates.yaml:11:3: suites: 'quiz' is written twice (keep one of them)",
            id="key written twice",
        ),
        pytest.param(
            GATES.replace("    evalset", "\tevalset"),
            "gates.yaml:4:1: a tab is used for indentation (YAML is indented with spaces)",
            id="tabs",
        ),
        pytest.param("", "gates.yaml:1: is empty", id="empty file"),
        pytest.param(
            "schema_version: 1\nsuites: {}\n",
            "gates.yaml:2:1: suites: is empty",
            id="no suites",
        ),
        pytest.param(
            "schema_version: 1\nsuites:\n",
            "gates.yaml:2:1: suites: is not a mapping (key: value)",
            id="suites without a value",
        ),
        pytest.param(
            gates().replace("rules:\n", "rules: []\n"),
            "gates.yaml:8:5: suites.quiz.rules: is empty",
            id="no rules",
        ),
        pytest.param(
            gates(),
            "gates.yaml:8:5: suites.quiz.rules: is not a list",
            id="rules without a value",
        ),
        pytest.param(
            gates("{score: latency_s, at_most: 1}", judges=""),
            "gates.yaml:7:5: suites.quiz.judges: is empty",
            id="no judges",
        ),
        pytest.param(
            gates("{score: exact_match, at_least: 0.5}", judges="exact_mach"),
            "gates.yaml:7:14: suites.quiz.judges.0: there is no judge 'exact_mach'"
            " (did you mean 'exact_match'?)",
            id="unknown judge",
        ),
        pytest.param(
            gates("{score: exact_mach, at_least: 0.5}"),
            "gates.yaml:9:10: suites.quiz.rules.0.score: no judge of this suite gives 'exact_mach'"
            " (did you mean 'exact_match'?)",
            id="unknown score",
        ),
        pytest.param(
            gates("{score: exact_match, at_least: 70}"),
            "gates.yaml:9:30: suites.quiz.rules.0.at_least: 70 is off the scale of the mean of"
            " exact_match (binary, higher is better)",
            id="threshold off the scale",
        ),
        pytest.param(
            gates("{score: exact_match, max_drop: 5}"),
            "gates.yaml:9:30: suites.quiz.rules.0.max_drop: 5 is more than the whole scale of"
            " exact_match (binary, higher is better)",
            id="margin off the scale",
        ),
        pytest.param(
            gates("{score: latency_s, max_drop: 0.5}"),
            "gates.yaml:9:28: suites.quiz.rules.0.max_drop: latency_s is better when lower"
            " (max_rise is meant)",
            id="max_drop where lower is better",
        ),
        pytest.param(
            gates("{score: exact_match, max_rise: 0.5}"),
            "gates.yaml:9:30: suites.quiz.rules.0.max_rise: exact_match is better when higher"
            " (max_drop is meant)",
            id="max_rise where higher is better",
        ),
        pytest.param(
            gates("{score: exact_match, at_most: 0.5}"),
            "gates.yaml:9:30: suites.quiz.rules.0.at_most: exact_match is better when higher"
            " (at_least is meant)",
            id="at_most where higher is better",
        ),
        pytest.param(
            gates("{score: exact_match, at_least: .nan}"),
            "gates.yaml:9:40: suites.quiz.rules.0.at_least: is not a finite number"
            " (write a number)",
            id="threshold NaN",
        ),
        pytest.param(
            gates("{score: exact_match}"),
            "gates.yaml:9:9: suites.quiz.rules.0: a rule has exactly one of at_least, at_most,"
            " max_drop, max_rise, min_gain; this one has none",
            id="rule without a bound",
        ),
        pytest.param(
            gates("{score: exact_match, at_least: ${PASS_RATE}}"),
            "gates.yaml:9:41: expected ',' or '}', but got '{'"
            ' (write "${VAR}" in quotes between { and })',
            id="variable between braces",
        ),
        pytest.param(
            gates('{score: exact_match, at_least: "${PASS_RATE}"}'),
            "gates.yaml:9:40: suites.quiz.rules.0.at_least: the variable PASS_RATE is not set"
            " (set it, or write ${PASS_RATE:-default})",
            id="variable that is not set",
        ),
    ],
)
def test_a_fault_in_the_gates(project: MakeProject, text: str, told: str) -> None:
    """Every command that needs the gates refuses them in the same words, and runs nothing."""
    repo = project(quiz(GOOD, GOOD) | {"gates.yaml": text})

    assert repo.run("check") == refused(told)
    assert repo.run("run") == refused(told)
    assert repo.run("compare", "old", "new") == refused(told)
    assert repo.runs() == []


def test_max_drop_on_a_judge_that_is_better_when_lower(project: MakeProject) -> None:
    """The judge's own scale says which direction is bad."""
    files = {
        "gates.yaml": gates("{score: mine, max_drop: 0.1}", judges="mine"),
        "judges/mine/judge.yaml": LOWER,
    }

    assert project(quiz(GOOD, GOOD) | files | GRADE).run("check") == refused(
        "gates.yaml:9:23: suites.quiz.rules.0.max_drop: mine is better when lower"
        " (max_rise is meant)"
    )


def test_a_judge_with_a_fault_is_not_blamed_for_its_direction_too(project: MakeProject) -> None:
    """Nobody knows the scale of a judge that cannot be read."""
    files = {
        "gates.yaml": gates("{score: mine, at_most: 0.1}", judges="mine"),
        "judges/mine/judge.yaml": "kind: regx\n",
    }

    assert project(quiz(GOOD, GOOD) | files).run("check") == refused(
        "judges/mine/judge.yaml:1:1: kind: 'regx' is not known (did you mean 'regex'?)"
    )


@pytest.mark.parametrize(
    ("files", "told"),
    [
        pytest.param(
            {"evalsets/quiz/v1.jsonl": BROKEN_CASES},
            "evalsets/quiz/v1.jsonl:20:25: is not JSON: Expecting value",
            id="broken line in the middle",
        ),
        pytest.param(
            {"evalsets/quiz/v1.jsonl": "".join(CASES) + CASES[0]},
            "evalsets/quiz/v1.jsonl:41: id: 'q1' is already the id of line 1",
            id="case id given twice",
        ),
        pytest.param(
            {"evalsets/quiz/v1.jsonl": ""},
            "evalsets/quiz/v1.jsonl: has no cases (write one case per line)",
            id="empty evalset",
        ),
        pytest.param(
            {"evalsets/quiz/v1.jsonl": "\n  \n"},
            "evalsets/quiz/v1.jsonl: has no cases (write one case per line)",
            id="evalset of blank lines",
        ),
        pytest.param(
            {"candidates/new.jsonl": answers(GOOD) + answers([True])},
            "candidates/new.jsonl:41: id: 'q1' is already on line 1 (an id is given once)",
            id="answer given twice",
        ),
        pytest.param(
            {"candidates/new.yaml": "kind: recorded\nanswers: nwe.jsonl\n"},
            "candidates/nwe.jsonl: there is no such file (candidates/new.yaml names it)",
            id="answers that are not there",
        ),
        pytest.param(
            {"candidates/new.yaml": "kind: command\ncommand: [no-such-program]\n"},
            "candidates/new.yaml: command: there is no command 'no-such-program'"
            " (it is not on the PATH)",
            id="command that is not there",
        ),
    ],
)
def test_a_fault_in_the_data(project: MakeProject, files: Files, told: str) -> None:
    """Also `check` reads every line, and nothing is run."""
    repo = project({**quiz(GOOD, GOOD), **files})

    assert repo.run("check") == refused(told)
    assert repo.run("compare", "old", "new") == refused(told)
    assert repo.runs() == []


def test_an_evalset_that_is_not_there_is_told_once(project: MakeProject) -> None:
    """At the place that names it."""
    outcome = project({"gates.yaml": gates("{score: exact_match, at_least: 0.5}")}).run("check")

    assert outcome == refused(
        "gates.yaml:4:5: suites.quiz.evalset: there is no evalset 'quiz' (there are none)",
        "gates.yaml:5:5: suites.quiz.candidate: there is no candidate 'new' (there are none)",
        "gates.yaml:6:5: suites.quiz.baseline: there is no candidate 'old' (there are none)",
    )


def test_all_faults_of_all_files_in_one_go(project: MakeProject) -> None:
    """Nobody mends one fault to be told of the next, not even when gates.yaml is one of them."""
    faulty = {
        "candidates/third.yaml": "kind: recorded\nanswer: x.jsonl\n",
        "candidates/new.jsonl": answers(GOOD) + answers([True]),
        "evalsets/quiz/evalset.yaml": "schema_version: 2\n",
        "judges/unused/judge.yaml": "kind: regx\n",
        "waivers.yaml": "schema_version: 1\nwaivers: 3\n",
    }
    beside = [
        "candidates/new.jsonl:41: id: 'q1' is already on line 1 (an id is given once)",
        "candidates/third.yaml:1:1: answers: is missing",
        "candidates/third.yaml:2:1: answer: is not a known key (did you mean 'answers'?)",
        "evalsets/quiz/evalset.yaml:1:1: schema_version: input should be 1",
    ]
    judge = "judges/unused/judge.yaml:1:1: kind: 'regx' is not known (did you mean 'regex'?)"
    waivers = "waivers.yaml:2:1: waivers: is not a list"
    repo = project(quiz(GOOD, GOOD) | faulty)

    repo.write({"gates.yaml": gates("{score: exact_mach, at_least: 0.5}", "{score: x}")})
    assert repo.run("check") == refused(
        *beside,
        "gates.yaml:10:9: suites.quiz.rules.1: a rule has exactly one of at_least, at_most,"
        " max_drop, max_rise, min_gain; this one has none",
        judge,
        waivers,
    )
    repo.write({"gates.yaml": gates("{score: exact_mach, at_least: 0.5}")})
    assert repo.run("check") == refused(
        *beside,
        "gates.yaml:9:10: suites.quiz.rules.0.score: no judge of this suite gives 'exact_mach'"
        " (did you mean 'exact_match'?)",
        judge,
        waivers,
    )


def test_all_faults_of_one_evalset_in_one_go(project: MakeProject) -> None:
    """The broken line does not hide the id that is given twice after it."""
    files = {"evalsets/quiz/v1.jsonl": BROKEN_CASES + CASES[0] + '{"id": "q99", "input": {}}\n'}

    assert project(quiz(GOOD, GOOD) | files).run("evalset", "verify") == refused(
        "evalsets/quiz/v1.jsonl:20:25: is not JSON: Expecting value",
        "evalsets/quiz/v1.jsonl:41: id: 'q1' is already the id of line 1",
        "evalsets/quiz/v1.jsonl:42: inputs: is missing",
        "evalsets/quiz/v1.jsonl:42: input: is not a known key (did you mean 'inputs'?)",
    )


def test_a_frozen_version_that_was_edited(project: MakeProject) -> None:
    """Both digests and both ways out are named, by every command."""
    repo = project(quiz(GOOD, GOOD))
    frozen = repo.run("evalset", "freeze", "quiz").out.rstrip("\n").split(", ")[1]
    date = repo.read("evalsets/quiz/evalset.yaml").split("frozen: ")[1].rstrip("}\n")
    repo.write({"evalsets/quiz/v1.jsonl": cases(39)})
    draft = {"evalsets/other/evalset.yaml": "schema_version: 1\n"}
    repo.write(draft | {"evalsets/other/v1.jsonl": cases(39)})
    now = repo.run("evalset", "freeze", "other").out.rstrip("\n").split(", ")[1]

    told = refused(
        f"evalsets/quiz/v1.jsonl: was frozen on {date} as {frozen} and is now {now}"
        " (restore it with `git checkout -- evalsets/quiz/v1.jsonl`,"
        " or keep the change as a new version, v2.jsonl)"
    )
    assert repo.run("check") == told
    assert repo.run("compare", "old", "new") == told
    assert repo.run("run") == told
