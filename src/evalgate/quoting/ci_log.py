"""Text in a CI log: no line of it is a command to the runner."""

import re

# GitHub trims a line before it looks for `::`, and finds `##[` anywhere in it; Azure and
# TeamCity have `##vso[` and `##teamcity[`.
_LINE_COMMAND = re.compile("(^|[\r\n])((?:[^\\S\r\n]|[\ufeff\u200b])*)::")
_HASH_COMMAND = re.compile(r"##(?=\w*\[)")


def for_ci_log(line: str) -> str:
    """Put a backslash into whatever a CI runner would take for a command."""
    return _HASH_COMMAND.sub(r"##\\", _LINE_COMMAND.sub(r"\1\2\\::", line))
