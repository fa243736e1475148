"""What was decided on a run, beside the run: the first verdict is what was said then."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from evalgate.domain.backtest import PastVerdict
from evalgate.domain.decision import Decision

VERDICTS = "verdicts.jsonl"


def remember_verdict(folder: Path, decision: Decision) -> None:
    """Add a verdict to those on a run, unless it is the newest of them again.

    Raises OSError when the disk does not take it.
    """
    more = decision.standing or decision.policy
    said = PastVerdict(
        suite=decision.suite,
        baseline=decision.baseline.run_id if decision.baseline else "",
        verdict=decision.verdict,
        outcome=decision.outcome,
        exit_code=decision.exit_code,
        alone=more.alone if more else None,
        decided_on=decision.decided_on,
    )
    line = said.model_dump_json().encode() + b"\n"
    with (folder / VERDICTS).open("a+b") as file:
        file.seek(0)
        kept = file.read()
        if not kept.endswith(line):
            # a kill may have cut the last line off; its rest must not swallow this one
            file.write(b"\n" + line if kept and not kept.endswith(b"\n") else line)


def first_verdict(folder: Path, suite: str) -> PastVerdict | None:
    """What a suite said of the run at first; None where nobody kept it."""
    return next((said for said in _read(folder) if said.suite == suite), None)


def last_verdict(folder: Path, suite: str) -> PastVerdict | None:
    """What a suite said of the run last; None where nobody kept it."""
    return next((said for said in reversed(list(_read(folder))) if said.suite == suite), None)


def _read(folder: Path) -> Iterator[PastVerdict]:
    """Every verdict; a line that a kill has cut off is none."""
    path = folder / VERDICTS
    for line in path.read_bytes().splitlines() if path.exists() else ():
        with suppress(ValueError):
            yield PastVerdict.model_validate_json(line)
