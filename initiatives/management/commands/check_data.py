"""Reports what is doubtful about the data."""

import dataclasses
import json
import sys
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from ...loading.data_checks import find_all
from ...models import Initiative
from ...models.sort_keys import refresh_sort_keys
from ...recording import actions
from ...recording.missing_texts import outdated, write_all


class Command(BaseCommand):
    """List facts without a source, statuses that contradict dates and dangling references."""

    help = "Report what is doubtful about the data; exits with 1 if there is anything."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the form of the output."""
        parser.add_argument("--json", action="store_true", help="print the findings as JSON")
        parser.add_argument(
            "--refresh",
            action="store_true",
            help="first bring standing, status, the order of titles and the other derived columns up to date",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the findings; exit with 1 if there are any."""
        if options["refresh"]:
            changed = actions.refresh(Initiative.objects.values_list("pk", flat=True))
            self.stderr.write(f"{changed:,} initiatives brought up to date.")
            if words := len(outdated()):
                write_all()
                self.stderr.write(f"The words of {words:,} initiatives brought up to date.")
            if keys := refresh_sort_keys():
                self.stderr.write(f"{keys:,} keys of names and titles brought up to date.")
        findings = list(find_all())
        if options["json"]:
            rows = [dataclasses.asdict(finding) for finding in findings]
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=2))
        else:
            for finding in findings:
                self.stdout.write(f"{finding.record}: {finding.what}")
            counts = Counter(finding.check.replace("_", " ") for finding in findings)
            summary = ", ".join(f"{check}: {count:,}" for check, count in counts.items())
            total = f"{len(findings):,} finding{'' if len(findings) == 1 else 's'}"
            self.stdout.write(f"{total} ({summary})" if summary else total)
        if findings:
            sys.exit(1)
