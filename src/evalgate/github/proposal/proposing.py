"""`evalgate ci propose`: a good night's baselines in one pull request, for a person to decide."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evalgate.errors import ExitCode, Problem, UserMistake
from evalgate.github.ci_plan import ground_of
from evalgate.github.client import GitHub, connected
from evalgate.github.comment.body import Setting
from evalgate.github.event import NIGHTLY, Event, load_event
from evalgate.github.marks import ACTIONS, marker
from evalgate.github.posting import Done, refuse_without_token, setting_of
from evalgate.github.proposal.branch import BRANCH, Pushing
from evalgate.github.proposal.git_data import GitData
from evalgate.github.proposal.stale_baselines import Night, Survey, left_below
from evalgate.github.proposal.text import proposal_for
from evalgate.github.readings import read_all
from evalgate.github.refusals import ApiFailed
from evalgate.github.secrets import secrets_in
from evalgate.github.surroundings import Surroundings, read_surroundings
from evalgate.model.clock import Clock, SystemClock
from evalgate.pipeline.loop import run_now
from evalgate.pipeline.project import Project

MARK = marker("proposal", "default")
MAY_NOT = (
    "Actions may have to be allowed to create pull requests (settings, actions, general);"
    f" one that somebody opens from {BRANCH} is as good"
)


@dataclass(frozen=True, slots=True)
class ProposeOrder:
    """What `ci propose` is asked."""

    places: tuple[Path, ...]
    older_than: int | None = None
    author: str = ACTIONS
    dry_run: bool = False


def propose_baselines(
    project: Project,
    order: ProposeOrder,
    environment: Mapping[str, str],
    clock: Clock | None = None,
) -> Done:
    """Keep one pull request as long as a good night's baselines are not the committed ones.

    Raises UserMistake where this is no night of the checked-out commit.
    """
    ticking = clock or SystemClock()
    if order.dry_run:
        return _shown(project, order, environment, ticking)
    around = read_surroundings(environment)
    event = load_event(around)
    _refuse_other_event(project, event, around)
    refuse_without_token(around)
    survey, code = _survey(project, order, environment, ticking)

    async def told() -> Sequence[str]:
        async with connected(around, ticking) as github:
            return await _told(github, survey, order, around)

    try:
        said = run_now(told())
    except ApiFailed as failure:
        complaint = f"not proposed: {failure}"
        if failure.status == 403:
            complaint = f"{complaint} ({MAY_NOT})"
        return Done("\n".join(survey.said), code or ExitCode.SERVICE, (complaint,))
    return Done("\n".join((*said, *survey.said)), code)


def _shown(
    project: Project, order: ProposeOrder, environment: Mapping[str, str], clock: Clock
) -> Done:
    survey, code = _survey(project, order, environment, clock)
    if not survey.proposed:
        return Done("\n".join(("nothing is to be proposed", *survey.said)), code)
    proposal = proposal_for(survey.proposed, survey.said, Setting(MARK))
    return Done(f"{proposal.title}\n\n{proposal.body}", code)


def _refuse_other_event(project: Project, event: Event, around: Surroundings) -> None:
    """Raise UserMistake for what is no night: a stranger's commit must not choose a baseline."""
    if event.name not in NIGHTLY:
        fault = f"is {event.name}, and a baseline is proposed by a night alone"
        remedy = f"on {' or '.join(NIGHTLY)}"
        raise UserMistake(Problem(fault, key="GITHUB_EVENT_NAME", remedy=remedy))
    if project.commit[0] != around.sha:
        fault = f"is {around.sha[:12]}, and {project.commit[0][:12] or 'none'} is checked out"
        raise UserMistake(Problem(fault, key="GITHUB_SHA"))


def _survey(
    project: Project, order: ProposeOrder, environment: Mapping[str, str], clock: Clock
) -> tuple[Survey, ExitCode]:
    """What is to be proposed, and the night's verdict; raises UserMistake with every fault."""
    read = read_all(order.places, None, secrets_in(environment))
    if read.problems:
        raise UserMistake(read.problems)
    today = dt.datetime.fromtimestamp(clock.wall(), dt.UTC).date()
    left = left_below(order.places)
    night = Night(project, ground_of(project), read.reports, left, today, order.older_than)
    return night.survey(), read.code


async def _told(
    github: GitHub, survey: Survey, order: ProposeOrder, around: Surroundings
) -> Sequence[str]:
    """Do it, unless this is a fork or another branch; what was done, in words."""
    repository = await github.default_branch()
    base = repository.default_branch
    if repository.fork:
        return ["not proposed: this repository is a fork"]
    if around.ref != f"refs/heads/{base}" or base == BRANCH:
        return [f"not proposed: this is {around.ref or 'no branch'}, and not {base}"]
    setting = setting_of(around, load_event(around), MARK)
    pushing = Pushing(GitData(github, BRANCH, base), setting, order.author)
    proposal = proposal_for(survey.proposed, survey.said, setting) if survey.proposed else None
    return [await pushing.done(survey, proposal)]
