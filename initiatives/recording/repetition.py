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
    target: Hashable,
    value: Hashable,
    report: Hashable,
) -> tuple[Hashable, ...]:
    """What makes a status the same as another one, whatever document it cites and where.

    Case, marks and punctuation of its words count for nothing. Two documents may report one value of a target; where
    neither is told in words, they are the same only of one ``report``.
    """
    return (
        initiative,
        status,
        on or "",
        "" if participant is None else participant,
        looked_in,
        " ".join(words(what)),
        "" if target is None else target,
        "" if value is None else value,
        # Other documents that say so without words are no repetition.
        "" if what or report is None else report,
    )
