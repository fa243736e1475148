"""One endpoint for a test, on loopback."""

from collections.abc import Iterator

import pytest

from model_stub import ModelStub


@pytest.fixture
def stub() -> Iterator[ModelStub]:
    """Serve as long as the test runs."""
    with ModelStub() as serving:
        yield serving
