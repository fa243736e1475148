"""Three pushes to a pull request of this project's own suite: worse, still worse, mended."""

import json
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from fake_github import FakeGitHub
from fake_runner import outputs_in
from published_answers import rows
from under_git import git
from workflow_hazards import Happened
from workflow_interpreter import World
from workflow_scratch import PROJECT, PULL_REQUEST, Edit, Scratch, make_scratch, replaced

OWN = ("evalsets", "candidates", "judges")
ANSWERS, CANDIDATE = "candidates/fewshot.jsonl", "candidates/fewshot.yaml"
CASES = "evalsets/open-qa/v1.jsonl"
GATE = "evalgate-report"

mended = replaced(CANDIDATE, "a few examples", "examples")
"""The answers as they were, and a change that the gate has to look at all the same."""


@dataclass(frozen=True)
class Push:
    """What GitHub, its runner and its API know after a push."""

    world: World
    results: Mapping[str, str]
    comments: tuple[str, ...]
    outputs: Mapping[str, str]
    answers: tuple[str, ...]  # the candidate's file, line by line

    @property
    def gate(self) -> Happened:
        """The job that decides."""
        [happened] = self.world.happened("gate")
        return happened

    def report(self, name: str) -> bytes:
        """A file of the artifact that the deciding job keeps."""
        return self.world.keeps.artifacts[self.world.run_id, GATE][name]


def own_scratch(folder: Path, github: FakeGitHub, tracking: str) -> Scratch:
    """This project's own suites in a repository of their own, with the shipped workflows."""
    files = folder / "files"
    files.mkdir()
    shutil.copy(PROJECT / "gates.yaml", files)
    for name in OWN:
        shutil.copytree(PROJECT / name, files / name)
    (folder / "machine").mkdir()
    return make_scratch(folder / "machine", github, tracking, files)


def spoiled(most: int | None = None) -> Edit:
    """The regression: answers that were right become answers that a judge found wrong.

    They are the other prompt's answers to the same questions, so every judge has heard them.
    """
    fewshot, zeroshot = (
        {row["id"]: row["answer"] for row in rows(f"candidates/{name}.jsonl")}
        for name in ("fewshot", "zeroshot")
    )
    said = {
        (row["id"], row["answer"]): row["reply"].split(",")[0].lower()
        for row in rows("judges/correctness-gpt4/replies.jsonl")
    }
    wrong = [
        case
        for case, answer in fewshot.items()
        if said.get((case, answer)) == "yes" and said.get((case, zeroshot[case])) == "no"
    ][:most]

    def edit(repository: Path) -> None:
        answers = {**fewshot, **{case: zeroshot[case] for case in wrong}}
        lines = (
            json.dumps({"id": case, "answer": answer}, ensure_ascii=False, separators=(",", ":"))
            for case, answer in answers.items()
        )
        (repository / ANSWERS).write_text("".join(f"{line}\n" for line in lines), "utf-8")

    return edit


def pushes(scratch: Scratch, edits: Iterable[Edit]) -> list[Push]:
    """Push one change after the other to the same pull request."""
    return [_pushed(scratch, edit) for edit in edits]


def _pushed(scratch: Scratch, edit: Callable[[Path], object]) -> Push:
    world = scratch.pull_request(edit)
    results = world.run(PULL_REQUEST)
    files = sorted(world.folder.glob("gate-*.temp/GITHUB_OUTPUT-*"), key=_written)
    told = [outputs_in(file.read_text("utf-8")) for file in files]
    answers = git(scratch.repository, "show", f"{world.sha}:{ANSWERS}").splitlines()
    return Push(
        world,
        results,
        tuple(scratch.github.bodies(7)),
        [each for each in told if "verdict" in each][-1],
        tuple(answers),
    )


def _written(file: Path) -> int:
    return file.stat().st_mtime_ns
