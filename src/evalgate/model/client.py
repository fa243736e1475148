"""Every model of a project behind one door: recordings, limits, retries, prices and the budget."""

import asyncio
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from random import Random
from types import TracebackType
from typing import Self

from evalgate.domain.chat import ChatReply, ChatRequest, ModelFailed
from evalgate.domain.provider import Budget, ProviderSpec
from evalgate.errors import ServiceFailed, UserMistake
from evalgate.model.clock import Clock, SystemClock
from evalgate.model.pacing import Pacing, guessed_tokens
from evalgate.model.prices import cost_of
from evalgate.model.providers import Provider, faults_of, open_provider, provider_of
from evalgate.model.retrying import Transient, retried
from evalgate.model.spending import Spending
from evalgate.recordings.keys import recording_key
from evalgate.recordings.store import Recordings


@dataclass(frozen=True, slots=True)
class Terms:
    """How a run asks: from recordings alone, anew, for how much; the seed is of its pauses."""

    offline: bool = False
    fresh: bool = False
    budget: Budget = field(default_factory=Budget)
    seed: int = 0
    clock: Clock = field(default_factory=SystemClock)


@dataclass(frozen=True, slots=True)
class _Line:
    """A provider that is in use."""

    spec: ProviderSpec
    provider: Provider
    pacing: Pacing


class Client:
    """A ChatModel for one event loop; `keys` are the environment's, by the variable's name.

    An endpoint's failure is returned. What every case would meet (a wrong key, an unknown model, a
    refused parameter) is raised as UserMistake, and raised again without asking. When a reply
    cannot be recorded it is still returned, and the next call raises ServiceFailed.
    """

    def __init__(
        self,
        providers: Mapping[str, ProviderSpec],
        keys: Mapping[str, str],
        recordings: Recordings | None = None,
        terms: Terms | None = None,
    ) -> None:
        self._providers = providers
        self._keys = keys
        self._recordings = recordings
        self._terms = terms or Terms()
        self._random = Random(self._terms.seed)  # noqa: S311 - it spreads pauses, it keeps no secret
        self._lines: dict[str, _Line] = {}
        self._asking: dict[str, asyncio.Future[ChatReply | ModelFailed]] = {}
        self._mistakes: dict[str, UserMistake] = {}  # what every such request would meet
        self.spending = Spending(self._terms.budget, self._terms.clock)
        self.unrecorded: ServiceFailed | None = None  # why a reply that was paid for is not kept

    async def complete(self, request: ChatRequest) -> ChatReply | ModelFailed:
        """Look up what was said before, or ask; two equal questions at once are asked once."""
        line = self._line(request)
        key = recording_key(line.provider.base_url, request)
        while (other := self._asking.get(key)) is not None:
            await asyncio.wait([other])
            if not other.cancelled() and other.exception() is None:
                return self._shared(other.result())
        answer: asyncio.Future[ChatReply | ModelFailed] = asyncio.get_running_loop().create_future()
        self._asking[key] = answer
        try:
            outcome = await self._known_or_asked(line, request, key)
            answer.set_result(outcome)
        finally:
            del self._asking[key]
            if not answer.done():
                answer.cancel()  # whoever waited for it asks for himself
        return outcome

    async def close(self) -> None:
        """Close the connections; recordings are their owner's to close."""
        for line in self._lines.values():
            await line.provider.close()
        self._lines.clear()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    def _line(self, request: ChatRequest) -> _Line:
        name, _ = provider_of(request.model)
        if (line := self._lines.get(name)) is None:
            spec = self._providers.get(name) or ProviderSpec()
            clock = self._terms.clock
            keys = None if self._terms.offline else self._keys
            provider = open_provider(name, self._providers, keys, clock)
            line = self._lines[name] = _Line(spec, provider, Pacing(spec, clock))
        if faults := faults_of(request):
            raise UserMistake(faults)
        return line

    async def _known_or_asked(
        self, line: _Line, request: ChatRequest, key: str
    ) -> ChatReply | ModelFailed:
        recordings = self._recordings if line.provider.recorded else None
        if recordings is not None:
            # looked up in any case: a file that cannot be used is known before anything is paid
            known = recordings.get(key)
            if known is not None and not self._terms.fresh:
                self.spending.count(known)
                return known
        if self._terms.offline and line.provider.recorded:
            detail = f"{request.model} was not asked this before, and --offline asks nothing"
            return ModelFailed(cause="not_recorded", detail=detail)
        if (reason := self.spending.exhausted()) is not None:
            return ModelFailed(cause="budget", detail=reason)
        outcome = await self._asked(line, request)
        if isinstance(outcome, ChatReply):
            self.spending.count(outcome)
            if recordings is not None and is_worth_keeping(outcome):
                await self._keep(recordings, key, request, line, outcome)
        return outcome

    async def _asked(self, line: _Line, request: ChatRequest) -> ChatReply | ModelFailed:
        guess = guessed_tokens(request)
        price = line.provider.price(provider_of(request.model)[1])
        kind = f"{request.model} {sorted(request.parameters)}"

        async def attempt(timeout_s: float) -> ChatReply | Transient | ModelFailed:
            self._refuse_to_go_on(kind)
            try:
                outcome = await line.provider.attempt(request, timeout_s)
            except UserMistake as mistake:
                self._mistakes.setdefault(kind, mistake)
                raise self._mistakes[kind] from None
            reply = outcome.reply if isinstance(outcome, Transient) else outcome
            if isinstance(reply, ChatReply):
                reply = reply.model_copy(update={"cost_usd": cost_of(reply.usage, price)})
                self.spending.pay(reply.usage, reply.cost_usd)
                if reply.usage is not None:
                    used = reply.usage.input_tokens + reply.usage.output_tokens
                    line.pacing.settle(guess, used)
                return replace(outcome, reply=reply) if isinstance(outcome, Transient) else reply
            return outcome

        def turn() -> AbstractAsyncContextManager[None]:
            return line.pacing.turn(guess)

        return await retried(turn, attempt, line.spec, self._terms.clock, self._random)

    def _refuse_to_go_on(self, kind: str) -> None:
        if self.unrecorded is not None:
            raise self.unrecorded
        if (mistake := self._mistakes.get(kind)) is not None:
            raise mistake

    async def _keep(
        self, recordings: Recordings, key: str, request: ChatRequest, line: _Line, reply: ChatReply
    ) -> None:
        try:
            await asyncio.wrap_future(recordings.put(key, request, line.provider.base_url, reply))
        except ServiceFailed as failed:
            self.unrecorded = self.unrecorded or failed

    def _shared(self, outcome: ChatReply | ModelFailed) -> ChatReply | ModelFailed:
        if isinstance(outcome, ChatReply):
            outcome = outcome.model_copy(update={"recorded": True})
            self.spending.count(outcome)
        return outcome


def is_worth_keeping(reply: ChatReply) -> bool:
    """False for an empty reply, which may be the endpoint's fault as well as the model's."""
    said = bool(reply.text.strip() or reply.tool_calls)
    return said or reply.truncated or reply.refused
