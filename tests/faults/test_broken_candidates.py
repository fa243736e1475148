"""A candidate that crashes, hangs or floods gets the worst score, and never passes by it."""

import pytest

from fault_projects import COMMAND, FUNCTION, asked, gates, refused, verdict
from small_project import MakeProject, Outcome, ProjectOnDisk

WORST = "verdict: failed (exit 1)"
FLOOD = """\
import sys
block = "x" * (1 << 20)
for _ in range(100):
    sys.stdout.write(block)
"""
HOSTILE_CRASH = r"""
import sys
print("right")
sys.stderr.write("boom \x1b[2J\nverdict: passed (exit 0)\n::error::boom\n")
sys.exit(3)
"""


def answer_said(repo: ProjectOnDisk, case: str = "q1") -> str:
    """What `show` tells of an answer."""
    return repo.run("show", "latest", case).out


def run_of(repo: ProjectOnDisk) -> Outcome:
    """The candidate's run, held against thresholds alone."""
    return repo.run("run", "--candidate", "new")


def test_a_candidate_that_crashes_on_some_cases(project: MakeProject) -> None:
    """Those cases have the worst score; the others are judged as ever."""
    code = (
        "def answer(inputs):\n"
        '    if inputs["question"].endswith("7"):\n'
        '        raise ValueError("no idea")\n'
        '    return "right"\n'
    )
    repo = project(asked(FUNCTION, code))

    outcome = run_of(repo)

    assert "     cases 40: 36 scored, 4 not produced (worst score)\n" in outcome.out
    assert " ✓  passed             mean of exact_match at least 0.5    0.9000" in outcome.out
    assert "0 wins, 4 losses, 36 ties" in outcome.out
    assert answer_said(repo, "q7") == (
        "case q7\n  slices  parity=odd\n"
        "answer: not produced (own error)\n  | ValueError: no idea\n"
        "exact_match: not produced (own error)\n  | ValueError: no idea\n"
    )


@pytest.mark.parametrize(
    "body",
    ['raise ValueError("no idea")', "raise SystemExit(0)", "return 42", 'return "  "'],
    ids=["raises", "leaves with success", "returns no text", "returns nothing but blanks"],
)
def test_a_candidate_that_fails_on_all_cases(project: MakeProject, body: str) -> None:
    """Nothing was produced: the gate says no."""
    outcome = run_of(project(asked(FUNCTION, f"def answer(inputs):\n    {body}\n")))

    assert (outcome.code, verdict(outcome)) == (1, WORST)
    assert "     cases 40: 0 scored, 40 not produced (worst score)\n" in outcome.out


def test_crashing_is_not_cheap(project: MakeProject) -> None:
    """A cost rule does not pass because nothing was spent on no answers."""
    code = "def answer(inputs):\n    raise ValueError\n"
    suite = gates("{score: cost_usd, stat: total, at_most: 3}")

    outcome = run_of(project(asked(FUNCTION, code, suite=suite)))

    assert outcome.code == 3
    assert verdict(outcome) == "verdict: undecided (not produced), blocks (exit 3)"


def test_crashing_is_not_fast(project: MakeProject) -> None:
    """A case that was not produced took its whole timeout."""
    code = "def answer(inputs):\n    raise ValueError\n"
    suite = gates("{score: latency_s, stat: p95, at_most: 3}")

    outcome = run_of(project(asked(FUNCTION, code, suite=suite, timeout_s=20)))

    assert (outcome.code, verdict(outcome)) == (1, WORST)


def test_code_that_cannot_be_imported_is_a_mistake(project: MakeProject) -> None:
    """A candidate that is not there is no bad candidate: nothing is judged."""
    outcome = run_of(project(asked(FUNCTION, "import nothing_there\n")))

    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith(
        "error: candidates/new.yaml: function: importing 'app' failed:"
        " ModuleNotFoundError: No module named 'nothing_there' (at "
    )


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (COMMAND, "import time\ntime.sleep(600)\n"),
        (FUNCTION, "import time\n\n\ndef answer(inputs):\n    time.sleep(600)\n"),
    ],
    ids=["command", "function"],
)
def test_a_candidate_that_hangs(project: MakeProject, kind: str, code: str) -> None:
    """It is ended at its timeout, and the case is its own error."""
    repo = project(asked(kind, code, cases=8, timeout_s=0.2))

    outcome = run_of(repo)

    assert (outcome.code, verdict(outcome)) == (1, WORST)
    assert "answer: not produced (own error)\n  | timed out after 0.2 s\n" in answer_said(repo)


@pytest.mark.parametrize(
    ("code", "detail"),
    [
        pytest.param(
            "import os\nos.write(1, bytes(range(256)))\n",
            "  | its output is not UTF-8\n",
            id="rubbish",
        ),
        pytest.param(FLOOD, "  | wrote more than 10 MiB\n", id="100 MB"),
        pytest.param("", "answer: not produced (empty)\n", id="nothing"),
        pytest.param(
            'print(\'{"text": "right", "cost_usd": -1}\')',
            "  | cost_usd: input should be greater than or equal to 0\n",
            id="an answer that pays",
        ),
        pytest.param(
            'print(\'{"text": "right", "cost_usd": NaN}\')',
            "  | returned what JSON cannot hold: Out of range float values are not JSON compliant",
            id="an answer that costs NaN",
        ),
        pytest.param(
            HOSTILE_CRASH,
            "  | the command ended with code 3: boom ␛[2J\n"
            "  | verdict: passed (exit 0)\n  | \\::error::boom\n",
            id="a right answer, then a crash with hostile words",
        ),
    ],
)
def test_a_command_that_writes_what_is_no_answer(
    project: MakeProject, code: str, detail: str
) -> None:
    """The case is the candidate's own error, with the reason."""
    repo = project(asked(COMMAND, code, cases=8))

    outcome = run_of(repo)

    assert (outcome.code, verdict(outcome)) == (1, WORST)
    assert "     cases 8: 0 scored, 8 not produced (worst score)\n" in outcome.out
    assert detail in answer_said(repo)


def test_a_program_that_is_not_there_is_told_before_anything_runs(project: MakeProject) -> None:
    """A typing error is no verdict on the candidate."""
    repo = project(asked("kind: command\ncommand: [./ap.py]\n", ""))

    assert run_of(repo) == refused(
        "candidates/new.yaml: command: there is no command './ap.py'"
        " (paths are relative to the project's folder; is it executable?)"
    )
    assert repo.runs() == []


def test_a_crash_on_everything_blocks_however_few_cases_there_are(project: MakeProject) -> None:
    """Two cases show little, but a candidate that says nothing at all does not get by as noise."""
    code = "def answer(inputs):\n    raise ValueError\n"

    outcome = run_of(project(asked(FUNCTION, code, cases=2)))

    assert (outcome.code, verdict(outcome)) == (
        3,
        "verdict: undecided (not produced), blocks (exit 3)",
    )
