"""From a candidate's spec to a candidate that can be asked."""

from pathlib import Path
from typing import assert_never

from evalgate.candidate.protocol import Candidate
from evalgate.candidate.recorded import RecordedCandidate
from evalgate.domain.run import CandidateIdentity
from evalgate.domain.specs import CandidateSpec, CommandSpec, PythonSpec, RecordedSpec
from evalgate.errors import Problem, UserMistake
from evalgate.sources.digests import digest_of_globs, digest_of_json


def build_candidate(  # noqa: PLR0913 # a candidate is its name and spec, where they lie, and how it is asked
    name: str,
    spec: CandidateSpec,
    *,
    folder: Path,
    root: Path,
    origin: str = "",
    max_in_flight: int = 8,
) -> Candidate:
    """Build the candidate that `spec`, written in `folder` of the project `root`, describes.

    Raises UserMistake with every fault that can be known before the first question.
    """
    where = _shown(folder / f"{name}.yaml", root)
    match spec:
        case RecordedSpec():
            path = folder / spec.answers
            if not path.exists():
                remedy = f"{where} names it"
                raise UserMistake(
                    Problem("there is no such file", _shown(path, root), remedy=remedy)
                )
            return RecordedCandidate(name, path, shown_as=_shown(path, root), origin=origin)
        case PythonSpec():
            # here, not above: who has recorded answers alone need not wait for asyncio
            from evalgate.candidate.python import PythonCandidate

            identity = _identity(name, spec, root, where, origin)
            return PythonCandidate(identity, spec, root, where=where, max_in_flight=max_in_flight)
        case CommandSpec():
            from evalgate.candidate.command import CommandCandidate

            identity = _identity(name, spec, root, where, origin)
            return CommandCandidate(identity, spec, root, where=where, max_in_flight=max_in_flight)
        case _:
            assert_never(spec)


def _identity(
    name: str, spec: PythonSpec | CommandSpec, root: Path, where: str, origin: str
) -> CandidateIdentity:
    """Fingerprint the spec and the files it says it depends on."""
    written = spec.model_dump(mode="json", exclude={"description"})
    files = digest_of_globs(root, spec.digest_of, where=where)
    return CandidateIdentity(
        name=name,
        kind=spec.kind,
        digest=digest_of_json({"spec": written, "files": dict(files)}),
        complete=bool(spec.digest_of),
        origin=origin,
        timeout_s=spec.timeout_s,
    )


def _shown(path: Path, root: Path) -> str:
    """The path as the user knows it: from the project's folder where it lies within."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
