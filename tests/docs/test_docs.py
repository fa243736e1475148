"""The pages lead somewhere, stay short, and say what the program and the pinned figures say."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from command_pages import PAGE, generated
from doc_pages import DOCS, PROJECT, Page, links_in, page, pages, rows_below
from evalgate.domain.finding import Cause
from evalgate.domain.rule import BOUND_KINDS, Rule

LONGEST = {"README.md": 120, "docs/decisions": 40, "docs": 150}
ELSEWHERE = re.compile(
    r"(?<![\w.:/])/(?:home|root|tmp|work|mnt|srv|Users)/|\bissue #?\d", re.IGNORECASE
)
"""Paths of one machine, and numbers that only a tracker can explain."""


@pytest.mark.parametrize("of", pages(), ids=str)
def test_links_lead_to_what_is_there(of: Page) -> None:
    """A page that moves takes its readers along: files exist, and so do the headings in them."""
    broken = [target for target in links_in(of) if not leads_somewhere(of.path, target)]

    assert not broken, f"{of} links to {', '.join(broken)}"


def leads_somewhere(origin: Path, target: str) -> bool:
    """True for an address on the web, and for a file or heading that exists."""
    if re.match(r"https?://", target):
        return True
    name, _, anchor = target.partition("#")
    path = (origin.parent / name).resolve() if name else origin
    if not path.exists():
        return False
    return not anchor or anchor in anchors_of(path.read_text(encoding="utf-8"))


def anchors_of(text: str) -> set[str]:
    """The headings' names as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_a_link_that_leads_nowhere_is_noticed() -> None:
    """The check above can fail: for a file, for a heading, and not for what is there."""
    readme = PROJECT / "README.md"

    assert not leads_somewhere(readme, "docs/no-such-page.md")
    assert not leads_somewhere(readme, "docs/gates.md#no-such-heading")
    assert leads_somewhere(readme, "docs/gates.md#waivers")


@pytest.mark.parametrize("of", pages(), ids=str)
def test_pages_speak_of_the_project_alone(of: Page) -> None:
    """No path of the machine on which a page was written, and no number of a tracker."""
    found = [line for line in of.text.splitlines() if ELSEWHERE.search(line)]

    assert not found


@pytest.mark.parametrize(
    "of", [one for one in pages() if one.path not in {PAGE, PROJECT / "CHANGELOG.md"}], ids=str
)
def test_pages_are_short_enough_to_be_read(of: Page) -> None:
    """README has 120 lines at most, a decision 40, any other page 150."""
    name = str(of)
    folder = name.rpartition("/")[0]

    assert len(of.text.splitlines()) <= LONGEST.get(name, LONGEST.get(folder, LONGEST["docs"]))


def test_the_page_of_commands_is_what_help_says() -> None:
    """docs/commands.md is never edited, so a flag cannot be missing there."""
    assert PAGE.read_text(encoding="utf-8") == generated(), (
        "docs/commands.md is not what --help says: run `make docs`"
    )


def test_gates_page_explains_every_key_of_a_rule() -> None:
    """A key that the schema knows and the page does not would be found by nobody."""
    rows = rows_below(page("docs/gates.md"), "## The keys of a rule")
    explained = {key for row in rows for key in re.findall(r"`(\w+)`", row[0])}
    defaults = {key: row[1].strip("`") for row in rows for key in re.findall(r"`(\w+)`", row[0])}

    assert explained == set(Rule.model_fields)
    in_words = {"score", "pass_at", "slice", "confidence", "min_cases", *BOUND_KINDS}
    for key in set(Rule.model_fields) - in_words:
        assert defaults[key] == str(Rule.model_fields[key].default), key


def test_gates_page_explains_every_cause() -> None:
    """Whoever reads `undecided (some cause)` finds what it means."""
    rows = rows_below(page("docs/gates.md"), "## Why a rule is undecided")

    assert sorted(row[0].strip("`") for row in rows) == sorted(Cause)


def test_every_decision_is_numbered_and_says_why() -> None:
    """Each page of docs/decisions has a context, a choice and its consequences."""
    found = sorted((DOCS / "decisions").glob("*.md"))

    assert [path.name[:4] for path in found] == [f"{n:04}" for n in range(1, len(found) + 1)]
    for path in found:
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# {int(path.name[:4])}. ")
        for part in ("**Context.**", "**Choice.**", "**Consequences.**"):
            assert part in text, f"{path.name} has no {part}"


def test_open_qa_page_has_the_pinned_figures() -> None:
    """The tables of docs/open-qa.md are those that the tests of the judges hold."""
    published = json.loads((PROJECT / "tests/data/open_qa_published.json").read_text("utf-8"))
    of = page("docs/open-qa.md")
    counted = [cells for cells in rows_below(of, "## The figures") if len(cells) == 3]
    correct = published["correct_of_301"]

    for score, zeroshot, fewshot in counted:
        assert int(zeroshot) == correct["zeroshot"][score], score
        assert int(fewshot) == correct["fewshot"][score], score
    assert len(counted) == len(correct["zeroshot"])
    assert_pairs(
        of, "correctness-gpt4, the authors' verdicts", authors(published)["correctness-gpt4"]
    )
    assert_pairs(
        of, "correctness-gpt4, the replies read strictly", strict(published)["correctness-gpt4"]
    )
    for reading in (authors(published), strict(published)):
        assert_pairs(of, "correctness-davinci003, either way", reading["correctness-davinci003"])
    assert_pairs(of, "people", authors(published)["people"])


def authors(published: dict[str, Any]) -> dict[str, Any]:
    """The pairs by the authors' own verdicts."""
    read: dict[str, Any] = published["authors_verdicts_zeroshot_to_fewshot"]
    return read


def strict(published: dict[str, Any]) -> dict[str, Any]:
    """The pairs by the strict reading."""
    read: dict[str, Any] = published["strict_reading_zeroshot_to_fewshot"]
    return read


def assert_pairs(of: Page, name: str, pinned: dict[str, float]) -> None:
    """Find the row of a score's pairs and compare it with what is pinned."""
    [row] = [
        line
        for line in of.text.splitlines()
        if line.startswith(f"| {name} | ") and line.count("|") == 6
    ]
    cells = [cell.strip() for cell in row.strip("|").split("|")][1:]

    assert [int(cell) for cell in cells[:3]] == [pinned["pairs"], pinned["better"], pinned["worse"]]
    assert cells[3] == f"{pinned['difference']:+.4f}"
