"""The columns of the list of initiatives, defined once: for JSON, CSV, XLSX, the data dictionary and its test.

Names are promises to the programs of others: add columns at the end of their group, never rename one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from operator import attrgetter
from typing import NamedTuple

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_stubs_ext import StrOrPromise

from ..models import DeliveryStatus, InitiativeKind, InvolvementCapacity
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

Names = tuple[Sequence[str], Sequence[str]]
NOBODY: Names = ((), ())


class StatusBasis(NamedTuple):
    """What the update that the status comes from says happened, and where its document says so; both may be empty."""

    what: str
    locator: str


NO_UPDATE = StatusBasis("", "")


class InitiativeRow(NamedTuple):
    """A public initiative as an export reads it: columns of the database by their paths, and what was read beside them.

    ``report_pages`` are the addresses of documents around their keys, ``flags`` those of ``day``. ``involved``, by
    capacity, ``themes`` and ``parts`` hold keys, then names in the same order; ``part_of`` is a pair of both,
    ``update`` what the update says that its status comes from.
    """

    pk: int
    slug: str
    title: str
    other_names: str
    summary: str
    language: str
    translations: Mapping[str, Mapping[str, str]]
    kind: str
    dialogue__slug: str
    dialogue__name: str
    raised_at__slug: str | None
    raised_at__title: str | None
    raised_at__starts_on: str | None
    due_on: str | None
    due_note: str
    due_at__slug: str | None
    due_at__title: str | None
    due_dropped: bool
    due_moves: int
    condition: str
    condition_report__slug: str | None
    standing: str
    standing_report__slug: str | None
    standing_report__title: str | None
    standing_report__url: str | None
    delivery_status: str
    status_grade: str
    latest_update_on: str | None
    latest_update_report__slug: str | None
    latest_update_report__title: str | None
    latest_update_report__url: str | None
    latest_update_report__publisher: str | None
    latest_update_report__published_on: str | None
    delivered_on: str | None
    last_heard_on: str | None
    verifiability: str
    report_pages: tuple[str, str]
    address: str
    day: str
    flags: Sequence[str] = ()
    involved: Mapping[str, Names] = {}
    themes: Names = NOBODY
    part_of: tuple[str, str] | None = None
    parts: Names = NOBODY
    update: StatusBasis = NO_UPDATE


# The fields of a row that are columns of the database.
PATHS = InitiativeRow._fields[: InitiativeRow._fields.index("report_pages")]

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
        pgettext_lazy("participants", "Mentioned"),
        _("whom documents name in it in none of these roles"),
    ),
}


def _of_participants(capacity: InvolvementCapacity) -> list[ExportColumn]:
    name, label, who = PLURALS[capacity]

    key = capacity.value

    def read(place: int, row: InitiativeRow) -> Sequence[str]:
        return row.involved.get(key, NOBODY)[place]

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


def _plain(attribute: str) -> Callable[[InitiativeRow], Value]:
    """How a column of the initiative itself is read; what is not there is None."""
    get = attrgetter(attribute)
    return lambda row: get(row) or None


def _published(name: str, label: StrOrPromise, report: str) -> list[ExportColumn]:
    return [
        ExportColumn(
            f"{name}.publisher",
            format_lazy(_("{label}: publisher"), label=label),
            "text",
            _("Who published it."),
            attrgetter(f"{report}__publisher"),
        ),
        ExportColumn(
            f"{name}.published_on",
            format_lazy(_("{label}: published"), label=label),
            "date",
            _("When it was published, as precisely as it says."),
            attrgetter(f"{report}__published_on"),
        ),
    ]


def _of_report(
    name: str, label: StrOrPromise, which: StrOrPromise, report: str
) -> list[ExportColumn]:
    slug = attrgetter(f"{report}__slug")

    def address(row: InitiativeRow) -> str | None:
        key = slug(row)
        before, after = row.report_pages
        return f"{before}{key}{after}" if key else None

    return [
        ExportColumn(
            f"{name}.slug",
            format_lazy(_("{label}: id"), label=label),
            "text",
            format_lazy(_("The document {which}: its id, as in its address."), which=which),
            slug,
        ),
        ExportColumn(
            f"{name}.title",
            label,
            "text",
            _("Its title."),
            attrgetter(f"{report}__title"),
        ),
        ExportColumn(
            f"{name}.address",
            format_lazy(_("{label}: address"), label=label),
            "address",
            _("Its page here, which leads to the original."),
            address,
        ),
        ExportColumn(
            f"{name}.original",
            format_lazy(_("{label}: original"), label=label),
            "address",
            _("Where the document itself is published; empty where it is not on the web."),
            _plain(f"{report}__url"),
        ),
    ]


# What a status is in other words.
STATUS_GROUP = {status.value: status.group.value for status in DeliveryStatus}
STATUS_IATI = {status.value: status.iati for status in DeliveryStatus}
STATUS_OGP = {status.value: status.ogp for status in DeliveryStatus}

INITIATIVE: Sequence[ExportColumn] = (
    ExportColumn(
        "slug",
        _("Id"),
        "text",
        _("Permanently identifies the initiative, as in its address."),
        _plain("slug"),
    ),
    ExportColumn(
        "address",
        _("Address"),
        "address",
        _("The page of the initiative."),
        attrgetter("address"),
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
        lambda row: nested(flat(row.translations)),
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
        attrgetter("dialogue__slug"),
    ),
    ExportColumn(
        "dialogue.name",
        _("Dialogue"),
        "text",
        _("The name of the dialogue."),
        attrgetter("dialogue__name"),
    ),
    ExportColumn(
        "raised_at.slug",
        _("First raised at: id"),
        "text",
        _("The meeting where it was first raised: its id, as in its address."),
        attrgetter("raised_at__slug"),
    ),
    ExportColumn(
        "raised_at.title",
        _("First raised at"),
        "text",
        _("The title of that meeting."),
        attrgetter("raised_at__title"),
    ),
    ExportColumn(
        "raised_at.starts_on",
        _("First raised on"),
        "date",
        _("When that meeting began."),
        attrgetter("raised_at__starts_on"),
    ),
    ExportColumn(
        "themes.slug",
        _("Themes: ids"),
        "text",
        _("Its themes: their ids, as in their addresses."),
        lambda row: row.themes[0],
        many=True,
    ),
    ExportColumn(
        "themes.name",
        _("Themes"),
        "text",
        _("Their names, in the same order."),
        lambda row: row.themes[1],
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
        pgettext_lazy("an initiative", "Part of"),
        "text",
        _("The title of that initiative."),
        lambda row: row.part_of[1] if row.part_of else None,
    ),
    ExportColumn(
        "parts.slug",
        _("Parts: ids"),
        "text",
        _("The initiatives that are parts of it: their ids, as in their addresses."),
        lambda row: row.parts[0],
        many=True,
    ),
    ExportColumn(
        "parts.title",
        _("Parts"),
        "text",
        _("Their titles, in the same order."),
        lambda row: row.parts[1],
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
        attrgetter("due_at__slug"),
    ),
    ExportColumn(
        "due_at.title",
        _("Due at"),
        "text",
        _("The title of that meeting."),
        attrgetter("due_at__title"),
    ),
    ExportColumn(
        "due_dropped",
        _("Due date dropped"),
        "word",
        _("Whether the last document that speaks of the due date drops it."),
        lambda row: "yes" if row.due_dropped else "no",
        {"yes": _("It is dropped."), "no": _("It is not dropped.")},
    ),
    ExportColumn(
        "due_moves",
        _("Due date moved"),
        "integer",
        _("How often documents moved the due date."),
        attrgetter("due_moves"),
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
        attrgetter("condition_report__slug"),
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
        lambda row: STATUS_GROUP[row.delivery_status],
        GROUP_MEANING,
    ),
    ExportColumn(
        "iati_status",
        _("IATI activity status"),
        "word",
        _("The status in the codelist ActivityStatus of IATI; loses information, may be empty."),
        lambda row: STATUS_IATI[row.delivery_status],
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
        lambda row: STATUS_OGP[row.delivery_status],
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
    *_published("latest_update_report", _("Status: document"), "latest_update_report"),
    ExportColumn(
        "latest_update.locator",
        _("Status: place"),
        "text",
        _("Where the document of the latest update says so."),
        lambda row: row.update.locator or None,
    ),
    ExportColumn(
        "latest_update.what",
        _("Status: what happened"),
        "text",
        _("What the latest update says was done, in our words."),
        lambda row: row.update.what or None,
    ),
    ExportColumn(
        "delivered_on",
        pgettext_lazy("a date", "Delivered"),
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
        _("Whether anybody could verify that it was delivered; empty where nobody has said."),
        _plain("verifiability"),
        VERIFIABILITY_MEANING,
    ),
    ExportColumn(
        "flags",
        _("Flags"),
        "word",
        _("What to note about it on the day of the last column; worked out, never typed."),
        attrgetter("flags"),
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
        attrgetter("day"),
    ),
    ExportColumn(
        "other_names",
        _("Other names"),
        "text",
        _("Other names and acronyms of the initiative."),
        lambda row: row.other_names.splitlines(),
        many=True,
    ),
)
