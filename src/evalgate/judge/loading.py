"""A judge's own Python as the child interpreter loads it: its function, and the files it read."""

import importlib
import inspect
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from evalgate.judge.excerpt import excerpt

TAKEN_NAMES = sys.stdlib_module_names | {"evalgate"}


class Loaded(NamedTuple):
    """A function, how it is called, and the files of its folder that were read for it."""

    function: Callable[..., Any]
    takes_produced: bool
    files: list[str]


class NotLoaded(NamedTuple):
    """Why there is no function to call."""

    about: str  # "import", "function" or "call"
    fault: str
    remedy: str = ""


def load(base: Path, module_name: str, function_name: str) -> Loaded | NotLoaded:
    """Import the module from `base` and find the function in it."""
    with _importing_from(base) as own_names:
        found: Any = _import(module_name)
        if isinstance(found, NotLoaded):
            return found
        files = [path.relative_to(base).as_posix() for path in _files_of(own_names, base)]
    for part in function_name.split("."):
        found = getattr(found, part, None)
    if not callable(found):
        return NotLoaded("function", f"there is no function {function_name!r} in it")
    takes_produced = _takes_produced(found, f"{module_name}:{function_name}")
    if isinstance(takes_produced, NotLoaded):
        return takes_produced
    return Loaded(found, takes_produced, files)


def _import(module_name: str) -> ModuleType | NotLoaded:
    try:
        return importlib.import_module(module_name)
    except BaseException as error:  # noqa: BLE001 - sys.exit would look like success
        fault = f"cannot be imported: {type(error).__name__}: {excerpt(str(error), 300)}"
        missing = isinstance(error, ImportError)
        return NotLoaded(
            "import", fault, "install it, or put it beside this file" if missing else ""
        )


def _takes_produced(function: Callable[..., Any], written: str) -> bool | NotLoaded:
    try:
        signature = inspect.signature(function)
    except ValueError:  # a function written in C may have none
        return False
    takes_produced = "produced" in signature.parameters
    arguments = dict.fromkeys(("inputs", "expected", "answer"))
    try:
        signature.bind(**arguments, **({"produced": None} if takes_produced else {}))
    except TypeError as error:
        return NotLoaded("call", f"{written} cannot be called: {error}")
    return takes_produced


class _Closed:
    """Refuses what is imported from the judge's folder later: its digest could not cover that."""

    def __init__(self, own_names: frozenset[str]) -> None:
        self._own_names = own_names

    def find_spec(
        self,
        name: str,
        path: Sequence[str] | None,  # noqa: ARG002 - Python's signature
        target: ModuleType | None = None,  # noqa: ARG002 - Python's signature
    ) -> ModuleSpec | None:
        """Raise ImportError for a module of the folder; leave all others to the next finder."""
        if name.partition(".")[0] in self._own_names:
            msg = (
                f"{name} was not imported with the judge: import it at the top of the judge's file"
            )
            raise ImportError(msg, name=name)
        return None


@contextmanager
def _importing_from(base: Path) -> Iterator[frozenset[str]]:
    """Make `base` the first place to import from, for as long as the module is imported."""
    own_names = _names_in(base)
    sys.path.insert(0, str(base))
    try:
        yield own_names
    finally:
        sys.path.remove(str(base))
        sys.meta_path.insert(0, _Closed(own_names))


def _names_in(base: Path) -> frozenset[str]:
    modules = {path.stem for path in base.glob("*.py")}
    packages = {path.parent.name for path in base.glob("*/*.py")}
    nested = {path.parent.parent.name for path in base.glob("*/*/*.py")}
    return frozenset((modules | packages | nested) - TAKEN_NAMES)


def _files_of(own_names: frozenset[str], base: Path) -> list[Path]:
    loaded = [module for name, module in sys.modules.items() if name.partition(".")[0] in own_names]
    paths = (getattr(module, "__file__", None) for module in loaded)
    inside = {Path(path).resolve() for path in paths if path is not None}
    return sorted(path for path in inside if path.is_relative_to(base) and path.suffix == ".py")
