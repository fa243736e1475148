"""Does a candidate's text hold an evalset's own question or answer?"""

from collections.abc import Iterable, Iterator, Mapping

from evalgate.domain.case import Case
from evalgate.domain.record import JsonValue
from evalgate.errors import Problem

SHORTEST = 20  # characters; shorter texts occur by chance
MOST_TOLD = 5  # per text; one is enough to know


def contamination(texts: Mapping[str, str], ref: str, cases: Iterable[Case]) -> list[Problem]:
    """Warn where a text, by its path, repeats a question or answer of `ref` word for word.

    White space does not matter. The time grows with the texts plus the cases, not their product.
    """
    flat = {path: " ".join(text.split()) for path, text in texts.items()}
    pieces = {
        path: {text[at : at + SHORTEST] for at in range(len(text) - SHORTEST + 1)}
        for path, text in flat.items()
    }
    anywhere = frozenset[str]().union(*pieces.values())
    found: dict[str, list[Problem]] = {path: [] for path in texts}
    for case in cases:
        for what, words in _told(case):
            if words[:SHORTEST] not in anywhere:
                continue
            for path, text in flat.items():
                if words[:SHORTEST] in pieces[path] and words in text:
                    found[path].append(
                        _warning(path, texts[path], ref, f"{what} of {case.id}", words)
                    )
    return [problem for told in found.values() for problem in _shortened(told)]


def _warning(path: str, text: str, ref: str, what: str, words: str) -> Problem:
    at = text.find(words)
    line = text.count("\n", 0, at) + 1 if at >= 0 else 0
    fault = f"holds the {what} in {ref}, word for word"
    return Problem(fault, path, line, remedy="use an example that is not in the evalset")


def _shortened(told: list[Problem]) -> list[Problem]:
    if len(told) <= MOST_TOLD:
        return told
    more = Problem(f"and {len(told) - MOST_TOLD} more of the evalset's texts", told[0].path)
    return [*told[:MOST_TOLD], more]


def _told(case: Case) -> Iterator[tuple[str, str]]:
    for what, value in (("question", case.inputs), ("expected answer", case.expected)):
        for text in _texts(value):
            words = " ".join(text.split())
            if len(words) >= SHORTEST:
                yield what, words


def _texts(value: JsonValue) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for item in value:
                yield from _texts(item)
        case dict():
            for item in value.values():
                yield from _texts(item)
