"""Which commit of evalgate's action a team's workflows run."""

import json
import re
from importlib.metadata import PackageNotFoundError, distribution
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import NamedTuple
from urllib.parse import urlsplit

from evalgate.errors import Problem, UserMistake

RELEASE = "release.txt"
"""Written when a release is built, beside this module; a checkout has none."""

HOST = "github.com"
PINNED = re.compile(
    r"(?P<action>[A-Za-z0-9][A-Za-z0-9_-]*/[A-Za-z0-9._-]+@[0-9a-f]{40})"
    r"(?:\s+#\s*(?P<version>v[0-9][A-Za-z0-9.+-]*))?\s*"
)
VERSION = re.compile(r"v[0-9][A-Za-z0-9.+-]*")


class Pin(NamedTuple):
    """`OWNER/REPO@` and the forty digits of a commit; the version is for whoever reads it."""

    action: str
    version: str = ""

    def __str__(self) -> str:
        """What stands behind `uses:`."""
        return f"{self.action} # {self.version}" if self.version else self.action


def find_pin(named: str | None) -> Pin:
    """What is named, else the release's own commit, else the one that was installed from.

    Raises UserMistake when it is none that cannot be moved, or when nobody knows it.
    """
    if named is not None:
        if (pin := parse_pin(named)) is None:
            fault = f"{named!r} is no commit of an action; a tag or a branch can be moved"
            remedy = "write OWNER/REPO@ and the 40 digits of a commit"
            raise UserMistake(Problem(fault, key="--action", remedy=remedy))
        return pin
    pin = pin_of_release(files("evalgate.github.team")) or pin_of_installation(_direct_url())
    if pin is None:
        fault = "is missing, and this evalgate is no release and not installed from GitHub"
        remedy = "write --action OWNER/evalgate@ and the 40 digits of a commit"
        raise UserMistake(Problem(fault, key="--action", remedy=remedy))
    return pin


def parse_pin(text: str) -> Pin | None:
    """Read what can stand behind `uses:`; None for anything but a commit of a repository."""
    found = PINNED.fullmatch(text)
    return Pin(found["action"], found["version"] or "") if found else None


def pin_of_release(folder: Traversable) -> Pin | None:
    """The commit that a release was built from; None where this is no release."""
    try:
        return parse_pin((folder / RELEASE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None


def pin_of_installation(direct_url: str | None) -> Pin | None:
    """The commit of GitHub's that was installed, by the record of PEP 610; None for another way."""
    try:
        record = json.loads(direct_url or "null")
    except ValueError:
        return None  # whoever wrote it, it says nothing
    match record:
        case {"subdirectory": _}:
            return None  # an action is at its repository's top
        case {"url": str(url), "vcs_info": {"vcs": "git", "commit_id": str(commit)} as asked}:
            version = str(asked.get("requested_revision", ""))
            comment = f" # {version}" if VERSION.fullmatch(version) else ""
            return parse_pin(f"{_repository(url)}@{commit}{comment}")
        case _:
            return None


def _repository(url: str) -> str:
    """`OWNER/REPO` of an address at GitHub; empty for one elsewhere."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return parts.path.strip("/").removesuffix(".git") if parts.hostname == HOST else ""


def _direct_url() -> str | None:
    try:
        return distribution("evalgate").read_text("direct_url.json")
    except PackageNotFoundError:
        return None  # run out of a folder, without having been installed
