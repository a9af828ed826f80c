"""Targets and updates in a report file: what was promised in numbers, what was done, and how much was reached."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import BeforeValidator, model_validator
from pydantic_core import PydanticCustomError

from ..models import Bound, DeliveryStatus
from ..models.amounts import currencies
from .file_part import FilePart
from .languages import TranslatedText, Written
from .said import Faulty, phrased
from .scalars import CodeOrName, Currency, Date, Line60, Line200, Number, Slug, Text

# The type of an error that names a key which the other keys of its part make necessary.
NEEDED = "needed"


class TargetNamePart(FilePart):
    """What names a target of an initiative: the metric, and as much of the rest as tells it from others."""

    metric: Line200
    unit: Line60 | None = None
    currency: Currency | None = None
    period: Date | None = None

    @model_validator(mode="before")
    @classmethod
    def unit_may_be_a_currency(cls, data: Any) -> Any:
        """The short form: ``unit: USD`` is ``currency: USD``."""
        if isinstance(data, dict) and not data.get("currency"):
            unit = data.get("unit")
            if isinstance(unit, str) and unit.strip() in currencies():
                others = {name: value for name, value in data.items() if name != "unit"}
                return others | {"currency": unit.strip()}
        return data

    @model_validator(mode="after")
    def is_in_one_measure(self) -> Self:
        if self.unit and self.currency:
            raise Faulty(
                phrased("a target has a unit or a currency"), phrased("keep one of the two")
            )
        return self

    @property
    def measure(self) -> str:
        return self.currency or self.unit or ""


class TargetPart(TargetNamePart):
    """A target; what was reached is short for an update of the same document, in the same place, without a status."""

    bound: Bound | None = None
    value: Number | None = None
    due: Date | None = None
    note: Text | None = None
    reached: Number | None = None
    reached_on: Date | None = None

    @model_validator(mode="after")
    def names_a_number(self) -> Self:
        if self.value is None and self.reached is None:
            raise Faulty(
                phrased("a target has neither value nor reached"),
                phrased("say one of them or both"),
            )
        if self.reached_on and self.reached is None:
            raise Faulty(
                phrased("“%(key)s” has no %(other)s", key="reached_on", other="reached"),
                phrased("say how much was reached then"),
            )
        return self


# A metric alone is enough where the initiative has one target of it.
TargetName = Annotated[
    TargetNamePart,
    BeforeValidator(lambda name: {"metric": name} if isinstance(name, str) else name),
]


class UpdatePart(Written, FilePart):
    initiative: Slug
    status: DeliveryStatus | None = None
    on: Date | None = None
    what: TranslatedText | None = None
    locator: Line200
    target: TargetName | None = None
    value: Number | None = None
    of: CodeOrName | None = None
    note: Text | None = None
    # Another one in the same words, of the same day.
    new: bool = False

    @model_validator(mode="after")
    def says_something(self) -> Self:
        """The document says what was done, or reports a value of a target, or both."""
        if self.target is None and self.value is not None:
            raise Faulty(
                phrased("“%(key)s” has no %(other)s", key="value", other="target"),
                phrased("say of which, such as target: students"),
            )
        if self.target is not None and self.value is None:
            raise Faulty(
                phrased("“%(key)s” has no %(other)s", key="target", other="value"),
                phrased("say which is reported, such as value: 320"),
            )
        needed = ["status"] if self.target is None else []
        needed += ["what"] if self.status or self.target is None else []
        if missing := [name for name in needed if getattr(self, name) is None]:
            raise PydanticCustomError(NEEDED, "“{key}” is missing", {"key": missing[0]})
        return self
