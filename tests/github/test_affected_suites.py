"""Which suites a changed file can affect, by what the suites' files name."""

from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.github.affected import affected_by
from evalgate.github.changes import Changes
from evalgate.github.watched import Ground
from evalgate.pipeline.project import Project
from small_project import EVALSET, RECORDED, answers, cases

GATES = """\
schema_version: 1
suites:
  recorded:
    evalset: quiz@v1
    candidate: new
    baseline: old
    judges: [exact_match]
    rules: [{score: exact_match, at_least: 0.5}]
  prompted:
    evalset: other@v1
    candidate: asked
    baseline: git:main
    judges: [exact_match, graded]
    rules: [{score: exact_match, at_least: 0.5}]
  named:
    evalset: other@v1
    candidate: closed
    baseline: file
    judges: [exact_match]
    rules: [{score: exact_match, at_least: 0.5}]
  unnamed:
    evalset: other@v1
    candidate: open
    judges: [exact_match]
    rules: [{score: exact_match, at_least: 0.5}]
"""
JUDGE = "kind: prompt\nmodel: sim:/grader\nprompt_file: ../shared/grade.md\nscale: {kind: binary}\n"
FILES = {
    "gates.yaml": GATES,
    "evalsets/quiz/evalset.yaml": EVALSET,
    "evalsets/quiz/v1.jsonl": cases(2),
    "evalsets/other/evalset.yaml": EVALSET,
    "evalsets/other/v1.jsonl": cases(2),
    "candidates/old.yaml": RECORDED.format(name="old"),
    "candidates/old.jsonl": answers([True, True]),
    "candidates/new.yaml": RECORDED.format(name="new"),
    "candidates/new.jsonl": answers([True, True]),
    "candidates/asked.yaml": "kind: chat\nmodel: sim:/reader\nprompt_file: ../prompts/ask.md\n",
    "prompts/ask.md": "{{ question }}\n",
    "judges/graded/judge.yaml": JUDGE,
    "judges/shared/grade.md": "grade {{ answer }}\n",
    "candidates/closed.yaml": "kind: python\nfunction: app.say:it\ndigest_of: ['data/**/*.json']\n",
    "candidates/open.yaml": "kind: python\nfunction: bot:it\n",
    "app/say.py": "def it(question): return question\n",
    "bot.py": "def it(question): return question\n",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Suites of every kind of candidate."""
    root = tmp_path_factory.mktemp("mapped")
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return Project(root, {})


def affected(project: Project, path: str, top: Path | None = None) -> set[str]:
    ground = Ground(top or project.root, project.root)
    return set(affected_by(project, ground, Changes((path,), "b" * 40)))


EVERY = {"recorded", "prompted", "named", "unnamed"}
CODE = {"named", "unnamed"}
PATHS: dict[str, tuple[str, set[str]]] = {
    "a candidate's own file": ("candidates/new.yaml", {"recorded"}),
    "a baseline's own file": ("candidates/old.yaml", {"recorded"}),
    "recorded answers": ("candidates/old.jsonl", {"recorded", "unnamed"}),
    "a candidate that no suite names": ("candidates/spare.yaml", set()),
    "a prompt in another folder": ("prompts/ask.md", {"prompted", "unnamed"}),
    "a prompt that nobody names": ("prompts/spare.md", {"unnamed"}),
    "a judge's file": ("judges/graded/judge.yaml", {"prompted"}),
    "a judge's labels": ("judges/graded/labels.jsonl", {"prompted"}),
    "a file that a judge names": ("judges/shared/grade.md", {"prompted"}),
    "a ready judge that gets a folder": ("judges/exact_match/judge.yaml", EVERY),
    "a judge that no suite names": ("judges/spare/judge.yaml", set()),
    "an evalset": ("evalsets/quiz/v1.jsonl", {"recorded"}),
    "an evalset's description": ("evalsets/other/evalset.yaml", EVERY - {"recorded"}),
    "another version of an evalset": ("evalsets/quiz/v2.jsonl", set()),
    "code of a candidate": ("app/say.py", CODE),
    "another file of its package": ("app/deep/words.py", CODE),
    "a package that is installed from src": ("src/app/say.py", CODE),
    "what digest_of names": ("data/a/b/words.json", CODE),
    "what digest_of named, and is gone": ("data/words.json", CODE),
    "a baseline file": ("baselines/named.json", CODE),
    "what digest_of does not name": ("data/words.txt", {"unnamed"}),
    "code of a candidate that names nothing": ("bot.py", {"unnamed"}),
    "any file, for code that names nothing": ("lib/words.bin", {"unnamed"}),
    "the project's dependencies": ("pyproject.toml", CODE),
    "a lock file": ("uv.lock", CODE),
    "a lock file in a folder": ("tools/poetry.lock", CODE),
    "requirements": ("requirements-dev.txt", CODE),
    "a page, for code that may answer from it": ("docs/index.md", {"unnamed"}),
    "the readme": ("README.md", set()),
    "a test": ("tests/test_bot.py", set()),
    "a submodule with a prompt in it": ("prompts", {"prompted", "unnamed"}),
    "a name that only begins alike": ("candidates/new.yaml.bak", {"unnamed"}),
}


@pytest.mark.parametrize(("path", "suites"), PATHS.values(), ids=PATHS.keys())
def test_a_file_affects_the_suites_that_depend_on_it(
    project: Project, path: str, suites: set[str]
) -> None:
    """No more of them, so that nothing is paid for in vain; and never fewer."""
    assert affected(project, path) == suites


def test_a_project_in_a_folder_is_found_from_the_top(project: Project) -> None:
    """A repository may hold more than the project; what lies beside it is nobody's here."""
    top = project.root.parent
    inside = project.root.name

    assert affected(project, f"{inside}/candidates/new.yaml", top) == {"recorded"}
    assert affected(project, "candidates/new.yaml", top) == {"unnamed"}
    assert affected(project, f"{inside}/README.md", top) == set()


def test_a_link_is_followed(tmp_path: Path) -> None:
    """What a prompt's link leads to is the prompt."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "prompts/ask.md").rename(tmp_path / "prompts/real.md")
    (tmp_path / "prompts/ask.md").symlink_to("real.md")

    assert "prompted" in affected(Project(tmp_path, {}), "prompts/real.md")


def test_nobody_knowing_what_changed_is_all_suites(project: Project) -> None:
    """And the reason is said for each."""
    ground = Ground(project.root, project.root)
    found = affected_by(project, ground, Changes(None, "", "the branch is new"))

    assert found == dict.fromkeys(EVERY, ("the branch is new",))


def test_the_reason_names_who_reads_the_file(project: Project) -> None:
    """Somebody who wonders why a suite runs finds the file and the candidate."""
    ground = Ground(project.root, project.root)
    found = affected_by(project, ground, Changes(("prompts/ask.md",), "b" * 40))

    assert found == {
        "prompted": ("prompts/ask.md: the candidate asked is made of it",),
        "unnamed": (
            "prompts/ask.md: the candidate open runs code without digest_of, so that nobody knows",
        ),
    }


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files of few names in folders of the same names, three deep."""
    root = tmp_path_factory.mktemp("tree")
    for deep in range(1, 4):
        for parts in product(("a", "ab", ".c"), repeat=deep):
            folder = root.joinpath(*parts)
            folder.mkdir(exist_ok=True)
            (folder / "a.py").touch()
            (folder / "b").touch()
    return root


@given(
    pattern=st.lists(
        st.sampled_from(["*", "**", "?", "a*", "[!b]*", "a", "ab", ".c", "*.py", "a.py", "."]),
        min_size=1,
        max_size=4,
    ).filter(lambda parts: set(parts) != {"."})
)
def test_whatever_digest_of_reads_is_watched(tree: Path, pattern: list[str]) -> None:
    """A file that is in a digest and not watched could change unseen."""
    watched = Ground(tree, tree).glob("/".join(pattern), "")
    found = [path for path in tree.glob("/".join(pattern)) if path.is_file()]

    assert [path for path in found if not watched.covers(path.relative_to(tree).as_posix())] == []
