"""Projects with something wrong in them, and what all tests of faults ask of a command."""

from collections.abc import Sequence

from small_project import GATES, Outcome, quiz

GOOD = [True] * 40
NEARLY = [True] * 39 + [False]  # another file than GOOD, so that it is a candidate of its own

TWO_RULES = """\
      - {score: exact_match, at_least: 0.5}
      - {score: exact_match, max_drop: 0.1}
"""
COMMAND = "kind: command\ncommand: [python3, app.py]\ntimeout_s: {timeout_s}\n"
FUNCTION = "kind: python\nfunction: app:answer\ntimeout_s: {timeout_s}\n"
CODE_JUDGE = "kind: python\nfunction: grade:grade\nscale: {kind: binary}\n"
RECORDED_SCORES = "kind: recorded\nfile: said.jsonl\nscore: score\nscale: {kind: binary}\n"
RECORDED_REPLIES = (
    "kind: recorded\nfile: said.jsonl\nreply: reply\n"
    'read: {starts_with: {"yes": 1, "no": 0}}\nscale: {kind: binary}\n'
)


def gates(*rules: str, judges: str = "exact_match") -> str:
    """The quiz's gates with other rules; the first of them is on line 9."""
    written = "".join(f"      - {rule}\n" for rule in rules)
    return GATES.replace(TWO_RULES, written).replace("[exact_match]", f"[{judges}]")


def code_judge(code: str, *rules: str) -> dict[str, str]:
    """Files of a judge `mine` whose function is `code`, and gates that rest on it alone."""
    return {
        "gates.yaml": gates(*(rules or ("{score: mine, at_least: 0.5}",)), judges="mine"),
        "judges/mine/judge.yaml": CODE_JUDGE,
        "judges/mine/grade.py": code,
    }


def recorded_judge(judge: str, said: str, *rules: str) -> dict[str, str]:
    """Files of a judge `mine` that was recorded, and gates that rest on it alone."""
    return {
        "gates.yaml": gates(*(rules or ("{score: mine, at_least: 0.5}",)), judges="mine"),
        "judges/mine/judge.yaml": judge,
        "judges/mine/said.jsonl": said,
    }


def asked(
    kind: str, code: str, *, cases: int = 40, timeout_s: float = 20, suite: str = GATES
) -> dict[str, str]:
    """A quiz whose candidate `new` is asked: `kind` is COMMAND or FUNCTION, app.py is `code`."""
    right: Sequence[bool] = [True] * cases
    return {
        **quiz(right, right, suite),
        "candidates/new.yaml": kind.format(timeout_s=timeout_s),
        "app.py": code,
    }


def refused(*told: str) -> Outcome:
    """The outcome of a mistake: exit 2, every fault on a line of its own, and no result."""
    return Outcome(2, "", "error: " + "".join(f"{line}\n" for line in told))


def verdict(outcome: Outcome) -> str:
    """The line that says what was decided."""
    return outcome.out.rstrip("\n").splitlines()[-1]
