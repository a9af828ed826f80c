"""Many files in one call, in any order; several loads, and people, at the same time."""

from __future__ import annotations

import itertools
import json

import pytest
from django.core import serializers
from django.db import transaction

from initiatives.models import Meeting, Participant
from tests.loading import FULL, VOCABULARY, every_model, load_texts, report

pytestmark = pytest.mark.django_db

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
    """Every row by natural keys, history and times left out."""
    rows = []
    for model in every_model():
        if not model.__name__.startswith("Historical"):
            options = {"use_natural_foreign_keys": True, "use_natural_primary_keys": True}
            for row in serializers.serialize("python", model._default_manager.all(), **options):
                row["fields"].pop("recorded_at", None)
                if hasattr(model, "natural_key_fields"):
                    rows.append(json.dumps(row, sort_keys=True, default=str))
    return sorted(rows)


def test_several_files_speak_of_one_meeting() -> None:
    load_texts(*FILES)
    meeting = Meeting.objects.get()
    assert (meeting.city, meeting.agenda_items) == ("Tokyo", ["COVID-19", "Border control"])
    assert meeting.host == Participant.objects.get(code="jp")
    assert sorted(meeting.citations.values_list("report__slug", flat=True)) == [
        "agenda",
        "japan",
        "statement",
    ]
    assert meeting.reports.count() == 3


def test_the_order_of_the_files_does_not_matter() -> None:
    results = []
    for files in itertools.islice(itertools.permutations(FILES), 0, None, 5):
        with transaction.atomic():
            load_texts(*files)
            results.append(contents())
            transaction.set_rollback(True)
    assert len(results) == 24
    assert len(results[0]) > 50
    assert all(result == results[0] for result in results)
