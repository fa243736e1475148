"""`evalgate init`."""

from pathlib import Path

from evalgate.cli.screen import say


def init() -> int:
    """Make a small project that runs at once.

    It needs no key: its models are simulated. Nothing that is in this folder is touched.
    """
    from evalgate.pipeline.starting import start_project

    written = start_project(Path.cwd())
    say("\n".join(f"wrote {name}" for name in written))
    say("\nnow run: evalgate compare v1 v2")
    say("no LLM is called yet; for a real one change the line `model:` in candidates/v1.yaml,")
    say("candidates/v2.yaml and judges/correct/judge.yaml, as in model: openai:/gpt-4o-mini")
    return 0
