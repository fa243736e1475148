"""What evalgate asks of GitHub: comments, issues, and whose pull request a run was for."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

from pydantic import ValidationError

from evalgate.domain.record import JsonValue
from evalgate.github.event import Event
from evalgate.github.marks import Post
from evalgate.github.payload import Artifact, DefaultBranch, Identifier, PastRun, PullRequest, Read
from evalgate.github.refusals import ApiFailed
from evalgate.github.requests import Requests
from evalgate.github.surroundings import Surroundings
from evalgate.model.clock import Clock, SystemClock

MOST_PAGES = 100
_NEXT = re.compile(r'<([^<>]*)>\s*;\s*rel="next"')


class Author(Read):
    """Who wrote something; a login of another form than ours is nobody of ours."""

    login: str
    type: str = ""


class Written(Read):
    """A comment or an issue, as the API gives it. Who is gone has no account."""

    id: Identifier
    number: Identifier | None = None
    user: Author | None = None
    body: str | None = None
    html_url: str = ""
    pull_request: dict[str, JsonValue] | None = None  # the list of issues holds pull requests too

    def post(self, number: int) -> Post:
        """What it is to us."""
        author = self.user or Author(login="")
        return Post(number, author.login, author.type == "Bot", self.body or "", self.html_url)


T = TypeVar("T", bound=Read)


@dataclass(frozen=True, slots=True)
class GitHub:
    """One repository."""

    requests: Requests
    repository: str

    async def comments(self, number: int) -> list[Post]:
        """Every comment of a pull request or issue, the oldest first."""
        found = await self.pages(f"issues/{number}/comments", {}, Written)
        return sorted((one.post(one.id) for one in found), key=lambda post: post.number)

    async def create_comment(self, number: int, body: str) -> Post:
        """Write a new comment; it may be there although this fails."""
        said, _ = await self._send_post(f"issues/{number}/comments", {"body": body})
        written = read_reply(said, Written)
        return written.post(written.id)

    async def update_comment(self, comment: int, body: str) -> Post:
        """Give a comment another text."""
        path = f"repos/{self.repository}/issues/comments/{comment}"
        said, _ = await self.requests.send("PATCH", path, {"body": body})
        written = read_reply(said, Written)
        return written.post(written.id)

    async def delete_comment(self, comment: int) -> None:
        """Take a comment away; one that is gone already is what was wanted."""
        path = f"repos/{self.repository}/issues/comments/{comment}"
        try:
            await self.requests.send("DELETE", path)
        except ApiFailed as failure:
            if failure.status != 404:
                raise

    async def open_issues(self, label: str) -> list[Post]:
        """The open issues with a label, the oldest first."""
        query = {"state": "open", "labels": label}
        found = await self.pages("issues", query, Written)
        posts = [one.post(one.number) for one in found if one.number and one.pull_request is None]
        return sorted(posts, key=lambda post: post.number)

    async def create_issue(self, title: str, body: str, label: str) -> Post:
        """Open an issue; it may be open although this fails."""
        facts: dict[str, JsonValue] = {"title": title, "body": body, "labels": [label]}
        said, _ = await self._send_post("issues", facts)
        return _issue(said)

    async def update_issue(self, number: int, changes: Mapping[str, JsonValue]) -> Post:
        """Change an issue's title, body or state."""
        path = f"repos/{self.repository}/issues/{number}"
        said, _ = await self.requests.send("PATCH", path, changes)
        return _issue(said)

    async def pull_request_of(self, event: Event) -> int | None:
        """The pull request of an event, or None when there is none, or not one alone.

        Nothing that the run left behind is asked: a fork would name any number it likes. The
        commit must still be the pull request's last one.
        """
        if event.pull_request is not None or event.source is None:
            return event.pull_request
        source = event.source
        if source.event != "pull_request":
            return None
        query = {"state": "open", "head": f"{source.head_owner}:{source.head_branch}"}
        numbers = [
            pull.number
            for pull in await self.pages("pulls", query, PullRequest)
            if pull.head.sha == event.head_sha
            and pull.head.repo is not None
            and pull.head.repo.id == source.head_repository_id
            and pull.base.repo is not None
            and pull.base.repo.full_name == self.repository
        ]
        return numbers[0] if len(numbers) == 1 else None

    async def default_branch(self) -> DefaultBranch:
        """The repository's default branch."""
        said, _ = await self.requests.send("GET", f"repos/{self.repository}")
        return read_reply(said, DefaultBranch)

    async def artifacts(self, name: str) -> list[Artifact]:
        """Every run's artifact of that name."""
        found = await self.pages("actions/artifacts", {"name": name}, Artifact, "artifacts")
        return [one for one in found if one.name == name]

    async def past_run(self, number: int) -> PastRun:
        """One run of a workflow."""
        said, _ = await self.requests.send("GET", f"repos/{self.repository}/actions/runs/{number}")
        return read_reply(said, PastRun)

    async def _send_post(
        self, path: str, body: Mapping[str, JsonValue]
    ) -> tuple[JsonValue, Mapping[str, str]]:
        return await self.requests.send("POST", f"repos/{self.repository}/{path}", body)

    async def pages(
        self, path: str, query: Mapping[str, str], kind: type[T], under: str = ""
    ) -> list[T]:
        """All pages of a list; one that does not end is a failure, not a short list.

        `under`: the key that the list stands under, where a page is not the list itself.
        """
        address = f"repos/{self.repository}/{path}"
        asked: Mapping[str, str] | None = {"per_page": "100", **query}
        found: list[T] = []
        for _ in range(MOST_PAGES):
            said, headers = await self.requests.send("GET", address, query=asked)
            listed = said.get(under) if under and isinstance(said, dict) else said
            if not isinstance(listed, list):
                raise ApiFailed(0, "the reply is not a list")
            found += [read_reply(entry, kind) for entry in listed]
            following = _NEXT.search(headers.get("link", ""))
            if following is None:
                return found
            address, asked = following[1], None
        raise ApiFailed(0, f"lists more than {MOST_PAGES} pages")


@asynccontextmanager
async def connected(around: Surroundings, clock: Clock | None) -> AsyncIterator[GitHub]:
    """Ask about the job's own repository, with the job's token."""
    asked = Requests(around.api_url, around.token, clock or SystemClock(), around.proxy)
    async with asked as requests:
        yield GitHub(requests, around.repository)


def _issue(said: JsonValue) -> Post:
    written = read_reply(said, Written)
    if written.number is None:
        raise ApiFailed(0, "the reply is no issue")
    return written.post(written.number)


def read_reply(said: JsonValue, kind: type[T]) -> T:
    """What a reply says; raise ApiFailed for one of another form."""
    try:
        return kind.model_validate(said)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise ApiFailed(0, f"the reply has no usable {where}") from None
