"""Text that a judge is shown: fenced, so that it cannot pass for a part of the prompt."""

import hashlib
from itertools import count

LETTERS = 16


def fenced(text: str, label: str, letters: int = LETTERS) -> str:
    """Put `text` between marks that it does not hold; the same text always gets the same marks."""
    mark = _mark(text, label, letters)
    return f"<{mark}>\n{text}\n</{mark}>"


def _mark(text: str, label: str, letters: int) -> str:
    """Derive a mark from the text, again with another number until the text cannot close it.

    Case and look-alikes apart, a model may take a mark for closed that is not the same letter by
    letter; so the digits, which nobody can choose, must not occur in the text in any form.
    """
    content = text.encode("utf-8", "backslashreplace")
    folded = text.casefold()
    tries = (hashlib.sha256(b"%d:" % number + content).hexdigest() for number in count())
    digits = next(digits[:letters] for digits in tries if digits[:letters] not in folded)
    return f"{label}-{digits}"
