"""The judge that compares the whole answer."""

from typing import NamedTuple

from evalgate.domain.answer import Produced
from evalgate.domain.case import Case
from evalgate.domain.judgement import Scored, Unscored
from evalgate.domain.scale import BINARY, Scale
from evalgate.domain.specs import ExactMatchSpec
from evalgate.errors import Problem, UserMistake
from evalgate.judge.declaration import fingerprint, settle_scale
from evalgate.judge.excerpt import one_of, quoted
from evalgate.judge.expected import acceptable_texts
from evalgate.judge.place import Place
from evalgate.judge.squad import squad_text

READING_RULE = 1


class ExactMatchJudge(NamedTuple):
    """1 when the answer equals one of the expected texts."""

    name: str
    scale: Scale
    digest: str
    spec: ExactMatchSpec

    async def judge(self, case: Case, answer: Produced) -> Scored | Unscored:
        """Compare; `normalise: none` compares the texts as they are, white space included."""
        texts = acceptable_texts(case.expected, self.spec.expected_key)
        if isinstance(texts, Unscored):
            return texts
        given = self._normalised(answer.text)
        for text in texts:
            if self._normalised(text) == given:
                return Scored(score=1, reason=f"equals {quoted(text)}")
        return Scored(score=0, reason=f"does not equal {one_of(texts)}")

    def _normalised(self, text: str) -> str:
        return squad_text(text) if self.spec.normalise == "squad" else text


def build_exact_match(spec: ExactMatchSpec, place: Place) -> ExactMatchJudge:
    """Build the judge, or raise UserMistake."""
    problems: list[Problem] = []
    scale = settle_scale(spec, BINARY, place, problems)
    if problems:
        raise UserMistake(problems)
    return ExactMatchJudge(place.name, scale, fingerprint(spec, scale, READING_RULE), spec)
