"""Text inside a line of GitHub Markdown: nothing of it is active."""

import re

from evalgate.quoting.visible import on_one_line

_APART = "&#8203;"  # a zero-width space; GitHub links mentions after entities are decoded
_BREAK = "\u200b"  # `on_one_line` never leaves one in, so every one of them is ours
_MARKED = {"@": f"@{_APART}", "#": f"&#35;{_APART}", ":": f":{_APART}", _BREAK: _APART}
_ACTIVE = re.compile(rf"[&<>\\`*_\[\]|~$@#{_BREAK}]|:(?=\S)")
_LINE_START = re.compile(r"^(?:[-+=](?=[-=\s]|$)|\d+(?=[.)](?:\s|$)))")
# What GitHub's own filters look for in the finished text: commits, issues, web addresses.
_SHA = re.compile(r"(?<![0-9A-Za-z])[0-9a-fA-F]{7,}(?![0-9A-Za-z])")
_SIX = re.compile(r"(.{6})(?=.)")  # GitHub takes seven hexadecimal digits for a commit
_ISSUE = re.compile(r"(?i)(?<=gh)-(?=\d)")
_WEB = re.compile(r"(?i)(?<=www)\.")


def for_markdown(text: str) -> str:
    """Make `text` one line that GitHub shows as it is: no markup, link, mention or reference."""
    line = " ".join(on_one_line(text).split())
    line = _SHA.sub(lambda found: _SIX.sub(rf"\1{_BREAK}", found[0]), line)
    line = _ISSUE.sub(f"-{_BREAK}", line)
    line = _WEB.sub(f"{_BREAK}.", line)
    line = _ACTIVE.sub(lambda found: _MARKED.get(found[0]) or f"&#{ord(found[0])};", line)
    return _LINE_START.sub(_inert_start, line)


def _inert_start(found: re.Match[str]) -> str:
    start = found[0]
    return f"{start}{_APART}" if start.isdigit() else f"&#{ord(start)};"
