"""Request by request, the judge sends what MLflow's own metric sends."""

import asyncio
import json
import threading
import warnings
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mlflow.metrics import genai

from evalgate.domain.answer import Produced
from evalgate.domain.case import Case
from evalgate.domain.chat import ChatRequest
from evalgate.testing import ScriptedModel

REPLY = "score: 3\njustification: so"


class Endpoint(ThreadingHTTPServer):
    """An OpenAI-compatible endpoint that keeps what it was asked."""

    asked: list[dict[str, Any]]


class Handler(BaseHTTPRequestHandler):
    """Answers every chat completion the same way."""

    server: Endpoint

    def do_POST(self) -> None:  # http.server's name
        """Keep the request's body."""
        length = int(self.headers["Content-Length"])
        self.server.asked.append(json.loads(self.rfile.read(length)))
        choice = {
            "index": 0,
            "message": {"role": "assistant", "content": REPLY},
            "finish_reason": "stop",
        }
        usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
        said = {"id": "1", "object": "chat.completion", "created": 1, "model": "one"}
        body = json.dumps({**said, "choices": [choice], "usage": usage}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 # http.server's name
        """Say nothing."""


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Endpoint]:
    """An endpoint to which MLflow's `openai:/` leads."""
    with Endpoint(("127.0.0.1", 0), Handler) as server, pytest.MonkeyPatch.context() as patch:
        server.asked = []
        patch.setenv("OPENAI_API_KEY", "none")
        patch.setenv("OPENAI_BASE_URL", f"http://127.0.0.1:{server.server_port}/v1")
        patch.delenv("OPENAI_API_BASE", raising=False)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def sent_by_mlflow(endpoint: Endpoint, metric: Any, given: Any, answer: str, *columns: Any) -> Any:
    """What reaches the endpoint when MLflow's eval_fn judges one answer."""
    endpoint.asked.clear()
    series = [pd.Series([column]) for column in columns]
    value = metric.eval_fn(pd.Series([answer]), {}, pd.Series([given]), *series)
    assert value.scores == [3]
    (body,) = endpoint.asked
    return body


def sent_by_evalgate(make_judge: Any, fields: dict[str, Any], case: Case, answer: str) -> Any:
    """The judge, and the one request that it sends for an answer."""
    model = ScriptedModel([REPLY])
    judge = make_judge(asks=model, **fields)
    asyncio.run(judge.judge(case, Produced(text=answer)))
    (request,) = model.requests
    return judge, request


def body_of(request: ChatRequest) -> dict[str, Any]:
    """The request as it goes over the wire."""
    messages = [message.model_dump() for message in request.messages]
    name = request.model.removeprefix("openai:/")
    return {"model": name, "messages": messages, **request.parameters}


plain = st.text(st.characters(codec="utf-8", exclude_characters="{}"), max_size=25)
words = plain.filter(bool)
values = st.one_of(plain, st.integers(-9, 9), st.booleans(), st.lists(plain, max_size=3))
parameters = st.none() | st.fixed_dictionaries(
    {}, optional={"temperature": st.just(0.5), "max_tokens": st.just(50), "seed": st.just(7)}
)


@st.composite
def metrics(draw: st.DrawFn, text: st.SearchStrategy[str] = words) -> dict[str, Any]:
    """A metric as judge.yaml has it."""
    columns = draw(st.lists(st.sampled_from(["targets", "reference", "_b"]), unique=True))
    include_input = draw(st.booleans())
    examples = draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "input": text,
                    "output": text,
                    "score": st.integers(1, 5) | st.just(2.5),
                    "justification": text,
                    "grading_context": st.fixed_dictionaries(dict.fromkeys(columns, text)),
                }
            ),
            max_size=2,
        )
    )
    return {
        "definition": draw(text),
        "grading_prompt": draw(text),
        "examples": examples,
        "grading_context_columns": columns,
        "include_input": include_input,
        "parameters": draw(parameters),
        "greater_is_better": draw(st.booleans()),
    }


def fields_of(metric: dict[str, Any]) -> dict[str, Any]:
    """What judge.yaml says besides."""
    better = "higher" if metric["greater_is_better"] else "lower"
    scale = {"kind": "continuous", "low": 1, "high": 5, "better": better}
    mapping = {
        name: f"expected.{name}" for name in metric["grading_context_columns"] if name == "targets"
    }
    return {
        **metric,
        "kind": "genai_metric",
        "model": "openai:/one",
        "scale": scale,
        "col_mapping": mapping,
    }


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(metric=metrics(), question=values, answer=plain, expected=st.tuples(values, values, values))
def test_the_messages_and_parameters_are_those_of_mlflow(  # noqa: PLR0917 - as hypothesis calls it
    endpoint: Endpoint,
    make_judge: Any,
    metric: dict[str, Any],
    question: Any,
    answer: str,
    expected: Any,
) -> None:
    """For metrics and cases of every form, the metric made with MLflow's own hands."""
    columns = dict(zip(("targets", "reference", "_b"), expected, strict=True))
    case = Case(id="c", inputs={"q": question}, expected=columns)
    judge, request = sent_by_evalgate(make_judge, fields_of(metric), case, answer)
    shown = [columns[name] for name in metric["grading_context_columns"]]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        examples = [genai.EvaluationExample(**example) for example in metric["examples"]]
        theirs = genai.make_genai_metric(
            name="mine", model="openai:/one", **{**metric, "examples": examples}
        )

    assert body_of(request) == sent_by_mlflow(endpoint, theirs, question, answer, *shown)
    ours = judge.as_mlflow_metric()
    assert body_of(request) == sent_by_mlflow(endpoint, ours, question, answer, *shown)
    assert (ours.name, ours.greater_is_better) == ("mine", metric["greater_is_better"])


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(metric=metrics(st.sampled_from(['{"a": 1}', "{output}", "{", "}}", "{{ x }}", "{0!r:>9}"])))
def test_braces_in_a_rubric_reach_the_model(
    endpoint: Endpoint, make_judge: Any, metric: dict[str, Any]
) -> None:
    """MLflow alone sends an empty prompt; the metric that it made for evalgate does not."""
    columns = {"targets": "{x}", "reference": "r", "_b": "b"}
    case = Case(id="c", inputs={"q": "{input}"}, expected=columns)
    judge, request = sent_by_evalgate(make_judge, fields_of(metric), case, "{output}")
    shown = [columns[name] for name in metric["grading_context_columns"]]

    text = request.messages[0].content
    assert f"Metric definition:\n{metric['definition']}\n" in text
    assert f"Grading rubric:\n{metric['grading_prompt']}\n" in text
    assert "\nOutput:\n{output}\n" in text
    for example in metric["examples"]:
        assert f"Example Output:\n{example['output']}\n" in text
    metric_of_mlflow = judge.as_mlflow_metric()
    sent = sent_by_mlflow(endpoint, metric_of_mlflow, "{input}", "{output}", *shown)
    assert body_of(request) == sent
