"""`evalgate ci merge --nights`: each night is held against the nights before, and says so."""

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ci_repository import committed, merged
from evalgate.results.baseline_files import load_baseline, write_baseline
from fake_github import FakeGitHub, Fault
from model_stub import ModelStub
from night_jobs import Nights
from small_project import MakeProject
from workflow_live import live_project
from workflow_scratch import V1, V2

LAST, FIRST = "since-last-good/quiz", "since-first-good/quiz"


@pytest.fixture
def nights(project: MakeProject, github: FakeGitHub, tmp_path: Path) -> Iterator[Nights]:
    """Forty questions for a provider that knows every answer."""
    with ModelStub() as stub:
        repo = project({})
        live_project(tmp_path, stub.base_url)
        made = Nights(repo, github, stub)
        made.begin()
        yield made


def test_an_unchanged_provider_is_green_night_after_night(nights: Nights) -> None:
    """The first says that it is the first; the others are held against the one before."""
    first = nights.night()
    assert first.code == 0, first.err
    assert nights.lines[0]["said"] == ["there is no earlier night"]
    assert set(nights.decisions()) == {"quiz"}

    for number in (2, 3):
        done = nights.night()
        assert done.code == 0, done.out
        assert set(nights.decisions()) == {"quiz", LAST}
        assert [line["good"] for line in nights.lines] == [True] * number
    rows = [line for line in nights.summary.splitlines() if line.startswith("| ✅ | 20")]
    assert len(rows) == 3
    assert "since the last good night" in nights.summary
    assert "since the oldest good night of this candidate" in nights.summary


def test_a_provider_that_dropped_is_red_until_it_is_back(nights: Nights) -> None:
    """Its own rules pass, for the baseline that is asked beside it dropped as well."""
    nights.night()
    nights.wrong(*range(1, 13))
    for _ in range(2):  # the drop never becomes what the next night is held against
        done = nights.night()
        decisions = nights.decisions()
        assert done.code == 1, done.out
        assert decisions["quiz"]["exit_code"] == 0
        assert decisions[LAST]["verdict"] == "failed"
        assert decisions[LAST]["baseline"]["run_id"] == nights.lines[0]["run_id"]
    assert "quiz since the night of" in nights.summary
    assert "evalgate: failed" in nights.summary

    nights.wrong()
    assert nights.night().code == 0
    assert [line["good"] for line in nights.lines] == [True, False, False, True]


@pytest.mark.slow
def test_a_slow_change_warns_although_every_step_is_small(nights: Nights) -> None:
    """Each night holds against the one before; the oldest one remembers."""
    wrong: list[int] = []
    codes = []
    for step in range(1, 5):
        nights.wrong(*wrong)
        codes.append(nights.night().code)
        wrong += range(3 * step - 2, 3 * step + 1)

    assert codes == [0, 0, 0, 0], nights.summary
    slow = nights.decisions()[FIRST]
    assert (slow["verdict"], slow["outcome"], slow["exit_code"]) == ("failed", "yellow", 0)
    assert slow["baseline"]["run_id"] == nights.lines[0]["run_id"]
    assert nights.lines[-1]["since_good"]["verdict"] != "failed"
    assert nights.lines[-1]["since_first"]["rules"][0]["estimate"] == -9 / 40
    assert nights.summary.startswith("## 🟡 ")


def test_noise_since_the_last_good_night_blocks_nothing(nights: Nights) -> None:
    """Also where the suite's own noise blocks: nothing is known to be worse."""
    nights.night()
    nights.wrong(1, 2, 3)

    done = nights.night()

    since = nights.decisions()[LAST]
    assert (since["verdict"], since["outcome"], done.code) == ("undecided", "yellow", 0)
    assert nights.lines[-1]["good"], "or the luckiest night would be kept"


def test_another_candidate_is_said_and_begins_anew(nights: Nights) -> None:
    """A change of the candidate was decided when it was proposed."""
    nights.night()
    text = nights.repo.read("candidates/v2.yaml")
    committed(nights.repo, {"candidates/v2.yaml": text.replace('"{{', '"Please: {{')})
    nights.wrong(*range(1, 13))

    done = nights.night()

    assert LAST not in nights.decisions()
    (said,) = nights.lines[-1]["said"]
    assert said.startswith("not comparable with 20")
    assert "and the candidate is v2 sha256:" in said
    assert "not comparable with" in nights.summary
    assert nights.lines[-1]["good"] is (done.code == 0)


@pytest.mark.slow
def test_another_judge_is_said_and_not_compared(nights: Nights) -> None:
    """Its scores are another quantity; those of the other rules would be alike."""
    nights.night()
    gates = nights.repo.read("gates.yaml").replace("exact_match", "token_f1")
    committed(nights.repo, {"gates.yaml": gates})

    nights.night()

    assert LAST not in nights.decisions()
    assert any("has no scores of token_f1" in said for said in nights.lines[-1]["said"])


@pytest.mark.slow
def test_rules_that_compare_nothing_are_held_against_no_night(nights: Nights) -> None:
    """That is said: thresholds alone see a drop only when they are crossed."""
    nights.night()
    gates = nights.repo.read("gates.yaml")
    rule = "      - {score: exact_match, max_drop: 0.1}\n"
    committed(nights.repo, {"gates.yaml": gates.replace(rule, "")})

    assert nights.night().code == 0
    assert "no rule has max_drop or max_rise" in nights.lines[-1]["said"][0]


@pytest.mark.slow
def test_a_baseline_that_a_person_set_ends_a_red_week(nights: Nights) -> None:
    """Nothing else does: a provider's new level is accepted by somebody."""
    nights.night()
    nights.wrong(*range(1, 13))
    assert nights.night().code == 1

    in_terminal = nights.repo.run("baseline", "set", nights.lines[-1]["run_id"], "--by", "Ann")
    assert in_terminal.code == 0, in_terminal.err
    committed(nights.repo, {})
    done = nights.night()

    assert done.code == 0, done.out
    assert nights.lines[-1]["said"][0].startswith("Ann set a baseline on ")
    assert nights.lines[-1]["since_set"]["rules"][0]["estimate"] == 0.0
    assert "since the baseline that Ann set" in nights.summary
    assert nights.lines[-1]["good"]

    nights.wrong(*range(1, 25))
    assert nights.night().code == 1, "the accepted level is the new one"


def test_an_outage_loses_no_night_and_no_memory(nights: Nights) -> None:
    """It is said, and the night after knows the one before again."""
    nights.night()
    nights.github.faults["GET"] = [Fault(404, "no")]

    done = nights.night()

    assert done.code == 0, done.out
    assert "the nights before are not known: GitHub answers 404: no" in done.err
    assert "the nights before are not known" in nights.summary
    assert 102 not in nights.left

    nights.wrong(*range(1, 13))
    assert nights.night().code == 1
    assert [line["workflow_run"] for line in nights.lines] == [101, 103]


def test_an_artifact_that_did_not_come_is_unknown_too(nights: Nights) -> None:
    """The plan says that there is one."""
    nights.night()

    done = nights.night(fetched=False)

    assert done.code == 0
    assert "evalgate-nights of workflow run 101 could not be fetched" in done.err
    assert 102 not in nights.left
    assert nights.lines[-1]["doubtful"], "the issue is not closed"
    assert not (nights.repo.root / "evalgate-report/quiz/baseline.json").exists(), "or proposed"


def test_damaged_nights_are_said_and_count_as_none(nights: Nights) -> None:
    """Then tonight is the first one, and the next one is held against it."""
    nights.night()
    file = nights.left[101] / "nights.jsonl"
    file.write_text(file.read_text("utf-8").replace("passed", "failed"), "utf-8")

    done = nights.night()

    assert done.code == 0, done.out
    assert "there is no earlier night that can be used" in done.err
    assert "nights.jsonl:1: was edited after it was written" in done.err
    assert set(nights.decisions()) == {"quiz"}
    assert [line["workflow_run"] for line in nights.lines] == [102]


def test_a_damaged_good_night_is_said_and_counts_as_none(nights: Nights) -> None:
    """The other nights are still told."""
    nights.night()
    (nights.left[101] / "good" / "quiz.json").write_text("{}", "utf-8")

    done = nights.night()

    assert "not used: evalgate-nights/good/quiz.json" in done.err
    assert LAST not in nights.decisions()
    assert [line["good"] for line in nights.lines] == [True, True]


@pytest.mark.slow
def test_the_same_shards_merged_again_are_one_night(nights: Nights) -> None:
    """A job that is run again has the nights before from their artifact again."""
    nights.night()
    nights.night()
    folder = nights.repo.root / "nights"
    shutil.rmtree(folder)
    shutil.copytree(nights.left[101], folder)

    done = merged(nights.repo, "--nights", "nights")

    assert done.code == 0, done.err
    assert [line["workflow_run"] for line in nights.lines] == [101, 102]


@pytest.mark.slow
def test_a_night_is_not_held_against_itself(nights: Nights) -> None:
    """Nothing can ever be worse."""
    nights.night()
    nights.night()
    folder = nights.repo.root / "nights"
    shutil.copy(nights.left[101] / "nights.jsonl", folder)

    done = merged(nights.repo, "--nights", "nights")

    assert done.code == 0, done.err
    assert LAST not in nights.decisions()
    assert any("is this very run" in said for said in nights.lines[-1]["said"])


def test_a_night_on_simulated_models_is_never_kept(nights: Nights) -> None:
    """Rules of this process are nobody's baseline; the night is told all the same."""
    gates = nights.repo.read("gates.yaml").replace("at_least: 0.5", "at_least: 0")
    simulated = nights.repo.read(V2).replace("local:/m", "sim:/reader")
    committed(nights.repo, {"gates.yaml": gates, V1: simulated, V2: simulated})

    done = nights.night()

    assert done.code == 0, done.out
    (line,) = nights.lines
    assert not line["good"]
    assert any("sim:/reader, which is no LLM" in said for said in line["said"])
    assert not list((nights.left[101] / "good").iterdir())


def test_the_issue_shows_the_nights_and_a_comment_does_not(nights: Nights) -> None:
    """They stand beside the reports, in the same artifact."""
    nights.night()

    issue = nights.repo.run("ci", "issue", "evalgate-report", "--dry-run")
    comment = nights.repo.run("ci", "comment", "evalgate-report", "--dry-run")

    assert "### Nights: quiz" in issue.out
    assert "there is no earlier night" in issue.out
    assert "### Nights" not in comment.out


def test_nights_that_were_edited_are_no_report(nights: Nights) -> None:
    """The issue then says that there is no verdict."""
    nights.night()
    file = nights.repo.root / "evalgate-report" / "nights.jsonl"
    file.write_text(file.read_text("utf-8").replace("passed", "failed"), "utf-8")

    issue = nights.repo.run("ci", "issue", "evalgate-report", "--dry-run")

    assert issue.code == 2
    assert "no verdict" in issue.out
    assert "nights.jsonl:1: was edited after it was written" in issue.err


def test_without_the_flag_it_is_no_night(nights: Nights) -> None:
    """And what an earlier merge said of other nights is taken away."""
    nights.night()
    nights.night()

    assert merged(nights.repo).code == 0
    assert set(nights.decisions()) == {"quiz"}


def set_by_ann(nights: Nights, days: int = 0) -> None:
    """A person sets the last night's run as the baseline; `days`: her clock is ahead."""
    done = nights.repo.run("baseline", "set", nights.lines[-1]["run_id"], "--by", "Ann")
    assert done.code == 0, done.err
    file = nights.repo.root / "baselines/quiz.json"
    written = load_baseline(file, file.name)
    set_at = dt.datetime.now(dt.UTC) + dt.timedelta(days=days)  # the file's own is in whole seconds
    write_baseline(file, written.model_copy(update={"set_at": set_at}))
    committed(nights.repo, {})


def test_what_a_person_set_is_the_level_at_once(nights: Nights) -> None:
    """A provider that drops in that very night does not become what the next is held against."""
    nights.night()
    set_by_ann(nights)
    nights.wrong(*range(1, 13))

    done = nights.night()

    assert done.code == 1, done.out
    assert nights.decisions()["since-set/quiz"]["verdict"] == "failed"
    assert "quiz since the baseline of 20" in nights.summary
    assert not nights.lines[-1]["good"]
    assert "| ❌ | 20" in nights.summary


@pytest.mark.slow
def test_a_baseline_of_a_day_that_is_yet_to_come_ends_nothing(nights: Nights) -> None:
    """Somebody's clock is ahead: or no night would count for a year, whatever became worse."""
    nights.night()
    set_by_ann(nights, days=365)
    nights.wrong(*range(1, 13))

    assert nights.night().code == 1
    assert any("which is yet to come" in said for said in nights.lines[-1]["said"])
