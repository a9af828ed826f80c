"""The inbox of a person: what waits in all queues, each row once, or the rows of one queue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from pyroaring import BitMap

from ...facets.index import index
from ...models import Dialogue
from ...recording import permissions
from ..base.records import person
from .items import Item
from .later import LaterList, later_lists
from .queues import Queue, queues_of
from .scope import Scope

# Rows of each queue where all are shown, and of one queue on a page of its own.
ROWS_OF_EACH = 10
ROWS_OF_ONE = 50


@dataclass(frozen=True, slots=True)
class Choice:
    """A link that chooses what the inbox shows; ``count`` is None for what is not counted."""

    name: str
    title: str
    url: str
    is_current: bool
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """The rows of one queue: ``count`` of them here, ``elsewhere`` more in queues above."""

    name: str
    title: str
    count: int
    elsewhere: int
    url: str
    items: list[Item]


@dataclass(frozen=True, slots=True)
class Inbox:
    """``dialogues`` are those that the person works on, none where it is all of them."""

    dialogues: list[Dialogue]
    scopes: list[Choice]
    queues: list[Choice]
    sections: list[Section]
    later: list[LaterList]
    # Where one queue is shown: its page, and the query string to which “&page=2” is added.
    page: Page[Any] | None = None
    query: str = ""


def inbox_of(request: HttpRequest) -> Inbox:
    """The inbox as the query string asks for it; raises Http404 for a queue that there is not."""
    user, asked = person(request), request.GET
    scope = Scope(user, asked.get("scope") == "all")
    facets = index()
    within = scope.public(facets)
    every = queues_of(scope, facets, within)
    queues = [queue for queue in every if queue.is_listed]
    chosen = asked.get("queue", "")
    if chosen and chosen not in {queue.name for queue in queues}:
        raise Http404
    shown = _Shown(user, queues, every)
    page = None
    if chosen:
        (queue,) = (queue for queue in queues if queue.name == chosen)
        page = Paginator(range(queue.count), ROWS_OF_ONE).get_page(asked.get("page"))
        first = page.start_index() - 1 if queue.count else 0
        items = shown.items(queue, BitMap(), first, first + ROWS_OF_ONE)
        sections = [Section(queue.name, queue.title, queue.count, 0, "", items)]
    else:
        sections = [section for section in shown.sections(scope) if section.count]
    total = shown.total()
    own = permissions.dialogues_of(user)
    return Inbox(
        list(Dialogue.objects.filter(pk__in=own)) if own else [],
        [
            Choice("mine", _("Mine"), _url(Scope(user, False), chosen), not scope.is_all),
            Choice("all", _("All"), _url(Scope(user, True), chosen), scope.is_all),
        ],
        [
            Choice("", _("Everything"), _url(scope), not chosen, total),
            *(
                Choice(q.name, q.title, _url(scope, q.name), q.name == chosen, q.count)
                for q in queues
            ),
        ]
        if queues
        else [],
        sections,
        list(later_lists(scope, facets, within)),
        page,
        _query(scope, chosen),
    )


class _Shown:
    """The queues with what of them is shown where: an initiative in the first one that it is in."""

    def __init__(self, user: Any, queues: list[Queue], every: list[Queue]) -> None:
        self.user, self.queues, self.every = user, queues, every

    def total(self) -> int:
        seen, total = BitMap(), 0
        for queue in self.queues:
            total += queue.count_besides(seen)
            seen |= queue.about
        return total

    def sections(self, scope: Scope) -> list[Section]:
        seen, sections = BitMap(), []
        for queue in self.queues:
            count = queue.count_besides(seen)
            items = self.items(queue, seen, 0, ROWS_OF_EACH) if count else []
            url = _url(scope, queue.name)
            elsewhere = queue.count - count
            sections.append(Section(queue.name, queue.title, count, elsewhere, url, items))
            seen |= queue.about
        return sections

    def items(self, queue: Queue, seen: BitMap, first: int, last: int) -> list[Item]:
        rows = queue.page(seen, first, last)
        return [queue.build_item(row, self.user, self._also(queue, row)) for row in rows]

    def _also(self, queue: Queue, row: Any) -> list[str]:
        key = queue.initiative_of(row)
        others = (other for other in self.every if other is not queue)
        return [other.reason for other in others if key and key in other.about]


def _query(scope: Scope, queue: str = "") -> str:
    asked = {"scope": "all" if scope.is_all else "", "queue": queue}
    return urlencode({name: value for name, value in asked.items() if value})


def _url(scope: Scope, queue: str = "") -> str:
    query = _query(scope, queue)
    return f"{reverse('admin:index')}?{query}" if query else reverse("admin:index")
