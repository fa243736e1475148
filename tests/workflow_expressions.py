"""GitHub's expressions, as far as workflows of this repository use them; what is unknown raises."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from workflow_values import Value, as_number, as_text, is_true, member, same

Function = Callable[..., Value]
Functions = Mapping[str, Function]

TOKEN = re.compile(
    r"\s*(?:(?P<number>-?\d+(?:\.\d+)?(?![\w.]))|(?P<text>'(?:[^']|'')*')"
    r"|(?P<sign>&&|\|\||==|!=|<=|>=|[<>!()\[\],.])|(?P<name>[A-Za-z_][\w-]*))\s*"
)
EMBEDDED = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
WHOLE = re.compile(r"\s*\$\{\{((?:(?!\}\}).)*)\}\}\s*", re.DOTALL)
STATUS = re.compile(r"\b(always|success|failure|cancelled)\s*\(", re.IGNORECASE)
WORDS = {"true": True, "false": False, "null": None}


class Token(NamedTuple):
    """A piece of an expression."""

    kind: str
    text: str


END = Token("end", "")


def tokens_of(expression: str) -> list[Token]:
    """Cut an expression up; raise ValueError where it is none."""
    found, at = [], 0
    while at < len(expression):
        match = TOKEN.match(expression, at)
        if match is None or match.lastgroup is None:
            msg = f"{expression!r} cannot be read at {at}"
            raise ValueError(msg)
        found.append(Token(match.lastgroup, match[match.lastgroup]))
        at = match.end()
    return found


@dataclass
class Reader:
    """Evaluates while it reads."""

    tokens: list[Token]
    contexts: Mapping[str, Value]
    functions: Functions
    at: int = 0

    def whole(self) -> Value:
        """The expression's value."""
        value = self._either()
        if self._next is not END:
            msg = f"{self._next.text!r} is left over"
            raise ValueError(msg)
        return value

    @property
    def _next(self) -> Token:
        return self.tokens[self.at] if self.at < len(self.tokens) else END

    def _take(self) -> Token:
        self.at += 1
        return self.tokens[self.at - 1] if self.at <= len(self.tokens) else END

    def _takes(self, *signs: str) -> str:
        """The sign that comes next, when it is one of these; then it is taken."""
        if self._next.kind == "sign" and self._next.text in signs:
            return self._take().text
        return ""

    def _must(self, sign: str) -> None:
        if not self._takes(sign):
            msg = f"{sign!r} is missing before {self._next.text!r}"
            raise ValueError(msg)

    def _either(self) -> Value:
        value = self._both()
        while self._takes("||"):
            other = self._both()
            value = value if is_true(value) else other
        return value

    def _both(self) -> Value:
        value = self._equal()
        while self._takes("&&"):
            other = self._equal()
            value = other if is_true(value) else value
        return value

    def _equal(self) -> Value:
        value = self._ordered()
        while sign := self._takes("==", "!="):
            value = same(value, self._ordered()) == (sign == "==")
        return value

    def _ordered(self) -> Value:
        value = self._negated()
        while sign := self._takes("<", ">", "<=", ">="):
            one, other = as_number(value), as_number(self._negated())
            value = {"<": one < other, ">": one > other, "<=": one <= other, ">=": one >= other}[
                sign
            ]
        return value

    def _negated(self) -> Value:
        return not is_true(self._negated()) if self._takes("!") else self._looked_up()

    def _looked_up(self) -> Value:
        value = self._one()
        while sign := self._takes(".", "["):
            key = self._take().text if sign == "." else self._either()
            if sign == "[":
                self._must("]")
            value = member(value, key)
        return value

    def _one(self) -> Value:
        if self._takes("("):
            value = self._either()
            self._must(")")
            return value
        kind, text = self._take()
        if kind == "number":
            return float(text)
        if kind == "text":
            return text[1:-1].replace("''", "'")
        if kind != "name":
            msg = f"nothing begins with {text!r}"
            raise ValueError(msg)
        if self._takes("("):
            return self._called(text)
        return WORDS[text] if text in WORDS else self.contexts[text]

    def _called(self, name: str) -> Value:
        given = []
        while not self._takes(")"):
            given.append(self._either())
            self._takes(",")
        return self.functions[name.lower()](*given)


def evaluated(expression: str, contexts: Mapping[str, Value], functions: Functions) -> Value:
    """The value of an expression, with or without `${{ }}` around it."""
    whole = WHOLE.fullmatch(expression)
    inner = whole[1] if whole else expression
    return Reader(tokens_of(inner.strip()), contexts, functions).whole()


def filled(value: Value, contexts: Mapping[str, Value], functions: Functions) -> Value:
    """A value with every `${{ }}` in it replaced; one that is an expression keeps its kind."""
    if isinstance(value, Mapping):
        return {key: filled(each, contexts, functions) for key, each in value.items()}
    if isinstance(value, list):
        return [filled(each, contexts, functions) for each in value]
    if not isinstance(value, str):
        return value
    if WHOLE.fullmatch(value):
        return evaluated(value, contexts, functions)
    return EMBEDDED.sub(lambda each: as_text(evaluated(each[1], contexts, functions)), value)
