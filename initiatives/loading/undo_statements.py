"""What documents state whose word a load changed without an entry of its own, and what undoing it does about that.

So did loads of before mentions stated due dates and updates what was reached: they wrote the initiative or target, and
the entry bears now what they wrote. It is corrected by one that says again what the document had said before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from django.utils.translation import gettext as _

from ..models import ENTRY_OF, Load, LoadedFact, Publication, ReplacedFact
from ..recording.record_ids import AddressBook
from .entries import initiative_of, stored_entries
from .kinds import Values
from .undo_plan_types import UndoAction, UndoItem

# Columns of entries that were columns of other rows once.
MOVED = {"mention": ("due_on", "due_note"), "statusupdate": ("value", "on")}


def changed_statements(load: Load, own: Collection[tuple[Any, int]]) -> Iterator[UndoItem]:
    """An item for each entry that bears what the load changed; ``own`` are those that it wrote (model, primary key)."""
    book = AddressBook()
    for kind, names in MOVED.items():
        replaced = load.replaced_facts.filter(kind=kind, values__isnull=False).order_by("key")
        changed = {fact.key: fields for fact in replaced if (fields := _changed(fact, names))}
        _refs, heads = stored_entries(kind, {initiative_of(key, book) for key in changed})
        entries: Any = ENTRY_OF[kind]._base_manager.select_related("initiative")
        rows = entries.in_bulk([heads[key].pk for key in changed if key in heads])
        for key, (before, after) in changed.items():
            head = heads.get(key)
            if head is None or (ENTRY_OF[kind], head.pk) in own:
                continue
            entry = rows[head.pk]
            item = UndoItem(ENTRY_OF[kind], entry.pk, entry.ref, entry.title, UndoAction.SET_BACK)
            item.fields, item.values, item.says = list(before), before, entry.pk
            if head.withdrawn:
                item.stay(_("withdrawn already"))
            elif any(head.values.get(name) != value for name, value in after.items()):
                item.stay(_("changed since"), before)
            elif {entry.publication, entry.initiative.publication} != {Publication.PUBLIC}:
                said = ", ".join(str(value or "–") for value in before.values())
                item.stay(
                    _("it is a draft: edit it; it was %(said)s before") % {"said": said}, before
                )
            yield item


def _changed(replaced: ReplacedFact, names: Collection[str]) -> tuple[Values, Values] | None:
    """What the document said of these before the load and says since, where that differs."""
    about = {"source": replaced.source, "kind": replaced.kind, "key": replaced.key}
    now = LoadedFact.objects.filter(**about).values_list("values", flat=True).first() or {}
    before = replaced.values or {}
    changed = [name for name in names if before.get(name) != now.get(name)]
    if not changed:
        return None
    return {name: before.get(name) for name in changed}, {name: now.get(name) for name in changed}
