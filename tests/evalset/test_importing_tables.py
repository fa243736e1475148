"""Tables into evalsets: what arrives, and each fault by its name."""

import csv
import json
from collections.abc import Collection
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evalgate.domain.case import Case
from evalgate.errors import Problem, UserMistake
from evalgate.evalset.importing import Imported, import_file
from evalgate.evalset.mapping import ColumnMapping
from evalgate.evalset.reading import read_cases, verify_cases
from evalgate.evalset.store import Evalsets

FULL = ColumnMapping(
    inputs=("q=question",), id="no", expected="answer", slices=("topic",), cluster="doc"
)

OVERWRITTEN = (
    "evalsets/qa/v1.jsonl: is there already, and a version is never overwritten (import to qa@v2)"
)


def project(root: Path) -> Evalsets:
    (root / "evalsets").mkdir(exist_ok=True)
    return Evalsets(root, {})


def table(root: Path, text: str, name: str = "t.csv") -> Path:
    (root / name).write_text(text)
    return root / name


def cases(evalsets: Evalsets, ref: str) -> list[Case]:
    verify_cases(evalsets.open(ref))
    return list(read_cases(evalsets.open(ref)))


def faults(evalsets: Evalsets, file: Path, mapping: ColumnMapping, to: str = "qa@v1") -> list[str]:
    with pytest.raises(UserMistake) as caught:
        import_file(evalsets, file, to, mapping)
    return [str(problem).removeprefix(str(file)) for problem in caught.value.problems]


def test_a_csv_file_with_every_column(tmp_path: Path) -> None:
    """Columns become parts of a case; an empty cell is nothing."""
    evalsets = project(tmp_path)
    file = table(tmp_path, 'no,question,answer,topic,doc\n1,a,x,t,d\n2,"b\nc",,,\n')
    done = import_file(evalsets, file, "qa@v1", FULL)
    assert done == Imported("qa@v1", tmp_path / "evalsets/qa/v1.jsonl", 2, False)
    assert cases(evalsets, "qa@v1") == [
        Case(id="1", inputs={"q": "a"}, expected="x", slices={"topic": "t"}, cluster="d"),
        Case(id="2", inputs={"q": "b\nc"}),
    ]


def test_jsonl_and_parquet_keep_their_types(tmp_path: Path) -> None:
    """A list stays a list, a number a number; a number that is a name becomes text."""
    evalsets = project(tmp_path)
    rows = [
        {"no": 7, "question": {"text": "a"}, "answer": ["x", "y"], "topic": True, "doc": 3},
        {"no": 8, "question": {"text": "b"}, "answer": ["z"], "topic": False, "doc": 4},
    ]
    table(tmp_path, "".join(json.dumps(row) + "\n" for row in rows), "t.jsonl")
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "t.parquet")
    import_file(evalsets, tmp_path / "t.jsonl", "qa@v1", FULL)
    import_file(evalsets, tmp_path / "t.parquet", "qa@v2", FULL)
    found = cases(evalsets, "qa@v1")
    assert found == cases(evalsets, "qa@v2")
    assert found[0] == Case(
        id="7",
        inputs={"q": {"text": "a"}},
        expected=["x", "y"],
        slices={"topic": True},
        cluster="3",
    )


def test_ids_are_made_from_content_and_stay(tmp_path: Path) -> None:
    """Importing again, in another order and with more rows, gives the same ids."""
    evalsets = project(tmp_path)
    mapping = ColumnMapping(expected="a")
    assert import_file(evalsets, table(tmp_path, "q,a\nx,1\ny,2\n"), "qa@v1", mapping).ids_made
    import_file(evalsets, table(tmp_path, "q,a\nz,3\ny,2\nx,5\n"), "qa@v2", mapping)
    first = {case.inputs["q"]: case.id for case in cases(evalsets, "qa@v1")}
    again = {case.inputs["q"]: case.id for case in cases(evalsets, "qa@v2")}
    assert {key: again[key] for key in first} == first


@pytest.mark.parametrize(
    ("text", "mapping", "expected"),
    [
        pytest.param(
            "question,answer\na,b\n",
            ColumnMapping(inputs=("q=qestion", "answer"), id="nr"),
            [
                ":1: has no column 'qestion' (did you mean 'question'?)",
                ":1: has no column 'nr' (known: answer, question)",
            ],
            id="unknown columns",
        ),
        pytest.param(
            "id,q\n1,a\n2,b\n1,c\n",
            ColumnMapping(id="id"),
            [":4: id: '1' is already the id of line 2"],
            id="an id twice",
        ),
        pytest.param(
            "q\na\nb\na\n",
            ColumnMapping(),
            [":4: id: has the inputs of line 2 again (remove one, or name a column of ids)"],
            id="the same inputs twice",
        ),
        pytest.param(
            "q,a\nx\ny,1,2\n",
            ColumnMapping(),
            [":2: has 1 cells, the header has 2", ":3: has 3 cells, the header has 2"],
            id="rows of the wrong length",
        ),
        pytest.param(
            "q,q\nx,y\n",
            ColumnMapping(),
            [":1: the column 'q' is there twice"],
            id="a column twice",
        ),
        pytest.param("q\n", ColumnMapping(), [": has no rows"], id="no rows"),
        pytest.param("", ColumnMapping(), [":1: has no header line"], id="an empty file"),
        pytest.param(
            "id,q\na b,x\n",
            ColumnMapping(id="id"),
            [":2: id: does not look like ^[^\\s\\x00-\\x1f]+$"],
            id="an id with a space",
        ),
        pytest.param(
            'q\n"x\n',
            ColumnMapping(),
            [":2: is not CSV: unexpected end of data"],
            id="an open quote",
        ),
    ],
)
def test_a_fault_of_a_table(
    tmp_path: Path, text: str, mapping: ColumnMapping, expected: list[str]
) -> None:
    """All faults are told and nothing is left behind."""
    assert faults(project(tmp_path), table(tmp_path, text), mapping) == expected
    assert not list((tmp_path / "evalsets").iterdir())


def test_a_broken_line_and_a_misspelt_column_of_jsonl(tmp_path: Path) -> None:
    """Rows of JSONL may differ, but a column that none of them has is a mistake."""
    file = table(tmp_path, '{"q": 1}\n{"q": \n{"q": 2, "a": 1e999}\n', "t.jsonl")
    assert faults(project(tmp_path), file, ColumnMapping(expected="anser")) == [
        ":2:7: is not JSON: Expecting value",
        ":3: is not JSON: 1e999 is too large for a number",
        ":1: has no column 'anser' (known: q)",
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("t.xlsx", ": is of no kind that can be read (known: .csv, .jsonl, .parquet)"),
        ("t.parquet", ": is not Parquet"),
    ],
)
def test_a_file_of_another_kind(tmp_path: Path, name: str, expected: str) -> None:
    """The suffix says what a file is; its content has to agree."""
    [message] = faults(project(tmp_path), table(tmp_path, "x", name), ColumnMapping())
    assert message.startswith(expected)


def test_a_file_that_is_not_there_and_bytes_that_are_no_text(tmp_path: Path) -> None:
    """Both are messages."""
    evalsets = project(tmp_path)
    assert faults(evalsets, tmp_path / "t.csv", ColumnMapping()) == [": there is no such file"]
    (tmp_path / "t.csv").write_bytes(b"q\n\xff\n")
    told = faults(evalsets, tmp_path / "t.csv", ColumnMapping())
    assert [message.endswith("is not UTF-8 (save it as UTF-8)") for message in told] == [True]


def test_a_value_without_a_json_form(tmp_path: Path) -> None:
    """Bytes are refused with their row; a date is written as people write it."""
    file = tmp_path / "t.parquet"
    pq.write_table(pa.table({"q": ["a"], "b": [b"x"]}), file)
    assert faults(project(tmp_path), file, ColumnMapping()) == [":1: b: a bytes has no JSON form"]


def test_a_version_is_never_overwritten(tmp_path: Path) -> None:
    """The next free version is offered."""
    evalsets = project(tmp_path)
    file = table(tmp_path, "q\na\n")
    import_file(evalsets, file, "qa@v1", ColumnMapping())
    before = (tmp_path / "evalsets/qa/v1.jsonl").read_bytes()
    assert faults(evalsets, file, ColumnMapping()) == [OVERWRITTEN]
    assert (tmp_path / "evalsets/qa/v1.jsonl").read_bytes() == before


def test_of_two_imports_at_once_the_second_to_end_is_refused(tmp_path: Path) -> None:
    """What the first wrote stays, whole and alone; nothing of the second is left."""
    evalsets = project(tmp_path)
    slow, quick = table(tmp_path, "q\nc\n"), table(tmp_path, "q\na\nb\n", "quick.csv")

    class Meanwhile(ColumnMapping):
        """A mapping that is looked at when an import has begun: then another one is made."""

        def problems_with(self, columns: Collection[str], shown_as: str) -> tuple[Problem, ...]:
            import_file(evalsets, quick, "qa@v1", ColumnMapping())
            return super().problems_with(columns, shown_as)

    assert faults(evalsets, slow, Meanwhile()) == [OVERWRITTEN]

    assert [case.inputs["q"] for case in cases(evalsets, "qa@v1")] == ["a", "b"]
    assert {path.name for path in (tmp_path / "evalsets/qa").iterdir()} == {
        "evalset.yaml",
        "v1.jsonl",
    }


def test_rows_are_held_against_the_case_schema(tmp_path: Path) -> None:
    """What would not verify is not imported."""
    evalsets = project(tmp_path)
    (tmp_path / "evalsets/qa").mkdir()
    (tmp_path / "evalsets/qa/evalset.yaml").write_text(
        "schema_version: 1\ncase_schema: {inputs: {required: [question]}}\n"
    )
    assert faults(evalsets, table(tmp_path, "q\na\n"), ColumnMapping()) == [
        ':2: inputs: "question" is a required property'
    ]


TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(rows=st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=5, unique_by=lambda row: row))
def test_what_is_imported_is_read_back(tmp_path: Path, rows: list[tuple[str, str]]) -> None:
    """Every text of every row survives, whatever is in it."""
    evalsets = project(tmp_path)
    file = tmp_path / "t.csv"
    with file.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out, quoting=csv.QUOTE_ALL).writerows([("a", "b"), *rows])
    (tmp_path / "evalsets/qa/v1.jsonl").unlink(missing_ok=True)
    done = import_file(evalsets, file, "qa@v1", ColumnMapping())
    found = cases(evalsets, "qa@v1")
    assert [(case.inputs["a"], case.inputs["b"]) for case in found] == rows
    assert done.cases == len(rows)
