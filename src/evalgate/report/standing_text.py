"""That the first verdict on a candidate stands, and what can change it."""

from evalgate.domain.decision import Decision
from evalgate.report.said import on_screen

REMEDY = (
    "a second run changes no verdict: change the candidate,"
    " or answer each case more often from the start (--trials)"
)


def standing_lines(decision: Decision) -> list[str]:
    """Which run's verdict this is, what this run alone would say, and the remedy."""
    if (standing := decision.standing) is None:
        return []
    first, alone = standing.first, standing.alone
    own = on_screen(decision.candidate.run_id)
    return [
        first_line(first.candidate.run_id, first.verdict, first.exit_code),
        f"this run alone ({own}) {_words(alone.verdict, alone.exit_code)}",
        REMEDY,
    ]


def first_line(run: str, verdict: str, exit_code: int) -> str:
    """Which run's verdict stands, and what it is."""
    said = _words(verdict, exit_code)
    return f"the first verdict stands: {on_screen(run)} on this commit {said}"


def _words(verdict: str, exit_code: int) -> str:
    was = {"passed": "passed", "failed": "failed", "undecided": "was undecided"}[str(verdict)]
    return f"{was} (exit {exit_code})"
