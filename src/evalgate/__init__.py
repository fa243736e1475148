"""A quality gate for prompts, models and LLM applications."""
