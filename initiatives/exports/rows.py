"""The rows of a filtered list, all of them, a few at a time."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence

from ..models import Role, Theme
from ..query.filters import InitiativeFilter
from .columns import InitiativeRow

# Rows that are in memory at once; each chunk costs three queries.
CHUNK = 1000


def read_rows(filters: InitiativeFilter, site: str) -> Iterator[list[InitiativeRow]]:
    """The rows of a list in its order, in chunks: found in memory, read by their keys."""
    keys, day = filters.keys(), filters.index.day
    for start in range(0, len(keys), CHUNK):
        yield _read(filters, keys[start : start + CHUNK], site, day)


def _read(
    filters: InitiativeFilter, keys: Sequence[int], site: str, day: datetime.date
) -> list[InitiativeRow]:
    initiatives = (
        filters.view.initiatives()
        .filter(pk__in=keys)
        .select_related("dialogue", "raised_at", "standing_report", "latest_update_report")
    )
    view = filters.view.as_known(initiatives.order_by())
    by_key = {initiative.pk: InitiativeRow(initiative, site, day) for initiative in view}
    using = filters.queryset.db
    # As tuples: objects of roles, participants and themes would take as long as all the rest.
    roles = Role.objects.using(using).once_public().filter(initiative__in=by_key)
    by_name = roles.order_by("participant__name", "participant__code")
    columns = ("initiative", "role", "participant__code", "participant__name")
    for key, role, code, name in by_name.values_list(*columns):
        by_key[key].roles.setdefault(role, []).append((code, name))
    themes = Theme.objects.using(using).public().filter(initiatives__in=by_key)
    for key, slug, name in themes.values_list("initiatives", "slug", "name"):
        by_key[key].themes.append((slug, name))
    # A row that has gone since the list was found is left out.
    return [by_key[key] for key in keys if key in by_key]
