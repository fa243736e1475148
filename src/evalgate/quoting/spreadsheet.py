"""Text in a CSV cell: a spreadsheet takes it for text, never for a formula."""

from evalgate.quoting.visible import visible

# with the full-width forms, which some spreadsheets read as the plain ones
_STARTS_FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # noqa: RUF001 - the full-width forms are meant


def for_csv(cell: str) -> str:
    """Put an apostrophe before what a spreadsheet would run; keep line ends and tabs within."""
    text = visible(cell, keep="\t\r\n")
    runs = text.startswith(_STARTS_FORMULA) or text.lstrip().startswith(_STARTS_FORMULA)
    return f"'{text}" if runs else text
