"""Loads report files; see docs/report-format.md."""

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import Progress, TimeElapsedColumn

from ...loading.apply import load
from ...loading.document import Document, find_files, read_file
from ...loading.id_lines import NotWritten, with_id_lines
from ...loading.intake import Intake
from ...loading.merge import Action, ConflictSide
from ...loading.plan_types import Plan
from ...loading.problems import LoadError, Problem, causes
from ...loading.show import as_json, show, show_briefly
from ...loading.stubs import missing_id, stubs


class Command(BaseCommand):
    """Show what report files change, and write it in one transaction."""

    help = "Load report files (YAML): show the plan, then write all of it or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the files, and what to do about conflicts."""
        parser.add_argument("paths", nargs="+", metavar="FILE|FOLDER")
        parser.add_argument("--dry-run", action="store_true", help="show the plan, write nothing")
        parser.add_argument("--json", action="store_true", help="print the plan as JSON")
        parser.add_argument(
            "--brief", action="store_true", help="count what is new instead of naming it"
        )
        parser.add_argument(
            "--take",
            choices=[take.value for take in ConflictSide],
            help="settle conflicts: let the file win, or keep the database's values for good",
        )
        parser.add_argument(
            "--write-ids",
            metavar="FOLDER",
            type=Path,
            help="write the files that leave ids out into this folder, with the ids made for them",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load; raise CommandError with every fault of every file, and nothing written."""
        started = time.perf_counter()
        take = ConflictSide(options["take"]) if options["take"] else None
        with Progress(
            *Progress.get_default_columns(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            disable=not sys.stderr.isatty(),
            transient=True,
        ) as progress:
            task = progress.add_task("Reading files", total=None)

            def step(description: str, rows: int = 0) -> None:
                words = f"{description} ({rows:,})" if rows else description
                progress.update(task, description=words)

            try:
                documents = self.read(options["paths"], progress)
                plan = load(documents, take=take, dry_run=options["dry_run"], progress=step)
            except LoadError as error:
                self.fail(error.problems)
        self.report(plan, options, time.perf_counter() - started)
        self.write_ids(plan, options["write_ids"])

    def read(self, paths: Sequence[str], progress: Progress) -> list[Document]:
        """Every file named, read and checked; raises LoadError with the faults of all of them."""
        files = find_files(paths)
        task = progress.add_task("Checking files", total=len(files))
        intake = Intake()
        for path in files:
            intake.add(lambda path=path: [read_file(path)])  # type: ignore[misc]
            progress.advance(task)
        return intake.checked()

    def fail(self, problems: Sequence[Problem]) -> None:
        """Name the faults, each cause once, and what is missing as a block to fill in; and stop."""
        by_cause = causes(problems)
        faults = "\n".join(f"  {cause}" for cause in by_cause)
        count = f"{len(by_cause)} problem{'s' * (len(by_cause) != 1)}"
        blocks = stubs(map(missing_id, by_cause))
        missing = (
            f"\n\nWhat is missing, to fill in and to load as well:\n\n{blocks}" if blocks else ""
        )
        raise CommandError(f"{count}, nothing was written:\n{faults}{missing}")

    def report(self, plan: Plan, options: dict[str, Any], seconds: float) -> None:
        """Show the plan and what became of it."""
        if options["json"]:
            self.stdout.write(json.dumps(as_json(plan), ensure_ascii=False, indent=2))
            return
        if options["verbosity"] == 0:
            return
        console = Console(file=self.stdout, soft_wrap=True)  # type: ignore[arg-type]
        if options["brief"]:
            show_briefly(plan, console)
        else:
            show(plan, console, everything=options["verbosity"] > 1)
        new, changed = plan.new, plan.changed
        conflicts = plan.count(Action.CONFLICT)
        verb = "would be written" if options["dry_run"] else "written"
        if new or changed:
            rate = f", {round((new + changed) / seconds):,} a second" if seconds > 1 else ""
            self.stdout.write(
                f"{new:,} new and {changed:,} changed {verb} in {seconds:.1f} s{rate}."
            )
        else:
            self.stdout.write("0 changes.")
        if conflicts:
            self.stdout.write(
                f"{conflicts:,} in conflict, left as they stand;"
                " --take file or --take database settles them."
            )

    def write_ids(self, plan: Plan, folder: Path | None) -> None:
        """Write the files that leave ids out with their ids, or say that this can be done."""
        files = [pair for pair in zip(plan.documents, plan.made_ids, strict=True) if pair[1]]
        if files and folder is None:
            some = f"{len(files):,} file{'s leave' if len(files) > 1 else ' leaves'}"
            self.stderr.write(f"{some} ids out; --write-ids FOLDER writes the ids made into them.")
        written: set[Path] = set()
        for document, ids in files if folder else ():
            path = (folder or Path()) / Path(document.name).name
            try:
                if path in written:
                    raise CommandError(f"{path} is written already; load files of one name apart.")
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(with_id_lines(document.text, ids), "utf-8", newline="")
            except NotWritten:
                names = ", ".join(ids.values())
                self.stderr.write(f"{document.name}: type the ids yourself: {names}")
            except OSError as error:
                raise CommandError(f"{path} cannot be written: {error.strerror}") from error
            else:
                written.add(path)
                self.stderr.write(f"Written with its ids: {path}")
