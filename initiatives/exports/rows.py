"""The rows of a filtered list, all of them, a few at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from pyroaring import BitMap

from ..as_of.current import CurrentView
from ..facets.facet import content_of
from ..models import FLAGS, Initiative, Participant, Theme
from ..models.addresses import around_key
from ..models.participants import ParticipantQuerySet
from ..pages.parts import named_relatives
from ..query.filters import InitiativeFilter
from .columns import NOBODY, PATHS, InitiativeRow, Names

SLUG = PATHS.index("slug")
# Rows that are in memory at once; each chunk costs three queries, one more where there are parts.
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
    themes = in_order(Theme.objects.using(using).public().values_list("pk", "slug", "name"))
    for start in range(0, len(keys), CHUNK):
        chunk = keys[start : start + CHUNK]
        values = read_values(view, chunk)
        flags = flags_of(BitMap(chunk), flagged)
        involved = view.involved(values)
        themes_of = themes_by_initiative(using, values, themes)
        wholes, parts = named_relatives(view, tree, chunk)
        # A row that has gone since the list was found is left out.
        yield [
            build(
                values[key],
                flags.get(key, []),
                named_by_capacity(involved[key], participants),
                themes_of.get(key, NOBODY),
                wholes.get(key),
                apart(parts.get(key, ())),
            )
            for key in chunk
            if key in values
        ]


# --- Columns of the database ----------------------------------------------------------------------


def read_values(view: CurrentView, keys: Sequence[int]) -> dict[int, Sequence[Any]]:
    """What stands at ``PATHS`` for each of these initiatives; one query today: objects would take twice as long."""
    rows = view.public(Initiative).filter(pk__in=keys).order_by()
    if not view.is_past:
        return {values[0]: values for values in rows.values_list(*PATHS)}
    related = ("dialogue", "raised_at", "standing_report", "latest_update_report")
    # Of few initiatives: no query where no row has any.
    rows = rows.select_related(*related).prefetch_related("due_at", "condition_report")
    return {initiative.pk: values_of(initiative) for initiative in view.as_known(rows)}


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


# Of each participant or theme its place among all by their names, its key and its name.
Places = Mapping[int, tuple[int, str, str]]


def in_order(rows: Iterable[tuple[int, str, str]]) -> Places:
    """The places of rows of primary key, key and name, which come in the order of names."""
    return {pk: (place, key, name) for place, (pk, key, name) in enumerate(rows)}


def participants_in_order(rows: ParticipantQuerySet) -> Places:
    return in_order(sorted(rows.values_list("pk", "code", "name"), key=lambda row: row[:0:-1]))


def named_by_capacity(pairs: Iterable[tuple[int, str]], places: Places) -> dict[str, Names]:
    """Codes and names of those who are in an initiative, by capacity, each in the order of names."""
    by_capacity: dict[str, list[tuple[int, str, str]]] = defaultdict(list)
    for key, capacity in pairs:
        if key in places:
            by_capacity[capacity].append(places[key])
    return {capacity: apart(sorted(rows)) for capacity, rows in by_capacity.items()}


def themes_by_initiative(using: str, keys: Collection[int], places: Places) -> dict[int, Names]:
    """Slugs and names of the themes of each of these initiatives that has any, in the order of themes."""
    themes: dict[int, list[tuple[int, str, str]]] = defaultdict(list)
    links = Initiative.themes.through.objects.using(using).filter(initiative__in=keys)
    for key, theme in links.values_list("initiative", "theme"):
        if theme in places:
            themes[key].append(places[theme])
    return {key: apart(sorted(rows)) for key, rows in themes.items()}


def apart(rows: Sequence[tuple[Any, ...]]) -> Names:
    """Keys and names, with which each row ends, apart from one another."""
    *_places, keys, names = zip(*rows, strict=True) if rows else NOBODY
    return keys, names
