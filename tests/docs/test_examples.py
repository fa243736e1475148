"""Every file and every session that the pages show works as it is printed."""

import asyncio
import doctest
import json
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest

from doc_pages import asked, blocks, files_in, laid_out, page, pages, rows_below
from evalgate.config.checking import Known, check_gates
from evalgate.config.gates import load_gates
from evalgate.config.judges import list_judges, load_judge_spec
from evalgate.config.waivers import load_placed_waivers
from evalgate.domain.answer import Answer, NotProduced, Produced, Unanswered
from evalgate.domain.case import Case
from evalgate.domain.judgement import Scored
from evalgate.domain.provider import ProviderSpec
from evalgate.domain.specs import JudgeSpec
from evalgate.evalset.reading import read_cases, verify_cases
from evalgate.evalset.store import Evalsets
from evalgate.judge.building import build_judge
from evalgate.judge.protocol import Judge
from small_project import MakeProject

KNOWN_FILES = ("gates.yaml", "waivers.yaml", "evalsets/", "candidates/", "judges/", "app/", "bin/")


def built(root: Path, name: str) -> Judge:
    """Build a judge as a run would."""
    spec, folder = load_judge_spec(root, name, {})
    return build_judge(name, spec, folder, root)


def test_every_yaml_on_a_page_is_a_file_that_is_tried_here() -> None:
    """A block of YAML without a name would be read by people and by no test."""
    for of in pages():
        named = [text for path, text in files_in(of).items() if path.endswith(".yaml")]
        assert blocks(of, "yaml") == named, of
        assert all(path.startswith(KNOWN_FILES) for path in files_in(of)), of


def test_judges_on_the_page_judge_as_the_table_says(tmp_path: Path) -> None:
    """Each `judge.yaml` is built, and gives the answer in the table that judgement."""
    root = laid_out("docs/judges.md", tmp_path)
    rows = rows_below(page("docs/judges.md"), "## An example of each kind")

    for name, expected, text, judgement in rows:
        case = Case(id="q1", inputs={}, expected=json.loads(expected.strip("`") or "null"))
        said = asyncio.run(built(root, name).judge(case, Produced(text=text.strip("`"))))
        shown = f"{said.score:g}" if isinstance(said, Scored) else said.kind
        assert shown == judgement, (name, said)
    own = {path.parent.name for path in (root / "judges").glob("*/judge.yaml")}
    assert {name for name, *_ in rows} == own


def test_the_page_of_judges_names_every_kind() -> None:
    """A kind that exists and is not on the page would be used by nobody."""
    union = get_args(JudgeSpec)[0]
    kinds = {get_args(spec.model_fields["kind"].annotation)[0] for spec in get_args(union)}
    rows = rows_below(page("docs/judges.md"), "# Judges")
    named = {kind.strip("` ") for row in rows for kind in row[0].split(",")}

    assert named == kinds


@pytest.mark.parametrize(
    ("name", "case", "expected"),
    [
        ("zeroshot", "q1", Produced(text="Within 14 days.")),
        ("zeroshot", "q3", NotProduced),
        ("zeroshot", "q4", Unanswered),
        ("lookup", "q1", "You asked: Do you ship?"),
        ("shell", "q1", "You asked: Do you ship?"),
    ],
)
def test_candidates_on_the_page_answer(
    tmp_path: Path, name: str, case: str, expected: Produced | type[Answer] | str
) -> None:
    """Each candidate is built from its file and asked; a digest_of makes it complete."""
    answer, complete = asked(laid_out("docs/candidates.md", tmp_path), name, case=case)

    assert complete
    match expected:
        case str():
            assert isinstance(answer, Produced)
            assert answer.text == expected
        case Produced():
            assert answer == expected
        case kind:
            assert isinstance(answer, kind)


def test_the_evalset_on_the_page_can_be_frozen(project: MakeProject) -> None:
    """Its cases have no fault, and freezing adds the line that the page shows."""
    made = project(files_in(page("docs/evalsets.md")) | {"gates.yaml": ""})
    evalset = Evalsets(made.root, {}).open("support@v1")

    assert verify_cases(evalset) == 3
    assert [case.cluster for case in read_cases(evalset)] == [None, None, "conversation-7"]
    assert made.run("evalset", "freeze", "support").code == 0
    assert '  - {version: v1, digest: "sha256:' in made.read("evalsets/support/evalset.yaml")


def test_the_import_on_the_page_works(project: MakeProject) -> None:
    """The columns become the parts of a case that the page says."""
    made = project(files_in(page("docs/evalsets.md")) | {"gates.yaml": ""})
    made.write({"questions.csv": "number,text,answer,topic\nq1,Do you ship abroad?,yes,shipping\n"})
    [command] = [text for text in blocks(page("docs/evalsets.md"), "sh") if " import " in text]

    assert made.run(*command.split()[1:]).code == 0
    [case] = read_cases(Evalsets(made.root, {}).open("support@v2"))
    assert case == Case(
        id="q1",
        inputs={"question": "Do you ship abroad?"},
        expected="yes",
        slices={"topic": "shipping"},
    )


def test_the_gates_and_waivers_on_the_page_have_no_fault(tmp_path: Path) -> None:
    """They fit together, and no rule in the example is one that can never be decided."""
    root = laid_out("docs/gates.md", tmp_path)
    judges = {name: built(root, name).scale for name in list_judges(root)}
    known = Known(scales=judges, versions={"support": ["v1"]}, candidates=["old", "new"])

    checked = check_gates(load_gates(root, {}), known, load_placed_waivers(root, {}))

    assert checked.problems == ()
    assert checked.warnings == ()


def test_the_providers_on_the_page_have_no_fault(tmp_path: Path) -> None:
    """The example is read, and every key of a provider is in the table."""
    gates = load_gates(laid_out("docs/providers.md", tmp_path), {}).gates
    rows = rows_below(page("docs/providers.md"), "# Providers and budget")
    named = [key.strip("` ") for row in rows for key in row[0].split(",")]

    assert list(gates.providers) == ["openai", "local"]
    assert gates.budget.max_usd == 5
    assert named == list(ProviderSpec.model_fields)


def test_the_session_in_python_is_a_real_one(
    project: MakeProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The examples of docs/python.md print what they show, in the project of `evalgate init`."""
    made = project({})
    made.run("init")
    monkeypatch.chdir(made.root)
    session = "\n".join(blocks(page("docs/python.md"), "pycon"))
    report: list[str] = []
    collect: Callable[[str], object] = report.append

    test = doctest.DocTestParser().get_doctest(session, {}, "docs/python.md", None, 0)
    ended = doctest.DocTestRunner(verbose=False).run(test, out=collect)

    assert ended.attempted > 10
    assert ended.failed == 0, "".join(report)
