"""Every model that a command asks: one budget and one file of recordings, a client for each loop.

What asks (and asyncio with it) is imported when somebody is asked: most commands ask nobody.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from evalgate.domain.answer import Usage
from evalgate.domain.names import OWN_FOLDER
from evalgate.domain.provider import SIMULATED, ProviderSpec
from evalgate.domain.specs import Gates
from evalgate.errors import BudgetEnded, Problem, UserMistake

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

    from evalgate.domain.chat import ChatReply, ChatRequest, ModelFailed
    from evalgate.model.client import Client, Terms
    from evalgate.model.spending import Spending
    from evalgate.recordings.store import Recordings

RECORDINGS = Path(OWN_FOLDER) / "recordings.db"


class Asking(NamedTuple):
    """How a command asks models: from recordings alone, anew, and for how much at most."""

    offline: bool = False
    fresh: bool = False
    max_usd: float | None = None


def asking_of(*, offline: bool, no_cache: bool, budget_usd: float | None) -> Asking:
    """Take in what a person wants of the models, or raise UserMistake with what cannot be."""
    problems = []
    if offline and no_cache:
        fault = "--offline asks nobody and --no-cache asks anew"
        problems.append(Problem(fault, remedy="leave one of them out"))
    if budget_usd is not None and not (isfinite(budget_usd) and budget_usd >= 0):
        # nothing is ever at least NaN: such a budget would never end
        problems.append(Problem(f"{budget_usd:g} is not an amount of money", key="--budget-usd"))
    if problems:
        raise UserMistake(problems)
    return Asking(offline, no_cache, budget_usd)


class Models:
    """A ChatModel for a whole command. Nothing is read or opened before somebody is asked."""

    def __init__(
        self,
        root: Path,
        environment: Mapping[str, str],
        asking: Asking,
        load_gates: Callable[[], Gates],
    ) -> None:
        self.asking = asking
        self._root = root
        self._environment = environment
        self._load_gates = load_gates
        self._clients: dict[AbstractEventLoop, Client] = {}

    @cached_property
    def recordings(self) -> "Recordings":
        """Every reply that was paid for in this project."""
        from evalgate.recordings.store import Recordings

        return Recordings(self._root / RECORDINGS)

    @cached_property
    def spending(self) -> "Spending":
        """What the command has paid so far; its minutes are counted from the first look."""
        from evalgate.model.spending import Spending

        return Spending(self._terms.budget, self._terms.clock)

    @property
    def spent_usd(self) -> float:
        """US dollars so far; nothing while nobody was asked."""
        return self.spending.usd if "spending" in vars(self) else 0.0

    def time_is_over(self) -> str | None:
        """Why no further case may be begun, whoever answers it: the budget's minutes are over."""
        if self._load_gates().budget.max_minutes is None or self.spending.seconds_left() > 0:
            return None
        return self.spending.exhausted()

    def problems_of(self, uris: Iterable[str], *, keys: bool) -> tuple[Problem, ...]:
        """What stands in the way of asking these models; without `keys`, of naming them."""
        wanted = list(uris)
        if not wanted:
            return ()
        from evalgate.model.providers import problems_of

        held = self._environment if keys and not self.asking.offline else None
        return problems_of(wanted, self._load_gates().providers, held)

    @property
    def max_usd(self) -> float | None:
        """Where the budget in dollars ends; None when nobody is asked for money."""
        return None if self.asking.offline else self._terms.budget.max_usd

    @property
    def may_have_recorded(self) -> bool:
        """False when every reply would have to be paid for."""
        return not self.asking.fresh and (self._root / RECORDINGS).exists()

    def recorded_reply(self, request: "ChatRequest") -> "ChatReply | None":
        """What would cost nothing to hear again; a file of recordings is not made for this."""
        from evalgate.recordings.keys import recording_key

        if not self.may_have_recorded:
            return None
        return self.recordings.get(recording_key(self.address_of(request.model), request))

    def address_of(self, uri: str) -> str:
        """Where a model is asked; empty for one in this process, and for one that nobody knows."""
        from evalgate.model.providers import address_of, provider_of

        return address_of(provider_of(uri)[0], self._load_gates().providers)

    def timeout_of(self, uri: str) -> float:
        """How many seconds an attempt to ask a model may last, unless a candidate says so."""
        return self._spec_of(uri.partition(":/")[0]).timeout_s

    def has_price(self, uri: str) -> bool:
        """True when what a model costs is known."""
        return self.cost_of(uri, Usage(input_tokens=0, output_tokens=0)) is not None

    def cost_of(self, uri: str, usage: Usage) -> float | None:
        """US dollars for so many tokens; None when the model has no price."""
        from evalgate.model.prices import cost_of, price_of
        from evalgate.model.providers import provider_of

        name, model = provider_of(uri)
        if name == SIMULATED:
            return 0.0
        return cost_of(usage, price_of(name, model, self._spec_of(name)))

    async def complete(self, request: "ChatRequest") -> "ChatReply | ModelFailed":
        """Ask; raises BudgetEnded when nothing more may be spent, so that nobody is blamed."""
        from evalgate.domain.chat import ModelFailed

        reply = await self._client().complete(request)
        if isinstance(reply, ModelFailed) and reply.cause == "budget":
            raise BudgetEnded(reply.detail)
        return reply

    async def aclose(self) -> None:
        """Close this loop's connections; raises ServiceFailed when a paid reply was not kept."""
        if not self._clients:
            return  # nobody was asked
        from asyncio import get_running_loop

        client = self._clients.pop(get_running_loop(), None)
        if client is None:
            return
        await client.close()
        self.recordings.close()
        if client.unrecorded is not None:
            raise client.unrecorded

    def _spec_of(self, provider: str) -> ProviderSpec:
        return self._load_gates().providers.get(provider) or ProviderSpec()

    @cached_property
    def _terms(self) -> "Terms":
        from evalgate.model.client import Terms

        budget = self._load_gates().budget
        if self.asking.max_usd is not None:
            budget = budget.model_copy(update={"max_usd": self.asking.max_usd})
        return Terms(offline=self.asking.offline, fresh=self.asking.fresh, budget=budget)

    def _client(self) -> "Client":
        from asyncio import get_running_loop

        loop = get_running_loop()
        if (client := self._clients.get(loop)) is None:
            from evalgate.model.client import Client

            client = self._clients[loop] = Client(
                self._load_gates().providers,
                self._environment,
                self.recordings,
                self._terms,
                self.spending,
            )
        return client
