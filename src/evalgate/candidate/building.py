"""From a candidate's spec to a candidate that can be asked."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, assert_never

from evalgate.candidate.protocol import Candidate
from evalgate.candidate.recorded import RecordedCandidate
from evalgate.domain.identity import CandidateIdentity
from evalgate.domain.specs import (
    CandidateSpec,
    ChatSpec,
    CommandSpec,
    HttpSpec,
    PythonSpec,
    RecordedSpec,
)
from evalgate.errors import Problem, UserMistake
from evalgate.model.protocol import ChatModel
from evalgate.sources.digests import digest_of_globs, digest_of_json

if TYPE_CHECKING:
    from evalgate.candidate.chat import ChatCandidate


def build_candidate(  # noqa: PLR0913 # a candidate is its name and spec, where they lie, and how it is asked
    name: str,
    spec: CandidateSpec,
    *,
    folder: Path,
    root: Path,
    origin: str = "",
    max_in_flight: int = 8,
    model: ChatModel | None = None,
    environment: Mapping[str, str] | None = None,
) -> Candidate:
    """Build the candidate that `spec`, written in `folder` of the project `root`, describes.

    `model` is what a chat candidate asks, `environment` holds the headers of a URL.
    Raises UserMistake with every fault that can be known before the first question.
    """
    place = _Place(name, folder, root, origin)
    match spec:
        case RecordedSpec():
            return _recorded(spec, place)
        case PythonSpec():
            # here, not above: who has recorded answers alone need not wait for asyncio
            from evalgate.candidate.python import PythonCandidate

            identity = _identity(spec, place)
            return PythonCandidate(
                identity, spec, root, where=place.where, max_in_flight=max_in_flight
            )
        case CommandSpec():
            from evalgate.candidate.command import CommandCandidate

            identity = _identity(spec, place)
            return CommandCandidate(
                identity, spec, root, where=place.where, max_in_flight=max_in_flight
            )
        case ChatSpec():
            return _chat(spec, place, model)
        case HttpSpec():
            from evalgate.candidate.http import HttpCandidate

            return HttpCandidate(
                _identity(spec, place),
                spec,
                environment or {},
                where=place.where,
                max_in_flight=max_in_flight,
            )
        case _:
            assert_never(spec)


class _Place(NamedTuple):
    """A candidate's name, where it is written and what it comes from."""

    name: str
    folder: Path
    root: Path
    origin: str

    @property
    def where(self) -> str:
        return self.show(f"{self.name}.yaml")

    def show(self, file: str) -> str:
        """The path as the user knows it: from the project's folder where it lies within."""
        path = self.folder / file
        inside = path.is_relative_to(self.root)
        return path.relative_to(self.root).as_posix() if inside else str(path)


def _recorded(spec: RecordedSpec, place: _Place) -> RecordedCandidate:
    path, shown_as = place.folder / spec.answers, place.show(spec.answers)
    if not path.exists():
        remedy = f"{place.where} names it"
        raise UserMistake(Problem("there is no such file", shown_as, remedy=remedy))
    return RecordedCandidate(place.name, path, shown_as=shown_as, origin=place.origin)


def _chat(spec: ChatSpec, place: _Place, model: ChatModel | None) -> "ChatCandidate":
    from evalgate.candidate.chat import ChatCandidate
    from evalgate.candidate.prompting import load_turns
    from evalgate.model.on_behalf import OnBehalf

    shown_prompt = place.show(spec.prompt_file or "")
    turns, files = load_turns(spec, place.folder, place.where, shown_prompt)
    if model is None:
        raise UserMistake(Problem(f"nobody asks {spec.model} here", place.where, key="model"))
    identity = CandidateIdentity(
        name=place.name,
        kind=spec.kind,
        digest=_digest(spec, files),
        complete=True,
        origin=place.origin,
        timeout_s=spec.timeout_s,
        model=spec.model,
    )
    asked = OnBehalf(model, place.where)
    return ChatCandidate(identity, asked, turns, spec.parameters)


def _identity(spec: PythonSpec | CommandSpec | HttpSpec, place: _Place) -> CandidateIdentity:
    """Fingerprint the spec and the files it says it depends on."""
    files = digest_of_globs(place.root, spec.digest_of, where=place.where)
    return CandidateIdentity(
        name=place.name,
        kind=spec.kind,
        digest=_digest(spec, files),
        complete=bool(spec.digest_of),
        origin=place.origin,
        timeout_s=spec.timeout_s,
    )


def _digest(spec: PythonSpec | CommandSpec | HttpSpec | ChatSpec, files: dict[str, str]) -> str:
    written = spec.model_dump(mode="json", exclude={"description"})
    return digest_of_json({"spec": written, "files": dict(files)})
