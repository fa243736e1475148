"""Lines of `nights.jsonl`, as nights would write them."""

import datetime as dt
from typing import Any

from evalgate.domain.finding import Outcome, Verdict
from evalgate.domain.night import PastNight

DAY = dt.date(2026, 11, 21)
DIGEST = "sha256:" + "ab" * 32


def past(number: int, suite: str = "quiz", **facts: Any) -> PastNight:
    """One suite in one night; nights are numbered from 1."""
    known: dict[str, Any] = {
        "suite": suite,
        "date": DAY + dt.timedelta(days=number),
        "commit": "a" * 40,
        "workflow_run": number,
        "run_id": f"run-{number}",
        "candidate": "v2",
        "candidate_digest": DIGEST,
        "evalset": "quiz@v1",
        "evalset_digest": DIGEST,
        "judges": {"exact_match": DIGEST},
        "verdict": Verdict.PASSED,
        "outcome": Outcome.GREEN,
        "exit_code": 0,
        "rules": (),
    }
    return PastNight.model_validate({**known, **facts})
