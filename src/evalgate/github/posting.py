"""`evalgate ci comment` and `issue`: reports in, one comment or one issue out."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from evalgate.domain.finding import Verdict
from evalgate.errors import ExitCode, Problem, UserMistake
from evalgate.github.client import GitHub, connected
from evalgate.github.comment.body import Setting
from evalgate.github.comment.earlier_verdict import nothing_changed_body
from evalgate.github.comment.headings import NO_VERDICT, glance_at
from evalgate.github.comment.links import origin_of
from evalgate.github.event import NIGHTLY, Event, load_event
from evalgate.github.marks import ACTIONS, Stamp, checked_key, marker
from evalgate.github.nightly_issue import Night, Report, keep_issue
from evalgate.github.nights.file import last_of
from evalgate.github.readings import Reading, read_all, read_night
from evalgate.github.refusals import ApiFailed
from evalgate.github.reports import decisions_in
from evalgate.github.secrets import secrets_in
from evalgate.github.sticky import Text, stick
from evalgate.github.surroundings import Surroundings, read_surroundings
from evalgate.model.clock import Clock
from evalgate.pipeline.loop import run_now


@dataclass(frozen=True, slots=True)
class Order:
    """What a command is asked to do."""

    places: tuple[Path, ...]
    key: str = "default"
    author: str = ACTIONS
    dry_run: bool = False
    label: str = "evalgate"
    report_url: str = ""
    plan: Path | None = None
    job_result: str = ""  # of the job that decides; empty where nobody knows


@dataclass(frozen=True, slots=True)
class Done:
    """What a command has to show, to complain about, and to exit with."""

    shown: str
    code: ExitCode
    complaints: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


Telling = Callable[[GitHub, Event, Text], Awaitable[str]]


def post_comment(order: Order, environment: Mapping[str, str], clock: Clock | None = None) -> Done:
    """Have one comment on the pull request say what the reports say."""
    read = read_all(order.places, order.plan, secrets_in(environment)).after(order.job_result)
    mark = marker("sticky", checked_key(order.key))

    async def tell(github: GitHub, event: Event, text: Text) -> str:
        number = await github.pull_request_of(event)
        if number is None:
            return "no comment: no open pull request ends with this commit"
        posted = await stick(github, number, text)
        return f"comment on pull request {number}: {posted.done} {posted.url}".rstrip()

    return _told(order, environment, read, mark, _from(tell, clock))


def keep_nightly_issue(
    order: Order, environment: Mapping[str, str], clock: Clock | None = None
) -> Done:
    """Have one issue open as long as the nights are bad."""
    read = read_night(order.places, secrets_in(environment)).after(order.job_result)
    mark = marker("issue", checked_key(order.key))

    async def tell(github: GitHub, event: Event, text: Text) -> str:
        if event.pull_request is not None or event.is_fork:
            fault = "an issue is kept for a branch of this repository, not for a pull request"
            raise UserMistake(Problem(fault, key="GITHUB_EVENT_NAME"))
        branch = await _other_branch(github, event, environment)
        if branch is not None:
            return f"issue: left alone: a night of {branch or 'no branch'} speaks for no other one"
        title = f"evalgate: {_words(read)}" + (f" ({order.key})" if order.key != "default" else "")
        report = Report(text, title, order.label, night_of(read))
        kept, url = await keep_issue(github, report)
        return f"issue: {kept} {url}".rstrip()

    return _told(order, environment, read, mark, _from(tell, clock))


async def _other_branch(github: GitHub, event: Event, environment: Mapping[str, str]) -> str | None:
    """The branch of a night that is not the default one: by hand it can be started anywhere."""
    source = event.source
    if (source.event if source else event.name) not in NIGHTLY:
        return None
    ref = read_surroundings(environment).ref
    branch = source.head_branch if source else ref.removeprefix("refs/heads/")
    return branch if branch != (await github.default_branch()).default_branch else None


def night_of(read: Reading) -> Night:
    """Bad when anything blocks or nothing is known; good only when every suite passed.

    Where the nights before could not be read, a suite may have passed that is worse than they were.
    """
    if read.problems or read.code is not ExitCode.OK:
        return Night.BAD
    if any(one.doubtful for one in last_of(read.nights)):
        return Night.DOUBTFUL
    verdicts = {decision.verdict for decision in decisions_in(read.reports)}
    return Night.GOOD if verdicts == {Verdict.PASSED} else Night.UNCLEAR


def _words(read: Reading) -> str:
    return NO_VERDICT.words if read.problems else glance_at(decisions_in(read.reports)).words


Sending = Callable[[Surroundings, Event, Text], str]


def _from(tell: Telling, clock: Clock | None) -> Sending:
    """Make of what is to be told a call that needs no event loop."""

    def send(around: Surroundings, event: Event, text: Text) -> str:
        async def told() -> str:
            async with connected(around, clock) as github:
                return await tell(github, event, text)

        return run_now(told())

    return send


def _told(
    order: Order, environment: Mapping[str, str], read: Reading, mark: str, send: Sending
) -> Done:
    """Send it, unless nothing is to be sent; a failing API is said and changes no verdict."""
    if order.dry_run:
        return Done(read.body(Setting(mark)), read.code, problems=read.problems)
    around = read_surroundings(environment)
    event = load_event(around)
    if event.name == "pull_request" and event.is_fork:
        said = "not posted: a fork's own run may not write; a workflow on workflow_run posts it"
        return Done(said, read.code, problems=read.problems)
    refuse_without_token(around)
    setting = setting_of(around, event, mark, order.report_url)
    read = read.of_run(setting.stamp.run_id)
    amended = partial(nothing_changed_body, setting) if read.idle else None
    text = Text(mark, setting.stamp, read.body(setting), order.author, amended)
    try:
        return Done(send(around, event, text), read.code, problems=read.problems)
    except ApiFailed as failure:
        # what could not be posted may be the only thing that anybody looks at
        code = read.code or ExitCode.SERVICE
        return Done("", code, (f"not posted: {failure}",), read.problems)


def refuse_without_token(around: Surroundings) -> None:
    """Raise UserMistake where the step was not handed the job's token."""
    if not around.token:
        raise UserMistake(Problem("is not set", key="GITHUB_TOKEN", remedy="hand it to this step"))


def setting_of(around: Surroundings, event: Event, mark: str, report_url: str = "") -> Setting:
    """Whose run this is about: in a second stage the first one's.

    `report_url` is taken when it is a page of that run; its own page has the artifacts otherwise.
    """
    source = event.source
    stamp = Stamp(source.run_id, source.attempt) if source else Stamp(around.run_id, around.attempt)
    run_url = f"{around.server_url}/{event.repository}/actions/runs/{stamp.run_id}"
    is_of_run = report_url.startswith(f"{run_url}/")
    return Setting(
        mark,
        stamp,
        event.head_sha,
        run_url,
        origins_of(around),
        report_url if is_of_run else f"{run_url}#artifacts",
    )


def origins_of(around: Surroundings) -> tuple[str, ...]:
    """The servers that a link of ours may lead to."""
    found = (origin_of(around.server_url), origin_of(around.mlflow_url))
    return tuple(dict.fromkeys(filter(None, found)))
