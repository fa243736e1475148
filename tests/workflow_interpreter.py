"""GitHub Actions in small: the repository's own workflows run, job by job and step by step."""

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fake_github import OF_ACTIONS, PROPOSER, READER, WRITER
from workflow_expressions import STATUS, evaluated, filled
from workflow_functions import Table, functions_for, read_yaml
from workflow_hazards import Happened, Hazards
from workflow_places import Keeps, Place
from workflow_steps import StepRunner
from workflow_values import as_text, is_true


@dataclass
class Ran:
    """One job, or one entry of its matrix, as it ended."""

    result: str
    outputs: dict[str, str]
    happened: Happened
    row: Table
    checkouts: list[str]


@dataclass
class World:
    """A repository, an event, and what GitHub hands to the jobs that it starts."""

    repository: Path
    event_name: str
    event: Table
    sha: str
    ref: str
    folder: Path  # for the jobs' machines
    secrets: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # by environment
    surroundings: Mapping[str, str] = field(default_factory=dict)
    keeps: Keeps = field(default_factory=Keeps)
    hazards: Hazards = field(default_factory=Hazards)
    masked: tuple[str, ...] = ()  # what an attacker got the runner to mask
    run_id: str = "100"
    attempt: int = 1
    workflow: str = ""  # its file, from the repository's top
    jobs: dict[str, list[Ran]] = field(default_factory=dict)
    before: dict[str, list[Ran]] = field(default_factory=dict)  # of an earlier attempt

    def run(self, workflow: str) -> dict[str, str]:
        """Run a workflow's jobs in the order of their needs; give the results."""
        self.workflow = workflow
        found = read_yaml(self.repository / workflow)
        waiting = dict(found["jobs"])
        while waiting:
            ready = [name for name, job in waiting.items() if not needs_of(job) & waiting.keys()]
            assert ready, "the jobs wait for each other"
            for name in ready:
                self._job(name, waiting.pop(name), found)
        return self.results

    def run_failed_again(self, workflow: str) -> dict[str, str]:
        """Run what failed, and whatever needs it, as the next attempt of the same run."""
        jobs = read_yaml(self.repository / workflow)["jobs"]
        failed = {name for name, result in self.results.items() if result == "failure"}
        again = set(failed)
        while more := {name for name in jobs if needs_of(jobs[name]) & again} - again:
            again |= more
        self.before = {name: ran for name, ran in self.jobs.items() if name not in again}
        for name in failed:
            if "strategy" in jobs[name]:  # its entries that succeeded are left alone
                self.before[name] = [ran for ran in self.jobs[name] if ran.result == "success"]
        self.jobs, self.attempt = {}, self.attempt + 1
        return self.run(workflow)

    @property
    def results(self) -> dict[str, str]:
        """Each job's result."""
        return {name: result_of(ran) for name, ran in self.jobs.items()}

    @property
    def is_fork(self) -> bool:
        """True for a pull request of somebody without rights."""
        pull = self.event.get("pull_request")
        ours = self.event["repository"]["full_name"]
        return pull is not None and pull["head"]["repo"]["full_name"] != ours

    def happened(self, job: str) -> list[Happened]:
        """What happened in a job, for each entry of its matrix."""
        return [ran.happened for ran in self.jobs[job]]

    def log(self, job: str) -> str:
        """A job's log."""
        return "\n".join("\n".join(each.log) for each in self.happened(job))

    def _job(self, name: str, job: Table, workflow: Table) -> None:
        """Run one job, unless its condition or its needs say no."""
        needs = {
            each: {"result": result_of(self.jobs[each]), "outputs": outputs_of(self.jobs[each])}
            for each in needs_of(job)
        }
        contexts: Table = {"github": self._github(job), "needs": needs, "inputs": {}}
        self.jobs[name] = list(self.before.get(name, []))
        if not self._is_wanted(job, contexts):
            return
        there = [ran.row for ran in self.jobs[name]]
        try:
            rows = matrix_of(job, contexts)
        except ValueError:  # no job can be made of it
            self.jobs[name] = [Ran("failure", {}, Happened(), {}, [])]
            return
        for row in rows:
            if row not in there:
                ran = self._entry(name, job, workflow, {**contexts, "matrix": row})
                self.jobs[name].append(ran)

    def _is_wanted(self, job: Table, contexts: Table) -> bool:
        below = {each["result"] for each in contexts["needs"].values()}
        condition = str(job.get("if", "success()"))
        # success() is false below a job that was skipped, and so is failure()
        status = "skipped" if "skipped" in below else "success"
        status = "failure" if below & {"failure", "cancelled"} else status
        status = "cancelled" if self.hazards.is_cancelled else status
        wanted = is_true(evaluated(condition, contexts, functions_for(status)))
        return wanted and (STATUS.search(condition) is not None or status == "success")

    def _entry(self, name: str, job: Table, workflow: Table, contexts: Table) -> Ran:
        """Run one job on a machine of its own."""
        workspace = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.folder))
        rights = job["permissions"]
        place = Place(workspace, self.repository, self.run_id, self.ref, self.sha, rights)
        environment = job.get("environment") or {}
        secrets = {} if self.is_fork else self.secrets.get(str(environment.get("name", "")), {})
        row = contexts["matrix"]
        label = f"{name} {row['shard']}" if row else name
        contexts = {**contexts, "secrets": secrets}
        event = self.folder / "event.json"
        event.write_text(json.dumps(self.event), encoding="utf-8")
        surroundings = {"GITHUB_EVENT_PATH": str(event), **self.surroundings}
        runner = StepRunner(place, self.keeps, self.hazards, contexts, surroundings, label)
        env = filled({**workflow.get("env", {}), **job.get("env", {})}, contexts, {})
        status = runner.run(job["steps"], {key: as_text(each) for key, each in env.items()})
        masks = [*runner.happened.masks, *self.masked, *secrets.values()]
        outputs = {}
        for key, value in job.get("outputs", {}).items():
            text = as_text(filled(value, runner.contexts(), functions_for(status)))
            if text and not any(mask and mask in text for mask in masks):
                outputs[key] = text  # the runner drops an output that holds what it masks
        return Ran(status, outputs, runner.happened, row, place.checkouts)

    def _github(self, job: Table) -> Table:
        """The context `github`; a fork's token never writes."""
        may_write = "write" in job["permissions"].values() and not self.is_fork
        writes = PROPOSER if job["permissions"].get("contents") == "write" else WRITER
        reads = OF_ACTIONS if job["permissions"].get("actions") == "read" else READER
        ours = self.event["repository"]["full_name"]
        return {
            "event_name": self.event_name,
            "event": self.event,
            "repository": ours,
            "sha": self.sha,
            "ref": self.ref,
            "run_id": self.run_id,
            "run_attempt": str(self.attempt),
            "actor": "ana",
            "token": writes if may_write else reads,
            "workflow_ref": f"{ours}/{self.workflow}@{self.ref}",
        }


def needs_of(job: Table) -> set[str]:
    """The jobs that a job waits for."""
    needs = job.get("needs", [])
    return {needs} if isinstance(needs, str) else set(needs)


def result_of(ran: list[Ran]) -> str:
    """A job's result: its worst entry's; a job without entries was skipped."""
    results = {each.result for each in ran}
    for worst in ("failure", "cancelled"):
        if worst in results:
            return worst
    return "success" if results else "skipped"


def outputs_of(ran: list[Ran]) -> dict[str, str]:
    """The outputs of all entries; the last one's word counts."""
    return {key: value for each in ran for key, value in each.outputs.items()}


def matrix_of(job: Table, contexts: Table) -> list[Table]:
    """The entries of a job's matrix; one without variables where there is none."""
    if "strategy" not in job:
        return [{}]
    matrix = filled(job["strategy"]["matrix"], contexts, functions_for("success"))
    assert set(matrix) == {"include"}, "only a list of entries is modelled"
    return list(matrix["include"])
