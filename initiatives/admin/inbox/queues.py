"""The queues of the inbox, the most urgent first: how many rows each has, and about which initiatives they are.

Public initiatives are counted from the bitmaps in memory (facets/index.py), all else from tables that are short or
have an index for it: it costs the same for ten initiatives as for a hundred thousand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from pyroaring import BitMap

from ...as_of.current import CurrentView
from ...facets.index import Columns, Index
from ...loading.conflict_dialogues import conflicts_within
from ...models import (
    ENTRIES,
    FollowUpPlan,
    Initiative,
    LoadConflict,
    LoadedFact,
    Meeting,
    MeetingState,
    Review,
)
from ...models.follow_up_plans import followed_by
from ...models.initiatives import SOON
from ...pages.due_story import attach_due_meetings
from ...query.filters import InitiativeFilter
from ...recording import permissions
from ..base.filters import of_dialogues
from .items import (
    Item,
    conflict_item,
    initiative_item,
    meeting_item,
    plan_item,
    returned_item,
    review_item,
)
from .scope import Scope

# Shared with the list of the public pages, and held in memory once for both.
DUE_FIRST: Columns = InitiativeFilter.sorts["due"].order
# The initiative that a review is about.
SUBJECT = Coalesce("initiative", *(f"{model.subject}__initiative" for model in ENTRIES))


@dataclass(frozen=True, slots=True)
class Queue:
    """Rows that wait for the same step; ``about`` are the initiatives they are about, and ``reason`` says so of one.

    ``page`` reads rows of it, without the initiatives that another queue shows already.
    """

    name: str
    title: str
    reason: str
    about: BitMap
    count: int
    page: Callable[[BitMap, int, int], list[Any]]
    initiative_of: Callable[[Any], int]
    build_item: Callable[[Any, Any, list[str]], Item]
    is_of_initiatives: bool = False
    # What is not for the person to do is only named of rows that are.
    is_listed: bool = True

    def count_besides(self, shown: BitMap) -> int:
        """How many rows are left where these initiatives are shown in another queue."""
        if not self.is_of_initiatives:
            return self.count
        return self.count - self.about.intersection_cardinality(shown)


def queues_of(scope: Scope, facets: Index, within: BitMap) -> list[Queue]:
    """The queues that a person may see, the most urgent first; ``within`` are the public initiatives of the scope."""
    person = scope.person
    queues: list[Queue] = []
    if permissions.may(person, "view", Review):
        queues += _review_queues(scope)
    if permissions.may(person, "view", LoadedFact):
        queues.append(_conflicts(scope))
    if permissions.may(person, "view", Initiative):
        queues += _initiative_queues(scope, facets, within)
    if permissions.may(person, "view", Meeting):
        queues.append(_meetings(scope, facets))
    return queues


# --- Drafts ---------------------------------------------------------------------------------------


def _review_queues(scope: Scope) -> Iterator[Queue]:
    waiting = of_dialogues(Review.objects.waiting(), scope.dialogues).order_by("asked_at", "pk")
    may_publish = permissions.may(scope.person, "publish", Initiative)
    yield _review_queue(
        "to_review",
        _("To review"),
        _("a draft waits for review"),
        waiting,
        review_item,
        is_listed=may_publish,
    )
    returned, title = Review.objects.returned(), _("Sent back")
    if not scope.is_all:
        # To whoever submitted it, whichever dialogues are theirs now.
        returned, title = returned.filter(asked_by=scope.person.pk), _("Sent back to me")
    ordered = returned.order_by("-decided_at", "-pk")
    yield _review_queue("returned", title, _("a draft was sent back"), ordered, returned_item)


def _review_queue(
    name: str,
    title: str,
    reason: str,
    reviews: QuerySet[Review],
    build_item: Any,
    *,
    is_listed: bool = True,
) -> Queue:
    subjects = dict(reviews.annotate(subject=SUBJECT).values_list("pk", "subject"))
    related = ("initiative__dialogue", "asked_by")
    rows = reviews.select_related(*related, *(f"{model.subject}__initiative" for model in ENTRIES))
    return Queue(
        name,
        title,
        reason,
        BitMap(subjects.values()),
        len(subjects),
        lambda _shown, first, last: list(rows[first:last]),
        lambda review: subjects.get(review.pk, 0),
        build_item,
        is_listed=is_listed,
    )


def _conflicts(scope: Scope) -> Queue:
    conflicts = conflicts_within(LoadConflict.objects.order_by("-found_at", "pk"), scope.dialogues)
    slugs = conflicts.filter(kind="initiative").order_by().values("key")
    keys = dict(Initiative.objects.filter(slug__in=slugs).order_by().values_list("slug", "pk"))
    return Queue(
        "conflicts",
        _("Conflicts from loads"),
        _("in conflict with a load"),
        BitMap(keys.values()),
        conflicts.count(),
        lambda _shown, first, last: list(conflicts[first:last]),
        lambda conflict: keys.get(conflict.key, 0) if conflict.kind == "initiative" else 0,
        conflict_item,
        is_listed=permissions.may(scope.person, "publish", Initiative),
    )


# --- Initiatives ----------------------------------------------------------------------------------


def _initiative_queues(scope: Scope, facets: Index, within: BitMap) -> Iterator[Queue]:
    def due_soon() -> BitMap:
        return BitMap(Initiative.objects.public().due_soon(facets.day).values_list("pk", flat=True))

    soon = facets.remember("due soon", due_soon)
    overdue = facets.having("flag", "overdue") & within
    yield _initiative_queue(
        "overdue", _("Overdue"), _("overdue"), overdue, partial(_by_due_date, facets, overdue)
    )
    title = _("Due within %(days)d days") % {"days": SOON}
    reason = _("due within %(days)d days") % {"days": SOON}
    near = soon & within
    yield _initiative_queue("due_soon", title, reason, near, partial(_by_due_date, facets, near))
    if permissions.may(scope.person, "view", FollowUpPlan):
        plans = FollowUpPlan.objects.review_due(facets.day).order_by("next_review_on", "pk")
        if not scope.is_all:
            followed = followed_by(scope.person, scope.dialogues, "initiative__")
            plans = plans.filter(followed)
        keys = list(plans.values_list("initiative", flat=True))

        def in_order(shown: BitMap, first: int, last: int) -> list[int]:
            return [key for key in keys if key not in shown][first:last]

        title, reason = _("Next review due"), _("next review due")
        yield _initiative_queue("review_due", title, reason, BitMap(keys), in_order, plan_item)


def _by_due_date(facets: Index, keys: BitMap, shown: BitMap, first: int, last: int) -> list[int]:
    return facets.page(keys - shown, DUE_FIRST, first, last)


def _initiative_queue(
    name: str,
    title: str,
    reason: str,
    keys: BitMap,
    page: Callable[[BitMap, int, int], Sequence[int]],
    build_item: Any = initiative_item,
) -> Queue:
    def read(shown: BitMap, first: int, last: int) -> list[Initiative]:
        listed = page(shown, first, last)
        related = ("dialogue", "raised_at", "follow_up_plan__responsible")
        rows = Initiative.objects.select_related(*related).in_bulk(listed)
        attach_due_meetings(CurrentView(), rows.values())
        return [rows[key] for key in listed if key in rows]

    return Queue(
        name,
        title,
        reason,
        keys,
        len(keys),
        read,
        lambda initiative: initiative.pk,
        build_item,
        is_of_initiatives=True,
    )


# --- Meetings -------------------------------------------------------------------------------------


def _meetings(scope: Scope, facets: Index) -> Queue:
    meetings = Meeting.objects.filter(state=MeetingState.PLANNED).over(facets.day)
    if scope.dialogues is not None:
        meetings = meetings.filter(dialogue__in=scope.dialogues)
    rows = meetings.select_related("dialogue").order_by(F("starts_on").asc(), "slug")
    return Queue(
        "meetings",
        _("Meetings past their date"),
        "",
        BitMap(),
        meetings.order_by().count(),
        lambda _shown, first, last: list(rows[first:last]),
        lambda _meeting: 0,
        meeting_item,
        is_listed=permissions.may(scope.person, "change", Meeting),
    )
