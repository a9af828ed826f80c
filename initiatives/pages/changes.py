"""The stream of what was recorded and withdrawn: entries of all kinds, what happened last first."""

from __future__ import annotations

import datetime
import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import Q
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..as_of.current import CurrentView
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
from ..query.as_of import A_DAY, DayField
from ..query.components import Sort
from ..query.day_filter import DayFilter
from ..query.parameters import AnyOf, OneValue
from .due_story import attach_due_words
from .language_versions import said_again

WORDS = {"update": _("Status updates"), "criterion": _("Criteria"), "mention": _("Mentions")}
INITIATIVE = _("the id of an initiative, as in its address under /initiatives/")


class ChangeFilter(DayFilter):
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

    since = OneValue(DayField(), label=_("Recorded since"), method="as_it_is", expects=A_DAY)
    until = OneValue(DayField(), label=_("Recorded until"), method="as_it_is", expects=A_DAY)

    sorts = {"recorded": Sort(_("Latest recorded"), ("-recorded_at", "-pk"))}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("dialogue", offer_dialogues())
        self.offer("participant", offer_participants())
        self.offer("theme", offer_themes())
        initiatives = Initiative.objects.public().filter(slug__in=self.raw_values("initiative"))
        self.offer("initiative", initiatives.values_list("slug", "title"))

    def entries(self, model: type[AnyEntry]) -> Any:
        """The entries of a kind in the stream, those included that were withdrawn.

        What a further language version of a document says again is not among them.
        """
        rows = self.filter_queryset(self.view.stream(model))
        again = said_again(self.view, model)
        return rows.exclude(pk__in=again) if again else rows

    def as_it_is(self, rows: Any, _name: str, _day: datetime.date) -> Any:
        """What is within days is asked of each moment of an entry (``within_days``)."""
        return rows

    def within_days(self, rows: Any, column: str) -> Any:
        """The entries that were recorded, or withdrawn, as the column says, on one of the days asked for."""
        since, until = (self.form.cleaned_data[name] for name in ("since", "until"))
        if since:
            rows = rows.filter(**{f"{column}__gte": _midnight(since)})
        if until:
            rows = rows.filter(**{f"{column}__lt": _midnight(until + datetime.timedelta(days=1))})
        return rows

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
        initiatives: Any = involved.values("initiative")
        if self.view.is_past:
            initiatives = list(self.view.keys(participant=codes))
        who = Q(initiative__in=initiatives)
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
# Keys that are fetched at once where all of it is read.
CHUNK = 1000

# Moment, kind and key of an entry, and whether it was withdrawn then or recorded.
Key = tuple[datetime.datetime, str, int, bool]


@dataclass(frozen=True)
class ChangeEvent:
    """An entry was recorded, or withdrawn, at a moment."""

    at: datetime.datetime
    kind: str
    entry: AnyEntry
    is_withdrawal: bool


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


def event_keys(filters: ChangeFilter, first: int, last: int) -> list[Key]:
    """The keys of what happened from one position to before another, the latest first.

    Each kind is read along its index and only as far as needed; raises Http404 beyond ``FARTHEST``.
    """
    if last > FARTHEST + 1:
        raise Http404(
            _(
                "This list has the latest %(count)d entries only. Use the filters to see earlier ones."
            )
            % {"count": FARTHEST}
        )
    return list(islice(heapq.merge(*_sources(filters, last), reverse=True), first, last))


def all_keys(filters: ChangeFilter) -> Iterator[Key]:
    """The keys of all that happened, the latest first, a few in memory at a time."""
    return heapq.merge(*_sources(filters), reverse=True)


def _sources(filters: ChangeFilter, count: int | None = None) -> Iterator[Iterator[Key]]:
    """What happened, the latest first, for each kind of entry what was recorded and what was withdrawn."""
    for model in ENTRIES:
        rows = filters.entries(model)
        yield _latest_keys(filters.within_days(rows, "recorded_at"), "recorded_at", count)
        withdrawn = filters.view.withdrawn(rows)
        yield _latest_keys(filters.within_days(withdrawn, "withdrawn_at"), "withdrawn_at", count)


def _latest_keys(rows: Any, column: str, count: int | None) -> Iterator[Key]:
    kind, is_withdrawal = rows.model.word, column == "withdrawn_at"
    latest = rows.order_by(f"-{column}", "-pk").values_list(column, "pk")[:count]
    found = latest if count else latest.iterator(chunk_size=CHUNK)
    return ((at, kind, key, is_withdrawal) for at, key in found)


def read_events(
    view: CurrentView, keys: Iterable[Key], *, with_dialogue: bool = False
) -> list[ChangeEvent]:
    """A part of the stream, in its order, with all that a page or a feed says of the entries, as they were known."""
    keys = list(keys)
    entries: dict[str, dict[int, Any]] = {}
    for model in ENTRIES:
        wanted = {key for _at, kind, key, _is_withdrawal in keys if kind == model.word}
        rows = model.objects.with_related()
        rows = rows.select_related("initiative__dialogue") if with_dialogue else rows
        entries[model.word] = {row.pk: row for row in view.as_known(rows.filter(pk__in=wanted))}
    attach_due_words(entries["mention"].values(), view.mentions())
    return [
        ChangeEvent(at, kind, entries[kind][key], is_withdrawal)
        for at, kind, key, is_withdrawal in keys
        if key in entries[kind]
    ]
