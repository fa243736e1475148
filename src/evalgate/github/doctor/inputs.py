"""What a step hands to evalgate's action: a mode that there is, and inputs that it has."""

from collections.abc import Collection, Iterator

from evalgate.github.doctor.diagnosis import Symptom
from evalgate.github.doctor.documents import EXPRESSION, Document, Table
from evalgate.github.doctor.workflow import MODES
from evalgate.sources.nearest import did_you_mean
from evalgate.sources.places import Loc

INPUTS = frozenset(
    {
        *("mode", "suite", "shard", "of", "shards", "no-cache", "budget-usd", "key"),
        *("github-token", "last-night", "report-url", "job-result", "older-than", "cache-salt"),
        *("retention-days", "working-directory", "python-version", "install"),
    }
)
"""The inputs of this release's action, which is another repository's file where it is used."""


def mode_symptoms(document: Document, loc: Loc, mode: str) -> Iterator[Symptom]:
    """Why a step's mode is none that can be known."""
    place = (*loc, "with", "mode")
    if mode and EXPRESSION not in mode:
        yield document.fault(place, f"there is no mode {mode!r}", did_you_mean(mode, MODES))
        return
    fault = f"the mode {mode!r} cannot be read before it runs" if mode else "has no mode"
    yield document.hint(place, fault, f"write one of {', '.join(MODES)}")


def unknown_inputs(
    document: Document, loc: Loc, given: Table, known: Collection[str]
) -> Iterator[Symptom]:
    """Inputs that the action has not: GitHub passes them over, and what was meant is a default."""
    names = {name.lower() for name in known}  # GitHub does not tell capitals apart
    for name in given:
        if name.lower() not in names:
            fault = f"the action has no input {name!r}: its own default is taken instead"
            yield document.fault((*loc, "with", name), fault, did_you_mean(name, known))
