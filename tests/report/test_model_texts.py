"""What reports say of models: what asking them costs, what is recorded, and which are none."""

import pytest

from evalgate.domain.estimate import Estimate
from evalgate.domain.recorded import RecordingStats
from evalgate.report.price_text import price_line
from evalgate.report.recordings_text import (
    render_exported,
    render_imported,
    render_pruned,
    render_stats,
)
from evalgate.report.simulated import simulated_note


@pytest.mark.parametrize(
    ("models", "note"),
    [
        ((), ""),
        (("openai:/gpt-4o",), ""),
        (("sim:/reader",), "no LLM was called: sim:/reader is a rule in this process"),
        (
            ("sim:/reader", "sim:/grader"),
            "no LLM was called: sim:/reader and sim:/grader are rules in this process",
        ),
        (
            ("openai:/gpt-4o", "sim:/grader"),
            "sim:/grader is no LLM: its replies are made by rules in this process",
        ),
        (("simple:/x",), ""),
    ],
    ids=["nobody asked", "an LLM", "one rule", "two rules", "an LLM judged by a rule", "a name"],
)
def test_a_model_that_is_no_llm_is_never_taken_for_one(models: tuple[str, ...], note: str) -> None:
    """And an LLM that was called is never denied."""
    assert simulated_note(models) == note


@pytest.mark.parametrize(
    ("price", "line"),
    [
        (
            Estimate(calls=80, input_tokens=12_000, output_tokens=480, usd=0.25),
            "80 calls to models: about 12,000 tokens in and up to 480 out, about $0.2500 at most",
        ),
        (
            Estimate(calls=2, recorded=1, input_tokens=5, output_tokens=6, usd=0.0),
            (
                "2 calls to models, 1 of them recorded: about 5 tokens in and up to 6 out, "
                "about $0.00 at most"
            ),
        ),
        (
            Estimate(calls=1, usd=None, unpriced=("local:/m",)),
            (
                "1 call to models: about 0 tokens in and up to 0 out, "
                "cost unknown: no price for local:/m"
            ),
        ),
        (
            Estimate(calls=9, recorded=3, uncertain=2, again=12, usd=0.5, again_usd=1.0),
            (
                "9 calls to models, 3 of them recorded, 2 of them perhaps recorded: about 0 tokens"
                " in and up to 0 out, about $0.5000; $1.50 at most, if judges have to be asked 12"
                " times more"
            ),
        ),
        (Estimate(calls=3, recorded=3), "3 calls to models, all recorded: nothing to pay"),
    ],
    ids=["priced", "partly recorded", "without a price", "with judges", "all recorded"],
)
def test_a_price_is_one_line(price: Estimate, line: str) -> None:
    """Calls, tokens and money, and what of it is known already."""
    assert price_line(price) == line


def test_two_estimates_add_up_and_an_unknown_price_stays_unknown() -> None:
    """A sum with an unknown part is no number that anybody could rely on."""
    known = Estimate(calls=1, recorded=1, input_tokens=2, output_tokens=3, usd=0.5)
    unknown = Estimate(calls=4, usd=None, unpriced=("local:/m",))

    assert known + known == Estimate(calls=2, recorded=2, input_tokens=4, output_tokens=6, usd=1.0)
    assert (known + unknown).usd is None
    assert (unknown + known).unpriced == ("local:/m",)


def test_recordings_are_counted_by_model() -> None:
    """How many, how large, from when, for how much."""
    stats = RecordingStats(
        replies=3, size_bytes=2 << 20, oldest=0.0, newest=86_400.0, cost_usd=0.5,
        by_model={"local:/m": 2, "openai:/gpt\x1b[31m": 1},
    )  # fmt: skip

    text = render_stats(stats)

    assert text.startswith("3 recordings, 2.0 MiB\nfrom 1970-01-01 to 1970-01-02\n")
    assert "paid for them: $0.50" in text
    assert "\x1b" not in text
    assert render_stats(RecordingStats(replies=0, size_bytes=0, by_model={})) == "no recordings yet"


def test_what_became_of_recordings_is_said() -> None:
    """Written, taken in, dropped."""
    assert render_exported(2, "a\x1b.jsonl") == "2 recordings written to a␛.jsonl"
    assert render_exported(2, "a.jsonl", 1) == (
        "2 recordings written to a.jsonl\npassed over: 1 damaged recording, asked anew when needed"
    )
    assert render_imported(1, 4) == "1 recording taken in, 4 known already"
    assert render_pruned(0) == "0 recordings dropped"
