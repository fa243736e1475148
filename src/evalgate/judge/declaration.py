"""What every kind of judge settles when it is built: its scale and its digest."""

from collections.abc import Mapping

from evalgate.domain.scale import BINARY, Scale
from evalgate.domain.specs import JudgeBase
from evalgate.errors import Problem
from evalgate.judge.place import Place
from evalgate.sources.digests import digest_of_json

SHARE = Scale(kind="continuous")
"""From 0, nothing in common, to 1, the same."""


def settle_scale(spec: JudgeBase, natural: Scale, place: Place, problems: list[Problem]) -> Scale:
    """Return the declared scale, or the kind's natural one; note a scale the scores do not fit.

    The range must be the natural one: a wider one would move the worst score and make a
    `max_drop` that is written for it blind.
    """
    if spec.scale is None:
        return natural
    kinds = {"binary", "continuous"} if natural is BINARY else {"continuous"}
    if spec.scale.kind not in kinds or (spec.scale.low, spec.scale.high) != (0.0, 1.0):
        scores = "0 or 1" if natural is BINARY else "anything from 0 to 1"
        fault = f"the scale is {spec.scale}, but the scores of this kind are {scores}"
        problems.append(place.problem(fault, key="scale", remedy=f"{natural.kind} fits"))
    return spec.scale


def refuse_expected_key(spec: JudgeBase, place: Place, problems: list[Problem]) -> None:
    """Note an `expected_key` on a judge that does not look at `expected`."""
    if spec.expected_key is not None:
        fault = "this judge does not look at `expected`"
        problems.append(place.problem(fault, key="expected_key", remedy="leave it out"))


def fingerprint(
    spec: JudgeBase, scale: Scale, reading_rule: int, files: Mapping[str, str] | None = None
) -> str:
    """Fingerprint all that determines the scores; the description does not.

    `reading_rule` is the version of the kind's own code, `files` the digests of what it read.
    """
    return digest_of_json(
        {
            "spec": spec.model_dump(mode="json", exclude={"description", "scale"}),
            "scale": scale.model_dump(mode="json"),
            "reading_rule": reading_rule,
            "files": dict(files or {}),
        }
    )
