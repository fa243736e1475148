"""A run on `sim:/` is never taken for a run on a model."""

import csv
import json

import pytest

from live_project import RIGHT, gates, live
from model_stub import ModelStub
from small_project import MakeProject, ProjectOnDisk

NOTE = "no LLM was called: sim:/reader and sim:/grader are rules in this process"
SIMULATED = "kind: chat\nmodel: sim:/reader\nprompt: '{{ question }}'\n"


@pytest.fixture
def repo(project: MakeProject, stub: ModelStub) -> ProjectOnDisk:
    """A project whose candidate and judge are rules, beside a candidate that asks an endpoint."""
    files = live(stub, RIGHT, gates(stub, rules=["{score: correct, max_drop: 0.5}"]))
    files["candidates/real.yaml"] = files["candidates/new.yaml"]
    files["candidates/new.yaml"] = SIMULATED
    files["judges/real/judge.yaml"] = files["judges/correct/judge.yaml"]
    files["judges/correct/judge.yaml"] = files["judges/correct/judge.yaml"].replace(
        "local:/judge", "sim:/grader"
    )
    return project(files)


def test_every_report_says_that_no_llm_was_called(repo: ProjectOnDisk, stub: ModelStub) -> None:
    """Table, JSON, Markdown, CSV, JUnit and `show`."""
    files = ["r.json", "r.md", "r.csv", "r.xml"]
    table = repo.run("run", *[part for file in files for part in ("-o", file)])
    printed = {fmt: repo.run("run", "--format", fmt).out for fmt in ("json", "md")}
    shown = repo.run("show", repo.runs()[-1])

    assert NOTE in table.out
    assert NOTE in shown.out
    for text in (printed["json"], repo.read("r.json")):
        assert json.loads(text)["models"] == ["sim:/reader", "sim:/grader"]
    for text in (printed["md"], repo.read("r.md"), repo.read("r.xml")):
        assert "no LLM was called: sim:" in text
    rows = list(csv.DictReader(repo.read("r.csv").splitlines()))
    assert rows
    assert all("sim:/reader" in str(row) for row in rows)
    assert stub.requests == 0


def test_a_simulated_run_is_no_baseline_for_a_real_candidate(
    repo: ProjectOnDisk, stub: ModelStub
) -> None:
    """Exit 2 before anybody is asked: it would say what no model ever said."""
    fault = (
        "new is answered by sim:/reader, which is no LLM (it cannot be the baseline of anything"
        " else; run a real baseline)\n"
    )

    assert repo.run("run", "--candidate", "real", "--baseline", "new") == (
        2,
        "",
        f"error: --baseline: {fault}",
    )
    assert repo.run("compare", "new", "real") == (2, "", f"error: {fault}")
    assert (stub.requests, repo.runs()) == (0, [])
