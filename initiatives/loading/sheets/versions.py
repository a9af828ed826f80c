"""What rows held when a sheet was made: versions of the change history, which never change, name it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Max

from ...models import ENTRY_OF, Record, Target
from ...recording.record_ids import AddressBook, in_key
from ..entries import COLUMNS, stated_values
from ..kinds import CHUNK, Key, Kind, Values, plain, translations_of
from .former_ids import merged_keys

# A version as the history numbers it: the key of the row, and its values then.
Then = tuple[Key, Values]


def latest(kind: Kind, keys: Iterable[int]) -> dict[int, int]:
    """The number of the newest version of each row, by primary key; a row without history has none."""
    history: Any = kind.model.history.model  # type: ignore[attr-defined]
    latest_numbers: dict[int, int] = {}
    wanted_keys = list(keys)
    for start in range(0, len(wanted_keys), CHUNK):
        rows = history.objects.filter(id__in=wanted_keys[start : start + CHUNK]).order_by()
        latest_numbers |= dict(rows.values_list("id").annotate(Max("history_id")))
    return latest_numbers


def at(kind: Kind, numbers: Iterable[int], book: AddressBook) -> dict[int, Then]:
    """What the versions of these numbers say, by number; a number that names none is left out.

    Ids are those that records have today, or had when they were merged into another.
    """
    history: Any = kind.model.history.model  # type: ignore[attr-defined]
    thens: dict[int, Then] = {}
    wanted_numbers = sorted(set(numbers))
    for start in range(0, len(wanted_numbers), CHUNK):
        versions = list(
            history.objects.filter(history_id__in=wanted_numbers[start : start + CHUNK])
        )
        thens |= _read(kind, versions)
    return {number: (_led_on(kind, key, book), values) for number, (key, values) in thens.items()}


def _led_on(kind: Kind, key: Key, book: AddressBook) -> Key:
    text = in_key(kind.name, "/".join(key), book.own) if book else ""
    return tuple(text.split("/", len(key) - 1)) if text else key


def _read(kind: Kind, versions: list[Any]) -> dict[int, Then]:
    single = {name: model for name, model in kind.references.items() if name not in kind.many}
    names = {
        name: _natural_keys(model, {getattr(version, f"{name}_id") for version in versions})
        for name, model in single.items()
    }
    links = {name: _links(kind, name, versions) for name in kind.many}
    values = {}
    for version in versions:

        def value(name: str, version: Any = version) -> Any:
            if name in single:
                return names[name].get(getattr(version, f"{name}_id"))
            if name in links:
                return plain(sorted(links[name].get(version.history_id, ())))
            return plain(getattr(version, name))

        key = tuple(str(value(name)) for name in kind.model.natural_key_fields)
        names_of_row = (*kind.fields, *kind.shown)
        of_row = {name: value(name) for name in names_of_row}
        values[version.history_id] = key, of_row | translations_of(version)
    return values


def _natural_keys(model: type[Record], keys: set[int | None]) -> dict[int, str]:
    wanted = {key for key in keys if key}
    rows = model._default_manager.in_bulk(wanted)
    named = {pk: str(row.natural_key()[0]) for pk, row in rows.items()}
    missing = wanted - named.keys()
    return named | (merged_keys(str(model._meta.model_name), missing) if missing else {})


def _links(kind: Kind, name: str, versions: list[Any]) -> dict[int, list[str]]:
    """The keys of what each version was related to; the library keeps these in a table of their own."""
    field: Any = kind.model._meta.get_field(name)
    far = field.m2m_reverse_field_name()
    pairs = []
    for version in versions[:1]:
        links = getattr(version, name).model
        rows = links.objects.filter(history__in=[version.history_id for version in versions])
        pairs = list(rows.values_list("history", far))
    keys = _natural_keys(kind.references[name], {other for _version, other in pairs})
    links_by_version: dict[int, list[str]] = {}
    for number, other in pairs:
        if other in keys:
            links_by_version.setdefault(number, []).append(keys[other])
    return links_by_version


def entries(kind: str, refs: Iterable[str]) -> dict[str, dict[str, Any]]:
    """What entries say, by ref: initiative, report, publication, ``values`` for loads and ``cells`` for sheets."""
    names = COLUMNS[kind]
    model = ENTRY_OF[kind]
    entries_by_ref: dict[str, dict[str, Any]] = {}
    keys: dict[int, str] = {}
    wanted_refs = sorted(set(refs))
    columns = ("pk", "ref", "initiative__slug", "report__slug", "publication", *names)
    for start in range(0, len(wanted_refs), CHUNK):
        rows: Any = model._default_manager.filter(ref__in=wanted_refs[start : start + CHUNK])
        for pk, ref, initiative, report, publication, *values in rows.values_list(*columns):
            keys[pk] = ref
            said = stated_values(names, values)
            entries_by_ref[ref] = {
                "initiative": initiative,
                "report": report or "",
                "publication": publication,
                "values": said,
                "cells": {**said},
            }
        if kind == "mention":
            pairs = rows.filter(by__isnull=False).order_by("by__code").values_list("pk", "by__code")
            for pk, code in pairs:
                for name in ("values", "cells"):
                    entries_by_ref[keys[pk]][name].setdefault("by", []).append(code)
        elif kind == "statusupdate":
            named = rows.filter(target__isnull=False).select_related("target").order_by()
            for update in named:
                entries_by_ref[update.ref]["cells"] |= _target_cells(update.target)
    return entries_by_ref


def _target_cells(target: Target) -> dict[str, str]:
    """What names a target in the sheet of updates; what is empty may be left out."""
    cells = {
        "target_metric": target.metric,
        "target_period": str(target.period or ""),
        "target_unit": target.currency or target.unit,
    }
    return {name: text for name, text in cells.items() if text}
