"""Replies that GitHub should never give are failures that are told, not crashes and not silence."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ci_reports import FEWER, decision_on, written
from evalgate.errors import UserMistake
from evalgate.github.marks import checked_key
from evalgate.github.posting import Done, Order, post_comment
from evalgate.github.refusals import ApiFailed
from fake_clock import FakeClock
from fake_github import MALLORY, Answer, Asked, FakeGitHub, Fault, served
from github_jobs import Job

MakeJob = Callable[..., Job]


class Broken(FakeGitHub):
    """An API that gives one and the same reply."""

    reply = Answer(200, [])

    def answer(self, asked: Asked) -> Answer:
        """Give it."""
        self.asked.append(asked)
        return self.reply


def commented(at_work: Job, folder: Path) -> Done:
    """Run `evalgate ci comment`; nobody waits."""
    report = written(folder / "report", decision_on(FEWER))
    return post_comment(Order((report,)), at_work.environment, FakeClock())


REPLIES: dict[str, tuple[Answer, str]] = {
    "no JSON": (Answer(200, b"<html>"), "the reply is not JSON"),
    "no list": (Answer(200, {"message": "hello"}), "the reply is not a list"),
    "no comments": (Answer(200, [{"name": "x"}]), "the reply has no usable id"),
    "nested without end": (Answer(200, b"[" * 100_000), "the reply is not JSON"),
    "a redirect": (
        Answer(302, {"message": "over there"}, {"Location": "https://evil.example/"}),
        "GitHub answers 302: over there",
    ),
    "a hostile reason": (
        Answer(422, {"message": "::error::x\x1b[2J Bearer abcdefghijk1234567"}),
        "[redacted]",
    ),
    "no reason": (Answer(400, b""), "no reason is given"),
    "a reason that is a list": (Answer(400, {"message": ["x"]}), "no reason is given"),
}


@pytest.mark.parametrize(("reply", "said"), REPLIES.values(), ids=REPLIES.keys())
def test_a_reply_of_another_form_is_a_failure(
    job: MakeJob, tmp_path: Path, reply: Answer, said: str
) -> None:
    """The verdict stands, and what came instead is told in a line."""
    with served(Broken()) as broken:
        assert isinstance(broken, Broken)
        broken.reply = reply
        at_work = job()
        at_work.api_url = broken.url

        done = commented(at_work, tmp_path)

    assert done.code == 1
    [complaint] = done.complaints
    assert said in complaint
    assert all(one.method == "GET" for one in broken.asked)


def test_a_list_without_end_is_no_short_list(
    github: FakeGitHub, job: MakeJob, tmp_path: Path
) -> None:
    """Whoever stopped looking would write a second comment."""
    github.page = 1
    for number in range(101):
        github.comment(7, f"{number}", MALLORY)

    done = commented(job(), tmp_path)

    assert done.complaints == ("not posted: GitHub: lists more than 100 pages",)
    assert not github.requests("POST")


def test_a_token_is_needed(job: MakeJob, tmp_path: Path) -> None:
    """A step that was not handed one is told so."""
    with pytest.raises(UserMistake, match="GITHUB_TOKEN: is not set"):
        commented(job(token=""), tmp_path)


def test_a_token_of_two_lines_is_refused(job: MakeJob, tmp_path: Path) -> None:
    """It would be a header of its own."""
    with pytest.raises(UserMistake, match="GITHUB_TOKEN: holds more than one line"):
        commented(job(token="a\nX-Other: b"), tmp_path)


def test_a_token_that_is_not_known(github: FakeGitHub, job: MakeJob, tmp_path: Path) -> None:
    """It is said, and is in nothing that is said."""
    done = commented(job(token="ghs_wrong"), tmp_path)

    assert done.complaints == ("not posted: GitHub answers 401: Bad credentials",)


def test_a_limit_without_a_time_is_waited_for_until_it_resets(
    github: FakeGitHub, job: MakeJob, tmp_path: Path
) -> None:
    """The reset is a moment; one that is long ago is waited for a second."""
    clock = FakeClock()
    spent = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "12"}
    github.faults["GET"] = [Fault(403, "limit", spent), Fault(429)]
    report = written(tmp_path / "report", decision_on(FEWER))

    done = post_comment(Order((report,)), job().environment, clock)

    assert done.complaints == ()
    assert clock.pauses == [1.0, 60.0]


@pytest.mark.parametrize("key", ["", "a b", "a--b", "--", "x" * 65, "a\nb", "<!--", "ä"])
def test_a_key_that_could_end_its_marker_is_refused(key: str) -> None:
    """It stands inside an HTML comment."""
    with pytest.raises(UserMistake):
        checked_key(key)


def test_what_failed_without_a_reply_may_have_worked() -> None:
    """Only then is it looked for before it is sent again."""
    found = {status: ApiFailed(status, "x").may_have_worked for status in (0, 403, 422, 500, 502)}

    assert found == {0: True, 403: False, 422: False, 500: True, 502: True}
