"""The functions of GitHub's expressions, and its files read as data."""

import json
import re
from pathlib import Path
from typing import Any

import yaml

from workflow_expressions import Function, Functions
from workflow_values import Value, as_text, same

Table = dict[str, Any]


def functions_for(status: str, workspace: Path | None = None) -> Functions:
    """The functions, where the job or the action so far is `status`."""
    table: dict[str, Function] = {
        "always": lambda: True,
        "success": lambda: status == "success",
        "failure": lambda: status == "failure",
        "cancelled": lambda: status == "cancelled",
        "contains": contains,
        "format": form,
        "fromjson": lambda text: json.loads(as_text(text)),
        "hashfiles": lambda name: hash_of(workspace, name),
    }
    return table


def form(pattern: str, *given: Value) -> str:
    """The text with `{0}`, `{1}` and so on replaced."""
    return re.sub(r"\{(\d+)\}", lambda found: as_text(given[int(found[1])]), pattern)


def contains(where: Value, what: Value) -> bool:
    """Is it in a list, or in a text?"""
    if isinstance(where, list):
        return any(same(each, what) for each in where)
    return as_text(what).lower() in as_text(where).lower()


def hash_of(workspace: Path | None, name: str) -> str:
    """Nothing for a file that is not there."""
    assert workspace is not None, "files are looked at in steps alone"
    return "0" * 64 if (workspace / name).is_file() else ""


def read_yaml(path: Path) -> Table:
    """A workflow or an action; every value is text, as it is for the runner."""
    found = yaml.load(path.read_bytes(), Loader=yaml.BaseLoader)
    assert isinstance(found, dict)
    return found
