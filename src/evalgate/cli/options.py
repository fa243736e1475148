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
FormatOption = Annotated[
    Format, typer.Option("--format", metavar="table|json|md", help="How the result is printed.")
]
InFlightOption = Annotated[
    int,
    typer.Option(
        "-j", "--in-flight", metavar="N", min=1, max=1024, help="Cases under way at once."
    ),
]
SuiteArgument = Annotated[
    str | None, typer.Argument(metavar="[SUITE]", help="A suite of gates.yaml.")
]
SuitesArgument = Annotated[
    str | None, typer.Argument(metavar="[SUITE]", help="All of them if left out.")
]
SuiteOption = Annotated[
    str | None, typer.Option("--suite", metavar="SUITE", help="Which suite of gates.yaml.")
]
TopOption = Annotated[
    int, typer.Option("--top", metavar="N", min=0, help="How many of the worsened cases are shown.")
]
RunArgument = Annotated[
    str,
    typer.Argument(
        metavar="RUN", help="A run, the beginning of its name, or `latest`, the one reported last."
    ),
]
BaselineOption = Annotated[
    str | None,
    typer.Option(
        "--baseline",
        metavar="VERSION",
        help="A candidate, git:REF, run:ID, file[:PATH] or none.",
    ),
]
BaseOption = Annotated[
    str,
    typer.Option(
        "--base", metavar="REF", help="A pull request's base: its gates, judges, cases decide."
    ),
]
TrialsOption = Annotated[
    int | None,
    typer.Option(
        "--trials", metavar="K", min=1, max=100, help="Answer each case K times, not as the suite."
    ),
]
OfflineOption = Annotated[
    bool, typer.Option("--offline", help="Ask no model: use recorded replies alone.")
]
NoCacheOption = Annotated[
    bool, typer.Option("--no-cache", help="Ask every model anew, and record what it says.")
]
BudgetOption = Annotated[
    float | None,
    typer.Option("--budget-usd", metavar="USD", min=0, help="End before more is spent."),
]
