"""What one night leaves for the next: written whole, and read as somebody else's data."""

import datetime as dt
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evalgate.domain.baseline_file import BaselineCase, BaselineFile
from evalgate.domain.finding import Outcome, Verdict
from evalgate.domain.identity import CandidateIdentity, EvalsetIdentity, JudgeIdentity
from evalgate.domain.night import MOST_NIGHTS, PastNight, RuleAtNight, Since
from evalgate.domain.scale import BINARY
from evalgate.domain.shard import LastNight
from evalgate.errors import UserMistake
from evalgate.github.comment.body import MOST_BYTES, Setting, comment_body
from evalgate.github.comment.summary import job_summary
from evalgate.github.comment.trend import mark_of_night, trend_sections
from evalgate.github.marks import Stamp, marker
from evalgate.github.nights.file import load_nights, with_tonight, write_nights
from evalgate.github.nights.kept import KeptNights, load_kept, write_kept
from evalgate.results.manifests import seal_of
from fake_runner import Log
from hostile_words import OURS, ten_hostile
from past_nights import DAY, DIGEST, past
from rendered import ACTIVE, UNSEEN, rendered

FIXTURES = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
SOME = settings(max_examples=60, suppress_health_check=FIXTURES)
FINITE = st.none() | st.floats(allow_nan=False, allow_infinity=False)


def baseline(suite: str = "quiz", run_id: str = "run-1") -> BaselineFile:
    """A good night's run."""
    return BaselineFile(
        suite=suite,
        run_id=run_id,
        candidate=CandidateIdentity(name="v2", kind="chat", digest=DIGEST, complete=True),
        evalset=EvalsetIdentity(ref="quiz@v1", digest=DIGEST, cases=1, frozen=True),
        judges={"exact_match": JudgeIdentity(digest=DIGEST, scale=BINARY)},
        judgements_digest=DIGEST,
        set_by="a night",
        set_at=dt.datetime(2026, 11, 21, tzinfo=dt.UTC),
        cases=(BaselineCase(id="q1", inputs="00", expected="00", scores={"exact_match": 1.0}),),
    )


rules_at_night = st.builds(
    RuleAtNight,
    rule=st.text(max_size=20),
    verdict=st.sampled_from(Verdict),
    outcome=st.sampled_from(Outcome),
    estimate=FINITE,
    lower=FINITE,
    upper=FINITE,
    compares=st.booleans(),
)
rules = st.lists(rules_at_night, max_size=3).map(tuple)
since = st.builds(
    Since,
    date=st.dates(),
    set_by=st.text(max_size=20),
    verdict=st.sampled_from(Verdict),
    outcome=st.sampled_from(Outcome),
    rules=rules,
)
facts_of_nights = st.fixed_dictionaries(
    {
        "candidate": st.text(max_size=20).filter(str.isprintable),
        "verdict": st.sampled_from(Verdict),
        "outcome": st.sampled_from(Outcome),
        "rules": rules,
        "cost_usd": st.none() | st.floats(0, 1e6),
        "since_good": st.none() | since,
        "since_first": st.none() | since,
        "said": st.lists(st.text(max_size=30), max_size=3).map(tuple),
    }
)


@SOME
@given(told=st.lists(facts_of_nights, max_size=4))
def test_what_is_written_is_read_again(told: list[dict[str, Any]], tmp_path: Path) -> None:
    """Every number and every word."""
    nights = tuple(past(number, **facts) for number, facts in enumerate(told, 1))
    path = tmp_path / "nights.jsonl"

    write_nights(path, nights)

    read = load_nights(path, "nights.jsonl")
    assert [one.model_copy(update={"seal": ""}) for one in read] == list(nights)


@SOME
@given(content=st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_bytes_are_more_than_a_mistake(content: bytes, tmp_path: Path) -> None:
    """Nobody's file is a crash, and none that is not a night's is taken for one."""
    path = tmp_path / "nights.jsonl"
    path.write_bytes(content)

    try:
        read = load_nights(path, "nights.jsonl")
    except UserMistake:
        return
    assert read == ()


@SOME
@given(data=st.data())
def test_no_byte_of_a_line_can_be_changed(data: st.DataObject, tmp_path: Path) -> None:
    """The seal is over all of it, whatever key it is in; white space is none of it."""
    path = tmp_path / "nights.jsonl"
    write_nights(path, [past(1, cost_usd=0.25, said=("well",))])
    before, content = load_nights(path, "nights.jsonl"), bytearray(path.read_bytes())
    content[data.draw(st.integers(0, len(content) - 2))] = data.draw(st.integers(33, 126))
    path.write_bytes(content)

    try:
        after = load_nights(path, "nights.jsonl")
    except UserMistake:
        return
    assert after == before


@pytest.mark.parametrize(
    "nights",
    [
        [past(2), past(1)],
        [past(1), past(1)],
        [past(number) for number in range(MOST_NIGHTS + 1)],
    ],
    ids=["the newest first", "twice in one night", "too many"],
)
def test_nights_that_no_night_wrote_are_refused(
    nights: Sequence[PastNight], tmp_path: Path
) -> None:
    """Each line's seal fits, and all of them together are nothing that we write."""
    path = tmp_path / "nights.jsonl"
    write_nights(path, nights)

    with pytest.raises(UserMistake):
        load_nights(path, "nights.jsonl")


@given(
    before=st.lists(st.sampled_from(["quiz", "tone"]), max_size=2 * MOST_NIGHTS + 5),
    suites=st.sets(st.sampled_from(["quiz", "tone"]), min_size=1),
)
def test_the_newest_ninety_nights_are_kept(before: list[str], suites: set[str]) -> None:
    """Of all suites, tonight's last, and none of them twice."""
    earlier = [past(number, suite) for number, suite in enumerate(before, 1)]
    tonight = [past(1000, suite) for suite in sorted(suites)]

    kept = with_tonight(with_tonight(earlier, tonight), tonight)

    assert list(kept[-len(tonight) :]) == tonight
    assert list(kept[: -len(tonight)]) == earlier[-MOST_NIGHTS + 1 :]


def test_what_is_written_is_never_too_large_to_be_read(tmp_path: Path) -> None:
    """The oldest nights give way."""
    before, path = [past(number) for number in range(1, 20)], tmp_path / "nights.jsonl"

    kept = with_tonight(before, [past(20)], most_bytes=5_000)
    write_nights(path, kept)

    assert 1 < len(kept) < 19
    assert list(kept) == [*before, past(20)][-len(kept) :]
    assert path.stat().st_size <= 5_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What a night with two suites left, one of them not good."""
    nights = (past(1), past(1, "tone"))
    write_kept(tmp_path / "nights", KeptNights(nights, {"quiz": baseline()}, {"quiz": baseline()}))
    return tmp_path / "nights"


def loaded(folder: Path, run_id: int = 1) -> KeptNights:
    """What the next night makes of it."""
    return load_kept(folder, LastNight(run_id=run_id), ["quiz", "tone"])


def test_the_next_night_reads_what_was_left(folder: Path) -> None:
    """Nothing is said when all is well."""
    kept = loaded(folder)

    assert [one.suite for one in kept.lines] == ["quiz", "tone"]
    assert (list(kept.good), list(kept.first)) == (["quiz"], ["quiz"])
    assert (kept.said, kept.unknown, kept.doubtful) == ((), False, False)


def test_what_is_handed_on_is_the_same_file(folder: Path) -> None:
    """A bad night changes no byte of the last good one."""
    file = folder / "good" / "quiz.json"
    before = file.read_bytes()

    write_kept(folder, loaded(folder))

    assert file.read_bytes() == before


def _linked(path: Path) -> None:
    target = path.with_name("elsewhere")
    path.rename(target)
    path.symlink_to(target)


def _lost(path: Path) -> None:
    path.unlink()
    path.symlink_to("nowhere")


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _sparse(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(257 << 20)


def _edited(path: Path) -> None:
    path.write_text(path.read_text("utf-8").replace("exact_match", "exact_matsch"), "utf-8")


DAMAGE: dict[str, Callable[[Path], object]] = {
    "edited": _edited,
    "no JSON": lambda path: path.write_text("{", "utf-8"),
    "bytes": lambda path: path.write_bytes(b"\xff\x00"),
    "a link": _linked,
    "a link to nowhere": _lost,
    "a folder": _folder,
    "huge": _sparse,
    "another form": lambda path: path.write_text('{"schema_version": 1}\n', "utf-8"),
    "deep": lambda path: path.write_text("[" * 100_000, "utf-8"),
    "a number": lambda path: path.write_text("7\n", "utf-8"),
}
damages = pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())


@damages
def test_damaged_lines_count_as_no_earlier_night(
    folder: Path, damage: Callable[[Path], object]
) -> None:
    """None of it is used, and it is said."""
    damage(folder / "nights.jsonl")

    kept = loaded(folder)

    assert (kept.lines, kept.good, kept.first, kept.unknown) == ((), {}, {}, False)
    assert kept.doubtful
    (said,) = kept.said
    assert said.startswith(
        "there is no earlier night that can be used: evalgate-nights/nights.jsonl"
    )


@damages
@pytest.mark.parametrize("kind", ["good", "first"])
def test_a_damaged_good_night_is_said(
    folder: Path, kind: str, damage: Callable[[Path], object]
) -> None:
    """The other files are used."""
    damage(folder / kind / "quiz.json")

    kept = loaded(folder)

    assert "quiz" not in (kept.good if kind == "good" else kept.first)
    assert len(kept.good) + len(kept.first) == 1
    assert len(kept.lines) == 2
    assert kept.doubtful
    assert kept.said
    assert kept.said[0].startswith(f"not used: evalgate-nights/{kind}/quiz.json")


def test_a_good_night_of_another_suite_is_not_this_ones(folder: Path) -> None:
    """Its seal fits all the same."""
    (folder / "good" / "quiz.json").rename(folder / "good" / "tone.json")

    kept = loaded(folder)

    assert kept.good == {}
    assert kept.said == ("not used: evalgate-nights/good/tone.json is of suite quiz",)


@pytest.mark.parametrize("empty", [True, False])
def test_nights_that_end_with_a_later_run_are_not_used(folder: Path, *, empty: bool) -> None:
    """The plan found another one; and one that was there has a line at least."""
    write_nights(folder / "nights.jsonl", () if empty else [past(3)])

    kept = loaded(folder, run_id=2)

    assert not kept.lines
    assert f"of workflow run 2 ends with {'none' if empty else 3}" in kept.said[0]


def test_a_night_that_broke_hands_on_what_it_was_given(folder: Path) -> None:
    """Its merge refused a missing shard, and its artifact is the one of the night before."""
    kept = loaded(folder, run_id=2)

    assert [one.workflow_run for one in kept.lines] == [1, 1]
    assert (list(kept.good), kept.said) == (["quiz"], ())


def test_a_clock_that_went_back_costs_no_memory(tmp_path: Path) -> None:
    """Whatever a night writes the next one can read: nights are in the order of their runs."""
    path = tmp_path / "nights.jsonl"
    before = [past(1, date=DAY + dt.timedelta(days=400))]

    write_nights(path, with_tonight(before, [past(2)]))

    assert [one.workflow_run for one in load_nights(path, "nights.jsonl")] == [1, 2]


def test_where_nothing_is_known_nothing_is_read(folder: Path) -> None:
    """What lies there is of somebody else."""
    kept = load_kept(folder, LastNight(unknown=True, said="why"), ["quiz"])

    assert kept == KeptNights(said=("why",), unknown=True)


def test_lines_of_the_wrong_suite_name_are_refused(folder: Path) -> None:
    """A name goes into a path and a heading."""
    path = folder / "nights.jsonl"
    line = json.loads(path.read_text("utf-8").splitlines()[0])
    line["suite"] = "../../x"
    path.write_text(json.dumps({**line, "seal": seal_of(line)}) + "\n", "utf-8")

    assert "no earlier night that can be used" in loaded(folder).said[0]


RED, GREEN = (Verdict.FAILED, Outcome.RED), (Verdict.PASSED, Outcome.GREEN)
YELLOW, BLOCKS = (Verdict.UNDECIDED, Outcome.YELLOW), (Verdict.UNDECIDED, Outcome.RED)


@pytest.mark.parametrize(
    ("own", "good", "first", "mark"),
    [
        (GREEN, None, None, "✅"),
        (GREEN, GREEN, GREEN, "✅"),
        (GREEN, RED, None, "❌"),
        (GREEN, YELLOW, None, "🟡"),
        (GREEN, GREEN, (Verdict.FAILED, Outcome.YELLOW), "🟡"),
        (GREEN, BLOCKS, None, "🟠"),
        (BLOCKS, None, None, "🟠"),
        (RED, GREEN, None, "❌"),
    ],
)
def test_a_night_is_green_only_by_all_that_it_is_held_against(
    own: tuple[Verdict, Outcome],
    good: tuple[Verdict, Outcome] | None,
    first: tuple[Verdict, Outcome] | None,
    mark: str,
) -> None:
    """The graver one is what people see in the row."""

    def held(said: tuple[Verdict, Outcome] | None) -> Since | None:
        if said is None:
            return None
        return Since(date=DAY, set_by="a", verdict=said[0], outcome=said[1], rules=())

    night = past(1, verdict=own[0], outcome=own[1], since_good=held(good), since_first=held(first))

    assert mark_of_night(night) == mark


def hostile_night(number: int, words: Sequence[str]) -> PastNight:
    """A night of which every word is an attacker's."""
    rule = RuleAtNight(
        rule=words[0],
        verdict=Verdict.FAILED,
        outcome=Outcome.RED,
        estimate=-1e300,
        lower=None,
        upper=0.0,
        compares=True,
    )
    held = Since(
        date=DAY, set_by=words[1], verdict=Verdict.FAILED, outcome=Outcome.RED, rules=(rule,)
    )
    return past(
        number,
        run_id=words[2],
        candidate=words[3],
        evalset=words[4],
        rules=(rule, rule),
        cost_usd=1e300,
        since_good=held,
        since_first=held,
        since_set=held,
        said=tuple(words[5:]),
    )


@settings(max_examples=30, suppress_health_check=FIXTURES)
@given(words=ten_hostile)
def test_hostile_nights_are_words_in_a_summary_and_an_issue(words: list[str]) -> None:
    """No tag, link, mention, image, command or formula; and not too long."""
    words = [word.encode("utf-8", "replace").decode() for word in words]  # as a file holds them
    nights = tuple(hostile_night(number, words) for number in range(1, 13))
    setting = Setting(marker("issue", "default"), Stamp(1, 1), origins=(OURS,), nights=nights)

    for text in (comment_body([], setting), job_summary([], setting)):
        page = rendered(text)
        assert "img" not in page.tags
        assert "script" not in page.tags
        assert not page.links
        assert not ACTIVE.search("\n".join(page.words))
        assert not UNSEEN.search(text)
        assert "$" not in text
        assert Log().feed(text).commands == []
        assert page.counted["tr"] == 11, "ten nights and the heading"
    assert len(comment_body([], setting).encode()) <= MOST_BYTES


def test_ten_nights_of_each_suite_are_shown_the_newest_first() -> None:
    """Of suites that ran tonight."""
    nights = [past(number, suite) for number in range(1, 15) for suite in ("quiz", "tone")]
    nights = [*nights, past(15, "quiz")]

    (section,) = trend_sections(nights)

    rows = list(section.items)
    assert len(rows) == 10
    assert f"{DAY + dt.timedelta(days=15)}" in rows[0]
    assert trend_sections([]) == []


@pytest.mark.parametrize(
    ("verdict", "outcome", "words"),
    [
        (
            Verdict.FAILED,
            Outcome.RED,
            "until a night is as good again, or a person sets a baseline",
        ),
        (Verdict.FAILED, Outcome.YELLOW, "red asks for a rule that blocks, failed at 99%"),
        (Verdict.PASSED, Outcome.GREEN, ""),
    ],
)
def test_a_failure_since_the_last_good_night_says_how_it_ends(
    verdict: Verdict, outcome: Outcome, words: str
) -> None:
    """Whoever is woken by the issue knows what comes next, and why another night was yellow."""
    since = Since(date=DAY, set_by="a night", verdict=verdict, outcome=outcome, rules=())

    [section] = trend_sections([past(1, since_good=since)])

    assert words in section.closing
    assert bool(words) == ("stays what the nights are held against" in section.closing)


def test_many_rules_and_many_suites_stay_within_the_limit() -> None:
    """Columns are counted beyond eight; what has no room is said."""
    rules = tuple(
        RuleAtNight(
            rule=f"score_{number}.at_least",
            verdict=Verdict.PASSED,
            outcome=Outcome.GREEN,
            estimate=0.5,
            lower=0.25,
            upper=0.75,
        )
        for number in range(40)
    )
    names = [f"suite-{number}" for number in range(200)]
    nights = tuple(past(number, name, rules=rules) for number in (1, 2) for name in names)

    body = comment_body([], Setting("<!-- m -->", nights=nights))

    assert len(body.encode()) <= MOST_BYTES
    assert "and 32 more rules: the report has them" in body
    assert "Left out for size: " in body
