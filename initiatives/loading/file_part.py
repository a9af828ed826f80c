"""What every mapping in a report file has in common."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator


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
