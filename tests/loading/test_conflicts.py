"""What a load leaves open is kept for staff to see, until a load of the same file settles it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from initiatives.loading.merge import ConflictSide
from initiatives.models import Initiative, LoadConflict, StatusUpdate
from initiatives.partial_dates import PartialDate
from initiatives.recording.permissions import ADMINISTRATOR
from tests import make
from tests.admin_forms import address
from tests.people import client_of, make_person
from tests.report_files import FULL, VOCABULARY, load_texts, report

pytestmark = pytest.mark.django_db

FILE = report(body=FULL)


def conflict_url(conflict: LoadConflict) -> str:
    return f"/admin/initiatives/loadconflict/{conflict.pk}/change/"


@pytest.fixture
def changed() -> str:
    """The file as it is loaded again, after a person and the file changed the same title."""
    load_texts(VOCABULARY, FILE)
    initiative = Initiative.objects.get(slug="university")
    title = initiative.title
    initiative.title = "Staff’s title"
    initiative.save()
    assert not LoadConflict.objects.exists()
    return FILE.replace(title, "Digital academy")


def test_a_conflict_is_kept_with_its_three_values(changed: str) -> None:
    load_texts(changed)
    load_texts(changed)
    conflict = LoadConflict.objects.get()
    assert (conflict.source, conflict.kind, conflict.key) == (
        "statement",
        "initiative",
        "university",
    )
    (field,) = conflict.fields
    today = PartialDate(timezone.localdate()).in_words
    assert field == {
        "field": "title",
        "base": "Digital university",
        "ours": "Staff’s title",
        "theirs": "Digital academy",
        "origin": f"on {today}",
    }


def test_a_conflict_names_the_person_or_the_document_that_wrote_what_stands() -> None:
    load_texts(VOCABULARY, FILE)
    today = PartialDate(timezone.localdate()).in_words
    initiative = Initiative.objects.get(slug="university")
    initiative.title = "Staff’s title"
    anna = make_person(ADMINISTRATOR, username="anna")
    initiative._history_user = anna  # type: ignore[attr-defined]
    initiative.save()
    # A later version that leaves the title alone did not write it.
    load_texts(report("other", "initiatives:\n  - {id: university, due: 2030}\n"))
    body = "initiatives:\n  - {id: university, title: Digital academy, due: 2031}\n"
    (item,) = [i for i in load_texts(report("third", body)).items if i.conflicts]
    assert {change.field: change.origin for change in item.conflicts} == {
        "title": f"by anna on {today}",
        "unsourced_due_on": f"loaded from “Report other” on {today}",
    }
    (update,) = StatusUpdate.objects.filter(on="2023")
    make.update(
        initiative=initiative,
        corrects=update,
        on="2023",
        what="Built.",
        report=update.report,
        by=anna,
    )
    changed = FILE.replace("Building has begun", "Building began")
    items = load_texts(changed, dry_run=True).items
    (item,) = [item for item in items if item.kind == "statusupdate" and item.conflicts]
    assert {change.origin for change in item.conflicts} == {f"by anna on {today}"}


def test_a_dry_run_keeps_nothing(changed: str) -> None:
    load_texts(changed, dry_run=True)
    assert not LoadConflict.objects.exists()


@pytest.mark.parametrize("take", list(ConflictSide))
def test_a_load_that_settles_it_takes_it_away(changed: str, take: ConflictSide) -> None:
    load_texts(changed)
    load_texts(VOCABULARY, report("other"))
    assert LoadConflict.objects.count() == 1
    load_texts(changed, take=take)
    assert not LoadConflict.objects.exists()


def test_a_file_that_is_mended_takes_it_away(changed: str) -> None:
    load_texts(changed)
    load_texts(FILE)
    assert not LoadConflict.objects.exists()


def test_what_staff_deleted_and_the_file_changed_is_kept_too() -> None:
    load_texts(VOCABULARY, FILE)
    Initiative.objects.get(slug="university").targets.get().delete()
    load_texts(FILE.replace("value: 600", "value: 700"))
    today = PartialDate(timezone.localdate()).in_words
    note = f"deleted since it was loaded, on {today}"
    assert LoadConflict.objects.get(kind="target").note == note


def test_a_part_of_the_vocabulary_says_nothing_of_the_rest() -> None:
    load_texts(VOCABULARY)
    LoadConflict.objects.create(source="vocabulary", kind="theme", key="water")
    load_texts("participants:\n  - {code: jp, name: Japan}\n")
    assert LoadConflict.objects.exists()
    load_texts(VOCABULARY)
    assert not LoadConflict.objects.exists()


def test_staff_see_the_three_values_and_the_way_to_the_record(
    admin_client: Client, changed: str
) -> None:
    load_texts(changed)
    conflict = LoadConflict.objects.get()
    page = admin_client.get("/admin/initiatives/loadconflict/")
    assert "Initiative: Digital academy" in page.text
    page = admin_client.get(conflict_url(conflict))
    initiative = Initiative.objects.get(slug="university")
    for words in ("Staff’s title", "Digital academy", address(initiative, "change")):
        assert words in page.text
    initiative.title = "Third title"
    initiative.save()
    assert "Third title" in admin_client.get(conflict_url(conflict)).text


@pytest.mark.every_case
@pytest.mark.parametrize(
    ("kind", "key"),
    [("initiative", "gone"), ("target", "a/b"), ("nonsense", "x"), ("statusupdate", "a/b/c")],
)
def test_a_record_that_is_not_there_is_said_to_be_gone(
    admin_client: Client, kind: str, key: str
) -> None:
    fields = [{"field": "sdgs", "base": None, "ours": [4], "theirs": ["a", "b"]}]
    conflict = LoadConflict.objects.create(source="r", kind=kind, key=key, fields=fields)
    page = admin_client.get(conflict_url(conflict))
    assert "not there any more" in page.text
    assert "a, b" in page.text


def test_nobody_edits_a_conflict(admin_client: Client) -> None:
    conflict = LoadConflict.objects.create(source="r", kind="initiative", key="gone")
    assert admin_client.post(conflict_url(conflict), {"source": "x"}).status_code == 403
    assert admin_client.get("/admin/initiatives/loadconflict/add/").status_code == 403


def test_who_sees_what_loads_wrote_sees_conflicts() -> None:
    url = "/admin/initiatives/loadconflict/"
    assert client_of(make_person("Editor")).get(url).status_code == 200
    assert client_of(make_person()).get(url).status_code == 403


def test_what_loads_keep_is_listed_by_kind_and_under_the_names_of_records(
    admin_client: Client, changed: str
) -> None:
    load_texts(changed)
    for name in ("loadconflict", "loadedfact"):
        url = f"/admin/initiatives/{name}/"
        every = admin_client.get(url)
        assert "“Report statement”" in every.text
        kinds = {row.kind for row in every.context["cl"].result_list}
        for kind in sorted(kinds):
            page = admin_client.get(url, {"kind": kind})
            assert page.status_code == 200
            assert {row.kind for row in page.context["cl"].result_list} == {kind}
            for row in page.context["cl"].result_list:
                # What a country or an area is called may be its id as well.
                assert row.name != row.key or row.kind in ("participant", "theme"), row.key
        assert not admin_client.get(url, {"kind": "nothing"}).context["cl"].result_list
