"""Creates the first administrator of a new installation."""

import secrets
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    """Creates an administrator where there is none, and prints the generated password once."""

    help = (
        "Create an administrator with a generated password, printed this once. "
        "Does nothing where there is an active administrator already."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the name to create the user by."""
        parser.add_argument("--username", default="admin", help="default: %(default)s")

    def handle(self, *args: Any, **options: Any) -> None:
        """Create the user; raise CommandError where the name belongs to somebody else."""
        User = get_user_model()  # noqa: N806 - it is a class
        if User.objects.filter(is_superuser=True, is_active=True).exists():
            return
        username = options["username"]
        if User.objects.filter(username=username).exists():
            raise CommandError(
                f"There is no active administrator, and the name “{username}” belongs to another "
                "user. Choose another one with --username, or use createsuperuser."
            )
        password = secrets.token_urlsafe(12)
        User.objects.create_superuser(username=username, password=password)
        self.stdout.write(f"Created the user {username} with the password {password}")
        self.stdout.write("It is not shown again; `manage.py changepassword` sets another.")
