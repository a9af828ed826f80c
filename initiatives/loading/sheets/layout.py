"""Which sheets a workbook has, and what their columns hold: the keys of the report file, where it has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_origin

from django.db import models
from django_stubs_ext import StrOrPromise

from ...exports.tables import TABLES
from ...models import Act, DeliveryStatus, Role
from ...models.involvement import ACT_OF_ROLE
from ...models.lines import line_ref
from ...partial_dates import PartialDateField
from ..kinds import KINDS, Key, Kind, Values

Type = Literal["text", "date", "number", "list", "lines"]
VERSION = "version"
REF = "ref"


@dataclass(frozen=True)
class SheetColumn:
    """One column: its header, and the field of the plain values that it holds.

    A “list” has its items with “; ” between them, “lines” one a line. ``words`` are what may be chosen.
    """

    name: str
    about: StrOrPromise
    field: str = ""
    type: Type = "text"
    words: Sequence[str] = ()

    @property
    def of(self) -> str:
        return self.field or self.name


@dataclass(frozen=True)
class Sheet:
    """One sheet: rows of one kind. ``key`` names the columns that say which row it is, and ``needed`` those that are
    told to the schema also where they were not edited.

    Sheets of entries have no key but ``ref``; sheets of cited facts have the columns “report” and “locator” as well.
    ``naming`` gives what the key columns of a row hold, ``to_key`` makes of these the natural key of the record.
    """

    title: str
    kind: str
    about: StrOrPromise
    columns: tuple[SheetColumn, ...]
    key: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    naming: Callable[[Any], Sequence[Any]] = lambda row: row.natural_key()
    to_key: Callable[[tuple[str, ...]], Key] = lambda cells: cells
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


def _sheet(title: str, kind_name: str, *needed: str) -> Sheet:
    """The sheet of a kind of records: what a report file states of it, described as in its export."""
    kind = KINDS[kind_name]
    table = next(table for table in TABLES.values() if table.model is kind.model)
    # Of another record, an export has first the key: “dialogue.slug”.
    about = {
        column.name.partition(".")[0]: column.description for column in reversed(table.columns)
    }
    of_row = kind.model.natural_key_fields
    key = tuple("id" if name == "slug" else name for name in of_row)
    named = [
        ID if name == "id" else _column(kind, of, name, about)
        for of, name in zip(of_row, key, strict=True)
    ]
    stated = [
        _column(kind, name, kind.keys.get(name, name), about)
        for name in kind.fields
        if kind.model._meta.get_field(name).editable
    ]
    cited = (REPORT, LOCATOR) if key[0] == "initiative" else ()
    return Sheet(
        title, kind_name, table.description, (*named, *stated, *cited, SAME_ROW), key, needed
    )


def _column(kind: Kind, name: str, key: str, about: Mapping[str, StrOrPromise]) -> SheetColumn:
    """The column of a field, by the key that a file has for it."""
    of: Any = kind.model._meta.get_field(name)
    stated = kind.part.model_fields.get(key)
    column_type: Type = "text"
    if stated and get_origin(stated.annotation) is list:
        column_type = "lines" if isinstance(of, models.TextField) else "list"
    elif isinstance(of, PartialDateField):
        column_type = "date"
    elif isinstance(of, models.IntegerField | models.DecimalField):
        column_type = "number"
    # Who proposes or supports is in the sheet of mentions.
    of_mentions = ACT_OF_ROLE if kind.model is Role else ()
    words = tuple(word for word, _label in of.flatchoices if word and word not in of_mentions)
    return SheetColumn(key, about.get(name, ""), name, column_type, words)


def _sheet_of_lines() -> Sheet:
    """Lines are named by what they are of, their kind and their text, and not by an id that nobody could type."""
    sheet = _sheet("Lines", "line")
    named = (
        SheetColumn("of", "The id of the meeting; of goals and areas that of the dialogue."),
        replace(sheet.names["kind"], field="kind"),
        SheetColumn("text", "What it says; another text is another line, in a new row."),
    )
    key = tuple(column.name for column in named)
    fields = tuple(column for column in sheet.columns if column.name in ("session", "by"))
    return Sheet(
        sheet.title,
        sheet.kind,
        sheet.about,
        (*named, *fields, REPORT, LOCATOR, SAME_ROW),
        key,
        naming=lambda line: (line.subject.slug, line.kind, line.text),
        to_key=lambda cells: (line_ref(cells[0], cells[1], " ".join(cells[2].split())),),
    )


SHEETS = (
    _sheet("Initiatives", "initiative"),
    Sheet(
        "Updates",
        "statusupdate",
        "What was done, as of a date. Add new ones below.",
        (
            SAME_ENTRY,
            INITIATIVE,
            SheetColumn("status", "What was done about it.", words=DeliveryStatus.values),
            SheetColumn("on", "As of when, as the document gives it.", type="date"),
            SheetColumn("what", "What happened."),
            REPORT,
            LOCATOR,
            SheetColumn(
                "of", "The code of the participant whose own delivery it is.", "participant"
            ),
            SheetColumn(
                "looked_by", "Of no public information: who looked; a role, never a person."
            ),
            SheetColumn("looked_on", "On which full day.", type="date"),
            SheetColumn("looked_in", "Where it was looked for."),
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
            SheetColumn("act", "What the document does with it.", words=Act.values),
            SheetColumn("by", "Codes of the participants who act.", type="list"),
            REPORT,
            LOCATOR,
            SheetColumn("quote", "In the words of the document."),
            SheetColumn("quote_language", "Of the quote: en, ja, uz-Latn."),
            NOTE,
        ),
    ),
    _sheet("Roles", "role"),
    # One of the two has to be there, edited or not.
    _sheet("Targets", "target", "value", "reached"),
    _sheet("Meetings", "meeting"),
    _sheet_of_lines(),
    _sheet("Reports", "report"),
    _sheet("Participants", "participant", "name"),
    _sheet("Themes", "theme", "name"),
)
ABOUT = "About"
