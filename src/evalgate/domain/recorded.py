"""What a file of recordings holds."""

from evalgate.domain.record import Finite, Record


class RecordingStats(Record):
    """How many replies are kept, from when, of which models, and what they cost."""

    replies: int
    size_bytes: int
    oldest: Finite | None = None  # seconds since 1970
    newest: Finite | None = None
    cost_usd: Finite = 0.0  # what its replies cost when they were asked for
    by_model: dict[str, int]
    damaged: int = 0  # rows that are not believed, and count nowhere else
