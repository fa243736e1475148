"""`candidates/<name>.yaml`: which candidates there are and what each is."""

from collections.abc import Mapping
from pathlib import Path
from typing import get_args

from pydantic import ConfigDict, TypeAdapter

from evalgate.domain.specs import CandidateSpec, ChatSpec, RecordedSpec
from evalgate.errors import Problem, UserMistake
from evalgate.sources.digests import digest_of_globs
from evalgate.sources.nearest import did_you_mean
from evalgate.sources.strict import read_one_of
from evalgate.sources.yaml_text import load_yaml

FOLDER = "candidates"
ADAPTER: TypeAdapter[CandidateSpec] = TypeAdapter(
    CandidateSpec, config=ConfigDict(defer_build=True)
)
KINDS: tuple[type[CandidateSpec], ...] = get_args(get_args(CandidateSpec)[0])


def list_candidates(root: Path) -> list[str]:
    """The names of the candidates of the project `root`, sorted."""
    return sorted(path.stem for path in (root / FOLDER).glob("*.yaml") if path.is_file())


def load_candidate(root: Path, name: str, environment: Mapping[str, str]) -> CandidateSpec:
    """Read one candidate; an unknown name offers the nearest."""
    known = list_candidates(root)
    if name not in known:
        raise UserMistake(
            Problem(f"there is no candidate {name!r}", FOLDER, remedy=did_you_mean(name, known))
        )
    shown_as = f"{FOLDER}/{name}.yaml"
    placed = load_yaml(root / shown_as, shown_as, environment)
    return read_one_of(ADAPTER, KINDS, placed)


def candidate_texts(root: Path, name: str, spec: CandidateSpec) -> dict[str, str]:
    """The texts that shape a candidate's answers: its file and those it says it depends on.

    Recorded answers are not among them: to hold a question is their purpose.
    """
    shown_as = f"{FOLDER}/{name}.yaml"
    match spec:
        case RecordedSpec():
            paths = [shown_as]
        case ChatSpec(prompt_file=str(prompt_file)):
            paths = [shown_as, f"{FOLDER}/{prompt_file}"]
        case ChatSpec():
            paths = [shown_as]
        case _:
            paths = [shown_as, *digest_of_globs(root, spec.digest_of, where=shown_as)]
    return {path: (root / path).read_text("utf-8", errors="replace") for path in paths}
