"""Makes the files of everything, which take minutes, beside the requests that ask for them."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ...exports.made_files import AtWork, StillWritten, make_files


class Command(BaseCommand):
    """Make the archive of all data and the workbooks of long lists, where they are not there as they are now."""

    help = (
        "Make the archive of all data, and the workbooks of lists that are too long to be made while somebody waits,"
        " once nobody has written for as long as that takes. For every few minutes; it ends at once where nothing"
        " has changed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take whether to wait."""
        parser.add_argument(
            "--at-once",
            action="store_true",
            help="do not wait until nobody has written for a while",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Make them, and name them."""
        try:
            names = make_files(at_once=options["at_once"])
        except AtWork:
            self.stdout.write("They are being made already.")
        except StillWritten:
            self.stdout.write("Somebody is writing: the next run tries again.")
        except OSError as error:
            raise CommandError(f"They cannot be made: {error}") from None
        else:
            self.stdout.write(f"Made: {', '.join(names)}." if names else "Nothing has changed.")
