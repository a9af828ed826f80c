"""The reasons in a history name documents, entries and records as they are called, and no ids."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.test import Client

from initiatives.admin.base.reasons import read
from initiatives.models import Initiative, LoadConflict, Record, Report
from initiatives.recording import actions
from initiatives.recording.merging import merge
from initiatives.recording.renaming import rename
from initiatives.recording.separation import separate
from tests import make
from tests.admin_forms import address
from tests.html_forms import boxes_of
from tests.report_files import FULL, VOCABULARY, load_texts, report

pytestmark = pytest.mark.django_db


def reasons(client: Client, row: Record) -> list[str]:
    page = client.get(address(row, "history"))
    return [event.reason for event in page.context["page_obj"]]


def test_a_load_is_named_by_its_document_also_after_that_has_another_id(
    admin_client: Client,
) -> None:
    load_texts(VOCABULARY, report(body=FULL))
    initiative = Initiative.objects.get(slug="university")
    assert "Loaded from “Report statement”" in reasons(admin_client, initiative)
    rename(by=None, row=Report.objects.get(), key="declaration")
    assert "Loaded from “Report statement”" in reasons(admin_client, initiative)
    theme = initiative.themes.get()
    # The vocabulary is no document, and is called what it is.
    assert reasons(admin_client, theme) == ["Loaded from vocabulary"]


def test_a_settled_conflict_names_the_document(admin_client: Client) -> None:
    file = report(body=FULL)
    load_texts(VOCABULARY, file)
    initiative = Initiative.objects.get(slug="university")
    initiative.title = "Ours"
    initiative.save()
    load_texts(file.replace("Digital university", "Theirs"))
    conflict = LoadConflict.objects.get()
    url = f"/admin/initiatives/loadconflict/{conflict.pk}/"
    form = boxes_of(admin_client.get(f"{url}change/").text) | {"take-0": "file"}
    assert admin_client.post(f"{url}settle/", form).status_code == 302
    assert "Conflict settled as “Report statement” says" in reasons(admin_client, initiative)


def test_records_that_were_merged_are_named_where_one_is_gone(admin_client: Client) -> None:
    kept = make.initiative("kept", title="“Aral” Sea")
    gone = make.initiative("gone", title="The Aral")
    role = make.role(initiative=gone)
    done = merge(by=None, kept=kept, gone=gone, reason="One and the same.")
    assert "Merged: “The Aral” into “‘Aral’ Sea”" in reasons(admin_client, role)
    separate(by=None, merge=done, reason="Two after all.")
    assert reasons(admin_client, role)[0] == "Merge undone: “The Aral”"


def test_an_entry_that_was_removed_is_not_named_by_its_ref(admin_client: Client) -> None:
    old = make.update()
    new = actions.record_status(
        by=None,
        initiative=old.initiative,
        report=old.report,
        status="delivered",
        on="2024",
        what="Done.",
        locator="2",
        corrects=old,
    )
    named = reasons(admin_client, new)
    assert named == [f"Corrects “{old}”: “{new}”"] or named[0].startswith("Corrects “")
    new.history.update(history_change_reason="Corrects a/b/2024: c/d/2024")
    assert reasons(admin_client, new)[0] == (
        "Corrects an entry that was removed: an entry that was removed"
    )
    new.history.update(history_change_reason="Said a/b")
    assert reasons(admin_client, new)[0] == "Said a/b"


def given_reasons() -> Iterator[str]:
    """What the program gives as reasons, read from its source; rows that one names are “a/b”."""
    root = Path(apps.get_app_config("initiatives").path)
    for path in [*root.glob("recording/*.py"), *root.glob("loading/*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.keyword(arg="reason"):
                    yield from in_source(node.value)
                case ast.Assign(targets=[ast.Attribute(attr="_change_reason" | "why")]):
                    yield from in_source(node.value)
                case ast.Assign(targets=[ast.Name(id="reason" | "why" | "REASON")]):
                    yield from in_source(node.value)


def in_source(value: ast.expr) -> Iterator[str]:
    if isinstance(value, ast.JoinedStr) and isinstance(value.values[0], ast.Constant):
        parts = [getattr(part, "value", "") for part in value.values]
        yield "".join(part if isinstance(part, str) else "a/b" for part in parts)
    elif isinstance(value, ast.Constant) and value.value:
        yield str(value.value)


def test_every_reason_of_the_program_is_told_in_the_language_of_the_page() -> None:
    given = {*given_reasons()}
    assert {"Published", "Loaded from a/b", "Merge undone: a/b"} <= given
    assert not [words for words in given if not read(words).is_ours]
