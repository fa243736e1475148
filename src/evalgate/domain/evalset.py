"""What people write in `evalset.yaml`, as facts."""

import datetime as dt
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from evalgate.domain.record import JsonValue, Record

VersionName = Annotated[str, StringConstraints(pattern=r"^v[0-9]+$")]


class CaseSchema(Record):
    """What every case of an evalset looks like, as JSON Schemas."""

    inputs: dict[str, JsonValue] | None = None
    expected: dict[str, JsonValue] | None = None


class FrozenVersion(Record):
    """A version that never changes again, and how to tell."""

    version: VersionName
    digest: Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]
    cases: int = Field(ge=1)
    frozen: dt.date


class EvalsetSpec(Record):
    """The whole of `evalset.yaml`."""

    schema_version: Literal[1]
    description: str = ""
    licence: str = ""
    case_schema: CaseSchema = CaseSchema()
    versions: tuple[FrozenVersion, ...] | None = Field(
        default=(), description="one line per frozen version"
    )

    @model_validator(mode="after")
    def _names_a_version_once(self) -> Self:
        names = [line.version for line in self.versions or ()]
        if len(names) > len(set(names)):
            msg = "a version is frozen twice (keep its first line)"
            raise ValueError(msg)
        return self

    def frozen(self, version: str) -> FrozenVersion | None:
        """The line of a frozen version; None for a draft."""
        return next((line for line in self.versions or () if line.version == version), None)
