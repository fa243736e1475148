"""A run made worse on purpose: what the rules say of it shows what they can find."""

from dataclasses import replace
from random import Random

from evalgate.domain.scale import MEASURED_SCORES
from evalgate.domain.sheet import CaseMark, Column, Marks, Scoresheet, marks_of


def planted_columns(sheet: Scoresheet) -> list[str]:
    """The scores that can be made worse: those of judges, on a scale with a worst end."""
    return [
        name
        for name, column in sheet.columns.items()
        if name not in MEASURED_SCORES and column.scale.worst is not None
    ]


def plant(sheet: Scoresheet, share: float, chance: Random) -> Scoresheet:
    """Give a share of all cases the worst score; only cases that have something to lose."""
    names = planted_columns(sheet)
    columns = {name: sheet.columns[name] for name in names}
    losing = [
        case
        for case in sheet.cases
        if any(
            mark != column.scale.worst
            for column in columns.values()
            for mark in marks_of(column, case)
        )
    ]
    wanted = min(round(share * len(sheet.cases)), len(losing))
    chosen = frozenset(chance.sample(losing, wanted))
    positions = {case: place for place, case in enumerate(sheet.cases)}

    def marked(column: Column) -> Column:
        worst = column.scale.worst
        assert worst is not None, "only scores with a worst end are planted in"
        worst_of_all: CaseMark = (worst,) * column.trials if column.trials > 1 else worst
        marks = [worst_of_all if case in chosen else column.marks[case] for case in sheet.cases]
        return Column(column.scale, Marks(positions, marks), column.trials)

    planted = {name: marked(column) for name, column in columns.items()}
    # another run: held against the one that it was made from, it is not the same any longer
    return replace(sheet, columns={**sheet.columns, **planted}, run_id="")
