"""What a GitHub Actions job knows of itself, out of the environment that it is handed."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from evalgate.errors import Problem, UserMistake
from evalgate.model.proxies import proxy_fault, proxy_of

API_URL, SERVER_URL = "https://api.github.com", "https://github.com"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where the job runs; `token` is in no message and in no representation."""

    repository: str
    event_name: str
    event_path: Path
    sha: str
    ref: str
    actor: str
    run_id: int
    attempt: int
    api_url: str
    server_url: str
    proxy: str | None = field(repr=False)
    token: str = field(repr=False)
    mlflow_url: str = field(repr=False)


def read_surroundings(environment: Mapping[str, str]) -> Surroundings:
    """Read what GitHub sets for every job; all that is missing or unusable is told at once."""
    problems: list[Problem] = []

    def wanted(name: str) -> str:
        value = environment.get(name, "")
        if not value:
            remedy = "GitHub Actions sets it; with --dry-run nothing of GitHub's is needed"
            problems.append(Problem("is not set", key=name, remedy=remedy))
        return value

    def number(name: str) -> int:
        value = wanted(name)
        if value and not (value.isascii() and value.isdigit() and len(value) < 20):
            problems.append(Problem("is not a whole number", key=name))
            return 0
        return int(value or 0)

    api_url = environment.get("GITHUB_API_URL") or API_URL
    if not is_trustworthy(api_url):
        fault = "is not an https address, and the token is sent to no other"
        problems.append(Problem(fault, key="GITHUB_API_URL"))
    proxy = proxy_of(api_url, environment)
    if fault := proxy_fault(proxy):
        problems.append(Problem(fault, key="GITHUB_API_URL"))
    if not environment.get("GITHUB_TOKEN", "").strip().isprintable():
        problems.append(Problem("holds more than one line", key="GITHUB_TOKEN"))
    found = Surroundings(
        repository=wanted("GITHUB_REPOSITORY"),
        event_name=wanted("GITHUB_EVENT_NAME"),
        event_path=Path(wanted("GITHUB_EVENT_PATH")),
        sha=environment.get("GITHUB_SHA", ""),
        ref=environment.get("GITHUB_REF", ""),
        actor=environment.get("GITHUB_ACTOR", ""),
        run_id=number("GITHUB_RUN_ID"),
        attempt=number("GITHUB_RUN_ATTEMPT"),
        api_url=api_url.rstrip("/"),
        server_url=(environment.get("GITHUB_SERVER_URL") or SERVER_URL).rstrip("/"),
        proxy=proxy,
        token=environment.get("GITHUB_TOKEN", "").strip(),
        mlflow_url=environment.get("MLFLOW_TRACKING_URI", ""),
    )
    if problems:
        raise UserMistake(problems)
    return found


def is_trustworthy(address: str) -> bool:
    """True for https to a named host, and for http that does not leave the machine."""
    parts = split_address(address)
    if parts is None or parts.username is not None or parts.query or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts))


def split_address(address: str) -> SplitResult | None:
    """The parts of a web address, or None when it is none."""
    try:
        parts = urlsplit(address)
        usable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return parts if usable and parts.scheme in ("http", "https") else None


def _is_loopback(parts: SplitResult) -> bool:
    try:
        return ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return parts.hostname == "localhost"
