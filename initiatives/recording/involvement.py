"""Who is in which initiative: read from mentions, updates and roles, and kept in one table.

A mention that stands makes those by whom it is proposers or supporters, or parties where it undertakes or adopts; any
other act mentions them, and so does an update of their own part. Roles are copied. Who is more than mentioned is not
mentioned besides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import QuerySet
from pyroaring import BitMap

from ..models import (
    Act,
    Initiative,
    Involvement,
    InvolvementCapacity,
    Mention,
    Role,
    StatusUpdate,
)
from ..models.aggregates import InOne, ListOf
from ..models.compiled import read_compiled
from ..models.involvement import OF_ACT
from .bulk_history import BATCH
from .entry_rows import EntriesOf, read_by, read_of
from .summaries import standing_entries

# By the key of an initiative: the keys of participants with their capacities.
Involved = dict[int, set[tuple[int, str]]]
# The other way round: by the key of a participant and a capacity the keys of initiatives.
InCapacity = dict[tuple[int, str], BitMap]

MENTIONED = InvolvementCapacity.MENTIONED.value
_CAPACITY_OF = {act.value: OF_ACT.get(act, InvolvementCapacity.MENTIONED).value for act in Act}


def read_involved(
    keys: Collection[int],
    entries: EntriesOf | None = None,
    roles: QuerySet[Role] | None = None,
) -> Involved:
    """Who is in initiatives (by primary key) as their entries and roles say; three queries.

    These are what is public and stands today, unless they are given.
    """
    involved: Involved = defaultdict(set)
    for pair, initiatives in read_capacities(entries, roles, keys).items():
        for initiative in initiatives:
            involved[initiative].add(pair)
    return involved


def read_capacities(
    entries: EntriesOf | None = None,
    roles: QuerySet[Role] | None = None,
    keys: Collection[int] | None = None,
) -> InCapacity:
    """The same by participant and capacity; of all initiatives unless their keys are given."""
    initiatives: InCapacity = defaultdict(BitMap)
    for said, speaking in read_by(keys, _speakers, entries).items():
        participant, act = said.split(" ")
        initiatives[int(participant), _CAPACITY_OF[act]] |= speaking
    for key, having_part in read_of(keys, _whose_part, entries):
        initiatives[key, MENTIONED] |= BitMap(map(int, having_part.split(",")))
    for said, acting in read_by(keys, _roles, roles).items():
        participant, role = said.split(" ")
        initiatives[int(participant), role] |= acting
    for (key, capacity), acting in initiatives.items():
        if capacity != MENTIONED and (key, MENTIONED) in initiatives:
            initiatives[key, MENTIONED] -= acting
    return initiatives


def _speakers(entries: EntriesOf = standing_entries) -> QuerySet[Any]:
    rows: QuerySet[Any] = entries(Mention).filter(by__isnull=False).order_by()
    return rows.values_list("initiative", InOne("by", "act"))


def _whose_part(entries: EntriesOf = standing_entries) -> QuerySet[Any]:
    rows: QuerySet[Any] = entries(StatusUpdate).filter(participant__isnull=False).order_by()
    # These are few, and participants have an index.
    found: QuerySet[Any, Any] = rows.values_list("participant").annotate(of=ListOf("initiative"))
    return found


def _roles(roles: QuerySet[Role] | None = None) -> QuerySet[Any]:
    rows = Role.objects.all() if roles is None else roles
    return rows.order_by().values_list("initiative", InOne("participant", "role"))


def _stored(initiatives: Sequence[int]) -> QuerySet[Any]:
    rows = Involvement.objects.filter(initiative__in=initiatives).order_by()
    return rows.values_list("pk", "initiative", "participant", "capacity")


def outdated_involvement(keys: Collection[int]) -> tuple[list[int], list[Involvement]]:
    """The keys of stored rows of these initiatives that hold no more, and the rows, unsaved, that are missing."""
    involved, gone = read_involved(keys), []
    for pk, initiative, participant, capacity in read_compiled(_stored, [*keys]):
        if (participant, capacity) in involved[initiative]:
            involved[initiative].remove((participant, capacity))
        else:
            gone.append(pk)
    missing = [
        Involvement(initiative_id=initiative, participant_id=participant, capacity=capacity)
        for initiative, pairs in sorted(involved.items())
        for participant, capacity in sorted(pairs)
    ]
    return gone, missing


def write_involvement(initiatives: Collection[Initiative]) -> set[int]:
    """Bring the table up to date for initiatives that are locked; return the keys of those that it changed for.

    Of what is withdrawn it says who was in it, as the page and the register do.
    """
    standing = [initiative.pk for initiative in initiatives if not initiative.is_withdrawn]
    gone, missing = outdated_involvement(standing)
    rows = Involvement.objects.filter(pk__in=gone)
    changed = set(rows.order_by().values_list("initiative", flat=True)) if gone else set()
    if gone:
        rows.delete()
    Involvement.objects.bulk_create(missing, batch_size=BATCH)
    return changed | {row.initiative_id for row in missing}
