"""A project whose candidate and judge ask models over HTTP, and what a command leaves on disk."""

import itertools
import os
import re
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing

from evalgate.domain.run import JudgedCase
from evalgate.results.reading import open_run
from model_stub import ModelStub
from small_project import Outcome, ProjectOnDisk, lines

# few attempts, so that nothing waits long; the second is for endpoints that nobody answers at
HASTY = "timeout_s: 20, max_attempts: 2, max_wait_s: 40"
GIVES_UP = "timeout_s: 20, max_attempts: 2, max_wait_s: 2"
RIGHT = ["say=right"] * 20
GREEN = "verdict: passed (exit 0)"
NO_VERDICT = "verdict: undecided (low coverage), blocks (exit 4)"
PROMPT = "Reply as the question says.\n{{ question }}"
RULES = ("{score: correct, at_least: 0.5}",)

GATES = """\
schema_version: 1
providers:
  local: {{base_url: '{base_url}', {provider}}}
{more}suites:
  quiz:
    evalset: quiz@v1
    candidate: new
    baseline: none
    judges: [{judges}]
    rules:
{rules}"""
CHAT = "kind: chat\nmodel: local:/m\nprompt: |-\n  {prompt}\n"
PROMPT_JUDGE = """\
kind: prompt
model: local:/judge
prompt_file: prompt.md
scale: {kind: binary}
"""
JUDGE_PROMPT = "Question: {{ inputs.question }}\nAnswer:\n{{ answer }}\n"
GENAI_JUDGE = """\
kind: genai_metric
model: local:/judge
definition: The answer is right.
grading_prompt: |
  Score 0: it is wrong.
  Score 1: it is right.
scale: {kind: binary}
"""
RUN_LINE = re.compile(r"run: [0-9.-]+-new-[0-9a-f]{4}")
_FENCED = re.compile(r"Answer:\n<answer-\w+>\n(.*)\n</answer-\w+>", re.DOTALL)


def gates(
    stub: ModelStub,
    *,
    provider: str = HASTY,
    rules: Sequence[str] = RULES,
    more: str = "",
    judges: str = "correct",
) -> str:
    """Rules on what a judge says whose model is on the stub; `provider` says how it is asked."""
    written = "".join(f"      - {rule}\n" for rule in rules)
    return GATES.format(
        base_url=stub.base_url, provider=provider, more=more, judges=judges, rules=written
    )


def live(stub: ModelStub, orders: Sequence[str], gates_text: str | None = None) -> dict[str, str]:
    """A project with one case for each of the stub's orders, such as `fault=429*1 say=right`."""
    asked = [
        {"id": f"q{number}", "inputs": {"question": f"question {number}: {each}"}}
        for number, each in enumerate(orders, 1)
    ]
    return {
        "gates.yaml": gates(stub) if gates_text is None else gates_text,
        "evalsets/quiz/evalset.yaml": "schema_version: 1\ndescription: A quiz.\nlicence: CC0-1.0\n",
        "evalsets/quiz/v1.jsonl": lines(asked),
        "candidates/new.yaml": CHAT.format(prompt=PROMPT.replace("\n", "\n  ")),
        "judges/correct/judge.yaml": PROMPT_JUDGE,
        "judges/correct/prompt.md": JUDGE_PROMPT,
    }


def judging(
    verdict: Callable[[str], str], *, then: str = "", after: int = sys.maxsize
) -> Callable[[str, str], str]:
    """A voice whose candidate does as a question says, and whose judge does as `verdict` says.

    `verdict` takes the answer that is judged. Whoever comes `after` so many is told `then`.
    """
    heard = itertools.count()

    def voice(model: str, message: str) -> str:
        if next(heard) >= after:
            return then
        if model != "judge":
            return message
        found = _FENCED.search(message)
        return verdict(found.group(1) if found else message)

    return voice


def fairly(answer: str) -> str:
    """Find `right` right and everything else wrong."""
    return f"say=score: {int(answer == 'right')}\njustification: it says {answer}"


def models_asked(stub: ModelStub) -> dict[str, int]:
    """How often each model was asked."""
    return dict(Counter(str(body["model"]) for body in stub.bodies))


def recorded(repo: ProjectOnDisk) -> int:
    """How many replies are on disk."""
    path = repo.root / ".evalgate" / "recordings.db"
    if not path.exists():
        return 0
    with closing(sqlite3.connect(path)) as link:
        return int(link.execute("SELECT count(*) FROM replies").fetchone()[0])


def last_run(repo: ProjectOnDisk) -> dict[str, JudgedCase]:
    """The cases of the newest run, by name."""
    run = open_run(repo.root / ".evalgate" / "runs" / repo.runs()[-1])
    return {case.id: case for case in run.cases()}


def told(outcome: Outcome) -> list[str]:
    """What stderr says beside the run's name, and beside how to look at a case of it."""
    lines_of_err = outcome.err.splitlines()
    assert RUN_LINE.fullmatch(lines_of_err[-1])
    return [line for line in lines_of_err[:-1] if not line.startswith("look at one: ")]


def verdict_of(outcome: Outcome) -> str:
    """The line that says what was decided."""
    return outcome.out.rstrip("\n").splitlines()[-1]


def start(
    repo: ProjectOnDisk, *argv: str, file_bytes: int | None = None
) -> "subprocess.Popen[str]":
    """Begin a command in a process of its own, in which no file may grow beyond `file_bytes`."""
    return subprocess.Popen(
        [sys.executable, "-c", STARTED, str(file_bytes or -1), *argv],
        cwd=repo.root,
        env=dict(os.environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
    )


# a shell that starts its jobs in the background has them ignore SIGINT, and children inherit it
STARTED = """
import resource, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
most = int(sys.argv.pop(1))
if most > 0:
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
sys.argv[0] = "evalgate"
from evalgate.cli import main
main()
"""
