"""Every write that touches several rows; the admin and the loader call these.

All are atomic and keyword-only, take ``by`` (who does it, None for a load) and keep the derived columns of the
initiatives true: standing, delivery status, latest update. They raise PermissionDenied for who may not.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..models import (
    Act,
    AnyEntry,
    Decision,
    DeliveryStatus,
    Entry,
    Initiative,
    Meeting,
    Mention,
    Participant,
    Publication,
    Report,
    Review,
    StatusUpdate,
    Target,
)
from ..models.follow_up import dated_by_look
from ..models.translations import ORIGINAL
from ..search.documents import write_search_texts
from . import permissions, register
from .basis import show_basis
from .bulk_history import BATCH, change_all, create_all
from .derivation import DERIVED, derive
from .involvement import write_involvement
from .publication_rules import is_corrected, is_withdrawn, refuse_without_another, was_seen
from .refs import base_ref, free_ref

if TYPE_CHECKING:
    from django.contrib.auth.models import User

E = TypeVar("E", bound=Entry)

# What an update refers to; whoever made it has looked these up.
REFERENCES = [
    "initiative",
    "report",
    "participant",
    "target",
    "recorded_by",
    "withdrawn_by",
    "corrects",
    "reinstates",
]


class RowErrors(ValidationError):
    """What is wrong with some of several rows; ``rows`` are the errors by position."""

    def __init__(self, rows: dict[int, ValidationError]) -> None:
        super().__init__([message for error in rows.values() for message in error.messages])
        self.rows = rows


class InitiativeDeleted(ValidationError):
    """The initiative that something is to be written about was deleted meanwhile."""

    def __init__(self) -> None:
        super().__init__(_("Somebody has deleted this initiative."), code="gone")


class InitiativeWithdrawn(ValidationError):
    """Nothing is recorded of an initiative that is withdrawn."""

    def __init__(self) -> None:
        super().__init__(
            _("This initiative is withdrawn. Make it public again first."), code="withdrawn"
        )


@transaction.atomic
def record_status(
    *,
    by: User | None,
    initiative: Initiative,
    status: DeliveryStatus | str,
    what: str,
    on: str | None = None,
    report: Report | None = None,
    locator: str = "",
    participant: Participant | None = None,
    note: str = "",
    looked_by: str = "",
    looked_on: str | None = None,
    looked_in: str = "",
    language: str = ORIGINAL,
    translations: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
    target: Target | None = None,
    value: Decimal | None = None,
    publication: Publication | str = Publication.PUBLIC,
    corrects: StatusUpdate | None = None,
) -> StatusUpdate:
    """Add a status update, or a correction of an earlier one, and return it.

    ``value`` is what it reports of ``target``; ``status`` and ``what`` may be empty then. What rests on a look alone is
    as of the day of the look, unless told.
    Raises ValidationError, with the field where there is one, and writes nothing.
    """
    update = StatusUpdate(
        initiative=initiative,
        status=status,
        what=what.strip(),
        on=dated_by_look(on, looked_on, report),
        report=report,
        locator=locator.strip(),
        looked_by=looked_by.strip(),
        looked_on=looked_on or None,
        looked_in=looked_in.strip(),
        target=target,
        value=value,
        participant=participant,
        note=note.strip(),
        language=language,
        translations={**translations},
        publication=publication,
        corrects=corrects,
        recorded_by=by,
    )
    return record(update, by=by)


@transaction.atomic
def record_statuses(*, by: User | None, updates: Sequence[StatusUpdate]) -> None:
    """Add one status update to each of several initiatives, all of them or none.

    Raises RowErrors with what is wrong, by position in ``updates``; an initiative that is gone is wrong too.
    """
    keys = [update.initiative_id for update in updates]
    existing = {initiative.pk: initiative for initiative in lock_initiatives(keys)}
    taken = set(StatusUpdate.objects.filter(initiative__in=keys).values_list("ref", flat=True))
    errors = {}
    for position, update in enumerate(updates):
        update.what, update.locator = update.what.strip(), update.locator.strip()
        update.recorded_by = by
        update.ref = free_ref(base_ref(update), taken)
        try:
            if update.initiative_id not in existing:
                raise InitiativeDeleted
            if existing[update.initiative_id].is_withdrawn:
                raise InitiativeWithdrawn
            permissions.require(by, "add", update)
            # What this leaves out are queries for each row; the database holds the rest.
            update.full_clean(exclude=REFERENCES, validate_unique=False, validate_constraints=False)
        except ValidationError as error:
            errors[position] = error
    if errors:
        raise RowErrors(errors)
    append(updates, by=by, reason="Recorded", related={})
    refresh(keys, by=by, reason="Recorded for several initiatives")


@transaction.atomic
def record_mention(
    *,
    by: User | None,
    initiative: Initiative,
    report: Report,
    act: Act | str = Act.MENTIONED,
    participants: Iterable[Participant] = (),
    locator: str = "",
    quote: str = "",
    quote_language: str = "",
    note: str = "",
    due_on: str | None = None,
    due_at: Meeting | None = None,
    due_dropped: bool = False,
    due_note: str = "",
    condition: str = "",
    condition_lifted: bool = False,
    publication: Publication | str = Publication.PUBLIC,
    corrects: Mention | None = None,
) -> Mention:
    """Add a mention, or a correction of an earlier one, and return it.

    Raises ValidationError, with the field where there is one, and writes nothing.
    """
    mention = Mention(
        initiative=initiative,
        report=report,
        act=act,
        locator=locator.strip(),
        quote=quote.strip(),
        quote_language=quote_language.strip(),
        note=note.strip(),
        due_on=due_on or None,
        due_at=due_at,
        due_dropped=due_dropped,
        due_note=due_note.strip(),
        condition=condition.strip(),
        condition_lifted=condition_lifted,
        publication=publication,
        corrects=corrects,
        recorded_by=by,
    )
    return record(mention, by=by, participants=participants)


@transaction.atomic
def withdraw(*, by: User | None, entry: AnyEntry, reason: str) -> None:
    """Take an entry back, with a reason; it stays in the record.

    What the public has seen it goes on seeing, struck through; what it has not seen is a draft from now on. Raises
    ValidationError when it has no reason, is withdrawn already, has been corrected (withdraw the correction) or is the
    only public mention of a public initiative.
    """
    lock_initiative(entry.initiative_id)
    entry.refresh_from_db()
    permissions.require(by, "withdraw", entry)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the entry is withdrawn.")})
    if entry.is_withdrawn:
        raise ValidationError(_("The entry is withdrawn already."), code="withdrawn")
    if is_corrected(entry):
        raise ValidationError(
            _("The entry has been corrected; withdraw the correction."), code="corrected"
        )
    if isinstance(entry, Mention):
        refuse_without_another(entry)
    seen = was_seen(entry)
    if not seen:
        entry.publication = Publication.DRAFT
    _leave_its_place(entry)
    if seen:
        entry.publication = Publication.PUBLIC
    mark_withdrawn([entry], by=by, reason=reason.strip())
    if seen:
        register.note_withdrawal(entry, by=by, reason=reason.strip())
    Review.objects.decide(entry, Decision.DROPPED, by=by, reason=reason.strip())
    refresh([entry.initiative_id], by=by, reason="Entry withdrawn")


def mark_withdrawn(
    rows: Sequence[Entry] | Sequence[Initiative],
    *,
    by: User | None,
    reason: str,
    at: datetime.datetime | None = None,
) -> None:
    """Write that rows of one kind are withdrawn, all at one moment; what else that means is for who calls."""
    at = at or timezone.now()
    for row in rows:
        row.withdrawn_at, row.withdrawn_by, row.withdrawal_reason = at, by, reason
    changed = ["publication", "withdrawn_at", "withdrawn_by", "withdrawal_reason"]
    change_all(rows, changed, by=by, reason=reason)


def _leave_its_place(entry: Entry) -> None:
    """Let another one correct what a draft was to correct: it replaced nothing; the history keeps what that was."""
    if entry.publication == Publication.DRAFT and entry.corrects_id:
        type(entry)._base_manager.filter(pk=entry.pk).update(corrects=None)
        entry.corrects = None


def _replace_drafts(entries: Sequence[Entry], *, by: User | None) -> None:
    """Let corrections of draft corrections correct what the draft was to correct, and withdraw the draft.

    Else the first entry and the last would both stand, with a draft between them that replaces nothing.
    """
    corrections = {entry.corrects_id: entry for entry in entries if entry.corrects_id}
    keys = list(corrections)
    for start in range(0, len(keys), BATCH):
        drafts = type(entries[0])._base_manager.filter(
            pk__in=keys[start : start + BATCH],
            publication=Publication.DRAFT,
            corrects__isnull=False,
        )
        for draft in drafts:
            correction = corrections[draft.pk]
            correction.corrects_id = draft.corrects_id
            _leave_its_place(draft)
            mark_withdrawn([draft], by=by, reason=f"Replaced by {correction.ref}")


def _move_reviews(corrections: Mapping[int, Entry], *, by: User | None) -> None:
    """Let what waits for review be the correction (by the key of what it corrects), decided where that is public."""
    keys = list(corrections)
    for start in range(0, len(keys), BATCH):
        name = Review.name_of(corrections[keys[start]])
        waiting = Review.objects.waiting().filter(**{f"{name}__in": keys[start : start + BATCH]})
        for review in waiting:
            correction = corrections[getattr(review, f"{name}_id")]
            Review.objects.filter(pk=review.pk).update(**{name: correction})
            if correction.publication == Publication.PUBLIC:
                Review.objects.decide(correction, Decision.PUBLISHED, by=by)


@transaction.atomic
def refresh(
    initiatives: Iterable[int],
    *,
    by: User | None = None,
    reason: str = "Derived columns brought up to date",
    with_texts: bool = True,
) -> int:
    """Recompute the derived columns of initiatives, given by primary key; return how many changed.

    Who is in them (``involvement.py``) and their search texts are brought up to date with them, the texts unless all is
    refreshed once more (``with_texts``). To be called after any change that moves these outside these actions: a
    report's kind or date, the meeting where an initiative was raised or its start, the dates or the state of a meeting
    at which it is due, a citation of an update; a title, a role, a theme, the name of a participant. What is public
    from now on shows what it rests on.
    """
    changed = 0
    keys = sorted(set(initiatives))
    for start in range(0, len(keys), BATCH):
        locked = lock_initiatives(keys[start : start + BATCH])
        rows = derive(locked)
        change_all(rows, DERIVED, by=by, reason=reason)
        involved = write_involvement(locked)
        if with_texts:
            write_search_texts(locked)
        changed += len(involved | {row.pk for row in rows})
    show_basis(by=by)
    return changed


def append(
    entries: Sequence[E],
    *,
    by: User | None,
    reason: str,
    related: dict[int, list[int]],
    is_load: bool = False,
    public_reason: str = "",
) -> None:
    """Insert checked entries with refs in bulk; for a load, which refreshes when all is written.

    ``related`` gives the participants (primary keys) of the mention of an index in ``entries``. What a load corrects
    is corrected in the name of its document; ``public_reason`` is for the register.
    """
    corrections = {entry.corrects_id: entry for entry in entries if entry.corrects_id}
    _replace_drafts(entries, by=by)
    create_all(entries, by=by, reason=reason, related={"by": related} if related else None)
    _move_reviews(corrections, by=by)
    register.note_corrections(corrections.values(), by=by, is_load=is_load, reason=public_reason)


def record(entry: E, *, by: User | None, participants: Iterable[Participant] = ()) -> E:
    """Name, check and insert one entry that is not yet saved; to be called in a transaction."""
    if lock_initiative(entry.initiative_id).is_withdrawn:
        raise InitiativeWithdrawn
    permissions.require(by, "add", entry)
    corrected = entry.corrects
    if corrected and corrected.initiative_id != entry.initiative_id:
        raise ValidationError(_("A correction speaks of the same initiative."), code="other")
    if corrected and is_withdrawn(corrected):
        raise ValidationError(
            _("Somebody has withdrawn this entry meanwhile. Record it anew."), code="withdrawn"
        )
    if corrected and is_corrected(corrected):
        raise ValidationError(
            _("Somebody has corrected this entry already; correct the latest one."),
            code="corrected",
        )
    base = base_ref(entry)
    taken = type(entry)._base_manager.filter(ref__startswith=base).values_list("ref", flat=True)
    entry.ref = free_ref(base, set(taken))
    entry.full_clean()
    reason = f"Corrects {corrected.ref}" if corrected else "Recorded"
    if entry.reinstates:
        reason = f"Records {entry.reinstates.ref} anew"
    keys = list({participant.pk: None for participant in participants})
    append([entry], by=by, reason=reason, related={0: keys} if keys else {})
    refresh([entry.initiative_id], by=by, reason=f"{reason}: {entry.ref}")
    entry.initiative.refresh_from_db()
    return entry


def lock_initiatives(keys: Sequence[int]) -> list[Initiative]:
    """The initiatives of these primary keys, locked until the transaction ends, in one order for all."""
    return list(
        Initiative.objects.select_for_update(of=("self",))
        .select_related("raised_at", "dialogue")
        .filter(pk__in=keys)
        .order_by("pk")
    )


def lock_initiative(key: int) -> Initiative:
    """The initiative of this primary key, locked until the transaction ends; raises InitiativeDeleted."""
    for initiative in lock_initiatives([key]):
        return initiative
    raise InitiativeDeleted
