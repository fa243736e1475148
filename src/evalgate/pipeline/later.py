"""Modules that are executed only when something is taken out of them.

importlib's own LazyLoader executes a package as soon as one of its modules is imported; here such
a module comes first, and if it wants its package in turn, that may be one circle too many. So this
is for MLflow's interpreter, where one thread imports and we know what; never for a user's process.
"""

import contextlib
import sys
import threading
from collections.abc import Iterator, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

_LOADERS: dict[str, Loader] = {}  # of what was imported and not executed yet
_LOCK = threading.RLock()


@contextlib.contextmanager
def later(*names: str) -> Iterator[None]:
    """Put off what these modules do when they are imported for the first time in here."""
    finder = _Finder(frozenset(names))
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


def execute_all() -> None:
    """Execute what still waits, in the order in which it was imported."""
    for name in list(_LOADERS):
        if (module := sys.modules.get(name)) is not None:
            _is_executed(module)


class _PutOff(ModuleType):
    """A module that has a name and a place so far, so that modules below it can be found."""

    def __getattr__(self, name: str) -> object:
        # an import asks every module for a path, and one that is just being made for more
        if name == "__path__" or not _is_executed(self):
            raise AttributeError(name)
        return getattr(self, name)


def _is_executed(module: ModuleType) -> bool:
    """Execute a module if it waits for that, as an import would: after the package around it."""
    if module.__name__ in _LOADERS:
        around = sys.modules.get(module.__name__.rpartition(".")[0])
        if isinstance(around, _PutOff):
            _is_executed(around)
    with _LOCK:
        loader = _LOADERS.pop(module.__name__, None)
        if loader is None:
            return not isinstance(module, _PutOff)
        before = dict(vars(module))
        try:
            loader.exec_module(module)
        except BaseException:
            vars(module).clear()
            vars(module).update(before)
            _LOADERS[module.__name__] = loader  # whoever asks next is told the same
            raise
        if isinstance(module, _PutOff):  # until here other threads wait for the lock
            module.__class__ = ModuleType  # type: ignore[assignment]  # what an import makes
        return True


class _Waiting(Loader):
    """Makes the module; `loader` is whose work is put off."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Make one that waits."""
        return _PutOff(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Do nothing yet."""
        assert module.__spec__ is not None
        module.__spec__.loader = module.__loader__ = self._loader
        _LOADERS[module.__name__] = self._loader


class _Finder(MetaPathFinder):
    """Finds what Python's own finder would, for a few names."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Say how to load a module later."""
        spec = PathFinder.find_spec(name, path, target) if name in self._names else None
        if spec is not None and spec.loader is not None:
            spec.loader = _Waiting(spec.loader)
        return spec
