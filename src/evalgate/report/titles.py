"""What a decision or a comparison is called in a report."""

from evalgate.domain.comparison import Comparison
from evalgate.domain.decision import Decision


def title_of(document: Decision | Comparison) -> str:
    """Which suite, and since which night where it is held against one."""
    if isinstance(document, Comparison):
        return title_of(document.decisions[0]) if document.decisions else document.suite
    since = f" since the night of {document.since}" if document.since else ""
    return f"{document.suite}{since}"
