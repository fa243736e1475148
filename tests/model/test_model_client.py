"""The client over real HTTP: what endpoints do, and what becomes of it."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from evalgate.domain.answer import ToolCall, Usage
from evalgate.domain.chat import ChatReply, ChatRequest, ModelFailed
from evalgate.domain.message import Message
from evalgate.domain.provider import Budget
from evalgate.errors import UserMistake
from evalgate.model.admission import FIRST
from evalgate.model.client import Client
from evalgate.model.spending import Spending
from evalgate.recordings.keys import recording_key
from evalgate.recordings.store import Recordings
from fake_clock import FakeClock
from model_asking import SECRET, ask, ask_one, client_of, question
from model_stub import ModelStub


def test_a_question_is_sent_as_it_is_written(stub: ModelStub) -> None:
    """The endpoint gets the provider's own model name, the messages and the parameters."""
    request = ChatRequest(
        model="stub:/org/m:free",
        messages=(Message(role="system", content="s"), Message(role="user", content="say=yes")),
        parameters={"temperature": 0.5, "response_format": {"type": "json_object"}},
    )

    reply = ask_one(client_of(stub), request)

    assert isinstance(reply, ChatReply)
    assert (reply.text, reply.usage, reply.recorded) == (
        "yes",
        Usage(input_tokens=2, output_tokens=0),
        False,
    )
    assert stub.bodies == [
        {
            "model": "org/m:free",
            "messages": [
                {"role": "system", "content": "s"},
                {"role": "user", "content": "say=yes"},
            ],
            "temperature": 0.5,
            "response_format": {"type": "json_object"},
        }
    ]
    assert stub.headers[0]["authorization"] == f"Bearer {SECRET}"
    assert stub.headers[0][":path"] == "/v1/chat/completions"


def test_the_environment_is_not_read(stub: ModelStub, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither another endpoint nor another key comes in from the side."""
    for name in ("OPENAI_BASE_URL", "OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    ask_one(client_of(stub), question("say=yes"))

    headers = stub.headers[0]
    assert "openai-organization" not in headers
    assert "openai-project" not in headers
    assert headers["authorization"] == f"Bearer {SECRET}"


PASSING = ("429", "408", "409", "500", "502", "503", "504", "529", "drop", "cut", "stream_cut")
MORE_PASSING = ("no_choices", "empty", "null", "not_json")


@pytest.mark.parametrize("fault", PASSING + MORE_PASSING)
def test_a_fault_that_passes_is_asked_again(stub: ModelStub, fault: str) -> None:
    """Two failures, then the reply, with a pause before each further attempt."""
    clock = FakeClock()

    reply = ask_one(client_of(stub, clock=clock), question(f"fault={fault}*2 say=yes"))

    assert isinstance(reply, ChatReply)
    assert reply.text == "yes"
    assert (stub.requests, len(clock.pauses)) == (3, 2)


LASTING = {
    "429": "rate_limited",
    "500": "server_error",
    "503": "server_error",
    "408": "timeout",
    "drop": "unreachable",
    "cut": "unreachable",
    "stream_cut": "unreachable",
    "no_choices": "server_error",
    "not_json": "server_error",
}


@pytest.mark.parametrize(("fault", "cause"), LASTING.items())
def test_a_fault_that_stays_is_given_up(stub: ModelStub, fault: str, cause: str) -> None:
    """After the last attempt the case is left without a reply, and nothing is kept as one."""
    failed = ask_one(client_of(stub), question(f"fault={fault}"))

    assert isinstance(failed, ModelFailed)
    assert (failed.cause, stub.requests) == (cause, 3)
    assert "3 attempts" in failed.detail


# the hung connections of the endpoint are swept away with its loop, which is not what is claimed
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_endpoint_that_hangs_times_out(stub: ModelStub) -> None:
    """Each attempt has its own time."""
    failed = ask_one(client_of(stub, timeout_s=0.1, max_attempts=2), question("fault=hang"))

    assert failed == ModelFailed(cause="timeout", detail="no reply within 0.1 s (2 attempts)")
    assert stub.requests == 2


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_candidate_may_be_less_patient_than_its_provider(stub: ModelStub) -> None:
    """Its seconds are of each attempt, too, and no part of what a reply is known by."""
    asked = question("fault=hang").model_copy(update={"timeout_s": 0.1})

    failed = ask_one(client_of(stub, timeout_s=20, max_attempts=2), asked)

    assert failed == ModelFailed(cause="timeout", detail="no reply within 0.1 s (2 attempts)")
    assert recording_key("e", asked) == recording_key("e", question("fault=hang"))


def test_an_endpoint_that_is_not_there_is_unreachable(stub: ModelStub) -> None:
    """Nobody listens at the port."""
    failed = ask_one(client_of(stub, base_url="http://127.0.0.1:9/v1"), question("hello"))

    assert isinstance(failed, ModelFailed)
    assert failed.cause == "unreachable"
    assert "http://127.0.0.1:9/v1" in failed.detail


def test_an_empty_reply_is_the_models_after_all_attempts(stub: ModelStub, tmp_path: Path) -> None:
    """It is handed on as what was said, paid each time, and not kept: it may be a fault."""
    recordings = Recordings(tmp_path / "r.db")
    client = client_of(
        stub, recordings, prices={"m": {"input_per_million": 1e6, "output_per_million": 0}}
    )

    reply = ask_one(client, question("fault=empty"))

    assert isinstance(reply, ChatReply)
    assert (reply.text, stub.requests) == ("", 3)
    assert client.spending.usd == pytest.approx(3 * 2)  # 2 tokens each time
    assert recordings.stats().replies == 0
    recordings.close()


def test_a_reply_that_does_not_say_what_it_used_is_charged_by_its_length(stub: ModelStub) -> None:
    """Else a budget would never end; what the reply itself cost stays unknown."""
    client = client_of(
        stub,
        budget=Budget(max_usd=100),
        prices={"m": {"input_per_million": 1e6, "output_per_million": 1e6}},
    )

    replies = [ask_one(client, question(f"fault=unmetered say={'a' * 400}{n}")) for n in range(3)]

    assert isinstance(replies[0], ChatReply)
    assert (replies[0].usage, replies[0].cost_usd) == (None, None)
    assert client.spending.usd > 100
    assert (
        replies[1]
        == replies[2]
        == ModelFailed(cause="budget", detail="the budget of 100 USD is spent")
    )
    assert stub.requests == 1


def test_retry_after_is_obeyed(stub: ModelStub) -> None:
    """Never earlier than the endpoint said."""
    stub.retry_after = "7"
    clock = FakeClock()

    ask_one(client_of(stub, clock=clock), question("fault=429*2"))

    assert len(clock.pauses) == 2
    assert all(7.0 <= pause <= 7.7 for pause in clock.pauses)


def test_a_wait_beyond_the_cap_is_not_begun(stub: ModelStub) -> None:
    """Who is told to come back in an hour gives the case up at once."""
    stub.retry_after = "3600"
    clock = FakeClock()

    failed = ask_one(client_of(stub, clock=clock), question("fault=429"))

    assert isinstance(failed, ModelFailed)
    assert (failed.cause, stub.requests, clock.pauses) == ("rate_limited", 1, [])
    assert "told to wait 3600 s" in failed.detail


def test_a_clock_that_jumps_does_not_matter(stub: ModelStub) -> None:
    """A date is held against the endpoint's own date, pauses against time that never goes back."""
    clock = FakeClock()
    clock.jump = 1e9
    stub.retry_after = "Wed, 21 Oct 2026 07:28:05 GMT\r\ndate: Wed, 21 Oct 2026 07:28:00 GMT"

    reply = ask_one(client_of(stub, clock=clock), question("fault=429*1"))

    assert isinstance(reply, ChatReply)
    assert 5.0 <= clock.pauses[0] <= 5.5


@pytest.mark.parametrize(
    ("fault", "cause"), [("400", "refused"), ("flagged", "refused"), ("too_long", "too_long")]
)
def test_what_one_question_meets_is_that_cases_and_not_asked_again(
    stub: ModelStub, fault: str, cause: str
) -> None:
    """A refusal stays one."""
    failed = ask_one(client_of(stub), question(f"fault={fault}"))

    assert isinstance(failed, ModelFailed)
    assert (failed.cause, stub.requests) == (cause, 1)


FOR_ALL = {
    "401": ("the key in STUB_KEY", "set STUB_KEY to a key"),
    "308": ("sends us elsewhere", "base_url"),
    "404": ("knows no model 'm'", "providers.stub.base_url"),
    "bad_parameter": ("refuses the parameter 'max_tokens'", "take it out"),
    "no_credit": ("no credit", "add credit"),
}


@pytest.mark.parametrize("fault", FOR_ALL)
def test_what_every_case_would_meet_is_said_once(stub: ModelStub, fault: str) -> None:
    """A thousand cases are not asked what one was refused for, and the person is told."""

    async def ask_in_turn() -> None:
        async with client_of(stub) as client:
            for number in range(20):
                with pytest.raises(UserMistake) as refused:
                    await client.complete(question(f"{number} fault={fault}", max_tokens=5))
                said = str(refused.value)
                assert all(words in said for words in FOR_ALL[fault])

    asyncio.run(ask_in_turn())

    assert stub.requests == 1


def test_a_403_is_of_one_question_where_another_was_let_in(stub: ModelStub) -> None:
    """A gateway forbids what its policy does not like, a thousand times if need be."""
    asked = [question("hello"), *(question(f"{number} fault=403") for number in range(20))]

    async def ask_in_turn() -> list[ChatReply | ModelFailed]:
        async with client_of(stub) as client:
            return [await client.complete(each) for each in asked]

    reply, *failed = asyncio.run(ask_in_turn())

    assert isinstance(reply, ChatReply)
    assert failed == [ModelFailed(cause="refused", detail="403: stub says 403")] * 20
    assert stub.requests == 21  # none is asked again


def test_a_model_that_lets_nobody_in_is_said_once(stub: ModelStub) -> None:
    """After so many 403s that it cannot be chance it is the key, and nobody else is asked."""

    async def ask_in_turn() -> list[ModelFailed | ChatReply | UserMistake]:
        outcomes: list[ModelFailed | ChatReply | UserMistake] = []
        async with client_of(stub) as client:
            for number in range(FIRST + 20):
                try:
                    outcomes.append(await client.complete(question(f"{number} fault=403")))
                except UserMistake as mistake:
                    outcomes.append(mistake)
        return outcomes

    outcomes = asyncio.run(ask_in_turn())

    assert stub.requests == FIRST
    assert all(isinstance(each, ModelFailed) for each in outcomes[: FIRST - 1])
    for mistake in outcomes[FIRST - 1 :]:
        assert "refuses the key in STUB_KEY: 403: stub says 403 (set STUB_KEY" in str(mistake)


def test_a_403_that_names_the_model_is_of_every_question(stub: ModelStub) -> None:
    """An account that may not use a model is told so in its error's code."""
    error = {"error": {"code": "model_not_found", "message": "no access to model m"}}
    stub.scripted = (403, {}, json.dumps(error).encode())

    with pytest.raises(UserMistake, match="knows no model 'm': 403: no access"):
        ask_one(client_of(stub), question("hello"))


def test_a_key_that_the_endpoint_repeats_is_not_shown(stub: ModelStub) -> None:
    """Error texts of endpoints hold keys."""
    with pytest.raises(UserMistake) as refused:
        ask_one(client_of(stub, keys={"STUB_KEY": "stub says"}), question("fault=401"))

    assert "401: [redacted] 401" in str(refused.value)


@pytest.mark.parametrize(
    ("spec", "keys", "fault"),
    [
        ({}, {}, "the environment variable STUB_KEY is not set"),
        ({"base_url": None}, None, "base_url: is missing"),
    ],
)
def test_a_provider_that_cannot_be_asked_is_a_mistake(
    stub: ModelStub, spec: dict[str, Any], keys: dict[str, str] | None, fault: str
) -> None:
    """Known before anything is sent."""
    with pytest.raises(UserMistake, match=fault):
        ask_one(client_of(stub, keys=keys, **spec), question("hello"))

    assert stub.requests == 0


@pytest.mark.parametrize(
    ("uri", "fault"),
    [
        ("gpt-4o", "names no model"),
        ("stab:/m", "did you mean 'stub'"),
        ("sim:/raeder", "did you mean 'reader'|is not there"),
    ],
)
def test_a_model_that_cannot_be_found_is_a_mistake(stub: ModelStub, uri: str, fault: str) -> None:
    """The nearest name is offered."""
    with pytest.raises(UserMistake, match=fault):
        ask_one(client_of(stub), question("hello", model=uri))


def test_parameters_that_evalgate_sets_are_refused(stub: ModelStub) -> None:
    """A stream cannot be read, and a header could carry a key into the recordings."""
    with pytest.raises(UserMistake) as refused:
        ask_one(client_of(stub), question("hello", stream=True, extra_headers={"x": SECRET}))

    assert [problem.key for problem in refused.value.problems] == [
        "parameters.extra_headers",
        "parameters.stream",
    ]


def test_what_a_model_says_besides_text_is_read(stub: ModelStub) -> None:
    """Cut off, refused by the filter, refused by the model, a tool called."""
    replies = ask(
        client_of(stub),
        *(question(f"fault={kind}") for kind in ("truncated", "filtered", "refusal", "tool")),
    )

    found = [
        (reply.truncated, reply.refused, reply.tool_calls)
        for reply in replies
        if isinstance(reply, ChatReply)
    ]
    assert found == [
        (True, False, ()),
        (False, True, ()),
        (False, True, ()),
        (False, False, (ToolCall(name="look_up", arguments={"city": "Bern"}),)),
    ]


def test_no_more_than_max_in_flight_are_asked_at_once(stub: ModelStub) -> None:
    """Forty questions, four at a time."""
    stub.latency_s = 0.005

    ask(client_of(stub, max_in_flight=4), *(question(f"q {n}") for n in range(40)))

    assert (stub.requests, stub.most_in_flight) == (40, 4)


def test_requests_per_minute_are_kept_without_counting_as_latency(stub: ModelStub) -> None:
    """One a second goes at once, the others wait for their turn; nobody's time runs out."""
    clock = FakeClock()

    replies = ask(
        client_of(stub, clock=clock, requests_per_minute=60, max_in_flight=1, max_wait_s=2.0),
        *(question(f"q {n}") for n in range(10)),
    )

    assert clock.now - 1000.0 == pytest.approx(9.0)
    assert all(isinstance(each, ChatReply) and each.latency_s == 0.0 for each in replies)


def test_two_equal_questions_at_once_are_asked_once(stub: ModelStub) -> None:
    """The second is handed the first one's reply, which it does not pay for."""
    stub.latency_s = 0.05  # else the first may be answered before the second is asked
    client = client_of(stub)

    first, second = ask(client, question("say=yes"), question("say=yes"))

    assert isinstance(first, ChatReply)
    assert isinstance(second, ChatReply)
    assert (stub.requests, first.recorded, second.recorded) == (1, False, True)
    assert (client.spending.calls, client.spending.recorded) == (1, 1)


def test_who_waits_for_a_cancelled_question_asks_for_himself(stub: ModelStub) -> None:
    """A task that is stopped takes no other one with it."""

    async def one_is_stopped(client: Client) -> ChatReply | ModelFailed:
        async with client:
            stub.held.set()
            first = asyncio.create_task(client.complete(question("say=yes")))
            second = asyncio.create_task(client.complete(question("say=yes")))
            while not stub.in_flight:  # noqa: ASYNC110 - it is counted in another thread
                await asyncio.sleep(0)
            first.cancel()
            stub.held.clear()
            return await second

    reply = asyncio.run(one_is_stopped(client_of(stub)))

    assert isinstance(reply, ChatReply)
    assert (reply.text, stub.requests) == ("yes", 2)


def test_a_spent_budget_ends_the_asking(stub: ModelStub) -> None:
    """What was paid is counted, and nothing more is asked."""
    price = {"input_per_million": 0, "output_per_million": 1e6}
    client = client_of(stub, budget=Budget(max_usd=2.0), prices={"m": price}, max_in_flight=1)

    async def in_turn() -> list[ChatReply | ModelFailed]:
        async with client:
            return [await client.complete(question(f"say={n}234567")) for n in range(1, 5)]

    outcomes = asyncio.run(in_turn())

    assert [isinstance(each, ChatReply) for each in outcomes] == [True, True, False, False]
    assert outcomes[2] == ModelFailed(cause="budget", detail="the budget of 2 USD is spent")
    assert (stub.requests, client.spending.usd) == (2, 2.0)


def test_the_time_of_a_budget_ends_the_asking_too(stub: ModelStub) -> None:
    """By the clock that never goes back."""
    clock = FakeClock()
    client = client_of(stub, clock=clock, budget=Budget(max_minutes=1.0))
    clock.now += 61.0

    failed = ask_one(client, question("hello"))

    assert failed == ModelFailed(cause="budget", detail="the budget of 1 minutes is over")


def test_the_time_of_a_budget_ends_the_waiting(stub: ModelStub) -> None:
    """Neither a Retry-After nor a turn in a slow line is waited for beyond it."""
    stub.retry_after = "100"
    clock = FakeClock()
    told = client_of(stub, clock=clock, budget=Budget(max_minutes=0.5))
    other = FakeClock()
    slow = client_of(stub, clock=other, budget=Budget(max_minutes=0.5), requests_per_minute=1)

    after_retry = ask_one(told, question("fault=429"))
    _, after_turn = ask(slow, question("first"), question("second"))

    assert (clock.pauses, other.pauses) == ([30.0], [30.0])
    over = ModelFailed(cause="budget", detail="the budget of 0.5 minutes is over")
    assert after_retry == over
    assert after_turn == over
    assert stub.requests == 2


def test_clients_of_several_loops_share_one_budget(stub: ModelStub) -> None:
    """What one has spent the other one cannot spend again."""
    price = {"input_per_million": 0, "output_per_million": 1e6}
    spending = Spending(Budget(max_usd=1.0), FakeClock())
    first, second = (client_of(stub, spending=spending, prices={"m": price}) for _ in range(2))

    reply = ask_one(first, question("say=1234"))
    failed = ask_one(second, question("say=5678"))

    assert isinstance(reply, ChatReply)
    assert failed == ModelFailed(cause="budget", detail="the budget of 1 USD is spent")
    assert (spending.usd, spending.calls, spending.in_flight, stub.requests) == (1.0, 1, 0, 1)


def test_a_budget_that_ends_while_questions_wait_stops_them(stub: ModelStub) -> None:
    """All were asked for at once; only those that are on their way when it ends are paid."""
    price = {"input_per_million": 0, "output_per_million": 1e6}
    client = client_of(stub, budget=Budget(max_usd=3.0), prices={"m": price}, max_in_flight=2)

    ask(client, *(question(f"say={n}2345") for n in range(20)))

    assert 3 <= stub.requests <= 4


def test_a_mix_of_faults_loses_nothing(stub: ModelStub) -> None:
    """5 % told to wait, 2 % server errors, 1 % cut off, 1 % empty: all are answered."""
    stub.rates = {"429": 0.05, "500": 0.02, "cut": 0.01, "empty": 0.01}
    stub.retry_after = "1"

    replies = ask(client_of(stub), *(question(f"question {n}") for n in range(300)))

    assert all(isinstance(reply, ChatReply) and reply.text for reply in replies)
    assert 300 < stub.requests < 400
