"""Workflows and local actions out of a repository's files; what cannot be read is told."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import JsonValue

from evalgate.errors import UserMistake
from evalgate.github.doctor.diagnosis import Symptom
from evalgate.github.doctor.documents import Document, Table, table_of
from evalgate.github.doctor.stepping import NO_MAPPING, Stepping
from evalgate.github.doctor.workflow import Job, Workflow
from evalgate.github.team.workflows import FOLDER
from evalgate.sources.places import Loc
from evalgate.sources.yaml_text import load_yaml

ENDINGS = (".yml", ".yaml")


@dataclass(frozen=True)
class Reader:
    """Reads files of a repository, each once, and keeps the faults; `top` is without links."""

    top: Path
    symptoms: list[Symptom] = field(default_factory=list)
    _documents: dict[Path, Document | None] = field(default_factory=dict)

    def workflows(self) -> list[Workflow]:
        """Every workflow that can be read, by file name."""
        folder = self.top / FOLDER
        files = sorted(folder.iterdir()) if folder.is_dir() else []
        found = [
            self._workflow(file) for file in files if file.suffix in ENDINGS and file.is_file()
        ]
        return [workflow for workflow in found if workflow]

    def _workflow(self, file: Path) -> Workflow | None:
        document = self.document(file)
        if document is None or not self._is_table(document, (), document.placed.value):
            return None
        body = table_of(document.placed.value)
        lacking = [key for key in ("on", "jobs") if not body.get(key)]
        self.symptoms.extend(document.fault((key,), "is missing", "") for key in lacking)
        if lacking or not self._is_table(document, ("jobs",), body["jobs"]):
            return None
        jobs = [
            self._job(document, name, table_of(job))
            for name, job in table_of(body["jobs"]).items()
            if self._is_table(document, ("jobs", name), job)
        ]
        read = dict.fromkeys((document, *self._called(jobs)))
        is_about_us = any(each.mentions_us() for each in read)
        return Workflow(document, _events(body["on"]), tuple(jobs), is_about_us)

    def _called(self, jobs: list[Job]) -> Iterator[Document]:
        """The files of this repository that jobs use: actions, and workflows that they call."""
        for job in jobs:
            yield from (step.document for step in job.steps)
            if job.calls.startswith("./"):
                yield from filter(None, [self._inside(job.calls)])

    def _job(self, document: Document, name: str, body: Table) -> Job:
        stepping = Stepping(self.action, self.symptoms)
        return Job(document, name, body, stepping.steps(document, ("jobs", name), body))

    def _is_table(self, document: Document, loc: Loc, value: JsonValue) -> bool:
        if isinstance(value, dict):
            return True
        self.symptoms.append(document.fault(loc, NO_MAPPING, ""))
        return False

    def action(self, uses: str) -> Document | None:
        """The file of a local action; None where the repository has none that can be read."""
        found = (self._inside(f"{uses}/action{ending}") for ending in ENDINGS)
        return next(filter(None, found), None)

    def _inside(self, name: str) -> Document | None:
        """A file that another one names; None for what is not there, or not in the repository."""
        try:
            file = (self.top / name).resolve()
            is_ours = file.is_relative_to(self.top) and file.is_file()
        except (OSError, ValueError):
            return None  # no file has such a name
        return self.document(file) if is_ours else None

    def document(self, file: Path) -> Document | None:
        """A file, read once; None where it has faults, which are kept."""
        if file not in self._documents:
            self._documents[file] = self._load(file)
        return self._documents[file]

    def _load(self, file: Path) -> Document | None:
        shown_as = os.fsencode(file.relative_to(self.top)).decode("utf-8", "backslashreplace")
        try:
            placed = load_yaml(file, shown_as, None)
            lines = file.read_text("utf-8-sig").splitlines()
        except UserMistake as mistake:
            self.symptoms.extend(Symptom(each, is_fault=True) for each in mistake.problems)
            return None
        return Document(placed, lines)


def _events(on: JsonValue) -> Mapping[str, tuple[Loc, JsonValue]]:
    """What starts a workflow, in whichever of the three ways it is written."""
    match on:
        case dict():
            return {name: (("on", name), body) for name, body in on.items()}
        case list():
            return {str(name): (("on", index), None) for index, name in enumerate(on)}
        case _:
            return {str(on): (("on",), None)}
