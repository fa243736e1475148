"""What the files say of each other: every fault at once, at the place of the rule."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from evalgate.config.gates import LoadedGates
from evalgate.config.rule_checks import rule_problems, rule_warnings
from evalgate.config.waiver_checks import waiver_problems
from evalgate.config.waivers import LoadedWaivers
from evalgate.domain.names import FILE, FROM_FILE, GIT, NONE, NOT_YET, RUN
from evalgate.domain.scale import Scale
from evalgate.domain.specs import Suite
from evalgate.errors import Problem
from evalgate.sources.nearest import did_you_mean
from evalgate.sources.places import Loc


class Known(NamedTuple):
    """What the project has, by name; `case_ids` by evalset reference, where they were read.

    A judge with faults of its own has no scale. Without `today` no waiver has expired. `suites`
    are those that a waiver may name beside the ones that are checked.
    """

    scales: Mapping[str, Scale | None]
    versions: Mapping[str, Collection[str]]
    candidates: Collection[str]
    case_ids: Mapping[str, Collection[str]] = {}
    today: dt.date | None = None
    suites: Mapping[str, Suite] = {}


class Checked(NamedTuple):
    """What must be mended, and what a person should know."""

    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def check_gates(loaded: LoadedGates, known: Known, waivers: LoadedWaivers | None = None) -> Checked:
    """Hold the gates and waivers against what the project has."""
    problems: list[Problem] = []
    warnings: list[Problem] = []
    for name, suite in loaded.gates.suites.items():
        loc: Loc = ("suites", name)
        problems += _evalset(loaded, known, suite, loc)
        problems += _judges(loaded, known, suite, loc)
        problems += _candidates(loaded, known, suite, loc)
        problems += rule_problems(loaded, suite, known.scales, loc)
        warnings += rule_warnings(loaded, suite, known.scales, loc)
    if waivers is not None:
        suites = {**known.suites, **loaded.gates.suites}
        problems += waiver_problems(waivers, suites, known.case_ids, known.today)
    return Checked(tuple(problems), tuple(warnings))


def _evalset(loaded: LoadedGates, known: Known, suite: Suite, loc: Loc) -> Iterator[Problem]:
    name, _, version = suite.evalset.partition("@")
    at = (*loc, "evalset")
    if name not in known.versions:
        fault = f"there is no evalset {name!r}"
        yield loaded.problem(at, fault, did_you_mean(name, known.versions))
    elif version not in known.versions[name]:
        fault = f"{name} has no version {version}"
        yield loaded.problem(at, fault, did_you_mean(version, known.versions[name]))


def _judges(loaded: LoadedGates, known: Known, suite: Suite, loc: Loc) -> Iterator[Problem]:
    for index, name in enumerate(suite.judges):
        at = (*loc, "judges", index)
        if name not in known.scales:
            fault = f"there is no judge {name!r}"
            yield loaded.problem(at, fault, did_you_mean(name, known.scales))
        if name in suite.judges[:index]:
            yield loaded.problem(at, f"{name!r} is named twice", "keep one of them")


def _candidates(loaded: LoadedGates, known: Known, suite: Suite, loc: Loc) -> Iterator[Problem]:
    for key, text in (("candidate", suite.candidate), ("baseline", suite.baseline)):
        at = (*loc, key)
        if text is None or (key == "baseline" and text in (FILE, NONE)):
            continue
        if key == "baseline" and text.startswith(FROM_FILE):
            remedy = f"write {FILE}, which is baselines/{loc[-1]}.json; --baseline takes a path"
            yield loaded.problem(at, f"{text!r}: a suite has one baseline file", remedy)
            continue
        if text.startswith(NOT_YET):
            fault = f"{text}: MLflow's registry is not read yet"
            yield loaded.problem(at, fault, "name a candidate, a run or a git ref")
        elif key == "baseline" and text.startswith((GIT, RUN)):
            kind, _, rest = text.partition(":")
            if not rest.partition(":")[0].strip():
                yield loaded.problem(at, f"{text!r} names no {kind} reference", FORMS)
        elif text not in known.candidates:
            fault = f"there is no candidate {text!r}"
            yield loaded.problem(at, fault, did_you_mean(text, known.candidates))
        elif key == "candidate" and text == suite.baseline:
            yield loaded.problem(at, f"{text!r} is the baseline itself", "name another")


FORMS = "write git:REF, git:REF:candidate, run:ID or file"
