"""Regular expressions that people write into `judge.yaml`.

They run on hostile text without a limit in time. A pattern that repeats a repetition, such as
`(a+)+$`, can take hours on a short answer: write `a+$`.
"""

import re

from evalgate.errors import Problem
from evalgate.judge.place import Place


def compile_pattern(
    pattern: str, key: str, place: Place, problems: list[Problem]
) -> re.Pattern[str] | None:
    """Compile `pattern`, or note what is wrong with it."""
    try:
        return re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        problems.append(place.problem(f"is not a regular expression: {error}", key=key))
        return None
