"""The embedded provider `sim:/`: two models in this process, without key, network or LLM.

Parameters of both: `quality` (the share of questions done right, 1.0), `latency_s` (0.0), and
`faults` ({"429": 0.05, "500": 0.02, "timeout": 0.01}: shares of attempts). The same request always
gets the same reply.
"""

import hashlib

from pydantic import Field, TypeAdapter

from evalgate.domain.answer import Usage
from evalgate.domain.chat import ChatReply, ChatRequest, ModelFailed
from evalgate.domain.provider import Price
from evalgate.domain.record import Number, Record
from evalgate.errors import Problem, UserMistake
from evalgate.model.clock import Clock
from evalgate.model.retrying import Transient
from evalgate.model.sim_grader import grade
from evalgate.model.sim_reader import read_answer
from evalgate.sources.digests import canonical
from evalgate.sources.strict import record_of_line

MODELS = {"reader": read_answer, "grader": grade}


class SimulatedParameters(Record):
    """What the parameters of a request to `sim:/` may say; others are passed over."""

    quality: Number = 1.0
    latency_s: Number = 0.0
    faults: dict[str, Number] = Field(default_factory=dict)


_PARAMETERS = TypeAdapter(SimulatedParameters)


class Simulated:
    """Replies by rule; nothing is paid, so nothing is kept."""

    base_url = "sim:/"
    recorded = False

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._attempts: dict[bytes, int] = {}

    def price(self, model: str) -> Price:
        """Nothing, whichever model."""
        del model
        return Price(input_per_million=0, output_per_million=0)

    async def attempt(
        self, request: ChatRequest, timeout_s: float
    ) -> ChatReply | Transient | ModelFailed:
        """Reply after `latency_s`, or fail as `faults` tell."""
        reply = MODELS.get(request.model.partition(":/")[2])
        if reply is None:
            names = " and ".join(MODELS)
            fault = f"{request.model} is not there: sim:/ has {names}"
            raise UserMistake(Problem(fault, key="model"))
        parameters = _parameters_of(request)
        key = hashlib.sha256(canonical(request.model_dump(mode="json"))).digest()
        number = self._attempts.get(key, 0)
        self._attempts[key] = number + 1
        fault = _fault(parameters, key, number)
        if fault == "timeout" or parameters.latency_s >= timeout_s:
            await self._clock.pause(timeout_s)
            return Transient("timeout", f"no reply within {timeout_s:g} s")
        if parameters.latency_s:
            await self._clock.pause(parameters.latency_s)
        if fault:
            limited = fault == "429"
            return Transient("rate_limited" if limited else "server_error", f"{fault}: simulated")
        self._attempts.pop(key, None)
        text = reply(request, share_of(key, "quality") < parameters.quality)
        return ChatReply(text=text, usage=_usage(request, text), latency_s=parameters.latency_s)

    async def close(self) -> None:
        """Nothing is open."""


def share_of(key: bytes, purpose: str) -> float:
    """A number from 0 to 1 that the request alone determines."""
    drawn = hashlib.sha256(key + purpose.encode()).digest()
    return int.from_bytes(drawn[:8], "big") / 2.0**64


def _fault(parameters: SimulatedParameters, key: bytes, number: int) -> str:
    share = share_of(key, f"fault {number}")
    for fault, rate in parameters.faults.items():
        share -= rate
        if share < 0:
            return fault
    return ""


def _parameters_of(request: ChatRequest) -> SimulatedParameters:
    known = {
        name: value
        for name, value in request.parameters.items()
        if name in SimulatedParameters.model_fields
    }
    found = record_of_line(_PARAMETERS, known, f"the parameters of {request.model}", 0)
    if isinstance(found, SimulatedParameters):
        return found
    raise UserMistake(found)


def _usage(request: ChatRequest, text: str) -> Usage:
    words = sum(len(message.content.split()) for message in request.messages)
    return Usage(input_tokens=words, output_tokens=len(text.split()))
