"""How far a run is, on a terminal only: a bar, the rate, the time left, failures so far."""

import os
import sys
import time

from evalgate.quoting import for_terminal
from evalgate.report.numbers import usd

WIDTH = 24
EVERY_S = 0.1
CLEAR_LINE = "\r\x1b[2K"


class ProgressBar:
    """One line on stderr that is drawn anew, at most ten times a second."""

    def __init__(self) -> None:
        self._what = ""
        self._total = self._done = self._before = self._failed = 0
        self._begun = self._drawn = self._spent_usd = 0.0

    def started(self, what: str, total: int, done: int) -> None:
        """Begin a new line."""
        self._what, self._total, self._done, self._before = what, total, done, done
        self._failed, self._begun, self._drawn = 0, time.monotonic(), 0.0
        self._draw()

    def judged(self, *, failed: bool, spent_usd: float) -> None:
        """Count a case and draw, if the last drawing is old enough."""
        self._done += 1
        self._spent_usd = spent_usd
        self._failed += failed
        if time.monotonic() - self._drawn >= EVERY_S:
            self._draw()

    def ended(self) -> None:
        """Leave no line behind."""
        sys.stderr.write(CLEAR_LINE)
        sys.stderr.flush()

    def _draw(self) -> None:
        self._drawn = time.monotonic()
        # a line that wraps could not be cleared
        line = self.line(self._drawn - self._begun)[: _columns() - 1]
        sys.stderr.write(CLEAR_LINE + line)
        sys.stderr.flush()

    def line(self, elapsed_s: float) -> str:
        """The line after `elapsed_s` seconds."""
        full = WIDTH * self._done // max(self._total, 1)
        new = self._done - self._before
        rate = new / elapsed_s if elapsed_s > 0 else 0.0
        left = f"{(self._total - self._done) / rate:.0f} s left" if rate else "starting"
        failures = f", {self._failed} without a score" if self._failed else ""
        spent = f", {usd(self._spent_usd)}" if self._spent_usd else ""
        return (
            f"{for_terminal(self._what, 40)} [{'#' * full}{'.' * (WIDTH - full)}]"
            f" {self._done}/{self._total}, {rate:.{0 if rate >= 10 else 1}f}/s,"
            f" {left}{failures}{spent}"
        )


def _columns() -> int:
    """The terminal's width; some terminals do not tell."""
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or 80
    except OSError:
        return 80


def is_watched() -> bool:
    """True when somebody looks at stderr."""
    return sys.stderr.isatty() and not os.environ.get("CI")
