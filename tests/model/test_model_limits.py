"""Rates, pauses and Retry-After: the arithmetic."""

from datetime import UTC, datetime
from email.utils import format_datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.model.limits import BURST_S, TokenBucket
from evalgate.model.retry_after import parse_retry_after
from evalgate.model.retrying import LONGEST_PAUSE_S, pause_before

steps = st.lists(st.tuples(st.floats(0, 30), st.integers(1, 400)), min_size=1, max_size=60)


@given(per_minute=st.integers(1, 10_000), asked=steps)
def test_no_stretch_of_time_gets_more_than_its_rate(
    per_minute: int, asked: list[tuple[float, int]]
) -> None:
    """In any stretch: the bucket, what flows in, and one amount that was larger than the bucket."""
    bucket, now = TokenBucket(per_minute), 0.0
    granted: list[tuple[float, int]] = []
    for passed, amount in asked:
        now += passed
        granted.append((now + bucket.reserve(amount, now), amount))

    for first, (begin, _) in enumerate(granted):
        for last, (end, _) in enumerate(granted[first:], first):
            amounts = [amount for _, amount in granted[first : last + 1]]
            most = bucket.capacity + bucket.rate * (end - begin) + max(amounts)
            assert sum(amounts) <= most * (1 + 1e-9) + 1e-6


@given(per_minute=st.integers(1, 10_000), asked=steps)
def test_turns_come_in_the_order_of_asking(per_minute: int, asked: list[tuple[float, int]]) -> None:
    """Nobody is overtaken by an equal."""
    bucket, now, before = TokenBucket(per_minute), 0.0, 0.0
    for passed, _ in asked:
        now += passed
        turn = now + bucket.reserve(1, now)
        assert turn >= before - 1e-6
        before = turn


@given(times=st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30))
def test_a_time_that_goes_back_grants_nothing(times: list[float]) -> None:
    """Only time that goes forward fills the bucket."""
    bucket = TokenBucket(60)
    waits = [bucket.reserve(1, moment) for moment in times]
    elapsed = max(times) - times[0]

    assert sum(wait == 0 for wait in waits) <= 1 + elapsed * bucket.rate + 1e-6


def test_a_request_larger_than_the_bucket_goes_through_alone() -> None:
    """It waits for a full bucket, and who comes after it pays the debt."""
    bucket = TokenBucket(60 * 100)
    assert bucket.capacity == 100 * BURST_S

    assert bucket.reserve(1000, 0.0) == 0.0
    assert bucket.reserve(100, 0.0) == pytest.approx(10.0)


def test_a_wrong_guess_is_settled() -> None:
    """Tokens that were not used are free for others."""
    bucket = TokenBucket(60 * 100)
    bucket.reserve(1000, 0.0)

    bucket.settle(1000, 100, 0.0)

    assert bucket.reserve(100, 0.0) == pytest.approx(1.0)


@given(seconds=st.floats(0, 1e6))
def test_retry_after_in_seconds(seconds: float) -> None:
    """Whole or with a fraction."""
    assert parse_retry_after({"retry-after": str(seconds)}, 0.0) == seconds


@given(now=st.integers(0, 4_000_000_000), wait=st.integers(-1000, 1000), wall=st.floats(-1e9, 1e9))
def test_retry_after_as_a_date_is_held_against_the_endpoints_date(
    now: int, wait: int, wall: float
) -> None:
    """Whatever the clock says here."""
    headers = {
        "retry-after": format_datetime(datetime.fromtimestamp(now + 1000 + wait, UTC), usegmt=True),
        "date": format_datetime(datetime.fromtimestamp(now + 1000, UTC), usegmt=True),
    }

    assert parse_retry_after(headers, wall) == max(0, wait)


@given(said=st.text())
def test_retry_after_that_cannot_be_read_is_nothing_said(said: str) -> None:
    """An endpoint may write what it likes."""
    wait = parse_retry_after({"retry-after": said}, 0.0)

    assert wait is None or wait >= 0


@pytest.mark.parametrize("said", ["", "soon", "nan", "inf", "-5", "1e999", "Wed, 99 Foo 2026"])
def test_these_are_nothing_said(said: str) -> None:
    """Neither a number of seconds nor a date."""
    assert parse_retry_after({"retry-after": said}, 0.0) is None


def test_milliseconds_come_first() -> None:
    """Some endpoints say it more exactly."""
    assert parse_retry_after({"retry-after-ms": "250", "retry-after": "1"}, 0.0) == 0.25


@given(number=st.integers(1, 20), told=st.none() | st.floats(0, 100), seed=st.integers(0, 100))
def test_a_pause_has_bounds(number: int, told: float | None, seed: int) -> None:
    """Never negative, never before the endpoint's word, never much after it."""
    pause = pause_before(number, told, Random(seed))

    if told is None:
        assert 0.0 <= pause <= min(LONGEST_PAUSE_S, 0.5 * 2 ** (number - 1))
    else:
        assert told <= pause <= 1.1 * told
    assert pause == pause_before(number, told, Random(seed))
