"""A merge undone: the record is there again, and with it what was its own, as the change history tells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from ..models import (
    ENTRIES,
    FormerAddress,
    Initiative,
    Mention,
    Merge,
    Publication,
    StatusUpdate,
    Translated,
)
from ..models.corrections import wait_for_loads
from ..models.translations import texts_of
from . import actions, permissions, register
from .basis import was_public
from .bulk_history import BATCH, create_all, move_all, relate_all, related_keys
from .diff import Names, VersionValues, current_values, typed_fields
from .publication import publish
from .record_ids import AddressBook, in_key
from .renaming import NAMED_AFTER
from .resting import initiatives_resting_on

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@dataclass
class _Written:
    """What a merge did to one row: its first version before it, the last that it wrote, and the fields."""

    pk: int
    before: int | None
    after: int | None
    fields: dict[str, None]
    is_deleted: bool = False


@transaction.atomic
def separate(*, by: User | None, merge: Merge, reason: str) -> Any:
    """Undo a merge, and return the record that is there again.

    What was recorded since stays with the record that was kept, and so does what somebody has changed since. Raises
    ValidationError where the merge is undone already, one of the two was merged, removed or withdrawn since, or one
    would be public without a document; PermissionDenied for who may not change both.
    """
    wait_for_loads()
    merge = Merge.objects.select_for_update(of=("self",)).get(pk=merge.pk)
    model: Any = apps.get_model("initiatives", merge.kind)
    kept = model._base_manager.select_for_update(of=("self",)).filter(pk=merge.kept).first()
    reason = reason.strip()
    if not reason:
        raise ValidationError({"reason": _("Say why they are two after all.")})
    if merge.undone_at:
        raise ValidationError(_("This merge is undone already."), code="undone")
    if kept is None:
        raise ValidationError(
            _("The record that was kept is gone. Undo first what took it away."), code="gone"
        )
    if isinstance(kept, Initiative) and kept.is_withdrawn:
        raise ValidationError(
            _("The record that was kept is withdrawn. Record it anew first."), code="withdrawn"
        )
    permissions.require(by, "change", kept)
    why = f"Merge undone: {merge.key}"
    initiatives = initiatives_resting_on(model, [kept.pk])
    said = current_values(kept, typed_fields(model))
    former = FormerAddress.objects.filter(kind=merge.kind)
    former.filter(key=merge.key).delete()
    former.filter(key__in=merge.former_keys).update(leads_to=merge.key)
    former.filter(leads_to=merge.key, merged_as=merge.key).update(merged_as="")
    _Undoing(merge, by, why).run()
    back = model._base_manager.get(pk=merge.gone)
    permissions.require(by, "change", back)
    if isinstance(back, Initiative):
        _let_entries_follow(kept, back, by=by, reason=why)
        if kept.is_public and not back.is_public and _has_public_entries(back):
            # What the public has seen of it since is no draft again.
            publish(by=by, row=back)
            back.refresh_from_db()
        _refuse_without_document(kept, back)
    merge.undone_at, merge.undone_by = timezone.now(), by
    merge.save(update_fields=["undone_at", "undone_by"])
    kept.refresh_from_db()
    initiatives |= initiatives_resting_on(model, [kept.pk, back.pk])
    actions.refresh(initiatives, by=by, reason=why)
    back.refresh_from_db()
    if was_public(kept) and was_public(back):
        register.note_separation(kept, back, said, by=by, reason=reason)
    return back


def _let_entries_follow(
    kept: Initiative, back: Initiative, *, by: User | None, reason: str
) -> None:
    """What was recorded since in the place of an entry that goes back, or of a target that does, goes with it."""
    for model in ENTRIES:
        of_it = Q(corrects__initiative=back.pk) | Q(reinstates__initiative=back.pk)
        if model is StatusUpdate:
            of_it |= Q(target__initiative=back.pk)
        while rows := list(model._base_manager.filter(of_it, initiative=kept.pk)):
            for row in rows:
                row.initiative_id = back.pk
            move_all(rows, ["initiative"], by=by, reason=reason)


def _has_public_entries(initiative: Initiative) -> bool:
    return any(
        model._base_manager.filter(initiative=initiative, publication=Publication.PUBLIC).exists()
        for model in ENTRIES
    )


def _refuse_without_document(*initiatives: Initiative) -> None:
    """Raise ValidationError where all public mentions of a public initiative were withdrawn since."""
    for initiative in initiatives:
        mentions = Mention.objects.filter(initiative=initiative, publication=Publication.PUBLIC)
        if initiative.is_public and mentions.exists() and not mentions.current().exists():
            words = _(
                "“%(initiative)s” would be public without a document. Record a mention first."
            )
            raise ValidationError(words, code="no_mention", params={"initiative": initiative})


class _Undoing:
    """The steps of one merge, read from the history and taken back."""

    def __init__(self, merge: Merge, by: User | None, reason: str) -> None:
        self.merge, self.by, self.reason = merge, by, reason
        self.book = AddressBook()

    def run(self) -> None:
        written = {name: _by_row(steps) for name, steps in self.merge.steps.items()}
        # What others hang on comes first, in the order in which rows may refer to each other.
        names = [self.merge.kind, *(name for name in ORDER if name != self.merge.kind)]
        names += [name for name in written if name not in names]
        # First what was kept: it may have what is unique from the one that comes back, such as a number.
        self._set_back(self.merge.kind, written)
        for name in names:
            deleted = [row for row in written.get(name, ()) if row.is_deleted]
            self._bring_back(apps.get_model("initiatives", name), deleted)
        for name in names[1:]:
            self._set_back(name, written)

    def _bring_back(self, model: Any, rows: Sequence[_Written]) -> None:
        if not rows:
            return
        versions = model.history.in_bulk([row.before for row in rows])
        if len(versions) < len(rows):
            raise ValidationError(_("The history of what was merged is gone."), code="history")
        contents = VersionValues(model, list(versions.values()), Names())
        instances, related = [], defaultdict[str, dict[int, set[int]]](dict)
        for index, row in enumerate(rows):
            version = versions[row.before]
            instance: Any = version.instance
            if model in NAMED_AFTER:
                instance.ref = self._of_today(model, "ref", instance.ref)
            instances.append(instance)
            for name, value in contents.values(version).items():
                if model._meta.get_field(name).many_to_many:
                    related[name][index] = value
        create_all(instances, by=self.by, reason=self.reason, related=related)

    def _set_back(self, name: str, written: Mapping[str, Sequence[_Written]]) -> None:
        model: Any = apps.get_model("initiatives", name)
        rows = [row for row in written.get(name, ()) if not row.is_deleted]
        if not hasattr(model, "history"):
            self._set_back_unversioned(model, rows)
            return
        for start in range(0, len(rows), BATCH):
            self._set_back_batch(model, rows[start : start + BATCH])

    def _set_back_batch(self, model: Any, rows: Sequence[_Written]) -> None:
        there = model._base_manager.in_bulk([row.pk for row in rows])
        numbers = [number for row in rows for number in (row.before, row.after)]
        versions = model.history.in_bulk(numbers)
        contents = VersionValues(model, list(versions.values()), Names())
        changed, columns, links = [], set(), defaultdict[str, dict[int, set[int]]](dict)
        many = {n for row in rows for n in row.fields if model._meta.get_field(n).many_to_many}
        related = {n: related_keys(model, n, list(there)) for n in many}
        for row in rows:
            instance = there.get(row.pk)
            if instance is None or row.before not in versions or row.after not in versions:
                continue
            was, became = (contents.values(versions[n]) for n in (row.before, row.after))
            is_changed = False
            stays = _texts_changed_since(instance, was, became)
            for name in row.fields:
                if name in stays:
                    continue
                if name in many:
                    now = related[name][row.pk]
                    # What others have added or taken out since stays so.
                    back = (now - (became[name] - was[name])) | (was[name] - became[name])
                    if back != now:
                        links[name][row.pk], is_changed = back, True
                    continue
                old, new = (self._of_today(model, name, v[name]) for v in (was, became))
                column = model._meta.get_field(name).attname
                if getattr(instance, column) == new != old:
                    setattr(instance, column, old)
                    columns.add(name)
                    is_changed = True
            if is_changed:
                changed.append(instance)
        for name, keys in links.items():
            relate_all(model, name, keys)
        move_all(changed, sorted(columns), by=self.by, reason=self.reason)

    def _of_today(self, model: Any, name: str, value: Any) -> Any:
        """The same value; a name of a row with the ids that other records have by now."""
        if name != "ref" or model not in NAMED_AFTER:
            return value
        return in_key(str(model._meta.model_name), value, self.book.now)

    def _set_back_unversioned(self, model: Any, rows: Sequence[_Written]) -> None:
        """Rows without a history referred to the record that is back, and to nothing else."""
        for row in rows:
            for name in row.fields:
                moved = model._base_manager.filter(pk=row.pk, **{name: self.merge.kept})
                moved.update(**{name: self.merge.gone})


def _texts_changed_since(
    row: Any, was: Mapping[str, Any], became: Mapping[str, Any]
) -> tuple[str, ...]:
    """Where the merge gave a row the language of the other one: all of its texts, if any was changed since."""
    if not isinstance(row, Translated) or was["language"] == became["language"]:
        return ()
    names = texts_of(type(row))
    return names if any(getattr(row, name) != became[name] for name in names) else ()


def _by_row(steps: Sequence[Sequence[Any]]) -> list[_Written]:
    """The steps by row: a row may have been moved and named anew."""
    rows: dict[int, _Written] = {}
    for pk, before, after, names in steps:
        row = rows.setdefault(pk, _Written(pk, before, after, {}))
        row.after = after
        row.fields |= dict.fromkeys(names or ())
        # It comes back as it was before all steps.
        row.is_deleted = row.is_deleted or names is None
    return list(rows.values())


# Records before what hangs on them.
ORDER = (
    "membership",
    "attendance",
    "line",
    "delegate",
    "role",
    "lineage",
    "target",
    "discrepancy",
    "citation",
)
