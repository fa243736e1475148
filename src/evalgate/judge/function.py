"""The judge that calls a function of the user's."""

import asyncio
import copy
import inspect
import numbers
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from evalgate.domain.answer import Produced
from evalgate.domain.case import Case
from evalgate.domain.judgement import Scored, Unscored
from evalgate.domain.scale import Scale
from evalgate.domain.specs import PythonJudgeSpec
from evalgate.errors import UserMistake
from evalgate.judge.declaration import fingerprint
from evalgate.judge.excerpt import excerpt
from evalgate.judge.expected import part_of
from evalgate.judge.off_scale import score_on
from evalgate.judge.place import Place
from evalgate.judge.user_code import load_function
from evalgate.sources.digests import digest_of_globs

READING_RULE = 1
LONGEST_DETAIL = 500


@dataclass(frozen=True, slots=True)
class Returned:
    """What the function returned, of whatever type."""

    value: object


@dataclass(frozen=True, slots=True)
class FunctionJudge:
    """Scores with a function that is called with inputs, expected and answer."""

    name: str
    scale: Scale
    digest: str
    expected_key: str | None
    function: Callable[..., Any]
    takes_produced: bool

    async def judge(self, case: Case, answer: Produced) -> Scored | Unscored:
        """Call the function, in a thread unless it is async, and read what it returns."""
        expected = part_of(case.expected, self.expected_key)
        if isinstance(expected, Unscored):
            return expected
        arguments: dict[str, object] = {
            "inputs": case.inputs,
            "expected": expected.value,
            "answer": answer.text,
        }
        if self.takes_produced:
            arguments["produced"] = answer
        if inspect.iscoroutinefunction(self.function):
            outcome = _called(self.function, arguments)
        else:
            outcome = await asyncio.to_thread(_called, self.function, arguments)
        if isinstance(outcome, Returned) and inspect.isawaitable(outcome.value):
            outcome = await _awaited(outcome.value)
        return outcome if isinstance(outcome, Unscored) else read_returned(outcome, self.scale)


def read_returned(returned: Returned, scale: Scale) -> Scored | Unscored:
    """Read a number, (score, reason) or {"score": ..., "reason": ...}; nothing else."""
    try:
        return _read(returned, scale)
    except Exception as error:  # noqa: BLE001 - an object of the user's may raise when it is looked at
        return _failed(error)


def _read(returned: Returned, scale: Scale) -> Scored | Unscored:
    score, reason = returned.value, None
    if isinstance(score, tuple) and len(score) == 2:
        score, reason = score
    elif isinstance(score, Mapping) and "score" in score and score.keys() <= {"score", "reason"}:
        score, reason = score["score"], score.get("reason")
    if not isinstance(score, numbers.Real) or not isinstance(reason, str | None):
        kind = type(returned.value).__name__
        detail = f"the function returned {kind}, not a score or a score with a reason"
        return Unscored(cause="judge_error", detail=detail)
    try:
        return score_on(scale, float(score), reason or "")
    except OverflowError:
        return Unscored(cause="off_scale", detail=f"the score is too large for the scale: {scale}")


def build_function(spec: PythonJudgeSpec, place: Place) -> FunctionJudge:
    """Load the function, or raise UserMistake."""
    loaded = load_function(spec.function, place)
    takes_produced = _takes_produced(loaded.function, spec.function, place)
    watched = digest_of_globs(place.root, spec.digest_of, where=place.shown_as)
    files = {**{f"code:{file}": digest for file, digest in loaded.files.items()}, **watched}
    digest = fingerprint(spec, spec.scale, READING_RULE, files)
    return FunctionJudge(
        place.name, spec.scale, digest, spec.expected_key, loaded.function, takes_produced
    )


def _takes_produced(function: Callable[..., Any], written: str, place: Place) -> bool:
    try:
        signature = inspect.signature(function)
    except ValueError:  # a function written in C may have none
        return False
    takes_produced = "produced" in signature.parameters
    arguments = dict.fromkeys(("inputs", "expected", "answer"))
    try:
        signature.bind(**arguments, **({"produced": None} if takes_produced else {}))
    except TypeError as error:
        fault = f"{written} cannot be called: {error}"
        remedy = "it is called as function(inputs=..., expected=..., answer=...)"
        raise UserMistake(place.problem(fault, key="function", remedy=remedy)) from None
    return takes_produced


def _called(function: Callable[..., Any], arguments: dict[str, object]) -> Returned | Unscored:
    # A copy, because the function may write into what the next judge reads. Errors are caught
    # here, inside the thread: asyncio would never hand over a StopIteration.
    try:
        return Returned(function(**copy.deepcopy(arguments)))
    except BaseException as error:  # noqa: BLE001 - whatever the user's code raises is no verdict
        return _failed(error)


async def _awaited(awaitable: Awaitable[object]) -> Returned | Unscored:
    try:
        return Returned(await awaitable)
    except BaseException as error:
        task = asyncio.current_task()
        if isinstance(error, KeyboardInterrupt) or (task is not None and task.cancelling()):
            raise  # we are being stopped, and the judge with us
        return _failed(error)


def _failed(error: BaseException) -> Unscored:
    detail = excerpt(f"{type(error).__name__}: {error}", LONGEST_DETAIL)
    return Unscored(cause="judge_error", detail=detail)
