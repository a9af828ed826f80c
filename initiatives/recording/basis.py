"""Which reports, meetings, participants and themes are public: drafts until something public rests on them.

A publisher may show them before that (``show``), and what a publisher loads is public. What is public is never a draft
again, so that nothing public ever names a draft: the gates of other rows do not ask again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Value

from ..models import (
    ENTRIES,
    Attendance,
    Citation,
    Initiative,
    Line,
    Meeting,
    Membership,
    Mention,
    Participant,
    Publication,
    Published,
    Report,
    Role,
    StatusUpdate,
    Theme,
)
from ..models.compiled import read_compiled
from . import permissions
from .bulk_history import change_all

if TYPE_CHECKING:
    from django.contrib.auth.models import User

MODELS: tuple[type[Published], ...] = (Report, Meeting, Participant, Theme)


def what_rests_on(model: type[Published]) -> list[tuple[str, QuerySet[Any]]]:
    """The public rows that rest on rows of a model, each with the column that names its row.

    On a document: what is drawn from it, and its translations. On a meeting: what was first raised there or is due
    there, its documents and its parts. On a participant: who speaks, acts, delivers, belongs, comes, receives and
    issues, and its ministries and other parts. On a theme: the initiatives that serve it. What was public and is
    withdrawn or corrected rests on them still.
    """
    rests: dict[type[Published], list[tuple[str, QuerySet[Any]]]] = {
        Report: [
            *(("report", model.objects.public()) for model in ENTRIES),
            ("report", Citation.objects.public()),
            ("translation_of", Report.objects.public()),
        ],
        Meeting: [
            ("raised_at", Initiative.objects.public()),
            ("due_at", Mention.objects.public()),
            ("meeting", Report.objects.public()),
            ("part_of", Meeting.objects.public()),
        ],
        Participant: [
            ("participant", _links(Mention, "by", "mention")),
            ("participant", _links(Line, "by", "line")),
            ("participant", StatusUpdate.objects.public()),
            ("participant", Role.objects.public()),
            ("participant", Membership.objects.public()),
            ("participant", Attendance.objects.public()),
            ("host", Meeting.objects.public()),
            ("participant", _links(Report, "issued_by", "report")),
            ("part_of", Participant.objects.public()),
        ],
        Theme: [("theme", _links(Initiative, "themes", "initiative"))],
    }
    return rests[model]


def _links(model: Any, name: str, near: str) -> QuerySet[Any]:
    """The rows of a many-to-many relation that belong to public rows of a model."""
    through: Any = getattr(model, name).through
    rows: QuerySet[Any] = through._default_manager.filter(**{f"{near}__in": model.objects.public()})
    return rows


def _borne(model: type[Published]) -> QuerySet[Published]:
    """The drafts of a model on which something public rests."""
    resting = Q()
    for column, rows in what_rests_on(model):
        resting |= Q(Exists(rows.order_by().filter(**{column: OuterRef("pk")})))
    return _drafts(model).filter(resting)


def _drafts(model: type[Published]) -> QuerySet[Published]:
    return model._default_manager.filter(publication=Publication.DRAFT).order_by()


def show_basis(*, by: User | None) -> int:
    """Show every draft on which something public rests; return how many there were. To be called in a transaction.

    One query where there is no draft at all, as most often, and one more where nothing rests on those there are.
    What is shown may rest on drafts itself: a document of a meeting, that of its host.
    """
    shown = 0
    while keys := _borne_keys(_with_drafts()):
        for model in keys:
            shown += _set_public(model, keys[model], by=by, reason="Something public rests on it")
    return shown


def _with_drafts() -> list[type[Published]]:
    """The models of which there are drafts."""
    return [MODELS[number] for (number,) in read_compiled(_numbers_with_drafts)]


def _numbers_with_drafts() -> QuerySet[Any]:
    numbers: list[Any] = [
        _drafts(model).values_list(Value(number)) for number, model in enumerate(MODELS)
    ]
    union: QuerySet[Any] = numbers[0].union(*numbers[1:])
    return union


def _borne_keys(models: Sequence[type[Published]]) -> dict[type[Published], list[int]]:
    selects = [
        _borne(model).values_list(Value(number), "pk") for number, model in enumerate(models)
    ]
    keys: dict[type[Published], list[int]] = defaultdict(list)
    for number, key in selects[0].union(*selects[1:], all=True) if selects else ():
        keys[models[number]].append(key)
    return keys


def _set_public(
    model: type[Published], keys: Sequence[int], *, by: User | None, reason: str
) -> int:
    rows = list(
        model._default_manager.select_for_update(of=("self",))
        .filter(pk__in=keys, publication=Publication.DRAFT)
        .order_by("pk")
    )
    for row in rows:
        row.publication = Publication.PUBLIC
    change_all(rows, ["publication"], by=by, reason=reason)
    return len(rows)


@transaction.atomic
def show(*, by: User | None, row: Published) -> None:
    """Show a draft to the public, with all that it rests on; does nothing to what is public."""
    permissions.require(by, "publish", row)
    _set_public(type(row), [row.pk], by=by, reason="Shown to the public")
    show_basis(by=by)
    row.refresh_from_db()


def show_loaded(model: type[Published], names: set[str], *, by: User | None) -> int:
    """Show the drafts among rows that somebody who may publish has loaded, given by their natural keys."""
    field = model.natural_key_fields[0]
    keys = [key for key, name in _drafts(model).values_list("pk", field) if name in names]
    return _set_public(model, keys, by=by, reason="Loaded") if keys else 0


def was_public(row: Any) -> bool:
    """Whether the public has seen a record that has an address; dialogues have no drafts."""
    return bool(getattr(row, "publication", Publication.PUBLIC) == Publication.PUBLIC)
