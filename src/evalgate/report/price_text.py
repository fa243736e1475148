"""What asking models would cost, in one line."""

from evalgate.domain.estimate import Estimate
from evalgate.report.numbers import count, usd


def price_line(price: Estimate) -> str:
    """Say how often models are asked, with how many tokens, and for how much at most."""
    if price.recorded == price.calls:
        return f"{count(price.calls, 'call')} to models, all recorded: nothing to pay"
    tokens = f"{count(price.input_tokens)} tokens in and up to {count(price.output_tokens)} out"
    if price.usd is None:
        cost = f"cost unknown: no price for {', '.join(price.unpriced)}"
    elif price.again and price.again_usd is not None:
        most = usd(price.usd + price.again_usd)
        if_so = f"if judges have to be asked {count(price.again)} times more"
        cost = f"about {usd(price.usd)}; {most} at most, {if_so}"
    else:
        cost = f"about {usd(price.usd)} at most"
    return f"{count(price.calls, 'call')} to models{_known(price)}: about {tokens}, {cost}"


def _known(price: Estimate) -> str:
    recorded = f", {count(price.recorded)} of them recorded" if price.recorded else ""
    perhaps = f", {count(price.uncertain)} of them perhaps recorded" if price.uncertain else ""
    return recorded + perhaps
