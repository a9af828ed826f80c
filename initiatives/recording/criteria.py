"""What would count as delivered, recorded; and which of several criteria holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from django.db import transaction

from ..models import Criterion, Initiative, Publication, Report, Verifiability
from ..models.translations import ORIGINAL
from . import actions

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@transaction.atomic
def record_criterion(
    *,
    by: User | None,
    initiative: Initiative,
    what: str,
    verifiability: Verifiability | str,
    why: str = "",
    report: Report | None = None,
    locator: str = "",
    read_by: str = "",
    read_on: str | None = None,
    note: str = "",
    language: str = ORIGINAL,
    translations: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
    publication: Publication | str = Publication.PUBLIC,
    corrects: Criterion | None = None,
) -> Criterion:
    """Add a criterion, or a correction of an earlier one, and return it.

    Raises ValidationError, with the field where there is one, and writes nothing.
    """
    criterion = Criterion(
        initiative=initiative,
        what=what.strip(),
        verifiability=verifiability,
        why=why.strip(),
        report=report,
        locator=locator.strip(),
        read_by=read_by.strip(),
        read_on=read_on or None,
        note=note.strip(),
        language=language,
        translations={**translations},
        publication=publication,
        corrects=corrects,
        recorded_by=by,
    )
    return actions.record(criterion, by=by)


def standing_criteria(initiatives: Iterable[int]) -> dict[int, Criterion]:
    """The criterion that holds of each initiative (by primary key), drafts counted: for the desk; one query."""
    rows = Criterion.objects.current().filter(initiative__in=list(initiatives))
    latest_last = reversed(rows.with_related().newest_first())
    return {criterion.initiative_id: criterion for criterion in latest_last}
