"""Who said what stands, where a file says otherwise: the load of which document, or which person, and on which day."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import override

from ..languages import ENGLISH
from ..models import ENTRY_OF
from ..models.translations import column_of
from ..partial_dates import PartialDate
from ..recording.record_ids import AddressBook
from .entries import head_keys
from .kinds import CHUNK, KINDS, Key, Kind, Values, translations_of
from .merge import DELETED, FieldChange, MergeItem
from .sheets import versions
from .wording import DocumentTitles

LOADED = "Loaded from "


def add_origins(items: Iterable[MergeItem]) -> None:
    """Say of every field that conflicts or is kept who wrote what stands, and of deleted records who deleted them."""
    by_kind: dict[str, list[MergeItem]] = defaultdict(list)
    titles = DocumentTitles()
    for item in items:
        if item.conflicts or item.kept:
            by_kind[item.kind].append(item)
        elif item.note == DELETED:
            _add_to_deleted(item, titles)
    for name, of_kind in by_kind.items():
        if name in KINDS:
            _add_to_records(KINDS[name], of_kind, titles)
        else:
            _add_to_entries(name, of_kind, titles)


def _add_to_records(kind: Kind, items: list[MergeItem], titles: DocumentTitles) -> None:
    keys = {row.pk: key for key, row in kind.existing([item.key for item in items])}
    by_key: dict[Key, list[Any]] = defaultdict(list)
    for version in _versions(kind.model, keys):
        by_key[keys[version.id]].append(version)
    of_rows = [version for versions_of_row in by_key.values() for version in versions_of_row]
    values = versions.at(kind, (version.history_id for version in of_rows), AddressBook())
    for item in items:
        said = [(version, values[version.history_id][1]) for version in by_key[item.key]]
        _replace(item, lambda change, said=said: _origin_of_field(said, change, titles))


def _origin_of_field(
    said: list[tuple[Any, Values]], change: FieldChange, titles: DocumentTitles
) -> str:
    """Who gave a field the value that stands; ``phrased`` are the versions of the row, newest first."""
    origin = None
    for version, values in said:
        if values.get(change.field) != change.ours:
            break
        origin = version
    return _in_words(origin, titles)


def _add_to_deleted(item: MergeItem, titles: DocumentTitles) -> None:
    model: Any = KINDS[item.kind].model
    named = dict(zip(model.natural_key_lookups(), item.key, strict=True))
    deletions = model.history.filter(history_type="-", **named).select_related("history_user")
    if deletion := deletions.order_by("-history_date", "-history_id").first():
        item.note += f", {_in_words(deletion, titles)}"


def _add_to_entries(kind: str, items: list[MergeItem], titles: DocumentTitles) -> None:
    """An entry is corrected as a whole: who recorded the correction that stands, or withdrew it, or translated it."""
    model = ENTRY_OF[kind]
    heads = head_keys(kind, {item.name for item in items})
    deciding: dict[int, Any] = {}
    translated: dict[int, list[tuple[Any, Values]]] = defaultdict(list)
    for version in _versions(model, heads.values()):
        translated[version.id].append((version, translations_of(version)))
        # The newest if that withdrew it, else the first.
        if version.id not in deciding or not deciding[version.id].withdrawn_at:
            deciding[version.id] = version
    for item in items:
        head = heads.get(item.name, 0)
        origin, said = _in_words(deciding.get(head), titles), translated[head]
        _replace(
            item,
            lambda change, origin=origin, said=said: (
                _origin_of_field(said, change, titles)
                if column_of(change.field) != change.field
                else origin
            ),
        )


def _versions(model: Any, keys: Iterable[int]) -> list[Any]:
    """The versions of rows, newest first."""
    wanted = sorted(keys)
    found: list[Any] = []
    for start in range(0, len(wanted), CHUNK):
        rows = model.history.filter(id__in=wanted[start : start + CHUNK])
        found += rows.select_related("history_user").order_by("-history_date", "-history_id")
    return found


def _replace(item: MergeItem, origin_of: Any) -> None:
    for changes in (item.conflicts, item.kept):
        changes[:] = [dataclasses.replace(c, origin=origin_of(c)) for c in changes]


def _in_words(version: Any, titles: DocumentTitles) -> str:
    """“loaded from “Joint statement” on 17 April 2022”, “by anna on …”, “on …”; empty where nobody knows.

    In English, as it is kept; ``kept_words.origin`` says it in others.
    """
    if version is None:
        return ""
    with override(ENGLISH):
        day = PartialDate(timezone.localdate(version.history_date)).in_words
    reason = version.history_change_reason or ""
    if reason.startswith(LOADED):
        return f"loaded from {titles.of(reason.removeprefix(LOADED))} on {day}"
    return f"by {version.history_user} on {day}" if version.history_user else f"on {day}"
