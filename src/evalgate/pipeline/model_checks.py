"""Whether the models that a project names can be asked, and filled with every case."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from evalgate.candidate.protocol import Candidate, Slotted
from evalgate.config.candidates import FOLDER
from evalgate.domain.case import Case
from evalgate.domain.provider import is_simulated
from evalgate.domain.specs import Suite
from evalgate.errors import Problem, UserMistake
from evalgate.judge.protocol import Judge, model_of
from evalgate.pipeline.project import Project
from evalgate.pipeline.purse import beyond_budget
from evalgate.pipeline.roster import Roster, is_meant


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
        yield from beyond_budget(project.models, (uri for uri in named.values() if uri))


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
