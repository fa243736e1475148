"""The layer contract has teeth, and importing evalgate stays light."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
HEAVY = {
    "github_action_toolkit",
    "jsonschema_rs",
    "mlflow",
    "openai",
    "pandas",
    "pyarrow",
    "pyreqwest",
    "rapidfuzz",
    "regex",
}

SPOILED = {  # where, what is written there, and how import-linter must name it
    "a lower room imports a higher one": (
        "domain/spoiled_a.py",
        "import evalgate.gate",
        "evalgate.domain.spoiled_a -> evalgate.gate",
    ),
    "two rooms of one layer meet": (
        "config/spoiled_b.py",
        "import evalgate.judge",
        "evalgate.config.spoiled_b -> evalgate.judge",
    ),
    "two low rooms of one layer meet": (
        "sources/spoiled_c.py",
        "import evalgate.quoting",
        "evalgate.sources.spoiled_c -> evalgate.quoting",
    ),
    "a room imports the pipeline": (
        "judge/spoiled_d.py",
        "import evalgate.pipeline",
        "evalgate.judge.spoiled_d -> evalgate.pipeline",
    ),
    "the pipeline imports the command line": (
        "pipeline/spoiled_e.py",
        "import evalgate.cli",
        "evalgate.pipeline.spoiled_e -> evalgate.cli",
    ),
    "the import is inside a function": (
        "report/spoiled_f.py",
        "def late() -> None:\n    import evalgate.results",
        "evalgate.report.spoiled_f -> evalgate.results",
    ),
    "a pure room reads files": (
        "gate/spoiled_g.py",
        "import pathlib",
        "evalgate.gate.spoiled_g -> pathlib",
    ),
    "a pure room waits": (
        "quoting/spoiled_h.py",
        "import asyncio",
        "evalgate.quoting.spoiled_h -> asyncio",
    ),
    "two modules of a room import each other": (
        "domain/egg.py",
        "import evalgate.domain.hen",
        "No cycles between the modules of a room BROKEN",
    ),
}


def lint_imports(project: Path) -> tuple[int, str]:
    """Run the real import-linter over the copy in `project`; return its exit code and output."""
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [str(program), "--no-cache"],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(project / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def copy_to(folder: Path) -> Path:
    """Copy the sources and the contracts to a folder that a test may spoil."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PROJECT / "src", folder / "src", ignore=ignored)
    shutil.copy(PROJECT / "pyproject.toml", folder)
    return folder


@pytest.fixture(scope="module")
def complaints(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Say what import-linter has against a copy that is spoiled in every way at once."""
    copy = copy_to(tmp_path_factory.mktemp("spoiled"))
    for place, line, _ in SPOILED.values():
        (copy / "src" / "evalgate" / place).write_text(f"{line}\n", encoding="utf-8")
    hen = copy / "src" / "evalgate" / "domain" / "hen.py"
    hen.write_text("import evalgate.domain.egg\n", encoding="utf-8")
    code, output = lint_imports(copy)
    assert code == 1, output
    return " ".join(output.split())


def modules_loaded_by(code: str) -> set[str]:
    """Run `code` in a fresh interpreter; return the heavy libraries that it loaded."""
    report = (
        f"{code}\nimport json, sys\n"
        "tops = sorted({name.partition('.')[0] for name in sys.modules})\n"
        "sys.stdout.write('\\n' + json.dumps(tops))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", report], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    loaded: list[str] = json.loads(done.stdout.rpartition("\n")[2])
    assert "evalgate" in loaded
    return HEAVY & set(loaded)


def every_module() -> list[str]:
    """Name each module of evalgate save the one that runs the program when imported."""
    files = sorted((PROJECT / "src").rglob("*.py"))
    names = [".".join(file.relative_to(PROJECT / "src").with_suffix("").parts) for file in files]
    return [name.removesuffix(".__init__") for name in names if not name.endswith("__main__")]


@pytest.mark.slow
def test_the_sources_keep_the_contracts(tmp_path: Path) -> None:
    """Without this the tests below would pass for a copy that is broken already."""
    code, output = lint_imports(copy_to(tmp_path))

    assert code == 0, output


@pytest.mark.slow
@pytest.mark.parametrize("complaint", [each[2] for each in SPOILED.values()], ids=SPOILED.keys())
def test_an_import_against_the_contracts_is_refused(complaints: str, complaint: str) -> None:
    """Data moves to the right only, wherever the import is written."""
    assert complaint in complaints


@pytest.mark.slow
def test_a_room_that_no_layer_names_is_refused(tmp_path: Path) -> None:
    """A new room takes its place in the order before it holds any code."""
    copy = copy_to(tmp_path)
    (copy / "src" / "evalgate" / "attic.py").write_text("", encoding="utf-8")

    code, output = lint_imports(copy)

    assert code == 1, output
    assert "attic" in output


def test_importing_evalgate_loads_no_heavy_library() -> None:
    """Nobody waits for MLflow who only imports the package."""
    assert modules_loaded_by("import evalgate") == set()


def test_no_module_loads_a_heavy_library_on_import() -> None:
    """The libraries that are slow to import are imported by the functions that need them."""
    code = "\n".join(f"import {name}" for name in every_module())

    assert modules_loaded_by(code) == set()


def test_asking_for_help_loads_no_heavy_library() -> None:
    """`evalgate --help` answers at once."""
    code = (
        "import contextlib, io\nfrom evalgate.cli import run\n"
        "with contextlib.redirect_stdout(io.StringIO()):\n    assert run(['--help']) == 0\n"
    )

    assert modules_loaded_by(code) == set()


def test_a_heavy_library_would_be_noticed() -> None:
    """The three tests above can fail."""
    assert modules_loaded_by("import evalgate\nimport rapidfuzz") == {"rapidfuzz"}
