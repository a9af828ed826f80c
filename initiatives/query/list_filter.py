"""What every list understands of its query string, and what it shows of that: filters, chips, orders, links.

``facets/registry.py`` says what each list can be filtered by, ``query/filters.py`` what else it understands.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from typing import Any, ClassVar, Self
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from ..facets.facet import Choices, Facet
from .components import Chip, FilterToRemove, Link, OfferedFacet, Sort
from .parameters import (
    MOST_TEXT,
    MOST_VALUES,
    AnyOf,
    FacetFilter,
    MovedParameters,
    Text,
    bad_parameters,
    page_field,
)

PAGE_SIZES = (25, 50, 100)


class ListFilter:
    """The parameters of a list: its filters, ``sort``, ``view``, ``per`` (rows a page) and ``page``.

    What is said of parameters that the list does not know stands in ``query/understood.py``.
    """

    # The filters that are declared for all (``facets/registry.py``); before them come those of the list alone.
    declared: ClassVar[Mapping[str, Facet]] = {}
    own: ClassVar[Mapping[str, Text | AnyOf]] = {}
    sorts: ClassVar[dict[str, Sort]]
    # How the rows may be laid out, the list's own way first; empty where there is only one.
    layouts: ClassVar[dict[str, StrOrPromise]] = {}
    # Made of the above: all filters by name, and the fields that read what is no choice of several values.
    filters: ClassVar[Mapping[str, Text | AnyOf]]
    fields: ClassVar[Mapping[str, forms.Field]]

    def __init_subclass__(cls) -> None:
        cls.filters = {**cls.own, **{n: FacetFilter.of(f) for n, f in cls.declared.items()}}
        cls.fields = cls._fields()

    def __init__(self, data: QueryDict, queryset: QuerySet[Any]) -> None:
        self.data, self.queryset = data, queryset
        # What may be chosen of each filter of several values.
        self.choices: dict[str, Choices] = {
            name: filter_.choices
            for name, filter_ in self.filters.items()
            if isinstance(filter_, AnyOf)
        }
        for name, facet in self.declared.items():
            asked_for = self.raw_values(name) if facet.shape else []
            self.choices[name] = self.choices_of(facet, asked_for)

    @classmethod
    def parameters(cls) -> list[str]:
        """The names of all that the list understands, in the order of its form."""
        layout = ["view"] if cls.layouts else []
        return [*cls.filters, "sort", *layout, "per", "page", *cls.other_fields()]

    @classmethod
    def read(cls, data: QueryDict, queryset: QuerySet[Any]) -> Self:
        """The filter of a query string over public rows; raises BadParameters, MovedParameters for words of before."""
        cls.lead_on(data)
        filters = cls(data, queryset)
        understood = filters.values
        wrong = [name for name in cls.parameters() if name not in understood]
        if wrong:
            raise bad_parameters(data, {name: filters.expects(name) for name in wrong})
        return filters

    @classmethod
    def lead_on(cls, data: QueryDict) -> None:
        """Raise MovedParameters where a value has another name by now."""
        renamed = {n: facet.renamed for n, facet in cls.declared.items() if facet.renamed}
        if not any(new.keys() & {*data.getlist(name)} for name, new in renamed.items()):
            return
        current = data.copy()
        for name, new in renamed.items():
            values = data.getlist(name)
            current.setlist(name, [word for value in values for word in new.get(value, [value])])
        raise MovedParameters(current)

    def choices_of(self, facet: Facet, asked_for: list[str]) -> Choices:
        """What may be chosen of a facet; where it is open, also what the query string asks for."""
        return facet.choices_for(None, asked_for)

    def raw_values(self, name: str) -> list[str]:
        """The values that the query string gives for a parameter, not checked yet but safe to look up."""
        values = self.data.getlist(name)[:MOST_VALUES]
        # PostgreSQL refuses to compare with NUL.
        return [value for value in values if "\0" not in value]

    @classmethod
    def _fields(cls) -> dict[str, forms.Field]:
        single = [name for name, filter_ in cls.filters.items() if isinstance(filter_, Text)]
        words: dict[str, Iterable[Any]] = {"sort": cls.sorts, "per": PAGE_SIZES}
        if cls.layouts:
            words["view"] = cls.layouts
        return {
            **{name: forms.CharField(max_length=MOST_TEXT, required=False) for name in single},
            **{
                name: forms.ChoiceField(choices=[(str(word), "") for word in of], required=False)
                for name, of in words.items()
            },
            "page": page_field(),
            **cls.other_fields(),
        }

    @classmethod
    def other_fields(cls) -> dict[str, forms.Field]:
        """Parameters that are neither filters nor about order and pages."""
        return {}

    @cached_property
    def values(self) -> dict[str, Any]:
        """What is asked for by each parameter, in the order of the form; those that make no sense are not in it."""
        values: dict[str, Any] = {}
        for name in self.parameters():
            if name in self.choices:
                chosen = [value for value in dict.fromkeys(self.data.getlist(name)) if value]
                if not chosen or (len(chosen) <= MOST_VALUES and self._may_choose(name, chosen)):
                    values[name] = chosen
            else:
                with suppress(forms.ValidationError):
                    values[name] = self.fields[name].clean(self.data.get(name))
        return values

    def _may_choose(self, name: str, chosen: Collection[str]) -> bool:
        return {*chosen} <= dict(self.choices[name]).keys()

    @cached_property
    def qs(self) -> Any:
        """The rows of the list in its order."""
        return self.filter_queryset(self.queryset)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return self._having(queryset, self.filters).order_by(*self.offered_sorts[self.sort].order)

    def _having(self, rows: QuerySet[Any], names: Iterable[str]) -> QuerySet[Any]:
        """The rows that these of the filters leave."""
        for name in names:
            filter_, value = self.filters[name], self.values[name]
            if value and filter_.method:
                rows = getattr(self, filter_.method)(rows, name, value)
            elif value and isinstance(filter_, AnyOf):
                rows = filter_.having(rows, value)
        return rows

    def expects(self, name: str) -> str:
        """What a value of that parameter has to be, in words."""
        if name == "page":
            return _("a page number, 1 or more")
        values: Iterable[str]
        if name in ("per", "sort", "view"):
            values = {"per": map(str, PAGE_SIZES), "sort": self.sorts, "view": self.layouts}[name]
        elif not isinstance(filter_ := self.filters[name], AnyOf):
            return _("at most %(count)d characters") % {"count": MOST_TEXT}
        elif filter_.expects:
            return str(filter_.expects)
        else:
            values = dict(self.choices[name])
        return _("one of %(words)s") % {"words": ", ".join(values)}

    # --- What was chosen --------------------------------------------------------------------------

    @property
    def sort(self) -> str:
        sort: str = self.values["sort"]
        return sort if sort in self.offered_sorts else next(iter(self.offered_sorts))

    @property
    def offered_sorts(self) -> dict[str, Sort]:
        """The orders that make sense for what was asked, the list's own first."""
        return self.sorts

    @property
    def layout(self) -> str:
        return self.values.get("view") or next(iter(self.layouts), "")

    @property
    def per(self) -> int:
        return int(self.values["per"] or PAGE_SIZES[0])

    @property
    def page(self) -> int:
        return self.values["page"] or 1

    @property
    def text(self) -> str:
        return str(self.values.get("q", ""))

    @cached_property
    def selection(self) -> dict[str, list[str]]:
        """The values chosen of each parameter that takes several."""
        return {name: self.values[name] for name in self.choices}

    @cached_property
    def offered(self) -> dict[str, list[str]]:
        """The values that may be chosen of each of them."""
        return {n: [value for value, _label in choices] for n, choices in self.choices.items()}

    def count(self) -> dict[str, dict[str, int]]:
        """How many rows each value would give, by parameter, if any; empty for a list that does not count."""
        return {}

    @cached_property
    def facets(self) -> list[OfferedFacet]:
        counts = self.count()
        return [
            OfferedFacet(
                name,
                str(self.filters[name].label),
                self.choices[name],
                chosen,
                counts.get(name),
            )
            for name, chosen in self.selection.items()
        ]

    @cached_property
    def chips(self) -> list[Chip]:
        chips = [
            Chip(facet.label, option.label, self.query(without=(facet.name, option.value)))
            for facet in self.facets
            for option in facet.chosen
        ]
        if self.text:
            chips.insert(0, Chip(_("Text"), self.text, self.query(without=("q", self.text))))
        return chips

    @property
    def filters_to_remove(self) -> list[FilterToRemove]:
        """For a list without rows: each parameter that alone stands in the way, with what the list has without it."""
        names = [name for name, values in self.selection.items() if values]
        names += ["q"] if self.text else []
        filters = (
            FilterToRemove(
                str(self.filters[name].label), self.count_without(name), self.query(**{name: None})
            )
            for name in names
        )
        return sorted((row for row in filters if row.count), key=lambda row: -row.count)

    def count_without(self, left_out: str) -> int:
        """How many rows the list would have without one of its parameters."""
        others = [name for name in self.filters if name != left_out]
        return int(self._having(self.queryset, others).order_by().count())

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
        asked_for = {"q": [self.text]} if self.text else {}
        for name, offered in self.offered.items():
            if chosen := set(self.selection[name]):
                asked_for[name] = [value for value in offered if value in chosen]
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
