"""A provider that keeps failing: a blip loses nothing, an outage ends the asking."""

import asyncio
from random import Random
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.domain.chat import ChatReply, ModelFailed
from evalgate.domain.provider import ProviderSpec
from evalgate.model.circuit import STREAK, UNREACHABLE_S, Circuit
from evalgate.model.client import Client, Terms
from evalgate.model.retrying import Attempted, Transient
from fake_clock import FakeClock
from model_asking import ask, client_of, question
from model_stub import ModelStub

Cause = Literal["rate_limited", "server_error", "timeout", "unreachable"]
MAX_WAIT_S = 120.0
REPLY = ChatReply(text="yes")


class Provider:
    """Fails until its clock shows `up_at`, each attempt for a while."""

    def __init__(self, up_at: float, cause: Cause, told_s: float | None = None) -> None:
        self.clock = FakeClock()
        self.up_at = self.clock.now + up_at
        self.met = Transient(cause, "down", told_s)
        self.attempts = 0
        self.circuit = Circuit(ProviderSpec(max_wait_s=MAX_WAIT_S), self.clock, Random(1))

    async def attempt(self) -> Attempted:
        """Take a tenth of a second."""
        self.attempts += 1
        up = self.clock.now >= self.up_at
        self.clock.now += 0.1
        await asyncio.sleep(0)
        return REPLY if up else self.met

    async def asked_until_it_is_decided(self) -> Attempted:
        """Ask as a case would that never runs out of attempts."""
        while isinstance(outcome := await self.circuit.guarded(self.attempt), Transient):
            pass
        return outcome


causes = st.sampled_from(["rate_limited", "server_error", "timeout", "unreachable"])


@given(down_s=st.floats(0, MAX_WAIT_S - 1), cause=causes)
def test_an_outage_that_passes_in_time_loses_nothing(down_s: float, cause: Cause) -> None:
    """Somebody was answered before it began, and everybody is after it."""
    provider = Provider(0.0, cause)

    async def before_and_after() -> Attempted:
        await provider.circuit.guarded(provider.attempt)
        provider.up_at = provider.clock.now + down_s
        return await provider.asked_until_it_is_decided()

    assert asyncio.run(before_and_after()) == REPLY


@given(cause=causes, answered=st.booleans())
def test_an_outage_that_stays_ends_the_asking(cause: Cause, answered: bool) -> None:
    """Sooner when nobody was ever answered and nothing was even connected to."""
    provider = Provider(0.0 if answered else 1e9, cause)

    async def to_the_end() -> Attempted:
        if answered:
            await provider.circuit.guarded(provider.attempt)
            provider.up_at = 1e9
        begun = provider.clock.now
        outcome = await provider.asked_until_it_is_decided()
        taken = provider.clock.now - begun
        expected = UNREACHABLE_S if (cause, answered) == ("unreachable", False) else MAX_WAIT_S
        assert expected <= taken <= expected + 2
        asked = provider.attempts
        assert await provider.circuit.guarded(provider.attempt) == outcome
        assert provider.attempts == asked
        return outcome

    outcome = asyncio.run(to_the_end())

    assert isinstance(outcome, ModelFailed)
    assert outcome.cause == cause
    assert "attempts in a row failed, for" in outcome.detail


def test_one_probes_while_the_others_wait() -> None:
    """After a streak nobody else asks, until somebody is answered."""
    provider = Provider(5.0, "server_error")
    asking, most = 0, 0

    async def attempt() -> Attempted:
        nonlocal asking, most
        asking += 1
        most = max(most, asking) if provider.clock.now < provider.up_at else most
        outcome = await provider.attempt()
        asking -= 1
        return outcome

    async def many() -> list[Attempted]:
        for _ in range(STREAK):
            await provider.circuit.guarded(attempt)
        return list(await asyncio.gather(*(provider.circuit.guarded(attempt) for _ in range(30))))

    outcomes = asyncio.run(many())

    assert most == 1
    assert outcomes.count(REPLY) >= 20


def test_a_probe_is_not_earlier_than_the_endpoint_said() -> None:
    """Whoever was told to come back in 20 seconds."""
    provider = Provider(1e9, "rate_limited", told_s=20.0)

    async def streak_and_probe() -> float:
        for _ in range(STREAK):
            await provider.circuit.guarded(provider.attempt)
        begun = provider.clock.now
        await provider.circuit.guarded(provider.attempt)
        return provider.clock.now - begun

    assert 20.0 <= asyncio.run(streak_and_probe()) <= 23.0


def test_a_late_reply_ends_the_waiting() -> None:
    """A slow call that began before the streak shows that the provider is well."""
    provider = Provider(1e9, "rate_limited", told_s=100.0)

    async def slow_and_many() -> Attempted:
        came = asyncio.Event()

        async def slow() -> Attempted:
            await came.wait()
            return REPLY

        first = asyncio.create_task(provider.circuit.guarded(slow))
        await asyncio.sleep(0)
        for _ in range(STREAK):
            await provider.circuit.guarded(provider.attempt)
        came.set()
        await first
        provider.up_at = 0.0
        return await provider.circuit.guarded(provider.attempt)

    assert asyncio.run(slow_and_many()) == REPLY
    assert provider.clock.pauses == []


@pytest.mark.parametrize(
    ("fault", "cause", "most"), [("drop", "unreachable", 60), ("500", "server_error", 120)]
)
def test_a_provider_that_is_down_is_not_asked_a_thousand_times(
    stub: ModelStub, fault: str, cause: str, most: int
) -> None:
    """The cases that are left get what the last probe met, at once."""
    questions = [question(f"{number} fault={fault}") for number in range(300)]

    outcomes = ask(client_of(stub, max_in_flight=16, max_attempts=6), *questions)

    assert all(isinstance(each, ModelFailed) and each.cause == cause for each in outcomes)
    assert stub.requests < most
    given_up = [each.detail for each in outcomes if isinstance(each, ModelFailed)]
    assert max(map(given_up.count, set(given_up))) > 250


def test_an_address_is_found_dead_once(stub: ModelStub) -> None:
    """By the first model that is asked there; the next one, and the next run, probe once."""
    terms = Terms(clock=FakeClock())
    providers = {"stub": ProviderSpec(base_url=stub.base_url, max_in_flight=16)}

    async def asked(*models: str, fault: str = "fault=drop") -> list[ChatReply | ModelFailed]:
        outcomes = []
        async with Client(providers, {}, terms=terms) as client:
            for model in models:
                questions = [
                    question(f"{number} {fault}", f"stub:/{model}") for number in range(40)
                ]
                outcomes += await asyncio.gather(*map(client.complete, questions))
        return outcomes

    asyncio.run(asked("a"))
    found = stub.requests
    assert found > STREAK

    outcomes = [*asyncio.run(asked("b")), *asyncio.run(asked("c", "d"))]

    assert stub.requests == found + 3
    assert all(isinstance(each, ModelFailed) for each in outcomes)
    assert {each.cause for each in outcomes if isinstance(each, ModelFailed)} == {"unreachable"}
    failed = asyncio.run(asked("e", fault="fault=500"))
    assert {each.cause for each in failed if isinstance(each, ModelFailed)} == {"server_error"}
    answered = asyncio.run(asked("f", fault="say=yes"))
    assert all(isinstance(each, ChatReply) for each in answered)
    found = stub.requests
    asyncio.run(asked("g"))
    assert stub.requests > found + STREAK  # somebody had answered there, so that it is news


def test_a_blip_that_everybody_meets_loses_no_case(stub: ModelStub) -> None:
    """Each question's first attempt fails; all are answered."""
    questions = [question(f"{number} fault=503*1 say=yes") for number in range(24)]

    outcomes = ask(client_of(stub, max_in_flight=16, max_attempts=6), *questions)

    assert [each.text for each in outcomes if isinstance(each, ChatReply)] == ["yes"] * 24
