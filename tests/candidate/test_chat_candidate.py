"""A prompt and a model."""

import asyncio
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import ValidationError

from evalgate.candidate.building import build_candidate
from evalgate.candidate.chat import ChatCandidate
from evalgate.config.candidates import candidate_texts
from evalgate.domain.answer import Answer, NotProduced, Produced, ToolCall, Unanswered, Usage
from evalgate.domain.case import Question
from evalgate.domain.chat import ChatReply, ChatRequest, ModelFailed
from evalgate.domain.message import Message
from evalgate.domain.specs import ChatSpec
from evalgate.errors import UserMistake
from evalgate.testing import Said, ScriptedModel

PROMPT = "Q: {{ q }}"


def built(root: Path, model: ScriptedModel | None = None, **fields: Any) -> ChatCandidate:
    """A candidate of a project's `candidates/` folder."""
    prompt = {} if {"prompt_file", "messages"} & fields.keys() else {"prompt": PROMPT}
    spec = ChatSpec.model_validate({"kind": "chat", "model": "m:/one", **prompt, **fields})
    candidate = build_candidate(
        "v1", spec, folder=root / "candidates", root=root, model=model or ScriptedModel([])
    )
    assert isinstance(candidate, ChatCandidate)
    return candidate


def answer_to(root: Path, said: Said, **inputs: Any) -> Answer:
    """What the candidate makes of what the model says."""
    candidate = built(root, ScriptedModel([said]))
    return asyncio.run(candidate.answer(Question("c", inputs or {"q": "why"})))


def test_a_prompt_is_one_message_and_parameters_are_passed_through(tmp_path: Path) -> None:
    """Tools and a JSON schema among them."""
    model = ScriptedModel(["Because."])
    parameters = {"temperature": 0, "tools": [{"type": "function"}], "response_format": {"x": 1}}
    candidate = built(tmp_path, model, parameters=parameters)

    answer = asyncio.run(candidate.answer(Question("c", {"q": "{{ why }}", "other": 1})))

    assert answer == Produced(text="Because.")
    assert model.requests == [
        ChatRequest(
            model="m:/one",
            messages=(Message(role="user", content="Q: {{ why }}"),),
            parameters=parameters,
        )
    ]
    assert candidate.slots == ("q",)


def test_a_time_limit_is_of_each_attempt(tmp_path: Path) -> None:
    """It goes with every request; without one the provider's counts."""
    model = ScriptedModel(["Because.", "Because."])

    for candidate in (built(tmp_path, model, timeout_s=2), built(tmp_path, model)):
        asyncio.run(candidate.answer(Question("c", {"q": "why"})))

    assert [asked.timeout_s for asked in model.requests] == [2, None]
    with pytest.raises(ValidationError, match="timeout_s"):
        built(tmp_path, timeout_s=0)


def test_messages_have_roles_and_slots(tmp_path: Path) -> None:
    """Each message is a template of its own."""
    model = ScriptedModel(["x"])
    messages = [
        {"role": "system", "content": "You are {{ who }}."},
        {"role": "user", "content": "{{ q }}"},
    ]
    candidate = built(tmp_path, model, messages=messages)

    asyncio.run(candidate.answer(Question("c", {"q": "why", "who": "wise"})))

    said = [(message.role, message.content) for message in model.requests[0].messages]
    assert said == [("system", "You are wise."), ("user", "why")]
    assert candidate.slots == ("who", "q")


def test_what_is_known_of_a_reply_is_kept(tmp_path: Path) -> None:
    """Latency is the reply's own, not the time in a queue."""
    reply = ChatReply(
        text="x",
        tool_calls=(ToolCall(name="f", arguments={"a": 1}),),
        usage=Usage(input_tokens=3, output_tokens=1),
        latency_s=0.25,
        cost_usd=0.01,
        recorded=True,
    )

    assert answer_to(tmp_path, reply) == Produced(
        text="x",
        tool_calls=reply.tool_calls,
        usage=reply.usage,
        latency_s=0.25,
        cost_usd=0.01,
    )


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (
            ChatReply(text="half an ans", truncated=True),
            Produced(text="half an ans", truncated=True),
        ),
        (ChatReply(text="I cannot.", refused=True), Produced(text="I cannot.")),
        (
            ChatReply(text="", tool_calls=(ToolCall(name="f"),)),
            Produced(text="", tool_calls=(ToolCall(name="f"),)),
        ),
        (ChatReply(text=" \n"), NotProduced(cause="empty", detail="the answer is empty")),
        (
            ChatReply(text="", truncated=True),
            NotProduced(
                cause="empty",
                detail="the model was cut off at its length before it said anything",
            ),
        ),
        (
            ChatReply(text="", refused=True),
            NotProduced(cause="empty", detail="the model refused without a word"),
        ),
        (
            ModelFailed(cause="too_long", detail="9000 tokens"),
            NotProduced(cause="too_long", detail="9000 tokens"),
        ),
    ],
    ids=["cut off", "refusal", "tool call", "blank", "all thought", "mute refusal", "too long"],
)
def test_a_reply_is_an_answer_or_the_candidates_fault(
    tmp_path: Path, reply: Said, expected: Answer
) -> None:
    """What a user would see is judged; nothing to see is the worst score."""
    assert answer_to(tmp_path, reply) == expected


@pytest.mark.parametrize("cause", get_args(ModelFailed.model_fields["cause"].annotation))
def test_an_endpoint_that_fails_is_nobodys_fault(tmp_path: Path, cause: Any) -> None:
    """With its cause, but for a context that is too long."""
    answer = answer_to(tmp_path, ModelFailed(cause=cause, detail="so"))

    expected = NotProduced if cause == "too_long" else Unanswered
    assert isinstance(answer, expected)
    assert (answer.cause, answer.detail) == (cause, "so")


def test_a_slot_without_an_input_asks_nobody(tmp_path: Path) -> None:
    """It costs nothing."""
    model = ScriptedModel(["x"])

    answer = asyncio.run(built(tmp_path, model).answer(Question("c", {"other": 1})))

    assert isinstance(answer, NotProduced)
    assert answer.cause == "own_error"
    assert model.requests == []


def test_a_text_that_utf8_cannot_hold_is_sent_without_it(tmp_path: Path) -> None:
    """A lone surrogate would break the request."""
    model = ScriptedModel(["x"])

    asyncio.run(built(tmp_path, model).answer(Question("c", {"q": "a\ud800"})))

    assert model.requests[0].messages[0].content == "Q: a?"


def test_a_prompt_may_have_a_file(tmp_path: Path) -> None:
    """Beside the candidate's; its bytes are part of the digest, and it is looked at for leaks."""
    folder = tmp_path / "candidates"
    folder.mkdir()
    (folder / "v1.yaml").write_text("kind: chat")
    (folder / "p.md").write_text("File: {{ q }}\n")
    model = ScriptedModel(["x"])
    candidate = built(tmp_path, model, prompt_file="p.md")

    asyncio.run(candidate.answer(Question("c", {"q": "why"})))

    assert model.requests[0].messages[0].content == "File: why\n"
    before = candidate.identity.digest
    assert built(tmp_path, prompt_file="p.md", description="new").identity.digest == before
    spec = ChatSpec(kind="chat", model="m:/one", prompt_file="p.md")
    assert list(candidate_texts(tmp_path, "v1", spec)) == ["candidates/v1.yaml", "candidates/p.md"]
    (folder / "p.md").write_text("File: {{ q }}")
    assert built(tmp_path, prompt_file="p.md").identity.digest != before


def test_the_digest_is_complete(tmp_path: Path) -> None:
    """Nothing but the spec and the prompt determines what is asked."""
    identities = [
        built(tmp_path).identity,
        built(tmp_path, model=None, prompt="{{ q }}").identity,
        built(tmp_path, parameters={"seed": 1}).identity,
        built(tmp_path, messages=[{"role": "user", "content": PROMPT}]).identity,
    ]

    assert len({identity.digest for identity in identities}) == 4
    assert all(identity.complete for identity in identities)
    assert built(tmp_path).identity == identities[0]


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"prompt_file": "p.md"}, "candidates/p.md: there is no such file (candidates/v1.yaml nam"),
        ({"prompt": "{{ q | x }}"}, "candidates/v1.yaml: prompt: {{ q | x }} is not a slot"),
        (
            {"messages": [{"role": "user", "content": "{{ }}"}]},
            "candidates/v1.yaml: messages.0.content: {{ }} is not a slot",
        ),
    ],
)
def test_a_prompt_with_a_fault_is_a_mistake(
    tmp_path: Path, fields: dict[str, Any], fault: str
) -> None:
    """Before anybody is asked."""
    with pytest.raises(UserMistake) as caught:
        built(tmp_path, **fields)

    assert str(caught.value).startswith(fault)


def test_a_model_that_nobody_provides_is_a_mistake(tmp_path: Path) -> None:
    """It is said where the model is named."""
    spec = ChatSpec(kind="chat", model="m:/one", prompt=PROMPT)
    with pytest.raises(UserMistake) as caught:
        build_candidate("v1", spec, folder=tmp_path, root=tmp_path)

    assert str(caught.value) == "v1.yaml: model: nobody asks m:/one here"


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"prompt": "a", "prompt_file": "b"},
        {"prompt": ""},
        {"messages": []},
        {"prompt": "a", "parameters": {"messages": []}},
        {"prompt": "a", "parameters": {"stream": True}},
        {"prompt": "a", "model": "gpt-4"},
        {"prompt": "a", "model": "openai:/"},
    ],
)
def test_a_spec_says_one_thing_once(fields: dict[str, Any]) -> None:
    """And names a provider and a model."""
    with pytest.raises(ValidationError):
        ChatSpec.model_validate({"kind": "chat", "model": "m:/one", **fields})
