"""What a run costs: known before, held while it runs, and never a verdict from a part."""

import shutil
import socket

import pytest

from fault_projects import refused
from live_project import (
    GENAI_JUDGE,
    GIVES_UP,
    GREEN,
    HASTY,
    RIGHT,
    fairly,
    gates,
    judging,
    last_run,
    live,
    models_asked,
    recorded,
    told,
)
from live_project import verdict_of as verdict
from model_stub import ModelStub
from small_project import MakeProject, ProjectOnDisk

PRICED = (
    "prices: {m: {input_per_million: 1000, output_per_million: 1000},"
    " judge: {input_per_million: 1000, output_per_million: 1000}}"
)


def priced(stub: ModelStub, more: str = "", provider: str = HASTY) -> str:
    """Gates whose models cost a dollar for a thousand tokens."""
    return gates(stub, provider=f"{provider}, {PRICED}", more=more)


@pytest.mark.parametrize("where", ["--budget-usd", "gates.yaml"])
def test_a_budget_ends_a_run_cleanly(project: MakeProject, stub: ModelStub, where: str) -> None:
    """Exit 4, no verdict from a part, all kept; with more money only the rest is asked."""
    flags = ["-j", "1"]
    little = [*flags, "--budget-usd", "0.3"] if where == "--budget-usd" else flags
    more = "" if where == "--budget-usd" else "budget: {max_usd: 0.3}\n"
    repo = project(live(stub, RIGHT, priced(stub, more)))

    outcome = repo.run("run", *little)

    (run,) = repo.runs()
    kept = len(last_run(repo))
    assert (outcome.code, outcome.out) == (4, "")
    assert outcome.err == (
        f"error: the budget of 0.3 USD is spent; stopped: {kept} of 20 cases are kept in {run};"
        " the same command goes on from there\n"
    )
    asked = stub.requests
    assert 0 < recorded(repo) == asked < 40
    assert "stopped (partial)" in repo.run("runs").out
    assert repo.run("gate", run).code == 3  # a part decides nothing
    enough = [*flags, "--budget-usd", "100"] if where == "--budget-usd" else flags
    repo.write({"gates.yaml": priced(stub)})
    again = repo.run("run", *enough)
    assert (again.code, verdict(again), told(again)) == (0, GREEN, [])
    assert (repo.runs(), stub.requests) == ([run], 40)


def test_a_budget_of_minutes_ends_a_run_too(project: MakeProject, stub: ModelStub) -> None:
    """An endpoint that is slow is not waited for when the time is over."""
    stub.voice = judging(fairly, then="fault=503", after=2)
    stub.retry_after = "1"
    provider = "timeout_s: 5, max_attempts: 3"
    text = gates(stub, provider=provider, more="budget: {max_minutes: 0.005}\n")
    repo = project(live(stub, RIGHT, text))

    outcome = repo.run("run", "-j", "1")

    (run,) = repo.runs()
    assert (outcome.code, outcome.out, recorded(repo)) == (4, "", 2)
    assert outcome.err == (
        "error: the budget of 0.005 minutes is over; stopped: 1 of 20 cases are kept in"
        f" {run}; the same command goes on from there\n"
    )


def test_a_budget_that_is_spent_before_it_begins_asks_nobody(
    project: MakeProject, stub: ModelStub
) -> None:
    """Nothing at all is no verdict either."""
    repo = project(live(stub, RIGHT, priced(stub)))

    outcome = repo.run("run", "--budget-usd", "0")

    (run,) = repo.runs()
    assert (outcome.code, outcome.out, stub.requests) == (4, "", 0)
    assert outcome.err == (
        f"error: the budget of 0 USD is spent; stopped: 0 of 20 cases are kept in {run};"
        " the same command goes on from there\n"
    )


@pytest.mark.parametrize("where", ["--budget-usd", "gates.yaml"])
def test_a_budget_that_nobody_can_keep_is_a_mistake(
    project: MakeProject, stub: ModelStub, where: str
) -> None:
    """A model without a price would spend without end."""
    more = "" if where == "--budget-usd" else "budget: {max_usd: 0.3}\n"
    repo = project(live(stub, RIGHT, gates(stub, more=more)))

    outcome = repo.run("run", *(["--budget-usd", "0.3"] if where == "--budget-usd" else []))

    key = "--budget-usd" if where == "--budget-usd" else "gates.yaml: budget.max_usd"
    fault = "has no price, so that no budget in dollars can be kept"
    remedy = "write it under providers.local.prices"
    assert outcome == refused(
        f"{key}: local:/m {fault} ({remedy})", f"{key}: local:/judge {fault} ({remedy})"
    )
    assert (stub.requests, repo.runs()) == (0, [])
    assert repo.run("check").code == (0 if where == "--budget-usd" else 2)
    assert repo.run("run", "--offline").code == 4  # nothing is spent


def test_the_price_of_a_run_is_known_before_anybody_is_asked(
    project: MakeProject, stub: ModelStub
) -> None:
    """Calls, tokens, the share that is recorded, and US dollars."""
    repo = project(live(stub, RIGHT, priced(stub, provider=GIVES_UP)))

    checked = repo.run("check").out.splitlines()[2]
    planned = repo.run("run", "--dry-run").out.splitlines()[3]

    assert checked == (
        "  40 calls to models: about 6,600 tokens in and up to 10,240 out, about $16.84; $39.80"
        " at most, if judges have to be asked 40 times more"
    )
    assert planned == (
        "candidate: new would be asked 20 times; 40 calls to models: about 6,600 tokens in and up"
        " to 10,240 out, about $16.84; $39.80 at most, if judges have to be asked 40 times more"
    )
    assert stub.requests == 0
    stub.voice = judging(lambda _: "fault=500")
    repo.run("run")
    left = repo.run("run", "--dry-run").out.splitlines()[3]
    (run,) = repo.runs()
    assert left == (
        f"candidate: new, {run} would be judged again; 20 calls to models: about 2,020 tokens in"
        " and up to 5,120 out, about $7.14; $21.42 at most, if judges have to be asked 40 times"
        " more"
    )


def test_a_judges_recorded_reply_is_free(project: MakeProject, stub: ModelStub) -> None:
    """Where its question is known: the answer is recorded, and the prompt is the judge's own."""
    stub.voice = judging(lambda answer: "say=no score" if answer == "wrong" else fairly(answer))
    files = live(stub, [*RIGHT[1:], "say=wrong"], priced(stub))
    repo = project(files)
    repo.run("run")

    assert repo.run("check").out.splitlines()[2] == (
        "  42 calls to models, all recorded: nothing to pay"
    )
    rubric = files["judges/correct/prompt.md"]
    repo.write({"judges/correct/prompt.md": f"Be strict. {rubric}"})
    assert price_of(repo).startswith("40 calls to models, 20 of them recorded: ")
    repo.write({"judges/correct/judge.yaml": GENAI_JUDGE})  # MLflow has yet to make its prompt
    assert price_of(repo).startswith(
        "40 calls to models, 20 of them recorded, 20 of them perhaps recorded: "
    )
    assert price_of(repo, "--no-cache").startswith("40 calls to models: ")
    assert price_of(repo, "--offline") == "20 calls to models, all recorded: nothing to pay"


def price_of(repo: ProjectOnDisk, *flags: str) -> str:
    """What a run would cost whose answers nobody has judged yet."""
    shutil.rmtree(repo.root / ".evalgate" / "runs", ignore_errors=True)
    return repo.run("run", "--dry-run", *flags).out.splitlines()[3].partition("; ")[2]


def test_a_run_costs_less_than_it_was_priced_at(project: MakeProject, stub: ModelStub) -> None:
    """`check` says `at most`."""
    repo = project(live(stub, RIGHT, priced(stub)))
    repo.run("run")

    stats = repo.run("recordings", "stats").out

    paid = float(stats.partition("paid for them: $")[2].split()[0])
    assert 0 < paid < 16.84


CHAT_WITH_SLOT = "kind: chat\nmodel: {model}\nprompt: '{prompt}'\n"


def test_check_opens_no_socket(
    project: MakeProject, stub: ModelStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even to the endpoint that is there."""
    repo = project(live(stub, RIGHT, priced(stub)))

    def refuse(*_: object, **__: object) -> None:
        pytest.fail("check opened a socket")

    monkeypatch.setattr(socket, "socket", refuse)

    assert repo.run("check").code == 0
    assert repo.run("run", "--dry-run").code == 0


def test_check_knows_what_no_model_could_be_asked(project: MakeProject, stub: ModelStub) -> None:
    """Unknown providers, slots without inputs and cost rules without a price, all at once."""
    rules = ["{score: correct, at_least: 0.5}", "{score: cost_usd, at_most: 1}"]
    files = live(stub, RIGHT, gates(stub, rules=rules))
    files["candidates/new.yaml"] = CHAT_WITH_SLOT.format(
        model="local:/m", prompt="{{ question }} {{ fact }}"
    )
    files["judges/correct/judge.yaml"] = files["judges/correct/judge.yaml"].replace(
        "local:/", "locol:/"
    )
    repo = project(files)

    outcome = repo.run("check")

    nowhere = "candidates/new.yaml: the slot 'fact' has no input in any case of quiz@v1"
    unknown = "gates.yaml: providers: locol:/judge names a provider that is not there"
    unpriced = "local:/m has no price, so that this can never be decided"
    assert outcome == refused(
        f"{nowhere} (the first is 'q1')",
        f"{unknown} (did you mean 'local'?)",
        f"gates.yaml:12:10: suites.quiz.rules.1.score: {unpriced}"
        " (write it under providers.local.prices)",
    )
    assert stub.requests == 0


def test_an_input_that_no_slot_shows_is_a_warning(project: MakeProject, stub: ModelStub) -> None:
    """It may be meant: the exit stays 0."""
    files = live(stub, RIGHT)
    files["candidates/new.yaml"] = CHAT_WITH_SLOT.format(model="local:/m", prompt="Say right.")
    repo = project(files)

    outcome = repo.run("check")

    assert (outcome.code, outcome.err) == (
        0,
        "warning: candidates/new.yaml: no slot uses these inputs of quiz@v1: question\n",
    )


def test_a_slot_without_an_input_stops_a_run_before_it_is_paid_for(
    project: MakeProject, stub: ModelStub
) -> None:
    """The same fault as in `check`, and nobody was asked."""
    files = live(stub, RIGHT)
    files["candidates/new.yaml"] = CHAT_WITH_SLOT.format(model="local:/m", prompt="{{ fact }}")
    repo = project(files)

    outcome = repo.run("run")

    assert outcome == refused(
        "candidates/new.yaml: the slot 'fact' has no input in any case of quiz@v1 (the first"
        " is 'q1')"
    )
    assert (stub.requests, repo.runs()) == (0, [])


def test_the_cost_so_far_counts_judges_too(project: MakeProject, stub: ModelStub) -> None:
    """A judge that is dear ends the budget although the candidate costs nothing."""
    prices = (
        "prices: {m: {input_per_million: 0, output_per_million: 0},"
        " judge: {input_per_million: 1000, output_per_million: 1000}}"
    )
    stub.voice = judging(fairly)
    repo = project(live(stub, RIGHT, gates(stub, provider=f"{HASTY}, {prices}")))

    outcome = repo.run("run", "-j", "1", "--budget-usd", "0.3")

    assert outcome.code == 4
    assert models_asked(stub)["judge"] < 20
