"""The columns of the list of initiatives, defined once: for JSON, CSV, XLSX, the data dictionary and its test.

Names are promises to the programs of others: add columns at the end of their group, never rename one.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from ..models import DeliveryStatus, Initiative, InitiativeKind, InvolvementCapacity, Report
from ..models.translations import flat, nested
from ..pages.glossary import (
    FLAG_MEANING,
    GRADE_MEANING,
    GROUP_MEANING,
    IATI_NAME,
    STANDING_MEANING,
    STATUS_MEANING,
    VERIFIABILITY_MEANING,
)
from .export_column import (
    LANGUAGE,
    LANGUAGE_OF_RECORD,
    TEXTS_OF_RECORD,
    TRANSLATIONS,
    ExportColumn,
    Value,
    Words,
)


@dataclass(slots=True)
class InitiativeRow:
    """A public initiative as an export reads it: with the names of what hangs on it, on a day.

    ``site`` is scheme and host; ``involved``, ``themes``, ``part_of`` and ``parts`` hold pairs of key and name, the
    first by capacity.
    """

    initiative: Initiative
    site: str
    day: datetime.date
    involved: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    themes: list[tuple[str, str]] = field(default_factory=list)
    part_of: tuple[str, str] | None = None
    parts: list[tuple[str, str]] = field(default_factory=list)


OGP: Words = {str(status.ogp): "" for status in DeliveryStatus if status.ogp}
# In the order of the columns: what came later stands last.
PLURALS = {
    InvolvementCapacity.PROPOSER: ("proposers", _("Proposers"), _("who put it forward")),
    InvolvementCapacity.SUPPORTER: ("supporters", _("Supporters"), _("who speak for it")),
    InvolvementCapacity.LEAD: ("leads", _("Leads"), _("who lead it")),
    InvolvementCapacity.IMPLEMENTER: ("implementers", _("Implementers"), _("who carry it out")),
    InvolvementCapacity.FUNDER: ("funders", _("Funders"), _("who pay for it")),
    InvolvementCapacity.BENEFICIARY: ("beneficiaries", _("Beneficiaries"), _("whom it is for")),
    InvolvementCapacity.PARTY: ("parties", _("Parties"), _("who undertook or adopted it")),
    InvolvementCapacity.MENTIONED: (
        "mentioned",
        _("Mentioned"),
        _("whom documents name in it as nothing of the above"),
    ),
}


def _of_participants(capacity: InvolvementCapacity) -> list[ExportColumn]:
    name, label, who = PLURALS[capacity]

    def read(place: int, row: InitiativeRow) -> list[str]:
        return [pair[place] for pair in row.involved.get(capacity.value, ())]

    return [
        ExportColumn(
            f"{name}.code",
            format_lazy(_("{role}: codes"), role=label),
            "text",
            format_lazy(_("Participants {who}: their codes, as in their addresses."), who=who),
            partial(read, 0),
            many=True,
        ),
        ExportColumn(
            f"{name}.name",
            label,
            "text",
            _("Their names, in the same order."),
            partial(read, 1),
            many=True,
        ),
    ]


def _of_report(
    name: str, label: StrOrPromise, which: StrOrPromise, report: str
) -> list[ExportColumn]:
    def of(read: Callable[[InitiativeRow, Report], Value]) -> Callable[[InitiativeRow], Value]:
        def read_report(row: InitiativeRow) -> Value:
            document: Report | None = getattr(row.initiative, report)
            return read(row, document) if document else None

        return read_report

    return [
        ExportColumn(
            f"{name}.slug",
            format_lazy(_("{label}: id"), label=label),
            "text",
            format_lazy(_("The document {which}: its id, as in its address."), which=which),
            of(lambda row, report: report.slug),
        ),
        ExportColumn(
            f"{name}.title",
            label,
            "text",
            _("Its title."),
            of(lambda row, report: report.title),
        ),
        ExportColumn(
            f"{name}.address",
            format_lazy(_("{label}: address"), label=label),
            "address",
            _("Its page here, which leads to the original."),
            of(lambda row, report: row.site + report.get_absolute_url()),
        ),
    ]


def _plain(attribute: str) -> Callable[[InitiativeRow], Value]:
    """How a column of the initiative itself is read; what is not there is None."""
    return lambda row: getattr(row.initiative, attribute) or None


def _of_meeting(attribute: str) -> Callable[[InitiativeRow], Value]:
    def read(row: InitiativeRow) -> Value:
        meeting = row.initiative.raised_at
        return getattr(meeting, attribute) if meeting else None

    return read


INITIATIVE: Sequence[ExportColumn] = (
    ExportColumn(
        "slug",
        _("Id"),
        "text",
        _("Names the initiative for good, as in its address."),
        _plain("slug"),
    ),
    ExportColumn(
        "address",
        _("Address"),
        "address",
        _("The page of the initiative."),
        lambda row: row.site + row.initiative.get_absolute_url(),
    ),
    ExportColumn("title", _("Title"), "text", _("What it is called."), _plain("title")),
    ExportColumn(
        "summary", _("Summary"), "text", _("What it is, in our words."), _plain("summary")
    ),
    ExportColumn("language", LANGUAGE, "text", LANGUAGE_OF_RECORD, _plain("language")),
    ExportColumn(
        "translations",
        TRANSLATIONS,
        "texts",
        TEXTS_OF_RECORD,
        lambda row: nested(flat(row.initiative.translations)),
    ),
    ExportColumn(
        "kind",
        _("Kind"),
        "word",
        _("What kind of promise it is."),
        _plain("kind"),
        dict(InitiativeKind.choices),
    ),
    ExportColumn(
        "dialogue.slug",
        _("Dialogue: id"),
        "text",
        _("The dialogue it belongs to: its id, as in its address."),
        lambda row: row.initiative.dialogue.slug,
    ),
    ExportColumn(
        "dialogue.name",
        _("Dialogue"),
        "text",
        _("The name of the dialogue."),
        lambda row: row.initiative.dialogue.name,
    ),
    ExportColumn(
        "raised_at.slug",
        _("First raised at: id"),
        "text",
        _("The meeting where it was first raised: its id, as in its address."),
        _of_meeting("slug"),
    ),
    ExportColumn(
        "raised_at.title",
        _("First raised at"),
        "text",
        _("The title of that meeting."),
        _of_meeting("title"),
    ),
    ExportColumn(
        "raised_at.starts_on",
        _("First raised on"),
        "date",
        _("When that meeting began."),
        _of_meeting("starts_on"),
    ),
    ExportColumn(
        "themes.slug",
        _("Themes: ids"),
        "text",
        _("Its themes: their ids, as in their addresses."),
        lambda row: [slug for slug, name in row.themes],
        many=True,
    ),
    ExportColumn(
        "themes.name",
        _("Themes"),
        "text",
        _("Their names, in the same order."),
        lambda row: [name for slug, name in row.themes],
        many=True,
    ),
    ExportColumn(
        "part_of.slug",
        _("Part of: id"),
        "text",
        _("The initiative that it is part of, and with which totals count it: its id."),
        lambda row: row.part_of[0] if row.part_of else None,
    ),
    ExportColumn(
        "part_of.title",
        _("Part of"),
        "text",
        _("The title of that initiative."),
        lambda row: row.part_of[1] if row.part_of else None,
    ),
    ExportColumn(
        "parts.slug",
        _("Parts: ids"),
        "text",
        _("The initiatives that are parts of it: their ids, as in their addresses."),
        lambda row: [slug for slug, title in row.parts],
        many=True,
    ),
    ExportColumn(
        "parts.title",
        _("Parts"),
        "text",
        _("Their titles, in the same order."),
        lambda row: [title for slug, title in row.parts],
        many=True,
    ),
    *(column for capacity in PLURALS for column in _of_participants(capacity)),
    ExportColumn("due_on", _("Due"), "date", _("When it is promised for."), _plain("due_on")),
    ExportColumn(
        "due_note",
        _("Due: note"),
        "text",
        _("What the sources say of the date, where it is not plain."),
        _plain("due_note"),
    ),
    ExportColumn(
        "due_at.slug",
        _("Due at: id"),
        "text",
        _("The meeting at which it is due, whose last day is then the date above: its id."),
        lambda row: row.initiative.due_at.slug if row.initiative.due_at else None,
    ),
    ExportColumn(
        "due_at.title",
        _("Due at"),
        "text",
        _("The title of that meeting."),
        lambda row: row.initiative.due_at.title if row.initiative.due_at else None,
    ),
    ExportColumn(
        "due_dropped",
        _("Due date dropped"),
        "word",
        _("Whether the last document that speaks of the due date drops it."),
        lambda row: "yes" if row.initiative.due_dropped else "no",
        {"yes": _("It is dropped."), "no": _("It is not dropped.")},
    ),
    ExportColumn(
        "due_moves",
        _("Due date moved"),
        "integer",
        _("How often documents moved the due date."),
        lambda row: row.initiative.due_moves,
    ),
    ExportColumn(
        "condition",
        _("Condition"),
        "text",
        _("What the last document that speaks of a condition makes it subject to."),
        _plain("condition"),
    ),
    ExportColumn(
        "condition_report.slug",
        _("Condition: document"),
        "text",
        _("The document that states the condition: its id."),
        lambda row: (
            row.initiative.condition_report.slug if row.initiative.condition_report else None
        ),
    ),
    ExportColumn(
        "standing",
        _("Standing in the dialogue"),
        "word",
        _("How far the dialogue took it."),
        _plain("standing"),
        STANDING_MEANING,
    ),
    *_of_report(
        "standing_report",
        _("Standing: document"),
        _("that the standing rests on"),
        "standing_report",
    ),
    ExportColumn(
        "delivery_status",
        _("Delivery"),
        "word",
        _("What was done about it."),
        _plain("delivery_status"),
        STATUS_MEANING,
    ),
    ExportColumn(
        "status_group",
        _("Delivery: group"),
        "word",
        _("The group of that status, as in charts and counts."),
        lambda row: row.initiative.status.group.value,
        GROUP_MEANING,
    ),
    ExportColumn(
        "iati_status",
        _("IATI activity status"),
        "word",
        _("The status in the codelist ActivityStatus of IATI; loses information, may be empty."),
        lambda row: row.initiative.status.iati,
        IATI_NAME,
    ),
    ExportColumn(
        "ogp_completion",
        _("OGP completion"),
        "word",
        _(
            "The status as a level of completion of the Independent Reporting Mechanism of the Open"
            " Government Partnership; loses information, may be empty."
        ),
        lambda row: row.initiative.status.ogp,
        OGP,
    ),
    ExportColumn(
        "evidence_grade",
        _("Evidence"),
        "word",
        _("The best kind of document that bears the status out; empty where none does."),
        _plain("status_grade"),
        GRADE_MEANING,
    ),
    ExportColumn(
        "latest_update_on",
        _("Status as of"),
        "date",
        _("As of when the latest update says so."),
        _plain("latest_update_on"),
    ),
    *_of_report(
        "latest_update_report",
        _("Status: document"),
        _("that the latest update rests on"),
        "latest_update_report",
    ),
    ExportColumn(
        "delivered_on",
        _("Delivered"),
        "date",
        _("The first date as of which it was delivered."),
        _plain("delivered_on"),
    ),
    ExportColumn(
        "last_heard_on",
        _("Last heard of"),
        "date",
        _("The last sign of life in any document."),
        _plain("last_heard_on"),
    ),
    ExportColumn(
        "verifiability",
        _("Verifiability"),
        "word",
        _("Whether anybody could verify that it was delivered; empty while nobody says."),
        _plain("verifiability"),
        VERIFIABILITY_MEANING,
    ),
    ExportColumn(
        "flags",
        _("Flags"),
        "word",
        _("What stands out about it on the day of the last column; derived, never typed."),
        lambda row: list(row.initiative.flags(row.day)),
        FLAG_MEANING,
        many=True,
    ),
    ExportColumn(
        "as_of",
        _("As of"),
        "date",
        _(
            "The day as of which all this was known: that of the export, unless another was asked for."
        ),
        lambda row: row.day.isoformat(),
    ),
    ExportColumn(
        "other_names",
        _("Other names"),
        "text",
        _("Other names and acronyms of the initiative."),
        lambda row: row.initiative.other_names.splitlines(),
        many=True,
    ),
)
