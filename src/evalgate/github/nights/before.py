"""Which run has the nights before in its artifact: an earlier night of this workflow, no other."""

from collections.abc import Mapping
from pathlib import Path

from evalgate.domain.shard import LastNight
from evalgate.github.client import GitHub, connected
from evalgate.github.event import NIGHTLY
from evalgate.github.payload import Artifact, ArtifactRun, DefaultBranch, PastRun
from evalgate.github.refusals import ApiFailed
from evalgate.github.surroundings import Surroundings, read_surroundings
from evalgate.model.clock import Clock
from evalgate.pipeline.loop import run_now
from evalgate.report.numbers import count
from evalgate.sources.git import run_git

ARTIFACT = "evalgate-nights"
WORKFLOW = "GITHUB_WORKFLOW_REF"
MOST_ASKED = 20
FIRST = "there is no earlier night"


def last_night(
    root: Path, environment: Mapping[str, str], clock: Clock | None = None
) -> LastNight | None:
    """Find it; None where this is no night. What fails here costs no night: it is said."""
    if environment.get("GITHUB_EVENT_NAME") not in NIGHTLY:
        return None
    around = read_surroundings(environment)
    if not around.token:
        return _unknown("GITHUB_TOKEN is not set, and `actions: read` is needed to ask")
    workflow = _workflow_of(around, environment)
    if not workflow:
        return _unknown(f"{WORKFLOW} does not name a workflow of this repository")
    if run_git(root, "rev-parse", "--is-shallow-repository") != "false":
        return _unknown("the clone has no history to know its commits by (fetch-depth: 0)")

    async def asked() -> LastNight:
        async with connected(around, clock) as github:
            return await Search(github, around.run_id, workflow, root).newest()

    try:
        return run_now(asked())
    except ApiFailed as failure:
        return _unknown(str(failure))


def _unknown(why: str) -> LastNight:
    return LastNight(unknown=True, said=f"the nights before are not known: {why}")


def _workflow_of(around: Surroundings, environment: Mapping[str, str]) -> str:
    """The file of the workflow that runs; a workflow of another repository is none of ours."""
    named, _, _ = environment.get(WORKFLOW, "").partition("@")
    ours = f"{around.repository}/"
    return named.removeprefix(ours) if named.startswith(ours) else ""


class Search:
    """One search among the artifacts; whoever may push a branch can leave one of any content."""

    def __init__(self, github: GitHub, run_id: int, workflow: str, root: Path) -> None:
        self.github = github
        self.run_id = run_id
        self.workflow = workflow
        self.root = root

    async def newest(self) -> LastNight:
        """The newest earlier night's run; raises ApiFailed."""
        branch = await self.github.default_branch()
        listed = await self.github.artifacts(ARTIFACT)
        runs = {run.id: run for each in listed if (run := self._listed(each, branch))}
        # by number: an old night that is run again has a new artifact, and is no newer
        newest_first = sorted(runs, reverse=True)
        for number in newest_first[:MOST_ASKED]:
            if _is_night(await self.github.past_run(number), runs[number], self.workflow):
                return LastNight(run_id=number)
        if len(newest_first) > MOST_ASKED:
            return _unknown(f"none of the newest {MOST_ASKED} runs with {ARTIFACT} is a night")
        others = count(len(listed), "artifact")
        also = f"; {others} of other runs, or expired, not taken" if listed else ""
        return LastNight(said=f"{FIRST}{also}")

    def _listed(self, artifact: Artifact, branch: DefaultBranch) -> ArtifactRun | None:
        """The run of an artifact that may be a night's, as far as the list tells."""
        run = artifact.workflow_run
        if artifact.expired or run is None or run.id >= self.run_id:
            return None
        ours = run.repository_id == run.head_repository_id == branch.id
        if not ours or run.head_branch != branch.default_branch:
            return None
        # a tag may be called like the branch: its commit must be one of the branch's own
        return run if self._is_merged(run.head_sha) else None

    def _is_merged(self, commit: str) -> bool:
        asked = ("merge-base", "--is-ancestor", commit, "HEAD")
        return run_git(self.root, *asked) is not None


def _is_night(run: PastRun, listed: ArtifactRun, workflow: str) -> bool:
    """True for a run of this workflow by the clock or by hand, on the commit that was listed."""
    theirs = run.head_repository
    return (
        run.event in NIGHTLY
        and run.path.partition("@")[0] == workflow
        and (run.head_sha, run.head_branch) == (listed.head_sha, listed.head_branch)
        and theirs is not None
        and theirs.id == run.repository.id == listed.repository_id
    )
