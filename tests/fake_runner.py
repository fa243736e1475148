"""What GitHub's runner makes of a step's output, by the behaviour of actions/runner 2.336."""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

COMMANDS = frozenset(
    {
        "set-env", "set-output", "save-state", "add-mask", "add-path", "add-matcher",
        "remove-matcher", "debug", "warning", "error", "notice", "group", "endgroup", "echo",
        "stop-commands",
    }
)  # fmt: skip
# .NET trims more than Python does
SPACE = "".join(
    map(chr, [*range(9, 14), 32, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B),
              0x2028, 0x2029, 0x202F, 0x205F, 0x3000])
)  # fmt: skip
MOST_OF_A_KIND = 10
LONGEST_MESSAGE = 4_096
LARGEST_SUMMARY = 1 << 20

IN_DATA = (("%0D", "\r"), ("%0A", "\n"), ("%25", "%"))
IN_PROPERTY = (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%"))


class Command(NamedTuple):
    """What a line tells the runner to do."""

    name: str
    properties: dict[str, str]
    data: str


@dataclass
class Log:
    """Read a step's output line by line; see what took effect."""

    commands: list[Command] = field(default_factory=list)
    plain: list[str] = field(default_factory=list)
    kept: list[Command] = field(default_factory=list)  # annotations that people see
    _known: set[str] = field(default_factory=lambda: set(COMMANDS))
    _stopped_by: str = ""

    def feed(self, text: str) -> "Log":
        """Read some output; its lines end as .NET's reader ends them."""
        for line in re.split(r"\r\n|\r|\n", text):
            self._read(line)
        return self

    @property
    def masks(self) -> list[str]:
        """What the runner hides from now on."""
        return [one.data for one in self.commands if one.name == "add-mask"]

    def _read(self, line: str) -> None:
        command = self._new_form(line) or self._old_form(line)
        if command is None:
            self.plain += [line] if line else []
        elif self._stopped_by:
            if command.name == self._stopped_by:
                self._known.discard(self._stopped_by)
                self._stopped_by = ""
            else:
                self.plain.append(line)
        elif command.name == "stop-commands":
            self._stopped_by = command.data.lower()
            self._known.add(self._stopped_by)
        else:
            self._obey(command)

    def _obey(self, command: Command) -> None:
        self.commands.append(command)
        same = sum(one.name == command.name for one in self.kept)
        if command.name in {"error", "warning", "notice"} and same < MOST_OF_A_KIND:
            self.kept.append(command._replace(data=command.data[:LONGEST_MESSAGE]))

    def _new_form(self, line: str) -> Command | None:
        """`::name key=value::data`, after white space."""
        trimmed = line.lstrip(SPACE)
        end = trimmed.find("::", 2)
        if not trimmed.startswith("::") or end < 0:
            return None
        return self._command(trimmed[2:end], trimmed[end + 2 :], ",", IN_DATA, IN_PROPERTY)

    def _old_form(self, line: str) -> Command | None:
        """`##[name key=value;]data`, anywhere in a line."""
        start = line.find("##[")
        end = line.find("]", start)
        if start < 0 or end < 0:
            return None
        return self._command(line[start + 3 : end], line[end + 1 :], ";", IN_DATA, IN_DATA)

    def _command(
        self,
        head: str,
        data: str,
        separator: str,
        in_data: tuple[tuple[str, str], ...],
        in_property: tuple[tuple[str, str], ...],
    ) -> Command | None:
        name, _, rest = head.partition(" ")
        if name.lower() not in self._known:
            return None
        properties = {}
        for pair in rest.strip().split(separator):
            key, _, value = pair.partition("=")
            if key and value:
                properties[key] = decoded(value, in_property)
        return Command(name.lower(), properties, decoded(data, in_data))


def decoded(text: str, table: tuple[tuple[str, str], ...]) -> str:
    """Take the escapes back."""
    for escape, char in table:
        text = text.replace(escape, char)
    return text


def outputs_in(content: str) -> dict[str, str]:
    """Read GITHUB_OUTPUT as the runner does on Linux; raise ValueError where it fails the step."""
    found: dict[str, str] = {}
    lines = content.split("\n")
    if lines[-1] == "":
        lines.pop()
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        equals, opens = line.find("="), line.find("<<")
        if equals >= 0 and (opens < 0 or equals < opens):
            name, _, value = line.partition("=")
            found[name] = value
        elif opens >= 0:
            name, _, mark = line.partition("<<")
            if not name or not mark or mark not in lines[at:]:
                msg = f"no end of {line!r}"
                raise ValueError(msg)
            end = lines.index(mark, at)
            found[name] = "\n".join(lines[at:end])
            at = end + 1
        elif line:
            msg = f"neither = nor << in {line!r}"
            raise ValueError(msg)
    return found
