"""A quality gate for prompts, models and LLM applications.

import evalgate

run = evalgate.evaluate("fewshot")
run.to_pandas()
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evalgate.api import Run, compare, decide, evaluate, load_judge

__version__ = "0.1.0"  # as in pyproject.toml; to look it up takes as long as the whole --help

__all__ = ["Run", "compare", "decide", "evaluate", "load_judge"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the API has under that name
    """Load the API when it is first used: `import evalgate` itself does nothing."""
    if name in __all__:
        return getattr(import_module("evalgate.api"), name)
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)
