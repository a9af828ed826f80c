"""How values in a query string are read, and what is answered to those that make no sense."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from ..facets.facet import Choices, Facet

# More are not a choice that somebody made; SQLite also refuses conditions of more than a thousand parts.
MOST_VALUES = 100
MOST_TEXT = 500


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


def page_field() -> forms.IntegerField:
    return forms.IntegerField(min_value=1, max_value=10**9, required=False)


@dataclass(frozen=True)
class Text:
    """A parameter with words to look for; ``method`` of the list finds the rows, as for ``AnyOf``."""

    label: StrOrPromise
    method: str


@dataclass(frozen=True)
class AnyOf:
    """Several values of one parameter mean “or”.

    The rows that have one of some values are found by ``path``, or by the ``method`` of the list with that name, which
    is given rows, the parameter’s name and the values. ``choices`` are its values with their labels, where they are the
    same for everybody; ``expects`` says in words what a value is, ``shape`` which are understood beyond those offered.
    """

    label: StrOrPromise
    path: str = ""
    method: str = ""
    choices: Choices = ()
    expects: StrOrPromise = ""
    shape: str = ""

    def having(self, rows: QuerySet[Any], values: Sequence[str]) -> QuerySet[Any]:
        return rows.filter(**{f"{self.path}__in": values})


@dataclass(frozen=True)
class FacetFilter(AnyOf):
    """The parameter of a facet (``facets/registry.py``)."""

    facet: Facet = field(kw_only=True)

    @classmethod
    def of(cls, facet: Facet) -> FacetFilter:
        return cls(facet.label, expects=facet.expects, shape=facet.shape, facet=facet)

    def having(self, rows: QuerySet[Any], values: Sequence[str]) -> QuerySet[Any]:
        return self.facet.having(rows, values)
