"""Text within text whatever its case (``icontains``), as the desk’s lists and pickers ask for it."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, TextField
from django.db.models.lookups import IContains


class ContainsIgnoringCase(IContains):
    """As Django has it; on PostgreSQL in half the time, where no letter beyond ASCII is sought that has two cases.

    The letters of such a text stand in texts as they are or in the other case of ASCII, as SQLite takes it always; only
    the dotless ı and the long ſ, which PostgreSQL would take for I and S, are letters of their own.
    """

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        if not isinstance(self.rhs, str) or _has_other_cases(self.rhs):
            return super().as_sql(compiler, connection)
        text, params = compiler.compile(self.lhs)
        sought, sought_params = self.process_rhs(compiler, connection)
        return f'UPPER({text} COLLATE "C") LIKE UPPER({sought})', [*params, *sought_params]


def _has_other_cases(text: str) -> bool:
    return any(not letter.isascii() and letter.upper() != letter.lower() for letter in text)


def register() -> None:
    for field in (CharField, TextField):
        field.register_lookup(ContainsIgnoringCase)
