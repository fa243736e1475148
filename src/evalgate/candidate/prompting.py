"""From a chat candidate's spec to its prompt: where the text is, and that its slots are slots."""

from pathlib import Path

from evalgate.candidate.chat import Turn
from evalgate.candidate.templates import template_of
from evalgate.domain.specs import ChatSpec
from evalgate.errors import Problem, UserMistake
from evalgate.sources.digests import digest_of_bytes
from evalgate.sources.prompt_text import read_prompt


def load_turns(
    spec: ChatSpec, folder: Path, where: str, shown_prompt: str
) -> tuple[tuple[Turn, ...], dict[str, str]]:
    """Load the prompt's messages, and the digest of every file they were read from.

    Raises UserMistake with everything in the prompt that looks like a slot and is none.
    """
    files: dict[str, str] = {}
    problems: list[Problem] = []
    if spec.messages is not None:
        turns = tuple(
            Turn(
                message.role,
                template_of(
                    message.content, Problem("", where, key=f"messages.{index}.content"), problems
                ),
            )
            for index, message in enumerate(spec.messages)
        )
    elif spec.prompt_file is not None:
        content = read_prompt(folder / spec.prompt_file, shown_prompt, where)
        files["prompt_file"] = digest_of_bytes(content.encode("utf-8"))
        place = Problem("", shown_prompt, line=1)
        turns = (Turn("user", template_of(content, place, problems)),)
    else:
        place = Problem("", where, key="prompt")
        turns = (Turn("user", template_of(spec.prompt or "", place, problems)),)
    if problems:
        raise UserMistake(problems)
    return turns, files
