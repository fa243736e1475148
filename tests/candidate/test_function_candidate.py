"""A function of the running process."""

import asyncio
import sys
import threading
from collections.abc import Coroutine

import pytest

from candidate_project import ask_all
from evalgate.candidate.function import Function, FunctionCandidate
from evalgate.domain.answer import NotProduced, Produced
from evalgate.domain.record import JsonValue

Inputs = dict[str, JsonValue]


def hang(_: Inputs) -> str:
    """Never return."""
    threading.Event().wait()
    return ""


async def hang_on_the_loop(_: Inputs) -> str:
    """Never return, and let others go on."""
    await asyncio.Event().wait()
    return ""


async def cancel_itself(_: Inputs) -> str:
    """Raise what only a caller should cause."""
    raise asyncio.CancelledError


async def leave_on_the_loop(_: Inputs) -> str:
    """Try to end the process."""
    sys.exit("no key")


def leave(_: Inputs) -> str:
    """Try to end the process from a thread."""
    sys.exit("no key")


@pytest.mark.parametrize(
    ("function", "detail"),
    [
        (hang, "timed out after 0.2 s"),
        (hang_on_the_loop, "timed out after 0.2 s"),
        (cancel_itself, "CancelledError"),
        (leave_on_the_loop, "SystemExit: no key"),
        (leave, "SystemExit: no key"),
    ],
)
def test_what_a_function_does_wrong_is_its_own_error(function: Function, detail: str) -> None:
    """Neither the run nor the process ends with it."""
    candidate = FunctionCandidate("f", function, timeout_s=0.2)

    answers = asyncio.run(ask_all(candidate, "a", "b"))

    assert answers == [NotProduced(cause="own_error", detail=detail)] * 2


def test_an_object_with_an_async_call_and_a_function_that_returns_a_coroutine_are_awaited() -> None:
    """How a coroutine comes about does not matter."""

    async def coroutine(inputs: Inputs) -> str:
        return str(inputs["q"])

    class Callable:
        async def __call__(self, inputs: Inputs) -> str:
            return await coroutine(inputs)

    def returns_one(inputs: Inputs) -> Coroutine[object, object, str]:
        return coroutine(inputs)

    for function in (Callable(), returns_one):
        (answer,) = asyncio.run(ask_all(FunctionCandidate("f", function), "a"))
        assert isinstance(answer, Produced)
        assert answer.text == "a"


def test_no_more_are_called_at_once_than_was_allowed() -> None:
    """`max_in_flight` holds for async functions too."""
    running, most = 0, 0

    async def count(_: Inputs) -> str:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        return "a"

    asyncio.run(ask_all(FunctionCandidate("f", count, max_in_flight=3), *"abcdefgh"))

    assert most == 3


def test_only_a_digest_that_was_told_is_complete() -> None:
    """Two functions of one name may differ: their digest promises nothing."""
    untold = FunctionCandidate("f", hang).identity
    told = FunctionCandidate("f", hang, digest="sha256:00").identity

    assert (untold.complete, told.complete, told.digest) == (False, True, "sha256:00")
    assert untold.digest != FunctionCandidate("f", leave).identity.digest
