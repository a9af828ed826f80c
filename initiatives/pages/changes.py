"""The stream of what was recorded and withdrawn: mentions and status updates, what happened last first."""

from __future__ import annotations

import datetime
import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from ..facets.registry import (
    DIALOGUE,
    PARTICIPANT,
    THEME,
    offer_dialogues,
    offer_participants,
    offer_themes,
)
from ..models import Act, DeliveryStatus, Initiative, Involvement, Mention, StatusUpdate
from ..models.follow_up import MentionQuerySet, StatusUpdateQuerySet
from ..models.records import SLUG_SHAPE
from ..query.components import Sort
from ..query.list_filter import ListFilter
from ..query.parameters import AnyOf

ENTRIES = {"update": _("Status updates"), "mention": _("Mentions")}
INITIATIVE = _("the id of an initiative, as in its address under /initiatives/")


class ChangeFilter(ListFilter):
    """The parameters of the stream; each is asked of both kinds of entries.

    A status is what updates have and an act what mentions have: where one of them is asked for, the other kind of
    entries is there only if asked for too.
    """

    entry = AnyOf(label=_("What was recorded"), choices=list(ENTRIES.items()), method="of_kind")
    status = AnyOf(label=_("Delivery"), choices=DeliveryStatus.choices, method="with_status")
    act = AnyOf(label=_("What a document does"), choices=Act.choices, method="with_act")
    dialogue = AnyOf(label=_("Dialogue"), field_name="initiative__dialogue__slug", expects=DIALOGUE)
    participant = AnyOf(label=_("Participant"), method="with_participant", expects=PARTICIPANT)
    theme = AnyOf(label=_("Theme"), method="with_theme", expects=THEME)
    initiative = AnyOf(
        label=_("Initiative"), field_name="initiative__slug", expects=INITIATIVE, shape=SLUG_SHAPE
    )

    sorts = {"recorded": Sort(_("Latest recorded"), ("-recorded_at", "-pk"))}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("dialogue", offer_dialogues())
        self.offer("participant", offer_participants())
        self.offer("theme", offer_themes())
        initiatives = Initiative.objects.public().filter(slug__in=self.raw_values("initiative"))
        self.offer("initiative", initiatives.values_list("slug", "title"))

    @property
    def updates(self) -> StatusUpdateQuerySet:
        """The updates of the stream, those included that were withdrawn."""
        updates: Any = self.filter_queryset(StatusUpdate.objects.public().uncorrected())
        return updates  # type: ignore[no-any-return]

    @property
    def mentions(self) -> MentionQuerySet:
        mentions: Any = self.filter_queryset(Mention.objects.public().uncorrected())
        return mentions  # type: ignore[no-any-return]

    def of_kind(self, rows: Any, _name: str, kinds: list[str]) -> Any:
        return rows if not kinds or _kind(rows) in kinds else rows.none()

    def with_status(self, rows: Any, _name: str, statuses: list[str]) -> Any:
        if not statuses or (_kind(rows) == "mention" and self.form.cleaned_data["act"]):
            return rows
        return rows.filter(status__in=statuses) if _kind(rows) == "update" else rows.none()

    def with_act(self, rows: Any, _name: str, acts: list[str]) -> Any:
        if not acts or (_kind(rows) == "update" and self.form.cleaned_data["status"]):
            return rows
        return rows.filter(act__in=acts) if _kind(rows) == "mention" else rows.none()

    def with_participant(self, rows: Any, _name: str, codes: list[str]) -> Any:
        """Who is in the initiative, and who says or does it itself."""
        if not codes:
            return rows
        involved = Involvement.objects.public().order_by().filter(participant__code__in=codes)
        if _kind(rows) == "update":
            own = Q(participant__code__in=codes)
        else:
            speakers = Mention.by.through._default_manager.filter(participant__code__in=codes)
            own = Q(pk__in=speakers.values("mention"))
        return rows.filter(own | Q(initiative__in=involved.values("initiative")))

    def with_theme(self, rows: Any, _name: str, slugs: list[str]) -> Any:
        if not slugs:
            return rows
        links = Initiative.themes.through._default_manager.filter(theme__slug__in=slugs)
        return rows.filter(initiative__in=links.values("initiative"))


def _kind(rows: QuerySet[Any]) -> str:
    return "mention" if rows.model is Mention else "update"


# So many entries back the stream goes; all of them are in the tables to take away.
FARTHEST = 20_000

# Moment, kind and key of an entry, and whether it was withdrawn then or recorded.
Key = tuple[datetime.datetime, str, int, bool]


@dataclass(frozen=True)
class ChangeEvent:
    """An entry was recorded, or withdrawn, at a moment."""

    at: datetime.datetime
    kind: str
    entry: StatusUpdate | Mention
    is_withdrawal: bool


def event_keys(filters: ChangeFilter, first: int, last: int) -> list[Key]:
    """The keys of what happened from one position to before another, the latest first.

    Each kind is read along its index and only as far as needed; raises Http404 beyond ``FARTHEST``.
    """
    if last > FARTHEST + 1:
        raise Http404(_("The stream goes back %(count)d entries: filter it.") % {"count": FARTHEST})
    keys = [
        _latest_keys(rows, column, last)
        for rows in (filters.updates, filters.mentions)
        for column in ("recorded_at", "withdrawn_at")
    ]
    return list(islice(heapq.merge(*keys, reverse=True), first, last))


def _latest_keys(rows: Any, column: str, count: int) -> list[Key]:
    kind, is_withdrawal = _kind(rows), column == "withdrawn_at"
    if is_withdrawal:
        rows = rows.filter(withdrawn_at__isnull=False)
    latest = rows.order_by(f"-{column}", "-pk").values_list(column, "pk")[:count]
    return [(at, kind, key, is_withdrawal) for at, key in latest]


def read_events(keys: Iterable[Key]) -> list[ChangeEvent]:
    """A part of the stream, in its order, with all that a page or a feed says of the entries."""
    keys = list(keys)
    of_kind: dict[str, set[int]] = {"update": set(), "mention": set()}
    for _at, kind, key, _is_withdrawal in keys:
        of_kind[kind].add(key)
    updates = StatusUpdate.objects.select_related("initiative", "report", "participant")
    mentions = Mention.objects.select_related("initiative", "report").prefetch_related("by")
    entries: dict[str, Any] = {
        "update": updates.in_bulk(of_kind["update"]),
        "mention": mentions.in_bulk(of_kind["mention"]),
    }
    return [
        ChangeEvent(at, kind, entries[kind][key], is_withdrawal)
        for at, kind, key, is_withdrawal in keys
        if key in entries[kind]
    ]
