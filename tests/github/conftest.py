"""GitHub on loopback, and jobs that talk to it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fake_github import FakeGitHub, served
from github_jobs import Job

MakeJob = Callable[..., Job]


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    """An empty repository."""
    with served(FakeGitHub()) as fake:
        yield fake


@pytest.fixture
def job(github: FakeGitHub, tmp_path: Path) -> MakeJob:
    """A job in that repository; for a pull request unless it says otherwise."""

    def make(**facts: Any) -> Job:
        return Job(tmp_path, github.url, **facts)

    return make
