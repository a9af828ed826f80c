"""What each list can be filtered by: one reader of parameters for pages, exports, feeds and counts.

Several values of one parameter mean “or”, different parameters “and”.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any

import django_filters
from django import forms
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Substr
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from pyroaring import BitMap

from ..as_of.current import DUE_FIRST, LATEST_NEWS, Annotate, CurrentView, unchanged
from ..as_of.past import newest_first, view_on
from ..facets.index import Index
from ..models import (
    FLAGS,
    Attendance,
    DeliveryStatus,
    Dialogue,
    EvidenceGrade,
    Initiative,
    Meeting,
    MeetingKind,
    MeetingState,
    Participant,
    Report,
    Role,
    Standing,
    StatusGroup,
    Theme,
)
from ..models.initiatives import InitiativeQuerySet
from ..search.query import SearchMatches, search
from .as_of import DayField, day_in, expected_day
from .components import Sort
from .list_filter import ListFilter
from .parameters import MOST_TEXT, AnyOf

YEAR = re.compile(r"[1-9][0-9]{3}", re.ASCII)
# A reader scrolls through that many at most; older meetings are found from their own page.
MOST_MEETINGS = 100

DIALOGUE = _("the id of a dialogue, as in its address under /dialogues/")
MEETING = _("the id of a meeting, as in its address under /meetings/")
PARTICIPANT = _("the code of a participant, such as jp, as in its address under /participants/")
THEME = _("the id of a theme, as in its address under /themes/")
A_YEAR = _("a year of four digits, such as 2022")


def dialogue_choices() -> list[tuple[str, str]]:
    rows = Dialogue.objects.public().values_list("slug", "short_name", "name")
    return [(slug, short_name or name) for slug, short_name, name in rows]


def participant_choices() -> list[tuple[str, str]]:
    return list(Participant.objects.public().values_list("code", "name"))


def years_of(rows: QuerySet[Any], column: str) -> Iterable[str]:
    """The years of a column of partial dates."""
    years = rows.order_by().annotate(_year=Substr(column, 1, 4)).values_list("_year", flat=True)
    return filter(None, years.distinct())


def year_choices(years: Iterable[str], requested: Iterable[str] = ()) -> list[tuple[str, str]]:
    """Years and those that the address asks for, newest first."""
    in_order = sorted({*years, *filter(YEAR.fullmatch, requested)}, reverse=True)
    return [(year, year) for year in in_order]


def initiative_choices(view: CurrentView) -> dict[str, list[tuple[str, str]]]:
    """What the list of initiatives offers to everybody, by parameter."""
    years = (year for year, keys in view.index.bitmaps["year"].items() if keys)
    return {
        "dialogue": dialogue_choices(),
        "participant": participant_choices(),
        "theme": list(Theme.objects.public().values_list("slug", "name")),
        "year": year_choices(years),
        "meeting": meeting_choices(view.raising_meetings(MOST_MEETINGS)),
    }


def meeting_choices(meetings: Iterable[Meeting]) -> list[tuple[str, str]]:
    """Meetings as they are offered: with their years."""
    return [
        (row.slug, f"{row.title} ({row.starts_on.year})" if row.starts_on else row.title)
        for row in meetings
    ]


def in_years(column: str, years: list[str]) -> Q:
    return reduce(or_, (Q(**{f"{column}__year": year}) for year in years))


def newest(column: str) -> Any:
    return F(column).desc(nulls_last=True)


class InitiativeFilter(ListFilter):
    """The parameters of the list of initiatives."""

    q = django_filters.CharFilter(label=_("Text"), method="with_text", max_length=MOST_TEXT)
    group = AnyOf(label=_("Delivery"), choices=StatusGroup.choices, method="in_group")
    status = AnyOf(
        label=_("Delivery in detail"), field_name="delivery_status", choices=DeliveryStatus.choices
    )
    standing = AnyOf(label=_("Standing in the dialogue"), choices=Standing.choices)
    flag = AnyOf(label=_("Flag"), choices=list(FLAGS.items()), method="with_flag")
    dialogue = AnyOf(label=_("Dialogue"), field_name="dialogue__slug", expects=DIALOGUE)
    participant = AnyOf(label=_("Participant"), method="with_participant", expects=PARTICIPANT)
    theme = AnyOf(label=_("Theme"), method="with_theme", expects=THEME)
    year = AnyOf(label=_("First raised in"), method="raised_in", expects=A_YEAR)
    meeting = AnyOf(label=_("First raised at"), field_name="raised_at__slug", expects=MEETING)

    sorts = {
        "relevance": Sort(_("Relevance"), (F("in_title").desc(), *LATEST_NEWS)),
        "changed": Sort(_("Latest news"), LATEST_NEWS),
        "due": Sort(_("Due date"), DUE_FIRST),
        "title": Sort(_("Title"), ("title", "slug")),
        "meeting": Sort(_("Meeting"), (newest("raised_at__starts_on"), "title", "slug")),
    }
    layouts = {"list": _("List"), "table": _("Table")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The record as of today or of the day that is asked for; what is no day, the form says.
        self.view = view_on(day_in(self.data), self.queryset.db)
        offers = self.index.remember("offers", lambda: initiative_choices(self.view))
        for name, choices in offers.items():
            self.offer(name, choices)
        if more := set(self.raw_values("year")) - dict(offers["year"]).keys():
            self.offer("year", year_choices(dict(offers["year"]), more))
        if more := set(self.raw_values("meeting")) - dict(offers["meeting"]).keys():
            requested = Meeting.objects.public().filter(slug__in=more)
            offered = self.view.raising_meetings(MOST_MEETINGS)
            self.offer("meeting", meeting_choices(newest_first([*offered, *requested])))

    @property
    def offered_sorts(self) -> dict[str, Sort]:
        """Relevance first where there is a text, and not at all where there is none."""
        return {name: sort for name, sort in self.sorts.items() if name != "relevance" or self.text}

    def other_fields(self) -> dict[str, forms.Field]:
        return {"as_of": DayField()}

    def expects(self, name: str) -> str:
        return expected_day() if name == "as_of" else super().expects(name)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.view.is_past:
            rows: QuerySet[Any] = super().filter_queryset(queryset)
            return rows
        # The columns of the database are those of today.
        order = self.offered_sorts[self.sort].order
        return queryset.filter(pk__in=list(self._left)).order_by(*order)

    @property
    def fixed_parameters(self) -> dict[str, str]:
        return self.view.parameters

    @cached_property
    def index(self) -> Index:
        return self.view.index

    @cached_property
    def text_matches(self) -> SearchMatches | None:
        """What the text finds; None without a text."""
        return self.index.find(self.text, using=self.queryset.db) if self.text else None

    @cached_property
    def _within(self) -> BitMap | None:
        return self.text_matches.all if self.text_matches else None

    @cached_property
    def _left(self) -> BitMap:
        return self.index.matching(self.selection, self._within)

    def count_without(self, left_out: str) -> int:
        others = {name: chosen for name, chosen in self.selection.items() if name != left_out}
        return len(self.index.matching(others, None if left_out == "q" else self._within))

    def count(self) -> dict[str, dict[str, int]]:
        return self.index.counts(self.selection, self.offered, self._within)

    @property
    def total(self) -> int:
        """How many rows the list has in all."""
        return len(self._left)

    def rows(self, first: int, last: int, annotate: Annotate = unchanged) -> list[Initiative]:
        """The rows of the list from one position to before another, in order: found in memory, read by their keys."""
        return self.view.read_initiatives(self._keys(first, last), annotate)

    def keys(self) -> list[int]:
        """The primary keys of all rows of the list, in order."""
        return self._keys(0, self.total)

    def _keys(self, first: int, last: int) -> list[int]:
        order, using = self.offered_sorts[self.sort].order, self.queryset.db
        if self.text_matches is None or self.sort != "relevance":
            return self.index.page(self._left, order, first, last, using=using)
        ahead = self._left & self.text_matches.in_title
        keys = self.index.page(ahead, LATEST_NEWS, first, last, using=using)
        first, last = max(first - len(ahead), 0), max(last - len(ahead), 0)
        return keys + self.index.page(self._left - ahead, LATEST_NEWS, first, last, using=using)

    def with_text(self, rows: InitiativeQuerySet, _name: str, text: str) -> InitiativeQuerySet:
        return search(rows, text)

    def in_group(self, rows: InitiativeQuerySet, _name: str, groups: list[str]) -> Any:
        statuses = [status for group in groups for status in StatusGroup(group).statuses]
        return rows.filter(delivery_status__in=statuses)

    def with_flag(self, rows: InitiativeQuerySet, _name: str, flags: list[str]) -> Any:
        flagged = (
            Initiative.objects.public().order_by().flagged(flag).values("pk") for flag in flags
        )
        return rows.filter(reduce(or_, (Q(pk__in=keys) for keys in flagged)))

    def with_participant(self, rows: InitiativeQuerySet, _name: str, codes: list[str]) -> Any:
        roles = Role.objects.public().order_by().filter(participant__code__in=codes)
        return rows.filter(pk__in=roles.values("initiative"))

    def with_theme(self, rows: InitiativeQuerySet, _name: str, slugs: list[str]) -> Any:
        links = Initiative.themes.through._default_manager.filter(theme__slug__in=slugs)
        return rows.filter(pk__in=links.values("initiative"))

    def raised_in(self, rows: InitiativeQuerySet, _name: str, years: list[str]) -> Any:
        return rows.filter(in_years("raised_at__starts_on", years))


class MeetingFilter(ListFilter):
    """The parameters of the list of meetings."""

    dialogue = AnyOf(label=_("Dialogue"), field_name="dialogue__slug", expects=DIALOGUE)
    kind = AnyOf(label=_("Kind"), choices=MeetingKind.choices)
    state = AnyOf(label=_("State"), choices=MeetingState.choices)
    participant = AnyOf(label=_("Who came"), method="attended_by", expects=PARTICIPANT)
    year = AnyOf(label=_("Year"), method="in_year", expects=A_YEAR)

    sorts = {
        "newest": Sort(_("Newest first"), (newest("starts_on"), "slug")),
        "oldest": Sort(_("Oldest first"), (F("starts_on").asc(nulls_last=True), "slug")),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("dialogue", dialogue_choices())
        self.offer("participant", participant_choices())
        years = years_of(Meeting.objects.public(), "starts_on")
        self.offer("year", year_choices(years, self.raw_values("year")))

    def attended_by(self, rows: QuerySet[Meeting], _name: str, codes: list[str]) -> Any:
        attendances = Attendance.objects.public().order_by().filter(participant__code__in=codes)
        return rows.filter(pk__in=attendances.values("meeting"))

    def in_year(self, rows: QuerySet[Meeting], _name: str, years: list[str]) -> Any:
        return rows.filter(in_years("starts_on", years))


class ReportFilter(ListFilter):
    """The parameters of the list of reports."""

    kind = AnyOf(label=_("Kind"), choices=EvidenceGrade.choices)
    participant = AnyOf(label=_("Issued by"), method="issued_by", expects=PARTICIPANT)
    year = AnyOf(label=_("Published in"), method="in_year", expects=A_YEAR)

    sorts = {
        "newest": Sort(_("Newest first"), (newest("published_on"), "slug")),
        "oldest": Sort(_("Oldest first"), (F("published_on").asc(nulls_last=True), "slug")),
        "title": Sort(_("Title"), ("title", "slug")),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("participant", participant_choices())
        years = years_of(Report.objects.public(), "published_on")
        self.offer("year", year_choices(years, self.raw_values("year")))

    def issued_by(self, rows: QuerySet[Report], _name: str, codes: list[str]) -> Any:
        issuing = Report.issued_by.through._default_manager.filter(participant__code__in=codes)
        return rows.filter(pk__in=issuing.values("report"))

    def in_year(self, rows: QuerySet[Report], _name: str, years: list[str]) -> Any:
        return rows.filter(in_years("published_on", years))
