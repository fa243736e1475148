"""What is known of a suite before anything is run."""

from evalgate.domain.record import Finite, Record


class CheckedRule(Record):
    """A rule, and the smallest true change that the evalset's cases find 4 times in 5."""

    rule: str
    detectable: Finite | None = None
    note: str = ""


class CheckedSuite(Record):
    """A suite whose files have no fault."""

    name: str
    evalset: str
    cases: int
    judges: tuple[str, ...]
    rules: tuple[CheckedRule, ...]
