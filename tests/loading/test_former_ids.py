"""Files and workbooks that say ids of before, and ids that no file may give."""

from __future__ import annotations

from typing import Any

import pytest

from initiatives.loading.apply import load
from initiatives.loading.document import Document, read_bytes
from initiatives.loading.problems import LoadError
from initiatives.loading.undo import undo
from initiatives.loading.undo_plan import make_undo_plan
from initiatives.models import Initiative, Load, Meeting, Participant, Report, StatusUpdate
from initiatives.recording.merging import merge
from initiatives.recording.removal import remove
from initiatives.recording.renaming import rename
from tests import make
from tests.report_files import FULL, VOCABULARY, report
from tests.workbooks import cell, edited, load_book, row_of, workbook

WHY = "One and the same."


def documents(*texts: str) -> list[Document]:
    return [read_bytes(f"file-{n}.yaml", text.encode()) for n, text in enumerate(texts)]


UPDATE = """\
updates:
  - {initiative: %s, status: under_way, on: 2023, locator: p. 2, what: Begun.}
"""


@pytest.mark.django_db
def test_a_new_file_may_say_any_id_that_there_ever_was() -> None:
    load(documents(VOCABULARY, report(body=FULL)))
    rename(by=None, row=Participant.objects.get(code="uz"), key="uzbekistan")
    rename(by=None, row=Meeting.objects.get(slug="fm-1"), key="first-meeting")
    initiative = Initiative.objects.order_by("pk")[0]
    other = make.initiative("elsewhere", dialogue=initiative.dialogue)
    old = initiative.slug
    merge(by=None, kept=other, gone=initiative, reason=WHY)
    body = UPDATE % old
    plan = load(documents(report("new", body=body, issued_by="[uz]")))
    assert plan.new == 2
    update = StatusUpdate.objects.get(report__slug="new")
    assert update.initiative == other
    assert Report.objects.get(slug="new").issued_by.get().code == "uzbekistan"
    plan = load(documents(report("new", body=body, issued_by="[uz]")))
    assert (plan.new, plan.changed) == (0, 0)


@pytest.mark.django_db
def test_a_file_gives_no_reserved_id() -> None:
    with pytest.raises(LoadError, match="means something else"):
        load(documents("themes:\n  - {id: none, name: Nothing, sdgs: [4]}\n"))
    with pytest.raises(LoadError, match="means something else"):
        load(documents("participants:\n  - {code: all, name: All}\n"))


@pytest.mark.django_db
def test_a_load_is_undone_after_its_records_have_other_addresses() -> None:
    load(documents(VOCABULARY))
    loaded = load(documents(report(body=FULL))).load
    assert loaded
    for model, key in ((Report, "statement"), (Meeting, "fm-1")):
        rename(by=None, row=model.objects.get(slug=key), key=f"{key}-2")
    plan_of_undo = make_undo_plan(Load.objects.get(pk=loaded.pk))
    undo(loaded.pk, by=None, reason="Misread.", expected=plan_of_undo.digest)
    assert not Initiative.objects.public().exists()
    plan = load(documents(report(body=FULL)))
    assert plan.changed
    assert Initiative.objects.public().exists()


@pytest.mark.django_db
def test_a_removed_entry_is_not_loaded_again_under_a_new_id() -> None:
    files = documents(VOCABULARY, report(body=FULL))
    load(files)
    update = StatusUpdate.objects.order_by("pk")[0]
    remove(by=None, row=update, reason="A rule.")
    rename(by=None, row=Initiative.objects.get(pk=update.initiative_id), key="renamed")
    with pytest.raises(LoadError, match="was removed"):
        load(files)


@pytest.mark.django_db
def test_a_workbook_of_before_a_new_address_and_a_merge_changes_nothing() -> None:
    load(documents(VOCABULARY, report(body=FULL)))
    initiative = Initiative.objects.order_by("pk")[0]
    other = make.initiative("elsewhere", dialogue=initiative.dialogue)
    book = workbook()
    rename(by=None, row=Meeting.objects.get(slug="fm-1"), key="first-meeting")
    rename(by=None, row=Participant.objects.get(code="uz"), key="uzbekistan")
    merge(by=None, kept=other, gone=initiative, reason=WHY)
    plan = load_book(book)
    assert [
        (i.kind, i.name, i.action) for i in plan.items if i.action not in ("same", "kept")
    ] == []
    assert (plan.new, plan.changed) == (0, 0)

    def say_the_old_id(pages: Any) -> None:
        row = row_of(pages["Initiatives"], "elsewhere")
        cell(pages["Initiatives"], row, "raised_at").value = "fm-1"

    load_book(edited(say_the_old_id, book))
    other.refresh_from_db()
    assert other.raised_at is not None
    assert other.raised_at.slug == "first-meeting"
