"""The judge that compares a number in the answer."""

from dataclasses import dataclass

from evalgate.domain.answer import Produced
from evalgate.domain.case import Case
from evalgate.domain.judgement import Scored, Unscored
from evalgate.domain.scale import BINARY, Scale
from evalgate.domain.specs import NumericSpec
from evalgate.errors import Problem, UserMistake
from evalgate.judge.declaration import fingerprint, settle_scale
from evalgate.judge.excerpt import quoted
from evalgate.judge.expected import acceptable_numbers
from evalgate.judge.number import exact_number, is_within, last_number_text
from evalgate.judge.pattern import TimedPattern, compile_pattern
from evalgate.judge.place import Place

READING_RULE = 2


@dataclass(frozen=True, slots=True)
class NumericJudge:
    """1 when the number in the answer is the expected one."""

    name: str
    scale: Scale
    digest: str
    spec: NumericSpec
    extract: TimedPattern | None

    async def judge(self, case: Case, answer: Produced) -> Scored | Unscored:
        """Read the last number and compare it."""
        expected = acceptable_numbers(case.expected, self.spec.expected_key)
        if isinstance(expected, Unscored):
            return expected
        written = await self._written(answer.text)
        if isinstance(written, Unscored):
            return written
        if written is None:
            return Scored(score=0, reason="there is no number in the answer")
        found = exact_number(written)
        if found is None:
            return Scored(score=0, reason=f"{quoted(written)} is not a number")
        same = any(
            is_within(found, number, self.spec.tolerance, relative=self.spec.relative)
            for number in expected
        )
        return Scored(score=int(same), reason=f"the answer's number is {quoted(written)}")

    async def _written(self, text: str) -> str | Unscored | None:
        if self.extract is None:
            return last_number_text(text)
        return await self.extract.last_first_group(text)


def build_numeric(spec: NumericSpec, place: Place) -> NumericJudge:
    """Build the judge, or raise UserMistake."""
    problems: list[Problem] = []
    scale = settle_scale(spec, BINARY, place, problems)
    extract = None
    if spec.extract is not None:
        extract = compile_pattern(spec.extract, "extract", place, problems)
        if extract is not None and extract.groups == 0:
            remedy = "put the number in parentheses"
            problems.append(place.problem("has no group", key="extract", remedy=remedy))
    if problems:
        raise UserMistake(problems)
    digest = fingerprint(spec, scale, READING_RULE)
    timed = None if extract is None else TimedPattern(extract, spec.timeout_s)
    return NumericJudge(place.name, scale, digest, spec, timed)
