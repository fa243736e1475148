"""What a decision or a comparison is called in a report."""

from evalgate.domain.comparison import Comparison
from evalgate.domain.decision import Decision
from evalgate.domain.names import baseline_file_of


def title_of(document: Decision | Comparison) -> str:
    """Which suite; of a night also since when, where it is held against another or a newer file."""
    if isinstance(document, Comparison):
        return title_of(document.decisions[0]) if document.decisions else document.suite
    if document.since is None:
        return document.suite
    held = document.baseline_file
    # a night's own file lies in an artifact
    is_set = held is not None and held.path == baseline_file_of(document.suite)
    return f"{document.suite} since the {'baseline' if is_set else 'night'} of {document.since}"
