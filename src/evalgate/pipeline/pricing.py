"""What a run would ask of models and what that would cost, without asking anybody."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import assert_never

from evalgate.candidate.chat import ChatCandidate
from evalgate.candidate.protocol import Candidate, Remembering
from evalgate.domain.answer import Answer, Produced, Usage
from evalgate.domain.case import Case, Question
from evalgate.domain.chat import ChatReply, ChatRequest
from evalgate.domain.estimate import Estimate
from evalgate.domain.judgement import Unscored
from evalgate.judge.asking import AGAIN
from evalgate.judge.protocol import Judge, ModelJudge
from evalgate.model.pacing import guessed_usage
from evalgate.pipeline.models import Models
from evalgate.sources.digests import canonical

ANSWER_LETTERS = 1_000
"""How long an answer is taken to be that nobody has given yet."""


def estimate_of(
    models: Models,
    candidate: Candidate,
    judges: Sequence[Judge],
    cases: Iterable[tuple[Case, int]],
) -> Estimate:
    """Add up every call of a run: the tokens are guessed, and a reply that is recorded is free.

    `cases` come with the number of the trial.
    """
    bill = _Bill(models)
    asking = [judge for judge in judges if isinstance(judge, ModelJudge)]
    for case, trial in cases:
        answer = _known_answer(candidate, Question(case.id, case.inputs, trial), bill)
        if answer is None or isinstance(answer, Produced):  # nothing else is judged
            for judge in asking:
                _count_judging(bill, judge, case, answer)
    return bill.estimate()


class _Bill:
    """The calls of a run as they are counted, the tokens of those that cost something."""

    def __init__(self, models: Models) -> None:
        self._models = models
        self._asked: Counter[str] = Counter()
        self._once: dict[str, Usage] = {}  # tokens, by model
        self._more: dict[str, Usage] = {}  # the same, of what may be asked again
        self._recorded = 0
        self._uncertain = 0
        self._again = 0

    def recorded(self, request: ChatRequest) -> ChatReply | None:
        """Look up what was said before, and count it as a call that is free."""
        reply = self._models.recorded_reply(request)
        self._recorded += reply is not None
        return reply

    def ask(self, model: str, usage: Usage, *, again: int = 0, uncertain: bool = False) -> None:
        """Count a call that costs something, and how often it may be asked again at most."""
        if self._models.asking.offline:
            return
        self._asked[model] += 1
        self._uncertain += uncertain and self._models.may_have_recorded
        self._again += again
        self._once[model] = _added(self._once.get(model), usage, 1)
        self._more[model] = _added(self._more.get(model), usage, again)

    def estimate(self) -> Estimate:
        """Everything together."""
        return Estimate(
            calls=self._recorded + self._asked.total(),
            recorded=self._recorded,
            uncertain=self._uncertain,
            again=self._again,
            input_tokens=sum(usage.input_tokens for usage in self._once.values()),
            output_tokens=sum(usage.output_tokens for usage in self._once.values()),
            usd=self._usd(self._once),
            again_usd=self._usd(self._more),
            unpriced=tuple(model for model in self._asked if not self._models.has_price(model)),
        )

    def _usd(self, tokens: Mapping[str, Usage]) -> float | None:
        usd = 0.0
        for model, usage in tokens.items():
            cost = self._models.cost_of(model, usage)
            if cost is None:
                return None
            usd += cost
        return usd


def _added(before: Usage | None, usage: Usage, times: int) -> Usage:
    given, made = (before.input_tokens, before.output_tokens) if before else (0, 0)
    return Usage(
        input_tokens=given + times * usage.input_tokens,
        output_tokens=made + times * usage.output_tokens,
    )


def _known_answer(candidate: Candidate, question: Question, bill: _Bill) -> Answer | None:
    """What the candidate is known to answer, or None; a call that this takes is counted."""
    if isinstance(candidate, Remembering):
        return candidate.remembered(question)
    if not isinstance(candidate, ChatCandidate):
        return None
    request = candidate.request(question)
    if not isinstance(request, ChatRequest):
        return request
    if (reply := bill.recorded(request)) is not None:
        return candidate.answer_of(reply)
    bill.ask(request.model, _usage_of(request))
    return None


def _count_judging(bill: _Bill, judge: ModelJudge, case: Case, answer: Produced | None) -> None:
    request = judge.request(case, answer) if answer is not None else None
    match request:
        case Unscored():
            return  # the case lacks something, so that nobody is asked
        case ChatRequest():
            if bill.recorded(request) is None:
                bill.ask(request.model, _usage_of(request), again=AGAIN)
                return
            for attempt in range(1, AGAIN + 1):  # recorded where the one before was of no use
                if bill.recorded(request.model_copy(update={"attempt": attempt})) is None:
                    return
        case None:
            outline = judge.outline
            said = ANSWER_LETTERS if answer is None else len(answer.text)
            shown = len(canonical(case.inputs)) + len(canonical(case.expected)) + said
            usage = guessed_usage(outline.letters + shown, outline.parameters)
            bill.ask(outline.model, usage, again=AGAIN, uncertain=True)
        case _:
            assert_never(request)


def _usage_of(request: ChatRequest) -> Usage:
    letters = sum(len(message.content) for message in request.messages)
    return guessed_usage(letters, request.parameters)
