"""One comment on a pull request, whatever happens around it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ci_reports import CLOSE, FEWER, GOOD, decision_on, written
from evalgate.errors import ExitCode
from evalgate.github.marks import Stamp, marker, stamp_of, stamped
from evalgate.github.posting import Done, Order, post_comment
from fake_clock import FakeClock
from fake_github import MALLORY, READER, FakeGitHub, Fault, pull
from github_jobs import FORK, OURS, SHA, Job, pull_request, workflow_run

MARK = marker("sticky", "default")
MakeJob = Callable[..., Job]


def commented(job: Job, folder: Path, clock: FakeClock | None = None, **order: object) -> Done:
    """Run `evalgate ci comment` for a job; nobody waits."""
    asked = Order((folder,), **order)  # type: ignore[arg-type]  # a test names what it changes
    return post_comment(asked, job.environment, clock or FakeClock())


@pytest.fixture
def failed(tmp_path: Path) -> Path:
    """A report that says no."""
    return written(tmp_path / "failed", decision_on(FEWER))


@pytest.fixture
def passed(tmp_path: Path) -> Path:
    """A report that says yes."""
    return written(tmp_path / "passed", decision_on(GOOD))


def test_three_pushes_make_one_comment(
    github: FakeGitHub, job: MakeJob, failed: Path, passed: Path
) -> None:
    """It is written once and then says what the newest run says."""
    first = commented(job(run_id=100), failed)
    second = commented(job(run_id=101), passed)
    third = commented(job(run_id=102), failed)

    assert [first.code, second.code, third.code] == [1, 0, 1]
    [body] = github.bodies(7)
    assert body.startswith(f"{MARK}\n<!-- evalgate:run:102.1 -->\n## ❌ evalgate: failed\n")
    assert [len(github.requests("POST")), len(github.requests("PATCH"))] == [1, 2]


def test_a_comment_that_would_say_the_same_is_left_alone(
    github: FakeGitHub, job: MakeJob, failed: Path
) -> None:
    """The second attempt at one step writes nothing; GitHub may have changed the ends of lines."""
    commented(job(), failed)
    github.comments[7][0]["body"] = github.bodies(7)[0].replace("\n", "\r\n")

    done = commented(job(), failed)

    assert "unchanged" in done.shown
    assert not github.requests("PATCH")


def test_ours_is_found_behind_many_pages(github: FakeGitHub, job: MakeJob, failed: Path) -> None:
    """A long discussion does not make a second comment."""
    for number in range(230):
        github.comment(7, f"I think {number}", MALLORY)
    ours = github.comment(7, f"{MARK}\nold")

    commented(job(), failed)

    assert not github.requests("POST")
    assert "evalgate: failed" in ours["body"]


IMPOSTORS = {
    "the marker by a user": (MALLORY, f"{MARK}\n## ✅ evalgate: passed"),
    "a user with the bot's name": (
        {"login": "github-actions[bot]", "type": "User"},
        f"{MARK}\n## ✅ evalgate: passed",
    ),
    "another bot": ({"login": "other[bot]", "type": "Bot"}, f"{MARK}\nx"),
    "the bot quotes it below": (None, f"somebody wrote:\n{MARK}\nx"),
    "the bot quotes it in a line": (None, f"> {MARK}\nx"),
    "another key": (None, marker("sticky", "other") + "\nx"),
    "another kind": (None, marker("issue", "default") + "\nx"),
    "an account that is gone": ({"login": "ghost", "type": "User"}, f"{MARK}\nx"),
}


@pytest.mark.parametrize(("user", "body"), IMPOSTORS.values(), ids=IMPOSTORS.keys())
def test_what_is_not_ours_is_never_touched(
    github: FakeGitHub, job: MakeJob, failed: Path, user: dict[str, str] | None, body: str
) -> None:
    """A comment is ours when our account wrote it and the marker is its whole first line."""
    theirs = github.comment(7, body, user)

    commented(job(), failed)

    assert theirs["body"] == body
    assert len(github.comments[7]) == 2


def test_a_comment_without_an_author_is_not_ours(
    github: FakeGitHub, job: MakeJob, failed: Path
) -> None:
    """GitHub gives no account for one that was deleted."""
    theirs = github.comment(7, f"{MARK}\nx")
    theirs["user"] = None

    commented(job(), failed)

    assert len(github.comments[7]) == 2


def test_two_runs_that_race_leave_one_comment(
    github: FakeGitHub, job: MakeJob, failed: Path
) -> None:
    """Whoever finds two keeps the older one, with the newer run's words."""
    other = f"{stamped(MARK, Stamp(99, 1))}\nof another run"
    github.before_write = lambda fake: fake.comment(7, other)

    done = commented(job(run_id=100), failed)

    [kept] = github.comments[7]
    assert stamp_of(kept["body"]) == Stamp(100, 1)
    assert kept["id"] == 1001, "the older of the two is the one that stays"
    assert done.code is ExitCode.FAILED


def test_a_race_that_a_newer_run_wins(github: FakeGitHub, job: MakeJob, failed: Path) -> None:
    """Its words stay, even where they stood in the comment that is taken away."""
    newer = f"{stamped(MARK, Stamp(101, 1))}\nof a newer run"
    github.comment(7, f"{stamped(MARK, Stamp(90, 1))}\nold")
    github.comment(7, newer)

    commented(job(run_id=100), failed)

    assert github.bodies(7) == [newer]


def test_a_double_that_another_run_took_away(
    github: FakeGitHub, job: MakeJob, failed: Path
) -> None:
    """Both runs tidy up; whoever comes second finds it gone, which is what it wanted."""
    github.comment(7, f"{MARK}\none")
    github.comment(7, f"{MARK}\nanother")
    github.faults["DELETE"] = [Fault(404, "Not Found", done=True)]

    done = commented(job(), failed)

    assert done.complaints == ()
    assert len(github.comments[7]) == 1


@pytest.mark.parametrize("newer", [Stamp(101, 1), Stamp(100, 2)], ids=["a run", "an attempt"])
def test_an_older_run_does_not_write_over_a_newer_one(
    github: FakeGitHub, job: MakeJob, passed: Path, newer: Stamp
) -> None:
    """A run that took long, or is run again, says nothing about today's commit."""
    said = f"{stamped(MARK, newer)}\n## ❌ evalgate: failed"
    github.comment(7, said)

    done = commented(job(run_id=100), passed)

    assert github.bodies(7) == [said]
    assert "a newer run wrote it" in done.shown


def test_a_post_that_failed_after_it_worked_is_not_repeated(
    github: FakeGitHub, job: MakeJob, failed: Path
) -> None:
    """After a gateway's error it looks first whether the comment is there."""
    github.faults["POST"] = [Fault(502, done=True)]

    done = commented(job(), failed)

    assert len(github.requests("POST")) == 1
    assert len(github.comments[7]) == 1
    assert done.complaints == ()


def test_a_post_that_failed_is_tried_again(github: FakeGitHub, job: MakeJob, failed: Path) -> None:
    """It was not there, so it is sent once more."""
    github.faults["POST"] = [Fault(503)]

    commented(job(), failed)

    assert len(github.comments[7]) == 1


def test_a_limit_is_waited_for(github: FakeGitHub, job: MakeJob, failed: Path) -> None:
    """A secondary limit refuses, so that a POST may come again when GitHub says."""
    clock = FakeClock()
    limit = "You have exceeded a secondary rate limit"
    github.faults["POST"] = [Fault(403, limit, {"Retry-After": "17"}), Fault(403, limit)]

    commented(job(), failed, clock)

    assert clock.pauses == [17.0, 60.0]
    assert len(github.comments[7]) == 1


def test_a_limit_that_lasts_too_long_is_not_waited_for(
    github: FakeGitHub, job: MakeJob, failed: Path
) -> None:
    """A job does not stand still for an hour."""
    clock = FakeClock()
    github.faults["GET"] = [Fault(403, "slow", {"Retry-After": "3600"})]

    done = commented(job(), failed, clock)

    assert clock.pauses == []
    assert done.complaints


def test_a_gateway_that_stumbles_costs_nothing(
    github: FakeGitHub, job: MakeJob, failed: Path
) -> None:
    """Reading and replacing may be done twice."""
    github.comment(7, f"{MARK}\nold")
    github.faults["GET"] = [Fault(502), Fault(500)]
    github.faults["PATCH"] = [Fault(504, done=True)]

    done = commented(job(), failed)

    assert done.complaints == ()
    assert "evalgate: failed" in github.bodies(7)[0]


def make_it_fail(fake: FakeGitHub, at_work: Job, how: str) -> Job:
    """An API that is down, refuses the token, or is not there."""
    match how:
        case "down":
            fake.faults["GET"] = [Fault(502)] * 10
        case "a token that may only read":
            at_work.token = READER
        case _:
            at_work.api_url = "http://127.0.0.1:9"
    return at_work


@pytest.mark.parametrize("how", ["down", "a token that may only read", "not there"])
def test_an_api_that_fails_is_said_and_makes_nothing_green(
    github: FakeGitHub, job: MakeJob, failed: Path, passed: Path, how: str
) -> None:
    """The verdict's exit code stays; a green one becomes 4, for nobody can read it."""
    at_work = make_it_fail(github, job(), how)

    done = [commented(at_work, failed), commented(make_it_fail(github, at_work, how), passed)]

    assert [one.code for one in done] == [1, 4]
    assert all(one.complaints for one in done)
    assert at_work.token not in str(done)


def test_undecided_and_not_posted_is_not_green(
    github: FakeGitHub, job: MakeJob, tmp_path: Path
) -> None:
    """What is allowed is allowed only where people can see that it is undecided."""
    folder = written(tmp_path / "close", decision_on(CLOSE))
    github.faults["GET"] = [Fault(500)] * 10

    assert commented(job(), folder).code == 4
    assert commented(job(), folder, dry_run=True).code == 0


def test_a_fork_finds_its_pull_request_by_the_event(
    github: FakeGitHub, job: MakeJob, failed: Path
) -> None:
    """Branch, repository and commit of the run decide; the first stage's run is named."""
    github.pulls[7] = pull(7, SHA, "mallory", repo=9)
    github.pulls[8] = pull(8, SHA, "mallory", ref="other", repo=9)
    at_work = job(event="workflow_run", payload=workflow_run(run_id=500), run_id=900)

    commented(at_work, failed)

    [body] = github.bodies(7)
    assert "<!-- evalgate:run:500.1 -->" in body
    assert "https://github.example/acme/app/actions/runs/500" in body


OTHERS = {
    "another commit": pull(7, "c" * 40, "mallory", repo=9),
    "another repository": pull(7, SHA, "mallory", repo=10),
    "another branch": pull(7, SHA, "mallory", ref="other", repo=9),
}


@pytest.mark.parametrize("found", OTHERS.values(), ids=OTHERS.keys())
def test_a_run_that_is_of_no_pull_request_comments_nowhere(
    github: FakeGitHub, job: MakeJob, failed: Path, found: dict[str, object]
) -> None:
    """A fork cannot choose where its report is posted."""
    github.pulls[7] = found

    done = commented(job(event="workflow_run", payload=workflow_run()), failed)

    assert not github.comments
    assert done.shown.startswith("no comment: ")
    assert done.code == 1


def test_a_first_stage_for_something_else_comments_nowhere(
    github: FakeGitHub, job: MakeJob, failed: Path
) -> None:
    """A push to a branch with a pull request has a run of its own for that."""
    github.pulls[7] = pull(7, SHA, "mallory", repo=9)
    payload = workflow_run()
    payload["workflow_run"]["event"] = "push"

    commented(job(event="workflow_run", payload=payload), failed)

    assert not github.asked


def test_a_commit_of_two_pull_requests_comments_on_neither(
    github: FakeGitHub, job: MakeJob, failed: Path
) -> None:
    """Nobody could say which of them is meant."""
    github.pulls = {7: pull(7, SHA, "mallory", repo=9), 8: pull(8, SHA, "mallory", repo=9)}

    commented(job(event="workflow_run", payload=workflow_run(head=FORK)), failed)

    assert not github.comments


def test_a_forks_own_run_does_not_try_to_write(
    github: FakeGitHub, job: MakeJob, failed: Path
) -> None:
    """Its token may only read; the second stage posts."""
    done = commented(job(payload=pull_request(head=FORK)), failed)

    assert not github.asked
    assert done.code == 1
    assert "workflow_run" in done.shown


def test_a_merge_queue_has_nothing_to_comment_on(
    github: FakeGitHub, job: MakeJob, passed: Path
) -> None:
    """There is no pull request; the verdict stands."""
    payload = {
        "merge_group": {"head_sha": SHA, "base_sha": "b" * 40},
        "repository": OURS,
    }

    done = commented(job(event="merge_group", payload=payload), passed)

    assert not github.comments
    assert done.code == 0


def test_the_token_stays_on_its_host(github: FakeGitHub, job: MakeJob, failed: Path) -> None:
    """A page that points elsewhere is not followed."""
    at_work = job()
    github.page = 1
    github.comment(7, "one", MALLORY)
    github.comment(7, "two", MALLORY)
    github.url = "http://localhost:1"  # where the second page is said to be

    done = commented(at_work, failed)

    [complaint] = done.complaints
    assert complaint == "not posted: GitHub: names another host, and the token is sent to none"


def test_a_dry_run_asks_nobody(github: FakeGitHub, failed: Path) -> None:
    """It needs no job around it, and exits as it would."""
    done = post_comment(Order((failed,), dry_run=True), {})

    assert done.code == 1
    assert done.shown.startswith(f"{MARK}\n")
    assert not github.asked
