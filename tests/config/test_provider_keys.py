"""`providers:` and `budget:` of gates.yaml: what is understood, and every fault at its place."""

from pathlib import Path

import pytest

from evalgate.config.gates import load_gates
from evalgate.domain.provider import Budget, Price, ProviderSpec
from evalgate.errors import UserMistake

SUITE = (
    "suites:\n  qa:\n    evalset: qa@v1\n    judges: [exact_match]\n"
    "    rules:\n      - {score: exact_match, at_least: 0.5}\n"
)
KEY = "gsk_0aBcDeFgHiJkLmNoPqRsTuVwXyZ"
NOT_A_NAME = (
    "is not the name of an environment variable, as in OPENAI_API_KEY"
    " (a key itself stays out of every file)"
)
MORE = "holds more than a place; a key comes from the environment: api_key_env"
NO_URL = "is not a URL of the form https://host/v1"


def faults_of(root: Path, head: str, **environment: str) -> list[str]:
    """What is said of a gates file that begins with `head`."""
    (root / "gates.yaml").write_text(f"schema_version: 1\n{head}\n{SUITE}")
    with pytest.raises(UserMistake) as caught:
        load_gates(root, environment)
    return [str(problem) for problem in caught.value.problems]


def test_providers_and_a_budget_are_read(tmp_path: Path) -> None:
    """The example of an endpoint of one's own beside a known one."""
    (tmp_path / "gates.yaml").write_text(
        "schema_version: 1\nproviders:\n"
        "  openai: {api_key_env: OPENAI_API_KEY, requests_per_minute: 5000}\n"
        "  local: {base_url: 'http://localhost:11434/v1', max_in_flight: 8,\n"
        "          prices: {small: {input_per_million: 0.1, output_per_million: 2}}}\n"
        f"budget: {{max_usd: 5.00, max_minutes: 30}}\n{SUITE}"
    )

    gates = load_gates(tmp_path, {}).gates

    assert gates.budget == Budget(max_usd=5, max_minutes=30)
    assert gates.providers == {
        "openai": ProviderSpec(api_key_env="OPENAI_API_KEY", requests_per_minute=5000),
        "local": ProviderSpec(
            base_url="http://localhost:11434/v1",
            max_in_flight=8,
            prices={"small": Price(input_per_million=0.1, output_per_million=2)},
        ),
    }


def test_neither_is_needed(tmp_path: Path) -> None:
    """A project without a model has no provider, and no budget ends its runs."""
    (tmp_path / "gates.yaml").write_text(f"schema_version: 1\n{SUITE}")

    gates = load_gates(tmp_path, {}).gates

    assert (gates.providers, gates.budget) == ({}, Budget())


@pytest.mark.parametrize(
    ("spec", "fault"),
    [
        ("api_key: x", "api_key: is not a known key (did you mean 'api_key_env'?)"),
        ("max_in_fligt: 8", "max_in_fligt: is not a known key (did you mean 'max_in_flight'?)"),
        (f"api_key_env: {KEY}", f"api_key_env: {NOT_A_NAME}"),
        ("api_key_env: sk-0123456789ABCDEF", f"api_key_env: {NOT_A_NAME}"),
        ("api_key_env: ''", f"api_key_env: {NOT_A_NAME}"),
        ("api_key_env: '${THE_KEY}'", f"api_key_env: {NOT_A_NAME}"),
        ("base_url: 'localhost:11434/v1'", f"base_url: {NO_URL}"),
        ("base_url: 'ftp://host/v1'", f"base_url: {NO_URL}"),
        ("base_url: 'http://host:99999/v1'", f"base_url: {NO_URL}"),
        ("base_url: 'http://[::1/v1'", f"base_url: {NO_URL}"),
        ("base_url: 'http://ho st/v1'", f"base_url: {NO_URL}"),
        ("base_url: 'https://me:secret@host/v1'", f"base_url: {MORE}"),
        ("base_url: 'https://@host/v1'", f"base_url: {MORE}"),
        ("base_url: 'https://host/v1?api-key=secret'", f"base_url: {MORE}"),
        ("base_url: 'https://host/v1#part'", f"base_url: {MORE}"),
        ("max_in_flight: 0", "max_in_flight: input should be greater than or equal to 1"),
        ("max_in_flight: true", "max_in_flight: should be a number, not true or false"),
        ("tokens_per_minute: -1", "tokens_per_minute: input should be greater than or equal to 1"),
        ("timeout_s: 0", "timeout_s: input should be greater than 0"),
        (
            "prices: {small: {input_per_million: -1, output_per_million: 1}}",
            "prices.small.input_per_million: input should be greater than or equal to 0",
        ),
    ],
)
def test_a_fault_of_a_provider(tmp_path: Path, spec: str, fault: str) -> None:
    """Each at its line, and no value is repeated: it may be a key."""
    head = f"providers:\n  openai: {{{spec}}}"

    (said,) = faults_of(tmp_path, head, THE_KEY=KEY)

    place, key, *_ = said.split(": ", maxsplit=2)
    assert place.startswith("gates.yaml:3:")
    assert (said.removeprefix(f"{place}: "), key) == (f"providers.openai.{fault}", key)
    assert not any(secret in said for secret in (KEY, "secret", "sk-"))


def test_only_a_known_provider_needs_no_address(tmp_path: Path) -> None:
    """Where another is asked cannot be guessed; the simulated one is asked nowhere."""
    head = "providers:\n  openai: {}\n  sim: {max_in_flight: 2}\n  local:\n    max_in_flight: 8"

    (said,) = faults_of(tmp_path, head)

    assert said == (
        "gates.yaml:5:3: providers.local.base_url: is missing"
        " (write where it is asked, as in http://localhost:11434/v1)"
    )


@pytest.mark.parametrize(
    ("budget", "fault"),
    [
        ("max_usd: 0", "max_usd: input should be greater than 0"),
        ("max_minutes: -1", "max_minutes: input should be greater than 0"),
        ("max_usd: true", "max_usd: should be a number, not true or false"),
        ("max_eur: 5", "max_eur: is not a known key (did you mean 'max_usd'?)"),
    ],
)
def test_a_fault_of_a_budget(tmp_path: Path, budget: str, fault: str) -> None:
    """A budget of nothing would end every run before it begins."""
    (said,) = faults_of(tmp_path, f"budget: {{{budget}}}")

    assert said == f"gates.yaml:2:10: budget.{fault}"
