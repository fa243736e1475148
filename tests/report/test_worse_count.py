"""What is counted when versions got worse."""

from evalgate.domain.comparison import Comparison
from evalgate.report.comparison import worse_count


def compared(versions: tuple[str, ...], worse: int) -> Comparison:
    """A comparison in which `worse` answers got worse."""
    return Comparison(suite="s", evalset="e@v1", versions=versions, scores=(), worsened_count=worse)


def test_two_versions_count_cases() -> None:
    """One later version has one answer to each case."""
    assert worse_count(compared(("a", "b"), 2)) == "2 cases"


def test_several_versions_count_answers() -> None:
    """A case that got worse in two versions is counted twice, so these are not cases."""
    assert worse_count(compared(("a", "b", "c"), 2)) == "2 answers"
    assert worse_count(compared(("a", "b", "c"), 1)) == "1 answer"
