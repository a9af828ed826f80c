"""Who is in which initiative: read from mentions, updates and roles, and kept in one table.

A mention that stands makes those by whom it is proposers or supporters, or parties where it undertakes or adopts; any
other act mentions them, and so does an update of their own part. Roles are copied. Who is more than mentioned is not
mentioned besides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from ..models import Initiative, Involvement, InvolvementCapacity, Mention, Role, StatusUpdate
from ..models.involvement import OF_ACT
from .bulk_history import BATCH
from .derivation import EntriesOf, standing_entries

# By the key of an initiative: the keys of participants with their capacities.
Involved = dict[int, set[tuple[int, str]]]


def read_involved(
    keys: Collection[int],
    entries: EntriesOf = standing_entries,
    roles: Iterable[tuple[int, int, str]] | None = None,
) -> Involved:
    """Who is in initiatives (by primary key) as their entries and roles say; three queries.

    These are what is public and stands today, unless they are given; roles as initiative, participant, role.
    """
    if roles is None:
        rows = Role.objects.filter(initiative__in=keys).order_by()
        roles = rows.values_list("initiative", "participant", "role")
    involved: Involved = defaultdict(set)
    speakers = entries(Mention).filter(initiative__in=keys, by__isnull=False).order_by()
    for initiative, act, participant in speakers.values_list("initiative", "act", "by"):
        capacity = OF_ACT.get(act, InvolvementCapacity.MENTIONED)
        involved[initiative].add((participant, capacity.value))
    own = entries(StatusUpdate).filter(initiative__in=keys, participant__isnull=False).order_by()
    for initiative, participant in own.values_list("initiative", "participant"):
        involved[initiative].add((participant, InvolvementCapacity.MENTIONED.value))
    for initiative, participant, role in roles:
        involved[initiative].add((participant, role))
    for pairs in involved.values():
        acting = {key for key, capacity in pairs if capacity != InvolvementCapacity.MENTIONED}
        pairs -= {(key, InvolvementCapacity.MENTIONED.value) for key in acting}
    return involved


def outdated_involvement(keys: Collection[int]) -> tuple[list[int], list[Involvement]]:
    """The keys of stored rows of these initiatives that hold no more, and the rows, unsaved, that are missing."""
    involved, gone = read_involved(keys), []
    stored = Involvement.objects.filter(initiative__in=keys).order_by()
    columns = ("pk", "initiative", "participant", "capacity")
    for pk, initiative, participant, capacity in stored.values_list(*columns):
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
