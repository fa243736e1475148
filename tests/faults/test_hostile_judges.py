"""Judges that do what no function should: none of it becomes a verdict."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from small_project import EVALSET, RECORDED, MakeProject, answers, cases

GATES = """\
schema_version: 1
suites:
  quiz:
    evalset: quiz@v1
    candidate: new
    judges: [py]
    rules:
      - {score: py, at_least: 0.5}
"""
JUDGE = "kind: python\nfunction: py:f\nscale: {kind: binary}\n"
HEAD = "def f(inputs, expected, answer):\n"


def judged_by(code: str) -> dict[str, str]:
    """Forty answers, thirty of them right, and a judge made of `code`."""
    return {
        "gates.yaml": GATES,
        "evalsets/quiz/evalset.yaml": EVALSET,
        "evalsets/quiz/v1.jsonl": cases(40),
        "candidates/new.yaml": RECORDED.format(name="new"),
        "candidates/new.jsonl": answers([True] * 30 + [False] * 10),
        "judges/py/judge.yaml": JUDGE,
        "judges/py/py.py": code,
    }


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(
            "import asyncio\n" + HEAD + "    if answer != expected:\n"
            "        raise asyncio.CancelledError\n    return 1\n",
            id="cancelled on the wrong answers",
        ),
        pytest.param(
            "import asyncio\nasync " + HEAD + "    if answer != expected:\n"
            "        raise asyncio.CancelledError\n    return 1\n",
            id="async, cancelled on the wrong answers",
        ),
        pytest.param(
            "class Boom(BaseException):\n    pass\n"
            + HEAD
            + "    if answer != expected:\n        raise Boom\n    return 1\n",
            id="an exception beside Exception",
        ),
        pytest.param(
            HEAD + "    if answer != expected:\n        raise KeyboardInterrupt\n    return 1\n",
            id="a Ctrl-C that nobody typed",
        ),
        pytest.param(
            "class W(float):\n    def __float__(self):\n        raise ValueError\n"
            + HEAD
            + "    return 1 if answer == expected else W(1)\n",
            id="a number that cannot be read",
        ),
        pytest.param(
            "class D(dict):\n    def keys(self):\n        raise ValueError\n"
            + HEAD
            + "    return 1 if answer == expected else D(score=1)\n",
            id="a mapping that cannot be read",
        ),
    ],
)
def test_what_a_judge_throws_is_no_verdict(project: MakeProject, code: str) -> None:
    """The cases stay, without a score: a quarter is too much to go without, and nothing passes."""
    repo = project(judged_by(code))

    outcome = repo.run("run")

    assert outcome.code == 4
    assert outcome.out.endswith("verdict: undecided (low coverage), blocks (exit 4)\n")
    assert "40: 30 scored, 10 unscored" in outcome.out


def test_what_a_judge_prints_is_not_the_result(project: MakeProject) -> None:
    """Stdout holds the decision and nothing else."""
    code = "print('{at import}')\n" + HEAD + "    print('{}')\n    return answer == expected\n"
    repo = project(judged_by(code))

    command = [sys.executable, "-m", "evalgate", "run", "--format", "json"]
    done = subprocess.run(command, cwd=repo.root, capture_output=True, text=True, check=False)

    assert json.loads(done.stdout)["verdict"] == "passed"
    assert done.stderr.count("{}") == 40


def test_a_judge_that_leaves_its_folder_does_not_move_the_reports(project: MakeProject) -> None:
    """A report lands where it was asked for."""
    repo = project(
        judged_by("import os\n" + HEAD + "    os.chdir('/')\n    return answer == expected\n")
    )

    outcome = repo.run("run", "-o", "decision.json")

    assert outcome.code == 0
    assert json.loads(repo.read("decision.json"))["verdict"] == "passed"


@pytest.mark.parametrize("words", ["{}", "[garbage]", '{"loaded": 1}', "\\xff"])
def test_a_judge_that_writes_to_what_it_inherited_is_a_mistake(
    project: MakeProject, words: str
) -> None:
    """The pipe is ours: what else comes through it is said, with the judge's file."""
    write = f"""import os
for number in range(3, 20):
    try:
        os.write(number, b'{words}\\n')
    except OSError:
        pass
"""
    repo = project(judged_by(write + HEAD + "    return 1\n"))

    outcome = repo.run("run")

    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("error: judges/py/py.py: wrote to a descriptor that it inherited")


@pytest.mark.slow
@pytest.mark.parametrize("where", ["at import", "in a call"])
def test_a_judge_cannot_leave_with_a_code_of_its_own(project: MakeProject, where: str) -> None:
    """`os._exit(0)` would be green."""
    code = "import os\n" + ("os._exit(0)\n" if where == "at import" else "")
    code += HEAD + ("    os._exit(0)\n" if where == "in a call" else "    return 1\n")
    repo = project(judged_by(code))

    command = [sys.executable, "-m", "evalgate", "run"]
    done = subprocess.run(command, cwd=repo.root, capture_output=True, check=False)

    assert done.returncode == (2 if where == "at import" else 4)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("streams", "code"),
    [
        pytest.param(">&-", 0, id="stdout closed"),
        pytest.param("2>&-", 0, id="stderr closed"),
        pytest.param("<&- >&- 2>&-", 0, id="all closed"),
        pytest.param("2>/dev/full", 0, id="stderr full"),
        pytest.param(">/dev/full", 4, id="stdout full"),
    ],
)
def test_closed_streams_change_no_verdict(project: MakeProject, streams: str, code: int) -> None:
    """1 is the gate's no, and only the gate says it."""
    repo = project(judged_by(HEAD + "    return answer == expected\n"))

    done = subprocess.run(
        f"{sys.executable} -m evalgate run {streams}", shell=True, cwd=repo.root, check=False
    )

    assert done.returncode == code


@pytest.mark.slow
def test_a_terminal_that_knows_only_ascii_is_no_bug(project: MakeProject) -> None:
    """What it cannot show is written in escapes."""
    repo = project(judged_by(HEAD + "    return answer == expected\n"))
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C"}

    done = subprocess.run(
        [sys.executable, "-m", "evalgate", "run"],
        cwd=Path(repo.root),
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0
    assert done.stdout.endswith("verdict: passed (exit 0)\n")
    assert "\\u2713" in done.stdout
