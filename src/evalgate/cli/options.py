"""The flags that several commands share."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Format(StrEnum):
    """How the result is printed."""

    TABLE = "table"
    JSON = "json"
    MD = "md"


OutputOption = Annotated[
    list[Path] | None,
    typer.Option(
        "-o",
        "--output",
        metavar="FILE",
        help="Also write a report; its ending says which: .json .md .csv .xml. May be repeated.",
    ),
]
FormatOption = Annotated[Format, typer.Option("--format", help="How the result is printed.")]
InFlightOption = Annotated[
    int, typer.Option("-j", "--in-flight", min=1, max=1024, help="Cases under way at once.")
]
SuiteOption = Annotated[
    str | None, typer.Option("--suite", metavar="SUITE", help="Which suite of gates.yaml.")
]
TopOption = Annotated[
    int, typer.Option("--top", min=0, help="How many of the worsened cases are shown.")
]
