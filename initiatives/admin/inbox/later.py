"""What can wait until there is time: counted beside the inbox, and listed by the lists of the desk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from pyroaring import BitMap

from ...facets.index import Index
from ...models import (
    FLAGS,
    Criterion,
    DeliveryStatus,
    Initiative,
    Mention,
    Publication,
    StatusUpdate,
)
from ...models.follow_up_plans import followed_by
from ...recording import permissions
from ..base.filters import of_dialogues
from .scope import Scope


class LaterList(NamedTuple):
    """A list of the desk, and how many rows it has."""

    name: str
    title: str
    rows: int
    url: str


def later_lists(scope: Scope, facets: Index, within: BitMap) -> Iterator[LaterList]:
    """What the person may see of it; the lists behind the counts have the same rows (``within`` as for queues)."""
    if permissions.may(scope.person, "view", Initiative):
        for name, title, query, keys in _questions(facets):
            query = {"publication__exact": Publication.PUBLIC, **query}
            count = keys.intersection_cardinality(within)
            yield LaterList(name, title, count, _list_url(Initiative, scope, query))
        drafts = Initiative.objects.filter(publication=Publication.DRAFT).order_by()
        if not scope.is_all:
            drafts = drafts.filter(followed_by(scope.person, scope.dialogues))
        url = _list_url(Initiative, scope, {"publication__exact": Publication.DRAFT})
        yield LaterList("draft_initiatives", _("Initiatives in draft"), drafts.count(), url)
    yield from _draft_entries(scope, facets)


def _questions(facets: Index) -> Iterator[tuple[str, str, dict[str, str], BitMap]]:
    def unreviewed() -> BitMap:
        rows = Initiative.objects.public().due_unreviewed(facets.day)
        return BitMap(rows.values_list("pk", flat=True))

    def flag(name: str, title: str) -> tuple[str, str, dict[str, str], BitMap]:
        return name, title, {"flag": name}, facets.having("flag", name)

    passed = facets.remember("due unreviewed", unreviewed)
    status = DeliveryStatus.NOT_REVIEWED
    by_status = {"delivery_status__exact": str(status)}
    yield "due_unreviewed", _("Due date passed, not yet reviewed"), {"due": "unreviewed"}, passed
    yield "not_reviewed", _("Not yet reviewed"), by_status, facets.having("status", status)
    yield flag("stale", str(FLAGS["stale"]))
    yield flag("one_sided", str(FLAGS["one_sided"]))
    yield flag("contradictory", str(FLAGS["contradictory"]))


def _draft_entries(scope: Scope, facets: Index) -> Iterator[LaterList]:
    kinds: list[tuple[Any, str, str]] = [
        (StatusUpdate, "draft_updates", _("Statuses in draft")),
        (Criterion, "draft_criteria", _("Criteria in draft")),
        (Mention, "draft_mentions", _("Mentions in draft")),
    ]
    for model, name, title in kinds:
        if permissions.may(scope.person, "view", model):
            drafts = model.objects.filter(publication=Publication.DRAFT).current().order_by()
            drafts = of_dialogues(drafts, scope.dialogues)
            # Its question names the dialogues that it is narrowed to.
            count: Callable[[], int] = drafts.count
            query = {"publication__exact": Publication.DRAFT, "state": "current"}
            url = _list_url(model, scope, query)
            yield LaterList(name, title, facets.remember(str(drafts.query), count), url)


def _list_url(model: Any, scope: Scope, query: dict[str, str]) -> str:
    """The list of the desk with these filters, narrowed as the inbox is."""
    if not scope.is_all and model is Initiative:
        query = query | {"responsible": "mine"}
    elif scope.dialogues is not None:
        query = query | {"dialogues": "mine"}
    url = reverse(f"admin:initiatives_{model._meta.model_name}_changelist")
    return f"{url}?{urlencode(query)}"
