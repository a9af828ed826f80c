"""What was corrected and withdrawn before the register was there is told in it as if it had been."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from initiatives.models import Correction
from initiatives.recording import actions
from initiatives.recording.bulk_history import change_all
from tests import make
from tests.people import make_person
from tests.report_files import FULL, VOCABULARY, load_texts, report

pytestmark = pytest.mark.django_db


def lines() -> list[Any]:
    columns = ("kind", "subject", "key", "key_before", "at", "reason", "role", "report__slug")
    return list(Correction.objects.order_by("ref").values_list(*columns, "differences"))


def test_the_lines_of_before_are_those_that_would_have_been_written() -> None:
    editor, publisher = make_person("Editor"), make_person("Publisher")
    initiative = make.initiative(title="Campus", due_on="2026")
    first = make.mention(initiative=initiative, participants=[make.participant("jp", name="Japan")])
    make.mention(initiative=initiative, corrects=first, act="adopted", by=publisher)
    old = make.update(initiative=initiative, on="2026-04", what="It opened.")
    new = make.update(initiative=initiative, corrects=old, report=old.report, by=publisher)
    actions.withdraw(by=publisher, entry=new, reason="Misread.")
    initiative.title, initiative.kind = "The campus", "pledge"
    change_all([initiative], ["title", "kind"], by=editor, reason="Typed")
    hidden = make.initiative(publication="draft")
    actions.withdraw(by=publisher, entry=make.update(initiative=hidden), reason="Misread.")
    loaded = report(body=FULL)
    load_texts(VOCABULARY, loaded)
    loaded = loaded.replace("title: Digital university", "title: The university")
    load_texts(loaded.replace("Building has begun", "Building began"))
    written = lines()
    assert len(written) == 6
    Correction.objects.all().delete()
    migration = import_module("initiatives.migrations.0024_register")
    migration.tell(apps, SimpleNamespace(connection=connection))
    assert lines() == written
