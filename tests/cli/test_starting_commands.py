"""The command line itself: how it starts, where it looks, how it leaves."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from command_scenarios import CERTAIN, MANY
from doc_pages import PROJECT
from small_project import MakeProject, quiz

EVALGATE = (sys.executable, "-m", "evalgate")


def process(folder: Path, *argv: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run evalgate in a process of its own, with MLflow's default database."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("MLFLOW_") and name not in {"CI", "NO_COLOR"}
    }
    return subprocess.run(
        [*EVALGATE, *argv],
        cwd=folder,
        env=kept | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


STARTED = """
import pathlib, sys

def heard(event, said):
    if event == "subprocess.Popen" and "evalgate.pipeline.aside_host" in said[1]:
        pathlib.Path("started").write_text("late" if "typer" in sys.modules else "early")

sys.addaudithook(heard)
"""


@pytest.mark.parametrize(
    ("command", "started"),
    [
        ("run --nonsense", ["early"]),
        ("compare --nonsense", ["early"]),
        ("run --help", []),
        ("run --dry-run --nonsense", []),
        ("check --nonsense", []),
    ],
)
def test_a_run_starts_mlflow_before_its_own_words_are_read(
    tmp_path: Path, command: str, started: list[str]
) -> None:
    """A run waits for MLflow longer than for anything of ours, and nothing else does."""
    (tmp_path / "sitecustomize.py").write_text(STARTED, encoding="utf-8")

    process(tmp_path, *command.split(), PYTHONPATH=str(tmp_path))

    assert [path.read_text() for path in tmp_path.glob("started")] == started


@pytest.mark.slow
def test_a_first_project_compares_its_two_versions_at_once(tmp_path: Path) -> None:
    """`init` and `compare v1 v2` need no key, no flag and no database that is there already."""
    begun = process(tmp_path, "init")
    compared = process(tmp_path, "compare", "v1", "v2")

    assert (begun.returncode, begun.stderr) == (0, "")
    assert begun.stdout == (
        "wrote .gitignore\n"
        "wrote candidates/v1.yaml\n"
        "wrote candidates/v2.yaml\n"
        "wrote evalsets/capitals/evalset.yaml\n"
        "wrote evalsets/capitals/v1.jsonl\n"
        "wrote gates.yaml\n"
        "wrote judges/correct/judge.yaml\n"
        "wrote judges/names_it/judge.yaml\n"
        "\nnow run: evalgate compare v1 v2\n"
        "no LLM is called yet; for a real one change the line `model:` in candidates/v1.yaml,\n"
        "candidates/v2.yaml and judges/correct/judge.yaml, as in model: openai:/gpt-4o-mini\n"
    )
    assert (compared.returncode, compared.stderr) == (0, "")
    assert compared.stdout.startswith("capitals: v2 against v1 on capitals@v1\n")
    assert compared.stdout.endswith("\nverdict: passed (exit 0)\n")
    assert (tmp_path / ".evalgate" / "mlflow.db").is_file()


def test_init_touches_nothing_where_something_is(project: MakeProject) -> None:
    """A file that would be overwritten is named, and no other file appears."""
    repo = project({"gates.yaml": "mine"})

    outcome = repo.run("init")

    assert outcome == (2, "", "error: gates.yaml: is there already (use an empty folder)\n")
    assert repo.read("gates.yaml") == "mine"
    assert [path.name for path in repo.root.iterdir()] == ["gates.yaml"]


@pytest.mark.parametrize(
    ("argv", "fault"),
    [
        (["nonsense"], "No such command 'nonsense'."),
        (["run", "--nonsense"], "No such option: --nonsense"),
        (["run", "--limit", "0"], "Invalid value for '--limit': "),
        (["run", "--format", "html"], "Invalid value for '--format': "),
        (["compare"], "Missing argument 'VERSION'."),
    ],
    ids=["unknown command", "unknown flag", "number too small", "unknown format", "no argument"],
)
def test_a_wrong_command_line_is_a_mistake(
    project: MakeProject, argv: list[str], fault: str
) -> None:
    """What cannot be understood exits 2 and prints nothing on stdout."""
    outcome = project({}).run(*argv)

    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith(f"error: {fault}")
    assert outcome.err.count("\n") == 1


def test_without_a_command_the_help_is_shown(project: MakeProject) -> None:
    """Nothing was asked, which is no success; the help keeps its lines."""
    outcome = project({}).run()

    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("Usage: evalgate [OPTIONS] COMMAND [ARGS]...\n")


@pytest.mark.parametrize("group", ["baseline", "ci", "evalset", "recordings"])
def test_a_group_without_a_command_shows_its_help(project: MakeProject, group: str) -> None:
    """As evalgate itself does, in lines and not as an error of one line."""
    repo = project({})

    outcome = repo.run(group)

    assert outcome == (2, "", repo.run(group, "--help").out)
    assert outcome.err.startswith(f"Usage: evalgate {group} [OPTIONS] COMMAND [ARGS]...\n")


def test_the_version_is_told(project: MakeProject) -> None:
    """Which release a report is about, whatever else is on the line."""
    released = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    told = (0, f"evalgate {released}\n", "")

    assert project({}).run("--version") == told
    assert project({}).run("--version", "check") == told


def test_the_version_waits_for_no_more_than_the_help(tmp_path: Path) -> None:
    """Neither looks into packages, nor loads a room that no command was named for."""
    loaded = dict[str, set[str]]()
    for flag in ("--help", "--version"):
        code = (
            "import sys\nfrom evalgate.cli import run\n"
            f"run(['{flag}'])\nsys.stderr.write(' '.join(sys.modules))\n"
        )
        argv = [sys.executable, "-c", code]
        done = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, check=True)
        loaded[flag] = set(done.stderr.split())

    assert loaded["--version"] - loaded["--help"] == set()


def test_help_names_every_command(project: MakeProject) -> None:
    """Asking for help is a success."""
    outcome = project({}).run("--help")

    listed = [line.split()[0] for line in outcome.out.splitlines() if line.startswith("  ")]
    assert (outcome.code, outcome.err) == (0, "")
    for command in ("init", "check", "run", "compare", "gate", "show", "runs", "explain", "verify"):
        assert command in listed


def test_outside_a_project_every_command_says_how_to_begin(project: MakeProject) -> None:
    """Where no folder above holds a gates.yaml there is nothing to evaluate."""
    repo = project({})

    for argv in (["check"], ["run"], ["compare", "a", "b"], ["runs"], ["gate", "latest"]):
        assert repo.run(*argv) == (
            2,
            "",
            (
                "error: there is no gates.yaml here or in a folder above"
                " (`evalgate init` makes a project that runs at once)\n"
            ),
        )


def test_a_folder_of_the_project_is_as_good_as_its_root(
    project: MakeProject, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The project is looked for upwards, and its runs are kept at its root."""
    from evalgate.cli import run

    repo = project(quiz(MANY, MANY))
    monkeypatch.chdir(repo.root / "candidates")

    code = run(["compare", "old", "new"])

    assert code == 0, capsys.readouterr().err
    assert len(repo.runs()) == 2
    assert not (repo.root / "candidates" / ".evalgate").exists()


def test_python_m_evalgate_is_the_same(tmp_path: Path) -> None:
    """The module runs as the script does."""
    done = process(tmp_path, "--help")

    assert (done.returncode, done.stdout.split("\n")[0]) == (
        0,
        "Usage: evalgate [OPTIONS] COMMAND [ARGS]...",
    )


NOT_FOR_CHECK = (
    *("pyreqwest", "asyncio", "mlflow", "scipy", "sqlite3", "evalgate.recordings"),
    *("evalgate.results", "evalgate.tracking", "evalgate.hosting", "evalgate.github"),
    *("evalgate.domain.run", "evalgate.domain.finding", "evalgate.domain.sheet"),
    *("evalgate.domain.chat", "evalgate.domain.template"),
    *("evalgate.gate.quantities", "evalgate.gate.weighing", "evalgate.gate.choosing"),
    *("evalgate.gate.clusters", "evalgate.gate.methods"),
    *("evalgate.gate.deciding", "evalgate.gate.family", "evalgate.judge.text_match"),
    *("evalgate.pipeline.catalogue", "evalgate.pipeline.contenders", "evalgate.sources.worktrees"),
)


def loaded_by(folder: Path, *argv: str) -> set[str]:
    """The modules that a command has imported at its end."""
    code = (
        "import sys\nfrom evalgate.cli import run\n"
        "assert run(sys.argv[1:]) == 0\nsys.stderr.write(' '.join(sys.modules))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *argv],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stderr.split())


def test_check_waits_for_nothing_that_it_does_not_need(project: MakeProject) -> None:
    """Each module costs a millisecond or more; those of a run are left alone."""
    loaded = loaded_by(project(quiz(MANY, MANY)).root, "check")

    assert "evalgate.pipeline.checking" in loaded
    assert loaded & set(NOT_FOR_CHECK) == set()


def test_a_verdict_needs_no_numpy_in_the_command_itself(project: MakeProject) -> None:
    """They take 0.6 s of the processor, in which no reply is looked at; MLflow lives aside."""
    loaded = loaded_by(project(quiz(MANY, MANY)).root, "compare", "old", "new")

    assert "evalgate.gate.distributions" in loaded
    assert loaded & {"numpy", "scipy", "pandas", "mlflow"} == set()


def test_plugins_of_pydantic_stay_out_of_our_validation(
    project: MakeProject, tmp_path: Path
) -> None:
    """A command looks for none, a program that uses the package keeps its own."""
    plugin = tmp_path / "packages" / "tracer-1.dist-info"
    plugin.mkdir(parents=True)
    (plugin / "METADATA").write_text("Metadata-Version: 2.1\nName: tracer\nVersion: 1\n")
    (plugin / "entry_points.txt").write_text("[pydantic]\ntracer = tracer:tracer\n")
    code = "print('the tracer is here')\nclass tracer:\n    new_schema_validator = None\n"
    (plugin.parent / "tracer.py").write_text(code.replace("None", "lambda *_: (None,) * 3"))
    root = project(quiz(MANY, MANY)).root
    package = [sys.executable, "-c", "import evalgate.domain.scale"]

    command = process(root, "check", PYTHONPATH=str(plugin.parent))
    program = subprocess.run(
        package,
        env=os.environ | {"PYTHONPATH": str(plugin.parent)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (command.returncode, "tracer" in command.stdout) == (0, False), command.stderr
    assert program.stdout == "the tracer is here\n", program.stderr


def test_a_reader_that_goes_early_is_no_verdict(project: MakeProject) -> None:
    """`evalgate ... | head -1` ends neither with a traceback nor with 0 or with 1, our no."""
    repo = project(quiz(MANY, MANY, CERTAIN))
    reading, writing = os.pipe()
    os.close(reading)

    done = subprocess.run(
        [*EVALGATE, "check"], cwd=repo.root, stdout=writing, stderr=subprocess.PIPE, check=False
    )
    os.close(writing)

    assert (done.returncode, done.stderr) == (4, b"")


def test_a_full_disk_behind_stdout_is_no_verdict(project: MakeProject) -> None:
    """A result that cannot be written was not told."""
    repo = project(quiz(MANY, MANY, CERTAIN))
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*EVALGATE, "check"], cwd=repo.root, stdout=full, stderr=subprocess.PIPE, check=False
        )

    assert (done.returncode, done.stderr) == (4, b"error: No space left on device\n")
