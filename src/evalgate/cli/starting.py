"""`evalgate init`."""

from pathlib import Path

from evalgate.cli.screen import say


def init() -> int:
    """Make a small project that runs at once.

    It needs no key. Nothing that is in this folder is touched.
    """
    from evalgate.pipeline.starting import start_project

    written = start_project(Path.cwd())
    say("\n".join(f"wrote {name}" for name in written))
    say("\nnow run: evalgate compare v1 v2")
    return 0
