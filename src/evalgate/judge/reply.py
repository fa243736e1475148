"""Reading a recorded reply: the verdict is its first word, or there is none."""

import re
from collections.abc import Mapping

from evalgate.domain.judgement import Scored, Unscored
from evalgate.domain.scale import Scale
from evalgate.domain.specs import ReadingRule
from evalgate.errors import Problem
from evalgate.judge.excerpt import excerpt
from evalgate.judge.place import Place
from evalgate.quoting import writable

# `No-one`, `yes/no`, `no's` and `4.5` are not the words `no`, `yes` and `4`.
FIRST_WORD = re.compile(r"\s*(\w+)(?![\w'’/-]|[.,]\d)")  # noqa: RUF001 - people type this quote


def read_reply(reply: str, scores: Mapping[str, float]) -> Scored | Unscored:
    """Score the reply by its first word; `scores` has its words in lower case."""
    first = FIRST_WORD.match(reply)
    score = None if first is None else scores.get(first[1].casefold())
    if score is None:
        return Unscored(cause="unparsable", detail=excerpt(reply))
    return Scored(score=score, reason=writable(reply))


def scores_of_words(
    rule: ReadingRule, scale: Scale, place: Place, problems: list[Problem]
) -> dict[str, float]:
    """Return each first word in lower case with its score; note what can never be read."""
    scores: dict[str, float] = {}
    for word, score in rule.starts_with.items():
        key = f"read.starts_with.{word}"
        if not re.fullmatch(r"\w+", word):
            problems.append(place.problem("is not one word, so no reply can match it", key=key))
        if not scale.holds(score):
            problems.append(place.problem(f"{score:g} is not on the scale: {scale}", key=key))
        if scores.setdefault(word.casefold(), score) != score:
            problems.append(place.problem("has another score in another case", key=key))
    return scores
