"""What a load writes, noted as it writes: which versions of which rows, and the bases of before (``undo_plan.py``)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db.models import Max
from django.utils import timezone
from simple_history.utils import get_history_manager_for_model

from ..exports.tables.base import in_chunks
from ..models import Load, LoadedVersion, Publication, Published, Record, ReplacedFact
from ..recording import basis
from ..recording.bulk_history import BATCH
from .plan_types import Plan

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class LoadJournal:
    """The journal of one load, written in its transaction; a load that changes nothing leaves none."""

    def __init__(self, plan: Plan, by: User | None) -> None:
        self._plan, self._by = plan, by
        # No version of it is older.
        self._at = timezone.now()
        self._load: Load | None = None
        self._drafts = {model: _draft_keys(model) for model in basis.MODELS}

    @property
    def load(self) -> Load:
        """The row of the load, made when there is something to keep of it."""
        if self._load is None:
            documents = self._plan.documents
            self._load = Load.objects.create(
                loaded_at=self._at,
                loaded_by=self._by,
                files=[
                    {"name": document.name, "sha256": document.sha256, "source": document.source}
                    for document in documents
                ],
                is_edit=self._plan.is_edit,
                new=self._plan.new,
                changed=self._plan.changed,
            )
        return self._load

    def note(self, model: type[Record], keys: Iterable[int]) -> None:
        """Note the latest versions of rows, by primary key, that the load has just written or deleted."""
        versions = get_history_manager_for_model(model)
        for batch in in_chunks(keys, BATCH):
            latest = versions.filter(id__in=batch).order_by().values_list("id")
            LoadedVersion.objects.bulk_create(
                LoadedVersion(
                    load=self.load, kind=str(model._meta.model_name), row=row, version=version
                )
                for row, version in latest.annotate(Max("history_id"))
            )

    def close(self) -> Load | None:
        """Note the drafts that the load has shown, and the bases of before; return what was kept."""
        for model, drafts in self._drafts.items():
            self.note(model, drafts - _draft_keys(model))
        before, after = self._plan.stored_facts, self._plan.facts
        replaced = [
            key for key in before.keys() | after.keys() if before.get(key) != after.get(key)
        ]
        for batch in in_chunks(sorted(replaced), BATCH):
            ReplacedFact.objects.bulk_create(
                ReplacedFact(
                    load=self.load,
                    source=source,
                    kind=kind,
                    key=key,
                    values=before.get((source, kind, key)),
                )
                for source, kind, key in batch
            )
        return self._load


def _draft_keys(model: type[Published]) -> set[int]:
    drafts = model._default_manager.filter(publication=Publication.DRAFT)
    return set(drafts.order_by().values_list("pk", flat=True))
