"""Strict YAML: every value knows its place, a key written twice is a fault, `${VAR}` expands."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from pydantic import JsonValue

from evalgate.errors import Problem, UserMistake

Loc = tuple[str | int, ...]
VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")
LONGEST_FILE_BYTES = 4 << 20


@dataclass(frozen=True, slots=True)
class Placed:
    """A YAML document as plain values, and the place of each key and item in it."""

    path: str
    value: JsonValue
    places: Mapping[Loc, tuple[int, int]] = field(default_factory=dict)

    def place_of(self, loc: Loc) -> tuple[int, int]:
        """Line and column of `loc`, or of the nearest parent that has a place."""
        for length in range(len(loc), -1, -1):
            if loc[:length] in self.places:
                return self.places[loc[:length]]
        return (0, 0)


def load_yaml(path: Path, shown_as: str, environment: Mapping[str, str]) -> Placed:
    """Read a YAML file from disk; `shown_as` is its name in messages."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise UserMistake(Problem("there is no such file", path=shown_as)) from None
    except OSError as error:
        fault = f"cannot be read: {error.strerror or error}"
        raise UserMistake(Problem(fault, path=shown_as)) from error
    return parse_yaml(content, shown_as, environment)


def parse_yaml(content: bytes, shown_as: str, environment: Mapping[str, str]) -> Placed:
    """Turn YAML text into values with places, or name every fault in it."""
    if len(content) > LONGEST_FILE_BYTES:
        raise UserMistake(Problem("is longer than 4 MiB", path=shown_as))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UserMistake(
            Problem("is not UTF-8", path=shown_as, line=line, remedy="save it as UTF-8")
        ) from None
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise UserMistake(_syntax_problem(error, shown_as)) from None
    except RecursionError:
        raise UserMistake(Problem("is nested too deeply", path=shown_as)) from None
    if node is None:
        raise UserMistake(Problem("is empty", path=shown_as))
    reader = _Reader(shown_as, environment)
    value = reader.read(node, ())
    if reader.problems:
        raise UserMistake(reader.problems)
    return Placed(shown_as, value, reader.places)


def _syntax_problem(error: yaml.YAMLError, shown_as: str) -> Problem:
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return Problem(f"is not YAML: {error}", path=shown_as)
    mark = error.problem_mark
    fault, remedy = error.problem or "is not YAML", ""
    if "'\\t'" in fault:
        fault, remedy = "a tab is used for indentation", "YAML is indented with spaces"
    return Problem(fault, shown_as, mark.line + 1, mark.column + 1, remedy=remedy)


class _Reader:
    """Walks a node tree once and collects values, places and faults."""

    def __init__(self, path: str, environment: Mapping[str, str]) -> None:
        self.path = path
        self.environment = environment
        self.places: dict[Loc, tuple[int, int]] = {}
        self.problems: list[Problem] = []
        self._open: set[int] = set()

    def read(self, node: yaml.Node, loc: Loc) -> JsonValue:
        self.places.setdefault(loc, _mark(node))
        if id(node) in self._open:
            self._fault(node, loc, "refers to itself")
            return None
        self._open.add(id(node))
        try:
            match node:
                case yaml.MappingNode():
                    return self._mapping(node, loc)
                case yaml.SequenceNode():
                    return [self.read(item, (*loc, i)) for i, item in enumerate(node.value)]
                case _:
                    return self._scalar(node, loc)
        finally:
            self._open.discard(id(node))

    def _mapping(self, node: yaml.MappingNode, loc: Loc) -> dict[str, JsonValue]:
        values: dict[str, JsonValue] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode) or key_node.tag.endswith(":merge"):
                self._fault(key_node, loc, "a key must be plain text")
                continue
            key = key_node.value
            if key in values:
                self._fault(key_node, loc, f"{key!r} is written twice", "keep one of them")
                continue
            self.places[(*loc, key)] = _mark(key_node)
            values[key] = self.read(value_node, (*loc, key))
        return values

    def _scalar(self, node: yaml.Node, loc: Loc) -> JsonValue:
        if node.tag == "tag:yaml.org,2002:str":
            return self._expanded(node, loc)
        if node.tag == "tag:yaml.org,2002:timestamp":
            return str(node.value)  # the record that expects a date reads it
        if node.tag not in KNOWN_TAGS:
            self._fault(node, loc, f"the tag {node.tag} is not allowed", "use plain values")
            return None
        try:
            value = yaml.SafeLoader("").construct_object(node)  # type: ignore[no-untyped-call] # PyYAML's stubs leave it out
        except ValueError as error:
            self._fault(node, loc, str(error))
            return None
        return value if value is None or isinstance(value, bool | int | float) else str(value)

    def _expanded(self, node: yaml.Node, loc: Loc) -> str:
        def value_of(found: re.Match[str]) -> str:
            name, default = found.group(1), found.group(2)
            if name in self.environment:
                return self.environment[name]
            if default is None:
                remedy = f"set it, or write ${{{name}:-default}}"
                self._fault(node, loc, f"the variable {name} is not set", remedy)
                return ""
            return default

        return VARIABLE.sub(value_of, str(node.value))

    def _fault(self, node: yaml.Node, loc: Loc, fault: str, remedy: str = "") -> None:
        line, column = _mark(node)
        self.problems.append(Problem(fault, self.path, line, column, dotted(loc), remedy))


KNOWN_TAGS = frozenset(f"tag:yaml.org,2002:{name}" for name in ("null", "bool", "int", "float"))


def dotted(loc: Loc) -> str:
    """A place inside a document as people read it: `suites.open-qa.rules.0`."""
    return ".".join(str(part) for part in loc)


def _mark(node: yaml.Node) -> tuple[int, int]:
    return (node.start_mark.line + 1, node.start_mark.column + 1)
