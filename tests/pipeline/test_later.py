"""Modules that are put off: imported at once, executed when something is taken out of them."""

import importlib
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from evalgate.pipeline.aside_host import LATER
from evalgate.pipeline.later import execute_all, later

NOTED = "executed_in_this_test"
NOTES = f"from {NOTED} import names\nnames.append(__name__)\n"

MLFLOW = """
import sys

from evalgate.pipeline.aside_host import LATER, importing
from evalgate.pipeline.later import later
from evalgate.tracking.quiet import quiet_mlflow

with later(*LATER), importing(), quiet_mlflow():
    import mlflow.metrics.genai
    import mlflow.store.tracking.sqlalchemy_store
waiting = [name for name in LATER if type(sys.modules.get(name)).__name__ == "_PutOff"]
print(*waiting)
print("fastapi" in sys.modules)
with quiet_mlflow():
    from mlflow.genai.scorers import Correctness, Scorer
print(issubclass(Correctness, Scorer), Scorer.__module__)
"""

CIRCLE = """
from evalgate.pipeline.aside_host import LATER, prepare
from evalgate.pipeline.later import later

with later(*LATER):
    prepare("mlflow.metrics.genai")
    try:  # it wants its package, which wants it
        import mlflow.genai.scorers.base
    except ImportError:
        print("one circle too many")
    prepare("mlflow.genai.scorers.base")
    from mlflow.genai.scorers.base import Scorer
print(Scorer.__name__)
"""

Write = Callable[[dict[str, str]], None]


@pytest.fixture
def executed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The modules of this test that were executed, in order."""
    names: list[str] = []
    monkeypatch.setitem(sys.modules, NOTED, SimpleNamespace(names=names))
    return names


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, executed: list[str]) -> Iterator[Write]:
    """Write modules by their paths, each of which notes that it is executed; later forget them."""
    monkeypatch.syspath_prepend(tmp_path)
    before = set(sys.modules)
    assert not executed

    def write(files: dict[str, str]) -> None:
        for path, text in files.items():
            (tmp_path / path).parent.mkdir(exist_ok=True)
            (tmp_path / path).write_text(NOTES + text, encoding="utf-8")
        importlib.invalidate_caches()

    yield write
    for name in set(sys.modules) - before:
        if (getattr(sys.modules[name], "__file__", None) or "").startswith(str(tmp_path)):
            del sys.modules[name]


def put_off(name: str, *names: str) -> ModuleType:
    """Import a module while it, or `names`, are put off."""
    with later(*(names or (name,))):
        return importlib.import_module(name)


def test_a_module_is_not_executed_by_its_import(write: Write, executed: list[str]) -> None:
    """It has its name and its place, which is all that an import asks of it."""
    write({"off_idle.py": "value = 1\n"})

    module = put_off("off_idle")

    assert executed == []
    assert (module.__name__, Path(str(module.__file__)).name) == ("off_idle", "off_idle.py")
    assert sys.modules["off_idle"] is module


def test_a_module_is_executed_once_when_something_is_taken_out_of_it(
    write: Write, executed: list[str]
) -> None:
    """Whoever holds it by any name holds the same."""
    write({"off_once.py": "value = []\n"})
    module = put_off("off_once")
    again = put_off("off_once")

    assert module.value is again.value
    assert module is again is importlib.import_module("off_once")
    assert executed == ["off_once"]
    assert type(module) is ModuleType


def test_what_was_put_off_waits_after_the_block_too(write: Write, executed: list[str]) -> None:
    """An import alone, of any kind, takes nothing out."""
    write({"off_waits.py": "value = 1\n"})
    put_off("off_waits")

    module = importlib.import_module("off_waits")
    import off_waits  # type: ignore[import-not-found]  # the test writes it

    assert executed == []
    assert (module.value, off_waits.value) == (1, 1)
    assert executed == ["off_waits"]


def test_after_the_block_an_import_is_an_ordinary_one(write: Write, executed: list[str]) -> None:
    """Also after one that failed, and nothing of ours stays in Python's way."""
    write({"off_after.py": "value = 1\n"})
    finders = list(sys.meta_path)

    with pytest.raises(KeyError), later("off_after"):
        raise KeyError
    importlib.import_module("off_after")

    assert executed == ["off_after"]
    assert sys.meta_path == finders


def test_a_module_that_is_not_named_is_left_alone(write: Write, executed: list[str]) -> None:
    """Neither one beside it nor one below it is."""
    write({"off_package/__init__.py": "", "off_package/below.py": "", "off_beside.py": ""})

    with later("off_package"):
        importlib.import_module("off_beside")
        importlib.import_module("off_package.below")

    assert executed == ["off_beside", "off_package.below"]


def test_a_name_that_nobody_has_is_missed_as_ever(write: Write) -> None:
    """To put it off does not make it."""
    write({})

    with pytest.raises(ModuleNotFoundError, match="No module named 'off_nowhere'"):
        put_off("off_nowhere")


def test_a_module_that_was_imported_before_is_what_it_was(
    write: Write, executed: list[str]
) -> None:
    """Nothing is taken back."""
    write({"off_before.py": "value = 1\n"})
    before = importlib.import_module("off_before")

    assert put_off("off_before") is before
    assert executed == ["off_before"]


def test_a_module_below_is_imported_without_the_package_around_it(
    write: Write, executed: list[str]
) -> None:
    """Python's own LazyLoader would execute the package, which is what costs the time."""
    write({"off_around/__init__.py": "value = 1\n", "off_around/below.py": "value = 2\n"})

    below = put_off("off_around.below", "off_around")

    assert below.value == 2
    assert executed == ["off_around.below"]
    assert sys.modules["off_around"].value == 1
    assert sys.modules["off_around"].below is below
    assert executed == ["off_around.below", "off_around"]


def test_a_module_is_executed_after_the_packages_around_it(
    write: Write, executed: list[str]
) -> None:
    """In the order of an ordinary import, which the package may count on."""
    write(
        {
            "off_first/__init__.py": "",
            "off_first/second/__init__.py": "",
            "off_first/second/third.py": "value = 3\n",
        }
    )
    names = ("off_first", "off_first.second", "off_first.second.third")

    third = put_off(names[-1], *names)

    assert executed == []
    assert third.value == 3
    assert executed == list(names)


def test_a_package_may_import_what_is_below_it(write: Write, executed: list[str]) -> None:
    """Also when it was asked for what is below it in the first place."""
    write(
        {
            "off_gathers/__init__.py": "from off_gathers.part import value\n",
            "off_gathers/part.py": "value = 1\n",
        }
    )

    part = put_off("off_gathers.part", "off_gathers", "off_gathers.part")

    assert part.value == 1
    assert sys.modules["off_gathers"].value == 1
    assert executed == ["off_gathers", "off_gathers.part"]


@pytest.mark.parametrize(
    ("statement", "taken"),
    [
        ("from off_taken import value", {"value": 1}),
        ("from off_taken import value as v, part", {"v": 1}),
        ("from off_taken import *", {"value": 1, "other": 2}),
        ("from off_taken import made", {"made": "made"}),
        ("from off_taken import part\ninside = part.inside", {"inside": 3}),
        ("import off_taken.part as part\ninside = part.inside", {"inside": 3}),
        ("import off_taken\nvalue = off_taken.value", {"value": 1}),
        ("import off_taken.part\ninside = off_taken.part.inside", {"inside": 3}),
    ],
)
@pytest.mark.parametrize("within", [True, False], ids=["in the block", "after it"])
def test_every_way_to_take_something_works(
    write: Write, statement: str, taken: dict[str, object], within: bool
) -> None:
    """As it does from a module that was executed at once."""
    write(
        {
            "off_taken/__init__.py": "value = 1\nother = 2\n_own = 0\n"
            "def __getattr__(name):\n"
            "    if name == 'made':\n        return name\n"
            "    raise AttributeError(name)\n",
            "off_taken/part.py": "inside = 3\n",
        }
    )
    found: dict[str, object] = {}

    with later("off_taken", "off_taken.part"):
        importlib.import_module("off_taken.part")
        if within:
            exec(statement, found)
    if not within:
        exec(statement, found)

    assert {name: found.get(name) for name in taken} == taken
    assert "_own" not in found


def test_what_a_module_does_not_have_is_missed(write: Write, executed: list[str]) -> None:
    """With Python's own words."""
    write({"off_lacks.py": "value = 1\n"})
    module = put_off("off_lacks")

    with pytest.raises(AttributeError, match="module 'off_lacks' has no attribute 'other'"):
        _ = module.other
    with pytest.raises(ImportError, match="cannot import name 'other' from 'off_lacks'"):
        exec("from off_lacks import other", {})

    assert executed == ["off_lacks"]


def test_a_module_that_fails_fails_for_everybody_until_it_is_mended(
    write: Write, executed: list[str]
) -> None:
    """Whoever asks next is told the same, not that something is missing."""
    write({"off_fails.py": "raise OSError('no disk')\n"})
    module = put_off("off_fails")

    for _ in range(2):
        with pytest.raises(OSError, match="no disk"):
            _ = module.value
    with pytest.raises(OSError, match="no disk"):
        exec("from off_fails import value", {})
    write({"off_fails.py": "value = 'mended'\n"})

    assert module.value == "mended"
    assert executed == ["off_fails"] * 4


def test_a_module_that_fails_halfway_has_nothing(write: Write, executed: list[str]) -> None:
    """An ordinary import would leave no half of it behind."""
    write({"off_half.py": "value = 1\nraise OSError('no disk')\n"})
    module = put_off("off_half")

    for _ in range(2):
        with pytest.raises(OSError, match="no disk"):
            _ = module.value

    assert executed == ["off_half"] * 2


def test_a_module_below_a_package_that_fails_is_not_executed(
    write: Write, executed: list[str]
) -> None:
    """An ordinary import would not come so far either."""
    write({"off_broken/__init__.py": "raise OSError('no disk')\n", "off_broken/below.py": "x = 1"})
    below = put_off("off_broken.below", "off_broken", "off_broken.below")

    for _ in range(2):
        with pytest.raises(OSError, match="no disk"):
            _ = below.x

    assert executed == ["off_broken"] * 2


def test_a_thread_waits_for_another_that_executes_the_module(
    write: Write, executed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is executed once, and both have what they asked for."""
    begun, through = threading.Event(), threading.Event()
    threads = SimpleNamespace(begun=begun, through=through)
    monkeypatch.setitem(sys.modules, "threads_in_this_test", threads)
    text = "from threads_in_this_test import begun, through\nbegun.set()\nthrough.wait(0.2)\n"
    write({"off_threads.py": f"{text}value = 1\n"})
    module = put_off("off_threads")

    def meanwhile() -> object:
        begun.wait(10)
        try:
            return module.value
        finally:
            through.set()

    with ThreadPoolExecutor(2) as pool:
        taken = [pool.submit(lambda: module.value), pool.submit(meanwhile)]

    assert [each.result() for each in taken] == [1, 1]
    assert executed == ["off_threads"]


@pytest.mark.parametrize("touched", [False, True], ids=["waiting", "executed"])
def test_the_loader_that_is_told_is_the_real_one(write: Write, touched: bool) -> None:
    """It finds the source for a traceback and the files beside a module."""
    write({"off_loader.py": "value = 1\n", "off_ordinary.py": ""})
    module = put_off("off_loader")
    if touched:
        _ = module.value

    assert module.__spec__ is not None
    assert module.__spec__.loader is module.__loader__
    assert type(module.__loader__) is type(importlib.import_module("off_ordinary").__loader__)


def run(program: str) -> list[str]:
    """Run a program in an interpreter of its own: the lines that it prints."""
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_mlflow_is_there_without_what_is_put_off() -> None:
    """A version that touches it at once costs half a second; and whoever wants it has it."""
    assert run(MLFLOW) == [" ".join(LATER), "False", "True mlflow.genai.scorers.base"]


def test_a_module_that_wants_its_package_first_is_had_all_the_same() -> None:
    """Another MLflow may import in another order: then all that was put off comes first."""
    assert run(CIRCLE) == ["one circle too many", "Scorer"]


def test_what_waits_can_be_executed_at_once(write: Write, executed: list[str]) -> None:
    """In the order in which it was imported."""
    write({"off_one.py": "", "off_two.py": ""})
    put_off("off_two")
    put_off("off_one")

    execute_all()

    assert executed == ["off_two", "off_one"]
