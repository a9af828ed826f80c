"""The formats of `dumpdata` and `loaddata`, with a change history that may speak of rows that are gone.

With --natural-foreign Django looks every referenced row up to write its natural key; one deleted row that an old
version refers to would be the end of all dumps. The history knows its own rows by number, and so refers to others by
number too.
"""

from __future__ import annotations

from typing import Any

from django.core.serializers.base import Serializer
from django.db import models


class NumbersInHistory(Serializer):
    """Writes a reference that the database does not hold, which only the history has, as a primary key."""

    use_natural_foreign_keys: bool

    def handle_fk_field(self, obj: models.Model, field: models.ForeignKey[Any, Any]) -> None:
        natural = self.use_natural_foreign_keys
        has_constraint: bool = field.db_constraint  # type: ignore[attr-defined]
        self.use_natural_foreign_keys = natural and has_constraint
        super().handle_fk_field(obj, field)
        self.use_natural_foreign_keys = natural
