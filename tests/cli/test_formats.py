"""`--format table|json|md`: every command that shows something has all three."""

import json
from collections.abc import Sequence

import pytest

from command_scenarios import MANY, right
from report_facts import FORGED
from small_project import MakeProject, ProjectOnDisk, lines, quiz

SHOWING = {
    "show a run": ["show", "latest"],
    "show a case": ["show", "latest", "q2"],
    "runs": ["runs"],
    "explain": ["explain", "latest", "exact_match.max_drop"],
    "check": ["check"],
    "evalset list": ["evalset", "list"],
    "evalset show": ["evalset", "show", "quiz@v1"],
    "evalset verify": ["evalset", "verify"],
    "evalset diff": ["evalset", "diff", "quiz", "v1", "v2"],
    "a dry run": ["run", "--dry-run"],
}


@pytest.fixture
def hostile(project: MakeProject) -> ProjectOnDisk:
    """A project with runs, in which inputs, slices and answers forge what evalgate prints."""
    repo = project(quiz(MANY[:6], right(5, of=6)))
    asked = [
        {
            "id": f"q{number}",
            "inputs": {"question": FORGED},
            "expected": FORGED if number == 2 else "right",
            "slices": {"topic": FORGED},
        }
        for number in range(1, 7)
    ]
    repo.write(
        {
            "evalsets/quiz/v1.jsonl": lines(asked),
            "evalsets/quiz/v2.jsonl": lines(asked[1:]),
            "candidates/new.jsonl": lines(
                [{"id": f"q{number}", "answer": FORGED} for number in range(1, 7)]
            ),
        }
    )
    assert repo.run("compare", "old", "new").code in {0, 1, 3}
    return repo


@pytest.mark.parametrize("command", SHOWING.values(), ids=SHOWING)
def test_json_is_one_document_and_harmless(hostile: ProjectOnDisk, command: Sequence[str]) -> None:
    """What a program reads has all that was said; no byte of it steers a screen."""
    outcome = hostile.run(*command, "--format", "json")

    assert outcome.code == 0
    assert isinstance(json.loads(outcome.out), dict)
    assert all(line.isprintable() for line in outcome.out.split("\n"))
    assert not any(line.startswith(("::", "verdict:")) for line in outcome.out.split("\n"))


@pytest.mark.parametrize("command", SHOWING.values(), ids=SHOWING)
def test_markdown_is_quoted(hostile: ProjectOnDisk, command: Sequence[str]) -> None:
    """Nobody is mentioned and no line is forged, also not within a fence."""
    outcome = hostile.run(*command, "--format", "md")

    assert outcome.code == 0
    assert outcome.out.strip()
    fenced = False
    for line in outcome.out.split("\n"):
        assert line.isprintable()
        assert not line.startswith(("::", "##[", "verdict:"))
        if line.startswith("```"):
            fenced = not fenced
        assert fenced or "@everyone" not in line
    assert not fenced


def test_what_the_documents_say(project: MakeProject) -> None:
    """The figures of the tables, under the names that the pages give."""
    repo = project(quiz(MANY[:6], right(5, of=6)))
    repo.run("compare", "old", "new")

    def told(*command: str) -> dict[str, object]:
        document: dict[str, object] = json.loads(repo.run(*command, "--format", "json").out)
        return document

    newest = repo.runs()[-1]
    assert told("show", "latest")["run_id"] == newest
    assert told("show", "latest", "q6")["answer"] == {
        **json.loads(repo.read(f".evalgate/runs/{newest}/judgements.jsonl").splitlines()[-1])[
            "answer"
        ]
    }
    runs = told("runs")["runs"]
    assert isinstance(runs, list)
    assert [run["run_id"] for run in runs] == repo.runs()[::-1]
    assert told("explain", "latest", "exact_match.max_drop")["against"] == ["q6"]
    assert told("evalset", "list")["evalsets"] == [
        {"name": "quiz", "versions": [{"version": "v1", "frozen": False}]}
    ]
    shown = told("evalset", "show", "quiz@v1", "--limit", "1")
    assert (shown["cases"], shown["slices"]) == (6, {"parity": {"odd": 3, "even": 3}})
    assert told("evalset", "verify") == {
        "schema_version": 1,
        "versions": [{"ref": "quiz@v1", "cases": 6}],
        "faults": [],
    }
    plan = told("run", "--dry-run")
    assert isinstance(plan["candidate"], dict)
    assert {"name": "new", "how": "answers", "run_id": newest}.items() <= plan["candidate"].items()


def test_a_sound_version_is_told_beside_a_faulty_one(project: MakeProject) -> None:
    """The faults are in the document too, and the exit is 2."""
    repo = project(quiz(MANY[:6], MANY[:6]) | {"evalsets/quiz/v2.jsonl": "{}\n"})

    table = repo.run("evalset", "verify")
    document = repo.run("evalset", "verify", "--format", "json")

    assert (table.code, table.out) == (2, "quiz@v1: 6 cases, no faults\n")
    assert document.code == 2
    told = json.loads(document.out)
    assert [one["ref"] for one in told["versions"]] == ["quiz@v1"]
    assert {fault["path"] for fault in told["faults"]} == {"evalsets/quiz/v2.jsonl"}
    assert document.err == table.err


@pytest.mark.parametrize("later", [["new"], ["new", "worse"]], ids=["two", "three"])
def test_a_comparison_is_the_same_document_everywhere(
    project: MakeProject, later: Sequence[str]
) -> None:
    """`-o x.json` writes what `--format json` prints, and `verify` reads it."""
    worse = quiz(MANY, right(5))
    files = {name.replace("/new.", "/worse."): text for name, text in worse.items()}
    repo = project(files | quiz(MANY, MANY))
    repo.write({"candidates/worse.yaml": "kind: recorded\nanswers: worse.jsonl\n"})

    compared = repo.run("compare", "old", *later, "--format", "json", "-o", "compared.json")
    verified = repo.run("verify", "compared.json")

    assert compared.out == repo.read("compared.json")
    assert json.loads(compared.out)["versions"] == ["old", *later]
    assert (verified.code, verified.out.count("verified: 2 rules")) == (compared.code, len(later))


def test_a_score_that_hardly_changed_does_not_look_equal(project: MakeProject) -> None:
    """A case is listed because its score fell, so the screen shows that it fell."""
    files = quiz(MANY, MANY)
    gates = files["gates.yaml"].split("    judges:")[0]
    files["gates.yaml"] = (
        f"{gates}    judges: [length]\n    rules:\n      - {{score: length, at_least: 0.1}}\n"
    )
    files["judges/length/judge.yaml"] = (
        "kind: python\nfunction: scoring:length\nscale: {kind: continuous, low: 0, high: 1}\n"
    )
    files["scoring.py"] = (
        "def length(inputs, expected, answer):\n"
        "    return 0.8333334 if answer == 'right' else 0.8333333\n"
    )
    repo = project(files)
    repo.write(
        {"candidates/new.jsonl": lines([{"id": f"q{n}", "answer": "r"} for n in range(1, 41)])}
    )

    outcome = repo.run("compare", "old", "new", "--top", "1")

    assert "  length  0.8333334 -> 0.8333333\n" in outcome.out
