"""GitHub's API on loopback, as far as evalgate knows it: authors, permissions, pages, faults."""

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from fake_git import FakeGit

BOT = {"login": "github-actions[bot]", "id": 41898282, "type": "Bot"}
MALLORY = {"login": "mallory", "id": 7, "type": "User"}
LONGEST_BODY = 65_536  # characters
PAGE = 100

WRITER, READER, OF_ACTIONS = "ghs_writer", "ghs_reader", "ghs_of_actions"
PROPOSER = "ghs_proposer"
TOKENS: dict[str, dict[str, str]] = {
    WRITER: {"issues": "write", "pull-requests": "write"},
    READER: {"issues": "read", "pull-requests": "read"},
    PROPOSER: {"issues": "none", "pull-requests": "write", "contents": "write"},
    OF_ACTIONS: {"issues": "none", "pull-requests": "none", "actions": "read"},
}

Json = dict[str, Any]


class Asked(NamedTuple):
    """A request that came in."""

    method: str
    path: str
    token: str
    body: Json


class Fault(NamedTuple):
    """What is answered instead; `done` is whether the request is carried out all the same."""

    status: int
    message: str = "no"
    headers: Mapping[str, str] = {}
    done: bool = False


class Answer(NamedTuple):
    """What goes back."""

    status: int
    content: object = None
    headers: Mapping[str, str] = {}


@dataclass
class FakeGitHub:
    """One repository with its comments, issues and pull requests."""

    repository: str = "acme/app"
    page: int = PAGE
    comments: dict[int, list[Json]] = field(default_factory=dict)
    issues: dict[int, Json] = field(default_factory=dict)
    pulls: dict[int, Json] = field(default_factory=dict)
    git: FakeGit | None = None  # commits and branches, where a test is about them
    is_fork: bool = False
    may_open_pulls: bool = True
    runs: dict[int, Json] = field(default_factory=dict)
    artifacts: list[Json] = field(default_factory=list)  # the oldest first
    artifacts_reply: object = None  # what is answered in their place
    asked: list[Asked] = field(default_factory=list)
    faults: dict[str, list[Fault]] = field(default_factory=dict)  # by method
    before_write: Callable[["FakeGitHub"], object] | None = (
        None  # what somebody else does meanwhile
    )
    url: str = ""
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _numbers: Iterator[int] = field(default_factory=lambda: iter(range(1001, 1_000_000)))

    def comment(self, on: int, body: str, user: Json | None = None) -> Json:
        """Put a comment onto a pull request."""
        number = next(self._numbers)
        made = {
            "id": number,
            "body": body,
            "user": user or BOT,
            "html_url": f"https://github.example/{self.repository}/pull/{on}#c{number}",
        }
        self.comments.setdefault(on, []).append(made)
        return made

    def issue(self, body: str, user: Json | None = None, **facts: object) -> Json:
        """Open an issue."""
        number = next(self._numbers)
        made = {
            "id": number,
            "number": number,
            "title": "t",
            "body": body,
            "state": "open",
            "user": user or BOT,
            "labels": [{"name": "evalgate"}],
            "html_url": f"https://github.example/{self.repository}/issues/{number}",
            **facts,
        }
        self.issues[number] = made
        return made

    def night(self, run_id: int, sha: str, **facts: object) -> Json:
        """A run that left `evalgate-nights` behind; `facts` are of the run, as the API has them."""
        ours = {"id": 1, "full_name": self.repository}
        run: Json = {
            "id": run_id,
            "path": ".github/workflows/evalgate-nightly.yml",
            "event": "schedule",
            "head_branch": "main",
            "head_sha": sha,
            "repository": ours,
            "head_repository": ours,
            **facts,
        }
        self.runs[run_id] = run
        made: Json = {
            "id": next(self._numbers),
            "name": "evalgate-nights",
            "expired": False,
            "workflow_run": {
                "id": run_id,
                "repository_id": 1,
                "head_repository_id": run["head_repository"]["id"],
                "head_branch": run["head_branch"],
                "head_sha": run["head_sha"],
            },
        }
        self.artifacts.append(made)
        return made

    def bodies(self, on: int) -> list[str]:
        """What a pull request's comments say."""
        return [str(one["body"]) for one in self.comments.get(on, [])]

    def requests(self, method: str) -> list[Asked]:
        """What came in by this method."""
        return [one for one in self.asked if one.method == method]

    def answer(self, asked: Asked) -> Answer:
        """Answer a request, or fail as it was told to."""
        with self._lock:
            self.asked.append(asked)
            if asked.method != "GET" and (act := self.before_write):
                self.before_write = None
                act(self)
            waiting = self.faults.get(asked.method, [])
            if not waiting:
                return self._routed(asked)
            fault = waiting.pop(0)
            if fault.done:
                self._routed(asked)
            return Answer(fault.status, {"message": fault.message}, fault.headers)

    def _routed(self, asked: Asked) -> Answer:
        """Refuse what GitHub refuses; otherwise do it."""
        if asked.token not in TOKENS:
            return Answer(401, {"message": "Bad credentials"})
        if len(str(asked.body.get("body", ""))) > LONGEST_BODY:
            return Answer(422, {"message": "body is too long (maximum is 65536 characters)"})
        parts = urlsplit(asked.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        below = parts.path.removeprefix(f"/repos/{self.repository}").removeprefix("/")
        if not _may(asked, below):
            return Answer(403, {"message": "Resource not accessible by integration"})
        if self.git and (said := self.git.answer(asked.method, unquote(below), query, asked.body)):
            return Answer(*said)
        return self._done(asked, below, query)

    def _done(self, asked: Asked, below: str, query: Mapping[str, str]) -> Answer:
        kind = below.partition("/")[0]
        if kind == "issues":
            return self._about_issues(asked, below, query)
        if kind == "pulls":
            return self._about_pulls(asked, below, query)
        if kind == "actions":
            return self._about_actions(asked, below, query)
        if not below:
            return Answer(200, {"id": 1, "default_branch": "main", "fork": self.is_fork})
        return Answer(404, {"message": "Not Found"})

    def _about_actions(self, asked: Asked, below: str, query: Mapping[str, str]) -> Answer:
        if below == "actions/artifacts":
            return self._artifacts(asked, query)
        found = re.fullmatch(r"actions/runs/(\d+)", below)
        run = self.runs.get(int(found[1])) if found else None
        return Answer(200, run) if run else Answer(404, {"message": "Not Found"})

    def _about_pulls(self, asked: Asked, below: str, query: Mapping[str, str]) -> Answer:
        if found := re.fullmatch(r"pulls/(\d+)", below):
            self.pulls[int(found[1])].update(asked.body)
            return Answer(200, self.pulls[int(found[1])])
        if asked.method == "GET":
            return self._paged(asked, self._pulls(query), query)
        return self._opened(asked.body)

    def _about_issues(self, asked: Asked, below: str, query: Mapping[str, str]) -> Answer:
        if below == "issues":
            return self._issues(asked, query)
        if found := re.fullmatch(r"issues/(\d+)/comments", below):
            return self._comments(asked, int(found[1]), query)
        if found := re.fullmatch(r"issues/comments/(\d+)", below):
            return self._one_comment(asked, int(found[1]))
        if found := re.fullmatch(r"issues/(\d+)", below):
            return self._one_issue(asked, int(found[1]))
        return Answer(404, {"message": "Not Found"})

    def _comments(self, asked: Asked, on: int, query: Mapping[str, str]) -> Answer:
        if asked.method == "GET":
            return self._paged(asked, self.comments.get(on, []), query)
        return Answer(201, self.comment(on, asked.body["body"]))

    def _one_comment(self, asked: Asked, number: int) -> Answer:
        for listed in self.comments.values():
            for one in listed:
                if one["id"] == number and asked.method == "DELETE":
                    listed.remove(one)
                    return Answer(204)
                if one["id"] == number:
                    one["body"] = asked.body["body"]
                    return Answer(200, one)
        return Answer(404, {"message": "Not Found"})

    def _issues(self, asked: Asked, query: Mapping[str, str]) -> Answer:
        if asked.method == "POST":
            labels = [{"name": name} for name in asked.body["labels"]]
            made = self.issue(asked.body["body"], title=asked.body["title"], labels=labels)
            return Answer(201, made)
        wanted = set(filter(None, query.get("labels", "").split(",")))
        listed = [
            one
            for one in self.issues.values()
            if one["state"] == query.get("state", "open")
            and wanted <= {label["name"] for label in one["labels"]}
        ]
        return self._paged(asked, listed, query)

    def _one_issue(self, asked: Asked, number: int) -> Answer:
        if number not in self.issues:
            return Answer(404, {"message": "Not Found"})
        self.issues[number].update(asked.body)
        return Answer(200, self.issues[number])

    def _pulls(self, query: Mapping[str, str]) -> list[Json]:
        def is_wanted(pull: Json) -> bool:
            owner = pull["head"]["label_owner"]
            is_open = pull.get("state", "open") == query.get("state", "open")
            return is_open and query.get("head") in (None, f"{owner}:{pull['head']['ref']}")

        return [pull for pull in self.pulls.values() if is_wanted(pull)]

    def _opened(self, body: Json) -> Answer:
        """Open a pull request, unless there is one, or a setting forbids it."""
        if not self.may_open_pulls:
            said = "GitHub Actions is not permitted to create or approve pull requests."
            return Answer(403, {"message": said})
        if self._pulls({"head": f"acme:{body['head']}"}):
            said = "A pull request already exists"
            return Answer(422, {"message": said})
        assert self.git is not None
        status, tip = self.git.answer("GET", f"git/ref/heads/{body['head']}", {}, {}) or (404, {})
        assert status == 200
        assert isinstance(tip, dict)
        return Answer(201, self.open_pull(tip["object"]["sha"], body))

    def open_pull(self, sha: str, body: Json, user: Json | None = None) -> Json:
        """A pull request as the list shows it, with its words."""
        number = next(self._numbers)
        address = f"https://github.example/{self.repository}/pull/{number}"
        words = {"state": "open", "user": user or BOT, "html_url": address}
        made = pull(number, sha, ref=body["head"])
        self.pulls[number] = {**made, **words, "title": body["title"], "body": body["body"]}
        return self.pulls[number]

    def _artifacts(self, asked: Asked, query: Mapping[str, str]) -> Answer:
        if self.artifacts_reply is not None:
            return Answer(200, self.artifacts_reply)
        named = [one for one in self.artifacts if query.get("name") in (None, one["name"])]
        page = self._paged(asked, named[::-1], query)
        return page._replace(content={"total_count": len(named), "artifacts": page.content})

    def _paged(self, asked: Asked, items: Sequence[Json], query: Mapping[str, str]) -> Answer:
        size = min(int(query.get("per_page", 30)), self.page)
        page = int(query.get("page", 1))
        path = urlsplit(asked.path).path
        following = f"{self.url}{path}?per_page={size}&page={page + 1}"
        more = page * size < len(items)
        headers = {"Link": f'<{following}>; rel="next"'} if more else {}
        return Answer(200, list(items[(page - 1) * size : page * size]), headers)


def _may(asked: Asked, below: str) -> bool:
    """True when the token may do that."""
    rights = TOKENS[asked.token]
    if below.startswith("actions/"):
        return rights.get("actions") == "read"
    if asked.method == "GET":
        return True
    if below.startswith("git/"):
        return rights.get("contents") == "write"
    return rights["pull-requests" if below.startswith("pulls") else "issues"] == "write"


def pull(number: int, sha: str, owner: str = "acme", ref: str = "fix", repo: int = 1) -> Json:
    """A pull request as the list of them shows it."""
    return {
        "number": number,
        "head": {
            "sha": sha,
            "ref": ref,
            "label_owner": owner,
            "repo": {"id": repo, "full_name": f"{owner}/app"},
        },
        "base": {"sha": "b" * 40, "ref": "main", "repo": {"id": 1, "full_name": "acme/app"}},
    }


@contextmanager
def served(fake: FakeGitHub) -> Iterator[FakeGitHub]:
    """Let it answer on loopback."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log_message(self, *_: object) -> None:
            """Keep the tests' output clean."""

        def respond(self) -> None:
            """Answer one request."""
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"{}")
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            answer = fake.answer(Asked(self.command, self.path, token, body))
            is_text = isinstance(answer.content, bytes)
            content = answer.content if is_text else json.dumps(answer.content).encode()
            content = b"" if answer.status == 204 else content
            assert isinstance(content, bytes)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    for method in ("GET", "POST", "PATCH", "DELETE"):
        setattr(Handler, f"do_{method}", Handler.respond)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    fake.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
