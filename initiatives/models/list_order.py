"""Indexes for the orders of long lists."""

from __future__ import annotations

from copy import copy
from typing import Any

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


class ListOrder(models.Index):
    """An index for an order in which unknown values come last, whichever way it goes.

    PostgreSQL has to be told so where the order is descending; SQLite cannot be told, and does so by itself.
    """

    def create_sql(
        self,
        model: type[models.Model],
        schema_editor: BaseDatabaseSchemaEditor,
        using: str = "",
        **kwargs: Any,
    ) -> Any:
        index = copy(self)
        if schema_editor.connection.vendor == "postgresql":
            index.fields_orders = [
                (name, f"{way} NULLS LAST" if way and model._meta.get_field(name).null else way)
                for name, way in self.fields_orders
            ]
        return models.Index.create_sql(index, model, schema_editor, using, **kwargs)
