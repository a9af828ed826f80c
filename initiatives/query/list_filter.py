"""What every list understands of its query string, and what it shows of that: filters, chips, orders, links.

``facets/registry.py`` says what each list can be filtered by, ``query/filters.py`` what else it understands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, reduce
from itertools import islice
from typing import Any, ClassVar, Self
from urllib.parse import urlencode

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from ..facets.facet import NONE, Choices, Facet
from ..models.translations import TextIn
from .components import Chip, FilterToRemove, Link, OfferedChoices, OfferedFacet, Sort
from .parameters import (
    MOST_VALUES,
    AnyOf,
    FacetFilter,
    MovedParameters,
    Shared,
    bad_parameters,
    expected_text,
    page_field,
)

PAGE_SIZES = (25, 50, 100)
# Of the values that a list is filtered by, its title names so many of each filter.
MOST_NAMED = 4


class ListFilter(django_filters.FilterSet):  # type: ignore[misc]
    """The parameters of a list: its filters, ``sort``, ``view``, ``per`` (rows a page) and ``page``.

    What is said of parameters that the list does not know stands in ``query/understood.py``.
    """

    # The filters that are declared for all (``facets/registry.py``); further ones stand in the class.
    declared: ClassVar[Mapping[str, Facet]] = {}
    sorts: ClassVar[dict[str, Sort]]
    # How many rows it has, in words: ``n``, and ``count`` as that number is written.
    counted: ClassVar[Any]
    # How the rows may be laid out, the list's own way first; empty where there is only one.
    layouts: ClassVar[dict[str, StrOrPromise]] = {}

    @classmethod
    def get_filters(cls) -> dict[str, django_filters.Filter]:
        """As django-filter asks for them: by name, in their order."""
        own = {name: FacetFilter(facet) for name, facet in cls.declared.items()}
        return Shared({**super().get_filters(), **own})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, facet in self.declared.items():
            asked_for = self.raw_values(name) if facet.shape else []
            self.offer(name, self.choices_of(facet, asked_for))

    @classmethod
    def parameters(cls) -> list[str]:
        """The names of all that the list understands, in the order of its form."""
        layout = ["view"] if cls.layouts else []
        return [*cls.base_filters, "sort", *layout, "per", "page", *cls.other_fields()]

    @classmethod
    def read(cls, data: QueryDict, queryset: QuerySet[Any]) -> Self:
        """The filter of a query string over public rows; raises BadParameters, MovedParameters for words of before."""
        cls.lead_on(data)
        filters = cls(data, queryset)
        if not filters.is_valid():
            raise bad_parameters(data, {name: filters.expects(name) for name in filters.errors})
        return filters

    @classmethod
    def lead_on(cls, data: QueryDict) -> None:
        """Raise MovedParameters where a value has another name by now."""
        moved = {
            name: [new for value in data.getlist(name) for new in facet.renamed.get(value, [value])]
            for name, facet in cls.declared.items()
            if facet.renamed
        }
        if any(values != data.getlist(name) for name, values in moved.items()):
            current = data.copy()
            for name, values in moved.items():
                current.setlist(name, values)
            raise MovedParameters(current)

    def choices_of(self, facet: Facet, asked_for: list[str]) -> Choices:
        """What may be chosen of a facet; where it is open, also what the query string asks for."""
        return facet.choices_for(None, asked_for)

    def offer(self, name: str, choices: Choices) -> None:
        """Set what may be chosen for one parameter."""
        self.form.fields[name].choices = OfferedChoices.of(choices)

    def raw_values(self, name: str) -> list[str]:
        """The values that the query string gives for a parameter, not checked yet but safe to look up."""
        values = self.data.getlist(name)[:MOST_VALUES] if self.data else []
        # PostgreSQL refuses to compare with NUL.
        return [value for value in values if "\0" not in value]

    @classmethod
    @cache
    def get_form_class(cls) -> type[forms.Form]:
        """Made once; what may be chosen, each request sets by itself."""
        fields: dict[str, forms.Field] = {n: f.field for n, f in cls.base_filters.items()}
        fields["sort"] = forms.ChoiceField(
            choices=[(name, sort.label) for name, sort in cls.sorts.items()], required=False
        )
        if cls.layouts:
            fields["view"] = forms.ChoiceField(choices=list(cls.layouts.items()), required=False)
        fields["per"] = forms.ChoiceField(
            choices=[(str(size), str(size)) for size in PAGE_SIZES], required=False
        )
        fields["page"] = page_field()
        fields |= cls.other_fields()
        form: type[forms.Form] = type(f"{cls.__name__}Form", (forms.Form,), fields)
        form.base_fields = Shared(form.base_fields)
        return form

    @classmethod
    @cache
    def labels(cls, _language: str | None) -> dict[str, str]:
        """What each filter is called."""
        return {name: str(filter_.label) for name, filter_ in cls.base_filters.items()}

    @classmethod
    def other_fields(cls) -> dict[str, forms.Field]:
        """Parameters that are neither filters nor about order and pages."""
        return {}

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        for name, filter_ in self.filters.items():
            queryset = filter_.filter(queryset, self.form.cleaned_data[name])
        return queryset.order_by(*self.offered_sorts[self.sort].order)

    def expects(self, name: str) -> str:
        """What a value of that parameter has to be, in words."""
        if name == "page":
            return _("a page number, 1 or more")
        values: Iterable[str]
        if name in ("per", "sort", "view"):
            values = {"per": map(str, PAGE_SIZES), "sort": self.sorts, "view": self.layouts}[name]
        elif words := getattr(self.filters[name], "expects", ""):
            return str(words)
        elif not isinstance(self.filters[name], AnyOf):
            return expected_text()
        else:
            values = dict(self.form.fields[name].choices)
        return _("one of %(words)s") % {"words": ", ".join(values)}

    # --- What was chosen --------------------------------------------------------------------------

    @property
    def sort(self) -> str:
        sort: str = self.form.cleaned_data["sort"]
        return sort if sort in self.offered_sorts else next(iter(self.offered_sorts))

    @property
    def offered_sorts(self) -> dict[str, Sort]:
        """The orders that make sense for what was asked, the list's own first."""
        return self.sorts

    @property
    def layout(self) -> str:
        return self.form.cleaned_data.get("view") or next(iter(self.layouts), "")

    @property
    def per(self) -> int:
        return int(self.form.cleaned_data["per"] or PAGE_SIZES[0])

    @property
    def page(self) -> int:
        return self.form.cleaned_data["page"] or 1

    @property
    def text(self) -> str:
        return str(self.form.cleaned_data.get("q", ""))

    @cached_property
    def selection(self) -> dict[str, list[str]]:
        """The values chosen of each parameter that takes several."""
        chosen = self.form.cleaned_data
        return {n: chosen[n] for n, f in self.filters.items() if isinstance(f, AnyOf)}

    @cached_property
    def singles(self) -> dict[str, str]:
        """The values of parameters that take one, as they stand in addresses; those without one are left out."""
        chosen = self.form.cleaned_data
        values = {n: chosen[n] for n, f in self.filters.items() if not isinstance(f, AnyOf)}
        return {name: str(value) for name, value in values.items() if value not in (None, "")}

    @cached_property
    def offered(self) -> dict[str, OfferedChoices]:
        """What may be chosen of each of them."""
        fields = self.form.fields
        return {name: OfferedChoices.of(fields[name].choices) for name in self.selection}

    def count(self) -> dict[str, dict[str, int]]:
        """How many rows each value would give, by parameter, if any; empty for a list that does not count."""
        return {}

    @cached_property
    def facets(self) -> list[OfferedFacet]:
        counts, labels = self.count(), self.labels(get_language())
        return [
            OfferedFacet(
                name,
                labels[name],
                self.offered[name],
                chosen,
                counts.get(name),
                bool((facet := self.declared.get(name)) and facet.stands_open),
            )
            for name, chosen in self.selection.items()
        ]

    @cached_property
    def chips(self) -> list[Chip]:
        labels = self.labels(get_language())
        singles = [
            Chip(labels[name], value, self.query(without=(name, value)))
            for name, value in self.singles.items()
        ]
        return singles + [
            Chip(facet.label, label, self.query(without=(facet.name, value)))
            for facet in self.facets
            for value, label in facet.chosen.items()
        ]

    @cached_property
    def named(self) -> list[TextIn]:
        """What it is filtered by of the record."""
        labels = (label for facet in self.facets for label in facet.chosen.values())
        return [label for label in labels if isinstance(label, TextIn)]

    def title(self, name: StrOrPromise) -> str:
        """What a list is called with what it is filtered by: “Initiatives: Party Japan; Overdue or No recent news”."""
        labels = self.labels(get_language())
        parts = [
            _("“%(text)s”") % {"text": value} if name == "q" else _filtered_by(labels[name], value)
            for name, value in self.singles.items()
        ]
        for facet in (facet for facet in self.facets if facet.chosen):
            named = [*islice(facet.chosen.values(), MOST_NAMED)]
            if more := len(facet.chosen) - len(named):
                named.append(_("%(count)d more") % {"count": more})
            declared, values = self.declared.get(facet.name), reduce(_either, named)
            tells_itself = declared and declared.tells_itself and NONE not in facet.selected
            parts.append(values if tells_itself else _filtered_by(facet.label, values))
        if not parts:
            return str(name)
        return _("%(list)s: %(filters)s") % {"list": name, "filters": "; ".join(parts)}

    @property
    def filters_to_remove(self) -> list[FilterToRemove]:
        """For a list without rows: each parameter that alone stands in the way, with what the list has without it."""
        names = [*(name for name, values in self.selection.items() if values), *self.singles]
        filters = (
            FilterToRemove(
                self.labels(get_language())[name],
                self.count_without(name),
                self.query(**{name: None}),
            )
            for name in names
        )
        return sorted((row for row in filters if row.count), key=lambda row: -row.count)

    def count_without(self, left_out: str) -> int:
        """How many rows the list would have without one of its parameters."""
        rows = self.queryset.all()
        for name, filter_ in self.filters.items():
            if name != left_out:
                rows = filter_.filter(rows, self.form.cleaned_data[name])
        return int(rows.order_by().count())

    @property
    def sort_links(self) -> list[Link]:
        return [
            Link(sort.label, self.query(sort=name), name == self.sort)
            for name, sort in self.offered_sorts.items()
        ]

    @property
    def layout_links(self) -> list[Link]:
        return [
            Link(label, self.query(view=name), name == self.layout)
            for name, label in self.layouts.items()
        ]

    @property
    def per_links(self) -> list[Link]:
        return [Link(str(n), self.query(per=n), n == self.per) for n in PAGE_SIZES]

    @property
    def whole(self) -> str:
        """The query string of the list as a whole: what is taken away has neither pages nor a layout."""
        return self.query(per=None, view=None)

    @property
    def hidden_inputs(self) -> list[tuple[str, str]]:
        """What a form of filters sends along: order, layout and rows a page, where they are not the list's own."""
        query = QueryDict(self.query())
        names = ("sort", "view", "per", *self.fixed_parameters)
        return [(name, query[name]) for name in names if name in query]

    @property
    def fixed_parameters(self) -> dict[str, str]:
        """Parameters that all links of the list keep, those that drop its filters too."""
        return {}

    @property
    def unfiltered(self) -> str:
        """The query string of the list without its filters; may be empty."""
        return urlencode(self.fixed_parameters)

    # --- The address of the list ------------------------------------------------------------------

    def query(self, *, without: tuple[str, str] | None = None, **changes: str | int | None) -> str:
        """The query string of this list with some changes, from its first page unless told; may be empty.

        Only what the list understands and what is not its default is in it.
        """
        query = {**self._asked_for}
        if without:
            name, value = without
            query[name] = [other for other in query.get(name, ()) if other != value]
        query |= {n: ["" if change is None else str(change)] for n, change in changes.items()}
        defaults = self._defaults
        kept = {
            name: values
            for name, values in query.items()
            if any(values) and values != defaults.get(name)
        }
        return urlencode(kept, doseq=True)

    @cached_property
    def _asked_for(self) -> dict[str, list[str]]:
        """All that was asked for, also where it is what the list does anyway, in the order of its form."""
        asked_for = {name: [value] for name, value in self.singles.items()}
        for name, offered in self.offered.items():
            if chosen := set(self.selection[name]):
                asked_for[name] = [value for value, _label in offered if value in chosen]
        asked_for |= {"sort": [self.sort], "view": [self.layout], "per": [str(self.per)]}
        return asked_for | {name: [value] for name, value in self.fixed_parameters.items()}

    @cached_property
    def _defaults(self) -> dict[str, list[str]]:
        return {
            "sort": [next(iter(self.offered_sorts))],
            "view": [next(iter(self.layouts), "")],
            "per": [str(PAGE_SIZES[0])],
            "page": ["1"],
        }


def _filtered_by(label: str, values: str) -> str:
    """“Party Japan”, “First raised from 2020”."""
    words = pgettext("name of a filter and what is chosen", "%(filter)s %(values)s")
    return words % {"filter": label, "values": values}


def _either(values: str, value: str) -> str:
    return _("%(values)s or %(value)s") % {"values": values, "value": value}
