"""What asking models would cost, in one line."""

from evalgate.domain.estimate import Estimate
from evalgate.report.numbers import count, usd


def price_line(price: Estimate) -> str:
    """Say how often models are asked, with how many tokens, and for how much at most."""
    known = f", {count(price.recorded)} of them recorded" if price.recorded else ""
    if price.recorded == price.calls:
        return f"{count(price.calls, 'call')} to models, all recorded: nothing to pay"
    tokens = f"{count(price.input_tokens)} tokens in and up to {count(price.output_tokens)} out"
    if price.usd is None:
        cost = f"cost unknown: no price for {', '.join(price.unpriced)}"
    else:
        cost = f"about {usd(price.usd)} at most"
    return f"{count(price.calls, 'call')} to models{known}: about {tokens}, {cost}"
