"""Money before it is spent: what a run would cost, and which costs nobody could know."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from evalgate.candidate.protocol import Candidate
from evalgate.config.gates import LoadedGates
from evalgate.domain.case import Case
from evalgate.domain.estimate import Estimate
from evalgate.domain.names import GATES
from evalgate.domain.specs import Suite
from evalgate.errors import Problem
from evalgate.evalset.reading import read_cases
from evalgate.judge.protocol import Judge, model_of
from evalgate.pipeline.models import Models
from evalgate.pipeline.project import Project

if TYPE_CHECKING:
    from evalgate.pipeline.bench import Bench


def beyond_budget(models: Models, uris: Iterable[str]) -> Iterator[Problem]:
    """Models whose calls a budget in dollars would not see."""
    wanted = list(dict.fromkeys(uris))
    if not wanted or models.max_usd is None:
        return
    asked_for = models.asking.max_usd is not None
    path, key = ("", "--budget-usd") if asked_for else (GATES, "budget.max_usd")
    for uri in wanted:
        if not models.has_price(uri):
            fault = f"{uri} has no price, so that no budget in dollars can be kept"
            yield Problem(fault, path, key=key, remedy=_remedy(uri))


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
                yield loaded.problem(("suites", name, "rules", index, "score"), fault, _remedy(uri))


def price_of_suite(
    project: Project, suite: Suite, candidates: Iterable[Candidate], judges: Sequence[Judge]
) -> Estimate | None:
    """What a run of each candidate over a suite would cost; None when nobody is asked."""
    priced = [
        _price(
            project,
            each,
            judges,
            lambda: each_trial(read_cases(project.evalset_of(suite)), suite.trials),
        )
        for each in candidates
    ]
    return sum((price for price in priced if price), Estimate()) if any(priced) else None


def price_of_run(bench: "Bench", candidate: Candidate) -> Estimate | None:
    """What a run of the bench's selection would cost; None when nobody is asked."""
    return _price(
        bench.project, candidate, bench.judges, lambda: each_trial(bench.cases(), bench.trials)
    )


def each_trial(cases: Iterable[Case], trials: int) -> Iterator[tuple[Case, int]]:
    """Every case as often as it is answered."""
    return ((case, trial) for case in cases for trial in range(trials))


def _price(
    project: Project,
    candidate: Candidate,
    judges: Sequence[Judge],
    questions: Callable[[], Iterable[tuple[Case, int]]],
) -> Estimate | None:
    if not candidate.identity.model and not any(model_of(judge) for judge in judges):
        return None
    from evalgate.pipeline.pricing import estimate_of  # here: most projects ask nobody

    return estimate_of(project.models, candidate, judges, questions())


def _remedy(uri: str) -> str:
    return f"write it under providers.{uri.partition(':')[0]}.prices"
