"""Which sheets a workbook has, and what their columns hold: the keys of the report file, where it has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from django.db.models import TextChoices

from ...models import (
    Act,
    Coverage,
    DeliveryStatus,
    EvidenceGrade,
    InitiativeKind,
    MeetingFormat,
    MeetingKind,
    MeetingState,
    ParticipantKind,
    RoleKind,
)
from ..kinds import KINDS, Kind, Values

Type = Literal["text", "date", "number", "list", "lines"]
Words = type[TextChoices]
VERSION = "version"
REF = "ref"


@dataclass(frozen=True)
class SheetColumn:
    """One column: its header, and the field of the plain values that it holds.

    A “list” has its items with “; ” between them, “lines” one a line. ``words`` are what may be chosen.
    """

    name: str
    about: str
    field: str = ""
    type: Type = "text"
    words: Words | None = None

    @property
    def of(self) -> str:
        return self.field or self.name


@dataclass(frozen=True)
class Sheet:
    """One sheet: rows of one kind. ``key`` names the columns that say which row it is, and ``needed`` those that are
    told to the schema also where they were not edited.

    Sheets of entries have no key but ``ref``; sheets of cited facts have the columns “report” and “locator” as well.
    """

    title: str
    kind: str
    about: str
    columns: tuple[SheetColumn, ...]
    key: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    names: Mapping[str, SheetColumn] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", {column.name: column for column in self.columns})

    @property
    def is_of_entries(self) -> bool:
        return not self.key

    @property
    def is_cited(self) -> bool:
        return bool(self.key) and "report" in self.names

    @property
    def fields(self) -> tuple[SheetColumn, ...]:
        """The columns that hold what the row says, without what names and cites it."""
        apart = {*self.key, VERSION, REF}
        if self.is_of_entries:
            apart |= {"initiative", "report"}
        elif self.is_cited:
            apart |= {"report", "locator"}
        return tuple(column for column in self.columns if column.name not in apart)

    @property
    def record(self) -> Kind:
        return KINDS[self.kind]

    def cells(self, values: Values) -> dict[str, str]:
        """What the cells of ``fields`` hold for these plain values."""
        return {column.name: as_cell(values.get(column.of), column) for column in self.fields}


def as_cell(value: Any, column: SheetColumn) -> str:
    """A plain value as the text of a cell."""
    if value is None:
        return ""
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)


ID = SheetColumn("id", "Names it for good; a new row needs a new one.")
INITIATIVE = SheetColumn("initiative", "The id of the initiative.")
REPORT = SheetColumn("report", "The id of the document that says so; see the sheet Reports.")
LOCATOR = SheetColumn("locator", "Where in the document: para 6.")
NOTE = SheetColumn("note", "How we read it, where it is not plain.", type="text")
SAME_ROW = SheetColumn(
    VERSION, "What the row held when the sheet was made. Leave it; a new row has none."
)
SAME_ENTRY = SheetColumn(
    REF, "The entry that the row shows; editing the row corrects it. A new row has none."
)

SHEETS = (
    Sheet(
        "Initiatives",
        "initiative",
        "What was proposed or promised.",
        (
            ID,
            SheetColumn("title", "What it is called."),
            SheetColumn("summary", "What it is, in our words."),
            SheetColumn("kind", "What kind of promise it is.", words=InitiativeKind),
            SheetColumn("dialogue", "The id of its dialogue."),
            SheetColumn("raised_at", "The id of the meeting where it was first raised."),
            SheetColumn("themes", "Ids of themes.", type="list"),
            SheetColumn("due", "When it is promised for.", "due_on", "date"),
            SheetColumn("due_note", "What the sources say of that date."),
            SAME_ROW,
        ),
        ("id",),
    ),
    Sheet(
        "Updates",
        "statusupdate",
        "What was done, as of a date. Add new ones below.",
        (
            SAME_ENTRY,
            INITIATIVE,
            SheetColumn("status", "What was done about it.", words=DeliveryStatus),
            SheetColumn("on", "As of when, as the document gives it.", type="date"),
            SheetColumn("what", "What happened."),
            REPORT,
            LOCATOR,
            SheetColumn(
                "of", "The code of the participant whose own delivery it is.", "participant"
            ),
            NOTE,
        ),
    ),
    Sheet(
        "Mentions",
        "mention",
        "What documents say of initiatives. Add new ones below.",
        (
            SAME_ENTRY,
            INITIATIVE,
            SheetColumn("act", "What the document does with it.", words=Act),
            SheetColumn("by", "Codes of the participants who act.", type="list"),
            REPORT,
            LOCATOR,
            SheetColumn("quote", "In the words of the document."),
            SheetColumn("quote_language", "Of the quote: en, ja, uz-Latn."),
            NOTE,
        ),
    ),
    Sheet(
        "Roles",
        "role",
        "Who does what. Add new ones below.",
        (
            INITIATIVE,
            SheetColumn("role", "What the participant does.", words=RoleKind),
            SheetColumn("participant", "The code of the participant."),
            REPORT,
            LOCATOR,
            SAME_ROW,
        ),
        ("initiative", "role", "participant"),
    ),
    Sheet(
        "Targets",
        "target",
        "What was promised in numbers, and what was reached.",
        (
            INITIATIVE,
            SheetColumn("metric", "What is counted; one row each."),
            SheetColumn("value", "The number promised.", type="number"),
            SheetColumn("unit", "Of the number."),
            SheetColumn("due", "When it is promised for.", "due_on", "date"),
            SheetColumn("reached", "The number reached.", type="number"),
            SheetColumn("reached_on", "As of when.", type="date"),
            NOTE,
            REPORT,
            LOCATOR,
            SAME_ROW,
        ),
        ("initiative", "metric"),
        ("value", "reached"),
    ),
    Sheet(
        "Meetings",
        "meeting",
        "Sessions of dialogues.",
        (
            ID,
            SheetColumn("dialogue", "The id of its dialogue."),
            SheetColumn("kind", "What kind of meeting it is.", words=MeetingKind),
            SheetColumn("number", "Which of its kind it is.", type="number"),
            SheetColumn("title", "What it is called."),
            SheetColumn("starts", "Its first day.", "starts_on", "date"),
            SheetColumn("ends", "Its last day.", "ends_on", "date"),
            SheetColumn("format", "How it was held.", words=MeetingFormat),
            SheetColumn("state", "Whether it was held.", words=MeetingState),
            SheetColumn("city", "Where it was held."),
            SheetColumn("venue", "Where in the city."),
            SheetColumn("host", "The code of the participant that hosts it."),
            SheetColumn("chair", "Who chairs it."),
            SheetColumn("agenda", "One item a line.", type="lines"),
            SheetColumn("outcomes", "One a line.", type="lines"),
            NOTE,
            SAME_ROW,
        ),
        ("id",),
    ),
    Sheet(
        "Reports",
        "report",
        "The documents that facts come from.",
        (
            ID,
            SheetColumn("title", "Its title."),
            SheetColumn("publisher", "Who published it."),
            SheetColumn("kind", "What kind of evidence it is.", words=EvidenceGrade),
            SheetColumn("issued_by", "Codes of the participants that issued it.", type="list"),
            SheetColumn("published", "When.", "published_on", "date"),
            SheetColumn("language", "en, ja, uz-Latn."),
            SheetColumn("url", "Where it can be read."),
            SheetColumn("archived_url", "Where a copy is kept."),
            SheetColumn("meeting", "The id of the meeting that it belongs to."),
            SheetColumn("translation_of", "The id of the report that it translates."),
            SheetColumn("coverage", "Whether all of it was read.", words=Coverage),
            NOTE,
            SAME_ROW,
        ),
        ("id",),
    ),
    Sheet(
        "Participants",
        "participant",
        "Countries and organisations.",
        (
            SheetColumn("code", "Names it for good: jp, uz, european-union."),
            SheetColumn("name", "Its usual name."),
            SheetColumn("official_name", "Its official name."),
            SheetColumn("kind", "What it is.", words=ParticipantKind),
            SAME_ROW,
        ),
        ("code",),
        ("name",),
    ),
    Sheet(
        "Themes",
        "theme",
        "Areas of cooperation.",
        (
            ID,
            SheetColumn("name", "What it is called."),
            SheetColumn("sdgs", "Numbers of the goals (SDG) that it serves.", type="list"),
            SAME_ROW,
        ),
        ("id",),
        ("name",),
    ),
)
ABOUT = "About"
