"""What documents said of an initiative and what was done about it, as one story from the first day on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from heapq import merge
from itertools import islice
from typing import Any

from django.db.models import Case, F, QuerySet, SmallIntegerField, When
from django.db.models.functions import Coalesce

from ..as_of.current import CurrentView
from ..models import Act, Initiative, Mention, StatusUpdate
from ..models.mentions import MentionQuerySet
from ..partial_dates import PartialDate, PartialDateField, sort_key
from ..query.pagination import Page, paginate_uncounted
from .language_versions import for_readers, in_groups, leading


@dataclass(frozen=True)
class TimelineStep:
    """A mention or an update, by the day on which it was said (``said_on``) or that as of which it holds."""

    on: PartialDate | None
    mention: Mention | None = None
    update: StatusUpdate | None = None


def in_story_order(mentions: MentionQuerySet) -> MentionQuerySet:
    """Mentions by the day on which it was said, undated ones first; of one day a proposal before its restatement.

    That day is the first one of the meeting to which the document belongs, since joint statements and press appear in
    any order after it, or that of the document where it came out before or belongs to none. It is in ``said_on``.
    """
    published, met = "report__published_on", "report__meeting__starts_on"
    day = Case(
        When(**{f"{published}__ends_before": F(met)}, then=F(published)),
        default=Coalesce(met, published),
        output_field=PartialDateField(),
    )
    acts = [When(act=act, then=place) for place, act in enumerate(Act.in_story_order())]
    return mentions.annotate(said_on=day).order_by(
        F("said_on").asc(nulls_first=True),
        Case(*acts, output_field=SmallIntegerField()),
        "recorded_at",
        "pk",
    )


def said_on(mention: Mention) -> PartialDate | None:
    """The day of a mention that was read by ``in_story_order``."""
    day: PartialDate | None = mention.said_on  # type: ignore[attr-defined]
    return day


def timeline(
    view: CurrentView,
    initiative: Initiative,
    number: int,
    *,
    per: int,
    address: Callable[[int], str],
) -> Page[TimelineStep]:
    """A page (from 1) of a story, undated steps first; two queries. Raises Http404 for an empty one but the first.

    Of both kinds as many are read as the pages so far can hold, whichever of them come first. What language versions
    of one document say is one step (``versions``).
    """
    last = number * per + 1
    mentions, updates = (_first(view, rows, initiative.pk, last) for rows in (_mentions, _updates))
    steps = merge(
        [TimelineStep(said_on(row), mention=row) for row in mentions],
        [TimelineStep(row.on, update=row) for row in updates],
        key=lambda step: sort_key(step.on),
    )
    return paginate_uncounted(islice(steps, last - per - 1, last), number, per=per, address=address)


def _first(
    view: CurrentView, build: Callable[..., QuerySet[Any]], initiative: int, last: int
) -> list[Any]:
    """Entries of a kind, in the order of the story; all of a long story that may have some in two language versions.

    So each page knows which those are, wherever they stand.
    """
    rows = view.read(build, initiative, last=last)
    if len(rows) == last:
        in_version = build(view, initiative, last=None).filter(report__translation_of__gt=0)
        rows = view.read(build, initiative, last=None) if in_version.exists() else rows
    entries = []
    for group in in_groups(view.as_known(rows)):
        entry = leading(group)
        if len(group) > 1:
            entry.versions = for_readers(group)
            # It stands where the first of them does.
            vars(entry).update(said_on=vars(group[0]).get("said_on"))
        entries.append(entry)
    return entries


def _mentions(view: CurrentView, initiative: int, last: int | None) -> QuerySet[Mention]:
    mentions = view.mentions(withdrawn=True).filter(initiative=initiative)
    return in_story_order(mentions).select_related("report__translation_of", "due_at")[:last]


def _updates(view: CurrentView, initiative: int, last: int | None) -> QuerySet[StatusUpdate]:
    updates = view.updates(withdrawn=True).filter(initiative=initiative)
    updates = updates.select_related("report", "participant", "target")
    return updates.order_by(F("on").asc(nulls_first=True), "recorded_at", "pk")[:last]
