"""The endpoint of a test, whose judge is fair until the test says otherwise."""

from collections.abc import Iterator

import pytest

from live_project import fairly, judging
from model_stub import ModelStub


@pytest.fixture
def stub() -> Iterator[ModelStub]:
    """An endpoint on loopback."""
    with ModelStub() as made:
        made.voice = judging(fairly)
        yield made
