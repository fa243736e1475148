"""Gates, candidates, judges and waivers from disk; the stored JSON Schemas."""

import json
from pathlib import Path

import pytest

from evalgate.config.candidates import candidate_texts, list_candidates, load_candidate
from evalgate.config.gates import load_gates
from evalgate.config.judges import list_judges, load_judge_spec
from evalgate.config.schema import schemas, write_schemas, written
from evalgate.config.waivers import load_placed_waivers, load_waivers
from evalgate.domain.specs import ExactMatchSpec, RecordedSpec
from evalgate.errors import UserMistake

STORED = Path(__file__).parents[2] / "docs/schema"


def write(root: Path, name: str, text: str) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text)


def test_gates_know_where_a_rule_is_written(tmp_path: Path) -> None:
    """Later checks point at the rule."""
    write(
        tmp_path,
        "gates.yaml",
        "schema_version: 1\nsuites:\n  qa:\n    evalset: qa@${V:-v1}\n    judges: [exact_match]\n"
        "    rules:\n      - {score: exact_match, at_least: 0.5}\n",
    )
    loaded = load_gates(tmp_path, {"V": "v2"})
    assert loaded.gates.suites["qa"].evalset == "qa@v2"
    at = ("suites", "qa", "rules", 0, "at_least")
    expected = "gates.yaml:7:30: suites.qa.rules.0.at_least: wrong (mend it)"
    assert str(loaded.problem(at, "wrong", "mend it")) == expected


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ("rules: []", "gates.yaml:6:5: suites.qa.rules: is empty"),
        ("judges: [a]", "gates.yaml:6:5: suites.qa: 'judges' is written twice (keep one of them)"),
    ],
)
def test_an_empty_suite_and_a_key_twice(tmp_path: Path, rules: str, expected: str) -> None:
    """A suite without rules would pass whatever happens."""
    suite = "schema_version: 1\nsuites:\n  qa:\n    evalset: qa@v1\n    judges: [exact_match]\n"
    write(tmp_path, "gates.yaml", f"{suite}    {rules}\n")
    with pytest.raises(UserMistake) as caught:
        load_gates(tmp_path, {})
    assert str(caught.value).startswith(expected)


def test_candidates_by_name(tmp_path: Path) -> None:
    """A mistyped name offers the nearest one."""
    write(tmp_path, "candidates/zeroshot.yaml", "kind: recorded\nanswers: z.jsonl\n")
    write(tmp_path, "candidates/fewshot.yaml", "kind: recorded\nanswers: f.jsonl\n")
    assert list_candidates(tmp_path) == ["fewshot", "zeroshot"]
    spec = load_candidate(tmp_path, "zeroshot", {})
    assert spec == RecordedSpec(kind="recorded", answers="z.jsonl")
    with pytest.raises(UserMistake) as caught:
        load_candidate(tmp_path, "zeroshoot", {})
    told = "candidates: there is no candidate 'zeroshoot' (did you mean 'zeroshot'?)"
    assert str(caught.value) == told


def test_a_project_without_candidates(tmp_path: Path) -> None:
    """The message says that there are none."""
    with pytest.raises(UserMistake, match=r"there is no candidate 'x' \(there are none\)"):
        load_candidate(tmp_path, "x", {})


def test_the_texts_that_shape_answers(tmp_path: Path) -> None:
    """The candidate's file and what it depends on, but never recorded answers."""
    write(tmp_path, "candidates/a.yaml", "kind: recorded\nanswers: a.jsonl\n")
    write(tmp_path, "candidates/a.jsonl", "the answers")
    python = "kind: python\nfunction: app:ask\ndigest_of: ['prompts/*']\n"
    write(tmp_path, "candidates/p.yaml", python)
    write(tmp_path, "prompts/p.txt", "Answer.")
    recorded = candidate_texts(tmp_path, "a", load_candidate(tmp_path, "a", {}))
    assert list(recorded) == ["candidates/a.yaml"]
    texts = candidate_texts(tmp_path, "p", load_candidate(tmp_path, "p", {}))
    assert texts == {"candidates/p.yaml": python, "prompts/p.txt": "Answer."}


def test_judges_by_name(tmp_path: Path) -> None:
    """A ready judge needs no folder; its own folder wins; a mistyped name offers the nearest."""
    assert load_judge_spec(tmp_path, "exact_match", {}).spec == ExactMatchSpec(kind="exact_match")
    write(tmp_path, "judges/exact_match/judge.yaml", "kind: exact_match\nnormalise: none\n")
    write(tmp_path, "judges/correctness/judge.yaml", "kind: regex\npattern: x\n")
    spec, folder = load_judge_spec(tmp_path, "exact_match", {})
    assert spec == ExactMatchSpec(kind="exact_match", normalise="none")
    assert folder == tmp_path / "judges/exact_match"
    known = ["correctness", "exact_match", "levenshtein", "rouge_l", "token_f1"]
    assert list_judges(tmp_path) == known
    with pytest.raises(UserMistake, match=r"no judge 'corectness' \(did you mean 'correctness'"):
        load_judge_spec(tmp_path, "corectness", {})


def test_no_file_is_no_waiver(tmp_path: Path) -> None:
    """A link that leads nowhere is a fault all the same."""
    assert load_waivers(tmp_path, {}).waivers == ()
    (tmp_path / "waivers.yaml").symlink_to("gone.yaml")
    with pytest.raises(UserMistake, match="there is no such file"):
        load_waivers(tmp_path, {})


def test_a_waiver_has_a_place(tmp_path: Path) -> None:
    """A fault of a waiver is shown in its file."""
    write(
        tmp_path,
        "waivers.yaml",
        "schema_version: 1\nwaivers:\n  - {suite: qa, case: c1, owner: o, reason: r, "
        "granted: 2026-11-01, expires: 2026-11-20}\n",
    )
    loaded = load_placed_waivers(tmp_path, {})
    assert loaded.waivers.waivers[0].case == "c1"
    problem = loaded.problem(("waivers", 0, "case"), "wrong")
    assert str(problem) == "waivers.yaml:3:17: waivers.0.case: wrong"


def test_the_stored_schemas_are_those_of_the_records() -> None:
    """Editors check what evalgate reads; see the message for how to write them again."""
    stored = {path.name: path.read_text("utf-8") for path in STORED.glob("*.json")}
    again = "run `python -m evalgate.config.schema docs/schema`"
    assert stored == {name: written(schema) for name, schema in schemas().items()}, again


def test_schemas_are_written_as_they_are_compared(tmp_path: Path) -> None:
    """The command that the message names makes the test pass."""
    write_schemas(tmp_path / "schema")
    found = {path.name: json.loads(path.read_text()) for path in (tmp_path / "schema").iterdir()}
    assert found == schemas()
