"""GitHub's endpoints for commits, trees, blobs and branches, on a real repository of git's."""

import base64
import os
import re
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

Reply = tuple[int, object]
Json = dict[str, Any]

BOT_NAME = "github-actions[bot]"
BOT_MAIL = "41898282+github-actions[bot]@users.noreply.github.com"
ABSENT: Reply = (404, {"message": "Not Found"})


@dataclass(frozen=True)
class FakeGit:
    """One repository; what a token's owner commits is the bot's."""

    folder: Path
    default: str = "main"

    def answer(self, method: str, below: str, query: Mapping[str, str], body: Json) -> Reply | None:
        """Answer what is about git; None for whatever is not."""
        if found := re.fullmatch(r"git/ref/heads/(.+)", below):
            return self._ref(unquote(found[1]))
        if found := re.fullmatch(r"contents/(.+)", below):
            return self._content(query["ref"], unquote(found[1]))
        if found := re.fullmatch(r"compare/(\w+)\.\.\.(\w+)", below):
            return self._compared(found[1], found[2])
        if found := re.fullmatch(r"git/commits/(\w+)", below):
            tree = self._git("rev-parse", f"{found[1]}^{{tree}}")
            return (200, {"sha": found[1], "tree": {"sha": tree}})
        if method == "GET" or not below.startswith("git/"):
            return None
        return self._written(method, below, body)

    def _written(self, method: str, below: str, body: Json) -> Reply | None:
        match below:
            case "git/blobs":
                content = base64.b64decode(body["content"], validate=True)
                return (201, {"sha": self._git("hash-object", "-w", "--stdin", stdin=content)})
            case "git/trees":
                return (201, {"sha": self._tree(body["base_tree"], body["tree"])})
            case "git/commits":
                return (201, {"sha": self._commit(body)})
            case "git/refs":
                return self._new_ref(body["ref"], body["sha"])
        found = re.fullmatch(r"git/refs/heads/(.+)", below)
        assert found is not None, below
        assert method == "PATCH", method
        return self._moved(unquote(found[1]), body)

    def _ref(self, branch: str) -> Reply:
        sha = self._known(f"refs/heads/{branch}")
        return (200, {"ref": f"refs/heads/{branch}", "object": {"sha": sha}}) if sha else ABSENT

    def _content(self, ref: str, path: str) -> Reply:
        sha = self._known(f"{ref}:{path}")
        return (200, {"type": "file", "sha": sha, "path": path}) if sha else ABSENT

    def _compared(self, base: str, head: str) -> Reply:
        names = self._git("rev-list", "--reverse", f"{base}..{head}").split()
        commits = [self._shown(name) for name in names]
        return (200, {"total_commits": len(commits), "commits": commits[:250]})

    def _shown(self, name: str) -> Json:
        mail, _, message = self._git("show", "-s", "--format=%ae%n%B", name).partition("\n")
        is_bot = mail == BOT_MAIL
        who = {"login": BOT_NAME, "type": "Bot"} if is_bot else {"login": "ana", "type": "User"}
        return {"sha": name, "commit": {"message": message}, "author": who}

    def _tree(self, base: str, entries: list[Json]) -> str:
        with tempfile.TemporaryDirectory() as folder:
            index = {"GIT_INDEX_FILE": f"{folder}/index"}
            self._git("read-tree", base, env=index)
            for each in entries:
                assert (each["type"], each["mode"]) == ("blob", "100644")
                entry = f"{each['mode']},{each['sha']},{each['path']}"
                self._git("update-index", "--add", "--cacheinfo", entry, env=index)
            return self._git("write-tree", env=index)

    def _commit(self, body: Json) -> str:
        parents = [part for parent in body["parents"] for part in ("-p", parent)]
        who = {"GIT_AUTHOR_NAME": BOT_NAME, "GIT_AUTHOR_EMAIL": BOT_MAIL}
        who |= {"GIT_COMMITTER_NAME": "GitHub", "GIT_COMMITTER_EMAIL": "noreply@github.com"}
        message = ("-m", body["message"])
        return self._git("commit-tree", body["tree"], *parents, *message, env=who)

    def _new_ref(self, ref: str, sha: str) -> Reply:
        if self._known(ref):
            return (422, {"message": "Reference already exists"})
        self._git("update-ref", ref, sha)
        return (201, {"ref": ref, "object": {"sha": sha}})

    def _moved(self, branch: str, body: Json) -> Reply:
        assert branch != self.default, "nobody but a person writes to the default branch"
        before = self._known(f"refs/heads/{branch}")
        if before is None:
            return (422, {"message": "Reference does not exist"})
        follows = self._git("merge-base", before, body["sha"]) == before
        if not (follows or body["force"]):
            return (422, {"message": "Update is not a fast forward"})
        self._git("update-ref", f"refs/heads/{branch}", body["sha"])
        return (200, {"ref": f"refs/heads/{branch}", "object": {"sha": body["sha"]}})

    def _known(self, name: str) -> str | None:
        try:
            return self._git("rev-parse", "--verify", "--quiet", name)
        except subprocess.CalledProcessError:
            return None

    def _git(self, *argv: str, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> str:
        done = subprocess.run(
            ["git", "-C", str(self.folder), *argv],
            check=True,
            capture_output=True,
            input=stdin,
            env={**os.environ, **(env or {})},
        )
        return done.stdout.decode().strip()
