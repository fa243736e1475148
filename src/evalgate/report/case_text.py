"""One case of a run for people: its answers, and what the judges said of them."""

from collections.abc import Iterator
from typing import assert_never

from evalgate.domain.answer import Answer, NotProduced, Produced, Unanswered
from evalgate.domain.judgement import Judgement, Scored, Unscored
from evalgate.domain.run import CaseTrials, JudgedCase
from evalgate.report import numbers
from evalgate.report.markdown_parts import markdown_block
from evalgate.report.said import block_on_screen, on_screen


def render_case(case: JudgedCase | CaseTrials, inputs: str = "") -> str:
    """Show one case with its answer and every judgement, each trial; texts stand behind a mark."""
    trials = case.trials if isinstance(case, CaseTrials) else (case,)
    first = trials[0]
    lines = [f"case {on_screen(case.id)}"]
    if first.slices:
        slices = ", ".join(f"{key}={value}" for key, value in sorted(first.slices.items()))
        lines.append(f"  slices  {on_screen(slices)}")
    if first.cluster:
        lines.append(f"  cluster  {on_screen(first.cluster)}")
    if inputs:
        lines += ["inputs", *block_on_screen(inputs)]
    for judged in trials:
        if isinstance(case, CaseTrials):
            lines += ["", f"trial {judged.trial}"]
        lines += _answer(judged.answer)
        for name, judgement in judged.judgements.items():
            lines += _judgement(on_screen(name), judgement)
    return "\n".join(lines) + "\n"


def case_markdown(case: JudgedCase | CaseTrials) -> str:
    """One case as it is shown on a terminal."""
    return "\n".join(markdown_block(render_case(case))) + "\n"


def _answer(answer: Answer) -> Iterator[str]:
    match answer:
        case Produced():
            yield f"answer{_measures(answer)}"
            yield from block_on_screen(answer.text)
            for context in answer.contexts:
                yield "context"
                yield from block_on_screen(context)
            for call in answer.tool_calls:
                yield f"tool call {on_screen(call.name)} {on_screen(repr(call.arguments))}"
        case NotProduced() | Unanswered():
            yield f"answer: {answer.kind.replace('_', ' ')} ({answer.cause.replace('_', ' ')})"
            yield from block_on_screen(answer.detail) if answer.detail else ()
        case _:
            assert_never(answer)


def _measures(answer: Produced) -> str:
    parts = []
    if answer.latency_s is not None:
        parts.append(numbers.duration(answer.latency_s))
    if answer.cost_usd is not None:
        parts.append(numbers.usd(answer.cost_usd))
    if answer.usage is not None:
        tokens = numbers.count(answer.usage.input_tokens), numbers.count(answer.usage.output_tokens)
        parts.append(f"{tokens[0]} tokens in, {tokens[1]} out")
    if answer.truncated:
        parts.append("cut off at its length")
    return f" ({', '.join(parts)})" if parts else ""


def _judgement(name: str, judgement: Judgement) -> Iterator[str]:
    match judgement:
        case Scored():
            yield f"{name}: {numbers.mark(judgement.score)}"
            yield from block_on_screen(judgement.reason) if judgement.reason else ()
        case NotProduced() | Unanswered() | Unscored():
            kind, cause = judgement.kind.replace("_", " "), judgement.cause.replace("_", " ")
            yield f"{name}: {kind} ({cause})"
            yield from block_on_screen(judgement.detail) if judgement.detail else ()
        case _:
            assert_never(judgement)
