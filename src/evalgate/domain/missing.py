"""What models were asked in vain: cases without an answer, or without a judge's score."""

from evalgate.domain.record import Record


class Missing(Record):
    """Cases that lack one thing for one cause; `judge` is empty when it is the answer."""

    judge: str = ""
    cause: str
    detail: str  # what the first of the cases met
    cases: int
    first: tuple[str, ...]  # a few of their names
