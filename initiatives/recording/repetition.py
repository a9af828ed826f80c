"""When two statuses are one: the same, in the same words, of the same day."""

from __future__ import annotations

from collections.abc import Hashable

from ..search.normalization import words


def status_identity(
    initiative: Hashable,
    status: str,
    on: str | None,
    participant: Hashable,
    looked_in: str,
    what: str,
) -> tuple[Hashable, ...]:
    """What makes a status the same as another one, whatever document it cites and where.

    Case, marks and punctuation of its words count for nothing.
    """
    return (
        initiative,
        status,
        on or "",
        "" if participant is None else participant,
        looked_in,
        " ".join(words(what)),
    )
