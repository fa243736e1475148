"""What MLflow's interpreter imports while nobody asks it anything."""

import gc
import importlib
import sys
from importlib.util import find_spec
from pathlib import Path
from queue import SimpleQueue
from types import ModuleType, SimpleNamespace

import pytest

from evalgate.pipeline.aside_host import HIDDEN, importing, next_call
from evalgate.pipeline.aside_wire import Call
from evalgate.tracking.soon_needed import soon_needed

STORE = "mlflow.store.tracking.sqlalchemy_store"


@pytest.mark.parametrize("uri", ["", "sqlite:///here.db", "postgresql://host/runs"])
def test_a_database_needs_mlflows_store(uri: str) -> None:
    """Its import is most of what keeping the first run takes; and it is where we look for it."""
    assert soon_needed(uri)[0] == STORE
    assert all(find_spec(name) for name in soon_needed(uri))


@pytest.mark.parametrize("uri", ["http://host:5000", "databricks"])
def test_a_server_does_not(uri: str) -> None:
    """The store is on its side."""
    assert STORE not in soon_needed(uri)


def test_a_call_comes_before_what_is_needed_soon() -> None:
    """Whoever waits for a judge's prompt does not wait for a database's modules too."""
    calls: SimpleQueue[bytes] = SimpleQueue()
    calls.put(b"a call")
    soon: list[str | Call] = ["there.is.no.such.module"]

    assert next_call(calls, soon) == b"a call"
    assert soon == ["there.is.no.such.module"]


def test_while_there_is_no_call_modules_are_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that cannot be imported is left to whoever needs it."""
    calls: SimpleQueue[bytes] = SimpleQueue()
    monkeypatch.setitem(sys.modules, "calls_of_this_test", SimpleNamespace(calls=calls))
    monkeypatch.syspath_prepend(tmp_path)
    text = "from calls_of_this_test import calls\ncalls.put(b'imported')\n"
    (tmp_path / "needed_soon.py").write_text(text, encoding="utf-8")
    (tmp_path / "broken_soon.py").write_text("raise RuntimeError\n", encoding="utf-8")
    soon: list[str | Call] = ["no.such.module", "broken_soon", "needed_soon", "needed_later"]

    assert next_call(calls, soon) == b"imported"
    assert soon == ["needed_later"]


@pytest.mark.parametrize("name", HIDDEN)
def test_what_mlflow_can_do_without_is_hidden_only_while_it_is_imported(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever wants it later, such as a store on another system, finds it."""
    monkeypatch.delitem(sys.modules, name, raising=False)

    with importing(), pytest.raises(ModuleNotFoundError):
        importlib.import_module(name)

    assert name not in sys.modules
    assert find_spec(name)
    assert gc.isenabled()


def test_what_is_there_already_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of a package would be worse than none."""
    there = ModuleType(HIDDEN[0])
    monkeypatch.setitem(sys.modules, HIDDEN[0], there)

    with importing():
        assert importlib.import_module(HIDDEN[0]) is there

    assert sys.modules[HIDDEN[0]] is there
