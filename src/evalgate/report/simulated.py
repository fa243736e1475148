"""What every report of a run that used `sim:/` has to say."""

from collections.abc import Sequence

from evalgate.domain.provider import is_simulated


def simulated_note(models: Sequence[str]) -> str:
    """Say which of the models that were asked are no LLM; empty when all are."""
    rules = [name for name in models if is_simulated(name)]
    if not rules:
        return ""
    named = " and ".join(rules)
    if len(rules) < len(models):
        return f"{named} is no LLM: its replies are made by rules in this process"
    are = "is a rule" if len(rules) == 1 else "are rules"
    return f"no LLM was called: {named} {are} in this process"
