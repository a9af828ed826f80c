"""What a reader sees of a list besides its rows: filters with counts, chips, orders, layouts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.db.models import OrderBy
from django_stubs_ext import StrOrPromise

from ..facets.facet import Choices


@dataclass(slots=True)
class Option:
    """A value of a filter; ``count`` is how many rows it would give, None where nobody counted."""

    value: str
    label: str
    chosen: bool
    count: int | None = None


@dataclass(frozen=True)
class OfferedFacet:
    """A filter of several values as a reader sees it: ``choices`` has each with its label.

    ``counts`` is how many rows a value would give, without those that no row has; None where nobody counted.
    """

    name: str
    label: str
    choices: Choices
    selected: Collection[str]
    counts: Mapping[str, int] | None
    stands_open: bool = False

    @property
    def is_open(self) -> bool:
        """Whether its choices are in sight: those that readers look for first, and what is chosen."""
        return self.stands_open or bool(self.chosen)

    @cached_property
    def chosen(self) -> list[Option]:
        return [option for option in self.worth_showing if option.chosen] if self.selected else []

    @cached_property
    def worth_showing(self) -> list[Option]:
        """What is chosen, and what any row has: it stays where it is while others are chosen, at nought too."""
        counts = dict.fromkeys(dict(self.choices)) if self.counts is None else self.counts
        return [
            Option(value, str(label), value in self.selected, counts.get(value, 0))
            for value, label in self.choices
            if value in counts or value in self.selected
        ]


@dataclass(frozen=True)
class Chip:
    """A value that is filtered by, with the query string that no longer does."""

    facet: str
    label: str
    without: str


@dataclass(frozen=True)
class FilterToRemove:
    """A filter without which a list that is empty would not be; ``query`` is the list without it."""

    label: str
    count: int
    query: str


@dataclass(frozen=True)
class Link:
    """The same list in another way."""

    label: StrOrPromise
    query: str
    is_current: bool


@dataclass(frozen=True)
class Sort:
    """An order of a list; the first of a list's is the one it has unless asked."""

    label: StrOrPromise
    order: tuple[str | OrderBy, ...]
