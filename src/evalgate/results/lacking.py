"""What a run lacks, gathered from its cases."""

from evalgate.domain.missing import Missing, missing_in
from evalgate.results.reading import StoredRun


def missing_of(run: StoredRun) -> tuple[Missing, ...]:
    """Why answers and scores are missing; the cases of a run that is whole are not read again."""
    own = run.manifest
    lacks = own.unanswered or own.unjudged or any(own.unscored.values())
    if own.status != "running" and not lacks:
        return ()
    return missing_in(own, run.cases())
