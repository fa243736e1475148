"""What holds for every kind of candidate."""

import asyncio
import json
from collections.abc import Callable

import pytest

from candidate_project import Project, ask_all
from evalgate.candidate.building import build_candidate
from evalgate.candidate.function import FunctionCandidate
from evalgate.candidate.protocol import Candidate
from evalgate.domain.answer import NotProduced, Produced
from evalgate.domain.case import Question
from evalgate.domain.chat import ChatReply, ChatRequest
from evalgate.domain.specs import ChatSpec, RecordedSpec
from evalgate.testing import ScriptedModel


def shout(inputs: dict[str, object]) -> object:
    """Answer as the project's module and script do."""
    if inputs["q"] == "raise":
        raise ValueError("no raise")
    text = str(inputs["q"]).upper()
    inputs.clear()
    return text


def recorded(project: Project) -> Candidate:
    """The same answers, given before."""
    lines = [
        {"id": "ab", "answer": "AB"},
        {"id": "raise", "error": "ValueError: no raise"},
        {"id": "blank", "answer": " "},
    ]
    path = project.root / "answers.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines))
    spec = RecordedSpec(kind="recorded", answers="answers.jsonl")
    return build_candidate("r", spec, folder=project.root, root=project.root, origin="abc")


def chat(project: Project) -> Candidate:
    """A model that does the same; it raises nothing."""

    def shouted(request: ChatRequest) -> ChatReply:
        return ChatReply(text=request.messages[0].content.upper(), latency_s=0.1)

    spec = ChatSpec(kind="chat", model="m:/one", prompt="{{ q }}")
    model = ScriptedModel(shouted)
    return build_candidate("m", spec, folder=project.root, root=project.root, model=model)


KINDS: dict[str, Callable[[Project], Candidate]] = {
    "function": lambda _: FunctionCandidate("f", shout),  # type: ignore[arg-type] # only reads text
    "python": lambda project: project.python(),
    "async python": lambda project: project.python("app:awaited"),
    "command": lambda project: project.command(),
    "recorded": recorded,
    "chat": chat,
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_candidate_answers_many_at_once_and_is_blamed_for_its_faults(
    kind: str, project: Project
) -> None:
    """An answer is Produced, a blank one and an error are the candidate's own fault."""
    candidate = KINDS[kind](project)
    asked = ("ab", "blank", "raise") if kind == "recorded" else ("ab", " ", "raise", "\x00é")

    answers = asyncio.run(ask_all(candidate, *asked))

    assert isinstance(answers[0], Produced)
    assert answers[0].text == "AB"
    assert isinstance(answers[1], NotProduced)
    assert answers[1].cause == "empty"
    if kind not in ("async python", "chat"):  # these raise nothing
        assert isinstance(answers[2], NotProduced)
        assert answers[2].cause == "own_error"
        assert "ValueError: no" in answers[2].detail
    if kind != "recorded":
        assert isinstance(answers[3], Produced)
        assert answers[3].text == "\x00É"
        assert answers[0].latency_s is not None
        assert 0 <= answers[0].latency_s < 20
    asyncio.run(candidate.aclose())
    assert candidate.identity.digest.startswith("sha256:")
    assert candidate.identity.complete == (kind in ("recorded", "chat"))


def test_a_function_cannot_change_what_the_judges_see() -> None:
    """A function is given a copy of the inputs."""
    question = Question("a", {"q": "ab", "deep": [{"x": 1}]})
    candidate = FunctionCandidate("f", shout)  # type: ignore[arg-type] # only reads text

    asyncio.run(candidate.answer(question))

    assert question.inputs == {"q": "ab", "deep": [{"x": 1}]}
