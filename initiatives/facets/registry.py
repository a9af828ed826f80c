"""What the lists of initiatives, meetings and reports can be filtered by: each filter declared once.

Form, counts, bitmaps of today and of earlier days and what they follow, exports, feeds, calendars, matrix, OpenAPI and
the table in docs/filters.md are made from this.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from ..languages import ENGLISH
from ..models import (
    FLAGS,
    Correction,
    CorrectionKind,
    CorrectionSubject,
    DeliveryStatus,
    Dialogue,
    EvidenceGrade,
    Initiative,
    InitiativeKind,
    InvolvementCapacity,
    Meeting,
    MeetingKind,
    MeetingState,
    Participant,
    Report,
    Standing,
    StatusGroup,
    Theme,
    Verifiability,
)
from ..models.initiatives import FLAG_COLUMNS, InitiativeQuerySet
from ..models.records import SLUG_SHAPE
from ..models.sort_keys import page_key
from ..models.translations import ORIGINAL, TextIn
from ..partial_dates import PartialDate
from .facet import NONE, Facet

Pairs = list[tuple[str, str]]

# In the order of the form: who promises and to whom is asked for first.
OPEN_CAPACITIES = (InvolvementCapacity.PARTY, InvolvementCapacity.BENEFICIARY)
CAPACITIES = (
    *OPEN_CAPACITIES,
    InvolvementCapacity.PROPOSER,
    InvolvementCapacity.SUPPORTER,
    InvolvementCapacity.LEAD,
    InvolvementCapacity.IMPLEMENTER,
    InvolvementCapacity.FUNDER,
)

YEAR = re.compile(r"[1-9][0-9]{3}", re.ASCII)
# A reader scrolls through that many at most; older meetings are found from their own page.
MOST_MEETINGS = 100

DIALOGUE = _("the id of a dialogue, as in its address under /dialogues/")
MEETING = _("the id of a meeting, as in its address under /meetings/")
PARTICIPANT = _("the code of a participant, such as jp, as in its address under /participants/")
THEME = _("the id of a theme, as in its address under /themes/")
NOTHING = _("none on record")
# Whoever is in an initiative, in any capacity.
INVOLVED = "involvements__participant__code"
A_YEAR = _("a year of four digits, such as 2022")


# --- What can be chosen ---------------------------------------------------------------------------


def offer_dialogues(_view: Any = None, _asked_for: Sequence[str] = ()) -> Pairs:
    rows = Dialogue.objects.public()
    pairs = [(row.slug, _short_name(row)) for row in rows]
    return sorted(pairs, key=lambda pair: page_key(pair[1]))


def _short_name(row: Dialogue) -> TextIn:
    short = row.said("short_name")
    return TextIn(short.text, short.language) if short.text else row.name_in()


def offer_participants(view: Any = None, _asked_for: Sequence[str] = ()) -> Pairs:
    """All of them, asked of the database once for all filters where a version of the data is looked at."""

    def read() -> Pairs:
        return _names(Participant.objects.public(), "code")

    kept = f"names of participants in {get_language()}"
    pairs: Pairs = view.index.remember(kept, read, any_day=True) if view else read()
    return pairs


def offer_themes(_view: Any = None, _asked_for: Sequence[str] = ()) -> Pairs:
    return _names(Theme.objects.public(), "slug")


def _names(rows: QuerySet[Any], key: str) -> Pairs:
    """Rows by their keys and names, in the order of these; most are English, and so is the order of the database."""
    if get_language() == ENGLISH:
        names = list(rows.values_list(key, "name", "language"))
        if all(language == ORIGINAL for _key, _name, language in names):
            return [(of, name) for of, name, _language in names]
        return [(getattr(row, key), row.name_in()) for row in rows]
    pairs = [(getattr(row, key), row.name_in()) for row in rows]
    return sorted(pairs, key=lambda pair: page_key(pair[1]))


def offer_meetings(view: Any, asked_for: Sequence[str]) -> Pairs:
    """The latest meetings that raised anything, and those asked for: with their years."""
    meetings = view.raising_meetings(MOST_MEETINGS, asked_for)
    return [(row.slug, _with_year(row)) for row in meetings]


def _with_year(meeting: Meeting) -> TextIn:
    name = meeting.name_in()
    if not meeting.starts_on:
        return name
    return TextIn(f"{name} ({meeting.starts_on.last_day.year})", name.language)


def offer_years_known(name: str) -> Callable[[Any, Sequence[str]], Pairs]:
    """The years that initiatives have of a facet."""

    def offer(view: Any, asked_for: Sequence[str]) -> Pairs:
        years = (year for year, keys in view.index.bitmaps[name].items() if keys and year != NONE)
        return _years(years, asked_for)

    return offer


def offer_years(model: type[Model], column: str) -> Callable[[Any, Sequence[str]], Pairs]:
    def offer(_view: Any, asked_for: Sequence[str]) -> Pairs:
        rows: Any = model._default_manager.all()
        return _years(years_of_column(rows.public(), column), asked_for)

    return offer


def _years(years: Iterable[str], asked_for: Iterable[str]) -> Pairs:
    """Years and those asked for, newest first."""
    in_order = sorted({*years, *filter(YEAR.fullmatch, asked_for)}, reverse=True)
    return [(year, year) for year in in_order]


# --- How a row has a value ------------------------------------------------------------------------


def years_of(date: str) -> list[str]:
    return [str(year) for year in PartialDate(date).years]


def years_of_column(rows: QuerySet[Any], column: str) -> set[str]:
    """The years in which any date of a column may lie."""
    dates = rows.order_by().values_list(column, flat=True).distinct()
    return {year for date in dates if date for year in years_of(date)}


def in_years(column: str) -> Callable[[Any, Sequence[str], Any], Any]:
    def rule(rows: QuerySet[Any], years: Sequence[str], _day: Any) -> QuerySet[Any]:
        return rows.filter(reduce(or_, (Q(**{f"{column}__in_year": year}) for year in years)))

    return rule


YEARS_RAISED = in_years("raised_at__starts_on")


def group_of(status: str) -> list[str]:
    return [DeliveryStatus(status).group]


def flagged(
    rows: InitiativeQuerySet, flags: Sequence[str], day: datetime.date | None
) -> QuerySet[Initiative]:
    if len(flags) == 1:
        return rows.flagged(flags[0], day)
    every = Initiative.objects.using(rows.db).public().order_by()
    keys = (Q(pk__in=every.flagged(flag, day).values("pk")) for flag in flags)
    return rows.filter(reduce(or_, keys))


# --- Filters --------------------------------------------------------------------------------------

FACETS = [
    Facet(
        model=Initiative,
        name="group",
        label=_("Delivery"),
        path="delivery_status",
        values_of=group_of,
        choices=StatusGroup.choices,
        renamed={
            "unknown": [StatusGroup.NOT_REVIEWED, StatusGroup.NO_INFORMATION],
            "active": [StatusGroup.IN_PROGRESS],
            "done": [StatusGroup.DELIVERED],
            "closed": [StatusGroup.SUPERSEDED],
        },
        tells_itself=True,
        stands_open=True,
    ),
    Facet(
        model=Initiative,
        name="dialogue",
        label=_("Dialogue"),
        path="dialogue__slug",
        offer=offer_dialogues,
        expects=DIALOGUE,
        tells_itself=True,
        stands_open=True,
    ),
    Facet(
        model=Initiative,
        name="flag",
        label=_("Flag"),
        rule=flagged,
        holds=Initiative.is_flagged,
        columns=FLAG_COLUMNS,
        depends_on=["dialogue__stale_after_days", "raised_at__starts_on"],
        choices=list(FLAGS.items()),
        tells_itself=True,
        stands_open=True,
    ),
    *(
        Facet(
            model=Initiative,
            name=capacity.value,
            label=capacity.label,
            path=INVOLVED,
            only=Q(involvements__capacity=capacity.value),
            offer=offer_participants,
            expects=PARTICIPANT,
            none=NOTHING,
            stands_open=capacity in OPEN_CAPACITIES,
        )
        for capacity in CAPACITIES
    ),
    Facet(
        model=Initiative,
        name="participant",
        label=_("Participant"),
        path=INVOLVED,
        offer=offer_participants,
        expects=PARTICIPANT,
        none=NOTHING,
    ),
    Facet(
        model=Initiative,
        name="theme",
        label=_("Theme"),
        path="themes__slug",
        offer=offer_themes,
        expects=THEME,
        none=NOTHING,
        tells_itself=True,
    ),
    Facet(
        model=Initiative,
        name="meeting",
        label=_("First raised at"),
        path="raised_at__slug",
        offer=offer_meetings,
        shape=SLUG_SHAPE,
        expects=MEETING,
        none=NOTHING,
    ),
    Facet(
        model=Initiative,
        name="year",
        label=_("First raised in"),
        path="raised_at__starts_on",
        values_of=years_of,
        rule=YEARS_RAISED,
        offer=offer_years_known("year"),
        shape=YEAR.pattern,
        expects=A_YEAR,
        none=NOTHING,
    ),
    Facet(
        model=Initiative,
        name="due",
        label=_("Due in"),
        path="due_on",
        values_of=years_of,
        rule=in_years("due_on"),
        offer=offer_years_known("due"),
        shape=YEAR.pattern,
        expects=A_YEAR,
        none=NOTHING,
    ),
    Facet(
        model=Initiative,
        name="standing",
        label=_("Standing in the dialogue"),
        path="standing",
        choices=Standing.choices,
        tells_itself=True,
    ),
    Facet(
        model=Initiative,
        name="kind",
        label=_("Kind"),
        path="kind",
        choices=InitiativeKind.choices,
        tells_itself=True,
    ),
    Facet(
        model=Initiative,
        name="status",
        label=_("Delivery in detail"),
        path="delivery_status",
        choices=DeliveryStatus.choices,
        tells_itself=True,
    ),
    Facet(
        model=Initiative,
        name="verifiability",
        label=_("Verifiability"),
        path="verifiability",
        choices=Verifiability.choices,
    ),
    Facet(
        model=Meeting,
        name="dialogue",
        label=_("Dialogue"),
        path="dialogue__slug",
        offer=offer_dialogues,
        expects=DIALOGUE,
        has_counts=False,
        tells_itself=True,
    ),
    Facet(
        model=Meeting,
        name="kind",
        label=_("Kind"),
        path="kind",
        choices=MeetingKind.choices,
        has_counts=False,
        tells_itself=True,
    ),
    Facet(
        model=Meeting,
        name="state",
        label=pgettext_lazy("of a meeting", "State"),
        path="state",
        choices=MeetingState.choices,
        has_counts=False,
        tells_itself=True,
    ),
    Facet(
        model=Meeting,
        name="participant",
        label=_("Who came"),
        path="attendances__participant__code",
        offer=offer_participants,
        expects=PARTICIPANT,
        has_counts=False,
    ),
    Facet(
        model=Meeting,
        name="year",
        label=_("Year"),
        path="starts_on",
        values_of=years_of,
        rule=in_years("starts_on"),
        offer=offer_years(Meeting, "starts_on"),
        shape=YEAR.pattern,
        expects=A_YEAR,
        has_counts=False,
    ),
    Facet(
        model=Report,
        name="kind",
        label=_("Kind"),
        path="kind",
        choices=EvidenceGrade.choices,
        has_counts=False,
        tells_itself=True,
    ),
    Facet(
        model=Report,
        name="participant",
        label=_("Issued by"),
        path="issued_by__code",
        offer=offer_participants,
        expects=PARTICIPANT,
        has_counts=False,
    ),
    Facet(
        model=Report,
        name="year",
        label=_("Published in"),
        path="published_on",
        values_of=years_of,
        rule=in_years("published_on"),
        offer=offer_years(Report, "published_on"),
        shape=YEAR.pattern,
        expects=A_YEAR,
        has_counts=False,
    ),
    Facet(
        model=Correction,
        name="kind",
        label=_("What was done"),
        path="kind",
        choices=CorrectionKind.choices,
        has_counts=False,
        tells_itself=True,
    ),
    Facet(
        model=Correction,
        name="subject",
        label=_("To what"),
        path="subject",
        choices=CorrectionSubject.choices,
        has_counts=False,
    ),
    Facet(
        model=Correction,
        name="dialogue",
        label=_("Dialogue"),
        path="dialogue__slug",
        offer=offer_dialogues,
        expects=DIALOGUE,
        has_counts=False,
        tells_itself=True,
    ),
    Facet(
        model=Correction,
        name="participant",
        label=_("Participant in the initiative"),
        path=f"initiative__{INVOLVED}",
        offer=offer_participants,
        expects=PARTICIPANT,
        has_counts=False,
    ),
]


def facets_of(model: type[Model]) -> dict[str, Facet]:
    """The filters of a model’s list by name, in their order."""
    return {facet.name: facet for facet in FACETS if facet.model is model}
