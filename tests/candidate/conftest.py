"""A small project with functions and commands of every kind, good and bad."""

from pathlib import Path

import pytest

from candidate_project import Project, write_project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project's folder, from which candidates are built."""
    return Project(write_project(tmp_path))
