"""`sim:/reader`: answers a question from a passage that stands in the prompt.

The question is the line after `Question:`, or else the last line of the last message that ends with
a question mark, or else its last line. Everything else in that message is the passage. The reply is
the passage's sentence that shares most words with the question. A prompt that asks for `only` the
answer, or for a `short` or `brief` one, gets that sentence without the question's words.
"""

import re

from evalgate.domain.chat import ChatRequest
from evalgate.model.sim_words import FILLERS, sentences_of, telling_words

_LABELLED = re.compile(r"^\s*question\s*:\s*(.*)$", re.IGNORECASE | re.MULTILINE)
_LABEL = re.compile(r"^\s*(context|passage|facts|text|answer)\s*:\s*", re.IGNORECASE | re.MULTILINE)
_BRIEF = re.compile(r"\b(only|short|brief|briefly|one word|few words)\b", re.IGNORECASE)
_ORDERS = ("answer", "reply", "give", "use", "respond")
UNKNOWN = "I do not know."


def read_answer(request: ChatRequest, well: bool) -> str:
    """Answer from the passage; not `well` means from a wrong sentence of it."""
    said = [message.content for message in request.messages if message.role == "user"]
    question, passage = _parts(said[-1] if said else "")
    asked = telling_words(question)
    ranked = sorted(
        (each for each in sentences_of(passage) if telling_words(each)),
        key=lambda each: -len(asked & telling_words(each)),
    )
    if not ranked or not asked & telling_words(ranked[0]):
        return UNKNOWN
    if not well:
        ranked = ranked[1:] or [UNKNOWN]
    # a passage may hold the word `short`; what is wanted stands in the sentences that are asked
    system = " ".join(each.content for each in request.messages if each.role == "system")
    wanted = system + " " + " ".join(each for each in sentences_of(passage) if _is_order(each))
    brief = _BRIEF.search(wanted) is not None
    return _without(ranked[0], asked) if brief else ranked[0]


def _parts(prompt: str) -> tuple[str, str]:
    if found := _LABELLED.search(prompt):
        question = found.group(1).strip()
        passage = prompt[: found.start()] + "\n" + prompt[found.end() :]
        if not question:  # it stands on the next line
            question, _, rest = prompt[found.end() :].strip().partition("\n")
            passage = prompt[: found.start()] + "\n" + rest
    else:
        lines = [line for line in prompt.splitlines() if line.strip()]
        asking = [line for line in lines if line.rstrip().endswith("?")] or lines[-1:]
        question = asking[-1] if asking else ""
        passage = "\n".join(line for line in lines if line != question)
    return question, _LABEL.sub("", passage)


def _is_order(sentence: str) -> bool:
    return sentence.split(maxsplit=1)[0].lower().strip(":,") in _ORDERS


def _without(sentence: str, asked: set[str]) -> str:
    left = [
        word
        for word in sentence.split()
        if (bare := word.lower().strip(".,;:!?()\"'")) not in asked and bare not in FILLERS
    ]
    return " ".join(left).strip(".,;:!? ") or sentence
