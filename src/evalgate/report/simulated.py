"""What every report of a run that used `sim:/` has to say."""

from collections.abc import Sequence


def simulated_note(models: Sequence[str]) -> str:
    """Say that no LLM was called; empty when one was, or nobody was asked."""
    if not models:
        return ""
    are = "is a rule" if len(models) == 1 else "are rules"
    return f"no LLM was called: {' and '.join(models)} {are} in this process"
