"""Suites behind a gate that ask no LLM."""

from collections.abc import Callable, Iterator
from functools import partial

from evalgate.config.candidates import load_candidate
from evalgate.config.judges import LoadedJudge, load_judge_spec
from evalgate.domain.provider import is_simulated
from evalgate.domain.specs import (
    CandidateSpec,
    ChatSpec,
    GenaiMetricSpec,
    PromptJudgeSpec,
    Suite,
)
from evalgate.errors import UserMistake
from evalgate.github.doctor.diagnosis import Symptom
from evalgate.pipeline.project import Project

REMEDY = "write a real model, as in openai:/gpt-4o-mini"


def simulated_suites(project: Project) -> Iterator[Symptom]:
    """A hint for each suite whose candidate or judges are rules of evalgate's own."""
    for name, suite in project.gates.gates.suites.items():
        models = {who: model for who, model in _models(project, suite) if is_simulated(model)}
        if models:
            who = ", ".join(f"{each} asks {model}" for each, model in models.items())
            fault = f"{who}, which is no LLM: no night is kept, and no baseline can be set"
            problem = project.gates.problem(("suites", name), fault, REMEDY)
            yield Symptom(problem, is_fault=False)


def _models(project: Project, suite: Suite) -> Iterator[tuple[str, str]]:
    """Who asks which model; what cannot be read is told by `check`."""
    root, environment = project.root, project.environment
    if suite.candidate:
        yield suite.candidate, _model(partial(load_candidate, root, suite.candidate, environment))
    for judge in suite.judges:
        yield judge, _model(partial(load_judge_spec, root, judge, environment))


def _model(load: Callable[[], CandidateSpec | LoadedJudge]) -> str:
    try:
        found = load()
    except UserMistake:
        return ""
    spec = found.spec if isinstance(found, LoadedJudge) else found
    return spec.model if isinstance(spec, ChatSpec | GenaiMetricSpec | PromptJudgeSpec) else ""
