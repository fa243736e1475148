"""What asking models would cost, before anybody is asked."""

from evalgate.domain.record import Finite, Record


class Estimate(Record):
    """Calls, tokens and money of a run at most; `usd` is None when a model has no price."""

    calls: int = 0
    recorded: int = 0  # of these, known already: they cost nothing
    input_tokens: int = 0
    output_tokens: int = 0
    usd: Finite | None = 0.0
    unpriced: tuple[str, ...] = ()  # models without a price

    def __add__(self, other: "Estimate") -> "Estimate":
        """Both together."""
        known = self.usd is not None and other.usd is not None
        return Estimate(
            calls=self.calls + other.calls,
            recorded=self.recorded + other.recorded,
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            usd=(self.usd or 0.0) + (other.usd or 0.0) if known else None,
            unpriced=tuple(dict.fromkeys((*self.unpriced, *other.unpriced))),
        )
