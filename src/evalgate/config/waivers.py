"""`waivers.yaml`: what may be bad for a while; no file is no waiver."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from pydantic import TypeAdapter

from evalgate.domain.specs import Waivers
from evalgate.errors import Problem
from evalgate.sources.places import Loc, Placed, dotted
from evalgate.sources.strict import read_record
from evalgate.sources.yaml_text import load_yaml

FILE = "waivers.yaml"
ADAPTER: TypeAdapter[Waivers] = TypeAdapter(Waivers)


class LoadedWaivers(NamedTuple):
    """The waivers, and where each is written."""

    waivers: Waivers
    placed: Placed

    def problem(self, loc: Loc, fault: str, remedy: str = "") -> Problem:
        """A fault at a place of this file."""
        line, column = self.placed.place_of(loc)
        return Problem(fault, self.placed.path, line, column, dotted(loc), remedy)


def load_placed_waivers(root: Path, environment: Mapping[str, str]) -> LoadedWaivers:
    """Read the waivers of the project `root` with their places."""
    # a link that leads nowhere is a fault, not an absent file: it would un-waive silently
    if not (root / FILE).exists() and not (root / FILE).is_symlink():
        return LoadedWaivers(Waivers(schema_version=1), Placed(FILE, None))
    placed = load_yaml(root / FILE, FILE, environment)
    return LoadedWaivers(read_record(ADAPTER, placed), placed)


def load_waivers(root: Path, environment: Mapping[str, str]) -> Waivers:
    """Read the waivers of the project `root`."""
    return load_placed_waivers(root, environment).waivers
