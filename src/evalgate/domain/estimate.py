"""What asking models would cost, before anybody is asked."""

from evalgate.domain.record import Finite, Record


class Estimate(Record):
    """Calls, tokens and money of a run; no money is named when a model has no price."""

    calls: int = 0
    recorded: int = 0  # of these, known already: they cost nothing
    uncertain: int = 0  # of these, priced, though they may turn out to be recorded
    again: int = 0  # further calls at most, by judges whose verdicts cannot be read
    input_tokens: int = 0
    output_tokens: int = 0
    usd: Finite | None = 0.0
    again_usd: Finite | None = 0.0  # for the further calls
    unpriced: tuple[str, ...] = ()  # models without a price

    def __add__(self, other: "Estimate") -> "Estimate":
        """Both together."""
        return Estimate(
            calls=self.calls + other.calls,
            recorded=self.recorded + other.recorded,
            uncertain=self.uncertain + other.uncertain,
            again=self.again + other.again,
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            usd=_sum(self.usd, other.usd),
            again_usd=_sum(self.again_usd, other.again_usd),
            unpriced=tuple(dict.fromkeys((*self.unpriced, *other.unpriced))),
        )


def _sum(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one + other
