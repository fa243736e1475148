"""A judge's own Python: found by its file, looked at in a child interpreter."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, assert_never

from pydantic import Field, ValidationError

from evalgate.domain.record import Record
from evalgate.errors import Problem, UserMistake
from evalgate.hosting.interpreter import Module, Stillborn
from evalgate.hosting.looking import look
from evalgate.judge.excerpt import quoted
from evalgate.judge.loading import TAKEN_NAMES
from evalgate.judge.place import Place
from evalgate.sources.digests import digest_of_file

IMPORT_S = 60.0
"""How long a judge's module may take to be imported."""

AnyFloat = Annotated[float, Field(allow_inf_nan=True)]


class LoadedThere(Record):
    """How the function is called, and which files of its folder were read for it."""

    files: tuple[str, ...]
    takes_produced: bool
    awaited: bool


class RefusedThere(Record):
    """Why the function cannot be called."""

    about: Literal["import", "function", "call"]
    fault: str
    remedy: str


class Greeting(Record):
    """What a judge's child says first: one of the two."""

    loaded: LoadedThere | None = None
    refused: RefusedThere | None = None


def read_greeting(line: bytes) -> LoadedThere | RefusedThere | str:
    """Read a child's first line; a text says what the judge's own code did to it."""
    try:
        greeting = Greeting.model_validate_json(line)
    except ValidationError:
        greeting = Greeting()
    written = quoted(line.decode("utf-8", "replace"))
    return (
        greeting.loaded or greeting.refused or f"wrote to a descriptor that it inherited: {written}"
    )


class Replied(Record):
    """What the function made of one answer, in its own process."""

    number: int
    score: AnyFloat = 0.0
    reason: str = ""
    fault: str | None = None
    off_scale: str | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class LoadedFunction:
    """A function that a child interpreter can load, and the digests of the files it read for it."""

    module: Module
    base: Path
    files: dict[str, str]
    takes_produced: bool

    def is_as_it_was(self, there: LoadedThere) -> bool:
        """True when a child has just read the same files with the same content."""
        return digests_of(self.base, there.files) == self.files


def load_function(written: str, place: Place, within_s: float = IMPORT_S) -> LoadedFunction:
    """Load `package.module:function` from the judge's folder, else from the project's folder."""
    module_name, _, function_name = written.partition(":")
    base, file = _find(module_name, place)
    shown = place.show(str(file))
    arguments = (str(base), module_name, function_name)
    module = Module("evalgate.judge.host", arguments, place.root.resolve())
    try:
        line = look(module, "judge", within_s)
    except TimeoutError:
        fault = f"importing it took more than {within_s:g} s"
        remedy = "what takes long belongs into the function"
        raise UserMistake(Problem(fault, path=shown, remedy=remedy)) from None
    if isinstance(line, Stillborn):
        raise UserMistake(Problem(f"cannot be imported: {line.how}", path=shown))
    there = read_greeting(line)
    if isinstance(there, str):
        remedy = "it may write to stdout and stderr alone"
        raise UserMistake(Problem(there, path=shown, remedy=remedy))
    if isinstance(there, RefusedThere):
        raise UserMistake(_refusal(there, place, shown))
    return LoadedFunction(module, base, digests_of(base, there.files), there.takes_produced)


def digests_of(base: Path, files: tuple[str, ...]) -> dict[str, str]:
    """Fingerprint files of `base`; one that is gone has no fingerprint."""
    return {file: digest_of_file(base / file) for file in files if (base / file).is_file()}


def _refusal(refused: RefusedThere, place: Place, shown: str) -> Problem:
    match refused.about:
        case "call":
            remedy = "it is called as function(inputs=..., expected=..., answer=...)"
            return place.problem(refused.fault, key="function", remedy=remedy)
        case "function":
            return Problem(refused.fault, path=shown, remedy=f"{place.shown_as} names it")
        case "import":
            return Problem(refused.fault, path=shown, remedy=refused.remedy)
        case _:
            assert_never(refused.about)


def _find(module_name: str, place: Place) -> tuple[Path, Path]:
    parts = module_name.split(".")
    if not all(part.isidentifier() for part in parts):
        raise UserMistake(place.problem(f"{module_name!r} is no module's name", key="function"))
    if parts[0] in TAKEN_NAMES:
        fault = f"{parts[0]!r} is the name of a standard module"
        raise UserMistake(place.problem(fault, key="function", remedy="rename your file"))
    looked_for: list[str] = []
    for base in (place.folder.resolve(), place.root.resolve()):
        stem = base.joinpath(*parts)
        for file in (stem.with_suffix(".py"), stem / "__init__.py"):
            if file.is_file():
                return base, file
        looked_for.append(place.show(str(stem.with_suffix(".py"))))
    fault = f"there is no module {module_name!r}"
    remedy = f"looked for {' and '.join(dict.fromkeys(looked_for))}"
    raise UserMistake(place.problem(fault, key="function", remedy=remedy))
