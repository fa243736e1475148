"""Regular expressions of `judge.yaml`: they run on hostile text, within a time limit.

A pattern that repeats a repetition, such as `(a+)+$`, can take hours on a short answer, and `re`
lets nothing else run meanwhile. The library `regex` takes a limit and lets go of Python's lock.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from evalgate.domain.judgement import Unscored
from evalgate.errors import Problem
from evalgate.judge.excerpt import excerpt
from evalgate.judge.place import Place
from evalgate.judge.time_limit import too_late

if TYPE_CHECKING:
    import regex

QUICK_S = 0.01
"""A search that takes no longer is not worth a thread."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class TimedPattern:
    """A compiled pattern, and how many seconds a search may take."""

    compiled: "regex.Pattern[str]"
    timeout_s: float

    async def first_match(self, text: str) -> "regex.Match[str] | Unscored | None":
        """Search from the beginning."""
        return await self._within(lambda limit_s: self.compiled.search(text, timeout=limit_s))

    async def last_first_group(self, text: str) -> str | Unscored | None:
        """Return what the last match's first group holds."""

        def look(limit_s: float) -> str | None:
            last = None
            for match in self.compiled.finditer(text, timeout=limit_s):
                last = match[1]
            return last

        return await self._within(look)

    async def _within(self, look: Callable[[float], T]) -> T | Unscored:
        """Look at once, and when that takes long, again in a thread: others go on meanwhile."""
        quick_s = min(QUICK_S, self.timeout_s)
        try:
            try:
                return look(quick_s)
            except TimeoutError:
                import asyncio  # here, not above: building a pattern need not wait for it

                return await asyncio.to_thread(look, self.timeout_s)
        except TimeoutError:
            return too_late(self.timeout_s)
        except (MemoryError, RuntimeError) as error:  # a RecursionError is a RuntimeError
            detail = excerpt(f"{type(error).__name__}: {error}", 300)
            return Unscored(cause="judge_error", detail=detail)


def compile_pattern(
    pattern: str, key: str, place: Place, problems: list[Problem]
) -> "regex.Pattern[str] | None":
    """Compile `pattern`, or note what is wrong with it.

    It must be one of Python's own: what only the library understands would be a surprise.
    """
    import regex

    try:
        re.compile(pattern)
        return regex.compile(pattern)
    except (re.error, regex.error, OverflowError, RecursionError, MemoryError) as error:
        problems.append(place.problem(f"is not a regular expression: {error}", key=key))
        return None
