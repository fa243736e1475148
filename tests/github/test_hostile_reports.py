"""Whatever candidates, judges and files say, GitHub shows it as words and does nothing."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from evalgate.errors import Problem
from evalgate.github.annotations import annotations_of, worst_cases
from evalgate.github.comment.body import MOST_BYTES, Setting, body_without_report, comment_body
from evalgate.github.comment.summary import job_summary
from evalgate.github.marks import ACTIONS, Post, Stamp, marker, own, stamp_of
from evalgate.github.outputs import NAMES, outputs_of
from evalgate.github.places import Place, Places
from evalgate.github.toolkit import annotate, commands_stopped, group, write_output
from evalgate.quoting import lines_for_terminal
from fake_runner import LONGEST_MESSAGE, Log, outputs_in
from hostile_words import KEY, OURS, hostile_report, ten_hostile
from rendered import ACTIVE, UNSEEN, Rendered, rendered

MARK = marker("sticky", "default")
SETTING = Setting(MARK, Stamp(12, 1), "a" * 40, f"{OURS}/acme/app/actions/runs/12", (OURS,))
TAGS = frozenset(
    {"h2", "h3", "p", "strong", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "details",
     "summary", "del", "ins", "sub", "code", "a", "br"}
)  # fmt: skip
FIXTURES = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
SOME = settings(max_examples=30, suppress_health_check=FIXTURES)
MANY = settings(max_examples=500, suppress_health_check=FIXTURES)


def pipes_of_tables(markdown: str) -> list[list[int]]:
    """How many cells each row of each table has; GitHub drops what is beyond the heading's."""
    tables = re.findall(r"(?:^\|.*\n)+", markdown, re.MULTILINE)
    return [[row.count("|") for row in table.splitlines()] for table in tables]


def assert_inert(markdown: str) -> Rendered:
    """No tag, link, mention, reference or image but ours, and nothing that nobody can see."""
    page = rendered(markdown)
    assert set(page.tags) <= TAGS
    assert page.attributes <= {"a.href", "details.open"}
    assert all(address.startswith(f"{OURS}/") for address in page.links)
    assert page.counted["a"] == markdown.count("](<") <= 2
    for tag in ("del", "ins", "details", "summary", "sub"):
        assert page.counted[tag] == len(re.findall(f"<{tag}[ >]", markdown)), tag
    assert all(len(set(pipes)) == 1 for pipes in pipes_of_tables(markdown))
    words = "\n".join(page.words)
    assert not ACTIVE.search(words), ACTIVE.search(words)
    assert not UNSEEN.search(markdown)
    assert "$" not in markdown, "GitHub would set what stands between two of them as a formula"
    assert KEY not in markdown
    return page


def check_comment(words: Sequence[str]) -> None:
    """One marker, one stamp, one verdict, sixty thousand bytes."""
    body = comment_body([hostile_report(words)], SETTING)

    page = assert_inert(body)

    assert page.comments == ["evalgate:sticky:v1:default", "evalgate:run:12.1"]
    assert len(body.encode()) <= MOST_BYTES
    assert len(re.findall("^## ", body, re.MULTILINE)) == 1
    assert page.counted["h2"] == 1
    assert stamp_of(body) == Stamp(12, 1)
    assert own(Post(1, ACTIONS, is_bot=True, body=body), MARK, ACTIONS)
    assert Log().feed(body).commands == []


def check_summary(words: Sequence[str]) -> None:
    """The same of the summary, which leaves nothing out."""
    page = assert_inert(job_summary([hostile_report(words)], SETTING))

    assert page.comments == []


def check_annotations(words: Sequence[str], printed: pytest.CaptureFixture[str]) -> None:
    """Each is one command to the runner, with our place; nothing else is."""
    report = hostile_report(words)
    place = Place("prompts/a,b: c.md", 3)
    cases = {(evalset, case.case_id): place for evalset, case in worst_cases([report])}
    prompts = {decision.candidate.candidate: (place,) for decision in report.decisions}
    found = annotations_of([report], Places(cases=cases, prompts=prompts))
    printed.readouterr()

    for annotation in found:
        annotate(annotation)

    log = Log().feed(printed.readouterr().out)
    assert [one.name for one in log.kept] == [one.level for one in found]
    assert len(log.commands) == len(found) == 7
    assert log.plain == []
    assert all(one.properties.get("file", place.path) == place.path for one in log.kept)
    assert all(len(one.data) <= LONGEST_MESSAGE for one in log.kept)
    assert not any(KEY in str(one) for one in log.commands)


def check_outputs(words: Sequence[str], file: Path) -> None:
    """Nobody but us names an output, and none of them holds a word of a model."""
    for word in words:
        said = outputs_of([hostile_report([word])], "report/a.md", "report/decision.json", (OURS,))
        file.write_text("", encoding="utf-8")

        for name, value in said.items():
            write_output(file, name, value)

        assert outputs_in(file.read_text(encoding="utf-8")) == dict(said)
        assert tuple(said) == NAMES
        assert re.fullmatch(r"(https://github\.example/[!-~]*)?", said["mlflow-run-url"])
        assert (said["verdict"], said["exit-code"], said["failed"]) == ("failed", "1", "2")


def check_log(words: Sequence[str], printed: pytest.CaptureFixture[str]) -> None:
    """A line that we print is no command; what others print between our marks is none either."""
    for word in words:
        assert Log().feed("\n".join(lines_for_terminal(word))).commands == []
        printed.readouterr()
        with group(word):
            pass
        in_group = Log().feed(printed.readouterr().out)
        assert [one.name for one in in_group.commands] == ["group", "endgroup"]
        with commands_stopped():
            print(word.encode("utf-8", "replace").decode(), end="")  # noqa: T201 - a judge prints
        print("::warning ::after")  # noqa: T201 - what we say afterwards is heard again
        assert [one.name for one in Log().feed(printed.readouterr().out).commands] == ["warning"]


@SOME
@given(ten_hostile)
def test_a_comment_shows_hostile_words_as_words(words: list[str]) -> None:
    """In every field of a report."""
    check_comment(words)


@SOME
@given(ten_hostile)
def test_a_summary_shows_hostile_words_as_words(words: list[str]) -> None:
    """In every field of a report."""
    check_summary(words)


@SOME
@given(ten_hostile)
def test_an_annotation_is_one_command(capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    """Whatever its title and message say."""
    check_annotations(words, capsys)


@SOME
@given(ten_hostile)
def test_outputs_cannot_be_forged(tmp_path: Path, words: list[str]) -> None:
    """Neither by a value nor by a name."""
    check_outputs(words, tmp_path / "output")


@SOME
@given(ten_hostile)
def test_a_log_takes_nobodys_commands(capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    """Not from our own lines, not from a group's title, not from a judge that prints."""
    check_log(words, capsys)


@SOME
@given(ten_hostile)
def test_the_faults_of_a_report_are_words_too(words: list[str]) -> None:
    """A report that is refused may hold anything, and its fault quotes it."""
    problems = [Problem(text, path=text, key=text, remedy=text) for text in words]

    assert_inert(body_without_report(problems, SETTING))


@pytest.mark.slow
@MANY
@given(ten_hostile)
def test_five_thousand_attacks_at_every_sink(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, words: list[str]
) -> None:
    """Comment, summary, annotation, output and log get ten of them five hundred times."""
    check_comment(words)
    check_summary(words)
    check_annotations(words, capsys)
    check_outputs(words, tmp_path / "output")
    check_log(words, capsys)


ACTIVE_TEXTS = {
    "a mention": "ping @octocat now",
    "an issue": "see #12",
    "a commit": "0123456789abcdef0123456789abcdef01234567",
    "a link": "see https://e.x",
    "an emoji": ":tada:",
}


@pytest.mark.parametrize("text", ACTIVE_TEXTS.values(), ids=ACTIVE_TEXTS.keys())
def test_the_checks_can_fail(text: str) -> None:
    """Words that nobody quoted are noticed."""
    with pytest.raises(AssertionError):
        assert_inert(f"{text}\n")


@pytest.mark.parametrize(
    "text",
    ["![x](https://e.x/y.png)", "<b>x</b>", "[x](<https://e.x>)", "x@e.zz", "- [ ] x", "\u202ex"],
)
def test_markup_that_nobody_quoted_is_noticed(text: str) -> None:
    """Images, elements, links, tasks and what turns text around."""
    with pytest.raises(AssertionError):
        assert_inert(f"{text}\n")


def test_the_runner_model_knows_an_attack() -> None:
    """Without quoting, a model's answer would hide every `true` in a job's outputs."""
    assert Log().feed("the answer is ##[add-mask]true").masks == ["true"]
    assert Log().feed("\u00a0::add-mask::true").masks == ["true"]
