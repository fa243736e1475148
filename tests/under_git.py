"""Folders under git, for tests of what evalgate reads out of it."""

import subprocess
from pathlib import Path


def git(folder: Path, *argv: str) -> str:
    """Run git as somebody, and give what it prints."""
    settings = ("user.name=Ana", "user.email=ana@example.org", "commit.gpgsign=false")
    flags = [part for each in (*settings, "init.defaultBranch=main") for part in ("-c", each)]
    done = subprocess.run(
        ["git", "-C", str(folder), *flags, *argv],
        check=True,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    return done.stdout.strip()
