"""Whether the models that a project names can be asked, filled with every case, and priced."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from evalgate.candidate.protocol import Candidate, Slotted
from evalgate.config.candidates import FOLDER
from evalgate.config.gates import LoadedGates
from evalgate.domain.case import Case
from evalgate.domain.estimate import Estimate
from evalgate.domain.provider import is_simulated
from evalgate.domain.specs import Suite
from evalgate.errors import Problem, UserMistake
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
    project: Project, loaded: LoadedGates, named: tuple[str, Suite], models: Iterable[str]
) -> Iterator[Problem]:
    """Rules on a cost that nobody can know: a model without a price has none."""
    name, suite = named
    unknown = sorted({uri for uri in models if uri and not project.models.has_price(uri)})
    for index, rule in enumerate(suite.rules):
        if rule.score == "cost_usd":
            for uri in unknown:
                fault = f"{uri} has no price, so that this can never be decided"
                remedy = f"write it under providers.{uri.partition(':')[0]}.prices"
                yield loaded.problem(("suites", name, "rules", index, "score"), fault, remedy)


def runs_of(project: Project, named: tuple[str, Suite], roster: Roster) -> list[Candidate]:
    """The candidates that `evalgate run` would ask: the suite's, or what fits, and its baseline."""
    name, suite = named
    challenger = suite.candidate
    if challenger is None:
        from evalgate.pipeline.catalogue import default_candidate  # here: few suites leave it out

        try:
            challenger = default_candidate(project, name, suite)
        except UserMistake:
            challenger = None  # nobody knows yet which will be asked
    roles = dict.fromkeys(role for role in (challenger, suite.baseline) if role is not None)
    return [roster[role].candidate for role in roles if role in roster]


def simulated_judges(candidates: Iterable[Candidate], judges: Iterable[Judge]) -> Iterator[Problem]:
    """Judges on `sim:/` of a candidate that asks a real model: somebody forgot a line."""
    if any(each.identity.model and not is_simulated(each.identity.model) for each in candidates):
        for judge in judges:
            if is_simulated(model_of(judge)):
                fault = f"{model_of(judge)} is no LLM, and the candidate is asked for real"
                path = f"judges/{judge.name}/judge.yaml"
                yield Problem(fault, path, key="model", remedy="name a model that can judge")


def price_of(
    project: Project, suite: Suite, candidates: Iterable[Candidate], judges: Sequence[Judge]
) -> Estimate | None:
    """What a run of each candidate over a suite would cost; None when nobody is asked."""
    priced = [
        _price(project, each, judges, lambda: read_cases(project.evalset_of(suite)))
        for each in candidates
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


class SlotCheck:
    """Which slots of the candidates find no input, and which inputs nobody looks at.

    `files` are the slots by the candidate's file.
    """

    def __init__(self, files: Mapping[str, Collection[str]]) -> None:
        self.files = files
        self.cases = 0
        self._empty: Counter[tuple[str, str]] = Counter()
        self._first: dict[tuple[str, str], str] = {}
        self._unused: dict[str, set[str]] = {}

    def look_at(self, case: Case) -> None:
        """Take in one case."""
        self.cases += 1
        if not self.files:
            return
        from evalgate.candidate.templates import lacking, unused  # here: few projects have slots

        for file, slots in self.files.items():
            for slot in lacking(slots, case.inputs):
                self._empty[file, slot] += 1
                self._first.setdefault((file, slot), case.id)
            self._unused.setdefault(file, set()).update(unused(slots, case.inputs))

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
