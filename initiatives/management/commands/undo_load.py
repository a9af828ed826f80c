"""Undoes a load; see docs/loading.md."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from ...loading.undo import undo
from ...loading.undo_plan_types import WORDS, UndoAction, UndoPlan, UndoRefused
from ...models import Load

# Loads that are listed.
LISTED = 30


class Command(BaseCommand):
    """List loads, show what undoing one would do, and do it in one transaction."""

    help = "Undo a load: show the plan, then write all of it or nothing; without a number, list the latest loads."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the number of the load."""
        parser.add_argument("number", nargs="?", type=int)
        parser.add_argument("--dry-run", action="store_true", help="show the plan, write nothing")
        parser.add_argument("--reason", default="", help="for readers, where they have seen it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Undo; raise CommandError with the reason where that is not possible, and nothing written."""
        number = options["number"]
        if number is None:
            self.list_loads()
            return
        try:
            plan = undo(number, reason=options["reason"], dry_run=options["dry_run"])
        except UndoRefused as refusal:
            raise CommandError(f"{refusal} Nothing was written.") from refusal
        except ValidationError as error:
            raise CommandError("Readers have seen some of it: say why (--reason).") from error
        self.show(plan, everything=options["verbosity"] > 1)
        self.stdout.write("Nothing was written." if options["dry_run"] else "The load is undone.")

    def list_loads(self) -> None:
        """Name the latest loads; those of before loads were kept cannot be undone."""
        for load in Load.objects.all()[:LISTED]:
            day = timezone.localtime(load.loaded_at).strftime("%Y-%m-%d %H:%M")
            undone = ", undone" if load.is_undone else ""
            self.stdout.write(f"{day}  {load}: {load.new:,} new, {load.changed:,} changed{undone}")
        if not Load.objects.exists():
            self.stdout.write(
                "No load has been kept. Loads of before this release cannot be undone."
            )

    def show(self, plan: UndoPlan, *, everything: bool) -> None:
        """Print what becomes of each row that stays or is withdrawn, and the counts of all."""
        named = set(UndoAction) if everything else {UndoAction.STAYS, UndoAction.WITHDRAWN}
        for item in plan.items:
            if item.action in named:
                fields = f" ({', '.join(item.fields)})" if item.fields else ""
                why = f": {item.why}" if item.why else ""
                self.stdout.write(f"{WORDS[item.action]}: {item.kind} {item.name}{fields}{why}")
        for action, word in WORDS.items():
            if count := len(plan.of(action)):
                self.stdout.write(f"{word}: {count:,}")
