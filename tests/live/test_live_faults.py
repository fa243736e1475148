"""What endpoints do, over real HTTP: it is survived, or said once, and never looks green."""

import json
import socket
import time
from collections import Counter
from typing import Literal

import pytest

from evalgate.domain.answer import NotProduced, Produced, Unanswered
from evalgate.domain.judgement import Scored, Unscored
from evalgate.model.admission import FIRST
from evalgate.quoting.redaction import REDACTED
from fault_projects import refused
from live_project import (
    GENAI_JUDGE,
    GIVES_UP,
    GREEN,
    HASTY,
    NO_VERDICT,
    RIGHT,
    fairly,
    gates,
    judging,
    last_run,
    live,
    models_asked,
    recorded,
    told,
    verdict_of,
)
from model_stub import ModelStub
from small_project import MakeProject

AGAIN = "run it again: only what is missing is asked"
MALFORMED = "07"
SECRET = "sk-live-0123456789abcdefghij"


def all_but_one(order: str) -> list[str]:
    """Twenty cases, the last of which has this order."""
    return [*RIGHT[1:], order]


@pytest.mark.parametrize("retry_after", [None, "0.2"], ids=["429", "429 with Retry-After"])
def test_who_is_asked_too_much_is_asked_later(
    project: MakeProject, stub: ModelStub, retry_after: str | None
) -> None:
    """One more attempt, not before its time, and nothing is missing."""
    stub.retry_after = retry_after
    repo = project(live(stub, all_but_one("fault=429*1 say=right")))

    outcome = repo.run("run", "-j", "1")

    assert (outcome.code, verdict_of(outcome), told(outcome)) == (0, GREEN, [])
    assert (models_asked(stub), recorded(repo)) == ({"m": 21, "judge": 20}, 40)


@pytest.mark.parametrize(
    ("fault", "cause", "detail"),
    [
        ("429", "rate_limited", "429: stub says 429"),
        ("500", "server_error", "500: stub says 500"),
        ("503", "server_error", "503: stub says 503"),
        ("no_choices", "server_error", "the reply has no choices"),
        ("not_json", "server_error", "the reply is not JSON: <html>502 bad gateway</html>"),
        ("drop", "unreachable", "{url}: connection closed before message completed"),
        ("stream_cut", "unreachable", "{url}: end of file before message length reached"),
        ("cut", "unreachable", "{url}: end of file before message length reached"),
    ],
)
def test_what_one_case_meets_is_that_cases_alone(
    project: MakeProject, stub: ModelStub, fault: str, cause: str, detail: str
) -> None:
    """It is tried again, then named; 19 of 20 are enough, at their worst and at their best."""
    repo = project(live(stub, all_but_one(f"fault={fault} say=right")))

    outcome = repo.run("run")

    met = detail.format(url=stub.base_url)
    assert (outcome.code, verdict_of(outcome)) == (0, GREEN)
    assert "     cases 20: 19 scored, 1 unanswered\n" in outcome.out
    words = cause.replace("_", " ")
    named, remedy = told(outcome)
    assert named.startswith(f"new: no answer in 1 case ({words}): q20: {met}")
    assert named.endswith((" (2 attempts)", "…"))
    assert remedy == AGAIN
    answer = last_run(repo)["q20"].answer
    assert isinstance(answer, Unanswered)
    assert answer.cause == cause
    assert answer.detail.endswith(" (2 attempts)")
    assert answer.detail[:100] in named
    assert (models_asked(stub), recorded(repo)) == ({"m": 21, "judge": 19}, 38)


def test_an_endpoint_that_hangs_is_not_waited_for(project: MakeProject, stub: ModelStub) -> None:
    """A timeout for each attempt."""
    orders = all_but_one("fault=hang say=right")
    provider = "timeout_s: 1, max_attempts: 1"
    repo = project(live(stub, orders, gates(stub, provider=provider)))

    outcome = repo.run("run")

    assert (outcome.code, verdict_of(outcome)) == (0, GREEN)
    assert told(outcome) == [
        "new: no answer in 1 case (timeout): q20: no reply within 1 s (1 attempt)",
        AGAIN,
    ]
    assert (models_asked(stub), recorded(repo)) == ({"m": 20, "judge": 19}, 38)


@pytest.mark.parametrize("fault", ["empty", "null"])
def test_an_answer_without_content_is_the_worst(
    project: MakeProject, stub: ModelStub, fault: str
) -> None:
    """It is asked for again, never recorded, and counts as the candidate's own."""
    repo = project(live(stub, all_but_one(f"fault={fault}")))

    outcome = repo.run("run")

    assert (outcome.code, verdict_of(outcome), told(outcome)) == (0, GREEN, [])
    assert "     cases 20: 19 scored, 1 not produced (worst score)\n" in outcome.out
    silent = NotProduced(cause="empty", detail="the answer is empty")
    assert last_run(repo)["q20"].answer == silent
    assert (models_asked(stub), recorded(repo)) == ({"m": 21, "judge": 19}, 38)


@pytest.mark.parametrize(("own", "seconds"), [("", 20.0), ("timeout_s: 7\n", 7.0)])
def test_an_answer_that_was_not_produced_took_its_timeout(
    project: MakeProject, stub: ModelStub, own: str, seconds: float
) -> None:
    """The candidate's own, else the provider's; so that to say nothing is not fast."""
    rule = f"{{score: latency_s, stat: max, at_most: {seconds - 1:g}}}"
    files = live(stub, all_but_one("fault=empty"), gates(stub, judges="exact_match", rules=[rule]))
    repo = project(files | {"candidates/new.yaml": files["candidates/new.yaml"] + own})

    outcome = repo.run("run", "--format", "json")

    finding = json.loads(outcome.out)["rulings"][0]["finding"]
    assert (outcome.code, finding["verdict"]) == (1, "failed")
    assert finding["observed"]["estimate"] == seconds


def test_the_words_of_a_refusal_are_judged(project: MakeProject, stub: ModelStub) -> None:
    """A user would have read them."""
    repo = project(live(stub, all_but_one("fault=refusal")))

    outcome = repo.run("run")

    assert (outcome.code, told(outcome)) == (0, [])
    refused = last_run(repo)["q20"]
    assert isinstance(refused.answer, Produced)
    assert refused.answer.text == "I cannot help with that."
    assert refused.judgements["correct"] == Scored(
        score=0, reason="it says I cannot help with that."
    )
    assert recorded(repo) == 40


def test_an_answer_that_was_cut_off_is_known_as_cut_off(
    project: MakeProject, stub: ModelStub
) -> None:
    """It is judged as it stands, and a rerun from the recording still knows."""
    repo = project(live(stub, all_but_one("fault=truncated say=right")))

    for flags in ([], ["--offline"]):
        assert repo.run("run", *flags).code == 0
        answers = {case: judged.answer for case, judged in last_run(repo).items()}
        cut = [c for c, each in answers.items() if isinstance(each, Produced) and each.truncated]
        assert cut == ["q20"]
        assert " out, cut off at its length)\n  | right\n" in repo.run("show", "latest", "q20").out
    assert stub.requests == 40


def test_a_judges_verdict_that_was_cut_off_is_none(project: MakeProject, stub: ModelStub) -> None:
    """Asked for twice more; then it is named, with the remedy."""
    stub.voice = judging(
        lambda answer: "fault=truncated say=I think" if answer == "cut" else fairly(answer)
    )
    repo = project(live(stub, all_but_one("say=cut")))

    outcome = repo.run("run")

    assert (outcome.code, verdict_of(outcome)) == (0, GREEN)
    (named,) = told(outcome)
    assert named == (
        "new: no score by correct in 1 case (unparsable): q20: its first line is no score, and it"
        " was cut off at its length: raise max_tokens: 'I think'"
    )
    assert models_asked(stub) == {"m": 20, "judge": 22}


def test_a_missing_key_is_known_before_anybody_is_asked(
    project: MakeProject, stub: ModelStub
) -> None:
    """Exit 2, no request, no run; `check` and `--dry-run` need no key."""
    provider = f"{HASTY}, api_key_env: LIVE_KEY"
    repo = project(live(stub, RIGHT, gates(stub, provider=provider)))

    outcome = repo.run("run")

    assert outcome == refused(
        "gates.yaml: providers.local.api_key_env: the environment variable LIVE_KEY is not"
        " set (export LIVE_KEY=...)"
    )
    assert (stub.requests, repo.runs()) == (0, [])
    assert repo.run("check").code == 0
    assert repo.run("run", "--dry-run").code == 0


def test_a_wrong_key_is_said_once_and_never_shown(
    project: MakeProject, stub: ModelStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not one failed case for each of 200; only what was on its way was asked."""
    monkeypatch.setenv("LIVE_KEY", SECRET)
    provider = f"{HASTY}, api_key_env: LIVE_KEY"
    repo = project(live(stub, ["fault=401"] * 200, gates(stub, provider=provider)))

    outcome = repo.run("run", "-j", "4")

    assert outcome == refused(
        f"gates.yaml: providers.local: {stub.base_url} refuses the key in LIVE_KEY: 401:"
        " stub says 401 (set LIVE_KEY to a key that may use m)"
    )
    assert stub.requests <= 4
    assert stub.headers[0]["authorization"] == f"Bearer {SECRET}"
    assert recorded(repo) == 0
    assert "stopped" in repo.run("runs").out
    kept = b"".join(path.read_bytes() for path in repo.root.rglob("*") if path.is_file())
    assert SECRET.encode() not in kept
    assert REDACTED not in outcome.err


def test_a_key_that_is_withdrawn_in_the_middle_loses_nothing(
    project: MakeProject, stub: ModelStub
) -> None:
    """What was paid for is kept, and with a right key the same command goes on."""
    repo = project(live(stub, RIGHT))
    stub.voice = judging(fairly, then="fault=401", after=21)

    outcome = repo.run("run", "-j", "1")

    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith(f"error: gates.yaml: providers.local: {stub.base_url} refuses")
    assert recorded(repo) == 21
    stub.voice = judging(fairly)
    again = repo.run("run", "-j", "1")
    assert (again.code, verdict_of(again)) == (0, GREEN)
    assert (stub.requests, len(repo.runs())) == (41, 1)


def test_a_key_without_permission_is_said_once_and_a_policy_is_not(
    project: MakeProject, stub: ModelStub
) -> None:
    """Both are 403: where nobody is let in it is the key, and else that question's own."""
    repo = project(live(stub, RIGHT * 10))
    stub.voice = judging(fairly, then="fault=403", after=0)

    outcome = repo.run("run", "-j", "4")

    assert outcome == refused(
        f"gates.yaml: providers.local: {stub.base_url} refuses a request without a key: 403: stub"
        " says 403 (name the key's environment variable: providers.local.api_key_env)"
    )
    assert stub.requests <= FIRST + 3
    stub.voice = judging(fairly)
    again = repo.run("run", "-j", "4")
    assert (again.code, verdict_of(again), told(again)) == (0, GREEN, [])
    repo.write(live(stub, all_but_one("fault=403")))
    outcome = repo.run("run", "-j", "4")
    assert (outcome.code, verdict_of(outcome)) == (0, GREEN)
    assert told(outcome) == ["new: no answer in 1 case (refused): q20: 403: stub says 403"]


def test_a_model_that_is_not_there_is_said_once(project: MakeProject, stub: ModelStub) -> None:
    """With both places where it may be wrong."""
    repo = project(live(stub, ["fault=404"] * 200))

    outcome = repo.run("run", "-j", "4")

    assert outcome == refused(
        f"gates.yaml: providers.local: {stub.base_url} knows no model 'm': 404: stub says"
        " 404 (correct the model's name, or providers.local.base_url)"
    )
    assert stub.requests <= 4


@pytest.mark.parametrize("who", ["m", "judge"])
@pytest.mark.parametrize("kind", ["prompt", "genai_metric"])
def test_a_parameter_that_a_model_refuses_is_one_clear_error(
    project: MakeProject, stub: ModelStub, who: str, kind: Literal["prompt", "genai_metric"]
) -> None:
    """In the file that sets it: exit 2, not 200 failed cases."""
    files = live(stub, RIGHT * 10)
    files["candidates/new.yaml"] += "parameters: {max_tokens: 5}\n"
    if kind == "genai_metric":
        files["judges/correct/judge.yaml"] = GENAI_JUDGE
    else:
        files["judges/correct/judge.yaml"] += "parameters: {max_tokens: 5}\n"
    stub.voice = lambda model, _: "fault=bad_parameter" if model == who else "say=right"
    repo = project(files)

    outcome = repo.run("run", "-j", "4")

    file = "candidates/new.yaml" if who == "m" else "judges/correct/judge.yaml"
    assert outcome == refused(
        f"{file}: parameters.max_tokens: local refuses the parameter 'max_tokens' for {who}:"
        " 400: Unsupported parameter: 'max_tokens' is not supported with this model. (change it or"
        " take it out)"
    )
    assert models_asked(stub)[who] <= 4


def test_an_endpoint_that_is_down_ends_the_run_in_seconds(
    project: MakeProject, stub: ModelStub
) -> None:
    """Not one patient retry after the other for each of 200 cases; the fault is named."""
    with socket.socket() as closed:  # bound and never listening: nobody else answers there
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/v1"
        text = gates(stub, provider=GIVES_UP).replace(stub.base_url, url)
        repo = project(live(stub, RIGHT * 10, text))
        begun = time.monotonic()
        outcome = repo.run("run")
        took_s = time.monotonic() - begun

    assert (outcome.code, verdict_of(outcome)) == (4, NO_VERDICT)
    assert "     cases 200: 0 scored, 200 unanswered\n" in outcome.out
    *named, remedy = told(outcome)
    assert all(line.startswith("new: no answer in ") for line in named)
    assert any(f": {url}: Connection refused" in line for line in named)
    assert remedy == AGAIN
    assert recorded(repo) == 0
    assert took_s < 60  # MLflow's first import is part of it; the endpoint's is two seconds


def test_an_endpoint_that_goes_down_in_the_middle_is_gone_on_with(
    project: MakeProject, stub: ModelStub
) -> None:
    """No verdict; what arrived is kept; once it is up, only the rest is asked."""
    stub.voice = judging(fairly, then="fault=drop", after=20)
    repo = project(live(stub, RIGHT, gates(stub, provider=GIVES_UP)))

    outcome = repo.run("run")

    assert (outcome.code, verdict_of(outcome)) == (4, NO_VERDICT)
    assert told(outcome)[-1] == AGAIN
    assert "connection closed before message completed" in told(outcome)[0]
    assert recorded(repo) == 20
    stub.voice = judging(fairly)
    before = stub.requests
    again = repo.run("run")
    assert (again.code, verdict_of(again), told(again)) == (0, GREEN, [])
    assert (stub.requests - before, recorded(repo)) == (20, 40)


@pytest.mark.parametrize("kind", ["prompt", "genai_metric"])
def test_a_judge_that_always_fails_never_passes(
    project: MakeProject, stub: ModelStub, kind: Literal["prompt", "genai_metric"]
) -> None:
    """Exit 4; the answers are kept, and a rerun asks the judge alone."""
    files = live(stub, RIGHT)
    if kind == "genai_metric":
        files["judges/correct/judge.yaml"] = GENAI_JUDGE
    stub.voice = judging(lambda _: "fault=500")
    files["gates.yaml"] = gates(stub, provider=GIVES_UP)
    repo = project(files)

    outcome = repo.run("run")

    assert (outcome.code, verdict_of(outcome)) == (4, NO_VERDICT)
    *named, remedy = told(outcome)
    assert all(line.startswith("new: no score by correct in ") for line in named)
    assert any(": server_error: 500: stub says 500 (" in line for line in named)
    assert remedy == AGAIN
    assert all(isinstance(each.judgements["correct"], Unscored) for each in last_run(repo).values())
    assert recorded(repo) == 20
    stub.voice = judging(lambda _: fairly("right"))
    stub.bodies.clear()
    again = repo.run("run")
    assert (again.code, verdict_of(again), told(again)) == (0, GREEN, [])
    assert models_asked(stub) == {"judge": 20}


def test_a_judge_that_fails_on_the_bad_answers_alone_does_not_pass(
    project: MakeProject, stub: ModelStub
) -> None:
    """Twelve right answers of twenty look perfect when the other eight are left out."""
    stub.voice = judging(lambda answer: "fault=500" if answer == "wrong" else fairly(answer))
    text = gates(stub, rules=["{score: correct, at_least: 0.7}"])
    repo = project(live(stub, ["say=right"] * 12 + ["say=wrong"] * 8, text))

    outcome = repo.run("run")

    assert (outcome.code, verdict_of(outcome)) == (4, NO_VERDICT)
    assert "     cases 20: 12 scored, 8 unscored\n" in outcome.out
    assert told(outcome)[0].startswith(
        "new: no score by correct in 8 cases (judge error): q13, q14, q15 and 5 more: "
    )


def mix(stub: ModelStub, count: int) -> list[str]:
    """So many cases, of which 1 % get a verdict that cannot be read at first."""
    stub.rates = {"429": 0.05, "500": 0.02, "hang": 0.01}
    stub.retry_after = "0.05"
    heard: Counter[str] = Counter()

    def verdict(answer: str) -> str:
        heard[answer] += 1
        if answer.endswith(MALFORMED) and heard[answer] <= 2:  # one of them may meet a rate
            return "say=It is fine, I would say."
        return f"say=score: 1\njustification: {answer}"

    stub.voice = judging(verdict)
    return [f"say=answer {number:04}" for number in range(count)]


@pytest.mark.parametrize("count", [200, pytest.param(1000, marks=pytest.mark.slow)])
def test_a_mix_of_faults_loses_no_case(project: MakeProject, stub: ModelStub, count: int) -> None:
    """5 % 429 with Retry-After, 2 % 500, 1 % hangs, 1 % malformed verdicts: all are scored."""
    orders = mix(stub, count)
    provider = "timeout_s: 1, max_attempts: 4, max_wait_s: 20"
    repo = project(live(stub, orders, gates(stub, provider=provider)))

    outcome = repo.run("run", "-j", "64")

    assert (outcome.code, verdict_of(outcome), told(outcome)) == (0, GREEN, [])
    scores = [each.judgements["correct"] for each in last_run(repo).values()]
    assert len(scores) == count
    assert all(isinstance(each, Scored) and each.score == 1 for each in scores)
    malformed = count // 100
    assert malformed <= recorded(repo) - 2 * count <= 2 * malformed  # each reply is kept
    assert stub.requests > recorded(repo) + count / 20  # and what failed was asked again
