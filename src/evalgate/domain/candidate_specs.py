"""What people write in `candidates/`, as facts."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from evalgate.domain.message import Message
from evalgate.domain.names import ModelUri, Name
from evalgate.domain.record import Finite, JsonValue, Number, Record


class RecordedSpec(Record):
    """Answers that were given before, one JSON object per line."""

    kind: Literal["recorded"]
    answers: str = Field(description="JSONL file of answers, beside the candidate's file")
    evalset: Name | None = Field(default=None, description="the evalset that was answered")
    description: str = ""


class PythonSpec(Record):
    """A function that is called with a case's inputs."""

    kind: Literal["python"]
    function: Annotated[str, StringConstraints(pattern=r"^[\w.]+:[\w.]+$")]
    timeout_s: Finite = Field(default=60.0, gt=0)
    digest_of: tuple[str, ...] = ()
    evalset: Name | None = None
    description: str = ""


class CommandSpec(Record):
    """A command that reads a case's inputs as JSON and writes its answer."""

    kind: Literal["command"]
    command: Annotated[tuple[str, ...], Field(min_length=1)]
    timeout_s: Finite = Field(default=60.0, gt=0)
    digest_of: tuple[str, ...] = ()
    evalset: Name | None = None
    description: str = ""


class ChatSpec(Record):
    """A prompt and a model: each case's inputs fill the prompt's `{{ name }}` slots."""

    kind: Literal["chat"]
    model: ModelUri
    prompt: str | None = Field(default=None, min_length=1, description="one user message")
    prompt_file: str | None = Field(
        default=None, min_length=1, description="the same in a file beside the candidate's"
    )
    messages: tuple[Message, ...] | None = Field(default=None, min_length=1)
    parameters: dict[str, JsonValue] = Field(
        default_factory=dict,
        description="sent as they are: temperature, max_tokens, tools, response_format …",
    )
    timeout_s: Number | None = Field(
        default=None, gt=0, description="of one attempt; the provider's when left out"
    )
    evalset: Name | None = None
    description: str = ""

    @model_validator(mode="after")
    def _says_it_once(self) -> Self:
        if [self.prompt, self.prompt_file, self.messages].count(None) != 2:
            msg = "write one of prompt, prompt_file and messages"
            raise ValueError(msg)
        taken = sorted({"messages", "model", "stream", "n"} & self.parameters.keys())
        if taken:
            msg = f"{taken[0]!r} is not a parameter that a candidate may set"
            raise ValueError(msg)
        return self


Path = Annotated[str, StringConstraints(pattern=r"^[^\s.]+(\.[^\s.]+)*$")]
"""A dotted path into a reply: `data.answer`, `docs.*.text`, `choices.0.text`."""


class UsagePaths(Record):
    """Where the token counts are in a reply."""

    input_tokens: Path
    output_tokens: Path


class HttpSpec(Record):
    """A URL that is asked once per case; its errors are the candidate's own."""

    kind: Literal["http"]
    method: Literal["GET", "POST", "PUT", "PATCH"] = "POST"
    url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s/?#{}@]+([/?#].*)?$")] = Field(
        description="`{{ name }}` slots after the host are filled from a case's inputs"
    )
    headers: dict[str, Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]] = (
        Field(
            default_factory=dict,
            description="header: name of the environment variable that holds its whole value",
        )
    )
    body: JsonValue = Field(
        default=None, description="JSON with `{{ name }}` slots; a slot alone keeps its type"
    )
    answer: Path | None = Field(
        default=None, description="where the answer is in the JSON reply; else the reply as text"
    )
    contexts: Path | None = None
    usage: UsagePaths | None = None
    timeout_s: Number = Field(default=60.0, gt=0)
    digest_of: tuple[str, ...] = ()
    evalset: Name | None = None
    description: str = ""


CandidateSpec = Annotated[
    RecordedSpec | PythonSpec | CommandSpec | ChatSpec | HttpSpec, Field(discriminator="kind")
]
