"""One provider in use: whose turn it is, what a reply costs, what it refuses for every case."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from random import Random

from evalgate.domain.answer import Usage
from evalgate.domain.chat import ChatReply, ChatRequest, ModelFailed
from evalgate.domain.provider import Price, ProviderSpec
from evalgate.errors import UserMistake
from evalgate.model.admission import Admission, Forbidden
from evalgate.model.circuit import Circuit
from evalgate.model.clock import Clock
from evalgate.model.outages import Outages
from evalgate.model.pacing import LETTERS_PER_TOKEN, Pacing
from evalgate.model.prices import cost_of
from evalgate.model.providers import Provider, provider_of
from evalgate.model.recorder import Recorder
from evalgate.model.retrying import Attempt, Attempted, Transient, retried
from evalgate.model.spending import Spending


@dataclass(frozen=True, slots=True)
class Shared:
    """What all providers of one client have in common."""

    recorder: Recorder
    spending: Spending
    outages: Outages
    clock: Clock
    random: Random


class Line:
    """Asks one provider, as often and as fast as its description allows."""

    def __init__(self, spec: ProviderSpec, provider: Provider, shared: Shared) -> None:
        self.provider = provider
        self._spec = spec
        self._shared = shared
        self._pacing = Pacing(spec, shared.clock)
        self._circuits: dict[str, Circuit] = {}  # by model: one may be down and another not
        self._admissions: dict[str, Admission] = {}  # by model
        self._mistakes: dict[str, UserMistake] = {}  # what every such request would meet

    async def ask(self, request: ChatRequest, key: str) -> ChatReply | ModelFailed:
        """Ask until there is a reply or an end to asking; a reply that comes is kept."""
        turn = partial(self._in_turn, request)
        attempt = partial(self._attempt, request, key)
        spec, shared = self._spec, self._shared
        if request.timeout_s is not None:
            spec = spec.model_copy(update={"timeout_s": request.timeout_s})
        return await retried(turn, attempt, spec, shared.clock, shared.random)

    async def _in_turn(self, request: ChatRequest, attempt: Attempt) -> Attempted:
        async def paced() -> Attempted:
            await self._pacing.pace(request)
            return await attempt()

        # the slot is free again when the reply is on the disk: whenever the process is killed, no
        # more calls are lost than there are slots
        async with self._pacing.slots:
            return await self._guarded(request.model, paced)

    async def _guarded(self, model: str, attempt: Callable[[], Awaitable[Attempted]]) -> Attempted:
        circuit, outages = self._circuit_of(model), self._shared.outages
        address = self.provider.base_url
        if address in outages:
            circuit.suspect()
        outcome = await circuit.guarded(attempt)
        if circuit.is_unreachable:
            outages.found(address)
        elif isinstance(outcome, ChatReply):
            outages.over(address)
        return outcome

    async def _attempt(self, request: ChatRequest, key: str, timeout_s: float) -> Attempted:
        spending, recorder = self._shared.spending, self._shared.recorder
        recorder.refuse_to_go_on()
        if (reason := spending.exhausted()) is not None:
            return ModelFailed(cause="budget", detail=reason)
        kind = f"{request.model} {sorted(request.parameters)}"
        if (mistake := self._mistakes.get(kind)) is not None:
            raise mistake
        try:
            with spending.on_its_way():
                outcome = self._admitted(
                    request.model, await self.provider.attempt(request, timeout_s)
                )
        except UserMistake as met:
            raise self._mistakes.setdefault(kind, met) from None
        if isinstance(outcome, ChatReply):
            reply = self._priced(request, outcome)
            try:
                self._count(request, reply)
            finally:  # whatever goes wrong there loses no reply
                if self.provider.recorded:
                    await recorder.keep(key, request, self.provider.base_url, reply)
            return reply
        if isinstance(outcome, Transient) and outcome.reply is not None:
            reply = self._priced(request, outcome.reply)
            self._count(request, reply)
            return replace(outcome, reply=reply)
        return outcome

    def _admitted(self, model: str, outcome: Attempted | Forbidden) -> Attempted:
        admission = self._admissions.setdefault(model, Admission())
        if isinstance(outcome, Forbidden):
            return admission.refuse(outcome)
        if not isinstance(outcome, Transient):
            admission.admit()
        return outcome

    def _priced(self, request: ChatRequest, reply: ChatReply) -> ChatReply:
        cost = cost_of(reply.usage, self._price(request))
        return reply.model_copy(update={"cost_usd": cost}) if cost is not None else reply

    def _count(self, request: ChatRequest, reply: ChatReply) -> None:
        # an endpoint that does not say what it used is no reason to spend without end
        used = reply.usage or _guessed_usage(request, reply)
        self._shared.spending.pay(reply.usage, cost_of(used, self._price(request)))
        if reply.usage is not None:
            tokens = reply.usage.input_tokens + reply.usage.output_tokens
            self._pacing.settle(request, tokens)

    def _price(self, request: ChatRequest) -> Price | None:
        return self.provider.price(provider_of(request.model)[1])

    def _circuit_of(self, model: str) -> Circuit:
        if (circuit := self._circuits.get(model)) is None:
            circuit = Circuit(self._spec, self._shared.clock, self._shared.random)
            self._circuits[model] = circuit
        return circuit


def _guessed_usage(request: ChatRequest, reply: ChatReply) -> Usage:
    """The tokens of a reply whose endpoint does not count them, by its letters."""
    asked = sum(len(message.content) for message in request.messages)
    said = len(reply.text) + sum(len(str(call.arguments)) for call in reply.tool_calls)
    return Usage(
        input_tokens=asked // LETTERS_PER_TOKEN + 1, output_tokens=said // LETTERS_PER_TOKEN + 1
    )
