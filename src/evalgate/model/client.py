"""Every model of a project behind one door: recordings, limits, retries, prices and the budget."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from types import TracebackType
from typing import Self

from evalgate.domain.chat import ChatReply, ChatRequest, ModelFailed
from evalgate.domain.provider import Budget, ProviderSpec
from evalgate.errors import ServiceFailed, UserMistake
from evalgate.model.clock import Clock, SystemClock
from evalgate.model.line import Line, Shared
from evalgate.model.outages import Outages
from evalgate.model.providers import faults_of, open_provider, provider_of
from evalgate.model.recorder import Recorder
from evalgate.model.spending import BudgetClock, Spending
from evalgate.recordings.keys import recording_key
from evalgate.recordings.store import Recordings


@dataclass(frozen=True, slots=True)
class Terms:
    """How a command asks: from recordings alone, anew, for how much; the seed is of its pauses."""

    offline: bool = False
    fresh: bool = False
    budget: Budget = field(default_factory=Budget)
    seed: int = 0
    clock: Clock = field(default_factory=SystemClock)
    outages: Outages = field(default_factory=Outages)


class Client:
    """A ChatModel for one event loop; `keys` is the environment: keys by name, and proxies.

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
        spending: Spending | None = None,
    ) -> None:
        self._providers = providers
        self._keys = keys
        self._terms = terms = terms or Terms()
        # shared by the clients of one command, whose budget is one
        self.spending = spending or Spending(terms.budget, terms.clock)
        self._shared = Shared(
            recorder=Recorder(recordings),
            spending=self.spending,
            outages=terms.outages,
            clock=BudgetClock(terms.clock, self.spending),
            random=Random(terms.seed),  # noqa: S311 - it spreads pauses, it keeps no secret
        )
        self._lines: dict[str, Line] = {}
        self._asking: dict[str, asyncio.Future[ChatReply | ModelFailed]] = {}

    @property
    def unrecorded(self) -> ServiceFailed | None:
        """Why a reply that was paid for is not kept."""
        return self._shared.recorder.unrecorded

    async def complete(self, request: ChatRequest) -> ChatReply | ModelFailed:
        """Look up what was said before, or ask; two equal questions at once are asked once."""
        line = self._line(request)
        key = recording_key(line.provider.base_url, request)
        while (other := self._asking.get(key)) is not None:
            await asyncio.wait([other])
            if not other.cancelled() and other.exception() is None:
                return self._handed_on(other.result())
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

    def _line(self, request: ChatRequest) -> Line:
        name, _ = provider_of(request.model)
        if (line := self._lines.get(name)) is None:
            keys = None if self._terms.offline else self._keys
            provider = open_provider(name, self._providers, keys, self._shared.clock)
            spec = self._providers.get(name) or ProviderSpec()
            line = self._lines[name] = Line(spec, provider, self._shared)
        if faults := faults_of(request):
            raise UserMistake(faults)
        return line

    async def _known_or_asked(
        self, line: Line, request: ChatRequest, key: str
    ) -> ChatReply | ModelFailed:
        if line.provider.recorded:
            # looked up in any case: a file that cannot be used is known before anything is paid
            known = self._shared.recorder.known(key)
            if known is not None and not self._terms.fresh:
                self.spending.count(known)
                return known
            if self._terms.offline:
                detail = f"{request.model} was not asked this before, and --offline asks nothing"
                return ModelFailed(cause="not_recorded", detail=detail)
        outcome = await line.ask(request, key)
        if isinstance(outcome, ChatReply):
            self.spending.count(outcome)
        return outcome

    def _handed_on(self, outcome: ChatReply | ModelFailed) -> ChatReply | ModelFailed:
        if isinstance(outcome, ChatReply):
            outcome = outcome.model_copy(update={"recorded": True})
            self.spending.count(outcome)
        return outcome
