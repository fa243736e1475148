"""Which files a suite's scores depend on, as far as its files say; and who does not say it."""

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import NamedTuple, assert_never

from evalgate.config.candidates import FOLDER as CANDIDATES
from evalgate.config.candidates import list_candidates, load_candidate
from evalgate.config.judges import FOLDER as JUDGES
from evalgate.config.judges import load_judge_spec, named_files
from evalgate.config.waivers import FILE as WAIVERS
from evalgate.domain.names import FILE, FROM_FILE, GATES, GIT, NONE, NOT_YET, RUN, baseline_file_of
from evalgate.domain.specs import (
    ChatSpec,
    CommandSpec,
    HttpSpec,
    PythonJudgeSpec,
    PythonSpec,
    RecordedSpec,
    Suite,
)
from evalgate.evalset.store import FOLDER as EVALSETS
from evalgate.evalset.store import parse_reference
from evalgate.github.watched import Ground, Watched
from evalgate.pipeline.catalogue import default_candidate
from evalgate.pipeline.project import Project

INSTALLED = (
    "pyproject.toml", "*.lock", "requirements*.txt", "constraints*.txt", "Pipfile*", "setup.py",
    "setup.cfg", ".python-version", "environment*.yml", "package.json", "package-lock.json",
)  # fmt: skip
"""Files, in whatever folder, that say what code runs with."""

OWN = (f"{EVALSETS}/**", f"{JUDGES}/**", f"{CANDIDATES}/*.yaml", GATES, WAIVERS)
HARMLESS = (
    "tests/**", ".github/**", "README*", "CHANGELOG*", "CONTRIBUTING*", "LICENSE*", "SECURITY*",
    "CODE_OF_CONDUCT*", "CODEOWNERS", ".gitignore", ".gitattributes", ".editorconfig",
    ".pre-commit-config.yaml",
)  # fmt: skip
"""What code that does not say what it reads is taken not to read; an application reads its docs."""


class Needs(NamedTuple):
    """`open` are those who run code and do not say what it reads: any file may matter to them."""

    watched: tuple[Watched, ...]
    coded: tuple[str, ...]
    open: tuple[str, ...]

    def why(self, path: str, prefix: str) -> str:
        """Why a changed file can move the suite's scores; empty when it cannot."""
        for each in self.watched:
            if each.covers(path):
                return each.who
        name = PurePosixPath(path).name
        if self.coded and any(fnmatchcase(name, pattern) for pattern in INSTALLED):
            return f"{self.coded[0]} runs code, with what this installs"
        if self.open and not _is_harmless(path, prefix):
            return f"{self.open[0]} runs code without digest_of, so that nobody knows"
        return ""


def _is_harmless(path: str, prefix: str) -> bool:
    inside = path.removeprefix(prefix)
    patterns = (*HARMLESS, *OWN) if path.startswith(prefix) else HARMLESS
    return any(Watched("glob", each, "").covers(inside) for each in patterns)


def needs_of(project: Project, ground: Ground, name: str, suite: Suite) -> Needs:
    """What a suite needs, by its files in the working tree."""
    parts = list(_parts(project, ground, name, suite))
    return Needs(
        tuple(watched for part in parts for watched in part.watched),
        tuple(who for part in parts for who in part.coded),
        tuple(who for part in parts for who in part.open),
    )


def _parts(project: Project, ground: Ground, name: str, suite: Suite) -> Iterator[Needs]:
    evalset, version = parse_reference(suite.evalset)
    who = f"it is of the evalset {suite.evalset}"
    for file in ("evalset.yaml", f"{version}.jsonl"):
        yield Needs(tuple(ground.file(f"{EVALSETS}/{evalset}/{file}", who)), (), ())
    for judge in suite.judges:
        yield _of_judge(project, ground, judge)
    if suite.candidate is None:
        any_of_them = ground.folder(CANDIDATES, "the suite names no candidate of its own")
        yield Needs(tuple(any_of_them), (), ())
    candidate = suite.candidate or default_candidate(project, name, suite)
    for text in (candidate, suite.baseline):
        if text == FILE:
            yield Needs(
                tuple(ground.file(baseline_file_of(name), "it is the suite's baseline")), (), ()
            )
        elif text not in (None, NONE):
            yield _of_version(project, ground, str(text))


def _of_version(project: Project, ground: Ground, text: str) -> Needs:
    """A candidate, or a file of answers; a commit and a run are what they are."""
    if text.startswith((GIT, RUN, *NOT_YET)):
        return Needs((), (), ())
    if text not in list_candidates(project.root):
        path = text.removeprefix(FROM_FILE)
        return Needs(tuple(ground.file(path, f"{text} is compared")), (), ())
    return _of_candidate(project, ground, text)


def _of_candidate(project: Project, ground: Ground, name: str) -> Needs:
    who = f"the candidate {name}"
    spec = load_candidate(project.root, name, project.environment)
    own = ground.file(f"{CANDIDATES}/{name}.yaml", f"it is {who}")
    reads = f"{who} is made of it"
    match spec:
        case RecordedSpec():
            return Needs((*own, *ground.file(f"{CANDIDATES}/{spec.answers}", reads)), (), ())
        case ChatSpec():
            prompts = [spec.prompt_file] if spec.prompt_file else []
            named = [
                each for path in prompts for each in ground.file(f"{CANDIDATES}/{path}", reads)
            ]
            return Needs((*own, *named), (), ())
        case PythonSpec():
            code = _module(ground, spec.function, reads)
        case CommandSpec():
            words = [word for word in spec.command if (project.root / word).is_file()]
            code = [each for word in words for each in ground.file(word, reads)]
        case HttpSpec():
            code = []
        case _:
            assert_never(spec)
    globs = _globs(ground, spec.digest_of, who)
    return Needs((*own, *code, *globs), (who,), () if globs else (who,))


def _of_judge(project: Project, ground: Ground, name: str) -> Needs:
    who = f"the judge {name}"
    folder, reads = f"{JUDGES}/{name}", f"{who} is made of it"
    own = ground.folder(folder, reads)
    spec = load_judge_spec(project.root, name, project.environment).spec
    for file in named_files(spec):
        own += ground.file(f"{folder}/{file}", reads)
    if not isinstance(spec, PythonJudgeSpec):
        return Needs(tuple(own), (), ())
    code = _module(ground, spec.function, reads)
    if not _is_in(project.root / folder, spec.function):
        # what it imports is in its digest, and only whoever loads it knows what that is
        code.append(ground.glob("**/*.py", f"{who} may import it"))
    globs = _globs(ground, spec.digest_of, who)
    return Needs((*own, *code, *globs), (who,), () if globs else (who,))


def _is_in(folder: Path, function: str) -> bool:
    """True when a judge's module is in its own folder, from which alone it then imports."""
    stem = folder.joinpath(*function.partition(":")[0].split("."))
    return stem.with_suffix(".py").is_file() or (stem / "__init__.py").is_file()


def _globs(ground: Ground, patterns: Sequence[str], who: str) -> list[Watched]:
    reads = f"{who} names it in digest_of"
    return [each for pattern in patterns for each in ground.matched(pattern, reads)]


def _module(ground: Ground, function: str, who: str) -> list[Watched]:
    """The module's file, or all of the package that it is in; also where `src` is installed."""
    first = function.partition(":")[0].partition(".")[0]
    return [
        watched
        for place in (first, f"src/{first}")
        for watched in (*ground.file(f"{place}.py", who), *ground.folder(place, who))
    ]
