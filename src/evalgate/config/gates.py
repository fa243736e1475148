"""`gates.yaml`: the suites and providers, and where each of them is written."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from pydantic import TypeAdapter

from evalgate.domain.names import GATES
from evalgate.domain.provider import BASE_URLS, SIMULATED
from evalgate.domain.specs import Gates
from evalgate.errors import Problem, UserMistake
from evalgate.sources.places import Loc, Placed, dotted
from evalgate.sources.strict import read_record
from evalgate.sources.yaml_text import load_yaml

ADAPTER: TypeAdapter[Gates] = TypeAdapter(Gates)


class LoadedGates(NamedTuple):
    """The suites, and the place of each rule for the checks that come later."""

    gates: Gates
    placed: Placed

    def problem(self, loc: Loc, fault: str, remedy: str = "") -> Problem:
        """A fault at a place of this file."""
        line, column = self.placed.place_of(loc)
        return Problem(fault, self.placed.path, line, column, dotted(loc), remedy)


def load_gates(root: Path, environment: Mapping[str, str], file: str = GATES) -> LoadedGates:
    """Read the gates file of the project `root`."""
    placed = load_yaml(root / file, file, environment)
    loaded = LoadedGates(_with_policy(read_record(ADAPTER, placed)), placed)
    if problems := list(_without_address(loaded)):
        raise UserMistake(problems)
    return loaded


def _with_policy(gates: Gates) -> Gates:
    """Give the file's `on_undecided` to every rule that has none of its own."""
    policy = {"on_undecided": gates.on_undecided}
    suites = {
        name: suite.model_copy(
            update={
                "rules": tuple(
                    rule
                    if policy.keys() <= rule.model_fields_set
                    else rule.model_copy(update=policy)
                    for rule in suite.rules
                )
            }
        )
        for name, suite in gates.suites.items()
    }
    return gates.model_copy(update={"suites": suites})


def _without_address(loaded: LoadedGates) -> Iterator[Problem]:
    """Providers that nobody can know where to ask."""
    for name, spec in loaded.gates.providers.items():
        if spec.base_url is None and name not in (*BASE_URLS, SIMULATED):
            remedy = "write where it is asked, as in http://localhost:11434/v1"
            yield loaded.problem(("providers", name, "base_url"), "is missing", remedy)
