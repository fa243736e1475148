"""Commits on a branch of ours, made through GitHub's API: nothing is checked out or pushed."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple
from urllib.parse import quote

from pydantic import Field

from evalgate.domain.record import JsonValue
from evalgate.github.client import Author, GitHub, read_reply
from evalgate.github.payload import Identifier, Read, Sha, Side
from evalgate.github.refusals import ApiFailed, Method

Files = Mapping[str, bytes]  # by path, from the repository's top


class Named(Read):
    """A commit, a tree or a blob by its name."""

    sha: Sha


class Ref(Read):
    """Where a branch ends."""

    object: Named


class Made(Read):
    """What a commit holds."""

    tree: Named


class Message(Read):
    """What a commit says."""

    message: str


class Commit(Read):
    """A commit of a branch, and whose account made it."""

    sha: Sha
    commit: Message
    author: Author | None = None


class Compared(Read):
    """What a branch has that another one does not; a long list is cut."""

    total_commits: int = Field(ge=0)
    commits: list[Commit]


class Content(Read):
    """A path of a commit."""

    type: str
    sha: Sha


class Pull(Read):
    """A pull request from a branch of ours."""

    number: Identifier
    head: Side
    body: str | None = None
    user: Author | None = None
    html_url: str = ""
    merged_at: str | None = None


class Proposal(NamedTuple):
    """What a pull request says."""

    title: str
    body: str


@dataclass(frozen=True, slots=True)
class GitData:
    """One branch of a repository, which is never its default one."""

    github: GitHub
    branch: str
    base: str

    async def tip(self, branch: str) -> str | None:
        """The commit that a branch ends with, or None when there is no such branch."""
        said = await self._found(f"git/ref/heads/{quote(branch)}")
        return read_reply(said, Ref).object.sha if said is not None else None

    async def blob_at(self, commit: str, path: str) -> str | None:
        """The name of a file's content in a commit; None where there is no file."""
        said = await self._found(f"contents/{quote(path)}", {"ref": commit})
        if isinstance(said, list) or said is None:
            return None
        found = read_reply(said, Content)
        return found.sha if found.type == "file" else None

    async def ahead(self, base: str, tip: str) -> Compared:
        """The commits that lead from one to another."""
        return read_reply(await self._asked("GET", f"compare/{base}...{tip}"), Compared)

    async def pulls(self, state: Literal["open", "closed"] = "open") -> list[Pull]:
        """The pull requests that would bring the branch into the default one, or would have."""
        owner, _, _ = self.github.repository.partition("/")
        query = {"state": state, "head": f"{owner}:{self.branch}", "base": self.base}
        found = await self.github.pages("pulls", query, Pull)
        ours = self.github.repository
        return [
            one for one in found if one.head.repo is not None and one.head.repo.full_name == ours
        ]

    async def commit(self, files: Files, message: str, parents: Sequence[str]) -> str:
        """Put these files onto the last parent's tree; nothing else of it is touched."""
        below = read_reply(await self._asked("GET", f"git/commits/{parents[-1]}"), Made)
        entries: list[JsonValue] = []
        for path, content in files.items():
            text = base64.b64encode(content).decode()
            blob = await self._made("git/blobs", {"content": text, "encoding": "base64"})
            entries.append({"path": path, "mode": "100644", "type": "blob", "sha": blob})
        tree = await self._made("git/trees", {"base_tree": below.tree.sha, "tree": entries})
        facts: dict[str, JsonValue] = {"message": message, "tree": tree, "parents": [*parents]}
        return await self._made("git/commits", facts)

    async def move(self, commit: str, *, exists: bool) -> None:
        """Have the branch end with a commit that follows its last one, or make it.

        Never by force: what somebody pushed in this moment is not lost, and GitHub refuses.
        """
        if not exists:
            ref = f"refs/heads/{self.branch}"
            await self._asked("POST", "git/refs", {"ref": ref, "sha": commit})
            return
        facts: dict[str, JsonValue] = {"sha": commit, "force": False}
        await self._asked("PATCH", f"git/refs/heads/{quote(self.branch)}", facts)

    async def open(self, proposal: Proposal) -> Pull:
        """Open a pull request; it may be open although this fails."""
        facts: dict[str, JsonValue] = {
            "title": proposal.title,
            "body": proposal.body,
            "head": self.branch,
            "base": self.base,
        }
        return read_reply(await self._asked("POST", "pulls", facts), Pull)

    async def change(self, number: int, changes: Mapping[str, JsonValue]) -> Pull:
        """Give a pull request other words, or close it."""
        return read_reply(await self._asked("PATCH", f"pulls/{number}", changes), Pull)

    async def _made(self, path: str, facts: Mapping[str, JsonValue]) -> str:
        return read_reply(await self._asked("POST", path, facts), Named).sha

    async def _found(self, path: str, query: Mapping[str, str] | None = None) -> JsonValue:
        try:
            return await self._asked("GET", path, query=query)
        except ApiFailed as failure:
            if failure.status == 404:
                return None
            raise

    async def _asked(
        self,
        method: Method,
        path: str,
        body: Mapping[str, JsonValue] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> JsonValue:
        address = f"repos/{self.github.repository}/{path}"
        said, _ = await self.github.requests.send(method, address, body, query)
        return said
