"""A judge's own Python: found by its file, loaded apart from every other judge's."""

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from evalgate.errors import Problem, UserMistake
from evalgate.judge.excerpt import excerpt
from evalgate.judge.place import Place
from evalgate.sources.digests import digest_of_file

TAKEN_NAMES = sys.stdlib_module_names | {"evalgate"}


@dataclass(frozen=True, slots=True)
class LoadedFunction:
    """A function, and the digests of its module's file and of those beside it that it imported."""

    function: Callable[..., Any]
    files: dict[str, str]


def load_function(written: str, place: Place) -> LoadedFunction:
    """Load `package.module:function` from the judge's folder, else from the project's folder."""
    module_name, _, function_name = written.partition(":")
    base, file = _find(module_name, place)
    with _importing_from(base) as own_names:
        module = _import(module_name, place.show(str(file)))
        files = {
            path.relative_to(base).as_posix(): digest_of_file(path)
            for path in _files_of(own_names, base)
        }
    function: Any = module
    for part in function_name.split("."):
        function = getattr(function, part, None)
    if not callable(function):
        fault = f"there is no function {function_name!r} in it"
        remedy = f"{place.shown_as} names it"
        raise UserMistake(Problem(fault, path=place.show(str(file)), remedy=remedy))
    return LoadedFunction(function, files)


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


def _import(module_name: str, shown_as: str) -> ModuleType:
    try:
        with redirect_stdout(sys.stderr):  # stdout is for the result
            return importlib.import_module(module_name)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # sys.exit would look like success
        fault = f"cannot be imported: {type(error).__name__}: {excerpt(str(error), 300)}"
        missing = isinstance(error, ImportError)
        remedy = "install it, or put it beside this file" if missing else ""
        raise UserMistake(Problem(fault, path=shown_as, remedy=remedy)) from error


@contextmanager
def _importing_from(base: Path) -> Iterator[frozenset[str]]:
    """Make `base` the first place to import from, then leave no trace of it.

    Modules that have the names of files in `base` are hidden meanwhile and forgotten afterwards:
    each judge gets its own, and its digest covers what was read now.
    """
    own_names = _names_in(base)
    before, wrote_bytecode = list(sys.path), sys.dont_write_bytecode
    hidden = {name: sys.modules.pop(name) for name in _loaded(own_names)}
    sys.path.insert(0, str(base))
    sys.dont_write_bytecode = True  # a judge's folder is the user's
    importlib.invalidate_caches()
    try:
        yield own_names
    finally:
        sys.path[:], sys.dont_write_bytecode = before, wrote_bytecode
        for name in _loaded(own_names):
            del sys.modules[name]
        sys.modules.update(hidden)


def _names_in(base: Path) -> frozenset[str]:
    modules = {path.stem for path in base.glob("*.py")}
    packages = {path.parent.name for path in base.glob("*/*.py")}
    nested = {path.parent.parent.name for path in base.glob("*/*/*.py")}
    return frozenset((modules | packages | nested) - TAKEN_NAMES)


def _loaded(own_names: frozenset[str]) -> list[str]:
    return [name for name in sys.modules if name.partition(".")[0] in own_names]


def _files_of(own_names: frozenset[str], base: Path) -> list[Path]:
    paths = (getattr(sys.modules[name], "__file__", None) for name in _loaded(own_names))
    inside = {Path(path).resolve() for path in paths if path is not None}
    return sorted(path for path in inside if path.is_relative_to(base) and path.suffix == ".py")
