"""What a run would ask of models and what that would cost, without asking anybody."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from evalgate.candidate.chat import ChatCandidate
from evalgate.candidate.protocol import Candidate
from evalgate.domain.answer import Usage
from evalgate.domain.case import Case, Question
from evalgate.domain.chat import ChatRequest
from evalgate.domain.estimate import Estimate
from evalgate.judge.protocol import Judge, ModelJudge
from evalgate.model.pacing import guessed_usage
from evalgate.pipeline.models import Models
from evalgate.sources.digests import canonical

ANSWER_LETTERS = 1_000
"""How long an answer is taken to be that nobody has given yet."""


def estimate_of(
    models: Models, candidate: Candidate, judges: Sequence[Judge], cases: Iterable[Case]
) -> Estimate:
    """Add up every call of a run: the tokens are guessed, and a reply that is recorded is free."""
    asked: Counter[str] = Counter()
    recorded = 0
    tokens: dict[str, list[int]] = {}

    def count(model: str, usage: Usage) -> None:
        asked[model] += 1
        summed = tokens.setdefault(model, [0, 0])
        summed[0] += usage.input_tokens
        summed[1] += usage.output_tokens

    asking = [judge.outline for judge in judges if isinstance(judge, ModelJudge)]
    for case in cases:
        answer = ANSWER_LETTERS
        if isinstance(candidate, ChatCandidate):
            request = candidate.request(Question(case.id, case.inputs))
            if not isinstance(request, ChatRequest):
                continue  # it cannot be asked, so nobody judges it
            if models.is_recorded(request):
                recorded += 1
            else:
                letters = sum(len(message.content) for message in request.messages)
                count(request.model, guessed_usage(letters, request.parameters))
        shown = len(canonical(case.inputs)) + len(canonical(case.expected)) + answer
        for outline in asking:
            count(outline.model, guessed_usage(outline.letters + shown, outline.parameters))
    return _added_up(models, asked, tokens, recorded)


def _added_up(
    models: Models, asked: Mapping[str, int], tokens: Mapping[str, Sequence[int]], recorded: int
) -> Estimate:
    total = Estimate(calls=recorded, recorded=recorded)
    for model, calls in asked.items():
        given, made = tokens[model]
        usd = models.cost_of(model, Usage(input_tokens=given, output_tokens=made))
        total += Estimate(
            calls=calls,
            input_tokens=given,
            output_tokens=made,
            usd=usd,
            unpriced=() if usd is not None else (model,),
        )
    return total
