"""The judge that calls a function of the user's, in a process of its own."""

from dataclasses import dataclass

from pydantic import JsonValue

from evalgate.domain.answer import Produced
from evalgate.domain.case import Case
from evalgate.domain.judgement import Scored, Unscored
from evalgate.domain.scale import Scale
from evalgate.domain.specs import PythonJudgeSpec
from evalgate.hosting.interpreter import Lost
from evalgate.judge.declaration import fingerprint
from evalgate.judge.elsewhere import Elsewhere
from evalgate.judge.expected import part_of
from evalgate.judge.off_scale import score_on
from evalgate.judge.place import Place
from evalgate.judge.time_limit import too_late
from evalgate.judge.user_code import IMPORT_S, Replied, load_function
from evalgate.sources.digests import digest_of_globs

READING_RULE = 2


@dataclass(frozen=True, slots=True)
class FunctionJudge:
    """Scores with a function that is called with inputs, expected and answer."""

    name: str
    scale: Scale
    digest: str
    spec: PythonJudgeSpec
    function: Elsewhere
    takes_produced: bool

    async def judge(self, case: Case, answer: Produced) -> Scored | Unscored:
        """Have the function called, and hold what it returned against the scale."""
        expected = part_of(case.expected, self.spec.expected_key)
        if isinstance(expected, Unscored):
            return expected
        question: dict[str, JsonValue] = {
            "arguments": {
                "inputs": case.inputs,
                "expected": expected.value,
                "answer": answer.text,
            }
        }
        if self.takes_produced:
            question["produced"] = answer.model_dump(mode="json")
        return self._judgement(await self.function.call(question))

    def _judgement(self, reply: Replied | Lost) -> Scored | Unscored:
        if reply.late:
            return too_late(self.spec.timeout_s)
        if isinstance(reply, Lost):
            return Unscored(cause="judge_error", detail=reply.how)
        if reply.fault is not None:
            return Unscored(cause="judge_error", detail=reply.fault)
        if reply.off_scale is not None:
            return Unscored(cause="off_scale", detail=f"{reply.off_scale}: {self.scale}")
        return score_on(self.scale, reply.score, reply.reason)


def build_function(
    spec: PythonJudgeSpec, place: Place, import_s: float = IMPORT_S
) -> FunctionJudge:
    """Look at the function, or raise UserMistake."""
    loaded = load_function(spec.function, place, import_s)
    watched = digest_of_globs(place.root, spec.digest_of, where=place.shown_as)
    files = {**{f"code:{file}": digest for file, digest in loaded.files.items()}, **watched}
    digest = fingerprint(spec, spec.scale, READING_RULE, files)
    elsewhere = Elsewhere(loaded, spec.timeout_s)
    return FunctionJudge(place.name, spec.scale, digest, spec, elsewhere, loaded.takes_produced)
