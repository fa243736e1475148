"""Hostile text for each sink; redaction; pure."""

from evalgate.quoting.ci_log import for_ci_log
from evalgate.quoting.fence import fenced
from evalgate.quoting.json_text import for_json
from evalgate.quoting.markdown import for_markdown
from evalgate.quoting.redaction import redacted, redacted_addresses
from evalgate.quoting.spreadsheet import for_csv
from evalgate.quoting.terminal import cells_of, for_terminal, lines_for_terminal, shortened
from evalgate.quoting.visible import writable
from evalgate.quoting.xml_text import for_xml

__all__ = [
    "cells_of",
    "fenced",
    "for_ci_log",
    "for_csv",
    "for_json",
    "for_markdown",
    "for_terminal",
    "for_xml",
    "lines_for_terminal",
    "redacted",
    "redacted_addresses",
    "shortened",
    "writable",
]
