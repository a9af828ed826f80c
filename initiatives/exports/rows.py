"""The rows of a filtered list, all of them, a few at a time."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..models import Initiative, Participant, Theme
from ..pages.parts import named_relatives
from ..query.filters import InitiativeFilter
from .columns import InitiativeRow

# Rows that are in memory at once; each chunk costs three queries, one more where there are parts.
CHUNK = 1000


def named_by_capacity(
    pairs: Iterable[tuple[int, str]], participants: Mapping[int, Participant]
) -> dict[str, list[tuple[str, str]]]:
    """Code and name of those who are in an initiative, by capacity, each in the order of names."""
    named: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for key, capacity in pairs:
        if participant := participants.get(key):
            named[capacity].append((participant.code, participant.name))
    for rows in named.values():
        rows.sort(key=lambda row: (row[1], row[0]))
    return named


def read_rows(filters: InitiativeFilter, site: str) -> Iterator[list[InitiativeRow]]:
    """The rows of a list in its order, in chunks: found in memory, read by their keys."""
    keys, day = filters.keys(), filters.index.day
    for start in range(0, len(keys), CHUNK):
        yield _read(filters, keys[start : start + CHUNK], site, day)


def _read(
    filters: InitiativeFilter, keys: Sequence[int], site: str, day: datetime.date
) -> list[InitiativeRow]:
    initiatives = (
        filters.view.public(Initiative)
        .filter(pk__in=keys)
        .select_related("dialogue", "raised_at", "standing_report", "latest_update_report")
        # Of few initiatives: no query where no row has any.
        .prefetch_related("due_at", "condition_report")
    )
    view = filters.view.as_known(initiatives.order_by())
    by_key = {initiative.pk: InitiativeRow(initiative, site, day) for initiative in view}
    using = filters.queryset.db
    # As tuples: objects of participants and themes would take as long as all the rest.
    involved, participants = filters.view.involved(by_key), filters.view.participants()
    for key, row in by_key.items():
        row.involved = named_by_capacity(involved[key], participants)
    themes = Theme.objects.using(using).public().filter(initiatives__in=by_key)
    for key, slug, name in themes.values_list("initiatives", "slug", "name"):
        by_key[key].themes.append((slug, name))
    wholes, parts = named_relatives(filters.view, keys)
    for key, row in by_key.items():
        row.part_of, row.parts = wholes.get(key), parts.get(key, [])
    # A row that has gone since the list was found is left out.
    return [by_key[key] for key in keys if key in by_key]
