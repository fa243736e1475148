"""JSON that may be printed: equal in value, harmless to a screen."""

import json
import re

from evalgate.quoting.visible import visible

_ALL_BUT_PLAIN = re.compile(r"[^\x20-\x7e\n]")


def for_json(text: str) -> str:
    """Write every character that steers a screen, or cannot be seen, as a JSON escape."""
    return _ALL_BUT_PLAIN.sub(lambda found: _escaped(found[0]), text)


def _escaped(char: str) -> str:
    return char if visible(char) == char else json.dumps(char)[1:-1]
