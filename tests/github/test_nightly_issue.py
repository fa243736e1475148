"""One issue for the nights: opened, updated, closed when all is good again."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ci_reports import CLOSE, FEWER, GOOD, decision_on, written
from evalgate.errors import UserMistake
from evalgate.github.marks import Stamp, marker, stamped
from evalgate.github.nights.file import write_nights
from evalgate.github.posting import Done, Order, keep_nightly_issue
from fake_clock import FakeClock
from fake_github import MALLORY, READER, FakeGitHub, Fault
from github_jobs import FORK, OURS, Job, pull_request, workflow_run
from past_nights import past

MARK = marker("issue", "default")
NIGHT = {"schedule": "17 3 * * *", "repository": OURS}
MakeJob = Callable[..., Job]


@pytest.fixture
def night(job: MakeJob, tmp_path: Path) -> Callable[..., Done]:
    """One night: its run's number, and how the candidate answers."""

    def kept(
        run_id: int, right: list[bool] | None, *, job_result: str = "", **facts: object
    ) -> Done:
        folder = tmp_path / f"night-{run_id}"
        folder.mkdir(exist_ok=True)
        if right is not None:
            written(folder, decision_on(right))
        at_work = job(**{"event": "schedule", "payload": NIGHT, "run_id": run_id, **facts})
        order = Order((folder,), job_result=job_result)
        return keep_nightly_issue(order, at_work.environment, FakeClock())

    return kept


def test_bad_still_bad_and_good_again(github: FakeGitHub, night: Callable[..., Done]) -> None:
    """One issue in all, and it is closed at the end."""
    done = [night(100, FEWER), night(101, FEWER), night(102, GOOD), night(103, GOOD)]

    assert [one.code for one in done] == [1, 1, 0, 0]
    said = [one.shown.split(" https")[0] for one in done]
    assert said == [
        "issue: opened",
        "issue: updated",
        "issue: closed",
        "issue: no issue is open, and none is needed",
    ]
    [issue] = github.issues.values()
    assert (issue["state"], issue["state_reason"]) == ("closed", "completed")
    assert "## ✅ evalgate: passed" in issue["body"]


@pytest.mark.parametrize("result", ["failure", "cancelled", "skipped", "no such word"])
def test_a_green_report_of_a_job_that_failed_closes_nothing(
    github: FakeGitHub, night: Callable[..., Done], result: str
) -> None:
    """A shard may have been lost after its artifact was kept: nobody knows what it was."""
    night(100, FEWER)

    done = night(101, GOOD, job_result=result)

    [issue] = github.issues.values()
    assert (done.code, issue["state"]) == (2, "open")
    assert f"nothing in it is red, and the job that decides ended with '{result}'" in str(
        done.problems[0]
    )


@pytest.mark.parametrize(("right", "code"), [(GOOD, 0), (FEWER, 1)])
def test_a_report_of_a_job_that_ended_as_it_says_counts(
    github: FakeGitHub, night: Callable[..., Done], right: list[bool], code: int
) -> None:
    """A red one is the verdict whatever else failed in that job."""
    done = night(100, right, job_result="failure" if code else "success")

    assert (done.code, len(github.issues)) == (code, code)


def test_the_next_bad_night_opens_another(github: FakeGitHub, night: Callable[..., Done]) -> None:
    """A closed issue is a story that ended."""
    night(100, FEWER)
    night(101, GOOD)
    night(102, FEWER)

    assert [issue["state"] for issue in github.issues.values()] == ["closed", "open"]


def test_an_undecided_night_neither_opens_nor_closes(
    github: FakeGitHub, night: Callable[..., Done]
) -> None:
    """It is no bad news, and no all-clear either; an open issue says what is known."""
    night(100, CLOSE)
    assert not github.issues

    night(101, FEWER)
    night(102, CLOSE)

    [issue] = github.issues.values()
    assert issue["state"] == "open"
    assert issue["title"] == "evalgate: undecided, allowed"


@pytest.mark.parametrize("ref", ["refs/heads/mine", "refs/tags/main", ""])
@pytest.mark.parametrize("right", [FEWER, GOOD], ids=["bad", "good"])
def test_a_night_of_another_branch_says_nothing_of_this_one(
    github: FakeGitHub, night: Callable[..., Done], ref: str, right: list[bool]
) -> None:
    """By hand it can be started anywhere, with other gates: it neither opens nor closes."""
    night(100, FEWER)

    done = night(101, right, event="workflow_dispatch", payload={"repository": OURS}, ref=ref)

    [issue] = github.issues.values()
    assert (issue["state"], issue["title"]) == ("open", "evalgate: failed")
    assert done.shown.startswith("issue: left alone: a night of ")


def test_a_second_stage_speaks_for_the_branch_of_the_first(
    github: FakeGitHub, night: Callable[..., Done]
) -> None:
    """It runs on the default branch whatever the first one ran on."""
    payload = workflow_run(head=OURS)
    payload["workflow_run"]["event"] = "schedule"

    night(100, FEWER, event="workflow_run", payload=payload)
    assert not github.issues

    payload["workflow_run"]["head_branch"] = "main"
    night(101, FEWER, event="workflow_run", payload=payload)
    assert len(github.issues) == 1


@pytest.mark.parametrize("doubtful", [True, False])
def test_a_night_that_could_not_read_the_nights_before_closes_nothing(
    github: FakeGitHub, night: Callable[..., Done], tmp_path: Path, *, doubtful: bool
) -> None:
    """It may be as bad as they were: its own rules passed then too."""
    night(100, FEWER)
    folder = tmp_path / "night-101"
    folder.mkdir()
    write_nights(folder / "nights.jsonl", [past(100, doubtful=True), past(101, doubtful=doubtful)])

    night(101, GOOD)

    [issue] = github.issues.values()
    assert issue["state"] == ("open" if doubtful else "closed")
    assert issue["title"] == f"evalgate: {'failed' if doubtful else 'passed'}"


def test_a_night_without_a_report_is_bad(github: FakeGitHub, night: Callable[..., Done]) -> None:
    """Silence is what a broken night sounds like."""
    done = night(100, None)

    [issue] = github.issues.values()
    assert "⛔ evalgate: no verdict" in issue["body"]
    assert done.code == 2
    assert done.problems


def test_only_our_own_issue_is_touched(github: FakeGitHub, night: Callable[..., Done]) -> None:
    """Not a person's with the same words, not one with another label, not a pull request."""
    theirs = [
        github.issue(f"{MARK}\nx", MALLORY),
        github.issue(f"{MARK}\nx", labels=[{"name": "bug"}]),
        github.issue(f"{MARK}\nx", pull_request={"url": "x"}),
        github.issue(f"> {MARK}\nx"),
    ]

    night(100, FEWER)
    night(101, GOOD)

    assert all(issue["state"] == "open" and issue["title"] == "t" for issue in theirs)
    assert len(github.issues) == 5


def test_two_nights_that_race_leave_one_issue_open(
    github: FakeGitHub, night: Callable[..., Done]
) -> None:
    """The older one stays."""
    other = f"{stamped(MARK, Stamp(99, 1))}\nof another run"
    github.before_write = lambda fake: fake.issue(other)

    night(100, FEWER)

    assert [issue["state"] for issue in github.issues.values()] == ["open", "closed"]
    assert "evalgate: failed" in github.issues[1001]["body"]


def test_an_older_night_does_not_close_what_a_newer_one_opened(
    github: FakeGitHub, night: Callable[..., Done]
) -> None:
    """A run that is run again says nothing of tonight."""
    github.issue(f"{stamped(MARK, Stamp(101, 1))}\nbad")

    done = night(100, GOOD)

    [issue] = github.issues.values()
    assert issue["state"] == "open"
    assert "newer run" in done.shown


def test_an_issue_that_was_opened_although_the_reply_was_lost(
    github: FakeGitHub, night: Callable[..., Done]
) -> None:
    """It looks first, and opens no second one."""
    github.faults["POST"] = [Fault(502, done=True)]

    night(100, FEWER)

    assert len(github.issues) == 1


def test_a_token_that_may_not_write_is_said(github: FakeGitHub, night: Callable[..., Done]) -> None:
    """The night's exit code stays."""
    done = night(100, FEWER, token=READER)

    assert done.code == 1
    assert done.complaints == (
        "not posted: GitHub answers 403: Resource not accessible by integration",
    )


@pytest.mark.parametrize(
    ("event", "payload"),
    [("pull_request", pull_request()), ("workflow_run", workflow_run(head=FORK))],
    ids=["a pull request", "a fork's run"],
)
def test_no_pull_request_opens_issues(
    github: FakeGitHub, night: Callable[..., Done], event: str, payload: dict[str, object]
) -> None:
    """Anybody may open a pull request; an issue would speak for the branch."""
    with pytest.raises(UserMistake, match="not for a pull request"):
        night(100, FEWER, event=event, payload=payload)

    assert not github.asked
