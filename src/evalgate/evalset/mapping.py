"""Which column of a table becomes which part of a case."""

from collections.abc import Collection
from dataclasses import dataclass

from evalgate.domain.record import JsonValue
from evalgate.errors import Problem
from evalgate.evalset.reading import short_digest
from evalgate.evalset.tables import Row, plain
from evalgate.sources.nearest import did_you_mean


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Columns by the part of a case they become.

    An input is `column` or `name=column`; without any, every column that nothing else uses is an
    input. Without an id column a case's id is made from its inputs.
    """

    inputs: tuple[str, ...] = ()
    id: str | None = None
    expected: str | None = None
    slices: tuple[str, ...] = ()
    cluster: str | None = None

    @property
    def named_inputs(self) -> dict[str, str]:
        """The inputs' names and the column that each comes from."""
        pairs = (text.partition("=") for text in self.inputs)
        return {name: column or name for name, _, column in pairs}

    @property
    def named_slices(self) -> dict[str, str]:
        """The slices' names and the column that each comes from."""
        pairs = (text.partition("=") for text in self.slices)
        return {name: column or name for name, _, column in pairs}

    @property
    def _others(self) -> list[str]:
        single = [column for column in (self.id, self.expected, self.cluster) if column]
        return [*single, *self.named_slices.values()]

    def problems_with(self, columns: Collection[str], shown_as: str) -> tuple[Problem, ...]:
        """Tell each column that the table does not have."""
        wanted = [*self.named_inputs.values(), *self._others]
        return tuple(
            Problem(f"has no column {column!r}", shown_as, 1, remedy=did_you_mean(column, columns))
            for column in dict.fromkeys(wanted)
            if column not in columns
        )

    def case_of(
        self, row: Row, shown_as: str, number: int
    ) -> dict[str, JsonValue] | tuple[Problem, ...]:
        """The case that a row holds, or what is wrong with the row."""
        inputs = self.named_inputs or {
            column: column for column in row if column not in self._others
        }
        problems: list[Problem] = []

        def cell(column: str) -> JsonValue:
            try:
                if column in row:
                    return plain(row[column])
                fault = f"has no {column!r}"
                remedy = did_you_mean(column, row)
            except ValueError as error:
                fault, remedy = str(error), ""
            problems.append(Problem(fault, shown_as, number, key=column, remedy=remedy))
            return None

        case: dict[str, JsonValue] = {}
        asked: dict[str, JsonValue] = {name: cell(column) for name, column in inputs.items()}
        case["inputs"] = asked
        case["id"] = short_digest(asked) if self.id is None else _text(cell(self.id))
        for part, column in (("expected", self.expected), ("cluster", self.cluster)):
            value = None if column is None or column not in row else cell(column)
            if value is not None and value != "":
                case[part] = _text(value) if part == "cluster" else value
        values = {name: cell(at) for name, at in self.named_slices.items() if at in row}
        case["slices"] = {name: value for name, value in values.items() if value not in (None, "")}
        return tuple(problems) or case


def _text(value: JsonValue) -> JsonValue:
    """A number that serves as a name is text."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value
