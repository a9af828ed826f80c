"""Initiatives, and what hangs on them but the entries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from ...as_of.current import CurrentView
from ...models import Bound, Initiative, Involvement, Lineage, LineageKind, Role, RoleKind, Target
from ...pages.glossary import CAPACITY_MEANING
from ...pages.targets import attach_readings
from ...query.filters import InitiativeFilter
from ..columns import INITIATIVE
from ..export_column import ExportColumn, Type, Value
from ..rows import read_rows
from .base import Table, TableRow, column, words_of

OF_INITIATIVE = (
    column("initiative.slug", _("Initiative: id"), _("The initiative: its id, as in its address.")),
    column("initiative.title", _("Initiative"), _("The title of the initiative.")),
)


class InitiativeTable(Table):
    """Read with the names of what hangs on each, as the filtered list is."""

    def chunks(
        self, site: str, rows: Any = None, view: CurrentView | None = None
    ) -> Iterator[list[Any]]:
        public = Initiative.objects.public() if rows is None else rows
        yield from read_rows(InitiativeFilter.read(QueryDict("sort=title"), public), site)


INITIATIVES = InitiativeTable(
    "initiatives",
    _("Initiatives"),
    _("What was proposed or promised in a dialogue, and where it stands."),
    INITIATIVE,
    lambda rows: rows,
    Initiative,
    refers={
        "dialogue.slug": ("dialogues", "slug"),
        "raised_at.slug": ("meetings", "slug"),
        "standing_report.slug": ("reports", "slug"),
        "latest_update_report.slug": ("reports", "slug"),
        "condition_report.slug": ("reports", "slug"),
        "due_at.slug": ("meetings", "slug"),
    },
)

OF_PARTICIPANT = (
    column("participant.code", _("Participant: code"), _("The participant: its code.")),
    column("participant.name", _("Participant"), _("The name of the participant.")),
)
NAMED = {
    "initiative.slug": ("initiatives", "slug"),
    "participant.code": ("participants", "code"),
}

INVOLVEMENTS = Table(
    "involvements",
    _("Who is in it"),
    _("As what participants are in an initiative, from what documents say of it and from roles."),
    (
        *OF_INITIATIVE,
        column(
            "capacity",
            _("Capacity"),
            _("Its capacity in the initiative."),
            "word",
            words=CAPACITY_MEANING,
        ),
        *OF_PARTICIPANT,
    ),
    lambda rows: (
        rows.select_related("initiative", "participant")
        .defer("initiative__summary")
        .order_by("initiative__slug", "capacity", "participant__code")
    ),
    Involvement,
    key=("initiative.slug", "capacity", "participant.code"),
    refers=NAMED,
)

ROLES = Table(
    "roles",
    _("Roles"),
    _("What a participant does in an initiative; who proposed or supports it is a mention."),
    (
        *OF_INITIATIVE,
        column("role", _("Role"), _("What it does."), "word", words=words_of(RoleKind.choices)),
        *OF_PARTICIPANT,
    ),
    lambda rows: (
        rows.select_related("initiative", "participant")
        .defer("initiative__summary")
        .order_by("initiative__slug", "role", "participant__code")
    ),
    Role,
    key=("initiative.slug", "role", "participant.code"),
    refers=NAMED,
)


def _last_reading(
    name: str, label: StrOrPromise, description: StrOrPromise, kind: Type
) -> ExportColumn:
    """A column of what the last document reports of a target."""
    field = {"reached": "value", "reached_on": "on"}[name]

    def read(line: TableRow) -> Value:
        reported = line.record.reported
        value: Value = getattr(reported[-1], field) if reported else None
        return value

    return ExportColumn(name, label, kind, description, read)


TARGETS = Table(
    "targets",
    _("Targets"),
    _("What an initiative promised in numbers, and what was reached."),
    (
        *OF_INITIATIVE,
        column("metric", _("Metric"), _("What is counted.")),
        column("value", _("Promised"), _("The number promised."), "number"),
        column("unit", _("Unit"), _("The unit of the numbers, unless they are money.")),
        column("due_on", _("Due"), _("When it is promised for."), "date"),
        _last_reading("reached", _("Reached"), _("The number that was reported last."), "number"),
        _last_reading("reached_on", _("Reached as of"), _("As of when that was reported."), "date"),
        column("note", _("Note"), _("How we read it, where it is not plain.")),
        column(
            "bound",
            _("Bound"),
            _("How the number promised is meant."),
            "word",
            words=words_of(Bound.choices),
        ),
        column(
            "currency",
            _("Currency"),
            _("The currency of the numbers, if they are money: ISO 4217 code."),
        ),
        column("period", _("Period"), _("The year or span that the number is for."), "date"),
        column("ref", _("Id"), _("Names the target, by which updates refer to it.")),
    ),
    lambda rows: (
        rows.select_related("initiative")
        .defer("initiative__summary")
        .order_by("initiative__slug", "metric", "period", "unit", "currency")
    ),
    Target,
    key=("ref",),
    refers={"initiative.slug": ("initiatives", "slug")},
    prepare=attach_readings,
)

LINEAGE = Table(
    "lineage",
    _("Lineage"),
    _("Which later initiative comes from which earlier one."),
    (
        column("later.slug", _("Later: id"), _("The later initiative: its id.")),
        column("later.title", _("Later"), _("The title of the later initiative.")),
        column(
            "relation",
            _("Relation"),
            _("How the later one relates to the earlier one."),
            "word",
            words=words_of(LineageKind.choices),
        ),
        column("earlier.slug", _("Earlier: id"), _("The earlier initiative: its id.")),
        column("earlier.title", _("Earlier"), _("The title of the earlier initiative.")),
    ),
    lambda rows: (
        rows.select_related("later", "earlier")
        .defer("later__summary", "earlier__summary")
        .order_by("later__slug", "relation", "earlier__slug")
    ),
    Lineage,
    key=("later.slug", "relation", "earlier.slug"),
    refers={"later.slug": ("initiatives", "slug"), "earlier.slug": ("initiatives", "slug")},
)
