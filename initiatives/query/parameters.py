"""How a query string is read: what every list understands, and what it answers when it does not.

``initiatives.query.filters`` says which parameters each list has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Self
from urllib.parse import urlencode

import django_filters
from django import forms
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.choices import BaseChoiceIterator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from .components import Chip, Facet, Link, Option, Relief, Sort

PAGE_SIZES = (25, 50, 100)
# More are not a choice that somebody made; SQLite also refuses conditions of more than a thousand parts.
MOST_VALUES = 100
MOST_TEXT = 500


@dataclass(frozen=True)
class Problem:
    """A parameter that cannot be understood: what it was and what it could be."""

    parameter: str
    given: str
    expected: str


class BadParameters(BadRequest):
    """Answered with status 400 and a page that names each problem; ``rest`` is the query without them."""

    def __init__(self, problems: list[Problem], rest: QueryDict) -> None:
        self.problems = problems
        self.rest = rest.urlencode()
        names = ", ".join(problem.parameter for problem in problems)
        super().__init__(f"Parameters not understood: {names}")


def bad_parameters(data: QueryDict, expected: dict[str, str]) -> BadParameters:
    """The answer to a query string of which these parameters are wrong; the words say what is right."""
    problems = []
    rest = data.copy()
    for name, words in expected.items():
        given = ", ".join(data.getlist(name))
        problems.append(Problem(name, given[:80] + ("…" if len(given) > 80 else ""), words))
        rest.pop(name, None)
    return BadParameters(problems, rest)


def read_page_number(data: QueryDict, name: str = "page") -> int:
    """The page that a query string asks for, from 1; raises BadParameters for anything but a number."""
    try:
        return _page_field().clean(data.get(name)) or 1
    except forms.ValidationError:
        raise bad_parameters(data, {name: _("a page number, 1 or more")}) from None


def _page_field() -> forms.IntegerField:
    return forms.IntegerField(min_value=1, max_value=10**9, required=False)


class Choices(BaseChoiceIterator):
    """Pairs of value and label that never change: Django need not check and copy hundreds of them for each request."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self.pairs = tuple(pairs)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.pairs)

    def __deepcopy__(self, memo: object) -> Choices:
        return self


class ValuesField(forms.MultipleChoiceField):
    """Several values, each one once, empty ones left out."""

    def to_python(self, value: Any) -> list[str]:
        return [item for item in dict.fromkeys(super().to_python(value)) if item]

    def validate(self, value: list[str]) -> None:
        if len(value) > MOST_VALUES:
            raise forms.ValidationError("too many values", code="too_many")
        super().validate(value)


class AnyOf(django_filters.MultipleChoiceFilter):  # type: ignore[misc]
    """Several values of one parameter mean “or”; ``expects`` says in words what a value is."""

    field_class = ValuesField

    def __init__(self, *args: Any, expects: StrOrPromise = "", **kwargs: Any) -> None:
        self.expects = expects
        super().__init__(*args, **kwargs)

    def filter(self, queryset: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
        return queryset.filter(**{f"{self.field_name}__in": values}) if values else queryset


class ListFilter(django_filters.FilterSet):  # type: ignore[misc]
    """The parameters of a list: its filters, ``sort``, ``view``, ``per`` (rows a page) and ``page``.

    Parameters that the list does not know are ignored: addresses get decorated on their way.
    """

    sorts: ClassVar[dict[str, Sort]]
    # How the rows may be laid out, the list's own way first; empty where there is only one.
    layouts: ClassVar[dict[str, StrOrPromise]] = {}

    @classmethod
    def read(cls, data: QueryDict, queryset: QuerySet[Any]) -> Self:
        """The filter of a query string over public rows; raises BadParameters."""
        filters = cls(data, queryset)
        if not filters.is_valid():
            raise bad_parameters(data, {name: filters.expects(name) for name in filters.errors})
        return filters

    def offer(self, name: str, choices: Iterable[tuple[str, str]]) -> None:
        """Set what may be chosen for one parameter; before the form is made."""
        self.filters[name].extra["choices"] = Choices(choices)

    def asked(self, name: str) -> list[str]:
        """The values that the query string gives for a parameter, not checked yet but safe to look up."""
        values = self.data.getlist(name)[:MOST_VALUES] if self.data else []
        # PostgreSQL refuses to compare with NUL.
        return [value for value in values if "\0" not in value]

    def get_form_class(self) -> type[forms.Form]:
        fields: dict[str, forms.Field] = {n: f.field for n, f in self.filters.items()}
        fields["sort"] = forms.ChoiceField(
            choices=[(name, sort.label) for name, sort in self.sorts.items()], required=False
        )
        if self.layouts:
            fields["view"] = forms.ChoiceField(choices=list(self.layouts.items()), required=False)
        fields["per"] = forms.ChoiceField(
            choices=[(str(size), str(size)) for size in PAGE_SIZES], required=False
        )
        fields["page"] = _page_field()
        fields |= self.other_fields()
        return type(f"{type(self).__name__}Form", (forms.Form,), fields)

    def other_fields(self) -> dict[str, forms.Field]:
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
        if name == "per":
            return _("one of %(words)s") % {"words": ", ".join(map(str, PAGE_SIZES))}
        if name == "sort":
            return _("one of %(words)s") % {"words": ", ".join(self.sorts)}
        if name == "view":
            return _("one of %(words)s") % {"words": ", ".join(self.layouts)}
        if not isinstance(self.filters[name], AnyOf):
            return _("at most %(count)d characters") % {"count": MOST_TEXT}
        if words := self.filters[name].expects:
            return str(words)
        values = ", ".join(value for value, _label in self.filters[name].extra["choices"])
        return _("one of %(words)s") % {"words": values}

    # --- What was chosen --------------------------------------------------------------------------

    @property
    def sort(self) -> str:
        asked: str = self.form.cleaned_data["sort"]
        return asked if asked in self.offered_sorts else next(iter(self.offered_sorts))

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
    def offered(self) -> dict[str, list[str]]:
        """The values that may be chosen of each of them."""
        return {
            name: [str(value) for value, _label in self.form.fields[name].choices]
            for name in self.selection
        }

    def count(self) -> dict[str, dict[str, int]]:
        """How many rows each value would give, by parameter; empty for a list that does not count."""
        return {}

    @cached_property
    def facets(self) -> list[Facet]:
        counts = self.count()
        return [
            Facet(
                name,
                str(self.filters[name].label),
                [
                    Option(
                        str(value),
                        str(label),
                        str(value) in chosen,
                        counts[name][str(value)] if name in counts else None,
                    )
                    for value, label in self.form.fields[name].choices
                ],
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
    def reliefs(self) -> list[Relief]:
        """For a list without rows: each parameter that alone stands in the way, with what the list has without it."""
        chosen = {name: str(self.filters[name].label) for name, of in self.selection.items() if of}
        if self.text:
            chosen["q"] = str(self.filters["q"].label)
        found = (
            Relief(label, self.count_without(name), self.query(**{name: None}))
            for name, label in chosen.items()
        )
        return sorted((one for one in found if one.count), key=lambda one: -one.count)

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
    def kept(self) -> list[tuple[str, str]]:
        """What a form of filters sends along: order, layout and rows a page, where they are not the list's own."""
        query = QueryDict(self.query())
        names = ("sort", "view", "per", *self.always)
        return [(name, query[name]) for name in names if name in query]

    @property
    def always(self) -> dict[str, str]:
        """Parameters that all links of the list keep, those that drop its filters too."""
        return {}

    @property
    def unfiltered(self) -> str:
        """The query string of the list without its filters; may be empty."""
        return urlencode(self.always)

    # --- The address of the list ------------------------------------------------------------------

    def query(self, *, without: tuple[str, str] | None = None, **changes: str | int | None) -> str:
        """The query string of this list with some changes, from its first page unless told; may be empty.

        Only what the list understands and what is not its default is in it.
        """
        query = QueryDict(mutable=True)
        if self.text:
            query["q"] = self.text
        for name, offered in self.offered.items():
            chosen = set(self.selection[name])
            query.setlist(name, [value for value in offered if value in chosen])
        query["sort"], query["view"], query["per"] = self.sort, self.layout, str(self.per)
        query.update(self.always)
        if without:
            name, value = without
            query.setlist(name, [other for other in query.getlist(name) if other != value])
        for name, change in changes.items():
            query[name] = "" if change is None else str(change)
        defaults = {
            "sort": next(iter(self.offered_sorts)),
            "view": next(iter(self.layouts), ""),
            "per": str(PAGE_SIZES[0]),
            "page": "1",
        }
        for name, default in defaults.items():
            if query.get(name) == default:
                del query[name]
        for name in [name for name, values in query.lists() if not any(values)]:
            del query[name]
        return query.urlencode()
