"""Which suites a change can affect by files that nobody names: behind links, and imported."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from evalgate.errors import UserMistake
from evalgate.github.affected import affected_by
from evalgate.github.changes import Changes
from evalgate.github.watched import Ground, names_of
from evalgate.pipeline.project import Project
from small_project import GATES, quiz

HAS = "kind: contains\ntexts: [right]\n"
PYTHON = "kind: python\nfunction: check:it\nscale: {kind: binary}\ndigest_of: ['%s']\n"
Links = Mapping[str, str]


def laid_out(root: Path, files: Mapping[str, str], links: Links) -> None:
    """Write a project whose rules are about the judge `has`, then put links in it."""
    gates = GATES.replace("exact_match", "has")
    for name, text in {**quiz([True], [True], gates), **files}.items():
        if not any(name == link or name.startswith(f"{link}/") for link in links):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")
    for name, to in links.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).symlink_to(to)


def is_affected(root: Path, path: str) -> bool:
    """True when a change of `path` has the suite run."""
    changes = Changes((path,), "b" * 40)
    return bool(affected_by(Project(root, {}), Ground(root, root), changes))


WORDS = {"judges/has/check.py": "def it(inputs, expected, answer): return 1.0\n"}
LINKED: dict[str, tuple[Mapping[str, str], Links, str]] = {
    "a link to a link": (
        {"judges/has/judge.yaml": HAS, "b.yaml": GATES.replace("exact_match", "has")},
        {"gates.yaml": "a.yaml", "a.yaml": "b.yaml"},
        "a.yaml",
    ),
    "a file behind a link in a judge's folder": (
        {"shared/judge.yaml": HAS},
        {"judges/has/judge.yaml": "../../shared/judge.yaml"},
        "shared/judge.yaml",
    ),
    "a folder behind a link in a judge's folder": (
        {"judges/has/judge.yaml": HAS, "shared/words/a.txt": "right"},
        {"judges/has/words": "../../shared/words"},
        "shared/words/a.txt",
    ),
    "a link to the folder of all judges": (
        {"v1/judges/has/judge.yaml": HAS},
        {"judges": "now/judges", "now": "v1"},
        "now",
    ),
    "what that leads to": (
        {"v1/judges/has/judge.yaml": HAS},
        {"judges": "now/judges", "now": "v1"},
        "v1/judges/has/judge.yaml",
    ),
    "an absolute link": (
        {"shared/judge.yaml": HAS},
        {"judges/has/judge.yaml": "{root}/shared/judge.yaml"},
        "shared/judge.yaml",
    ),
    "a folder of cases": (
        {"judges/has/judge.yaml": HAS, "data/v1.jsonl": '{"id": "q1", "inputs": {}}\n',
         "data/evalset.yaml": "schema_version: 1\ndescription: A quiz.\nlicence: CC0-1.0\n"},
        {"evalsets/quiz": "../data"},
        "data/v1.jsonl",
    ),
    "what digest_of reads behind a link": (
        {"judges/has/judge.yaml": PYTHON % "words/*.txt", **WORDS, "lists/a.txt": "right"},
        {"words": "lists"},
        "lists/a.txt",
    ),
    "what digest_of names by a way round": (
        {"judges/has/judge.yaml": PYTHON % "judges/../words/*.txt", **WORDS, "words/a.txt": "x"},
        {},
        "words/a.txt",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "links", "path"), LINKED.values(), ids=LINKED.keys())
def test_every_name_of_a_file_counts(
    tmp_path: Path, files: Mapping[str, str], links: Links, path: str
) -> None:
    """A link that is led elsewhere, and a file behind one, change what the suite's scores mean."""
    laid_out(tmp_path, files, {name: to.format(root=tmp_path) for name, to in links.items()})

    assert is_affected(tmp_path, path)
    assert not is_affected(tmp_path, "docs/page.md")


def test_links_that_lead_round_in_a_circle_end(tmp_path: Path) -> None:
    """With a name for each turn, or with a refusal: what has no end is not looked through."""
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    (tmp_path / "deeper").symlink_to("deeper/still")
    (tmp_path / "out").symlink_to("/usr/share")

    assert names_of(tmp_path, "a", within=True) == ("a", "b")
    assert names_of(tmp_path, "out/doc", within=True) == ("out/doc",)
    with pytest.raises(UserMistake, match="deeper: is more than 40 links away"):
        names_of(tmp_path, "deeper", within=False)


def test_gates_that_are_gone_are_all_suites(tmp_path: Path) -> None:
    """Whoever looks for them finds those in a folder above, which may ask for less."""
    laid_out(tmp_path, {"judges/has/judge.yaml": HAS, "other/gates.yaml": GATES}, {})

    assert is_affected(tmp_path, "app/gates.yaml")
    assert not is_affected(tmp_path, "other/gates.yaml")


@pytest.mark.parametrize(
    ("where", "path", "matters"),
    [
        ("check.py", "helpers.py", True),
        ("check.py", "rules/strict.py", True),
        ("check.py", "notes.txt", False),
        ("judges/has/check.py", "judges/has/helpers.py", True),
        ("judges/has/check.py", "helpers.py", False),
    ],
)
def test_what_a_judges_code_may_import(
    tmp_path: Path, where: str, path: str, matters: bool
) -> None:
    """It is in the judge's digest without being named: only who loads the code knows of it."""
    code = {where: "import helpers\n", path: "", "words/a.txt": "right"}
    laid_out(tmp_path, {"judges/has/judge.yaml": PYTHON % "words/*.txt", **code}, {})

    assert is_affected(tmp_path, path) is matters
