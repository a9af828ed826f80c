"""A page of a long list, with the links to the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from .list_filter import ListFilter

M = TypeVar("M", bound=Model)
T = TypeVar("T")


@dataclass(frozen=True)
class PageLink:
    """A page by its number and its address; a gap between pages has neither."""

    number: int | None
    address: str = ""
    is_current: bool = False


@dataclass(frozen=True)
class Page(Generic[T]):
    """Rows of a list; ``total`` is None where nobody counted."""

    rows: list[T]
    number: int
    first: int
    total: int | None
    links: list[PageLink]
    previous: str | None
    next: str | None

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1

    @property
    def is_whole(self) -> bool:
        return self.previous is None and self.next is None


class PastTheLast(Http404):
    """A page that a list does not have; ``last`` is its last one, ``address`` the query string of that."""

    def __init__(self, words: str, last: int, address: str) -> None:
        super().__init__(words)
        self.last, self.address = last, address


def get_page(rows: QuerySet[M] | list[M], filters: ListFilter) -> Page[M]:
    """The page of a filtered list that its query string asks for; two queries. Raises PastTheLast."""
    return paginate_counted(
        len(rows) if isinstance(rows, list) else rows.count(),
        lambda first, last: rows[first:last],
        filters.page,
        per=filters.per,
        address=lambda number: "?" + filters.query(page=number),
    )


def paginate_counted(
    total: int,
    rows: Callable[[int, int], Iterable[T]],
    number: int,
    *,
    per: int,
    address: Callable[[int], str],
) -> Page[T]:
    """A page (from 1) of ``total`` rows, read by ``rows(first, last)``. Raises PastTheLast."""
    paginator: Paginator[Any] = Paginator(range(total), per)
    if number > paginator.num_pages:
        words = _("There is no page %(number)d: the last page is %(last)d.")
        last = paginator.num_pages
        raise PastTheLast(words % {"number": number, "last": last}, last, address(last))
    first = (number - 1) * per
    return Page(
        rows=list(rows(first, first + per)),
        number=number,
        first=first + 1,
        total=total,
        links=[
            PageLink(page, address(page), page == number)
            if isinstance(page, int)
            else PageLink(None)
            for page in paginator.get_elided_page_range(number, on_each_side=1, on_ends=1)
        ],
        previous=address(number - 1) if number > 1 else None,
        next=address(number + 1) if number < paginator.num_pages else None,
    )


def paginate_uncounted(
    rows: Iterable[T], number: int, *, per: int, address: Callable[[int], str]
) -> Page[T]:
    """A page (from 1) of a list that nobody counts. Raises PastTheLast for an empty one but the first.

    ``rows`` are those of the page and the first one of the next, if there is one.
    """
    read = list(rows)
    if number > 1 and not read:
        words = _("There is no page %(number)d of this list.")
        raise PastTheLast(words % {"number": number}, 1, address(1))
    return Page(
        rows=read[:per],
        number=number,
        first=(number - 1) * per + 1,
        total=None,
        links=[],
        previous=address(number - 1) if number > 1 else None,
        next=address(number + 1) if len(read) > per else None,
    )
