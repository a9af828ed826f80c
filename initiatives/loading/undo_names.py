"""What undoing a load does with lists of names: it takes out what the load added, and no more."""

from __future__ import annotations

from collections.abc import Sequence

from ..models.other_names import OtherNamesField
from ..models.translations import field_of
from .kinds import Kind, Values
from .loaded_rows import LoadedRow
from .names import joined, merged


def own_names(
    kind: Kind, row: LoadedRow, changed: Sequence[str], stated: Sequence[tuple[str, Values]]
) -> Values:
    """Those lists in which something goes or comes back, as they are then; ``stated`` is what other documents say."""
    own: Values = {}
    for field in changed:
        if isinstance(field_of(kind.model, field), OtherNamesField):
            before, after, now = (
                (columns or {}).get(field) or "" for columns in (row.before, row.after, row.now)
            )
            elsewhere = joined(values.get(field) for _source, values in stated)
            left = merged(now, after, before, elsewhere)
            own |= {field: left} if left != now else {}
    return own
