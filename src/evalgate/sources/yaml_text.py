"""Strict YAML: every value knows its place, a key written twice is a fault, `${VAR}` expands."""

from collections.abc import Mapping
from pathlib import Path

import yaml
from pydantic import JsonValue

from evalgate.errors import Problem, UserMistake
from evalgate.sources.places import Loc, Placed, dotted
from evalgate.sources.scalars import read_scalar

__all__ = ["Loc", "Placed", "dotted", "load_yaml", "parse_yaml"]

LONGEST_FILE_BYTES = 4 << 20
MOST_VALUES = 200_000  # a few lines of aliases can stand for billions of values
_MAP = "tag:yaml.org,2002:map"
_SEQUENCE = "tag:yaml.org,2002:seq"


def load_yaml(path: Path, shown_as: str, environment: Mapping[str, str] | None) -> Placed:
    """Read a YAML file from disk; `shown_as` is its name in messages.

    Without an environment `${VAR}` stays as it is written: in another program's file it is no
    variable of ours.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LONGEST_FILE_BYTES + 1)
    except FileNotFoundError:
        raise UserMistake(Problem("there is no such file", path=shown_as)) from None
    except OSError as error:
        fault = f"cannot be read: {error.strerror or error}"
        raise UserMistake(Problem(fault, path=shown_as)) from error
    return parse_yaml(content, shown_as, environment)


def parse_yaml(content: bytes, shown_as: str, environment: Mapping[str, str] | None) -> Placed:
    """Turn YAML text into values with places, or name every fault in it."""
    if len(content) > LONGEST_FILE_BYTES:
        raise UserMistake(Problem("is longer than 4 MiB", shown_as, 1))
    text = _text(content, shown_as)
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        if node is None:
            raise UserMistake(Problem("is empty", shown_as, 1))
        reader = _Reader(shown_as, environment)
        value = reader.read(node, ())
    except yaml.YAMLError as error:
        raise UserMistake(_syntax_problem(error, text, shown_as)) from None
    except RecursionError:
        raise UserMistake(Problem("is nested too deeply", shown_as, 1)) from None
    except (ValueError, LookupError, ArithmeticError):
        # PyYAML lets a few malformed escapes and directives through as plain Python errors
        fault = "has an escape or a directive that is not YAML"
        raise UserMistake(Problem(fault, shown_as, 1)) from None
    if reader.problems:
        raise UserMistake(reader.problems)
    return Placed(shown_as, value, reader.places)


def _text(content: bytes, shown_as: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problem = Problem("is not UTF-8", path=shown_as, line=line, remedy="save it as UTF-8")
        raise UserMistake(problem) from None


def _syntax_problem(error: yaml.YAMLError, text: str, shown_as: str) -> Problem:
    if isinstance(error, yaml.reader.ReaderError):
        line = text.count("\n", 0, error.position) + 1
        return Problem(f"the character {chr(error.character)!r} is not allowed", shown_as, line)
    assert isinstance(error, yaml.MarkedYAMLError), "every other fault of PyYAML has its place"
    mark = error.problem_mark
    assert mark is not None, "every other fault of PyYAML has its place"
    fault, remedy = error.problem or "is not YAML", ""
    if "'\\t'" in fault:
        fault, remedy = "a tab is used for indentation", "YAML is indented with spaces"
    elif fault == "but found another document":
        fault, remedy = "a second document begins here", "a file holds one"
    lines = text.splitlines() or [""]
    if "got '{'" in fault and "${" in "".join(lines[mark.line : mark.line + 1]):
        remedy = 'write "${VAR}" in quotes between { and }'
    if mark.line >= len(lines):  # at the end of the file, after its last line
        return Problem(fault, shown_as, len(lines), len(lines[-1]) + 1, remedy=remedy)
    return Problem(fault, shown_as, mark.line + 1, mark.column + 1, remedy=remedy)


class _Reader:
    """Walks a node tree once and collects values, places and faults."""

    def __init__(self, path: str, environment: Mapping[str, str] | None) -> None:
        self.path = path
        self.environment = environment
        self.places: dict[Loc, tuple[int, int]] = {}
        self.problems: list[Problem] = []
        self._open: set[int] = set()
        self._values = 0

    def read(self, node: yaml.Node, loc: Loc) -> JsonValue:
        """The value of `node`, whose place is `loc`."""
        self.places.setdefault(loc, _mark(node))
        self._values += 1
        if self._values > MOST_VALUES:
            raise UserMistake(Problem(f"holds more than {MOST_VALUES} values", self.path, 1))
        if id(node) in self._open:
            self._fault(node, loc, "refers to itself")
            return None
        self._open.add(id(node))
        try:
            return self._read(node, loc)
        finally:
            self._open.discard(id(node))

    def _read(self, node: yaml.Node, loc: Loc) -> JsonValue:
        if isinstance(node, yaml.ScalarNode):
            return read_scalar(
                node, self.environment, lambda fault, remedy: self._fault(node, loc, fault, remedy)
            )
        if node.tag not in (_MAP, _SEQUENCE):
            self._fault(node, loc, f"the tag {node.tag} is not allowed", "use plain values")
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, loc)
        return [self.read(item, (*loc, index)) for index, item in enumerate(node.value)]

    def _mapping(self, node: yaml.MappingNode, loc: Loc) -> dict[str, JsonValue]:
        values: dict[str, JsonValue] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._fault(key_node, loc, "a key must be plain text")
                continue
            key = str(key_node.value)
            if key_node.tag.endswith(":merge"):
                self._fault(key_node, (*loc, key), "merge keys are not read", "write the keys out")
            elif key in values:
                self._fault(key_node, loc, f"{key!r} is written twice", "keep one of them")
            else:
                self.places[(*loc, key)] = _mark(key_node)
                values[key] = self.read(value_node, (*loc, key))
        return values

    def _fault(self, node: yaml.Node, loc: Loc, fault: str, remedy: str = "") -> None:
        line, column = _mark(node)
        self.problems.append(Problem(fault, self.path, line, column, dotted(loc), remedy))


def _mark(node: yaml.Node) -> tuple[int, int]:
    return (node.start_mark.line + 1, node.start_mark.column + 1)
