"""`evalgate compare` on a small project."""

from small_project import MakeProject, quiz


def test_a_better_version_passes(project: MakeProject) -> None:
    """Every rule passes, and the exit code is 0."""
    repo = project(quiz([True] * 20 + [False] * 20, [True] * 40))

    outcome = repo.run("compare", "old", "new")

    assert outcome.code == 0
    assert outcome.out.endswith("verdict: passed (exit 0)\n")


def test_a_worse_version_fails(project: MakeProject) -> None:
    """The gate says no with exit code 1."""
    repo = project(quiz([True] * 40, [True] * 25 + [False] * 15))

    outcome = repo.run("compare", "old", "new")

    assert outcome.code == 1
    assert outcome.out.endswith("verdict: failed (exit 1)\n")
