"""Opening, verifying and freezing evalsets: each fault by its name."""

import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evalgate.domain.case import Case
from evalgate.domain.listings import EvalsetDifference
from evalgate.errors import UserMistake
from evalgate.evalset.difference import diff
from evalgate.evalset.freezing import freeze, with_line
from evalgate.evalset.reading import case_digests, checked_cases, read_cases, verify_cases
from evalgate.evalset.sampling import choose
from evalgate.evalset.store import Evalsets

DAY = dt.date(2026, 11, 21)
PLAIN = "schema_version: 1\n"


def evalset(root: Path, lines: str | bytes, yaml: str = PLAIN, version: str = "v1") -> Evalsets:
    folder = root / "evalsets/qa"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "evalset.yaml").write_text(yaml)
    content = lines.encode() if isinstance(lines, str) else lines
    (folder / f"{version}.jsonl").write_bytes(content)
    return Evalsets(root, {})


def line(case_id: str, question: str = "?", **more: object) -> str:
    return json.dumps({"id": case_id, "inputs": {"q": question}, **more}) + "\n"


def faults(evalsets: Evalsets) -> list[str]:
    with pytest.raises(UserMistake) as caught:
        verify_cases(evalsets.open("qa@v1"))
    return [str(problem).removeprefix("evalsets/qa/v1.jsonl") for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param("", [": has no cases (write one case per line)"], id="no cases"),
        pytest.param("\n\n", [": has no cases (write one case per line)"], id="only blank lines"),
        pytest.param(
            line("a") + '{"id": "b",\n' + line("c"),
            [":2:12: is not JSON: Expecting property name enclosed in double quotes"],
            id="a broken line in the middle",
        ),
        pytest.param(
            line("a") + line("b") + line("a"),
            [":3: id: 'a' is already the id of line 1"],
            id="an id twice",
        ),
        pytest.param(
            line("a", expect=1),
            [":1: expect: is not a known key (did you mean 'expected'?)"],
            id="an unknown key",
        ),
        pytest.param('{"id": "a"}', [":1: inputs: is missing"], id="no inputs"),
        pytest.param(
            '{"id": 1, "inputs": {}}\n[]\n{"id": "x", "inputs": {"a": NaN}}',
            [
                ":1: id: input should be a valid string",
                ":2: is not a JSON object",
                ":3: is not JSON: NaN is not a JSON number",
            ],
            id="several at once",
        ),
    ],
)
def test_a_fault_of_a_file(tmp_path: Path, lines: str, expected: list[str]) -> None:
    """All faults are told at once, each with its line."""
    assert faults(evalset(tmp_path, lines)) == expected


def test_fifty_faults_are_enough(tmp_path: Path) -> None:
    """A file of another kind does not fill the screen."""
    told = faults(evalset(tmp_path, "x\n" * 80))
    assert (len(told), told[-1]) == (51, ": and 30 more faults")


SCHEMA = PLAIN + (
    "case_schema:\n"
    "  inputs: {type: object, properties: {q: {type: string}}, required: [q]}\n"
    "  expected: {type: array, minItems: 1}\n"
)


def test_the_case_schema_is_checked_on_every_line(tmp_path: Path) -> None:
    """The fault names the line and the key inside the case."""
    lines = line("a", expected=["x"]) + '{"id": "b", "inputs": {"q": 1}, "expected": ["x"]}\n'
    assert faults(evalset(tmp_path, lines + line("c"), SCHEMA)) == [
        ':2: inputs.q: 1 is not of type "string"',
        ':3: expected: null is not of type "array"',
    ]


def test_a_case_schema_that_is_none(tmp_path: Path) -> None:
    """A schema with a typing mistake is a fault of evalset.yaml."""
    evalsets = evalset(tmp_path, line("a"), PLAIN + "case_schema: {inputs: {type: text}}\n")
    with pytest.raises(
        UserMistake, match=r"evalset.yaml: case_schema.inputs.type: is not a JSON Sch"
    ):
        verify_cases(evalsets.open("qa@v1"))


@pytest.mark.parametrize(
    ("schema", "fault"),
    [
        ("{$ref: '#/gone'}", "inputs: the reference '#/gone' leads nowhere"),
        ("{$ref: 'https://example.com/s'}", "inputs: the reference 'https://example.com/s' leads"),
        ("{anyOf: [{$ref: '#'}]}", "inputs: refers to itself without an end"),
        ("{$schema: 'https://example.com/mine'}", "inputs.$schema: 'https://example.com/mine' is"),
    ],
    ids=["dangling", "remote", "endless", "unknown version"],
)
def test_a_case_schema_that_cannot_be_used(tmp_path: Path, schema: str, fault: str) -> None:
    """It is a fault of evalset.yaml, told before any case is looked at."""
    written = f"{PLAIN}case_schema:\n  inputs: {schema}\n"
    evalsets = evalset(tmp_path, line("a"), written)

    with pytest.raises(UserMistake) as caught:
        verify_cases(evalsets.open("qa@v1"))

    assert str(caught.value).startswith(f"evalsets/qa/evalset.yaml: case_schema.{fault}")


def test_a_case_of_which_nobody_can_tell_whether_it_fits(tmp_path: Path) -> None:
    """A pattern that gives up lets nothing pass."""
    schema = f"{PLAIN}case_schema:\n  expected: {{pattern: '^(a|aa)+(?=c)$'}}\n"

    told = faults(evalset(tmp_path, line("a", expected="a" * 60 + "b"), schema))

    assert len(told) == 1
    assert told[0].startswith(":1: expected: cannot be held against the case schema: Error exec")


@pytest.mark.parametrize(
    ("ref", "expected"),
    [
        ("qaa@v1", "evalsets: there is no evalset 'qaa' (did you mean 'qa'?)"),
        ("qa@v3", "evalsets/qa: qa has no version v3 (known: v1)"),
        ("qa", "'qa' does not name an evalset and its version (write NAME@v1)"),
        ("../qa@v1", "'../qa@v1' does not name an evalset and its version (write NAME@v1)"),
    ],
)
def test_an_unknown_reference(tmp_path: Path, ref: str, expected: str) -> None:
    """The nearest name is offered."""
    with pytest.raises(UserMistake) as caught:
        evalset(tmp_path, line("a")).open(ref)
    assert str(caught.value) == expected


def test_what_there_is(tmp_path: Path) -> None:
    """Versions are in the order of their numbers."""
    evalset(tmp_path, line("a"), version="v10")
    evalsets = evalset(tmp_path, line("a"), version="v2")
    assert (evalsets.names(), evalsets.versions("qa")) == (["qa"], ["v2", "v10"])


def test_a_frozen_version_that_was_edited(tmp_path: Path) -> None:
    """Both digests and the way out are named."""
    evalsets = evalset(tmp_path, line("a"))
    before = freeze(evalsets, "qa", None, DAY)
    evalset(tmp_path, line("a") + "\n", (tmp_path / "evalsets/qa/evalset.yaml").read_text())
    with pytest.raises(UserMistake) as caught:
        evalsets.open("qa@v1")
    told = str(caught.value)
    assert before.digest in told
    assert told.count("sha256:") == 2
    assert "git checkout -- evalsets/qa/v1.jsonl" in told
    assert "v2.jsonl" in told


def test_a_frozen_version_whose_count_is_not_the_files(tmp_path: Path) -> None:
    """The digest fits, so that it is the number that was edited: both are told, at its place."""
    evalsets = evalset(tmp_path, line("a") + "\n" + line("b"))
    freeze(evalsets, "qa", "v1", DAY)
    own = tmp_path / "evalsets/qa/evalset.yaml"
    assert "cases: 2" in own.read_text()
    own.write_text(own.read_text().replace("cases: 2", "cases: 200"))

    with pytest.raises(UserMistake) as caught:
        evalsets.open("qa@v1")

    assert str(caught.value).partition(":3:")[0] == "evalsets/qa/evalset.yaml"
    assert str(caught.value).endswith(
        "versions.0.cases: says 200, and evalsets/qa/v1.jsonl has 2 cases (write cases: 2)"
    )


def test_a_frozen_version_that_is_gone(tmp_path: Path) -> None:
    """It is not taken for a version that never was."""
    evalsets = evalset(tmp_path, line("a"))
    freeze(evalsets, "qa", "v1", DAY)
    (tmp_path / "evalsets/qa/v1.jsonl").unlink()
    with pytest.raises(UserMistake, match="was frozen on 2026-11-21 but is not there"):
        evalsets.open("qa@v1")


def test_freezing_twice_changes_nothing(tmp_path: Path) -> None:
    """The second time says so, and writes nothing."""
    evalsets = evalset(tmp_path, line("a"))
    assert not freeze(evalsets, "qa", None, DAY).already
    text = (tmp_path / "evalsets/qa/evalset.yaml").read_text()
    assert freeze(evalsets, "qa", None, dt.date(2027, 1, 1)).already
    assert (tmp_path / "evalsets/qa/evalset.yaml").read_text() == text


def test_freezing_what_is_broken_or_absent(tmp_path: Path) -> None:
    """Only what verifies is frozen."""
    evalsets = evalset(tmp_path, "x\n")
    with pytest.raises(UserMistake, match="is not JSON"):
        freeze(evalsets, "qa", "v1", DAY)
    assert (tmp_path / "evalsets/qa/evalset.yaml").read_text() == PLAIN
    (tmp_path / "evalsets/qa/v1.jsonl").unlink()
    with pytest.raises(UserMistake, match="has no version"):
        freeze(evalsets, "qa", None, DAY)


OLD = '{version: v1, digest: "sha256:' + "0" * 64 + '", cases: 1, frozen: 2026-01-01}'


@pytest.mark.parametrize(
    "yaml",
    [
        pytest.param("schema_version: 1", id="no versions, no line break"),
        pytest.param("schema_version: 1 # c\n# end\n", id="no versions, comments"),
        pytest.param(
            "schema_version: 1\nversions: []  # none yet\nlicence: MIT\n", id="empty list"
        ),
        pytest.param("schema_version: 1\nversions:\nlicence: MIT\n", id="nothing"),
        pytest.param("schema_version: 1\nversions: null\n", id="null"),
        pytest.param(
            f"versions:\n  - {OLD}  # first\n# b\nschema_version: 1\n", id="in the middle"
        ),
        pytest.param(f"schema_version: 1\nversions:\n- {OLD}", id="not indented, no line break"),
        pytest.param(f"schema_version: 1\nversions: [{OLD}]\n", id="flow list"),
        pytest.param(
            "schema_version: 1\nversions:\n  - version: v1\n    digest: sha256:"
            + "0" * 64
            + "\n    cases: 1\n    frozen: 2026-01-01\n\nlicence: MIT # m\n",
            id="block items",
        ),
        pytest.param("schema_version: 1\r\nlicence: MIT\r\n", id="Windows line breaks"),
    ],
)
def test_freezing_keeps_all_other_text(tmp_path: Path, yaml: str) -> None:
    """Comments, order and line breaks stay; the new line is read back."""
    evalsets = evalset(tmp_path, line("a"), version="v2")
    path = tmp_path / "evalsets/qa/evalset.yaml"
    path.write_bytes(yaml.encode())
    freeze(evalsets, "qa", "v2", DAY)
    assert evalsets.open("qa@v2").frozen
    written = path.read_bytes().decode()
    words = [word for word in yaml.replace("[]", "").replace("null", "").split() if len(word) > 2]
    assert all(word.rstrip("]") in written for word in words)
    assert ("\r\n" in yaml) == ("\r\n" in written)
    assert yaml.count("#") == written.count("#")


def test_a_file_that_no_line_can_be_added_to(tmp_path: Path) -> None:
    """The line to write is told; the file stays as it was."""
    evalsets = evalset(tmp_path, line("a"), "{schema_version: 1}\n")
    with pytest.raises(UserMistake, match=r"add it yourself: - \{version: v1, digest"):
        freeze(evalsets, "qa", "v1", DAY)
    assert (tmp_path / "evalsets/qa/evalset.yaml").read_text() == "{schema_version: 1}\n"


def test_a_byte_order_mark_stays_first() -> None:
    """The mark is no part of the text."""
    assert with_line("\ufeffa: 1\n", "x") == "\ufeffa: 1\nversions:\n  - x\n"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(at=st.integers(min_value=0), flip=st.integers(1, 255))
def test_any_changed_byte_is_found(tmp_path: Path, at: int, flip: int) -> None:
    """A frozen version opens only with the bytes it was frozen with."""
    evalsets = evalset(tmp_path, line("a") + line("b"))
    freeze(evalsets, "qa", "v1", DAY)
    assert verify_cases(evalsets.open("qa@v1")) == 2
    path = tmp_path / "evalsets/qa/v1.jsonl"
    content = bytearray(path.read_bytes())
    content[at % len(content)] ^= flip
    path.write_bytes(bytes(content))
    with pytest.raises(UserMistake, match="was frozen on"):
        evalsets.open("qa@v1")


def test_the_difference_of_two_versions(tmp_path: Path) -> None:
    """Each way in which a case may change is told apart."""
    evalset(tmp_path, line("same") + line("gone") + line("q", "1") + line("e") + line("s"))
    lines = line("new") + line("s", cluster="c") + line("e", expected=1) + line("q", "2")
    evalsets = evalset(tmp_path, lines + line("same", slices={}), version="v2")
    found = diff(evalsets, "qa", "v1", "v2")
    assert (found.added, found.removed, found.unchanged) == (("new",), ("gone",), 1)
    assert (found.changed_inputs, found.changed_expected, found.changed_slices) == (
        ("q",),
        ("e",),
        ("s",),
    )


CASES = st.lists(
    st.builds(
        Case,
        id=st.uuids().map(str),
        inputs=st.dictionaries(st.text(max_size=3), st.text(max_size=5), max_size=2),
        expected=st.none() | st.text(max_size=3) | st.lists(st.integers(), max_size=2),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda case: case.id,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(cases=CASES)
def test_a_version_does_not_differ_from_itself(tmp_path: Path, cases: list[Case]) -> None:
    """And the order of its cases is no difference."""
    lines = [case.model_dump_json() + "\n" for case in cases]
    evalset(tmp_path, "".join(lines))
    evalsets = evalset(tmp_path, "".join(reversed(lines)), version="v2")
    for new in ("v1", "v2"):
        found = diff(evalsets, "qa", "v1", new)
        assert found == EvalsetDifference(
            old="qa@v1",
            new=f"qa@{new}",
            added=(),
            removed=(),
            changed_inputs=(),
            changed_expected=(),
            changed_slices=(),
            unchanged=len(cases),
        )


def test_a_case_keeps_its_digests_when_its_keys_change_places() -> None:
    """Digests are of what is said, not of how it is written."""
    one = Case(id="a", inputs={"x": 1, "y": 2}, expected={"p": 1, "q": [1.5]})
    two = Case(id="b", inputs={"y": 2, "x": 1}, expected={"q": [1.5], "p": 1})
    assert case_digests(one) == case_digests(two)
    assert case_digests(one)[0] != case_digests(one)[1]


def test_a_hundred_thousand_cases_are_streamed(tmp_path: Path) -> None:
    """Every line is read, and the first case does not wait for the last."""
    lines = (f'{{"id": "c{n}", "inputs": {{"q": "question {n}"}}}}\n' for n in range(100_000))
    opened = evalset(tmp_path, "".join(lines)).open("qa@v1")
    assert (verify_cases(opened), opened.count) == (100_000, 100_000)
    opened = evalset(tmp_path, line("a") + "broken\n").open("qa@v1")
    cases = read_cases(opened)
    assert next(cases).id == "a"
    with pytest.raises(UserMistake, match=r"v1\.jsonl:2:1: is not JSON"):
        next(cases)


def test_a_file_that_changed_since_it_was_opened(tmp_path: Path) -> None:
    """Its cases are not those of the digest: none of them is given out."""
    opened = evalset(tmp_path, line("a") + line("b")).open("qa@v1")
    opened.path.write_text(line("a") + line("c"))
    changed = r"^evalsets/qa/v1\.jsonl: changed while it was being read \(run it again\)$"
    with pytest.raises(UserMistake, match=changed):
        verify_cases(opened)
    with pytest.raises(UserMistake, match=changed):
        next(read_cases(opened))
    opened.path.unlink()
    for read in (verify_cases, lambda gone: next(read_cases(gone))):
        with pytest.raises(UserMistake, match=r"v1\.jsonl: cannot be read: No such file"):
            read(opened)


def test_a_file_that_changes_between_two_cases(tmp_path: Path) -> None:
    """Whoever stops after the next case would never see the end of the file."""
    content = line("a") + line("b") + line("c")
    opened = evalset(tmp_path, content).open("qa@v1")
    cases = read_cases(opened)
    assert next(cases).id == "a"
    opened.path.write_text(content)
    assert next(cases).id == "b"
    opened.path.write_text(content.replace("?", "!"))
    with pytest.raises(UserMistake, match="changed while it was being read"):
        next(cases)


def test_a_change_that_was_taken_back_is_seen_at_the_end(tmp_path: Path) -> None:
    """The bytes that were read count, not those that are there now."""
    long = "?" * 100_000  # no buffer holds the second case before the first is asked for
    content = line("a", long) + line("b", long)
    opened = evalset(tmp_path, content).open("qa@v1")
    cases = checked_cases(opened)
    next(cases)
    opened.path.write_text(content.replace("?", "!"))
    assert next(cases).id == "b"
    opened.path.write_text(content)
    with pytest.raises(UserMistake, match="changed while it was being read"):
        next(cases)


@given(total=st.integers(0, 30), count=st.integers(1, 30), seed=st.integers(0, 99))
def test_a_choice_is_repeated_by_its_seed(total: int, count: int, seed: int) -> None:
    """As many as asked for, in the file's order, the same again."""
    cases = [Case(id=f"c{n:02}", inputs={}) for n in range(total)]
    chosen = choose(iter(cases), count, seed)
    ids = [case.id for case in chosen]
    assert len(ids) == min(total, count)
    assert ids == sorted(set(ids))
    assert choose(iter(cases), count, seed) == chosen


def test_every_case_is_as_likely_as_any_other() -> None:
    """The last case is chosen as often as the first."""
    cases = [Case(id=str(n), inputs={}) for n in range(10)]
    times = dict.fromkeys((case.id for case in cases), 0)
    for seed in range(2000):
        for case in choose(cases, 3, seed):
            times[case.id] += 1
    assert all(500 < count < 700 for count in times.values())
