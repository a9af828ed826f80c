"""Django's ``migrate``, after which a database has triggers even where a migration failed."""

from typing import Any

from django.core.management.commands import migrate

from ...serving.installed_triggers import put_back


class Command(migrate.Command):
    """SQLite's triggers are taken off before migrations, and Django says nothing (``post_migrate``) of a failure."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate; what was taken off and stands nowhere is put back."""
        try:
            super().handle(*args, **options)
        finally:
            put_back(options["database"])
