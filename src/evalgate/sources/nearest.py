"""The nearest known name, for people who mistype."""

from collections.abc import Iterable

MOST_NAMES = 12


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`did you mean 'x'?`, or the list of what is known, or that nothing is."""
    names = sorted(set(known))
    if not names:
        return "there are none"
    lowered = {known_name.lower(): known_name for known_name in names}
    import difflib  # here: who makes no mistake need not wait for it

    close = difflib.get_close_matches(name.lower(), lowered, n=1, cutoff=0.6)
    if close:
        return f"did you mean {lowered[close[0]]!r}?"
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return f"known: {', '.join(names[:MOST_NAMES])}{more}"
