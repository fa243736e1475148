"""The locked dependencies say one thing, in whichever file they are read."""

import re
import tomllib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).parents[2]
REMEDY = "run `make lock` and commit uv.lock and requirements/dev.txt together"

Pin = tuple[str, str]


def read_toml(name: str) -> dict[str, Any]:
    """Read a TOML file of the project's top folder."""
    return tomllib.loads((PROJECT / name).read_text(encoding="utf-8"))


def pins_of_the_lock() -> dict[Pin, set[str]]:
    """Map each locked (name, version) to the hashes of its files; the project itself is none."""
    pins: dict[Pin, set[str]] = {}
    for package in read_toml("uv.lock")["package"]:
        if "registry" in package["source"]:
            files = [*package.get("wheels", []), *filter(None, [package.get("sdist")])]
            pins[package["name"], package["version"]] = {file["hash"] for file in files}
    return pins


def pins_of_the_export() -> dict[Pin, set[str]]:
    """Map each (name, version) that pip is given to the hashes it accepts."""
    text = (PROJECT / "requirements" / "dev.txt").read_text(encoding="utf-8")
    pins: dict[Pin, set[str]] = {}
    for line in re.sub(r"\\\n", " ", text).splitlines():
        if line and not line.startswith("#"):
            requirement, *hashes = line.split("--hash=")
            parsed = Requirement(requirement.strip())
            version = str(parsed.specifier).removeprefix("==")
            pins[canonicalize_name(parsed.name), version] = {text.strip() for text in hashes}
    return pins


def declared(requirements: list[str]) -> set[tuple[str, str]]:
    """Name and bounds of each requirement, in one spelling."""
    parsed = [Requirement(text) for text in requirements]
    return {(canonicalize_name(each.name), str(each.specifier)) for each in parsed}


def locked(requirements: list[dict[str, str]]) -> set[tuple[str, str]]:
    """The same for the requirements that uv.lock was resolved from."""
    return declared([each["name"] + each.get("specifier", "") for each in requirements])


def differences(lock: dict[Pin, set[str]], export: dict[Pin, set[str]]) -> Iterator[str]:
    """Say of each package in what the two files differ."""
    for pin in sorted(lock.keys() | export.keys()):
        name = "==".join(pin)
        if pin not in export:
            yield f"{name} is missing from requirements/dev.txt"
        elif pin not in lock:
            yield f"{name} is missing from uv.lock"
        elif lock[pin] != export[pin]:
            yield f"{name} has other hashes in requirements/dev.txt than in uv.lock"


def test_pip_installs_what_uv_installs() -> None:
    """Names, versions and hashes are the same, so both ways of set-up give one environment."""
    found = list(differences(pins_of_the_lock(), pins_of_the_export()))

    assert not found, "\n".join([*found, REMEDY])


def test_the_lock_was_made_from_todays_pyproject() -> None:
    """A dependency added without locking it would be missing on every other machine."""
    pyproject, lock = read_toml("pyproject.toml"), read_toml("uv.lock")
    [project] = [package for package in lock["package"] if package["name"] == "evalgate"]
    metadata = project["metadata"]

    extras = pyproject["project"].get("optional-dependencies", {}).values()
    wanted = [*pyproject["project"]["dependencies"], *chain.from_iterable(extras)]
    runtime = declared(wanted) ^ locked(metadata["requires-dist"])
    development = declared(pyproject["dependency-groups"]["dev"]) ^ locked(
        metadata["requires-dev"]["dev"]
    )

    assert not runtime | development, f"uv.lock is older than pyproject.toml: {REMEDY}"


def test_every_requirement_has_a_hash_and_none_names_a_host() -> None:
    """Where packages are fetched from is the machine's own affair; what arrives is pinned."""
    text = (PROJECT / "requirements" / "dev.txt").read_text(encoding="utf-8")

    assert all(pins_of_the_export().values())
    assert "://" not in text
    assert not re.search(r"^\s*--(?!hash=)", text, re.MULTILINE)
