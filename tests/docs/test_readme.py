"""What README shows is what happens."""

import re
from pathlib import Path

from doc_pages import blocks, files_in, page, rows_below, shown_runs
from evalgate.config.gates import load_gates
from evalgate.errors import ExitCode
from small_project import MakeProject

RUN_ID = re.compile(r"\d{8}-\d{6}\.\d{3}-[\w.-]+?-[0-9a-f]{4}")
TIME = re.compile(r"\b\d+(?:\.\d+)? m?s\b")

EXITS = {
    ExitCode.OK: "nothing red",
    ExitCode.FAILED: "the gate said no",
    ExitCode.MISTAKE: "file or a flag",
    ExitCode.UNDECIDED: "undecided",
    ExitCode.SERVICE: "something outside failed",
    ExitCode.BUG: "a bug in evalgate",
    ExitCode.INTERRUPTED: "Ctrl-C",
}


def settled(text: str) -> str:
    """Text without what differs from run to run: the names of runs and times."""
    return TIME.sub("TIME", RUN_ID.sub("RUN", text)).rstrip()


def test_the_run_in_readme_is_a_real_one(project: MakeProject) -> None:
    """In the project that `evalgate init` makes, every command prints what README shows."""
    made = project({})
    [console] = blocks(page("README.md"), "console")

    assert made.run("init").code == 0
    for command, output in shown_runs(console):
        program, *arguments = command.split()
        ended = made.run(*arguments)
        assert program == "evalgate"
        assert settled(ended.out) == settled(output)
        assert ended.out.rstrip().endswith(f"(exit {ended.code})")


def test_the_gates_in_readme_fit_the_project_of_init(project: MakeProject) -> None:
    """Whoever copies README's gates.yaml into that project has no fault in it."""
    made = project({})
    made.run("init")
    made.write(files_in(page("README.md")))

    assert made.run("check").code == 0
    assert len(load_gates(made.root, {}).gates.suites["capitals"].rules) == 3


def test_readme_lists_every_exit_code() -> None:
    """The table has each code once, in the order of the numbers, with its meaning."""
    rows = rows_below(page("README.md"), "## Exit codes")

    assert [int(code) for code, _ in rows] == sorted(ExitCode)
    for code, meaning in rows:
        assert EXITS[ExitCode(int(code))] in meaning


def test_readme_names_make_targets_that_exist() -> None:
    """The two commands that README begins with are in the Makefile."""
    makefile = Path(page("README.md").path.parent / "Makefile").read_text(encoding="utf-8")

    named = re.findall(r"`make (\w+)`", page("README.md").text)
    assert {"demo", "test"} <= set(named)
    for target in named:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
