"""Many files in one call, in any order; several loads at the same time."""

from __future__ import annotations

import itertools
import json
import subprocess
from pathlib import Path

import pytest
from django.core import serializers
from django.db import transaction

from bench.databases import environment, manage
from bench.reports import write_reports
from initiatives.models import Line, Meeting, Participant, SearchText
from tests import template
from tests.extent import COMBINES_ALL
from tests.report_files import FULL, VOCABULARY, every_model, load_texts, report

FILE = report(body=FULL)
MEETING = "meeting:\n  id: fm-1\n  locator: para 1\n"
FILES = (
    VOCABULARY,
    FILE,
    report(
        "agenda",
        MEETING + "  city: Tokyo\n  agenda: [COVID-19, Border control]\n  chair: A Minister\n",
    ),
    report(
        "japan",
        MEETING + "  host: jp\n  city: Tokyo\n  attendance: [{participant: jp, head: A Minister}]\n"
        "evidence:\n  - {update: statement/university/2023, locator: para 2}\n",
        kind="press",
        translation_of="agenda",
    ),
    report(
        "later",
        "initiatives:\n  - {id: university, act: supported, by: [jp], locator: head, themes: [education]}\n",
    ),
)


def contents() -> list[str]:
    """Every row by natural keys, history and times left out; what is searched in any order."""
    rows = []
    for model in every_model():
        if not model.__name__.startswith("Historical"):
            options = {"use_natural_foreign_keys": True, "use_natural_primary_keys": True}
            for row in serializers.serialize("python", model._default_manager.all(), **options):
                row["fields"].pop("recorded_at", None)
                if model is SearchText:
                    # Entries stand in the order in which they came.
                    row["fields"]["body"] = sorted(row["fields"]["body"].strip().split(" | "))
                if hasattr(model, "natural_key_fields"):
                    rows.append(json.dumps(row, sort_keys=True, default=str))
    return sorted(rows)


@pytest.mark.django_db
def test_several_files_speak_of_one_meeting() -> None:
    load_texts(*FILES)
    meeting = Meeting.objects.get()
    assert meeting.city == "Tokyo"
    agenda = Line.objects.filter(meeting=meeting, kind="agenda", citations__report__slug="agenda")
    assert sorted(agenda.values_list("text", flat=True)) == ["Border control", "COVID-19"]
    assert meeting.host == Participant.objects.get(code="jp")
    assert sorted(meeting.citations.values_list("report__slug", flat=True)) == [
        "agenda",
        "japan",
        "statement",
    ]
    assert meeting.reports.count() == 3


@pytest.mark.django_db
def test_the_order_of_the_files_does_not_matter() -> None:
    results = []
    for files in itertools.islice(
        itertools.permutations(FILES), 0, None, 5 if COMBINES_ALL else 17
    ):
        with transaction.atomic():
            load_texts(*files)
            results.append(contents())
            transaction.set_rollback(True)
    assert len(results) >= 8
    assert len(results[0]) > 50
    assert all(result == results[0] for result in results)


def test_loads_at_the_same_time_wait_for_one_another(tmp_path: Path) -> None:
    write_reports(tmp_path / "reports", 100)
    with template.new_databases(tmp_path) as made:
        alone, together = made.new(), made.new()
        start_load(alone, tmp_path / "reports").communicate()
        loads = [start_load(together, tmp_path / "reports") for _ in range(3)]
        outputs = [process.communicate()[0].decode() for process in loads]
        assert [process.returncode for process in loads] == [0, 0, 0], outputs
        last_lines = sorted(output.splitlines()[-1] for output in outputs)
        assert last_lines[:2] == ["0 changes.", "0 changes."]
        assert made.counts(together) == made.counts(alone)


def start_load(url: str, reports: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        manage("load_report", str(reports)),
        env=environment(url),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
