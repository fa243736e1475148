"""The base of everything that crosses a file: frozen, and strict about keys and numbers."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue

__all__ = ["Finite", "JsonValue", "Number", "Record", "Whole"]


class Record(BaseModel):
    """A frozen fact; an unknown key, NaN or infinity is an error."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        hide_input_in_errors=True,
        defer_build=True,  # a command pays for the records it reads, not for all there are
    )


Finite = Annotated[float, Field(allow_inf_nan=False)]


def _refuse_yes_and_no(written: object) -> object:
    if isinstance(written, bool):
        msg = "should be a number, not true or false"
        raise ValueError(msg)  # noqa: TRY004 - pydantic turns only ValueError into a fault
    return written


Number = Annotated[Finite, BeforeValidator(_refuse_yes_and_no)]
"""A number that a person writes: `true` is a slip there, not 1."""

Whole = Annotated[int, BeforeValidator(_refuse_yes_and_no)]
"""A whole number that a person writes."""
