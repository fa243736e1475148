"""Which proxy an endpoint is reached through: HTTPS_PROXY and its kin, as httpx reads them."""

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit


def proxy_of(url: str, environment: Mapping[str, str]) -> str | None:
    """The proxy for `url`, or None; a name in lower case goes before the one in upper case."""
    parts = urlsplit(url)
    proxy = _told(f"{parts.scheme}_proxy", environment) or _told("all_proxy", environment)
    if not proxy or _is_exempt(parts.hostname or "", parts.port, _told("no_proxy", environment)):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def proxy_fault(proxy: str | None) -> str:
    """Why a proxy cannot be used, or nothing; the proxy may hold a password and is not shown."""
    if proxy is None:
        return ""
    try:
        parts = urlsplit(proxy)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    return "" if usable else "goes through a proxy that is not of the form http://host:port"


def _told(name: str, environment: Mapping[str, str]) -> str:
    told = environment.get(name)
    if told is None:
        # a web server passes a request's `Proxy:` header on as HTTP_PROXY
        forged = name == "http_proxy" and "REQUEST_METHOD" in environment
        told = "" if forged else environment.get(name.upper(), "")
    return told.strip()


def _is_exempt(host: str, port: int | None, exempt: str) -> bool:
    """True when `no_proxy` names the host, a domain above it, or a network around it."""
    for entry in exempt.lower().split(","):
        named = entry.strip().removeprefix("*").removeprefix(".")
        if entry.strip() == "*":
            return True
        if port is not None and named.endswith(f":{port}"):
            named = named.removesuffix(f":{port}")
        named = named.strip("[]")
        if named and (host == named or host.endswith(f".{named}") or _is_within(host, named)):
            return True
    return False


def _is_within(host: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False
