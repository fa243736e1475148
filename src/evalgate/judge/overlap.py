"""Judges that measure how near the answer is to the nearest expected text."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from evalgate.domain.answer import Produced
from evalgate.domain.case import Case
from evalgate.domain.judgement import Scored, Unscored
from evalgate.domain.scale import Scale
from evalgate.domain.specs import LevenshteinSpec, RougeLSpec, TokenF1Spec
from evalgate.errors import Problem, UserMistake
from evalgate.judge.declaration import SHARE, fingerprint, settle_scale
from evalgate.judge.excerpt import quoted
from evalgate.judge.expected import acceptable_texts
from evalgate.judge.place import Place
from evalgate.judge.squad import squad_text

READING_RULE = 1
ROUGE_WORD = re.compile(r"[a-z0-9]+")

Measure = Callable[[str, str], float | None]
"""From an expected text and an answer to a share; None when the text cannot be compared."""


@dataclass(frozen=True, slots=True)
class OverlapJudge:
    """The best share over the acceptable texts."""

    name: str
    scale: Scale
    digest: str
    expected_key: str | None
    measure: Measure

    async def judge(self, case: Case, answer: Produced) -> Scored | Unscored:
        """Measure against every acceptable text and keep the best."""
        texts = acceptable_texts(case.expected, self.expected_key)
        if isinstance(texts, Unscored):
            return texts
        best: tuple[float, str] | None = None
        for text in texts:
            share = self.measure(text, answer.text)
            if share is not None and (best is None or share > best[0]):
                best = (share, text)
        if best is None:
            # Every answer would get 0, and a candidate that got worse would look unchanged.
            detail = f"there is no word of a-z and 0-9 in {quoted(texts[0])}"
            return Unscored(cause="judge_error", detail=detail)
        return Scored(score=best[0], reason=f"nearest to {quoted(best[1])}")


def token_f1(expected: str, answer: str) -> float:
    """F1 of the words that two texts share, as SQuAD counts them."""
    wanted, given = squad_text(expected).split(), squad_text(answer).split()
    shared = (Counter(wanted) & Counter(given)).total()
    return f_measure(shared, len(wanted), len(given))


def rouge_l(expected: str, answer: str) -> float | None:
    """F1 of the longest common subsequence of words; ROUGE sees a-z and 0-9 only, no stems."""
    from rapidfuzz.distance import LCSseq

    wanted, given = ROUGE_WORD.findall(expected.lower()), ROUGE_WORD.findall(answer.lower())
    if not wanted:
        return None
    return f_measure(LCSseq.similarity(wanted, given), len(wanted), len(given))


def levenshtein(expected: str, answer: str) -> float:
    """1 minus the edits between two texts as a share of the longer one."""
    from rapidfuzz.distance import Levenshtein

    return Levenshtein.normalized_similarity(expected, answer)


def f_measure(shared: int, wanted: int, given: int) -> float:
    """Return the harmonic mean of precision and recall; 0 when nothing is shared."""
    if not shared:
        return 0.0
    precision, recall = shared / given, shared / wanted
    return 2 * precision * recall / (precision + recall)


def build_overlap(spec: TokenF1Spec | RougeLSpec | LevenshteinSpec, place: Place) -> OverlapJudge:
    """Build the judge, or raise UserMistake."""
    problems: list[Problem] = []
    scale = settle_scale(spec, SHARE, place, problems)
    if problems:
        raise UserMistake(problems)
    measures: dict[str, Measure] = {
        "token_f1": token_f1,
        "rouge_l": rouge_l,
        "levenshtein": levenshtein,
    }
    digest = fingerprint(spec, scale, READING_RULE)
    return OverlapJudge(place.name, scale, digest, spec.expected_key, measures[spec.kind])
