"""Brings the catalogues of translations up to the program, and says what they lack."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ...languages import PREFIXES
from ...languages.catalogues import compile_all, update_all


class Command(BaseCommand):
    """Write new strings into the file of each language, and name those that nobody has translated."""

    help = (
        "Write the strings that are new in the program into the file of each language, take out those that are gone,"
        " and name all that lack a translation. With --compile only make what the program reads."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Take whether only to compile."""
        parser.add_argument(
            "--compile", action="store_true", help="only make the .mo files of the .po files"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it; fail while anything is missing."""
        if options["compile"]:
            compile_all()
            return
        lacking = update_all()
        compile_all()
        for code, messages in lacking.items():
            for message in messages:
                self.stdout.write(f"{code}: {message.id!r}")
        if counts := {code: len(messages) for code, messages in lacking.items() if messages}:
            words = ", ".join(f"{code} {count:,}" for code, count in counts.items())
            raise CommandError(f"Not translated: {words}.")
        self.stdout.write(f"Complete in {', '.join(PREFIXES)}.")
