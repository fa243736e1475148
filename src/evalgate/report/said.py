"""What candidates, judges and people's files say, made fit for each sink: no keys, no markup."""

from evalgate.quoting import (
    for_csv,
    for_markdown,
    for_terminal,
    for_xml,
    lines_for_terminal,
    redacted,
    shortened,
)

ANSWER_MARK = "| "


def on_screen(text: str, width: int | None = None) -> str:
    """One line for a terminal."""
    return for_terminal(redacted(text), width)


def block_on_screen(text: str, indent: str = "  ") -> list[str]:
    """All lines for a terminal, each behind a mark, so that none looks like one of ours."""
    return [f"{indent}{ANSWER_MARK}{line}".rstrip() for line in lines_for_terminal(redacted(text))]


def in_markdown(text: str, length: int = 500) -> str:
    """One line inside Markdown."""
    return for_markdown(shortened(redacted(text), length))


def in_cell(text: str) -> str:
    """A cell of a CSV file."""
    return for_csv(redacted(text))


def in_xml(text: str) -> str:
    """Text for an XML writer."""
    return for_xml(redacted(text))
