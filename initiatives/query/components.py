"""What a reader sees of a list besides its rows: filters with counts, chips, orders, layouts."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import OrderBy
from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Option:
    """A value of a filter; ``count`` is how many rows it would give, None where nobody counted."""

    value: str
    label: str
    chosen: bool
    count: int | None = None

    @property
    def leads_somewhere(self) -> bool:
        return self.chosen or self.count != 0


@dataclass(frozen=True)
class OfferedFacet:
    """A filter of several values as a reader sees it."""

    name: str
    label: str
    options: list[Option]

    @property
    def chosen(self) -> list[Option]:
        return [option for option in self.options if option.chosen]

    @property
    def worth_showing(self) -> list[Option]:
        """What is chosen, and what would not lead to an empty list."""
        return [option for option in self.options if option.leads_somewhere]


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
