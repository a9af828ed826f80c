"""How values in a query string are read, and what is answered to those that make no sense."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

import django_filters
from django import forms
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from ..facets.facet import NONE, Choices, Facet
from ..search.normalization import MOST_PIECES, asks_too_much

P = TypeVar("P", django_filters.Filter, forms.Field)

# More are not a choice that somebody made; SQLite also refuses conditions of more than a thousand parts.
MOST_VALUES = 100
MOST_TEXT = 500


def refuse_too_many_words(text: str) -> None:
    if asks_too_much(text):
        raise forms.ValidationError(expected_text())


# What a field for a text to search for is made with.
SOUGHT: dict[str, Any] = {"max_length": MOST_TEXT, "validators": [refuse_too_many_words]}


def expected_text() -> str:
    """What a text to search for has to be, in words."""
    return _("at most %(characters)d characters and %(words)d words") % {
        "characters": MOST_TEXT,
        "words": MOST_PIECES,
    }


@dataclass(frozen=True)
class ParameterProblem:
    """A parameter that cannot be understood: what it was and what it could be."""

    parameter: str
    given: str
    expected: str


class BadParameters(BadRequest):
    """Answered with status 400 and a page that names each problem; ``rest`` is the query without them."""

    def __init__(self, problems: list[ParameterProblem], rest: QueryDict) -> None:
        self.problems = problems
        self.rest = rest.urlencode()
        names = ", ".join(problem.parameter for problem in problems)
        super().__init__(f"Parameters not understood: {names}")


class MovedParameters(Exception):
    """Answered with status 301: a query string in words of before; ``query`` says the same in those of today."""

    def __init__(self, query: QueryDict) -> None:
        super().__init__("Parameters in words of before")
        self.query = query.urlencode()


def bad_parameters(data: QueryDict, expected: dict[str, str]) -> BadParameters:
    """The answer to a query string of which these parameters are wrong; the words say what is right."""
    problems = []
    rest = data.copy()
    for name, words in expected.items():
        values = ", ".join(data.getlist(name))
        problems.append(
            ParameterProblem(name, values[:80] + ("…" if len(values) > 80 else ""), words)
        )
        rest.pop(name, None)
    return BadParameters(problems, rest)


def read_page_number(data: QueryDict, name: str = "page") -> int:
    """The page that a query string asks for, from 1; raises BadParameters for anything but a number."""
    try:
        return page_field().clean(data.get(name)) or 1
    except forms.ValidationError:
        raise bad_parameters(data, {name: _("a page number, 1 or more")}) from None


@cache
def page_field() -> forms.IntegerField:
    return forms.IntegerField(min_value=1, max_value=10**9, required=False)


class Shared(dict[str, P]):
    """The filters of a list, or the fields of its form, made once: each request has its own, which share all else."""

    def __deepcopy__(self, _memo: object) -> Shared[P]:
        return Shared({name: _own(part) for name, part in self.items()})


def _own(part: P) -> P:
    own: P = object.__new__(type(part))
    own.__dict__.update(part.__dict__)
    if isinstance(own, django_filters.Filter):
        # What asks the list for its method is the filter’s own too.
        own.method = own.method
    return own


class ValuesField(forms.MultipleChoiceField):
    """Several values, each one once, empty ones left out; its widget, which nobody draws, knows no choices."""

    choices: Choices = ()

    def to_python(self, value: Any) -> list[str]:
        return [item for item in dict.fromkeys(super().to_python(value)) if item]

    def validate(self, value: list[str]) -> None:
        if len(value) > MOST_VALUES:
            raise forms.ValidationError("too many values", code="too_many")
        super().validate(value)


class AnyOf(django_filters.MultipleChoiceFilter):  # type: ignore[misc]
    """Several values of one parameter mean “or”.

    ``expects`` says in words what a value is, ``shape`` which are understood beyond those offered.
    """

    field_class = ValuesField

    def __init__(
        self, *args: Any, expects: StrOrPromise = "", shape: str = "", **kwargs: Any
    ) -> None:
        self.expects, self.shape = expects, shape
        super().__init__(*args, **kwargs)

    def filter(self, queryset: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
        return queryset.filter(**{f"{self.field_name}__in": values}) if values else queryset


class OneValue(django_filters.Filter):  # type: ignore[misc]
    """A parameter with one value, empty or of a ``field`` of its own; ``expects`` says in words what it is."""

    def __init__(self, field: forms.Field, *, expects: StrOrPromise, **kwargs: Any) -> None:
        self._own_field, self.expects = field, expects
        super().__init__(**kwargs)

    @property
    def field(self) -> forms.Field:
        return self._own_field


class FacetFilter(AnyOf):
    """The parameter of a facet (``facets/registry.py``)."""

    def __init__(self, facet: Facet) -> None:
        self.facet, shape = facet, facet.shape
        if facet.none and shape:
            shape = f"({shape}|{NONE})"
        super().__init__(label=facet.label, expects=facet.expected, shape=shape)

    def filter(self, queryset: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
        return self.facet.having(queryset, values) if values else queryset
