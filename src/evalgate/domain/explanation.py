"""One rule's ruling with the cases that it rests on."""

from typing import Literal

from evalgate.domain.decision import Ruling, Said
from evalgate.domain.record import Record


class Explanation(Record):
    """A ruling, and case ids by what they do to it; `against` pulls it towards failing."""

    schema_version: Literal[1] = 1
    ruling: Ruling
    against: tuple[str, ...] = ()
    in_favour: tuple[str, ...] = ()
    not_produced: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    first_run: str = ""  # whose verdict stands; empty when nothing stands in this run's place
    stands: Said | None = None
