"""Django's ``migrate``, after which a database has triggers even where a migration failed."""

from functools import partial
from typing import Any

from django.core.management.commands import migrate

from ...serving.installed_triggers import alone, patiently, put_back


class Command(migrate.Command):
    """SQLite's triggers are taken off before migrations, and Django says nothing (``post_migrate``) of a failure.

    On PostgreSQL a migration waits for a table in use only so long that visitors do not queue behind it, and two that
    migrate at once go one after the other.
    """

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate; what was taken off and stands nowhere is put back."""
        using = options["database"]
        try:
            with alone(using):
                # Each migration is whole or not at all, so that it goes on where it was.
                patiently(
                    partial(super().handle, *args, **options),
                    "The migrations are not finished: a table",
                )
        finally:
            put_back(using)
