"""What `evalgate recordings` prints."""

import datetime as dt

from evalgate.domain.recorded import RecordingStats
from evalgate.report.numbers import count, usd
from evalgate.report.said import on_screen
from evalgate.report.table import Column, table

COLUMNS = (Column("  model", most=60), Column("replies"))
MIB = 1 << 20


def render_stats(stats: RecordingStats) -> str:
    """Say how many replies there are, of which models, from when, and what they cost."""
    damaged = _damaged(stats.damaged)
    if not stats.replies:
        return damaged or "no recordings yet"
    lines = [f"{count(stats.replies, 'recording')}, {stats.size_bytes / MIB:.1f} MiB"]
    if stats.oldest is not None and stats.newest is not None:
        lines.append(f"from {_day(stats.oldest)} to {_day(stats.newest)}")
    lines += [f"paid for them: {usd(stats.cost_usd)}", *([damaged] if damaged else []), ""]
    rows = [(f"  {on_screen(model)}", str(replies)) for model, replies in stats.by_model.items()]
    return "\n".join([*lines, *table(COLUMNS, rows)])


def render_exported(replies: int, file: str, damaged: int = 0) -> str:
    """Say how many replies were written where, and how many were not."""
    written = f"{count(replies, 'recording')} written to {on_screen(file)}"
    return f"{written}\n{_damaged(damaged)}" if damaged else written


def render_imported(added: int, known: int) -> str:
    """Say how many replies are new here."""
    return f"{count(added, 'recording')} taken in, {known} known already"


def render_pruned(dropped: int) -> str:
    """Say how many replies are gone."""
    return f"{count(dropped, 'recording')} dropped"


def _damaged(rows: int) -> str:
    """Say how many rows were passed over."""
    return (
        f"passed over: {count(rows, 'damaged recording')}, asked anew when needed" if rows else ""
    )


def _day(moment: float) -> str:
    return f"{dt.datetime.fromtimestamp(moment, dt.UTC):%Y-%m-%d}"
