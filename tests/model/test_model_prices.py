"""What a call costs."""

import subprocess
import sys

import pytest

from evalgate.domain.answer import Usage
from evalgate.domain.provider import Price, ProviderSpec
from evalgate.model.prices import cost_of, price_of

MINE = Price(input_per_million=1, output_per_million=2)


def test_the_catalogue_of_mlflow_is_read() -> None:
    """The same prices that MLflow shows beside a trace."""
    price = price_of("openai", "gpt-4o-mini", ProviderSpec())

    assert price is not None
    assert 0 < price.input_per_million < price.output_per_million


def test_the_projects_own_price_comes_first() -> None:
    """A contract's price, or that of a model which the catalogue does not know."""
    spec = ProviderSpec(prices={"gpt-4o-mini": MINE, "own": MINE})

    assert price_of("openai", "gpt-4o-mini", spec) == MINE
    assert price_of("local", "own", spec) == MINE


@pytest.mark.parametrize(
    ("provider", "model"),
    [
        ("openai", "no-such-model"),
        ("local", "gpt-4o"),
        ("../x", "m"),
        ("openai", "1024-x-1024/dall-e-3"),
    ],
)
def test_an_unknown_price_is_unknown(provider: str, model: str) -> None:
    """Not zero."""
    assert price_of(provider, model, ProviderSpec()) is None


def test_a_cost_needs_a_price_and_tokens() -> None:
    """Dollars for a million tokens each way."""
    usage = Usage(input_tokens=500_000, output_tokens=250_000)

    assert cost_of(usage, MINE) == 1.0
    assert cost_of(None, MINE) is None
    assert cost_of(usage, None) is None


def test_prices_are_read_without_importing_mlflow() -> None:
    """It would take a second."""
    code = (
        "import sys\nfrom evalgate.domain.provider import ProviderSpec\n"
        "from evalgate.model.prices import price_of\n"
        "assert price_of('openai', 'gpt-4o', ProviderSpec())\n"
        "assert 'mlflow' not in sys.modules and 'openai' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
