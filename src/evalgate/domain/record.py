"""The base of everything that crosses a file: frozen, and strict about keys and numbers."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue

__all__ = ["Finite", "JsonValue", "Record"]


class Record(BaseModel):
    """A frozen fact; an unknown key, NaN or infinity is an error."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, hide_input_in_errors=True
    )


Finite = Annotated[float, Field(allow_inf_nan=False)]
