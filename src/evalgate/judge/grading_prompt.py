"""The prompt of a genai metric as MLflow made it, and how it is filled for one answer."""

from collections.abc import Mapping
from typing import NamedTuple


class GradingPrompt(NamedTuple):
    """MLflow's text with slots, which another process may have made."""

    template: str
    columns: tuple[str, ...]

    def text(self, given: object, output: str, context: Mapping[str, object]) -> str:
        """Write what MLflow's eval_fn would send for one answer, letter by letter."""
        columns = {name: context[name] for name in self.columns}
        return self.template.format(
            input=given, output=output, grading_context_columns=context_text(columns)
        )


def context_text(columns: Mapping[str, object]) -> str:
    """Write the grading context as MLflow does."""
    if not columns:
        return ""
    values = "\n".join(f"key: {name}\nvalue:\n{value}" for name, value in columns.items())
    return f"Additional information used by the model:\n{values}"
