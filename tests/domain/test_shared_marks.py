"""The marks of a column, found by a table that all columns of a sheet share."""

from evalgate.domain.sheet import Absence, Marks


def test_marks_are_a_mapping_in_the_order_of_the_cases() -> None:
    """Whoever has the marks need not know that they are kept apart from the names."""
    marks = Marks({"a": 0, "b": 1}, (0.5, Absence.UNSCORED))

    assert dict(marks) == {"a": 0.5, "b": Absence.UNSCORED}
    assert (list(marks), len(marks), "c" in marks) == (["a", "b"], 2, False)
