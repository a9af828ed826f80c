"""What a reader sees of a list besides its rows: filters with counts, chips, orders, layouts."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from django.db.models import OrderBy
from django_stubs_ext import StrOrPromise

from ..facets.facet import Choices


class OfferedChoices:
    """What can be chosen of a filter, in order: each value with its label, as the language of the page has it.

    Lists whose choices are kept between requests hand out the same object, and what is made of it stays.
    """

    def __init__(self, choices: Choices) -> None:
        self.labels = {value: str(label) for value, label in choices}

    @classmethod
    def of(cls, choices: Choices) -> Self:
        return choices if isinstance(choices, cls) else cls(choices)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.labels.items())


@dataclass(frozen=True)
class OfferedFacet:
    """A filter of several values as a reader sees it.

    ``counts`` is how many rows a value would give, without those that no row has; None where nobody counted.
    """

    name: str
    label: str
    choices: OfferedChoices
    selected: Collection[str]
    counts: Mapping[str, int] | None
    stands_open: bool = False

    @property
    def is_open(self) -> bool:
        """Whether its choices are in sight: those that readers look for first, and what is chosen."""
        return self.stands_open or bool(self.chosen)

    @cached_property
    def chosen(self) -> dict[str, str]:
        """The values that are chosen, in the order of the form, with their labels."""
        if not self.selected:
            return {}
        return {value: label for value, label in self.choices if value in self.selected}

    @cached_property
    def worth_showing(self) -> Mapping[str, int | None]:
        """What is chosen, and what any row has: it stays where it is while others are chosen, at nought too."""
        if self.counts is None:
            return dict.fromkeys(self.choices.labels)
        return {**dict.fromkeys(self.chosen, 0), **self.counts}


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
