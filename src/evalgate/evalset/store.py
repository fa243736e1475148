"""Which evalsets and versions there are; a frozen one that was edited does not open."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from pydantic import TypeAdapter

from evalgate.domain.evalset import CaseSchema, EvalsetSpec, FrozenVersion
from evalgate.errors import Problem, UserMistake
from evalgate.sources.nearest import did_you_mean
from evalgate.sources.places import dotted
from evalgate.sources.strict import read_record
from evalgate.sources.yaml_text import load_yaml

FOLDER = "evalsets"
FILE = "evalset.yaml"
VERSION_FILE = re.compile(r"(v[0-9]+)\.jsonl")
REFERENCE = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)@(v[0-9]+)")
ADAPTER: TypeAdapter[EvalsetSpec] = TypeAdapter(EvalsetSpec)


@dataclass(frozen=True, slots=True)
class Evalset:
    """One version of an evalset; `count` is its number of lines that are not blank."""

    ref: str
    name: str
    version: str
    path: Path
    shown_as: str
    digest: str
    count: int
    frozen: bool
    case_schema: CaseSchema


class Evalsets(NamedTuple):
    """The evalsets of the project `root`."""

    root: Path
    environment: Mapping[str, str]

    def names(self) -> list[str]:
        """The evalsets' names, sorted."""
        return sorted(path.parent.name for path in self.folder.glob(f"*/{FILE}"))

    @property
    def folder(self) -> Path:
        """Where the evalsets are."""
        return self.root / FOLDER

    def spec(self, name: str) -> EvalsetSpec:
        """Read an evalset's own file; an unknown name offers the nearest."""
        if name not in (known := self.names()):
            fault = f"there is no evalset {name!r}"
            raise UserMistake(Problem(fault, FOLDER, remedy=did_you_mean(name, known)))
        shown_as = f"{FOLDER}/{name}/{FILE}"
        return read_record(
            ADAPTER, load_yaml(self.folder / name / FILE, shown_as, self.environment)
        )

    def versions(self, name: str) -> list[str]:
        """The versions of an evalset, drafts too, oldest first."""
        return self._versions(name, self.spec(name))

    def _versions(self, name: str, spec: EvalsetSpec) -> list[str]:
        frozen = {line.version for line in spec.versions or ()}
        return sorted(frozen | self.drafted(name), key=number_of)

    def drafted(self, name: str) -> set[str]:
        """The versions that have a file."""
        files = (
            VERSION_FILE.fullmatch(path.name) for path in (self.folder / name).glob("v*.jsonl")
        )
        return {found.group(1) for found in files if found}

    def open(self, ref: str) -> Evalset:
        """Open `name@version`; a frozen version must still have the bytes it was frozen with."""
        name, version = parse_reference(ref)
        spec = self.spec(name)
        known = self._versions(name, spec)
        if version not in known:
            fault = f"{name} has no version {version}"
            raise UserMistake(
                Problem(fault, f"{FOLDER}/{name}", remedy=did_you_mean(version, known))
            )
        path = self.folder / name / f"{version}.jsonl"
        shown_as = f"{FOLDER}/{name}/{version}.jsonl"
        line = spec.frozen(version)
        digest, count = _fingerprint(path, shown_as, line)
        if line is not None and line.digest != digest:
            raise UserMistake(_edited(shown_as, line, digest, next_version(known)))
        if line is not None and line.cases != count:
            raise UserMistake(self._miscounted(name, line, shown_as, count))
        return Evalset(
            ref, name, version, path, shown_as, digest, count, line is not None, spec.case_schema
        )

    def _miscounted(self, name: str, line: FrozenVersion, file: str, count: int) -> Problem:
        shown_as = f"{FOLDER}/{name}/{FILE}"
        placed = load_yaml(self.folder / name / FILE, shown_as, self.environment)
        at = (
            "versions",
            [one.version for one in self.spec(name).versions or ()].index(line.version),
        )
        where = placed.place_of((*at, "cases"))
        cases = f"{count} {'case' if count == 1 else 'cases'}"
        fault = f"says {line.cases}, and {file} has {cases}"
        key, remedy = dotted((*at, "cases")), f"write cases: {count}"
        return Problem(fault, shown_as, *where, key, remedy)


def parse_reference(ref: str) -> tuple[str, str]:
    """Split `name@version`."""
    found = REFERENCE.fullmatch(ref)
    if not found:
        fault = f"{ref!r} does not name an evalset and its version"
        raise UserMistake(Problem(fault, remedy="write NAME@v1"))
    return found.group(1), found.group(2)


def number_of(version: str) -> int:
    """The number in a version's name: 12 of `v12`."""
    return int(version[1:])


def next_version(known: list[str]) -> str:
    """The first version name that is not taken."""
    return f"v{max(map(number_of, known), default=0) + 1}"


def _edited(shown_as: str, line: FrozenVersion, digest: str, free: str) -> Problem:
    return Problem(
        f"was frozen on {line.frozen} as {line.digest} and is now {digest}",
        shown_as,
        remedy=f"restore it with `git checkout -- {shown_as}`, "
        f"or keep the change as a new version, {free}.jsonl",
    )


def _fingerprint(path: Path, shown_as: str, line: FrozenVersion | None) -> tuple[str, int]:
    hashed, count = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            for text in file:
                hashed.update(text)
                count += bool(text.strip())
    except FileNotFoundError:
        when = f"was frozen on {line.frozen} but is not there" if line else "is not there"
        remedy = f"restore it with `git checkout -- {shown_as}`"
        raise UserMistake(Problem(when, shown_as, remedy=remedy)) from None
    except OSError as error:
        fault = f"cannot be read: {error.strerror or error}"
        raise UserMistake(Problem(fault, shown_as)) from error
    return f"sha256:{hashed.hexdigest()}", count
