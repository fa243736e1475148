"""What today's rules say of pairs of runs between which nothing changed."""

from evalgate.domain.record import Finite, Record


class RuleAlarms(Record):
    """A rule that blocked such pairs, and how many."""

    rule: str
    blocked: int


class Alarms(Record):
    """Ordered pairs of runs of one candidate, and how many of them would have been blocked.

    `at_most` is the upper bound of the share, wrong with a probability of at most 5 %. It counts
    the `independent` pairs alone: the others share a run with one of these.
    """

    pairs: int
    independent: int
    alike: int  # pairs that do not differ in one score, as if nothing had been asked anew
    blocked: int  # exit code other than 0
    failed: int  # of these, by a rule that failed
    at_most: Finite
    by_rule: tuple[RuleAlarms, ...] = ()
