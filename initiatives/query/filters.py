"""What each list can be filtered by: one reader of parameters for pages, exports, feeds and counts.

Several values of one parameter mean “or”, different parameters “and”.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import django_filters
from django import forms
from django.db.models import F, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import get_language, ngettext_lazy, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from pyroaring import BitMap

from ..as_of.current import DUE_FIRST, LATEST_NEWS, newest_first
from ..as_of.past import oldest_first
from ..facets.facet import NONE, Choices, Facet
from ..facets.index import Index
from ..facets.registry import A_YEAR, YEAR, YEARS_RAISED, facets_of
from ..models import (
    Correction,
    Initiative,
    Meeting,
    Report,
)
from ..models.initiatives import InitiativeQuerySet
from ..partial_dates import newest as newest_date
from ..search.postings import SearchMatches
from ..search.query import search
from .components import OfferedChoices, Sort
from .day_filter import DayFilter
from .former_ids import led_on
from .list_filter import ListFilter
from .parameters import SOUGHT, OneValue

# What a meeting is filtered by that may have been otherwise on an earlier day.
OF_THE_DAY = frozenset({"state", "year"})


def newest(column: str) -> Any:
    return F(column).desc(nulls_last=True)


class InitiativeFilter(DayFilter):
    """The parameters of the list of initiatives."""

    q = django_filters.CharFilter(label=_("Text"), method="with_text", **SOUGHT)
    raised_from = OneValue(
        forms.RegexField(f"^{YEAR.pattern}$", required=False),
        label=_("First raised from"),
        method="with_year",
        expects=A_YEAR,
    )
    raised_to = OneValue(
        forms.RegexField(f"^{YEAR.pattern}$", required=False),
        label=_("First raised up to"),
        method="with_year",
        expects=A_YEAR,
    )
    declared = facets_of(Initiative)
    counted = ngettext_lazy("<b>%(count)s</b> initiative", "<b>%(count)s</b> initiatives", "n")

    sorts = {
        "relevance": Sort(_("Relevance"), (F("in_title").desc(), *LATEST_NEWS)),
        "changed": Sort(_("Latest news"), LATEST_NEWS),
        "due": Sort(_("Due date"), DUE_FIRST),
        "title": Sort(_("Title"), ("sort_key", "slug")),
        "meeting": Sort(_("Meeting"), (newest("raised_at__starts_on"), "sort_key", "slug")),
    }
    layouts = {
        "list": pgettext_lazy("how rows are shown", "List"),
        "table": pgettext_lazy("how rows are shown", "Table"),
    }

    def choices_of(self, facet: Facet, asked_for: list[str]) -> Choices:
        choices = self.index.remember(
            f"choices of {facet.name} in {get_language()}",
            lambda: OfferedChoices(facet.choices_for(self.view)),
        )
        if {*asked_for} <= choices.labels.keys():
            return choices
        led_on(self.data, [facet.name])
        return facet.choices_for(self.view, asked_for)

    @property
    def offered_sorts(self) -> dict[str, Sort]:
        """Relevance first where there is a text, and not at all where there is none."""
        return {name: sort for name, sort in self.sorts.items() if name != "relevance" or self.text}

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.view.is_past:
            rows: QuerySet[Any] = super().filter_queryset(queryset)
            return rows
        # The columns of the database are those of today.
        order = self.offered_sorts[self.sort].order
        return queryset.filter(pk__in=list(self.matching)).order_by(*order)

    @cached_property
    def index(self) -> Index:
        return self.view.index

    @cached_property
    def text_matches(self) -> SearchMatches | None:
        """What the text finds; None without a text."""
        return self.index.find(self.text, using=self.queryset.db) if self.text else None

    def within(self, *, without: str = "") -> BitMap | None:
        """What parameters of one value leave, but for one of them; None for all."""
        left = None
        for name, value in self.singles.items():
            if name != without:
                found = self._found_by(name, value)
                left = found if left is None else left & found
        return left

    def _found_by(self, name: str, value: str) -> BitMap:
        if name == "q":
            assert self.text_matches
            return self.text_matches.all
        years = self._years_within(name, value)
        return BitMap.union(BitMap(), *(self.index.having("year", year) for year in years))

    def _years_within(self, name: str, bound: str) -> list[str]:
        """The years that initiatives were raised in, from one on or up to it."""
        years = (year for year in self.index.bitmaps["year"] if year != NONE)
        is_from = name == "raised_from"
        return [year for year in years if (year >= bound if is_from else year <= bound)]

    @cached_property
    def matching(self) -> BitMap:
        """The keys of the rows of the list."""
        return self.index.matching(self.selection, self.within())

    def count_without(self, left_out: str) -> int:
        others = {name: chosen for name, chosen in self.selection.items() if name != left_out}
        return len(self.index.matching(others, self.within(without=left_out)))

    def count(self) -> dict[str, dict[str, int]]:
        offered = {
            name: choices.labels
            for name, choices in self.offered.items()
            if self.declared[name].has_counts
        }
        return self.index.counts(self.selection, offered, self.within())

    @property
    def total(self) -> int:
        """How many rows the list has in all."""
        return len(self.matching)

    @property
    def parts(self) -> int:
        """How many of them are parts of others in the list, which totals and charts do not count again."""
        return self.total - len(self.index.parts.counted(self.matching))

    def rows(self, first: int, last: int) -> list[Initiative]:
        """The rows of the list from one position to before another, in order: found in memory, read by their keys."""
        return self.view.read_initiatives(self._keys(first, last))

    def keys(self) -> list[int]:
        """The primary keys of all rows of the list, in order."""
        return self._keys(0, self.total)

    def _keys(self, first: int, last: int) -> list[int]:
        order, using = self.offered_sorts[self.sort].order, self.queryset.db
        if self.text_matches is None or self.sort != "relevance":
            return self.index.page(self.matching, order, first, last, using=using)
        ahead = self.matching & self.text_matches.in_title
        keys = self.index.page(ahead, LATEST_NEWS, first, last, using=using)
        first, last = max(first - len(ahead), 0), max(last - len(ahead), 0)
        return keys + self.index.page(self.matching - ahead, LATEST_NEWS, first, last, using=using)

    def with_text(self, rows: InitiativeQuerySet, _name: str, text: str) -> InitiativeQuerySet:
        return search(rows, text)

    def with_year(self, rows: InitiativeQuerySet, name: str, bound: str) -> QuerySet[Any]:
        years = self._years_within(name, bound)
        return YEARS_RAISED(rows, years, None) if years else rows.none()


class MeetingFilter(DayFilter):
    """The parameters of the list of meetings."""

    declared = facets_of(Meeting)
    counted = ngettext_lazy("<b>%(count)s</b> meeting", "<b>%(count)s</b> meetings", "n")

    sorts = {
        "newest": Sort(_("Newest first"), (*newest_date("starts_on"), "slug")),
        "oldest": Sort(_("Oldest first"), (F("starts_on").asc(nulls_last=True), "slug")),
    }

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Of a past day by what a meeting has today whatever the day; ``as_known`` does the rest."""
        if not self.view.is_past:
            rows: QuerySet[Any] = super().filter_queryset(queryset)
            return rows
        for name in self.selection.keys() - OF_THE_DAY:
            queryset = self.filters[name].filter(queryset, self.selection[name])
        return queryset

    def as_known(self, rows: QuerySet[Any]) -> Any:
        if not self.view.is_past:
            return rows
        meetings = self._with_values_of_the_day(self.view.as_known(rows.order_by()))
        if self.selection["participant"]:
            meetings = self.view.attended_meetings(meetings)
        return (oldest_first if self.sort == "oldest" else newest_first)(meetings)

    def _with_values_of_the_day(self, meetings: Iterable[Meeting]) -> list[Meeting]:
        """Those that a selection leaves by what was known of them, which columns of the database do not hold."""
        asked = {name: {*self.selection[name]} for name in OF_THE_DAY if self.selection[name]}
        return [
            row
            for row in meetings
            if all(values & {*self.declared[name].values(row)} for name, values in asked.items())
        ]


class ReportFilter(DayFilter):
    """The parameters of the list of reports."""

    declared = facets_of(Report)
    counted = ngettext_lazy("<b>%(count)s</b> report", "<b>%(count)s</b> reports", "n")

    sorts = {
        "newest": Sort(_("Newest first"), (*newest_date("published_on"), "slug")),
        "oldest": Sort(_("Oldest first"), (F("published_on").asc(nulls_last=True), "slug")),
        "title": Sort(_("Title"), ("sort_key", "slug")),
    }

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.view.is_past:
            queryset = queryset.filter(pk__in=self.view.reports().order_by().values("pk"))
        rows: QuerySet[Any] = super().filter_queryset(queryset)
        return rows


class CorrectionFilter(ListFilter):
    """The parameters of the register of corrections."""

    declared = facets_of(Correction)
    counted = ngettext_lazy("<b>%(count)s</b> correction", "<b>%(count)s</b> corrections", "n")

    sorts = {
        "newest": Sort(_("Newest first"), (F("at").desc(), F("id").desc())),
        "oldest": Sort(_("Oldest first"), (F("at").asc(), F("id").asc())),
    }
