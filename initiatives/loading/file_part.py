"""What every mapping in a report file has in common."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, model_validator

from .said import Faulty, phrased
from .scalars import Slug


class FilePart(BaseModel):
    """A mapping in the file; a known key without a value says nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def leave_out_empty_keys(cls, data: Any) -> Any:
        if isinstance(data, dict):
            # One that is not known may be a slip: “act:mentioned”, or {title: Roads, rails and ports}.
            known = cls.model_fields
            return {key: v for key, v in data.items() if v is not None or key not in known}
        return data


class IdentifiedPart(FilePart):
    """What may be known by another id already: the plan asks where it looks so, and one of these keys answers.

    With ``same_as`` the part speaks of the record of that id, which keeps its title; with ``new`` it is another one.
    """

    id: Slug
    same_as: Slug | None = None
    new: bool = False

    @model_validator(mode="after")
    def is_one_of_them(self) -> Self:
        if self.same_as and self.new:
            raise Faulty(
                phrased("“same_as” and “new” contradict one another"),
                phrased("keep one of the two"),
            )
        return self
