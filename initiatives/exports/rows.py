"""The rows of a filtered list, all of them, a few at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import F, Q
from pyroaring import BitMap

from ..as_of.current import CurrentView
from ..facets.facet import content_of
from ..models import FLAGS, DeliveryStatus, Initiative, Participant, Theme
from ..models.addresses import around_key
from ..models.participants import ParticipantQuerySet
from ..pages.parts import named_relatives
from ..query.filters import InitiativeFilter
from .columns import NO_UPDATE, NOBODY, PATHS, InitiativeRow, Names, StatusBasis

SLUG = PATHS.index("slug")
STATUS, ON = PATHS.index("delivery_status"), PATHS.index("latest_update_on")
REPORT = PATHS.index("latest_update_report__slug")
BASIS = ("what", "locator")
# Rows that are in memory at once; each chunk costs four queries, one more where there are parts.
CHUNK = 1000


def read_rows(filters: InitiativeFilter, site: str) -> Iterator[list[InitiativeRow]]:
    """The rows of a list in its order, in chunks: found in memory, read by their keys.

    What all of them share is asked for once: the index of this process may be of a later version by the next chunk.
    """
    view, index, using = filters.view, filters.index, filters.queryset.db
    keys, tree = filters.keys(), view.part_tree
    build = row_builder(view, site, index.day.isoformat())
    flagged = {flag: index.having("flag", flag) for flag in FLAGS}
    participants = participants_in_order(Participant.objects.using(using).public())
    themes = InOrder(Theme.objects.using(using).public().values_list("pk", "slug", "name"))
    for start in range(0, len(keys), CHUNK):
        chunk = keys[start : start + CHUNK]
        values = read_values(view, chunk)
        flags = flags_of(BitMap(chunk), flagged)
        involved = view.involved(values)
        themes_of = themes_by_initiative(view, values, themes)
        wholes, parts = named_relatives(view, tree, chunk)
        updates = status_bases(view, values)
        # A row that has gone since the list was found is left out.
        yield [
            build(
                values[key],
                flags.get(key, []),
                named_by_capacity(involved[key], participants),
                themes_of.get(key, NOBODY),
                wholes.get(key),
                apart(parts.get(key, ())),
                updates.get(key, NO_UPDATE),
            )
            for key in chunk
            if key in values
        ]


# --- Columns of the database ----------------------------------------------------------------------


def read_values(view: CurrentView, keys: Sequence[int]) -> dict[int, Sequence[Any]]:
    """What stands at ``PATHS`` for each of these initiatives; one query today: objects would take twice as long."""
    if not view.is_past:
        return {values[0]: values for values in view.read(_values, keys)}
    rows = view.public(Initiative).filter(pk__in=keys).order_by()
    related = ("dialogue", "raised_at", "standing_report", "latest_update_report")
    # Of few initiatives: no query where no row has any.
    rows = rows.select_related(*related).prefetch_related("due_at", "condition_report")
    return {initiative.pk: values_of(initiative) for initiative in view.as_known(rows)}


def _values(view: CurrentView, keys: Sequence[int]) -> Any:
    return view.public(Initiative).filter(pk__in=keys).order_by().values_list(*PATHS)


def values_of(initiative: Initiative) -> list[Any]:
    """The same of one that is in memory, as it is known there."""
    return [content_of(initiative, path) for path in PATHS]


Build = Callable[..., InitiativeRow]


def row_builder(view: CurrentView, site: str, day: str) -> Build:
    """What makes rows of the values of the database and of what stands in a row from the flags on."""
    as_of = f"?as_of={view.as_of.isoformat()}" if view.as_of else ""
    before, after = around_key("initiative_detail")
    before, after = f"{site}{before}", f"{after}{as_of}"
    of_report, end = around_key("report_detail")
    report_pages = (f"{site}{of_report}", end)

    def build(values: Sequence[Any], *beside: Any) -> InitiativeRow:
        address = f"{before}{values[SLUG]}{after}"
        return InitiativeRow(*(*values, report_pages, address, day, *beside))

    return build


# --- What is read beside them ---------------------------------------------------------------------


def flags_of(keys: BitMap, having: Mapping[str, BitMap]) -> dict[int, list[str]]:
    """The flags of each of these initiatives that has any, from the bitmaps of those that have each."""
    flags: dict[int, list[str]] = defaultdict(list)
    for flag, flagged in having.items():
        for key in keys & flagged:
            flags[key].append(flag)
    return flags


def status_bases(view: CurrentView, values: Mapping[int, Sequence[Any]]) -> dict[int, StatusBasis]:
    """What the updates say that statuses come from, of initiatives with what stands at ``PATHS``; one query.

    Of several of one status, day and document that is the last recorded, and one of the whole before one of a part.
    """
    reviewed = {
        key: row for key, row in values.items() if row[STATUS] != DeliveryStatus.NOT_REVIEWED
    }
    if not reviewed:
        return {}
    if not view.is_past:
        found = view.read(_bases, [*reviewed])
        return {key: StatusBasis(what, locator) for key, what, locator in found}
    bases: dict[int, StatusBasis] = {}
    updates = _in_order(view, [*reviewed]).values_list(
        "initiative", *BASIS, "report__slug", "status", "on"
    )
    for key, what, locator, report, status, on in updates:
        row = reviewed[key]
        if (status, on, report) == (row[STATUS], row[ON], row[REPORT]):
            bases[key] = StatusBasis(what, locator)
    return bases


def _bases(view: CurrentView, keys: Sequence[int]) -> Any:
    """Compared by the database: to read what is compared takes a third longer."""
    same = Q(status=F("initiative__delivery_status"))
    for name, stored in (("on", "latest_update_on"), ("report", "latest_update_report")):
        neither = Q(**{f"{name}__isnull": True, f"initiative__{stored}__isnull": True})
        same &= Q(**{name: F(f"initiative__{stored}")}) | neither
    return _in_order(view, keys).filter(same).values_list("initiative", *BASIS)


def _in_order(view: CurrentView, keys: Sequence[int]) -> Any:
    rows = view.updates().filter(initiative__in=keys).exclude(status="")
    return rows.order_by(F("participant").asc(nulls_last=True), "recorded_at", "pk")


class InOrder:
    """Participants or themes by their primary keys, in the order of names; rows are primary key, key and name."""

    # Combinations whose names are in memory: most rows of a list have those of others.
    MOST = 10_000

    def __init__(self, rows: Iterable[tuple[int, str, str]]) -> None:
        self._places = {pk: (place, key, name) for place, (pk, key, name) in enumerate(rows)}
        self._names: dict[frozenset[int], Names] = {}

    def names(self, pks: Iterable[int]) -> Names:
        """The keys and the names of those that are among them."""
        wanted = frozenset(pks)
        names = self._names.get(wanted)
        if names is None:
            if len(self._names) >= self.MOST:
                self._names.clear()
            places = sorted(self._places[pk] for pk in wanted if pk in self._places)
            names = self._names[wanted] = apart(places)
        return names


def participants_in_order(rows: ParticipantQuerySet) -> InOrder:
    return InOrder(sorted(rows.values_list("pk", "code", "name"), key=lambda row: row[:0:-1]))


def named_by_capacity(pairs: Iterable[tuple[int, str]], participants: InOrder) -> dict[str, Names]:
    """Codes and names of those who are in an initiative, by capacity, each in the order of names."""
    by_capacity: dict[str, list[int]] = {}
    for key, capacity in pairs:
        by_capacity.setdefault(capacity, []).append(key)
    return {capacity: participants.names(keys) for capacity, keys in by_capacity.items()}


def _themes(view: CurrentView, keys: Sequence[int]) -> Any:
    links = Initiative.themes.through.objects.using(view.using).filter(initiative__in=keys)
    return links.values_list("initiative", "theme")


def themes_by_initiative(
    view: CurrentView, keys: Collection[int], themes: InOrder
) -> dict[int, Names]:
    """Slugs and names of the themes of each of these initiatives that has any, in the order of themes."""
    found: dict[int, list[int]] = defaultdict(list)
    for key, theme in view.read(_themes, [*keys]):
        found[key].append(theme)
    return {key: themes.names(pks) for key, pks in found.items()}


def apart(rows: Sequence[tuple[Any, ...]]) -> Names:
    """Keys and names, with which each row ends, apart from one another."""
    *_places, keys, names = zip(*rows, strict=True) if rows else NOBODY
    return keys, names
