"""SQuAD's normalisation: what exact match and token F1 look through."""

import re
import string

ARTICLES = re.compile(r"\b(?:a|an|the)\b")
PUNCTUATION = str.maketrans("", "", string.punctuation)


def squad_text(text: str) -> str:
    """Ignore case, punctuation, articles and extra white space.

    Where that leaves nothing the articles stay, and then the punctuation: else the choices
    `A`, `The` and `!` would all be the same answer.
    """
    bare = " ".join(text.lower().translate(PUNCTUATION).split())
    return " ".join(ARTICLES.sub(" ", bare).split()) or bare or text.lower().strip()
