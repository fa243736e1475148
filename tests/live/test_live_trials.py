"""Cases that are answered several times by a model: what is paid for, kept, resumed and shown."""

import csv
import io
import itertools
import json

from live_project import fairly, gates, judging, live, models_asked, recorded
from model_stub import ModelStub
from small_project import MakeProject

RIGHT = ["say=right"] * 20


def test_more_trials_pay_for_the_additional_ones_alone(
    project: MakeProject, stub: ModelStub
) -> None:
    """Trial 0 is the answer that there was; equal answers to one case are judged once."""
    repo = project(live(stub, RIGHT))
    repo.run("run")
    assert models_asked(stub) == {"m": 20, "judge": 20}

    outcome = repo.run("run", "--trials", "3")

    assert (outcome.code, recorded(repo)) == (0, 80)
    assert models_asked(stub) == {"m": 60, "judge": 20}
    assert "cases 20 x 3 trials" in outcome.out
    again = repo.run("run", "--trials", "3")
    assert (again.out, stub.requests) == (outcome.out, 80)


def test_trials_are_seen_wherever_a_run_is(project: MakeProject, stub: ModelStub) -> None:
    """Folder, manifest, case, table: with one trial nothing speaks of it."""
    heard = itertools.count()
    orders = [f"q{number}" for number in range(4)]
    stub.voice = judging(fairly)
    voice = stub.voice
    stub.voice = lambda model, said: (
        voice(model, said) if model == "judge" else f"say={'right' if next(heard) % 3 else 'no'}"
    )
    files = live(stub, orders)
    suite = files["gates.yaml"].replace("    judges:", "    trials: 3\n    judges:")
    repo = project({**files, "gates.yaml": suite})

    repo.run("run", "-j", "1", "-o", "cases.csv")

    [run] = repo.runs()
    folder = f".evalgate/runs/{run}"
    lines = [json.loads(line) for line in repo.read(f"{folder}/judgements.jsonl").splitlines()]
    assert sorted((line["id"], line["trial"]) for line in lines) == [
        (f"q{case}", trial) for case in range(1, 5) for trial in range(3)
    ]
    manifest = json.loads(repo.read(f"{folder}/manifest.json"))
    assert (manifest["trials"], manifest["judged"]) == (3, 12)
    shown = repo.run("show", run, "q1").out
    assert [f"trial {trial}\n" in shown for trial in range(4)] == [True, True, True, False]
    told = json.loads(repo.run("show", run, "q1", "--format", "json").out)
    assert [each["trial"] for each in told["trials"]] == [0, 1, 2]
    table = list(csv.DictReader(io.StringIO(repo.read("cases.csv"))))
    assert [row["trial"] for row in table if row["case"] == "q2"] == ["0", "1", "2"]
    assert "trials      3 of each case" in repo.run("show", run).out


def test_a_run_goes_on_at_the_trial_where_it_stopped(project: MakeProject, stub: ModelStub) -> None:
    """A budget that ends in the middle of a case loses none of its trials."""
    priced = "timeout_s: 20, max_attempts: 1, prices: {m: {input_per_million: 0,"
    priced += " output_per_million: 100000}, judge: {input_per_million: 0, output_per_million: 0}}"
    repo = project(live(stub, RIGHT[:6], gates(stub, provider=priced)))

    stopped = repo.run("run", "--trials", "3", "-j", "1", "--budget-usd", "0.9")
    asked = models_asked(stub)["m"]
    finished = repo.run("run", "--trials", "3", "-j", "1")

    assert (stopped.code, "18 answers are kept" in stopped.err) == (4, True)
    assert 0 < asked < 18
    assert (finished.code, models_asked(stub)["m"], len(repo.runs())) == (0, 18, 1)


def test_the_price_is_that_of_every_trial(project: MakeProject, stub: ModelStub) -> None:
    """Before anything is asked."""
    repo = project(live(stub, RIGHT))

    planned = repo.run("run", "--dry-run", "--trials", "3", "--format", "json")

    assert json.loads(planned.out)["candidate"]["price"]["calls"] == 120


def test_stored_runs_with_other_trials_are_compared(project: MakeProject, stub: ModelStub) -> None:
    """Case by case, and both numbers are said."""
    repo = project(live(stub, RIGHT))
    repo.run("run")
    repo.run("run", "--trials", "2")
    once, twice = repo.runs()

    compared = repo.run("compare", f"run:{once}", f"run:{twice}")

    assert compared.code == 0
    assert "cases 20 x 2 trials" in compared.out
