"""What the pages say of live models is tried: judges, candidates, recordings, `sim:/`."""

import asyncio
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import rmtree

import pytest

from doc_pages import asked, blocks, files_in, laid_out, page, rows_below, shown_runs
from evalgate.config.judges import load_judge_spec
from evalgate.domain.answer import Produced, ToolCall, Usage
from evalgate.domain.case import Case
from evalgate.domain.chat import ChatReply
from evalgate.domain.judgement import Scored
from evalgate.domain.record import JsonValue
from evalgate.domain.specs import GenaiMetricSpec, JudgeBase
from evalgate.judge.building import build_judge
from evalgate.judge.means import Means
from evalgate.judge.protocol import Judge
from evalgate.model.retrying import RETRIED_STATUSES
from evalgate.testing import ScriptedModel
from model_stub import ModelStub
from small_project import MakeProject

STATUS = re.compile(r"\b[45]\d\d\b")


def built(root: Path, name: str, says: ScriptedModel) -> Judge:
    """Build a judge as a run would; `says` is the model that it asks."""
    spec, folder = load_judge_spec(root, name, {})
    return build_judge(name, spec, folder, root, Means(says))


def test_judges_that_ask_a_model_read_a_reply_as_the_table_says(tmp_path: Path) -> None:
    """Each is built, made by MLflow where it is a genai_metric, and given the table's reply."""
    root = laid_out("docs/model-judges.md", tmp_path)
    rows = rows_below(page("docs/model-judges.md"), "## How a reply is read")
    expected: dict[str, JsonValue] = {"targets": "Within 14 days.", "long": "Within 14 days."}
    case = Case(id="q1", inputs={"question": "How do I get it back?"}, expected=expected)
    answer = Produced(text="In a month.", contexts=("You have 14 days.",))

    for name, reply, judgement in rows:
        model = ScriptedModel([json.loads(reply.strip("`"))] * 3)
        said = asyncio.run(built(root, name, model).judge(case, answer))
        assert (f"{said.score:g}" if isinstance(said, Scored) else said.kind) == judgement, reply
        assert len(model.requests) == (1 if isinstance(said, Scored) else 3)
        assert "In a month." in model.requests[0].messages[0].content
    own = {path.parent.name for path in (root / "judges").glob("*/judge.yaml")}
    assert {name for name, *_ in rows} == own


def test_the_page_of_genai_metrics_names_every_key(tmp_path: Path) -> None:
    """A key that exists and is not in the table would be found by nobody."""
    laid_out("docs/model-judges.md", tmp_path)
    rows = rows_below(page("docs/model-judges.md"), "## `genai_metric`")
    named = {key for row in rows for key in re.findall(r"`(\w+)`", row[0])}
    shared = set(JudgeBase.model_fields) - {"scale"}

    assert named == set(GenaiMetricSpec.model_fields) - shared - {"kind"}


def test_a_prompt_and_a_model_on_the_page_are_asked(tmp_path: Path) -> None:
    """The model gets the page's prompt and parameters; a call of a tool is an answer."""
    root = laid_out("docs/candidates.md", tmp_path)
    call = ToolCall(name="order", arguments={})
    model = ScriptedModel(["Within 14 days.", ChatReply(text="", tool_calls=(call,))])

    answers = [asked(root, name, model) for name in ("brief", "tools")]

    assert answers == [
        (Produced(text="Within 14 days."), True),
        (Produced(text="", tool_calls=(call,)), True),
    ]
    brief, tools = model.requests
    assert brief.messages[0].content.endswith("Answer in one sentence.\nDo you ship?\n")
    assert brief.parameters == {"temperature": 0, "max_tokens": 100}
    assert [message.role for message in tools.messages] == ["system", "user"]
    assert "tools" in tools.parameters


def test_the_url_on_the_page_is_asked(tmp_path: Path) -> None:
    """What the application replies is found where the page says it is."""
    files = files_in(page("docs/candidates.md"))
    reply = {
        "data": {"text": "Yes.", "passages": [{"text": "We ship."}, {"text": "Abroad too."}]},
        "usage": {"in": 5, "out": 2},
    }
    with HelpDesk(("127.0.0.1", 0), Desk) as desk:
        desk.reply, desk.heard = json.dumps(reply).encode(), []
        thread = threading.Thread(target=desk.serve_forever, args=(0.01,))
        thread.start()
        root = laid_out("docs/candidates.md", tmp_path)
        there = files["candidates/deployed.yaml"].replace("8000", str(desk.server_port))
        (root / "candidates/deployed.yaml").write_text(there, encoding="utf-8")
        answer, complete = asked(root, "deployed")
        desk.shutdown()
        thread.join()

    assert complete
    assert isinstance(answer, Produced)
    assert (answer.text, answer.contexts) == ("Yes.", ("We ship.", "Abroad too."))
    assert answer.usage == Usage(input_tokens=5, output_tokens=2)
    assert desk.heard == [
        ("/ask?lang=en", "Bearer abc", {"question": "Do you ship?", "stream": False})
    ]


class HelpDesk(ThreadingHTTPServer):
    """An application on this machine that keeps what it was asked."""

    reply: bytes
    heard: list[tuple[str, str | None, JsonValue]]


class Desk(BaseHTTPRequestHandler):
    """Replies the same to every question."""

    server: HelpDesk

    def do_POST(self) -> None:  # http.server's name
        """Keep the question and reply."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.heard.append((self.path, self.headers.get("Authorization"), body))
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.server.reply)))
        self.end_headers()
        self.wfile.write(self.server.reply)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 # http.server's name
        """Say nothing."""


def test_the_page_of_providers_names_every_status_that_is_tried_again() -> None:
    """The first row has those, and no other row has one of them."""
    rows = rows_below(page("docs/providers.md"), "## When an endpoint fails")
    named = [{int(status) for status in STATUS.findall(row[0])} for row in rows]

    assert named[0] == RETRIED_STATUSES
    assert RETRIED_STATUSES.isdisjoint(set[int]().union(*named[1:]))


def test_the_way_to_a_live_model_on_the_page_is_a_real_one(
    project: MakeProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the project of `init`: priced without a key as shown, paid for once, then free."""
    made = project({})
    made.run("init")
    files = files_in(page("docs/models.md"))
    made.write(files)
    [(command, shown)] = shown_runs(blocks(page("docs/models.md"), "console")[0])

    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assert made.run("check").code == 0
    assert made.run(*command.split()[1:]).out.rstrip() == shown.rstrip()
    assert made.run("run").code == 2
    with ModelStub() as stub:
        address = f"openai: {{base_url: '{stub.base_url}', "
        made.write({"gates.yaml": files["gates.yaml"].replace("openai: {", address)})
        monkeypatch.setenv("OPENAI_API_KEY", "k-of-mine")
        first = made.run("run", "-j", "32")
        rmtree(made.root / ".evalgate/runs")
        second = made.run("run", "-j", "32", "--offline")
        assert stub.requests == 40
    assert "40" in first.out
    assert (second.code, second.out) == (first.code, first.out)
    assert made.run("recordings", "export", "replies.jsonl").code == 0
    assert "k-of-mine" not in made.read("replies.jsonl")
    assert made.run("recordings", "import", "replies.jsonl").code == 0


def test_the_simulated_model_on_the_page_answers(project: MakeProject) -> None:
    """With its faults, which are tried again, and without an LLM."""
    made = project({})
    made.run("init")
    made.write(files_in(page("docs/models.md")))

    ended = made.run("run", "--candidate", "shaky", "--limit", "5")

    assert ended.code == 3
    assert "no LLM was called: sim:/reader is a rule in this process" in ended.out
