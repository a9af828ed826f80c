"""What records and entries are in other languages: edited with history, while what an entry says never changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ..models import AnyTranslatedEntry, Entry, Translated
from ..models.translations import flat
from . import actions, permissions
from .bulk_history import change_all
from .publication_rules import is_corrected
from .translation_state import CONFIRMED

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@transaction.atomic
def translate(
    *, by: User | None, entry: AnyTranslatedEntry, translations: Mapping[str, Mapping[str, str]]
) -> bool:
    """Let an entry be in other languages what ``translations`` say, by field and language; whether that changed any.

    Raises ValidationError for what is no translation of it, and where it is withdrawn or corrected.
    """
    actions.lock_initiative(entry.initiative_id)
    entry.refresh_from_db()
    permissions.require(by, "translate", entry)
    if entry.is_withdrawn:
        raise ValidationError(_("The entry is withdrawn."), code="withdrawn")
    if is_corrected(entry):
        raise ValidationError(
            _("The entry has been corrected; translate the correction."), code="corrected"
        )
    if entry.translations == translations:
        return False
    entry.translations = {field: dict(texts) for field, texts in translations.items()}
    entry.clean_fields(exclude={f.name for f in entry._meta.fields} - {"translations"})
    translate_all([entry], by=by, reason="Translated")
    # Criteria are searched in every language.
    actions.refresh([entry.initiative_id], by=by)
    return True


def translate_all(
    rows: Sequence[AnyTranslatedEntry],
    *,
    by: User | None,
    reason: str,
    documents: Mapping[int, int] | None = None,
) -> None:
    """Write the translations of entries of one kind, checked and locked, and their next versions; then ``refresh``.

    ``documents`` are those in whose name a load does it, by the key of the entry.
    """
    change_all(rows, ["translations"], by=by, reason=reason, documents=documents)


@transaction.atomic
def confirm(*, by: User | None, row: Translated, names: Collection[str]) -> bool:
    """Note in the history that translations of a row, by name (“title.ja”), hold beside their originals of today.

    They stay as they are; a name without a translation says nothing. Whether there was anything to note.
    """
    permissions.require(by, "translate" if isinstance(row, Entry) else "change", row)
    said = [name for name in flat(row.translations) if name in names]
    if said:
        # Written as it is: what was reckoned from the row before is reckoned again.
        change_all([row], ["translations"], by=by, reason=CONFIRMED + ", ".join(said))
    return bool(said)
