"""What a status update would change, what speaks against it, and what forbids it: asked before it is written.

The doubts are those of people who type: a load may bring what a document says even where dates disagree.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from ..models import (
    FLAGS,
    AnyEntry,
    Citation,
    DeliveryStatus,
    EvidenceGrade,
    Initiative,
    Mention,
    Publication,
    StatusUpdate,
)
from ..partial_dates import PartialDate
from ..partial_dates.phrases import AS_OF, WHEN, phrase
from .days import is_before, is_to_come, proposal_day
from .derivation import (
    deciding,
    derive_from,
    derive_with,
    latest,
)
from .repetition import status_identity
from .summaries import UpdateSummary, standing_entries

NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Doubt:
    """A reason to look twice; ``code`` names the rule, so that a person can say that this one was seen."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Outlook:
    """An initiative as it is and as it would be with one more public update."""

    update: StatusUpdate
    before: Initiative
    after: Initiative
    doubts: Sequence[Doubt]

    @property
    def changes(self) -> list[tuple[str, str, str]]:
        """What people see of it: name, now, then; also where nothing changes."""
        before, after = visible_values(self.before), visible_values(self.after)
        return [(name, before[name], after[name]) for name in before]

    @property
    def is_draft(self) -> bool:
        return self.update.publication == Publication.DRAFT


def visible_values(initiative: Initiative) -> dict[str, str]:
    grade = initiative.status_grade
    return {
        _("Delivery"): str(initiative.status.label),
        _("As of"): _words(initiative.latest_update_on),
        _("Best evidence"): str(EvidenceGrade(grade).label) if grade else NOTHING,
        _("Standing"): str(initiative.get_standing_display()),
        _("Flags"): ", ".join(str(FLAGS[flag]) for flag in initiative.flags()) or NOTHING,
    }


def _words(date: PartialDate | None) -> str:
    return PartialDate(date).in_words if date else NOTHING


def with_published(initiative: Initiative, drafts: Collection[AnyEntry]) -> Initiative:
    """A copy of an initiative as it would be if these drafts of it were public, derived columns included."""

    def entries(model: type[AnyEntry]) -> Any:
        own = {draft.pk for draft in drafts if isinstance(draft, model)}
        corrected = [draft.corrects_id for draft in drafts if isinstance(draft, model)]
        standing = Q(pk__in=standing_entries(model).filter(initiative=initiative.pk).values("pk"))
        replaced = [key for key in corrected if key]
        return model._default_manager.filter(standing | Q(pk__in=own)).exclude(pk__in=replaced)

    after = copy(initiative)
    derive_from([after], entries, Citation.objects.all())
    return after


def refusals(update: StatusUpdate, today: datetime.date | None = None) -> dict[str, str]:
    """Why a person may not record it, by field: it is of a day to come, or before the proposal and does not say why."""
    if update.looked_on and is_to_come(update.looked_on, today):
        return {"looked_on": _("This day is still to come; nobody has looked on it.")}
    if not update.on:
        return {}
    if is_to_come(update.on, today):
        return {"on": _("This day is still to come; a status says what has been done.")}
    if update.note or not update.status:
        return {}
    raised_at = update.initiative.raised_at
    raised_on = raised_at.starts_on if raised_at else None
    documents = {} if raised_on else _published_on(update.initiative)
    proposed_on = proposal_day(raised_on, documents, update.report.slug if update.report else "")
    if proposed_on and is_before(update.on, proposed_on):
        message = _(
            "The initiative was proposed on %(date)s. Correct the day, or say in a note why the status is older."
        )
        return {"on": message % {"date": _words(proposed_on)}}
    return {}


def _published_on(initiative: Initiative) -> dict[str, str | None]:
    """The dates of the documents that mention it, by their ids."""
    mentions = Mention.objects.filter(initiative=initiative, withdrawn_at=None)
    return dict(mentions.values_list("report__slug", "report__published_on"))


def get_outlooks(updates: Sequence[StatusUpdate]) -> list[Outlook]:
    """What each of these updates (not yet public, of one initiative each) would change, in a fixed number of queries.

    ``initiative`` with its dialogue and meeting, ``report`` and ``corrects`` are to be selected.
    """
    replaced = {key for update in updates for key in _replaced(update)}
    # A draft that is written already is no repetition of itself.
    replaced |= {update.pk for update in updates if update.pk}
    outlooks = []
    same = _recorded_alike(updates, replaced)
    results = derive_with(updates, without=replaced)
    for update, (after, _mentions, all_updates, new) in zip(updates, results, strict=True):
        doubts = _doubts(update, after, all_updates, new)
        if _identity(update) in same:
            text = _("The same status is recorded already, in the same words.")
            doubts.insert(0, Doubt("repeated", text))
        outlooks.append(Outlook(update, update.initiative, after, doubts))
    return outlooks


def _replaced(update: StatusUpdate) -> list[int]:
    """What a correction takes the place of; the correction of a draft, of what the draft was to correct."""
    corrected = update.corrects
    if corrected is None:
        return []
    is_draft = corrected.publication == Publication.DRAFT
    return [corrected.pk, *([corrected.corrects_id] if is_draft and corrected.corrects_id else [])]


_IDENTITY = (
    *("initiative_id", "status", "on", "participant_id", "looked_in", "what"),
    *("target_id", "value", "report_id"),
)


def _identity(update: StatusUpdate) -> tuple[object, ...]:
    return status_identity(*(getattr(update, name) for name in _IDENTITY))


def _recorded_alike(updates: Sequence[StatusUpdate], replaced: set[int]) -> set[tuple[object, ...]]:
    keys = [update.initiative_id for update in updates]
    rows = StatusUpdate.objects.current().filter(initiative__in=keys).exclude(pk__in=replaced)
    return {status_identity(*values) for values in rows.values_list(*_IDENTITY)}


def _doubts(
    update: StatusUpdate,
    after: Initiative,
    all_updates: Sequence[UpdateSummary],
    new: UpdateSummary,
) -> list[Doubt]:
    doubts = []

    def doubt(code: str, text: str, **words: object) -> None:
        doubts.append(Doubt(code, text % words))

    decides = latest(all_updates)
    others = [other for other in deciding(all_updates) if other is not new]
    last = others[-1] if others else None
    if update.status and decides is not new and decides is not None and new.whole:
        doubt(
            "older",
            _(
                "A later entry decides: “%(status)s”, %(as_of)s. This one only adds to the timeline."
            ),
            status=DeliveryStatus(decides.status).label,
            as_of=_as_of(decides.on),
        )
    if last and decides is new and after.status.is_open and not DeliveryStatus(last.status).is_open:
        doubt(
            "reopened",
            _("It was recorded as “%(status)s” %(as_of)s, and would be open again."),
            status=DeliveryStatus(last.status).label,
            as_of=_as_of(last.on),
        )
    if decides is new and after.is_overdue():
        doubt(
            "due",
            _("It was due %(due)s; with this status it is overdue."),
            due=_due(after.due_on),
        )
    if decides is new and after.is_delivered_late():
        doubt(
            "late",
            _("It was due %(due)s and would be shown as delivered late."),
            due=_due(after.due_on),
        )
    if decides is new and update.status == DeliveryStatus.CONTINUING and after.due_on:
        doubt(
            "no_end",
            _("“Continuing” foresees no end, but there is a due date, %(due)s."),
            due=_due(after.due_on),
        )
    published = update.report.published_on if update.report else None
    if published and update.on and PartialDate(published).ends_before(update.on):
        doubt(
            "report",
            _("The report was published %(date)s, before the day that it is to speak of."),
            date=_words(published),
        )
    return doubts


def _as_of(text: str) -> str:
    return phrase(AS_OF, PartialDate(text)) if text else str(_("as of an unknown day"))


def _due(date: PartialDate | None) -> str:
    return phrase(WHEN, date) if date else NOTHING
