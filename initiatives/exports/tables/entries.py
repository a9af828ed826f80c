"""What documents say: mentions, criteria and status updates; those that were withdrawn have tables of their own.

So whoever counts the rows of ``mentions`` or ``updates`` counts what stands.
"""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from ...models import Criterion, Mention, Publication, StatusUpdate
from ...pages.glossary import ACT_MEANING, STATUS_MEANING, VERIFIABILITY_MEANING
from ..export_column import ExportColumn, Value
from .base import IN_LANGUAGES, Table, TableRow, column, several
from .initiatives import OF_INITIATIVE
from .reports import LOCATOR, OF_REPORT

REF = column("ref", _("Id"), _("Permanently identifies the entry."))


def _corrected(line: TableRow) -> Value:
    """Nobody is to learn that there was a draft."""
    other = line.record.corrects
    return other.ref if other and other.publication == Publication.PUBLIC else None


CORRECTS = ExportColumn(
    "corrects.ref",
    _("Corrects: id"),
    "text",
    _("The entry that this one corrects, which is left out."),
    _corrected,
)
NOTE = column("note", _("Note"), _("How we read it, where it is not plain."))
RECORDED = column("recorded_at", _("Recorded"), _("When it was recorded here."), "time")
REFERS = {"initiative.slug": ("initiatives", "slug"), "report.slug": ("reports", "slug")}


def _yes_or_no(name: str, label: StrOrPromise, yes: StrOrPromise) -> ExportColumn:
    words = {"yes": yes, "no": _("It says nothing of the kind.")}
    return ExportColumn(
        name, label, "word", yes, lambda line: "yes" if getattr(line.record, name) else "no", words
    )


TERMS = (
    column("due_on", _("Due"), _("By when, where the document gives a date."), "date"),
    column("due_at.slug", _("Due at: id"), _("The meeting in the place of a date: its id.")),
    column("due_at.title", _("Due at"), _("The title of that meeting.")),
    _yes_or_no(
        "due_dropped",
        _("Due date dropped"),
        _("The document says that an earlier due date holds no more."),
    ),
    column("due_note", _("Due: words"), _("By when in the words of the document.")),
    column("condition", _("Condition"), _("What the document makes it subject to.")),
    _yes_or_no(
        "condition_lifted",
        _("Condition lifted"),
        _("The document says that an earlier condition is met, or holds no more."),
    ),
)
MENTIONS = Table(
    "mentions",
    _("Mentions"),
    _("What a document does with an initiative: proposes, supports, adopts, restates …"),
    (
        REF,
        *OF_INITIATIVE,
        *OF_REPORT,
        LOCATOR,
        column("act", _("Act"), _("What the document does with it."), "word", words=ACT_MEANING),
        several(
            "by.code", _("By: codes"), _("The participants who do so: their codes."), "by", "code"
        ),
        several("by.name", _("By"), _("Their names, in the same order."), "by", "name"),
        column("quote", _("Quote"), _("The words of the document.")),
        column("quote_language", _("Language of the quote"), _("BCP 47 tag.")),
        *TERMS,
        NOTE,
        CORRECTS,
        RECORDED,
    ),
    lambda rows: (
        rows.select_related("initiative", "report", "corrects", "due_at")
        .defer("initiative__summary")
        .prefetch_related("by")
        .order_by("ref")
    ),
    Mention,
    key=("ref",),
    refers=REFERS | {"due_at.slug": ("meetings", "slug")},
)

CRITERIA = Table(
    "criteria",
    _("Criteria"),
    _("What would count as delivered, and whether anybody could verify it."),
    (
        REF,
        *OF_INITIATIVE,
        *OF_REPORT,
        LOCATOR,
        column("what", _("What would count"), _("What would count as delivered, in our words.")),
        column(
            "verifiability",
            _("Verifiability"),
            _("Whether anybody could verify it."),
            "word",
            words=VERIFIABILITY_MEANING,
        ),
        column("why", _("Why"), _("Why it cannot be verified, or only in part.")),
        *IN_LANGUAGES,
        column(
            "read_by",
            _("Read by"),
            _("Whose reading it is, where no document says it; a role, never a person."),
        ),
        column("read_on", _("Read on"), _("Of which day, always a full one."), "date"),
        NOTE,
        CORRECTS,
        RECORDED,
    ),
    lambda rows: (
        rows.select_related("initiative", "report", "corrects")
        .defer("initiative__summary")
        .order_by("ref")
    ),
    Criterion,
    key=("ref",),
    refers=REFERS,
)

UPDATES = Table(
    "updates",
    _("Status updates"),
    _("What was done about an initiative, as of a date, and the evidence for it."),
    (
        REF,
        *OF_INITIATIVE,
        *OF_REPORT,
        LOCATOR,
        column(
            "status",
            _("Status"),
            _("What was done about it; empty where a document only reports a value."),
            "word",
            words=STATUS_MEANING,
        ),
        column("on", _("As of"), _("As of when, as the document gives it."), "date"),
        column("what", _("What happened"), _("In our words.")),
        *IN_LANGUAGES,
        column(
            "participant.code",
            _("Participant: code"),
            _("Whose own delivery it speaks of, if not the whole initiative’s: its code."),
        ),
        column("participant.name", _("Participant"), _("The name of that participant.")),
        column(
            "looked_by",
            _("Looked for by"),
            _("Who looked for information and found none; a role, never a person."),
        ),
        column("looked_on", _("Looked for on"), _("On which day, always a full one."), "date"),
        column("looked_in", _("Looked for in"), _("Where it was looked for.")),
        column("target.ref", _("Target: id"), _("Of which target it reports a value: its id.")),
        column("target.metric", _("Target"), _("What that target counts.")),
        column(
            "value",
            _("Value"),
            _("The value that it reports, in the unit or currency of the target."),
            "number",
        ),
        NOTE,
        CORRECTS,
        RECORDED,
    ),
    lambda rows: (
        rows.select_related("initiative", "report", "participant", "corrects", "target")
        .defer("initiative__summary")
        .order_by("ref")
    ),
    StatusUpdate,
    key=("ref",),
    refers=REFERS
    | {"participant.code": ("participants", "code"), "target.ref": ("targets", "ref")},
)


WITHDRAWAL = (
    column("withdrawn_at", _("Withdrawn"), _("When it was withdrawn here."), "time"),
    column("withdrawal_reason", _("Reason"), _("Why it does not hold.")),
)


def _withdrawn(table: Table, title: StrOrPromise, description: StrOrPromise) -> Table:
    return replace(
        table,
        name=f"withdrawn_{table.name}",
        title=title,
        description=description,
        columns=(*table.columns, *WITHDRAWAL),
        withdrawn=True,
    )


WITHDRAWN_MENTIONS = _withdrawn(
    MENTIONS,
    _("Withdrawn mentions"),
    _("Mentions that were public and do not hold, each with the reason."),
)
WITHDRAWN_CRITERIA = _withdrawn(
    CRITERIA,
    _("Withdrawn criteria"),
    _("Criteria that were public and do not hold, each with the reason."),
)
WITHDRAWN_UPDATES = _withdrawn(
    UPDATES,
    _("Withdrawn status updates"),
    _("Status updates that were public and do not hold, each with the reason."),
)
