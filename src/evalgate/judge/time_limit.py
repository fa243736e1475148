"""What a judge says when its time is up."""

from evalgate.domain.judgement import Unscored


def too_late(timeout_s: float) -> Unscored:
    """Blame the judge, never the candidate."""
    return Unscored(cause="judge_error", detail=f"no verdict within {timeout_s:g} s")
