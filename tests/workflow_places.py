"""A runner's job as external actions find it, and what GitHub keeps beyond a job."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from under_git import git

Files = Mapping[str, bytes]


@dataclass
class Keeps:
    """What outlives a run: artifacts by run and name, caches by scope and key, oldest first."""

    artifacts: dict[tuple[str, str], Files] = field(default_factory=dict)
    caches: dict[tuple[str, str], bytes] = field(default_factory=dict)

    def names(self, run_id: str) -> list[str]:
        """The names of a run's artifacts."""
        return sorted(name for run, name in self.artifacts if run == run_id)


@dataclass
class Place:
    """One job's machine, as far as an action sees it."""

    workspace: Path
    repository: Path
    run_id: str
    ref: str
    sha: str
    permissions: Mapping[str, str]
    checkouts: list[str] = field(default_factory=list)


class ActionFailed(Exception):
    """The action ends its step with a failure."""


def act(uses: str, given: Mapping[str, str], place: Place, keeps: Keeps) -> dict[str, str]:
    """Do what an external action does; give its outputs. One that is not known raises."""
    action = uses.partition("@")[0]
    match action:
        case "actions/checkout":
            return _check_out(given, place)
        case "astral-sh/setup-uv":
            assert given["add-problem-matchers"] == "false", "log lines would make annotations"
            return {}
        case "actions/upload-artifact":
            return _upload(given, place, keeps)
        case "actions/download-artifact":
            return _download(given, place, keeps)
        case "actions/cache/restore":
            return _restore(given, place, keeps)
        case "actions/cache/save":
            return _save(given, place, keeps)
        case _:
            raise NotImplementedError(action)


def _check_out(given: Mapping[str, str], place: Place) -> dict[str, str]:
    """A clone as deep as it is asked for, and no deeper."""
    wanted = given.get("ref") or place.sha
    depth = given.get("fetch-depth", "1")
    for path in place.workspace.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    source = place.repository.as_uri()
    git(place.workspace, "init", "-q")
    refs = ["+refs/heads/*:refs/remotes/origin/*"] if depth == "0" else [f"--depth={depth}"]
    git(place.workspace, "fetch", "-q", *refs[1:], source, wanted)
    if depth == "0":
        git(place.workspace, "fetch", "-q", source, *refs)
    else:
        git(place.workspace, "fetch", "-q", *refs, source, wanted)
    git(place.workspace, "checkout", "-q", wanted)
    place.checkouts.append(wanted)
    return {}


def _upload(given: Mapping[str, str], place: Place, keeps: Keeps) -> dict[str, str]:
    """Keep a folder's files; the runner leaves out whatever is hidden."""
    source = place.workspace / given["path"]
    files = {
        str(path.relative_to(source)): path.read_bytes()
        for path in sorted(source.rglob("*"))
        if path.is_file() and not _is_hidden(path.relative_to(source))
    }
    if not files:
        if given.get("if-no-files-found") == "error":
            raise ActionFailed(f"no files in {source}")
        return {}
    name = given["name"]
    if (place.run_id, name) in keeps.artifacts and given.get("overwrite") != "true":
        raise ActionFailed(f"the artifact {name} is there already")
    keeps.artifacts[place.run_id, name] = files
    kept_at = f"https://github.example/acme/app/actions/runs/{place.run_id}/artifacts"
    return {"artifact-url": f"{kept_at}/{len(keeps.artifacts)}"}


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _download(given: Mapping[str, str], place: Place, keeps: Keeps) -> dict[str, str]:
    """Unpack one artifact by its name, or each of several into a folder of its own."""
    run_id = given.get("run-id") or place.run_id
    if run_id != place.run_id:
        assert given.get("github-token"), "another run's artifact is fetched with a token"
        assert place.permissions.get("actions") == "read", "the token may not read artifacts"
    target = place.workspace / given["path"]
    if name := given.get("name"):
        if (run_id, name) not in keeps.artifacts:
            raise ActionFailed(f"there is no artifact {name}")
        _unpack(keeps.artifacts[run_id, name], target)
        return {}
    start = given["pattern"].removesuffix("*")
    for found in keeps.names(run_id):
        if found.startswith(start):
            _unpack(keeps.artifacts[run_id, found], target / found)
    return {}


def _unpack(files: Files, into: Path) -> None:
    for name, content in files.items():
        path = into / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _restore(given: Mapping[str, str], place: Place, keeps: Keeps) -> dict[str, str]:
    """The newest entry that fits, of this ref or of the default branch."""
    for prefix in [given["key"], *given.get("restore-keys", "").split()]:
        for scope in (place.ref, "refs/heads/main"):
            for (where, key), content in reversed(keeps.caches.items()):
                if where == scope and key.startswith(prefix):
                    _unpack({given["path"]: content}, place.workspace)
                    return {"cache-matched-key": key}
    return {}


def _save(given: Mapping[str, str], place: Place, keeps: Keeps) -> dict[str, str]:
    path = place.workspace / given["path"]
    if path.exists():
        keeps.caches.setdefault((place.ref, given["key"]), path.read_bytes())
    return {}
