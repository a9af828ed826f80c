"""The pages of single things as JSON: the row of the thing, and the rows of the tables that its page shows.

What may be thousands of rows (the initiatives of a dialogue) is an address of a list.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from ..data_version import data_version
from ..models import (
    Attendance,
    Citation,
    Dialogue,
    Discrepancy,
    Initiative,
    Lineage,
    Meeting,
    Membership,
    Mention,
    Participant,
    Report,
    Role,
    StatusUpdate,
    Target,
    Theme,
)
from ..reading import current
from .columns import Row
from .streams import record
from .tables import TABLES, Line

Rows = Mapping[str, QuerySet[Any]]


@dataclass(frozen=True)
class PageShape:
    """What the page of one kind of thing holds: the table of the thing, other tables, and lists by their addresses.

    ``lists`` names routes, each with the parameter that takes the key of the thing.
    """

    table: str
    others: Callable[[Any], Rows]
    lists: Mapping[str, tuple[str, str]]

    @property
    def name(self) -> str:
        return self.table.removesuffix("s")

    @property
    def tables(self) -> list[str]:
        """The names of the other tables, in their order."""
        model: Any = TABLES[self.table].model
        return list(self.others(model()))


def _of_initiative(initiative: Initiative) -> Rows:
    of = {"initiative": initiative.pk}
    return {
        "roles": Role.objects.public().filter(**of),
        "targets": Target.objects.public().filter(**of),
        "lineage": Lineage.objects.public().filter(
            Q(earlier=initiative.pk) | Q(later=initiative.pk)
        ),
        "mentions": Mention.objects.public().current().filter(**of),
        "updates": StatusUpdate.objects.public().current().filter(**of),
        "discrepancies": Discrepancy.objects.public().filter(**of),
        "citations": _citations(
            Q(role__initiative=initiative.pk)
            | Q(target__initiative=initiative.pk)
            | Q(lineage__earlier=initiative.pk)
            | Q(lineage__later=initiative.pk)
            | Q(status_update__initiative=initiative.pk)
            | Q(discrepancy__initiative=initiative.pk)
        ),
    }


def _of_dialogue(dialogue: Dialogue) -> Rows:
    key = dialogue.pk
    return {
        "memberships": Membership.objects.public().filter(dialogue=key),
        "discrepancies": Discrepancy.objects.public().filter(dialogue=key),
        "citations": _citations(
            Q(dialogue=key) | Q(membership__dialogue=key) | Q(discrepancy__dialogue=key)
        ),
    }


def _of_meeting(meeting: Meeting) -> Rows:
    key = meeting.pk
    return {
        "attendances": Attendance.objects.public().filter(meeting=key),
        "reports": Report.objects.public().filter(meeting=key),
        "discrepancies": Discrepancy.objects.public().filter(meeting=key),
        "citations": _citations(
            Q(meeting=key) | Q(attendance__meeting=key) | Q(discrepancy__meeting=key)
        ),
    }


def _of_participant(participant: Participant) -> Rows:
    key = participant.pk
    return {
        "memberships": Membership.objects.public().filter(participant=key),
        "citations": _citations(Q(membership__participant=key)),
    }


def _of_theme(theme: Theme) -> Rows:
    return {}


def _of_report(report: Report) -> Rows:
    key = report.pk
    return {
        "mentions": Mention.objects.public().current().filter(report=key),
        "updates": StatusUpdate.objects.public().current().filter(report=key),
        "citations": _citations(Q(report=key)),
    }


def _citations(about: Q) -> QuerySet[Any]:
    return Citation.objects.public().current().filter(about)


PAGES = {
    shape.name: shape
    for shape in (
        PageShape("initiatives", _of_initiative, {}),
        PageShape(
            "dialogues",
            _of_dialogue,
            {
                "initiatives": ("initiative_list_json", "dialogue"),
                "meetings": ("meeting_list_json", "dialogue"),
            },
        ),
        PageShape("meetings", _of_meeting, {"initiatives": ("initiative_list_json", "meeting")}),
        PageShape(
            "participants",
            _of_participant,
            {
                "initiatives": ("initiative_list_json", "participant"),
                "meetings": ("meeting_list_json", "participant"),
                "reports": ("report_list_json", "participant"),
            },
        ),
        PageShape("themes", _of_theme, {"initiatives": ("initiative_list_json", "theme")}),
        PageShape("reports", _of_report, {}),
    )
}


def page(shape: PageShape, thing: Any, site: str) -> dict[str, Any]:
    """The page of a thing as JSON has it; a query a table, whatever the number of rows."""
    reading = current()
    day = timezone.localdate()
    key = thing.natural_key()[0]
    rows = shape.others(thing)
    line = _row(thing, site) if isinstance(thing, Initiative) else Line(thing, site, day)
    return {
        "address": site + thing.get_absolute_url(),
        "data_version": str(reading.version if reading else data_version()),
        "flags_as_of": day.isoformat(),
        shape.name: record(TABLES[shape.table].columns, line),
        **{
            name: [
                record(TABLES[name].columns, Line(one, site, day))
                for one in TABLES[name].dress(found)
            ]
            for name, found in rows.items()
        },
        **{
            name: f"{site}{reverse(f'initiatives:{route}')}?{parameter}={key}"
            for name, (route, parameter) in shape.lists.items()
        },
    }


def _row(initiative: Initiative, site: str) -> Row:
    """The row that lists have of it, themes and roles included."""
    row = Row(initiative, site, timezone.localdate())
    roles = Role.objects.public().filter(initiative=initiative)
    of_kind = defaultdict(list)
    named = roles.order_by("participant__name", "participant__code")
    for role, code, name in named.values_list("role", "participant__code", "participant__name"):
        of_kind[role].append((code, name))
    row.roles = dict(of_kind)
    row.themes = list(initiative.themes.public().values_list("slug", "name"))
    return row
