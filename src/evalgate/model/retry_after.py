"""When an endpoint says to come back: `Retry-After`, in seconds or as a date."""

import datetime as dt
import math
from collections.abc import Mapping
from email.utils import parsedate_to_datetime


def parse_retry_after(headers: Mapping[str, str], wall_now: float) -> float | None:
    """Seconds to wait, never negative; None when nothing readable is said.

    A date is held against the reply's own `Date`, so that a wrong clock here does not matter.
    """
    if (milliseconds := _number(headers.get("retry-after-ms", ""))) is not None:
        return milliseconds / 1000.0
    said = headers.get("retry-after", "")
    if (seconds := _number(said)) is not None:
        return seconds
    at = _moment(said)
    if at is None:
        return None
    sent = _moment(headers.get("date", ""))
    return max(0.0, at - (wall_now if sent is None else sent))


def _number(said: str) -> float | None:
    try:
        value = float(said)
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None


def _moment(said: str) -> float | None:
    try:
        moment = parsedate_to_datetime(said)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=dt.UTC)
        return moment.timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
