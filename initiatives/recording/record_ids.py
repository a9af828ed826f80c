"""Ids inside of keys and values: where the key of a row names other records, as loads and refs write it.

Refs of entries are left alone: they name an entry for good, whatever its document and its initiative are called today.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models.functions import Cast

from ..models import ENTRY_OF, FormerAddress, Record
from ..models.lines import OF_DIALOGUE

# What an id of a kind (the name of a model) becomes.
Change = Callable[[str, str], str]
# The kinds of records that have a page, and so an address of their own.
ADDRESSED = ("participant", "theme", "dialogue", "meeting", "report", "initiative")
# Of keys of several parts which record each part names; “” for a word that is none.
PARTS = {
    "membership": ("dialogue", "participant"),
    "attendance": ("meeting", "participant"),
    "delegate": ("meeting", "participant"),
    "role": ("initiative", "", "participant"),
    "lineage": ("initiative", "", "initiative"),
    "target": ("initiative",),
    **{kind: (kind,) for kind in ADDRESSED},
}


class AddressBook:
    """All former ids, read once: for whoever has many to look up."""

    def __init__(self) -> None:
        rows = FormerAddress.objects.values_list("kind", "key", "leads_to", "merged_as")
        self._now: dict[tuple[str, str], str] = {}
        self._own: dict[tuple[str, str], str] = {}
        for kind, key, leads_to, merged_as in rows:
            self._now[kind, key] = leads_to
            self._own[kind, key] = merged_as or leads_to

    def __bool__(self) -> bool:
        return bool(self._now)

    def now(self, kind: str, key: str) -> str:
        """The id of today of the record that an id led to once."""
        return self._now.get((kind, key), key)

    def own(self, kind: str, key: str) -> str:
        """The same without going over to a record into which it was merged: what loads keep is under that id."""
        return self._own.get((kind, key), key)

    def keys(self, kind: str) -> set[str]:
        """Every former id of a kind."""
        return {key for of, key in self._now if of == kind}


def in_key(kind: str, key: str, change: Change) -> str:
    """The natural key of a row, joined by slashes, with its ids changed."""
    if kind == "citation":
        report, subject, *rest = key.split("/", 2)
        of_subject = [in_key(subject.replace("_", ""), part, change) for part in rest]
        return "/".join([change("report", report), subject, *of_subject])
    if kind == "line":
        subject, line_kind, *rest = key.split("/", 2)
        of = "dialogue" if line_kind in {str(word) for word in OF_DIALOGUE} else "meeting"
        return "/".join([change(of, subject), line_kind, *rest])
    named = PARTS.get(kind, ())
    parts = key.split("/", len(named))
    return "/".join(
        [change(of, part) if of else part for of, part in zip(named, parts, strict=False)]
        + parts[len(named) :]
    )


def relates_to_itself(kind: str, key: str) -> bool:
    """Whether a key is of a relation of a record to itself, or of a source of one: of two that were merged."""
    if kind == "citation":
        _report, subject, *rest = key.split("/", 2)
        return any(relates_to_itself(subject, part) for part in rest)
    if kind != "lineage":
        return False
    later, _relation, earlier = key.split("/")[:3]
    return later == earlier


def in_values(kind: str, values: Mapping[str, Any], change: Change) -> dict[str, Any]:
    """The plain values of a row as loads keep them, with the ids of other records changed; lists stay sorted."""
    changed = {**values}
    for name, of in references(kind).items():
        value = changed.get(name)
        if isinstance(value, list):
            changed[name] = sorted({in_key(of, item, change) for item in value})
        elif isinstance(value, str):
            changed[name] = in_key(of, value, change)
    return changed


def references(kind: str) -> dict[str, str]:
    """The fields of a model that name rows by an id, with the models of these."""
    model: Any = apps.get_model("initiatives", kind)
    named = {}
    for field in (*model._meta.concrete_fields, *model._meta.many_to_many):
        other = field.related_model
        if isinstance(other, type) and issubclass(other, Record):
            named[field.name] = str(other._meta.model_name)
    return {name: of for name, of in named.items() if of in PARTS and of not in ENTRY_OF}


def renaming(kind: str, old: str, new: str) -> Change:
    """The change of one id of one kind."""
    return lambda of, key: new if (of, key) == (kind, old) else key


def rows_naming(rows: models.QuerySet[Any], column: str, key: str) -> models.QuerySet[Any]:
    """The rows whose text or JSON in a column contains an id, perhaps as a part of a longer one."""
    text = Cast(column, models.TextField())
    named: models.QuerySet[Any] = rows.alias(_text=text).filter(_text__contains=key)
    return named.order_by("pk")
