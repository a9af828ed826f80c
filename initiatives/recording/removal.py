"""What was public taken away for good, for law and personal data: a tombstone is all that is left.

The text goes from rows, history, bases of loads, conflicts, logs, uploads and search texts here, and through the signal
``removed`` from what other wings keep: forms of people who were signed out, files that were made, pages in caches.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from ..models import (
    ENTRIES,
    AnyEntry,
    Citation,
    Correction,
    CorrectionSubject,
    Discrepancy,
    FormerAddress,
    Initiative,
    LoadConflict,
    LoadedFact,
    Mention,
    Merge,
    ReplacedFact,
    SearchText,
    StatusUpdate,
    Upload,
    UploadedFile,
    UploadState,
    removed,
)
from ..models.corrections import wait_for_loads
from ..search.postings import sweep
from . import actions, permissions, register
from .publication import lock_row
from .publication_rules import refuse_without_another, was_published, was_seen

if TYPE_CHECKING:
    from django.contrib.auth.models import User

Removable = Initiative | AnyEntry
# What loads keep of records, by kind and key.
KEPT_BY_LOADS: tuple[type[models.Model], ...] = (LoadedFact, LoadConflict, ReplacedFact)


@transaction.atomic
def remove(*, by: User | None, row: Removable, reason: str) -> None:
    """Take an initiative, with all that hangs on it, or an entry away for good; what the public saw gets a tombstone.

    With an entry go the earlier ones whose place it took and those that record the same anew; what corrects it stays.
    Raises ValidationError without a reason, while files are at work, and for the only public mention of a public
    initiative. Not undone by anything.
    """
    wait_for_loads()
    lock_row(row)
    permissions.require(by, "remove", row)
    reason = reason.strip()
    if not reason:
        raise ValidationError({"reason": _("Say why it is removed.")})
    _empty_uploads()
    if isinstance(row, Initiative):
        _remove_initiative(row, by=by, reason=reason)
    else:
        _remove_entries(_with_same_text(row), by=by, reason=reason)
        actions.refresh([row.initiative_id], by=by, reason="Entry removed")
    sweep()
    removed.send(sender=type(row))


# --- Entries --------------------------------------------------------------------------------------


def _with_same_text(entry: Any) -> list[Any]:
    """The entry, what it took the place of, and what says the same: its new record, or the one it records anew."""
    entries: dict[int, Any] = {}
    waiting = [entry]
    while waiting:
        current = waiting.pop()
        if current.pk in entries:
            continue
        entries[current.pk] = current
        others = (current.corrects, current.reinstates, getattr(current, "reinstatement", None))
        waiting += [other for other in others if other]
    return list(entries.values())


def _remove_entries(entries: list[Any], *, by: User | None, reason: str) -> None:
    if isinstance(entries[0], Mention):
        keys = [entry.pk for entry in entries]
        for entry in entries:
            if not entry.is_withdrawn and not entry.initiative.is_withdrawn:
                refuse_without_another(entry, besides=keys)
    for entry in entries:
        if was_seen(entry):
            subject = register.subject_of(entry)
            register.note_removal(subject, entry.ref, entry.initiative, by=by, reason=reason)
    _erase_entries(type(entries[0]), entries)
    if isinstance(entries[0], Mention):
        _erase_terms(entries)


def _erase_terms(mentions: list[Mention]) -> None:
    """Take words of removed mentions out of versions of their initiative, which has those of the one that counts."""
    key = mentions[0].initiative_id
    stay, versions = Mention._base_manager.filter(initiative=key), Initiative.history.filter(id=key)
    for name in ("condition", "due_note"):
        texts = {getattr(mention, name) for mention in mentions} - {""}
        texts -= set(stay.values_list(name, flat=True))
        versions.filter(**{f"{name}__in": texts}).update(**{name: ""})


def _erase_entries(model: Any, entries: list[Any]) -> None:
    keys, refs = [entry.pk for entry in entries], [entry.ref for entry in entries]
    register.empty_lines(Correction.objects.filter(Q(key__in=refs) | Q(key_before__in=refs)))
    if model is StatusUpdate:
        _erase(Citation, Citation.objects.filter(status_update__in=keys))
    rows = model._base_manager.all()
    for name in ("corrects", "reinstates"):
        models.QuerySet.update(rows.filter(**{f"{name}__in": keys}), **{name: None})
    _erase(model, rows.filter(pk__in=keys))
    bases = Q(kind=model._meta.model_name, key__in=refs)
    for ref in refs:
        # What other documents are cited for it with.
        bases |= Q(kind="citation", key__endswith=f"/{ref}")
    for kept in KEPT_BY_LOADS:
        kept._default_manager.filter(bases).delete()


# --- Initiatives ----------------------------------------------------------------------------------


def _remove_initiative(initiative: Initiative, *, by: User | None, reason: str) -> None:
    former = FormerAddress.objects.filter(kind="initiative", leads_to=initiative.slug)
    ids = [initiative.slug, *former.values_list("key", flat=True)]
    if was_published(initiative):
        subject = CorrectionSubject.INITIATIVE
        for key in ids:
            register.note_removal(subject, key, initiative, by=by, reason=reason)
    former.delete()
    _erase_merges(initiative)
    of_it = {"initiative": initiative.pk}
    register.empty_lines(Correction.objects.filter(**of_it))
    discrepancies = Discrepancy.objects.filter(**of_it)
    names = {*ids, *discrepancies.values_list("slug", flat=True)}
    _erase(Discrepancy, discrepancies)
    for model in ENTRIES:
        entries: Any = model._base_manager.filter(**of_it).select_related("initiative")
        if entries:
            _erase_entries(model, list(entries))
    Correction.objects.filter(**of_it).update(initiative=None)
    # By itself, so that the index of words loses them too.
    SearchText.objects.filter(**of_it).delete()
    _erase(Initiative, Initiative.objects.filter(pk=initiative.pk))
    _erase_bases(names)


def _erase_merges(initiative: Initiative) -> None:
    """Take away what the history keeps of what was merged into an initiative, and why."""
    merges = Merge.objects.filter(kind="initiative")
    for merge in merges.standing().filter(kept=initiative.pk):
        for name, steps in merge.steps.items():
            deleted = [pk for pk, _before, _after, fields in steps if fields is None]
            _erase_versions(apps.get_model("initiatives", name), deleted)
    merges.filter(Q(kept=initiative.pk) | Q(gone=initiative.pk)).delete()


def _erase_bases(names: set[str]) -> None:
    """What loads keep of an initiative and its discrepancies: under an id, or a key of which that is a part."""
    own = ("participant", "theme", "dialogue", "meeting", "report")
    for model in KEPT_BY_LOADS:
        rows: Any = model._default_manager
        containing = reduce(or_, (Q(key__contains=name) for name in names))
        named = [
            pk
            for pk, key in rows.filter(containing).exclude(kind__in=own).values_list("pk", "key")
            if not names.isdisjoint(key.split("/"))
        ]
        rows.filter(pk__in=named).delete()


# --- Everywhere -----------------------------------------------------------------------------------


def _erase(model: Any, rows: Any) -> None:
    """Delete rows past all that keeps them, what would go with them, and every version and log of both."""
    keys = list(rows.order_by().values_list("pk", flat=True))
    if not keys:
        return
    for relation in model._meta.related_objects:
        if getattr(relation, "on_delete", None) is models.CASCADE:
            other: Any = relation.related_model
            _erase(other, other._base_manager.filter(**{f"{relation.field.name}__in": keys}))
    for relation in model._meta.many_to_many:
        through = relation.remote_field.through
        through._base_manager.filter(**{f"{relation.m2m_field_name()}__in": keys}).delete()
    LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(model), object_id__in=map(str, keys)
    ).delete()
    plain: Any = models.QuerySet(model)
    plain.filter(pk__in=keys)._raw_delete(plain.db)
    _erase_versions(model, keys)


def _erase_versions(model: Any, keys: list[int]) -> None:
    if hasattr(model, "history"):
        versions = model.history.filter(id__in=keys)
        for field in versions.model._history_m2m_fields:
            links = HistoricalRecords.m2m_models[field].objects
            links.filter(history__in=versions.values("history_id")).delete()
        versions.delete()


def _empty_uploads() -> None:
    """Files may hold the text in any form, so nothing of theirs is kept: they are to be uploaded again."""
    if Upload.objects.working().exists():
        raise ValidationError(
            _("Files are being compared or loaded just now. Try again in a moment."), code="busy"
        )
    UploadedFile.objects.filter(content__isnull=False).update(content=None)
    uploads = Upload.objects.exclude(state=UploadState.LOADED)
    uploads.delete()
    Upload.objects.update(plan=None, problems=[], digest="")
