"""How evalsets, judges and models are named in files."""

from typing import Annotated

from pydantic import Field, StringConstraints

GATES = "gates.yaml"
OWN_FOLDER = ".evalgate"
"""Runs and recordings, which are made and never brought along."""

GIT, RUN, NONE = "git:", "run:", "none"
"""What a version's name begins with when it is no candidate, and a baseline that is none."""

FILE, FROM_FILE = "file", "file:"
"""A baseline that a person set: the suite's own file, or a file by its path."""

BASELINES = "baselines"

NOT_YET = ("prompts:/", "models:/")

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=100)]
EvalsetRef = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*@v[0-9]+$"),
    Field(description="an evalset and its version, as in open-qa@v1"),
]
ModelUri = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*:/[^\s/]\S*$", max_length=300),
    Field(description="a provider of gates.yaml and its model, as in openai:/gpt-4o"),
]


def baseline_file_of(suite: str) -> str:
    """Where the baseline that a person set for a suite lies, from the project's folder."""
    return f"{BASELINES}/{suite}.json"
