"""Creates the first administrator of a new installation."""

import secrets
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse


class Command(BaseCommand):
    """Creates an administrator where there is none, and prints the generated password once."""

    help = (
        "Create an administrator with a generated password, printed this once. "
        "Does nothing where there is an active administrator already."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the name to create the user by, and where the site will be."""
        parser.add_argument("--username", default="admin", help="default: %(default)s")
        parser.add_argument(
            "--site", metavar="ADDRESS", help="say where to sign in: http://127.0.0.1:8000"
        )

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
        self.stdout.write("The password is shown only this once;")
        self.stdout.write(f"`manage.py changepassword {username}` sets another.\n\n")
        if options["site"]:
            self.stdout.write(
                f"    Sign in at  {options['site'].rstrip('/')}{reverse('admin:index')}"
            )
        self.stdout.write(f"    User        {username}")
        self.stdout.write(f"    Password    {password}")
