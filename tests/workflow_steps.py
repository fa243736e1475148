"""The steps of one job: scripts, composite actions, and what the runner makes of their output."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from fake_runner import LARGEST_SUMMARY, Log, outputs_in
from workflow_expressions import STATUS, evaluated, filled
from workflow_functions import Table, functions_for, read_yaml
from workflow_hazards import Happened, Hazards
from workflow_places import ActionFailed, Keeps, Place, act
from workflow_values import as_text, is_true

PLAIN = ["bash", "-e"]
BASH = ["bash", "--noprofile", "--norc", "-eo", "pipefail"]
LONGEST_S = 300

PINNED = f"acme/evalgate@{'0123456789' * 4}"
OURS = Path(__file__).parents[1]
"""This checkout stands for that commit of the action."""


@dataclass(frozen=True)
class Scope:
    """Where steps run: in the job itself, or in an action that it uses."""

    env: Mapping[str, str]
    store: Table
    inputs: Mapping[str, str] = field(default_factory=dict)
    action: str = ""


@dataclass
class StepRunner:
    """Runs one job's steps."""

    place: Place
    keeps: Keeps
    hazards: Hazards
    base: Table  # the contexts that the job begins with
    surroundings: Mapping[str, str]
    label: str
    happened: Happened = field(default_factory=Happened)
    struck: bool = False
    job: Scope = field(default_factory=lambda: Scope({}, {}))

    def run(self, steps: Sequence[Table], env: Mapping[str, str]) -> str:
        """Run them all; the job's result."""
        self.job = replace(self.job, env=env)
        status = self._all(steps, self.job)
        return "cancelled" if self.struck and status == "success" else status

    def contexts(self, scope: Scope | None = None) -> Table:
        """What expressions of a step see."""
        inside = scope or self.job
        github = {**self.base["github"], "action_path": inside.action}
        return {
            **self.base,
            "github": github,
            "steps": inside.store,
            "inputs": inside.inputs,
            "env": inside.env,
            "runner": {"temp": str(self._temp), "os": "Linux"},
        }

    @property
    def _temp(self) -> Path:
        return self.place.workspace.with_name(self.place.workspace.name + ".temp")

    def _all(self, steps: Sequence[Table], scope: Scope) -> str:
        """Run each step that its condition lets run; whether one of them failed."""
        status = "success"
        for step in steps:
            now = "cancelled" if self.hazards.is_cancelled else status
            outcome, outputs = "skipped", dict[str, str]()
            if self._is_wanted(step, scope, now):
                outcome, outputs = self._one(step, scope, now)
            conclusion = outcome
            if outcome == "failure" and step.get("continue-on-error") == "true":
                conclusion = "success"
            if name := step.get("id"):
                told = {"outputs": outputs, "outcome": outcome, "conclusion": conclusion}
                scope.store[name] = told
            self.happened.steps[str(step["name"])] = outcome
            if conclusion == "failure":
                status = "failure"
        return status

    def _is_wanted(self, step: Table, scope: Scope, now: str) -> bool:
        condition = str(step.get("if", "success()"))
        functions = functions_for(now, self.place.workspace)
        wanted = is_true(evaluated(condition, self.contexts(scope), functions))
        return wanted and (STATUS.search(condition) is not None or now == "success")

    def _one(self, step: Table, scope: Scope, now: str) -> tuple[str, dict[str, str]]:
        """Run one step; its outcome and outputs."""
        if strike := self.hazards.strikes(f"{self.label}/{step['name']}"):
            self.struck = self.struck or strike == "cancelled"
            return strike, {}
        contexts = self.contexts(scope)
        functions = functions_for(now, self.place.workspace)
        env = {**scope.env, **_texts(filled(step.get("env", {}), contexts, functions))}
        given = _texts(filled(step.get("with", {}), contexts, functions))
        if "run" in step:
            return self._script(step, replace(scope, env=env), contexts)
        if (folder := self._folder_of(str(step["uses"]))) is not None:
            return self._composite(folder, given, env)
        try:
            return "success", act(str(step["uses"]), given, self.place, self.keeps)
        except ActionFailed as failure:
            self.happened.log.append(f"{step['name']}: {failure}")
            return "failure", {}

    def _folder_of(self, uses: str) -> Path | None:
        """Where an action is that has steps of its own; None for one that is modelled."""
        if uses.startswith("./"):
            return self.place.workspace / uses
        return OURS if uses == PINNED else None

    def _composite(
        self, folder: Path, given: Mapping[str, str], env: Mapping[str, str]
    ) -> tuple[str, dict[str, str]]:
        """Run the steps of an action that is on this disk."""
        action = read_yaml(folder / "action.yml")
        known = action["inputs"]
        assert given.keys() <= known.keys(), "an input that the action does not have"
        missing = {name for name, each in known.items() if each.get("required") == "true"}
        assert missing <= given.keys(), "an input that the action needs"
        inputs = {**{name: each.get("default", "") for name, each in known.items()}, **given}
        scope = Scope(env, {}, inputs, str(folder.resolve()))
        status = self._all(action["runs"]["steps"], scope)
        told = {
            name: as_text(filled(each["value"], self.contexts(scope), functions_for(status)))
            for name, each in action["outputs"].items()
        }
        return status, told

    def _script(self, step: Table, scope: Scope, contexts: Table) -> tuple[str, dict[str, str]]:
        """Run a script; read its log and its files as the runner does."""
        self._temp.mkdir(exist_ok=True)
        count = len(self.happened.steps)
        files = {
            name: self._temp / f"{name}-{count}-{os.urandom(4).hex()}"
            for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_ENV", "GITHUB_PATH")
        }
        for path in files.values():
            path.touch()
        folder = as_text(filled(step.get("working-directory", "."), contexts, {}))
        done = subprocess.run(
            [*(BASH if step.get("shell") == "bash" else PLAIN), "-c", step["run"]],
            cwd=self.place.workspace / folder,
            env={**self._surroundings(files, scope), **scope.env},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            timeout=LONGEST_S,
        )
        text = done.stdout.decode("utf-8", "replace")
        log = Log().feed(text)
        self.happened.log += text.splitlines()
        self.happened.masks += log.masks
        self.happened.annotations += log.kept
        assert not files["GITHUB_ENV"].read_bytes(), "not modelled"
        assert not files["GITHUB_PATH"].read_bytes(), "not modelled"
        summary = files["GITHUB_STEP_SUMMARY"].read_bytes()
        if summary:
            assert len(summary) <= LARGEST_SUMMARY, "the runner drops it whole"
            self.happened.summaries.append(summary.decode())
        spoken = {
            each.properties["name"]: each.data for each in log.commands if each.name == "set-output"
        }  # an old way to set an output, which the runner still knows
        outputs = {**spoken, **outputs_in(files["GITHUB_OUTPUT"].read_text(encoding="utf-8"))}
        return ("success" if done.returncode == 0 else "failure"), outputs

    def _surroundings(self, files: Mapping[str, Path], scope: Scope) -> dict[str, str]:
        """What every script's environment holds; no INPUT_* in a composite action."""
        github = self.base["github"]
        named = ["repository", "event_name", "sha", "ref", "actor", "run_id", "run_attempt"]
        named.append("workflow_ref")
        return {
            "HOME": str(self._temp),
            "LANG": "C.UTF-8",
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_SERVER_URL": "https://github.example",
            "GITHUB_WORKSPACE": str(self.place.workspace),
            "RUNNER_TEMP": str(self._temp),
            **{f"GITHUB_{name.upper()}": github[name] for name in named},
            **({"GITHUB_ACTION_PATH": scope.action} if scope.action else {}),
            **{name: str(path) for name, path in files.items()},
            **self.surroundings,
        }


def _texts(table: Table) -> dict[str, str]:
    return {name: as_text(value) for name, value in table.items()}
