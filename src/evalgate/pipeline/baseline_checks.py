"""Where a suite's baseline comes from, in words, and what is wrong with a baseline file."""

from collections.abc import Sequence
from dataclasses import replace

from evalgate.domain.names import FILE, GIT, NONE, RUN
from evalgate.domain.specs import Suite
from evalgate.errors import Problem, UserMistake
from evalgate.judge.protocol import Judge
from evalgate.pipeline.project import Project


def baseline_words(
    project: Project, named: tuple[str, Suite], judges: Sequence[Judge]
) -> tuple[str, list[Problem]]:
    """Where a suite's baseline comes from, and what it cannot be held against.

    Raises UserMistake when a baseline file is absent or was edited.
    """
    _, suite = named
    match suite.baseline:
        case None:
            return "", []
        case str() as text if text == NONE:
            return "none", []
        case str() as text if text == FILE:
            return _of_file(project, named, judges)
        case str() as text if text.startswith(GIT):
            return f"a candidate as of {text}", []
        case str() as text if text.startswith(RUN):
            return f"the stored run {text.removeprefix(RUN)}", []
        case text:
            return f"candidate {text}", []


def _of_file(
    project: Project, named: tuple[str, Suite], judges: Sequence[Judge]
) -> tuple[str, list[Problem]]:
    # here: `check` waits for them only where a suite has a file
    from evalgate.domain.names import baseline_file_of
    from evalgate.pipeline.bench import Bench, Errand
    from evalgate.pipeline.filing import open_filed
    from evalgate.pipeline.fitting import fitted

    name, suite = named
    path = baseline_file_of(name)
    filed = open_filed(project.root / path, path)
    made = filed.origin
    words = f"{path}, set by {made.set_by} on {made.set_on}, of {made.evalset}"
    bench = Bench(project, name, suite, project.evalset_of(suite), judges, Errand())
    try:
        fitted(bench, filed)
    except UserMistake as mistake:
        return words, [
            replace(each, fault=f"not comparable: {each.fault}") for each in mistake.problems
        ]
    return words, []
