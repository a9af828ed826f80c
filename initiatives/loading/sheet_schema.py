"""The rows of a workbook, key by key: the types of the report file, where what is known need not be said anew."""

from __future__ import annotations

from typing import Self

from pydantic import field_validator, model_validator

from ..models import EvidenceGrade, LineageKind
from ..models.involvement import ACT_OF_ROLE
from .file_part import FilePart
from .said import Faulty, phrased
from .scalars import (
    Date,
    FullDay,
    Language,
    Line60,
    Line200,
    Line300,
    Line500,
    ReportId,
    Slug,
    Text,
)
from .schema import OPEN, Content, CriterionPart, DiscrepancyPart, InitiativePart, ReportPart
from .target_schema import TargetPart, UpdatePart
from .vocabulary_schema import ParticipantPart, ThemePart


class KnownReportPart(ReportPart):
    """A report in a sheet, which may be known already; of a new one the plan asks for the rest."""

    id: ReportId
    title: Line500 | None = None  # type: ignore[assignment]
    publisher: Line200 | None = None  # type: ignore[assignment]
    kind: EvidenceGrade | None = None  # type: ignore[assignment]
    language: Language | None = None  # type: ignore[assignment]


class SheetLineagePart(FilePart):
    """How an initiative comes from an earlier one, in the words of the record."""

    relation: LineageKind
    earlier: Slug


class SheetTargetPart(TargetPart):
    """A target in a sheet, which may have a value already, or readings; the plan asks for one of them."""

    @model_validator(mode="after")
    def names_a_number(self) -> Self:
        return self


class SheetInitiativePart(InitiativePart):
    """What is known already needs no document anew; the comparison asks for one where it is new."""

    cited = ("act",)

    id: Slug
    targets: list[SheetTargetPart] = []  # type: ignore[assignment]
    lineage: list[SheetLineagePart] = []

    @model_validator(mode="after")
    def has_no_role_of_a_mention(self) -> Self:
        for role in self.roles.keys() & ACT_OF_ROLE.keys():
            raise Faulty(
                phrased("%(role)s is no role in a sheet", role=role.value),
                phrased("add a row to Mentions: act %(act)s, by them", act=ACT_OF_ROLE[role].value),
            )
        return self


class SheetUpdatePart(UpdatePart):
    """An update in a sheet may rest on a look instead of a document, or on both; the plan asks for one of them."""

    locator: Line200 | None = None  # type: ignore[assignment]
    target: Line200 | None = None  # type: ignore[assignment]
    target_period: Date | None = None
    target_unit: Line60 | None = None
    looked_by: Line200 | None = None
    looked_on: FullDay | None = None
    looked_in: Line500 | None = None


class SheetCriterionPart(CriterionPart):
    """A criterion in a sheet may be our reading instead of a document's, or both; the plan asks for one of them."""

    locator: Line200 | None = None  # type: ignore[assignment]
    read_by: Line200 | None = None
    read_on: FullDay | None = None


class SheetDiscrepancyPart(DiscrepancyPart):
    """A discrepancy in a sheet may be edited without what a document says of it."""

    says: Text | None = None  # type: ignore[assignment]
    locator: Line200 | None = None  # type: ignore[assignment]

    @field_validator("resolution")
    @classmethod
    def is_empty_while_open(cls, resolution: str | None) -> str | None:
        if resolution == OPEN:
            raise Faulty(
                phrased("“%(word)s” is an empty cell in a sheet", word=OPEN), phrased("empty it")
            )
        return resolution


class SheetTranslationPart(FilePart):
    """A text in another language; the comparison has looked at what it is of. Empty, it goes."""

    kind: str
    id: Line300
    field: str
    language: Language
    text: Text | None = None


class SheetFile(Content):
    """What the rows of a workbook say that cite one report; without a report, those that cite none."""

    report: KnownReportPart | None = None
    initiatives: list[SheetInitiativePart] = []  # type: ignore[assignment]
    criteria: list[SheetCriterionPart] = []  # type: ignore[assignment]
    updates: list[SheetUpdatePart] = []  # type: ignore[assignment]
    discrepancies: list[SheetDiscrepancyPart] = []  # type: ignore[assignment]
    participants: list[ParticipantPart] = []
    themes: list[ThemePart] = []
    translations: list[SheetTranslationPart] = []
