"""The steps of a job, what local actions make of them, and what each asks of evalgate."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from pydantic import JsonValue

from evalgate.github.doctor.diagnosis import Symptom
from evalgate.github.doctor.documents import OURS, Document, Table, table_of, text_of
from evalgate.github.doctor.inputs import INPUTS, mode_symptoms, unknown_inputs
from evalgate.github.doctor.workflow import COMMAND, MODES, Step
from evalgate.sources.places import Loc

NO_MAPPING = "is not a mapping (key: value)"
INPUT = re.compile(r"\$\{\{\s*inputs\.([\w-]+)\s*\}\}")


class _Written(NamedTuple):
    """Where steps are written: a file, the inputs it is given, and the actions it is within."""

    document: Document
    inputs: Mapping[str, JsonValue] = {}
    within: tuple[Document, ...] = ()


@dataclass(frozen=True)
class Stepping:
    """`action` gives the file of a local action; what is wrong goes to `symptoms`."""

    action: Callable[[str], Document | None]
    symptoms: list[Symptom]

    def steps(self, document: Document, loc: Loc, body: Table) -> tuple[Step, ...]:
        """Every step below `steps:`, each followed by what it is made of."""
        return tuple(self._steps(_Written(document), (*loc, "steps"), body.get("steps")))

    def _steps(self, where: _Written, loc: Loc, steps: JsonValue) -> Iterator[Step]:
        if steps is None:
            return
        if not isinstance(steps, list):
            self.symptoms.append(where.document.fault(loc, "is not a list", ""))
            return
        for index, body in enumerate(steps):
            if isinstance(body, dict):
                yield from self._step(where, (*loc, index), body)
            else:
                self.symptoms.append(where.document.fault((*loc, index), NO_MAPPING, ""))

    def _step(self, where: _Written, loc: Loc, body: Table) -> Iterator[Step]:
        document, inputs, within = where
        given = _filled_in(table_of(body.get("with")), inputs)
        uses = text_of(body.get("uses"))
        action = self._local(document, (*loc, "uses"), uses) if uses.startswith("./") else None
        handed = {**_defaults(action), **given} if action else given
        inner: list[Step] = []
        if action and action not in within:  # GitHub refuses one that uses itself
            made_of = table_of(table_of(action.placed.value).get("runs")).get("steps")
            inside = _Written(action, handed, (*within, action))
            inner = list(self._steps(inside, ("runs", "steps"), made_of))
        modes = frozenset(COMMAND.findall(text_of(body.get("run"))))
        modes = modes.union(*(step.modes for step in inner))
        if _is_ours(document, uses, given, action):
            modes |= self._mode(document, loc, handed)
            if "mode" in given:  # another's, whose name has evalgate in it, has inputs of its own
                known = _defaults(action) if action else INPUTS
                self.symptoms.extend(unknown_inputs(document, loc, given, known))
        yield Step(document, loc, body, given, modes, is_inner=bool(within))
        yield from inner

    def _local(self, document: Document, loc: Loc, uses: str) -> Document | None:
        found = self.action(uses)
        if found is None:
            fault = f"{uses!r} was not looked at: no such action of this repository can be read"
            self.symptoms.append(document.hint(loc, fault, ""))
        return found

    def _mode(self, document: Document, loc: Loc, given: Table) -> frozenset[str]:
        mode = text_of(given.get("mode"))
        if mode in MODES:
            return frozenset({mode})
        self.symptoms.extend(mode_symptoms(document, loc, mode))
        return frozenset()


def _is_ours(document: Document, uses: str, given: Table, action: Document | None) -> bool:
    """True for evalgate's action, whatever its repository is called."""
    if action:
        return (
            "mode" in table_of(table_of(action.placed.value).get("inputs")) and action.mentions_us()
        )
    name = uses.partition("@")[0].lower()
    if uses.startswith(("./", "docker:")) or not uses:
        return False
    return OURS in name or (given.get("mode") in MODES and document.mentions_us())


def _filled_in(given: Table, inputs: Table) -> Table:
    """An action's inputs, where they are just an outer action's, as the outer one has them."""
    return {name: _value(value, inputs) for name, value in given.items()}


def _value(value: JsonValue, inputs: Table) -> JsonValue:
    found = INPUT.fullmatch(value) if isinstance(value, str) else None
    return inputs.get(found[1], "") if found else value


def _defaults(action: Document) -> Mapping[str, JsonValue]:
    declared = table_of(table_of(action.placed.value).get("inputs"))
    return {name: table_of(each).get("default") for name, each in declared.items()}
