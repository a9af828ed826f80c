"""The column of partial dates as it was until 0032_dates: ISO 8601 text of a year, a month or a day, and no more.

Earlier migrations make and compare such columns; what they do to a database stays what it was.
"""

from django.db import models
from django.db.models.lookups import BuiltinLookup


class PartialDateField(models.CharField):
    def __init__(self, *args, **kwargs):
        kwargs["max_length"] = 10
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        return name, path, args, kwargs


@PartialDateField.register_lookup
class EndsBefore(BuiltinLookup):
    lookup_name = "ends_before"

    def as_sql(self, compiler, connection):
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        sql = f"{left} < SUBSTR(CAST({right} AS TEXT), 1, LENGTH({left}))"
        return sql, (*left_params, *right_params, *left_params)
