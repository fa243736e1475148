"""Judges that look for a text in the answer: contains, regex."""

from dataclasses import dataclass

from evalgate.domain.answer import Produced
from evalgate.domain.case import Case
from evalgate.domain.judgement import Scored, Unscored
from evalgate.domain.scale import BINARY, Scale
from evalgate.domain.specs import ContainsSpec, RegexSpec
from evalgate.errors import Problem, UserMistake
from evalgate.judge.declaration import fingerprint, refuse_expected_key, settle_scale
from evalgate.judge.excerpt import one_of, quoted
from evalgate.judge.expected import acceptable_texts
from evalgate.judge.pattern import TimedPattern, compile_pattern
from evalgate.judge.place import Place

READING_RULE = 1
REGEX_READING_RULE = 2


@dataclass(frozen=True, slots=True)
class ContainsJudge:
    """1 when the answer contains the texts."""

    name: str
    scale: Scale
    digest: str
    spec: ContainsSpec

    async def judge(self, case: Case, answer: Produced) -> Scored | Unscored:
        """Look for one of the texts, or for all of them."""
        texts = self.spec.texts or acceptable_texts(case.expected, self.spec.expected_key)
        if isinstance(texts, Unscored):
            return texts
        answered = self._folded(answer.text)
        found = [text for text in texts if self._folded(text) in answered]
        missing = [text for text in texts if text not in found]
        if missing and (self.spec.all or not found):
            return Scored(score=0, reason=f"does not contain {one_of(missing)}")
        return Scored(score=1, reason=f"contains {one_of(found)}")

    def _folded(self, text: str) -> str:
        return text.casefold() if self.spec.ignore_case else text


@dataclass(frozen=True, slots=True)
class RegexJudge:
    """1 when the pattern is found in the answer, or is not."""

    name: str
    scale: Scale
    digest: str
    pattern: TimedPattern
    absent: bool

    async def judge(self, case: Case, answer: Produced) -> Scored | Unscored:  # noqa: ARG002 - a Judge is given the case
        """Search the answer, for as long as the search may take."""
        found = await self.pattern.first_match(answer.text)
        if isinstance(found, Unscored):
            return found
        score = int((found is None) is self.absent)
        return Scored(score=score, reason=f"found {quoted(found[0])}" if found else "not found")


def build_contains(spec: ContainsSpec, place: Place) -> ContainsJudge:
    """Build the judge, or raise UserMistake; every answer contains an empty text."""
    problems: list[Problem] = []
    scale = settle_scale(spec, BINARY, place, problems)
    if spec.texts:
        refuse_expected_key(spec, place, problems)
    if any(not text.strip() for text in spec.texts):
        fault = "an empty text is contained in every answer"
        problems.append(place.problem(fault, key="texts", remedy="leave it out"))
    if problems:
        raise UserMistake(problems)
    return ContainsJudge(place.name, scale, fingerprint(spec, scale, READING_RULE), spec)


def build_regex(spec: RegexSpec, place: Place) -> RegexJudge:
    """Build the judge, or raise UserMistake."""
    problems: list[Problem] = []
    scale = settle_scale(spec, BINARY, place, problems)
    refuse_expected_key(spec, place, problems)
    pattern = compile_pattern(spec.pattern, "pattern", place, problems)
    if pattern is None or problems:
        raise UserMistake(problems)
    digest = fingerprint(spec, scale, REGEX_READING_RULE)
    timed = TimedPattern(pattern, spec.timeout_s)
    return RegexJudge(place.name, scale, digest, timed, spec.absent)
