"""The pages of single things as JSON: the row of the thing, and the rows of the tables that its page shows.

What may be thousands of rows (the initiatives of a dialogue) is an address of a list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse

from ..as_of.current import CurrentView
from ..models import (
    ENTRIES,
    Attendance,
    Delegate,
    Dialogue,
    Discrepancy,
    Initiative,
    Involvement,
    Line,
    Lineage,
    Meeting,
    Membership,
    Participant,
    Report,
    Target,
    Theme,
)
from ..models.participants import ParticipantQuerySet
from ..pages.citations import attach_sources
from ..pages.lines import in_order
from ..pages.parts import named_ends
from ..serving.routing import version_of
from .columns import NO_UPDATE, InitiativeRow
from .rows import (
    apart,
    named_by_capacity,
    participants_in_order,
    row_builder,
    status_bases,
    values_of,
)
from .streams import record
from .tables import TABLES, TableRow
from .tables.base import moment

Rows = Mapping[str, QuerySet[Any]]


@dataclass(frozen=True)
class PageShape:
    """What the page of one kind of thing holds: the table of the thing, other tables, and lists by their addresses.

    ``lists`` names routes, each with the parameter that takes the key of the thing.
    """

    table: str
    others: Callable[[Any, CurrentView], Rows]
    lists: Mapping[str, tuple[str, str]]

    @property
    def name(self) -> str:
        return str(TABLES[self.table].model._meta.model_name)

    @property
    def tables(self) -> list[str]:
        """The names of the other tables, in their order."""
        model: Any = TABLES[self.table].model
        return list(self.others(model(), CurrentView()))


def _of_initiative(initiative: Initiative, view: CurrentView) -> Rows:
    of = {"initiative": initiative.pk}
    return {
        "involvements": view.once_public(Involvement).filter(**of),
        "roles": view.roles().filter(**of),
        "targets": Target.objects.once_public().filter(**of),
        "lineage": Lineage.objects.public().filter(
            Q(earlier=initiative.pk) | Q(later=initiative.pk)
        ),
        **{model.plural: view.entries(model).filter(**of) for model in ENTRIES},
        **{
            f"withdrawn_{model.plural}": view.withdrawn(view.entries(model, withdrawn=True)).filter(
                **of
            )
            for model in ENTRIES
        },
        "discrepancies": Discrepancy.objects.once_public().filter(**of),
        "citations": view.citations(withdrawn=initiative.is_withdrawn).filter(
            Q(role__initiative=initiative.pk)
            | Q(target__initiative=initiative.pk)
            | Q(lineage__earlier=initiative.pk)
            | Q(lineage__later=initiative.pk)
            | Q(status_update__initiative=initiative.pk)
            | Q(discrepancy__initiative=initiative.pk)
        ),
    }


def _of_dialogue(dialogue: Dialogue, view: CurrentView) -> Rows:
    key = dialogue.pk
    return {
        "lines": Line.objects.public().filter(dialogue=key),
        "memberships": Membership.objects.public().filter(dialogue=key),
        "discrepancies": Discrepancy.objects.public().filter(dialogue=key),
        "citations": view.citations().filter(
            Q(dialogue=key)
            | Q(line__dialogue=key)
            | Q(membership__dialogue=key)
            | Q(discrepancy__dialogue=key)
        ),
    }


def _of_meeting(meeting: Meeting, view: CurrentView) -> Rows:
    key = meeting.pk
    return {
        "lines": Line.objects.public().filter(meeting=key),
        "attendances": Attendance.objects.public().filter(meeting=key),
        "delegates": Delegate.objects.public().filter(attendance__meeting=key),
        "reports": view.reports().filter(meeting=key),
        "discrepancies": Discrepancy.objects.public().filter(meeting=key),
        "citations": view.citations().filter(
            Q(meeting=key)
            | Q(line__meeting=key)
            | Q(attendance__meeting=key)
            | Q(delegate__attendance__meeting=key)
            | Q(discrepancy__meeting=key)
        ),
    }


def _of_participant(participant: Participant, view: CurrentView) -> Rows:
    key = participant.pk
    return {
        "participants": Participant.objects.public().filter(part_of=key),
        "memberships": Membership.objects.public().filter(participant=key),
        "citations": view.citations().filter(Q(membership__participant=key)),
    }


def _of_theme(theme: Theme, view: CurrentView) -> Rows:
    return {}


def _of_report(report: Report, view: CurrentView) -> Rows:
    key = report.pk
    return {
        **{model.plural: view.entries(model).filter(report=key) for model in ENTRIES},
        "citations": view.citations().filter(Q(report=key)),
    }


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


def page(shape: PageShape, thing: Any, site: str, view: CurrentView) -> dict[str, Any]:
    """The page of a thing as JSON has it, as it was known; a query a table, whatever the number of rows."""
    key = thing.natural_key()[0]
    rows = {
        name: list(TABLES[name].dress(queryset))
        for name, queryset in shape.others(thing, view).items()
    }
    if view.is_past:
        _leave_known(rows, view)
        if isinstance(thing, Initiative):
            rows["involvements"] = _involvements(thing, view)
        if isinstance(thing, Dialogue):
            rows["lines"] = view.stated(Line, "dialogue", [thing.pk])
        if isinstance(thing, Meeting):
            came = [row.pk for row in rows["attendances"]]
            rows["lines"] = view.stated(Line, "meeting", [thing.pk])
            rows["delegates"] = view.stated(Delegate, "attendance", came)
    line = (
        _row(thing, site, view, rows["lineage"])
        if isinstance(thing, Initiative)
        else TableRow(thing, site, view.day)
    )
    for name, records in ((shape.table, [thing]), *rows.items()):
        TABLES[name].prepare(records, view)
    for name in rows.keys() & {"lines", "delegates"}:
        rows[name] = in_order(rows[name])
    return {
        "address": site + thing.get_absolute_url(),
        **_withdrawal(thing),
        "data_version": str(version_of()),
        "flags_as_of": view.day.isoformat(),
        shape.name: record(TABLES[shape.table].columns, line),
        **{
            name: [record(TABLES[name].columns, TableRow(row, site, view.day)) for row in records]
            for name, records in rows.items()
        },
        **{
            name: f"{site}{reverse(f'initiatives:{route}')}?{urlencode({**view.parameters, parameter: key})}"
            for name, (route, parameter) in shape.lists.items()
        },
    }


def _withdrawal(thing: Any) -> dict[str, str | None]:
    """Since when and why an initiative is withdrawn."""
    if not isinstance(thing, Initiative):
        return {}
    return {
        "withdrawn_at": moment(thing.withdrawn_at) if thing.withdrawn_at else None,
        "withdrawal_reason": thing.withdrawal_reason or None,
    }


def _leave_known(rows: dict[str, list[Any]], view: CurrentView) -> None:
    """Leave of the rows what was known on the day, as it was known."""
    if "discrepancies" in rows:
        attach_sources(view, rows["discrepancies"])
    for name in rows.keys() & {
        "attendances",
        "targets",
        "lineage",
        "discrepancies",
        "participants",
    }:
        rows[name] = view.as_known(rows[name])


def _participants(pairs: Iterable[tuple[int, str]]) -> ParticipantQuerySet:
    """Those in an initiative."""
    return Participant.objects.filter(pk__in={key for key, _capacity in pairs})


def _involvements(initiative: Initiative, view: CurrentView) -> list[Involvement]:
    """The rows of the table of who is in it as they were on an earlier day."""
    pairs = view.involved([initiative.pk])[initiative.pk]
    participants = _participants(pairs).in_bulk()
    rows = [
        Involvement(initiative=initiative, participant=participants[key], capacity=capacity)
        for key, capacity in pairs
    ]
    return sorted(rows, key=lambda row: (row.capacity, row.participant.code))


def _row(
    initiative: Initiative, site: str, view: CurrentView, lineage: Iterable[Lineage]
) -> InitiativeRow:
    """The row that lists have of it, all that they name beside it included."""
    pairs = view.involved([initiative.pk])[initiative.pk]
    part_of, parts = named_ends(initiative, lineage)
    values = values_of(initiative)
    return row_builder(view, site, view.day.isoformat())(
        values,
        initiative.flags(view.day),
        named_by_capacity(pairs, participants_in_order(_participants(pairs))),
        apart([*initiative.themes.public().values_list("slug", "name")]),
        part_of,
        apart(parts),
        status_bases(view, {initiative.pk: values}).get(initiative.pk, NO_UPDATE),
    )
