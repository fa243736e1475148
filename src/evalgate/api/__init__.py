"""The same from Python: evaluate, compare, decide, load_judge; a notebook's loop may run."""

from evalgate.api.calls import compare, decide, evaluate, load_judge
from evalgate.api.judges import ProjectJudge
from evalgate.api.records import ComparedVersions, DecidedRun, Run

__all__ = [
    "ComparedVersions",
    "DecidedRun",
    "ProjectJudge",
    "Run",
    "compare",
    "decide",
    "evaluate",
    "load_judge",
]
