"""Freeze a version: one line in `evalset.yaml`, all its other text untouched."""

import datetime as dt
from dataclasses import dataclass

import yaml

from evalgate.domain.evalset import FrozenVersion
from evalgate.errors import Problem, UserMistake
from evalgate.evalset.reading import verify_cases
from evalgate.evalset.store import ADAPTER, FILE, FOLDER, Evalset, Evalsets, number_of
from evalgate.sources.atomic import written_whole
from evalgate.sources.strict import read_record
from evalgate.sources.yaml_text import parse_yaml


@dataclass(frozen=True, slots=True)
class Frozen:
    """A version that is frozen now; `already` when it was before and has not changed."""

    ref: str
    digest: str
    cases: int
    already: bool


def freeze(evalsets: Evalsets, name: str, version: str | None, today: dt.date) -> Frozen:
    """Freeze a version, by default the latest draft; one that is frozen already stays so."""
    evalset = evalsets.open(f"{name}@{version or _latest(evalsets, name)}")
    cases = verify_cases(evalset)
    if not evalset.frozen:
        line = FrozenVersion(
            version=evalset.version, digest=evalset.digest, cases=cases, frozen=today
        )
        _append(evalsets, evalset, line)
    return Frozen(evalset.ref, evalset.digest, cases, evalset.frozen)


def _latest(evalsets: Evalsets, name: str) -> str:
    spec, known = evalsets.spec(name), evalsets.versions(name)
    if not known:
        remedy = f"write {FOLDER}/{name}/v1.jsonl, or `evalgate evalset import`"
        raise UserMistake(Problem("has no version", f"{FOLDER}/{name}", remedy=remedy))
    drafts = [version for version in known if spec.frozen(version) is None]
    return max(drafts or known, key=number_of)


def _append(evalsets: Evalsets, evalset: Evalset, line: FrozenVersion) -> None:
    path = evalsets.folder / evalset.name / FILE
    shown_as = f"{FOLDER}/{evalset.name}/{FILE}"
    old = path.read_bytes()
    before = evalsets.spec(evalset.name)
    written = (
        f'{{version: {line.version}, digest: "{line.digest}", cases: {line.cases}, '
        f"frozen: {line.frozen}}}"
    )
    new = with_line(old.decode("utf-8"), written).encode("utf-8")
    wanted = before.model_copy(update={"versions": (*(before.versions or ()), line)})
    try:
        fits = read_record(ADAPTER, parse_yaml(new, shown_as, evalsets.environment)) == wanted
    except UserMistake:
        fits = False
    if not fits:
        fault = "`versions` is written in a way that no line can be added to"
        raise UserMistake(Problem(fault, shown_as, remedy=f"add it yourself: - {written}"))
    with written_whole(path) as file:
        file.write(new)


def with_line(text: str, item: str) -> str:
    """Add `item` to the list `versions` of a YAML mapping and leave every other character."""
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    body = text.removeprefix(mark)
    end_of_line = "\r\n" if "\r\n" in body else "\n"
    root = yaml.compose(body, Loader=yaml.SafeLoader)
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    listed = next((value for key, value in pairs if key.value == "versions"), None)
    if listed is None:
        gap = "" if body.endswith("\n") else end_of_line
        return f"{mark}{body}{gap}versions:{end_of_line}  - {item}{end_of_line}"
    start, end = listed.start_mark.index, listed.end_mark.index
    if not listed.value or isinstance(listed, yaml.ScalarNode):  # `versions:`, `[]` or `null`
        return f"{mark}{body[:start].rstrip(' ')}{end_of_line}  - {item}{body[end:]}"
    if listed.flow_style:
        return f"{mark}{body[: end - 1].rstrip()}, {item}{body[end - 1 :]}"
    last = listed.value[-1].end_mark.index
    # past a comment behind the last item, and not past what follows it
    after = body.find("\n", len(body[:last].rstrip()))
    indent = " " * listed.start_mark.column
    if after < 0:
        return f"{mark}{body}{end_of_line}{indent}- {item}{end_of_line}"
    return f"{mark}{body[: after + 1]}{indent}- {item}{end_of_line}{body[after + 1 :]}"
