"""`judges/<name>/judge.yaml`: which judges there are and what each is."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, assert_never, get_args

from pydantic import ConfigDict, TypeAdapter

from evalgate.domain.specs import (
    READY_JUDGES,
    ContainsSpec,
    ExactMatchSpec,
    GenaiMetricSpec,
    JsonSchemaSpec,
    JudgeSpec,
    LevenshteinSpec,
    NumericSpec,
    PromptJudgeSpec,
    PythonJudgeSpec,
    RecordedJudgeSpec,
    RegexSpec,
    RougeLSpec,
    TokenF1Spec,
)
from evalgate.errors import Problem, UserMistake
from evalgate.sources.nearest import did_you_mean
from evalgate.sources.places import Placed
from evalgate.sources.strict import read_one_of
from evalgate.sources.yaml_text import load_yaml

FOLDER = "judges"
FILE = "judge.yaml"
ADAPTER: TypeAdapter[JudgeSpec] = TypeAdapter(JudgeSpec, config=ConfigDict(defer_build=True))
KINDS: tuple[type[JudgeSpec], ...] = get_args(get_args(JudgeSpec)[0])


class LoadedJudge(NamedTuple):
    """A judge's spec, and the folder that the files it names are in."""

    spec: JudgeSpec
    folder: Path


def named_files(spec: JudgeSpec) -> tuple[str, ...]:
    """The files that a judge's own names, from its folder; a Python one's are found by globs."""
    match spec:
        case PromptJudgeSpec():
            return (spec.prompt_file,)
        case RecordedJudgeSpec():
            return (spec.file,)
        case (
            ExactMatchSpec()
            | ContainsSpec()
            | RegexSpec()
            | JsonSchemaSpec()
            | NumericSpec()
            | TokenF1Spec()
            | RougeLSpec()
            | LevenshteinSpec()
            | GenaiMetricSpec()
            | PythonJudgeSpec()
        ):
            return ()
        case _:
            assert_never(spec)


def list_judges(root: Path) -> list[str]:
    """The names that a suite may use: the project's own judges and the ready ones, sorted."""
    own = {path.parent.name for path in (root / FOLDER).glob(f"*/{FILE}")}
    return sorted(own.union(READY_JUDGES))


def load_judge_spec(root: Path, name: str, environment: Mapping[str, str]) -> LoadedJudge:
    """Read one judge; a ready judge needs no folder, an unknown name offers the nearest."""
    known = list_judges(root)
    if name not in known:
        raise UserMistake(
            Problem(f"there is no judge {name!r}", FOLDER, remedy=did_you_mean(name, known))
        )
    folder = root / FOLDER / name
    if name in READY_JUDGES and not (folder / FILE).is_file():
        placed = Placed(FOLDER, {"kind": name})
    else:
        placed = load_yaml(folder / FILE, f"{FOLDER}/{name}/{FILE}", environment)
    return LoadedJudge(read_one_of(ADAPTER, KINDS, placed), folder)
