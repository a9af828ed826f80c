"""Which sheets a workbook has, and what their columns hold: the keys of the report file, where it has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_origin

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from ...exports.tables import TABLES
from ...exports.tables.translations import TRANSLATED
from ...models import Act, DeliveryStatus, Role, Translated, Verifiability
from ...models.involvement import ACT_OF_ROLE
from ...models.lines import delegate_ref, line_ref
from ...models.relations import target_ref
from ...partial_dates import PartialDateField
from ..kinds import IN_FILE, KINDS, Key, Kind, Values
from ..said import phrased

Type = Literal["text", "date", "number", "list", "lines", "yes_no"]
VERSION = "version"
REF = "ref"
# The columns that say which document a fact rests on.
CITATION = ("report", "locator", "says")


@dataclass(frozen=True)
class SheetColumn:
    """One column: its header, and the field of the plain values that it holds.

    A “list” has its items with “; ” between them, “lines” one a line, and “yes_no” is a truth value. ``words`` are what
    may be chosen. ``instead`` is where to write what the column only shows; an edit of such a cell is refused.
    """

    name: str
    about: StrOrPromise
    field: str = ""
    type: Type = "text"
    words: Sequence[str] = ()
    instead: str = ""

    @property
    def of(self) -> str:
        return self.field or self.name


@dataclass(frozen=True)
class Sheet:
    """One sheet: rows of one kind. ``key`` names the columns that say which row it is, and ``needed`` those that are
    told to the schema also where they were not edited.

    Sheets of entries have no key but ``ref``; sheets of cited facts have the columns “report” and “locator” as well;
    those that have “says” too have a row for each document. ``naming`` gives what the key columns of a row hold,
    ``to_key`` makes of these the natural key of the record; ``instead`` names the column that stands in for an empty
    one of these, and those that are ``optional`` may be empty. Of rows that keep the key which they were made with,
    ``stored`` tells from key and values what the key columns hold; ``apart_by`` names the column that stands in for an
    empty one where several new rows would be one. ``related`` are references that ``naming`` needs beside columns.
    """

    title: str
    kind: str
    about: StrOrPromise
    columns: tuple[SheetColumn, ...]
    key: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    naming: Callable[[Any], Sequence[Any]] = lambda row: row.natural_key()
    to_key: Callable[[tuple[str, ...]], Key] = lambda cells: cells
    instead: Mapping[str, str] = field(default_factory=dict)
    stored: Callable[[Key, Values], tuple[str, ...]] | None = None
    optional: tuple[str, ...] = ()
    apart_by: Mapping[str, str] = field(default_factory=dict)
    related: tuple[str, ...] = ()
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
            apart |= {*CITATION}
        return tuple(column for column in self.columns if column.name not in apart)

    @property
    def citation(self) -> tuple[str, ...]:
        """The columns that say which document the fact rests on."""
        return tuple(name for name in CITATION if name in self.names) if self.is_cited else ()

    @property
    def is_of_documents(self) -> bool:
        """Whether a record has a row for each document that is cited for it."""
        return "says" in self.citation

    @property
    def record(self) -> Kind:
        return KINDS[self.kind]

    def cells(self, values: Values) -> dict[str, str]:
        """What the cells of ``fields`` hold for these plain values."""
        return {column.name: as_cell(values.get(column.of), column) for column in self.fields}

    def named(self, cells: Mapping[str, str]) -> tuple[str, ...]:
        """What names a row, “” for each part that its cells do not say."""
        return tuple(
            cells.get(name) or cells.get(self.instead.get(name, ""), "") for name in self.key
        )


YES, NO = "yes", "no"


def as_cell(value: Any, column: SheetColumn) -> str:
    """A plain value as the text of a cell."""
    if value is None:
        return ""
    if column.type == "yes_no":
        return YES if value else NO
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)


ID = SheetColumn("id", _("Names it for good; a new row needs a new one."))
INITIATIVE = SheetColumn("initiative", _("The id of the initiative."))
REPORT = SheetColumn("report", _("The id of the document that says so; see the sheet Reports."))
LOCATOR = SheetColumn("locator", _("Where in the document: para 6."))
SAYS = SheetColumn("says", _("What the document says of it, in our own words."))
NOTE = SheetColumn("note", _("How we read it, where it is not plain."), type="text")
LANGUAGE = SheetColumn(
    "language", _("In which its own texts are written: a BCP 47 tag; English where empty.")
)
SAME_ROW = SheetColumn(
    VERSION, _("For the program: what the row held when the sheet was made. Leave it as it is.")
)
SAME_ENTRY = SheetColumn(
    REF, _("For the program: the entry that the row shows; editing the row corrects it.")
)


IN_MENTIONS = phrased(
    "the due date follows from what documents say: write it in the sheet Mentions, in the row of its document"
)


def _sheet(title: str, kind_name: str, *needed: str, cited: tuple[SheetColumn, ...] = ()) -> Sheet:
    """The sheet of a kind of records: what a report file states of it, described as in its export.

    Beside the kinds that are ``cited``, a fact that belongs to other records rests on a document.
    """
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
    # Last, since hardly a row has another one.
    stated.sort(key=lambda column: column.name == "language" and issubclass(kind.model, Translated))
    if len(key) > 1:
        cited = (REPORT, LOCATOR)
    shown = [
        replace(_column(kind, name, IN_FILE.get(name, name), about), instead=IN_MENTIONS)
        for name in kind.shown
    ]
    columns = (*named, *stated, *shown, *cited, SAME_ROW)
    return Sheet(title, kind_name, table.description, columns, key, needed)


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
    elif isinstance(of, models.BooleanField):
        return SheetColumn(key, about.get(name, ""), name, "yes_no", (YES, NO))
    # Who proposes or supports is in the sheet of mentions.
    of_mentions = ACT_OF_ROLE if kind.model is Role else ()
    words = tuple(word for word, _label in of.flatchoices if word and word not in of_mentions)
    return SheetColumn(key, about.get(name, ""), name, column_type, words)


def _sheet_of_lines() -> Sheet:
    """Lines are named by what they are of, their kind and their text, and not by an id that nobody could type."""
    sheet = _sheet("Lines", "line")
    named = (
        SheetColumn("of", _("The id of the meeting; of goals and areas that of the dialogue.")),
        replace(sheet.names["kind"], field="kind"),
        SheetColumn("text", _("What it says; another text is another line, in a new row.")),
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
        related=("dialogue", "meeting"),
    )


def _sheet_of_delegates() -> Sheet:
    """Delegates are named by whom they came for and their name, or their title where a document gives no name."""
    sheet = _sheet("Delegates", "delegate")
    named = (
        SheetColumn("meeting", _("The id of the meeting.")),
        SheetColumn("participant", _("Whom they came for: its code; see the sheet Attendance.")),
        replace(
            sheet.names["name"],
            about=_("As the document writes it; another name is another delegate, in a new row."),
        ),
    )
    fields = tuple(column for column in sheet.columns if column.name in ("title", "head"))
    return Sheet(
        sheet.title,
        sheet.kind,
        sheet.about,
        (*named, *fields, REPORT, LOCATOR, SAME_ROW),
        tuple(column.name for column in named),
        naming=lambda delegate: (*delegate.attendance.natural_key(), delegate.name),
        to_key=lambda cells: (delegate_ref(cells[0], cells[1], " ".join(cells[2].split()), ""),),
        instead={"name": "title"},
        related=("attendance__meeting", "attendance__participant"),
    )


# Each row is one text in one language, of a row of another sheet.
TRANSLATION = "translation"


def _sheet_of_translations() -> Sheet:
    table = TABLES["translations"]
    about = {column.name: column.description for column in table.columns}
    return Sheet(
        str(table.title),
        TRANSLATION,
        table.description,
        (
            SheetColumn("kind", about["kind"], words=tuple(TRANSLATED)),
            SheetColumn("id", about["key"]),
            SheetColumn("field", about["field"]),
            SheetColumn("language", about["language"]),
            SheetColumn("text", about["text"]),
            SAME_ROW,
        ),
        ("kind", "id", "field", "language"),
    )


def _sheet_of_targets() -> Sheet:
    """Targets are named by initiative and metric, and by period, unit and currency where they have them."""
    sheet = _sheet("Targets", "target")
    naming = ("metric", "period", "unit", "currency")
    fields = (column for column in sheet.fields if column.name not in ("ref", *naming))
    return Sheet(
        sheet.title,
        sheet.kind,
        sheet.about,
        (
            INITIATIVE,
            *(sheet.names[name] for name in naming),
            *fields,
            SheetColumn("reached", _("Short for a row of Updates that reports it."), type="number"),
            SheetColumn("reached_on", _("As of when."), type="date"),
            REPORT,
            LOCATOR,
            SAME_ROW,
        ),
        ("initiative", *naming),
        naming=lambda target: (target.initiative.slug, *target.identity),
        to_key=lambda cells: (
            target_ref(
                cells[0], " ".join(cells[1].split()), cells[2], cells[4].upper() or cells[3]
            ),
        ),
        stored=lambda key, values: (
            key[0].partition("/")[0],
            *(str(values[name] or "") for name in naming),
        ),
        optional=naming[1:],
        apart_by={"period": "due"},
        related=("initiative",),
    )


SHEETS = (
    _sheet("Initiatives", "initiative"),
    Sheet(
        "Updates",
        "statusupdate",
        _("What was done, as of a date. Add new ones below."),
        (
            SAME_ENTRY,
            INITIATIVE,
            SheetColumn(
                "status",
                _(
                    "What was done about it; empty only where the document reports a value and says no more."
                ),
                words=DeliveryStatus.values,
            ),
            SheetColumn("on", _("As of when, as the document gives it."), type="date"),
            SheetColumn("what", _("What happened.")),
            REPORT,
            LOCATOR,
            SheetColumn(
                "target",
                _(
                    "The metric of the target of which the document reports a value; see the sheet Targets."
                ),
                "target_metric",
            ),
            SheetColumn(
                "target_period", _("Its period, where it has several targets."), type="date"
            ),
            SheetColumn("target_unit", _("Its unit or currency, where it has several targets.")),
            SheetColumn("value", _("The value that is reported."), type="number"),
            SheetColumn(
                "of", _("The code of the participant whose own delivery it is."), "participant"
            ),
            SheetColumn(
                "looked_by", _("Of no public information: who looked; a role, never a person.")
            ),
            SheetColumn("looked_on", _("On which full day."), type="date"),
            SheetColumn("looked_in", _("Where it was looked for.")),
            NOTE,
            LANGUAGE,
        ),
    ),
    Sheet(
        "Mentions",
        "mention",
        _("What documents say of initiatives. Add new ones below."),
        (
            SAME_ENTRY,
            INITIATIVE,
            SheetColumn("act", _("What the document does with it."), words=Act.values),
            SheetColumn("by", _("Codes of the participants who act."), type="list"),
            REPORT,
            LOCATOR,
            SheetColumn("quote", _("In the words of the document.")),
            SheetColumn("quote_language", _("Of the quote: en, ja, uz-Latn.")),
            SheetColumn("due", _("By when, where it gives a date."), "due_on", "date"),
            SheetColumn(
                "due_at", _("Instead of a date, the id of the meeting at which it is due.")
            ),
            SheetColumn(
                "due_dropped",
                _("yes where an earlier due date holds no more."),
                type="yes_no",
                words=(YES, NO),
            ),
            SheetColumn("due_note", _("By when in its words: within three years.")),
            SheetColumn("condition", _("In its words: subject to parliamentary approval.")),
            SheetColumn(
                "condition_lifted",
                _("yes where an earlier condition is met, or holds no more."),
                type="yes_no",
                words=(YES, NO),
            ),
            NOTE,
        ),
    ),
    Sheet(
        "Criteria",
        "criterion",
        _("What would count as delivered. Add new ones below."),
        (
            SAME_ENTRY,
            INITIATIVE,
            SheetColumn("what", _("What would count as delivered.")),
            SheetColumn(
                "verifiability", _("Whether anybody could verify it."), words=Verifiability.values
            ),
            SheetColumn("why", _("Why it cannot be verified, or only in part.")),
            REPORT,
            LOCATOR,
            SheetColumn(
                "read_by", _("Where no document says it: who read; a role, never a person.")
            ),
            SheetColumn("read_on", _("On which full day."), type="date"),
            NOTE,
            LANGUAGE,
        ),
    ),
    _sheet("Roles", "role"),
    _sheet_of_targets(),
    _sheet("Lineage", "lineage"),
    _sheet("Dialogues", "dialogue"),
    _sheet("Memberships", "membership"),
    _sheet("Meetings", "meeting"),
    _sheet("Attendance", "attendance"),
    _sheet_of_delegates(),
    _sheet_of_lines(),
    # A row for each document: what the discrepancy is about is the same in all of them.
    _sheet("Discrepancies", "discrepancy", cited=(REPORT, LOCATOR, SAYS)),
    _sheet("Reports", "report"),
    _sheet("Participants", "participant", "name"),
    _sheet("Themes", "theme", "name"),
    _sheet_of_translations(),
)
ABOUT = "About"
