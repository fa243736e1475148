"""The interpreter of workflows does what GitHub's runner does; plain workflows, plain scripts."""

from pathlib import Path
from typing import Any

import pytest

from under_git import git
from workflow_expressions import evaluated, filled
from workflow_functions import functions_for, read_yaml
from workflow_hazards import Hazards
from workflow_interpreter import World
from workflow_places import Keeps, Place, act
from workflow_values import as_text, is_true

CONTEXTS = {
    "github": {"event": {"number": 7.0, "pull_request": None}, "ref": "refs/heads/main"},
    "needs": {"plan": {"outputs": {"run": "true"}}},
    "list": ["a", "B"],
}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("github.event.number == 7", True),
        ("github.event.pull_request.head.sha", None),
        ("GitHub_is_not_known || true", KeyError),
        ("'A' == 'a'", True),
        ("'it''s'", "it's"),
        ("null == 0", True),
        ("'' == 0", True),
        ("'x' == 0", False),
        ("!false && 'b' || 'c'", "b"),
        ("'' || 'c'", "c"),
        ("1 < 2 == true", True),
        ("list[1]", "B"),
        ("list[5]", None),
        ("contains(list, 'b')", True),
        ("contains('abc', 'B')", True),
        ("format('{1}-{0}', 'a', 2)", "2-a"),
        ("fromJSON('[1, 2]')[1]", 2),
        ("needs.plan.outputs.Run", "true"),
        ("needs['plan'].outputs['none']", None),
        ("1 +", ValueError),
        ("(1", ValueError),
        ("1 2", ValueError),
        ("unknown()", KeyError),
    ],
)
def test_expressions_mean_what_github_says(expression: str, value: object) -> None:
    """Null where nothing is, text without regard to case, operands as results."""
    if isinstance(value, type):
        with pytest.raises(value):
            evaluated(expression, CONTEXTS, functions_for("success"))
        return
    assert evaluated(expression, CONTEXTS, functions_for("success")) == value


@pytest.mark.parametrize(
    ("value", "text"), [(None, ""), (True, "true"), (1.0, "1"), (1.5, "1.5"), ([1], "[1]")]
)
def test_values_are_written_as_github_writes_them(value: object, text: str) -> None:
    """In the midst of text everything is text."""
    assert filled("<${{ it }}>", {"it": value}, {}) == f"<{text}>"
    assert filled("${{ it }}", {"it": value}, {}) == value
    assert as_text(value) == text


@pytest.mark.parametrize("value", ["", 0, 0.0, None, False])
def test_nothing_is_false(value: object) -> None:
    """And an empty list is not nothing."""
    assert not is_true(value)
    assert is_true([])


HEAD = "on: push\npermissions: {}\njobs:\n"
JOB = "    permissions: {}\n    steps:\n"


def world_of(folder: Path, workflow: str, **facts: Any) -> World:
    """A repository with one workflow."""
    folder.joinpath("w.yml").write_text(HEAD + workflow, encoding="utf-8")
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "one")
    sha = git(folder, "rev-parse", "HEAD")
    event = {"repository": {"full_name": "acme/app"}}
    surroundings = {"PATH": "/usr/bin:/bin"}
    jobs = folder.with_name(f"{folder.name}-jobs")
    jobs.mkdir()
    return World(
        folder, "push", event, sha, "refs/heads/main", jobs, surroundings=surroundings, **facts
    )


def job(name: str, *steps: str, head: str = "") -> str:
    """A job's text; each step is a script."""
    lines = [
        f"      - {{name: s{at}, id: s{at}, run: {step!r}}}\n" for at, step in enumerate(steps)
    ]
    return f"  {name}:\n{head}{JOB}{''.join(lines)}"


def test_a_job_that_needs_a_failed_one_is_skipped_and_always_is_not(tmp_path: Path) -> None:
    """Also far down the line."""
    text = (
        job("a", "exit 1")
        + job("b", "true", head="    needs: a\n")
        + job("c", "true", head="    needs: [b]\n    if: always()\n")
        + job("d", "true", head="    needs: b\n    if: needs.b.result == 'skipped'\n")
    )

    results = world_of(tmp_path, text).run("w.yml")

    assert results == {"a": "failure", "b": "skipped", "c": "success", "d": "skipped"}


def test_a_step_after_a_failed_one_runs_if_it_says_so(tmp_path: Path) -> None:
    """And its outputs are read by later ones."""
    text = f"""\
  a:
{JOB}
      - {{name: s0, id: s0, run: 'echo "x=1" >> "$GITHUB_OUTPUT"; exit 1'}}
      - {{name: s1, run: 'true'}}
      - name: s2
        if: failure()
        run: test "$X" = 1
        env: {{X: "${{{{ steps.s0.outputs.x }}}}"}}
"""
    world = world_of(tmp_path, text)

    assert world.run("w.yml") == {"a": "failure"}
    [happened] = world.happened("a")
    assert happened.steps == {"s0": "failure", "s1": "skipped", "s2": "success"}


def test_an_output_that_holds_a_mask_is_dropped(tmp_path: Path) -> None:
    """Old commands count, wherever in a line they stand."""
    head = "    outputs: {run: '${{ steps.s0.outputs.run }}'}\n"
    text = job(
        "a", 'echo "run=true" >> "$GITHUB_OUTPUT"; echo "a name ##[add-mask]true"', head=head
    )
    text += job("b", "true", head="    needs: a\n    if: needs.a.outputs.run == 'true'\n")

    assert world_of(tmp_path, text).run("w.yml") == {"a": "success", "b": "skipped"}


def test_after_a_cancellation_only_always_runs(tmp_path: Path) -> None:
    """A job without such a step would end green: that is why the gate has one."""
    text = (
        job("a", "true")
        + f"  b:\n    needs: a\n    if: always()\n{JOB}"
        + ("      - {name: s0, run: 'exit 1'}\n      - {name: s1, if: always(), run: 'true'}\n")
    )
    world = world_of(tmp_path, text, hazards=Hazards(cancel_at="a/s0"))

    assert world.run("w.yml") == {"a": "cancelled", "b": "success"}
    assert world.happened("b")[0].steps == {"s0": "skipped", "s1": "success"}


def test_a_rerun_leaves_alone_what_succeeded(tmp_path: Path) -> None:
    """Entries of a matrix one by one; what needs them runs again."""
    matrix = '    strategy: {matrix: {include: [{"shard": 1}, {"shard": 2}]}}\n'
    text = job("a", "true", head=matrix) + job("b", "true", head="    needs: a\n")
    world = world_of(tmp_path, text, hazards=Hazards(broken=["a 2/s0"]))

    assert world.run("w.yml") == {"a": "failure", "b": "skipped"}
    [kept] = [ran for ran in world.jobs["a"] if ran.result == "success"]
    assert world.run_failed_again("w.yml") == {"a": "success", "b": "success"}
    assert (world.jobs["a"][0] is kept, len(world.jobs["a"]), world.attempt) == (True, 2, 2)


def test_artifacts_and_caches_are_what_they_are_on_github(tmp_path: Path) -> None:
    """No hidden files; a name once; a cache is read by its own ref and the default branch's."""
    keeps, work = Keeps(), tmp_path / "work"
    (work / "out" / ".hidden").mkdir(parents=True)
    (work / "out" / ".hidden" / "a").write_text("x", encoding="utf-8")
    (work / "out" / "b").write_text("y", encoding="utf-8")
    place = Place(work, tmp_path, "1", "refs/pull/7/merge", "", {})
    other = Place(tmp_path / "o", tmp_path, "2", "refs/pull/8/merge", "", {})
    main = Place(work, tmp_path, "3", "refs/heads/main", "", {})

    act("actions/upload-artifact@x", {"name": "n", "path": "out"}, place, keeps)
    act("actions/cache/save@x", {"path": "out/b", "key": "k-1"}, place, keeps)
    restore = {"path": "out/b", "key": "k-2", "restore-keys": "k-"}

    assert keeps.artifacts == {("1", "n"): {"b": b"y"}}
    assert act("actions/cache/restore@x", restore, other, keeps) == {}
    act("actions/cache/save@x", {"path": "out/b", "key": "k-3"}, main, keeps)
    assert act("actions/cache/restore@x", restore, other, keeps) == {"cache-matched-key": "k-3"}
    with pytest.raises(NotImplementedError):
        act("somebody/else@x", {}, place, keeps)


def test_the_files_are_read_as_text(tmp_path: Path) -> None:
    """`on` is a key and no truth."""
    (tmp_path / "w.yml").write_text("on: {push: }\nx: true\n", encoding="utf-8")

    assert read_yaml(tmp_path / "w.yml") == {"on": {"push": ""}, "x": "true"}
