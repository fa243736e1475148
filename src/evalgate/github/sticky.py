"""One comment on a pull request: made once, then updated, also when two runs race."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from evalgate.github.client import GitHub
from evalgate.github.marks import ACTIONS, Post, Stamp, own, same_text, stamp_of
from evalgate.github.refusals import ApiFailed

ATTEMPTS = 3

Done = Literal["created", "updated", "unchanged", "left as a newer run wrote it", "none is there"]


@dataclass(frozen=True, slots=True)
class Text:
    """What is to be posted: a body whose first line is `mark` and whose second is the stamp.

    With `amended` none is made where there is none: it gives the body for the one that is there.
    """

    mark: str
    stamp: Stamp
    body: str
    author: str = ACTIONS
    amended: Callable[[str], str] | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of it, and where it is."""

    done: Done
    url: str


async def stick(github: GitHub, number: int, text: Text) -> Posted:
    """Have exactly one comment of ours under this mark, the oldest, with the newest run's words.

    Raises ApiFailed when GitHub does not let us.
    """
    ours = await _own(github, number, text)
    if text.amended:
        if not ours:
            return Posted("none is there", "")
        newest = max(ours, key=lambda post: stamp_of(post.body))
        return await _settled(github, ours, replace(text, body=text.amended(newest.body)))
    created = False
    for attempt in range(1, ATTEMPTS + 1):
        if ours:
            break
        try:
            await github.create_comment(number, text.body)
            created = True
        except ApiFailed as failure:
            if attempt == ATTEMPTS or not failure.may_have_worked:
                raise
            await github.requests.clock.pause(2.0**attempt)
        ours = await _own(github, number, text)  # another run may have created one meanwhile
    if not ours:  # a list may be behind: what was made is found by the next run
        return Posted("created", "")
    settled = await _settled(github, ours, text)
    return Posted("created", settled.url) if created and len(ours) == 1 else settled


async def _own(github: GitHub, number: int, text: Text) -> list[Post]:
    return [post for post in await github.comments(number) if own(post, text.mark, text.author)]


async def _settled(github: GitHub, ours: list[Post], text: Text) -> Posted:
    """Give the oldest the newest words, then take the others away."""
    oldest, *others = ours
    newest = max(ours, key=lambda post: stamp_of(post.body))
    is_newer = stamp_of(newest.body) > text.stamp
    words = newest.body if is_newer else text.body
    kept = oldest
    if not same_text(oldest.body, words):
        kept = await github.update_comment(oldest.number, words)
    for other in others:
        await github.delete_comment(other.number)
    if is_newer:
        return Posted("left as a newer run wrote it", kept.url)
    return Posted("unchanged" if kept is oldest else "updated", kept.url)
