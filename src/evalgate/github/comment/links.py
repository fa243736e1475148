"""Links that we write: to servers that the job itself names, and to no other."""

import re
from collections.abc import Collection
from urllib.parse import quote

from evalgate.github.surroundings import split_address
from evalgate.report.said import in_markdown

LONGEST = 2_000
_PLAIN = re.compile(r"[!-~]+")


def origin_of(address: str) -> str:
    """`https://github.com`, or nothing for what is no web address."""
    parts = split_address(address)
    if parts is None or parts.username is not None or "@" in parts.netloc:
        return ""
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname}{port}"


def link(words: str, address: str, origins: Collection[str]) -> str:
    """Markdown for `words` that lead to `address`; the words alone when that is somewhere else."""
    safe = safe_address(address, origins)
    # between < and > only these could end it, and `quote` leaves none of them
    return f"[{in_markdown(words)}](<{safe}>)" if safe else in_markdown(words)


def safe_address(address: str, origins: Collection[str]) -> str:
    """The address, every character of it harmless; nothing when its server is not known."""
    usable = len(address) <= LONGEST and _PLAIN.fullmatch(address) and "\\" not in address
    if not usable or origin_of(address) not in set(origins) - {""}:
        return ""
    return quote(address, safe="/:?&=#%+,~.-_@")
