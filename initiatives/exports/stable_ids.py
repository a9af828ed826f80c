"""Names that things keep for good, whatever the site is called: for feeds and calendars (RFC 4122, version 5)."""

from __future__ import annotations

import uuid

from ..models import Record

# Never to be changed: every reader would take all entries for new ones.
SPACE = uuid.UUID("6f0f2c1e-6b2b-5b0e-9c55-0d7c1f6a3b21")


def name_of(record: Record, aspect: str = "") -> uuid.UUID:
    """The name of a record by its natural key; an aspect of it (its due date) has a name of its own."""
    key = "/".join(str(value) for value in record.natural_key())
    return uuid.uuid5(SPACE, f"{record._meta.model_name}/{key}#{aspect}")
