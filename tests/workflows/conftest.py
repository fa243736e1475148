"""A scratch repository with the shipped workflows, and GitHub on loopback."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fake_github import FakeGitHub, served
from model_stub import ModelStub
from workflow_live import live_project
from workflow_scratch import FIRST_PROJECT, Scratch, make_scratch


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    """An empty repository's comments and issues."""
    with served(FakeGitHub()) as fake:
        yield fake


@pytest.fixture
def scratch(tmp_path: Path, github: FakeGitHub, tracking_database: str) -> Scratch:
    """`evalgate init`'s project, on simulated models."""
    return make_scratch(tmp_path, github, tracking_database, FIRST_PROJECT)


@pytest.fixture
def endpoint() -> Iterator[ModelStub]:
    """A provider on loopback."""
    with ModelStub() as stub:
        yield stub


@pytest.fixture
def live(
    tmp_path: Path, github: FakeGitHub, tracking_database: str, endpoint: ModelStub
) -> Scratch:
    """A project whose candidates ask the provider, with a key."""
    files = live_project(tmp_path / "live", endpoint.base_url)
    return make_scratch(tmp_path, github, tracking_database, files)
