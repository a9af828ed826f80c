"""The stream of what was recorded and withdrawn: entries of all kinds, what happened last first."""

from __future__ import annotations

import datetime
import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import Q
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
from ..models import (
    ENTRIES,
    Act,
    AnyEntry,
    DeliveryStatus,
    Initiative,
    Involvement,
    Mention,
    StatusUpdate,
    Verifiability,
)
from ..models.records import SLUG_SHAPE
from ..query.components import Sort
from ..query.list_filter import ListFilter
from ..query.parameters import AnyOf
from .due_story import attach_due_words

WORDS = {"update": _("Status updates"), "criterion": _("Criteria"), "mention": _("Mentions")}
INITIATIVE = _("the id of an initiative, as in its address under /initiatives/")


class ChangeFilter(ListFilter):
    """The parameters of the stream; each is asked of all kinds of entries.

    A status is what updates have, verifiability criteria, and an act mentions: where one of them is asked for, the
    other kinds of entries are there only if asked for too.
    """

    entry = AnyOf(label=_("What was recorded"), choices=list(WORDS.items()), method="of_kind")
    status = AnyOf(label=_("Delivery"), choices=DeliveryStatus.choices, method="with_word")
    verifiability = AnyOf(
        label=_("Verifiability"), choices=Verifiability.choices, method="with_word"
    )
    act = AnyOf(label=_("What a document does"), choices=Act.choices, method="with_word")
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

    def entries(self, model: type[AnyEntry]) -> Any:
        """The entries of a kind in the stream, those included that were withdrawn."""
        return self.filter_queryset(model.objects.public().uncorrected())

    def of_kind(self, rows: Any, _name: str, kinds: list[str]) -> Any:
        return rows if not kinds or rows.model.word in kinds else rows.none()

    def with_word(self, rows: Any, name: str, words: list[str]) -> Any:
        """With one of the words of a kind; other kinds where a word of theirs is asked for as well."""
        if not words:
            return rows
        own = rows.model.word_field
        if own == name:
            return rows.filter(**{f"{name}__in": words})
        return rows if self.form.cleaned_data[own] else rows.none()

    def with_participant(self, rows: Any, _name: str, codes: list[str]) -> Any:
        """Who is in the initiative, and who says or does it itself."""
        if not codes:
            return rows
        involved = Involvement.objects.public().order_by().filter(participant__code__in=codes)
        who = Q(initiative__in=involved.values("initiative"))
        if rows.model is StatusUpdate:
            who |= Q(participant__code__in=codes)
        if rows.model is Mention:
            speakers = Mention.by.through._default_manager.filter(participant__code__in=codes)
            who |= Q(pk__in=speakers.values("mention"))
        return rows.filter(who)

    def with_theme(self, rows: Any, _name: str, slugs: list[str]) -> Any:
        if not slugs:
            return rows
        links = Initiative.themes.through._default_manager.filter(theme__slug__in=slugs)
        return rows.filter(initiative__in=links.values("initiative"))


# So many entries back the stream goes; all of them are in the tables to take away.
FARTHEST = 20_000

# Moment, kind and key of an entry, and whether it was withdrawn then or recorded.
Key = tuple[datetime.datetime, str, int, bool]


@dataclass(frozen=True)
class ChangeEvent:
    """An entry was recorded, or withdrawn, at a moment."""

    at: datetime.datetime
    kind: str
    entry: AnyEntry
    is_withdrawal: bool


def event_keys(filters: ChangeFilter, first: int, last: int) -> list[Key]:
    """The keys of what happened from one position to before another, the latest first.

    Each kind is read along its index and only as far as needed; raises Http404 beyond ``FARTHEST``.
    """
    if last > FARTHEST + 1:
        raise Http404(_("The stream goes back %(count)d entries: filter it.") % {"count": FARTHEST})
    keys = [
        _latest_keys(rows, column, last)
        for rows in map(filters.entries, ENTRIES)
        for column in ("recorded_at", "withdrawn_at")
    ]
    return list(islice(heapq.merge(*keys, reverse=True), first, last))


def _latest_keys(rows: Any, column: str, count: int) -> list[Key]:
    kind, is_withdrawal = rows.model.word, column == "withdrawn_at"
    if is_withdrawal:
        rows = rows.filter(withdrawn_at__isnull=False)
    latest = rows.order_by(f"-{column}", "-pk").values_list(column, "pk")[:count]
    return [(at, kind, key, is_withdrawal) for at, key in latest]


def read_events(keys: Iterable[Key]) -> list[ChangeEvent]:
    """A part of the stream, in its order, with all that a page or a feed says of the entries."""
    keys = list(keys)
    entries: dict[str, dict[int, Any]] = {
        model.word: model.objects.with_related().in_bulk(
            {key for _at, kind, key, _is_withdrawal in keys if kind == model.word}
        )
        for model in ENTRIES
    }
    attach_due_words(entries["mention"].values(), Mention.objects.public().current())
    return [
        ChangeEvent(at, kind, entries[kind][key], is_withdrawal)
        for at, kind, key, is_withdrawal in keys
        if key in entries[kind]
    ]
