"""`sim:/grader`: replies in the form that MLflow's grading prompt asks for.

The answer is what stands between `Output:` and the grading context. It is held against that
context (`key: ... value: ...`), or without one against the input, by the words they share; the
share of shared words becomes a score between the least and the greatest that the rubric names (1 to
5 without any). Other prompts are graded alike: by the parts after `Answer:` and `Expected:`.
"""

import re

from evalgate.domain.chat import ChatRequest
from evalgate.model.sim_words import overlap, telling_words

_END = "\n\nMetric definition:\n"
_CONTEXT = "Additional information used by the model:\n"
_VALUE = re.compile(r"^key: .*\nvalue:\n", re.MULTILINE)
_SCORE = re.compile(r"(?:\bscore\s*[:=]?\s*|^\s*[-*]?\s*)(\d+)\b", re.IGNORECASE | re.MULTILINE)
_ANSWER = re.compile(r"^(?:model )?(?:answer|output)\s*:\s*(.*)", re.IGNORECASE | re.MULTILINE)
_EXPECTED = re.compile(
    r"^(?:expected|reference|gold)\b[^:\n]*:\s*(.*)", re.IGNORECASE | re.MULTILINE
)


def grade(request: ChatRequest, well: bool) -> str:
    """Score by word overlap; not `well` means a score from the other end of the scale."""
    prompt = "\n".join(message.content for message in request.messages)
    answer, references, rubric = _parts(prompt)
    share = max((_agreement(answer, each) for each in references), default=0.0)
    low, high = _range(rubric)
    score = low + round(share * (high - low))
    if not well:
        score = low + high - score if low + high != 2 * score else low
    reason = f"The answer shares {share:.0%} of its words with what it is held against."
    return f"score: {score}\njustification: {reason}"


def _parts(prompt: str) -> tuple[str, list[str], str]:
    """The answer, what it is held against, and the rubric."""
    shown, found, rest = prompt.rpartition(_END)
    if not found:
        labelled, expected = _ANSWER.search(prompt), _EXPECTED.findall(prompt)
        return (labelled.group(1) if labelled else prompt), expected, prompt
    before, _, output = shown.partition("\nOutput:\n")
    answer, _, context = output.rpartition(_CONTEXT)
    references = [each.strip() for each in _VALUE.split(context)[1:]]
    if not references:
        answer, references = output, [before.rpartition("Input:\n")[2]]
    rubric = rest.partition("Grading rubric:\n")[2].partition("\nYou must return")[0]
    return answer, references, rubric


def _agreement(answer: str, reference: str) -> float:
    """1 when the reference's words are all there, however much is said around them."""
    wanted = telling_words(reference)
    held = len(wanted & telling_words(answer)) / len(wanted) if wanted else 0.0
    return 1.0 if held == 1.0 else overlap(answer, reference)


def _range(rubric: str) -> tuple[int, int]:
    named = [int(each) for each in _SCORE.findall(rubric.partition("Examples:")[0])]
    named = [each for each in named if each <= 100]
    return (min(named), max(named)) if len(set(named)) > 1 else (1, 5)
