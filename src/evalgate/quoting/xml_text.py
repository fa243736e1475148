"""Text in an XML document: only characters that XML 1.0 allows."""

from evalgate.quoting.visible import visible


def for_xml(text: str) -> str:
    """Replace what XML 1.0 forbids or a viewer cannot show; the writer escapes the markup."""
    kept = visible(text.replace("\r\n", "\n"), keep="\t\n")
    return kept.replace("\ufffe", "<U+FFFE>").replace("\uffff", "<U+FFFF>")
