"""What would count as delivered, as pages tell it, and why what nobody could verify cannot be rated."""

from __future__ import annotations

from collections.abc import Iterable

from ..as_of.current import CurrentView
from ..models import Criterion, Initiative


def criterion_that_holds(criteria: Iterable[Criterion]) -> Criterion | None:
    """The latest that stands, of criteria ``newest_first``, some of which may be withdrawn."""
    return next((criterion for criterion in criteria if not criterion.is_withdrawn), None)


def attach_unrated(view: CurrentView, initiatives: Iterable[Initiative]) -> None:
    """Set on rows that cannot be rated the criterion that says why (``unrated_by``); one query where there are any."""
    unrated = {row.pk: row for row in initiatives if not row.can_be_rated}
    if not unrated:
        return
    criteria = view.criteria().filter(initiative__in=list(unrated)).newest_first()
    criteria = criteria.only("initiative", "why", "language", "translations")
    # The latest of each comes last, and stays.
    for criterion in reversed(criteria):
        unrated[criterion.initiative_id].unrated_by = criterion
