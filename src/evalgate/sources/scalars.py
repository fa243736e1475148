"""A YAML scalar into text, a number, true, false or nothing; `${VAR}` may expand in text."""

import math
import re
from collections.abc import Callable, Mapping

import yaml
from pydantic import JsonValue

VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")
Tell = Callable[[str, str], None]
"""Takes a fault and its remedy."""

_CORE = "tag:yaml.org,2002:"
_AS_TEXT = frozenset(f"{_CORE}{name}" for name in ("str", "timestamp", "value", "merge"))
_NUMBERS = {f"{_CORE}int": "a whole number", f"{_CORE}float": "a number"}


def read_scalar(
    node: yaml.ScalarNode, environment: Mapping[str, str] | None, tell: Tell
) -> JsonValue:
    """Give the scalar its value; a fault goes to `tell` and reads as nothing.

    Only true and false are booleans: `no` may be a country. A date stays text for the record that
    expects one. Without an environment nothing expands.
    """
    text = str(node.value)
    if node.tag in _AS_TEXT:
        return text if environment is None else _expanded(text, environment, tell)
    if node.tag == f"{_CORE}null":
        return None
    if node.tag == f"{_CORE}bool":
        return {"true": True, "false": False}.get(text.lower(), text)
    if node.tag in _NUMBERS:
        # 1:30 is a time to everybody but YAML 1.1, which reads 90
        return text if ":" in text else _number(node, tell)
    tell(f"the tag {node.tag} is not allowed", "use plain values")
    return None


def _number(node: yaml.ScalarNode, tell: Tell) -> JsonValue:
    try:
        value = yaml.SafeLoader("").construct_object(node)
    except (ValueError, LookupError):
        value = None
    if isinstance(value, float) and not math.isfinite(value):
        tell("is not a finite number", "write a number")
        return None
    if isinstance(value, int | float):
        return value
    tell(f"is not {_NUMBERS[node.tag]}", "write it with digits")
    return None


def _expanded(text: str, environment: Mapping[str, str], tell: Tell) -> str:
    def value_of(found: re.Match[str]) -> str:
        name, default = found.group(1), found.group(2)
        if name in environment:
            return environment[name]
        if default is None:
            tell(f"the variable {name} is not set", f"set it, or write ${{{name}:-default}}")
            return ""
        return str(default)

    return VARIABLE.sub(value_of, text)
