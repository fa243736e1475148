"""Reports that a job is handed are data: whole, sealed, decided again, free of keys."""

import contextlib
import json
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from ci_reports import CLOSE, FEWER, GOOD, compared, decided, decision_on, sheet_of, worse, written
from evalgate.domain.comparison import Comparison
from evalgate.domain.finding import Verdict
from evalgate.errors import UserMistake
from evalgate.github.comment.body import Setting, comment_body
from evalgate.github.marks import marker
from evalgate.github.readings import read_all
from evalgate.github.reports import load_reports
from evalgate.github.secrets import secrets_in
from evalgate.pipeline.deciding import sealed

Edit = Callable[[dict[str, object]], object]
SETTING = Setting(marker("sticky", "default"))


def edited(folder: Path, edit: Edit) -> Path:
    """A report that somebody changed."""
    file = written(folder, decision_on(FEWER)) / "decision.json"
    document = json.loads(file.read_text(encoding="utf-8"))
    edit(document)
    file.write_text(json.dumps(document), encoding="utf-8")
    return folder


def test_a_folder_stands_for_every_report_in_it(tmp_path: Path) -> None:
    """As a job finds them after it has fetched its slices."""
    written(tmp_path / "b" / "deep", decision_on(GOOD, suite="b"))
    written(tmp_path / "a", decision_on(FEWER, suite="a"))

    found = load_reports([tmp_path], ())

    assert [report.decisions[0].suite for report in found] == ["a", "b"]


def test_what_is_hidden_in_a_folder_is_not_taken(tmp_path: Path) -> None:
    """A project's own folder has runs of its own, and nobody handed them in."""
    written(tmp_path / "app/report", decision_on(GOOD, suite="a"))
    written(tmp_path / "app/.evalgate/runs", decision_on(FEWER, suite="b"))
    written(tmp_path / ".hidden", decision_on(FEWER, suite="c"))

    found = load_reports([tmp_path / "app", tmp_path / ".hidden"], ())
    everything = read_all([tmp_path], None, ())

    assert [report.decisions[0].suite for report in found] == ["a", "c"]
    assert [report.decisions[0].suite for report in everything.reports] == ["a"]


EDITS: dict[str, tuple[Edit, str]] = {
    "another verdict": (lambda it: it.update(verdict="passed"), "was edited"),
    "another exit code": (lambda it: it.update(exit_code=0), "was edited"),
    "an exit code of nowhere": (lambda it: it.update(exit_code=99), "was edited"),
    "without a seal": (lambda it: it.pop("seal"), "was edited"),
    "an unknown key": (lambda it: it.update(note="x"), "is not a known key"),
    "a missing key": (lambda it: it.pop("rulings"), "is missing"),
    "another schema": (lambda it: it.update(schema_version=2), "schema_version"),
}


@pytest.mark.parametrize(("edit", "fault"), EDITS.values(), ids=EDITS.keys())
def test_a_report_that_does_not_hold_is_refused(tmp_path: Path, edit: Edit, fault: str) -> None:
    """By its seal, by its schema, and by its own evidence."""
    with pytest.raises(UserMistake, match=fault):
        load_reports([edited(tmp_path / "a", edit)], ())


ODD: list[JsonValue] = [None, True, -1, 0, 1e308, 2**70, "", "x", "passed", [], {}, [[]], {"x": []}]


def places_in(value: JsonValue, at: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place of a document."""
    below: Iterable[tuple[str | int, JsonValue]] = ()
    if isinstance(value, dict):
        below = value.items()
    elif isinstance(value, list):
        below = enumerate(value[:2])
    return [*([at] if at else []), *(p for key, each in below for p in places_in(each, (*at, key)))]


SMALL = decided(sheet_of("new", [True, False, True]), sheet_of("old", [True, True, True]))
DOCUMENT = SMALL.model_dump(mode="json")


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(places_in(DOCUMENT)), st.sampled_from(ODD))
def test_whatever_is_changed_the_report_is_refused(
    tmp_path: Path, place: tuple[str | int, ...], value: JsonValue
) -> None:
    """Told as a mistake, whatever the change does to the gate that decides again."""
    document = json.loads(json.dumps(DOCUMENT))
    *parents, last = place
    at = document
    for part in parents:
        at = at[part]
    assume(type(at[last]) is not type(value) or at[last] != value)
    at[last] = value
    file = tmp_path / "decision.json"
    file.write_text(json.dumps(document), encoding="utf-8")

    with contextlib.suppress(UserMistake):
        read = load_reports([file], ())
        # another way to write the same: 1 and 1.0, an absent list and an empty one
        assert read[0].document == SMALL


def test_a_report_that_was_sealed_anew_is_decided_again(tmp_path: Path) -> None:
    """A seal says that nothing was changed by chance; the evidence says what the verdict is."""
    forged = sealed(
        decision_on(FEWER).model_copy(update={"verdict": Verdict.PASSED, "exit_code": 0})
    )

    with pytest.raises(UserMistake, match="its evidence says failed"):
        load_reports([written(tmp_path / "a", forged)], ())


def test_one_report_that_does_not_hold_spoils_all(tmp_path: Path) -> None:
    """Half of a verdict would look like all of it."""
    good = written(tmp_path / "good", decision_on(GOOD))
    bad = edited(tmp_path / "bad", lambda it: it.update(verdict="passed"))

    with pytest.raises(UserMistake):
        load_reports([good, bad], ())


def test_a_suite_that_decided_twice_is_refused(tmp_path: Path) -> None:
    """A doubled slice."""
    once = written(tmp_path / "a", decision_on(GOOD))
    again = written(tmp_path / "b", decision_on(GOOD))

    with pytest.raises(UserMistake, match="decides on run-new of suite open-qa again"):
        load_reports([once, again], ())


def test_a_folder_without_a_report_is_a_mistake(tmp_path: Path) -> None:
    """A job that left nothing is told, not passed over."""
    with pytest.raises(UserMistake, match=r"holds no decision\.json"):
        load_reports([tmp_path], ())


def test_a_link_in_an_artifact_is_not_followed(tmp_path: Path) -> None:
    """Whoever makes the artifact chooses where it points."""
    outside = written(tmp_path / "outside", decision_on(GOOD)) / "decision.json"
    inside = tmp_path / "artifact"
    inside.mkdir()
    (inside / "decision.json").symlink_to(outside)

    with pytest.raises(UserMistake, match="is not a plain file"):
        load_reports([inside], ())


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """Reading one would never end."""
    os.mkfifo(tmp_path / "decision.json")

    with pytest.raises(UserMistake, match="is not a plain file"):
        load_reports([tmp_path], ())


def test_a_giant_is_not_read(tmp_path: Path) -> None:
    """Neither a report nor what stands beside one."""
    folder = written(tmp_path / "a", decision_on(GOOD))
    with (folder / "particulars.json").open("wb") as file:
        file.truncate(2 << 20)

    with pytest.raises(UserMistake, match="is larger than 1 MiB"):
        load_reports([folder], ())


PARTICULARS: dict[str, Mapping[str, object]] = {
    "a cost that is no number": {"cost_usd": "free"},
    "a cost below nothing": {"cost_usd": -1},
    "an unknown key": {"verdict": "passed"},
    "a very long link": {"report_url": "https://github.example/" + "x" * 3_000},
}


@pytest.mark.parametrize("facts", PARTICULARS.values(), ids=PARTICULARS.keys())
def test_particulars_of_another_form_are_refused(
    tmp_path: Path, facts: Mapping[str, object]
) -> None:
    """What stands beside a verdict is read as strictly."""
    with pytest.raises(UserMistake):
        load_reports([written(tmp_path / "a", decision_on(GOOD), facts)], ())


def test_nan_beside_a_verdict_is_refused(tmp_path: Path) -> None:
    """JSON has no such number."""
    folder = written(tmp_path / "a", decision_on(GOOD))
    (folder / "particulars.json").write_text('{"schema_version": 1, "cost_usd": NaN}')

    with pytest.raises(UserMistake):
        load_reports([folder], ())


SECRET = 'pa"ss\\wörd-123'


def test_a_secret_of_the_environment_is_in_nothing_that_is_written(tmp_path: Path) -> None:
    """A runner hides secrets in its log, and in nothing that is sent to GitHub."""
    case = worse(f"q {SECRET}", "a", f"the key is {SECRET}.", f"it said {SECRET}")
    folder = written(
        tmp_path / "a",
        compared(decision_on(FEWER, candidate=f"new {SECRET}"), case),
        {"changed": [f"prompts/{SECRET}.md"]},
    )

    [report] = load_reports([folder], secrets_in({"OPENAI_API_KEY": f"{SECRET}\n"}))

    assert SECRET not in str(report)
    assert isinstance(report.document, Comparison)
    assert report.document.worsened[0].after == "the key is [redacted]."
    assert report.document.decisions[0].exit_code == 1


def test_what_is_named_like_a_secret_is_one() -> None:
    """By the variable's name, each line of it too; short values and other names are not."""
    found = secrets_in(
        {
            "OPENAI_API_KEY": "abcdefgh-1",
            "DB_PASSWORD": "correct horse",
            "DEPLOY_key": "-----BEGIN x-----\nline of the key\n",
            "NO_TOKEN": "true",
            "HOME": "/home/somebody",
        }
    )

    assert set(found) == {
        "abcdefgh-1",
        "correct horse",
        "-----BEGIN x-----\nline of the key",
        "-----BEGIN x-----",
        "line of the key",
    }


def test_a_secret_that_is_one_of_our_words_is_refused(tmp_path: Path) -> None:
    """Nothing is written that might hold it, and nothing is passed over."""
    folder = written(tmp_path / "a", decision_on(CLOSE))

    with pytest.raises(UserMistake, match="one of evalgate's own words"):
        load_reports([folder], ("undecided",))


def test_what_looks_like_a_key_is_not_shown(tmp_path: Path) -> None:
    """Also one that no variable holds, and one that stands where a text is cut."""
    key = "sk-" + "aZ9" * 10
    case = worse("q1", "a", f"{'x ' * 140}{key}", f"{'y' * 490} {key}")
    folder = written(tmp_path / "a", compared(decision_on(FEWER), case))

    body = comment_body(load_reports([folder], ()), SETTING)

    assert "sk-aZ9" not in body
