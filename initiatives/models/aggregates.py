"""What a database says of all rows of a group at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Aggregate, CharField
from django.db.models.functions import Cast


class KeysOf(Aggregate):
    """Keys of all rows of a group as one text, to be read by ``keys_in``: to send a row for each takes longer."""

    function = "STRING_AGG"
    template = "%(function)s(%(expressions)s, ',')"
    output_field = CharField()

    def __init__(self, path: str) -> None:
        super().__init__(Cast(path, CharField()))

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function="GROUP_CONCAT", **context)


def keys_in(text: str) -> Iterator[int]:
    return map(int, text.split(","))
