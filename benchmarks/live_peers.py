"""The other drivers of live.py: a bare loop, and the peers where somebody has installed them."""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from live_work import Came, Job, came_from, last_line

WORKERS = Path(__file__).with_name("peers")
RUBRIC = "Question: {{question}}\nExpected: {{expected}}\nScore from 1 (wrong) to 5 (right)."


class Worker:
    """A Python program of peers/, in the interpreter that has what it imports."""

    def __init__(self, name: str, program: str, python: str, more: Sequence[str] = ()) -> None:
        self.name = name
        self._program = program
        self._python = python
        self._more = more

    def missing(self) -> str:
        """Say which library its interpreter does not have."""
        library = {"pydantic_evals_loop.py": "pydantic_evals", "mlflow_evaluate.py": "mlflow"}
        wanted = library.get(self._program)
        if wanted is None:
            return ""
        if not shutil.which(self._python):
            return f"there is no {self._python}"
        asked = [self._python, "-c", f"import {wanted}, openai"]
        found = subprocess.run(asked, capture_output=True, check=False)
        return f"{self._python} cannot import {wanted} and openai" if found.returncode else ""

    def prepare(self, job: Job) -> None:
        """Leave what a first run made, MLflow's database among it."""
        job.folder.mkdir(exist_ok=True)
        job.answers.unlink(missing_ok=True)

    def command(self, job: Job) -> Sequence[str]:
        """Start the program."""
        given = (str(job.cases), job.base_url, str(job.plan.in_flight), str(job.answers))
        return (self._python, str(WORKERS / self._program), *given, *self._more)

    def came(self, job: Job) -> Came:
        """Read its answers, if it wrote any."""
        if not job.answers.exists():
            return Came(0, None, last_line(job))
        lines = job.answers.read_text(encoding="utf-8").splitlines()
        return came_from([json.loads(line)["score"] for line in lines], last_line(job))


class Promptfoo:
    """`promptfoo eval` with an llm-rubric; `folder` is where npm has put it."""

    name = "promptfoo"

    def __init__(self, folder: Path) -> None:
        self._program = folder / "node_modules/.bin/promptfoo"

    def missing(self) -> str:
        """Say what is not there, or does not start."""
        if not self._program.exists():
            return f"there is no {self._program}"
        found = subprocess.run([self._program, "--version"], capture_output=True, check=False)
        return f"{self._program} does not start: is node new enough?" if found.returncode else ""

    def prepare(self, job: Job) -> None:
        """Write its configuration; its own database stays."""
        job.folder.mkdir(exist_ok=True)
        job.answers.unlink(missing_ok=True)

        def provider(model: str) -> dict[str, object]:
            config = {"apiBaseUrl": job.base_url, "apiKey": "none", "temperature": 0}
            return {"id": f"openai:chat:{model}", "config": config}

        cases = [json.loads(line) for line in job.cases.read_text().splitlines()]
        tests = [{"vars": {**case["inputs"], "expected": case["expected"]}} for case in cases]
        config = {
            "prompts": ["{{question}}"],
            "providers": [provider("candidate")],
            "defaultTest": {
                "options": {"provider": provider("judge")},
                "assert": [{"type": "llm-rubric", "value": RUBRIC}],
            },
            "tests": tests,
        }
        (job.folder / "promptfooconfig.json").write_text(json.dumps(config))

    def command(self, job: Job) -> Sequence[str]:
        """Start it with everything off that would leave the machine."""
        quiet = ("DISABLE_TELEMETRY", "DISABLE_UPDATE", "DISABLE_REMOTE_GENERATION")
        settings = [f"PROMPTFOO_{name}=1" for name in quiet]
        settings.append(f"PROMPTFOO_CONFIG_DIR={job.folder / 'own'}")
        flags = ("--no-cache", "--no-table", "--no-progress-bar", "-o", "out.json")
        command = (str(self._program), "eval", "-c", "promptfooconfig.json", *flags)
        return ("env", *settings, *command, "-j", str(job.plan.in_flight))

    def came(self, job: Job) -> Came:
        """Read its report."""
        try:
            told = json.loads((job.folder / "out.json").read_text())["results"]
        except (OSError, ValueError):
            return Came(0, None, last_line(job))
        graded = [each.get("gradingResult") or {} for each in told["results"]]
        first = [(each.get("componentResults") or [{}])[0] for each in graded]
        stats = told["stats"]
        words = f"{stats['successes']} passed, {stats['failures']} failed, {stats['errors']} errors"
        return came_from([each.get("score") for each in first], words)


def bare(name: str = "bare aiohttp loop", timeout_s: float = 600.0) -> Worker:
    """The loop that everybody is held against."""
    return Worker(name, "bare_loop.py", sys.executable, (str(timeout_s),))


def peers(python: str, promptfoo: Path) -> tuple[Worker | Promptfoo, ...]:
    """The peers, whether they are there or not."""
    return (
        Worker("pydantic-evals", "pydantic_evals_loop.py", python),
        Promptfoo(promptfoo),
        Worker("mlflow.evaluate + make_genai_metric", "mlflow_evaluate.py", python),
    )
