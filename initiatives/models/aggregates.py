"""Columns of many rows, each as one text that the database makes: to send a row for each takes longer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.db.models import Aggregate, CharField, Func, Max, Min, QuerySet

# Keys of rows that are read at once: few enough for the memory that their texts take.
AT_ONCE = 50_000


class Text(Func):
    """What a column holds, as text; of nothing an empty one."""

    template = "COALESCE((%(expressions)s)::text, '')"
    output_field = CharField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(
            compiler, connection, template="COALESCE(%(expressions)s, '')", **context
        )


class InOne(Func):
    """Several columns as one text with blanks between, which is compared sooner; nothing is empty."""

    template = "(%(expressions)s)"
    arg_joiner = " || ' ' || "
    output_field = CharField()

    def __init__(self, *columns: Any) -> None:
        super().__init__(*map(Text, columns))


class ListOf(Aggregate):
    """What a column holds in each row, with commas between; nothing is empty."""

    function = "STRING_AGG"
    template = "%(function)s(%(expressions)s, ',')"
    output_field = CharField()

    def __init__(self, column: Any) -> None:
        super().__init__(column if isinstance(column, InOne) else Text(column))

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function="GROUP_CONCAT", **context)


def read_columns(rows: QuerySet[Any]) -> Iterator[tuple[list[int], list[str]]]:
    """What ``rows.values_list(key, …)`` holds: keys, and each other column as one text; in no order.

    They come as the rows of ``AT_ONCE`` primary keys. Contents are as the database writes them, with commas between,
    and must have none.
    """
    all_rows = rows.model._base_manager.using(rows.db)
    last = all_rows.aggregate(last=Max("pk"))["last"] or 0
    names: Any = rows._fields  # type: ignore[attr-defined]
    lists = {f"list_{number}": ListOf(name) for number, name in enumerate(names)}
    start = 0
    while start <= last:
        some = rows.filter(pk__gte=start, pk__lt=start + AT_ONCE).aggregate(**lists)
        keys, *texts = some.values()
        start += AT_ONCE
        if keys is not None:
            # Read as JSON, numbers take half the time.
            yield json.loads(f"[{keys}]"), texts
        elif start <= last:
            # A gap, which may be wide: numbers are given out that no row keeps.
            start = all_rows.filter(pk__gte=start).aggregate(first=Min("pk"))["first"] or last + 1
