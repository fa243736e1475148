"""What a run would do."""

from typing import Literal

from evalgate.domain.estimate import Estimate
from evalgate.domain.record import Record


class PlannedRun(Record):
    """Where one side's run would come from.

    It is `stored`, a stored run `answers` for it, a stored run's answers are `judged_again`, or
    it is `asked`.
    """

    name: str
    how: Literal["stored", "answers", "judged_again", "asked"]
    run_id: str = ""
    price: Estimate | None = None  # of asking; None when nobody is asked


class Plan(Record):
    """What `evalgate run` would ask, and what stored runs answer already."""

    schema_version: Literal[1] = 1
    suite: str
    evalset: str
    cases: int
    trials: int = 1  # how often each case would be answered
    selection: str
    judges: tuple[str, ...]
    baseline: PlannedRun | None
    first_run: bool
    candidate: PlannedRun
    rules: int
