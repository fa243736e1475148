"""Whether the models that a project names can be asked, filled with every case, and priced."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from evalgate.candidate.protocol import Candidate, Slotted
from evalgate.config.candidates import FOLDER
from evalgate.config.gates import LoadedGates
from evalgate.domain.answer import Usage
from evalgate.domain.case import Case
from evalgate.domain.estimate import Estimate
from evalgate.domain.specs import Suite
from evalgate.domain.template import Absent, look_up
from evalgate.errors import Problem
from evalgate.evalset.reading import read_cases
from evalgate.judge.protocol import Judge, model_of
from evalgate.pipeline.project import Project
from evalgate.pipeline.roster import Roster, is_meant

if TYPE_CHECKING:
    from evalgate.pipeline.bench import Bench


def model_problems(
    project: Project, roster: Roster, judges: Mapping[str, Judge]
) -> Iterator[Problem]:
    """What is wrong with the models that candidates and judges name, each in its own file."""
    named = {
        f"{FOLDER}/{name}.yaml": entry.candidate.identity.model for name, entry in roster.items()
    }
    named |= {f"judges/{name}/judge.yaml": model_of(judge) for name, judge in judges.items()}
    found = False
    for file, uri in named.items():
        for problem in project.models.problems_of([uri] if uri else [], keys=False):
            found = True
            yield problem if problem.path else replace(problem, path=file)
    if roster and not found:  # without candidates only the judges' half would be said
        yield from project.models.beyond_budget(uri for uri in named.values() if uri)


def unpriced_rules(
    project: Project, loaded: LoadedGates, named: tuple[str, Suite], roster: Roster
) -> Iterator[Problem]:
    """Rules on a cost that nobody can know: a model without a price has none."""
    name, suite = named
    models = {
        entry.candidate.identity.model
        for candidate, entry in roster.items()
        if candidate in (suite.candidate, suite.baseline) and entry.candidate.identity.model
    }
    nothing = Usage(input_tokens=0, output_tokens=0)
    unknown = sorted(uri for uri in models if project.models.cost_of(uri, nothing) is None)
    for index, rule in enumerate(suite.rules):
        if rule.score == "cost_usd":
            for uri in unknown:
                fault = f"{uri} has no price, so that this can never be decided"
                remedy = f"write it under providers.{uri.partition(':')[0]}.prices"
                yield loaded.problem(("suites", name, "rules", index, "score"), fault, remedy)


def price_of(
    project: Project, suite: Suite, roster: Roster, judges: Sequence[Judge]
) -> Estimate | None:
    """What runs of a suite's candidate and its baseline would cost; None when nobody is asked."""
    roles = (suite.candidate, suite.baseline)
    asked = [roster[role].candidate for role in roles if role is not None and role in roster]
    priced = [
        _price(project, each, judges, lambda: read_cases(project.evalset_of(suite)))
        for each in asked
    ]
    return sum((price for price in priced if price), Estimate()) if any(priced) else None


def price_of_run(bench: "Bench", candidate: Candidate) -> Estimate | None:
    """What a run of the bench's selection would cost; None when nobody is asked."""
    return _price(bench.project, candidate, bench.judges, bench.cases)


def _price(
    project: Project,
    candidate: Candidate,
    judges: Sequence[Judge],
    cases: Callable[[], Iterable[Case]],
) -> Estimate | None:
    if not candidate.identity.model and not any(model_of(judge) for judge in judges):
        return None
    from evalgate.pipeline.pricing import estimate_of  # here: most projects ask nobody

    return estimate_of(project.models, candidate, judges, cases())


@dataclass(slots=True)
class SlotCheck:
    """Which slots of the candidates find no input, and which inputs nobody looks at."""

    files: Mapping[str, Collection[str]]  # the slots, by the candidate's file
    cases: int = 0
    _empty: Counter[tuple[str, str]] = field(default_factory=Counter)
    _first: dict[tuple[str, str], str] = field(default_factory=dict)
    _unused: dict[str, set[str]] = field(default_factory=dict)

    def look_at(self, case: Case) -> None:
        """Take in one case."""
        self.cases += 1
        for file, slots in self.files.items():
            for slot in slots:
                if isinstance(look_up(case.inputs, slot), Absent):
                    self._empty[file, slot] += 1
                    self._first.setdefault((file, slot), case.id)
            used = {part for slot in slots for part in (slot, slot.partition(".")[0])}
            self._unused.setdefault(file, set()).update(case.inputs.keys() - used)

    def faults(self, evalset: str) -> Iterator[Problem]:
        """Slots that a case leaves empty: that candidate cannot answer it."""
        for (file, slot), count in self._empty.items():
            share = f"{count} of {self.cases} cases" if count < self.cases else "any case"
            yield Problem(
                f"the slot {slot!r} has no input in {share} of {evalset}",
                file,
                remedy=f"the first is {self._first[file, slot]!r}",
            )

    def warnings(self, evalset: str) -> Iterator[Problem]:
        """Inputs that no slot shows to the model."""
        for file, names in self._unused.items():
            if names:
                listed = ", ".join(sorted(names))
                yield Problem(f"no slot uses these inputs of {evalset}: {listed}", file)


def slot_check(roster: Roster, suite: Suite, suites: Iterable[Suite]) -> SlotCheck:
    """The check of every candidate with slots that is meant for a suite's evalset."""
    files = {}
    for name, entry in roster.items():
        if isinstance(entry.candidate, Slotted) and is_meant(name, entry, suite, suites):
            files[f"{FOLDER}/{name}.yaml"] = entry.candidate.slots
    return SlotCheck(files)
