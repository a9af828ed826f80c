"""Lists of any length: keys first, then the rows of one page; and what a list is narrowed by, in words."""

from __future__ import annotations

from functools import cached_property
from typing import Any, NamedTuple

from django.contrib.admin.views.main import ALL_VAR, ORDER_VAR, SEARCH_VAR, ChangeList
from django.core.exceptions import FieldDoesNotExist
from django.core.paginator import Page, Paginator
from django.db.models import Count, F, QuerySet, Window
from django.http import HttpRequest, QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from ...languages import series

# So many keys of a narrowed list are read while it is counted.
MOST_KEYS = 5000
# A longer number is no primary key.
MOST_DIGITS = 18
# Of what a picker finds; whoever sees that many types another letter.
MOST_PICKED = 200


class KeysFirst(Paginator[Any]):
    """Pages of a queryset, found by their keys: to order all rows of a long list, with all columns, takes seconds.

    What a search finds is looked for once, since to count it is as much work as to find it; so is what a filter finds
    where it is little. Of much, an index knows the first and a count the rest. So it is with a search beside a filter
    by several other rows of a row as well, which a database counts before it takes each row once.
    """

    object_list: QuerySet[Any]
    is_searched = False

    @cached_property
    def _found(self) -> tuple[list[Any], int]:
        """The first keys of a narrowed list, and how many rows it finds."""
        if not self.object_list.query.where:
            return [], super().count
        if self.is_searched and not self.object_list.query.distinct:
            rows = self.object_list.annotate(_found=Window(Count("*"))).values_list("pk", "_found")
            found = list(rows[:MOST_KEYS])
            return [key for key, _count in found], found[0][1] if found else 0
        keys = list(self.object_list.values_list("pk", flat=True)[: MOST_KEYS + 1])
        return keys, len(keys) if len(keys) <= MOST_KEYS else super().count

    @cached_property
    def count(self) -> int:
        return self._found[1]

    def page(self, number: int | str) -> Page[Any]:
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        last = min(first + self.per_page, self.count)
        keys: Any = self._found[0]
        if len(keys) < last:
            keys = self.object_list.values_list("pk", flat=True)
        listed = list(keys[first:last])
        rows = self.object_list.order_by()
        # What is looked for was found, and would be looked for again among all.
        rows.query.clear_where()
        by_key = {row.pk: row for row in rows.filter(pk__in=listed)}
        return Page([by_key[key] for key in listed if key in by_key], number, self)


class FirstKeys(KeysFirst):
    """The first rows of a queryset, of which nobody needs to know how many there are."""

    @cached_property
    def _found(self) -> tuple[list[Any], int]:
        keys = list(self.object_list.values_list("pk", flat=True)[:MOST_PICKED])
        return keys, len(keys)


class ActiveFilter(NamedTuple):
    """What a list is narrowed by, in words, and the query string without it."""

    title: str
    value: str
    remove: str


class DeskChangeList(ChangeList):
    """A list of the desk: what it is narrowed by, in words and as a query string, and rows without a value last."""

    def apply_select_related(self, qs: QuerySet[Any]) -> QuerySet[Any]:
        admin: Any = self.model_admin
        rows: QuerySet[Any] = super().apply_select_related(qs)
        return rows.prefetch_related(*admin.prefetched_for_list())

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any]:
        """As Django has it; but rows without a value come last, whichever way a column goes, on both databases."""
        return [self._nulls_last(field) for field in super().get_ordering(request, queryset)]

    def _nulls_last(self, ordering: Any) -> Any:
        name = ordering.lstrip("-") if isinstance(ordering, str) else ""
        nullable = {field.name for field in self.lookup_opts.concrete_fields if field.null}
        if name not in nullable or "__" in name:
            return ordering
        is_descending = ordering.startswith("-")
        return F(name).desc(nulls_last=True) if is_descending else F(name).asc(nulls_last=True)

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if not self.query and not self.get_filters_params():
            # Nothing is left out, and “Show all” would lead to the same page.
            self.full_result_count = self.result_count
        is_one_page = not self.multi_page and not self.show_all
        if is_one_page and isinstance(self.paginator, KeysFirst):
            self.result_list = self.paginator.page(1).object_list

    def as_query_string(self) -> str:
        """The query string of what narrows and orders the list, all of which it understands."""
        kept = QueryDict(mutable=True)
        for name, values in self.filter_params.items():
            # Those are how the page is shown, such as in a window of its own.
            if not name.startswith("_") and name != ALL_VAR:
                kept.setlist(name, values)
        if self.query:
            kept[SEARCH_VAR] = self.query
        if order := self.params.get(ORDER_VAR):
            kept[ORDER_VAR] = order
        return kept.urlencode()

    def active_filters(self) -> list[ActiveFilter]:
        """All that narrows the list, the search aside."""
        active, known = [], {SEARCH_VAR, ORDER_VAR}
        for spec in self.filter_specs:
            names = [name for name in spec.expected_parameters() if name]
            known |= set(names)
            if any(name in self.filter_params for name in names):
                remove = self.get_query_string(remove=names)
                active.append(ActiveFilter(capfirst(str(spec.title)), self._chosen(spec), remove))
        for name, values in self.filter_params.items():
            if name not in known:
                remove = self.get_query_string(remove=[name])
                value = series(self._valued(name, value) for value in values)
                active.append(ActiveFilter(self._named(name), value, remove))
        return active

    def _chosen(self, spec: Any) -> str:
        chosen = [str(c["display"]) for c in spec.choices(self) if c["selected"]]
        row = getattr(spec, "chosen_row", None)
        return str(row) if row else series(chosen) or "–"

    def _valued(self, lookup: str, value: str) -> str:
        """The row that a reference is compared with, by its name; any other value as it stands."""
        name, _sep, rest = lookup.partition("__")
        try:
            related: Any = self.lookup_opts.get_field(name).related_model
        except FieldDoesNotExist:
            related = None
        is_exact = related and rest in ("", "exact", "id__exact")
        is_key = value.isdecimal() and len(value) < MOST_DIGITS
        row = related._default_manager.filter(pk=value).first() if is_exact and is_key else None
        return str(row or value)

    def _named(self, lookup: str) -> str:
        """What a condition is about that no filter of the list offers, such as the initiative of entries."""
        try:
            field: Any = self.lookup_opts.get_field(lookup.partition("__")[0])
        except FieldDoesNotExist:
            return _("Condition")
        return capfirst(str(getattr(field, "verbose_name", lookup)))
