"""Removes old notes of changes, which only running processes read."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from ...serving.data_version import prune


class Command(BaseCommand):
    """Keep the table of changes small; a load does this by itself."""

    help = "Remove the oldest notes of changes. For once a day; a load does it at its end."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take how many notes stay."""
        parser.add_argument("--keep", type=int, default=10_000, help="default: %(default)s")

    def handle(self, *args: Any, **options: Any) -> None:
        """Remove, and say how many went."""
        self.stdout.write(f"{prune(keep=options['keep']):,} notes removed.")
