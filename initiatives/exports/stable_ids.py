"""Names that things keep for good, whatever the site is called: for feeds and calendars (RFC 4122, version 5)."""

from __future__ import annotations

import uuid
from typing import Any

from django.apps import apps
from django.db.models import OuterRef, Subquery

from ..facets.index import index
from ..models import FormerAddress, Record

# Never to be changed: every reader would take all entries for new ones.
SPACE = uuid.UUID("6f0f2c1e-6b2b-5b0e-9c55-0d7c1f6a3b21")


def name_of(record: Record, aspect: str = "") -> uuid.UUID:
    """The name of a record by the natural key that it had first; an aspect of it (its due date) has one of its own."""
    key = "/".join(str(value) for value in record.natural_key())
    if record.address_field:
        first = index(record._state.db or "default").remember("first ids", _first_ids, any_day=True)
        key = first.get((str(record._meta.model_name), key), key)
    return uuid.uuid5(SPACE, f"{record._meta.model_name}/{key}#{aspect}")


def _first_ids() -> dict[tuple[str, str], str]:
    """By kind and id of today, the first id of the records that have had others."""
    renamed: dict[str, set[str]] = {}
    for kind, key in FormerAddress.objects.filter(merged_as="").values_list("kind", "leads_to"):
        renamed.setdefault(kind, set()).add(key)
    first = {}
    for kind, keys in renamed.items():
        model: Any = apps.get_model("initiatives", kind)
        field = model.natural_key_fields[0]
        versions = model.history.filter(id=OuterRef("pk")).order_by("history_id")
        rows = model._default_manager.filter(**{f"{field}__in": keys})
        for key, was in rows.values_list(field, Subquery(versions.values(field)[:1])):
            first[kind, key] = was or key
    return first
