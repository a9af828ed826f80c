"""The app's migrations, and one more that changes every public table; tests set MIGRATION_MODULES to it."""

from initiatives import migrations

__path__ = [*__path__, *migrations.__path__]
# What it adds to every table.
COLUMN = "scratch"
