"""What is removed is nowhere any more: not in a table, a cache, a file or a session; a tombstone says that it was."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import caches
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from initiatives.exports.made_files import make_files
from initiatives.loading.problems import LoadError
from initiatives.loading.uploads import store
from initiatives.models import (
    Correction,
    DataChange,
    FollowUpPlan,
    Initiative,
    LoadedFact,
    Mention,
    StatusUpdate,
    Upload,
    UploadState,
)
from initiatives.recording import actions, reviews
from initiatives.recording.removal import remove
from initiatives.recording.withdrawal import reinstate, withdraw_initiative
from initiatives.serving.changes import REMOVED
from tests import make
from tests.people import make_person
from tests.report_files import FULL, VOCABULARY, load_texts, report

pytestmark = pytest.mark.django_db

WORD, REASON = "zzsecretzz", "Order of the court."
FILE = report(body=FULL.replace("A university without walls.", f"A house of {WORD}."))
FILE = FILE.replace(
    "    quote_language: en\n",
    f"    quote_language: en\n    condition: if {WORD} agrees\n    due_note: when {WORD} is there\n",
)
FILE = FILE.replace("Building has begun", f"{WORD} has begun").replace("We propose", f"Mx {WORD}")


def everything_stored() -> Iterator[tuple[str, str]]:
    """Each row of each table of the database, as text."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                parts = [bytes(v) if isinstance(v, bytes | memoryview) else str(v) for v in row]
                yield (
                    table,
                    " ".join(
                        p.decode("utf-8", "replace") if isinstance(p, bytes) else p for p in parts
                    ),
                )


def tables_with(word: str) -> set[str]:
    tables = {table for table, text in everything_stored() if word in text.lower()}
    for session in SessionStore.get_model_class().objects.all():
        if word in str(session.get_decoded()).lower():
            tables.add("sessions")
    return tables


def loaded() -> Initiative:
    """An initiative that was loaded, with the word in whatever can hold it."""
    load_texts(VOCABULARY, FILE)
    initiative = Initiative.objects.get()
    update = StatusUpdate.objects.get(what__contains=WORD)
    make.citation(status_update=update, says=WORD)
    target = make.target(initiative=initiative, metric=WORD)
    make.citation(target=target, says=WORD)
    discrepancy = make.discrepancy(initiative=initiative, topic=WORD)
    make.lineage(later=initiative)
    plan = FollowUpPlan.objects.create(initiative=initiative, notes=WORD)
    plan.notes = f"Ask {WORD}."
    plan.save()
    for key in (f"other/discrepancy/{discrepancy.slug}", f"other/status_update/{update.ref}"):
        facts = {"source": "other", "kind": "citation", "key": key, "values": {"says": WORD}}
        LoadedFact.objects.create(**facts)
    make.citation(discrepancy=discrepancy, says=WORD)
    editor = make_person("Editor")
    draft = make.update(
        initiative=initiative, what=WORD, publication="draft", translations={"what": {"ja": WORD}}
    )
    reviews.submit(by=editor, row=draft, note=WORD)
    fixed = make.update(initiative=initiative, what=f"Not {WORD}.", corrects=update)
    actions.withdraw(by=None, entry=fixed, reason=WORD)
    reinstate(by=None, row=fixed, reason=WORD)
    initiative.title = f"{WORD} campus"
    initiative.say_in("title.ja", f"{WORD}の大学")
    initiative.save()
    LogEntry.objects.create(
        user=editor,
        content_type=ContentType.objects.get_for_model(Initiative),
        object_id=str(initiative.pk),
        object_repr=initiative.title,
        action_flag=CHANGE,
    )
    upload = store([("file.yaml", FILE.encode())], by=None)
    Upload.objects.filter(pk=upload.pk).update(
        state=UploadState.LOADED, loaded_at=timezone.now(), plan={"title": WORD}
    )
    session = SessionStore()
    session["typed"] = [{"what": WORD}]
    session["other"] = "stays"
    session.save()
    return initiative


# --- Nowhere --------------------------------------------------------------------------------------


@pytest.mark.usefixtures("kept_pages")
def test_an_initiative_is_nowhere(
    client: Client,
    settings: Settings,
    tmp_path: Path,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    settings.ARCHIVE_DIR = tmp_path
    initiative = loaded()
    make_files(at_once=True)
    assert list(tmp_path.glob("*.zip"))
    assert client.get(initiative.get_absolute_url()).status_code == 200
    caches["default"].set("page:kept", (WORD.encode(), []))
    assert caches["default"].get("page:kept")
    assert {"initiatives_initiative", "initiatives_loadedfact", "sessions"} <= tables_with(WORD)
    with django_capture_on_commit_callbacks(execute=True):
        remove(by=None, row=initiative, reason=REASON)
    assert tables_with(WORD) == set()
    assert caches["default"].get("page:kept") is None
    assert list(tmp_path.glob("*.zip")) == []
    assert not LoadedFact.objects.filter(key__contains="university").exists()
    tombstone = Correction.objects.tombstones().get(subject="initiative")
    assert (tombstone.key, tombstone.reason, tombstone.initiative) == ("university", REASON, None)


def test_an_entry_is_nowhere_and_the_rest_stays() -> None:
    load_texts(VOCABULARY, FILE)
    initiative = Initiative.objects.get()
    update = StatusUpdate.objects.get(what__contains=WORD)
    make.citation(status_update=update, says=WORD)
    later = make.update(initiative=initiative, what="Without the name.", corrects=update)
    key = f"other/status_update/{update.ref}"
    LoadedFact.objects.create(source="other", kind="citation", key=key, values={"says": WORD})
    remove(by=None, row=update, reason=REASON)
    left = tables_with(WORD)
    # The summary and the quote are not of the entry.
    assert not any("statusupdate" in table or "citation" in table for table in left), left
    assert not any("correction" in table for table in left), left
    assert not LoadedFact.objects.filter(key__endswith=update.ref).exists()
    later.refresh_from_db()
    assert (later.what, later.corrects) == ("Without the name.", None)
    assert StatusUpdate.objects.count() == 2
    assert Correction.objects.tombstones().get().key == update.ref


def test_what_took_the_place_of_something_takes_it_along(client: Client) -> None:
    initiative = make.initiative("campus")
    make.mention(initiative=initiative)
    old = make.update(initiative=initiative, what=f"First {WORD}.")
    new = make.update(initiative=initiative, what=f"Second {WORD}.", corrects=old)
    actions.withdraw(by=None, entry=new, reason=WORD)
    again = reinstate(by=None, row=new, reason=WORD)
    remove(by=None, row=again, reason=REASON)
    assert tables_with(WORD) == set()
    page = client.get("/initiatives/campus/")
    assert page.text.count(REASON) == 3
    assert "Status update removed" in page.text


@pytest.mark.usefixtures("kept_pages")
def test_every_process_drops_the_pages_of_before_with_its_next_request(client: Client) -> None:
    client.get("/")
    caches["default"].set("page:kept", (WORD.encode(), []))
    client.get("/themes/")
    make.initiative()
    client.get("/")
    assert caches["default"].get("page:kept")
    # As another process leaves it.
    DataChange.objects.create(table=REMOVED)
    client.get("/")
    assert caches["default"].get("page:kept") is None


# --- What is left ---------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["/", ".json", ".bib", ".csl.json", "/badge.svg"])
def test_the_address_says_that_it_is_gone(client: Client, end: str) -> None:
    initiative = make.initiative("campus", title=WORD)
    remove(by=None, row=initiative, reason=REASON)
    response = client.get(f"/initiatives/campus{end}")
    assert response.status_code == 410
    assert REASON in response.text
    assert "no-store" in response.headers["Cache-Control"]
    assert client.get("/embed/campus/").status_code == 410
    assert client.get("/initiatives/other/").status_code == 404
    assert REASON in client.get("/corrections/").text


def test_a_withdrawn_initiative_can_be_removed() -> None:
    initiative = make.initiative("campus", title=WORD)
    make.mention(initiative=initiative)
    withdraw_initiative(by=None, initiative=initiative, reason=WORD)
    remove(by=None, row=initiative, reason=REASON)
    assert tables_with(WORD) == set()


def test_of_a_draft_nothing_is_left() -> None:
    draft = make.initiative("campus", title=WORD, publication="draft")
    remove(by=None, row=draft, reason=REASON)
    assert not Correction.objects.exists()
    assert tables_with(WORD) == set()


# --- Refused --------------------------------------------------------------------------------------


def test_only_administrators_remove_and_say_why() -> None:
    initiative = make.initiative()
    for role in ("Editor", "Publisher"):
        with pytest.raises(PermissionDenied):
            remove(by=make_person(role), row=initiative, reason=REASON)
    administrator = make_person("Administrator")
    with pytest.raises(ValidationError, match="Say why"):
        remove(by=administrator, row=initiative, reason=" ")
    remove(by=administrator, row=initiative, reason=REASON)
    assert Correction.objects.get().role == "administrator"


def test_the_only_mention_goes_with_its_initiative_alone() -> None:
    mention = make.mention()
    with pytest.raises(ValidationError, match="only public mention"):
        remove(by=None, row=mention, reason=REASON)
    assert Mention.objects.get() == mention


def test_not_while_files_are_at_work() -> None:
    upload = store([("file.yaml", b"report: {}")], by=None)
    Upload.objects.filter(pk=upload.pk).update(beat_at=timezone.now())
    with pytest.raises(ValidationError, match="Try again"):
        remove(by=None, row=make.initiative(), reason=REASON)


# --- Loads ----------------------------------------------------------------------------------------


def refused(*texts: str) -> list[str]:
    with pytest.raises(LoadError) as error:
        load_texts(*texts)
    return [str(problem) for problem in error.value.problems]


def test_a_later_load_of_an_initiative_is_refused_with_the_tombstone() -> None:
    load_texts(VOCABULARY, FILE)
    remove(by=None, row=Initiative.objects.get(), reason=REASON)
    problems = refused(FILE)
    line = FILE[: FILE.index("- id: university")].count("\n") + 1
    assert any(p.startswith(f"file-1.yaml, line {line}:") for p in problems), problems
    assert all(REASON in problem for problem in problems), problems
    assert tables_with(WORD) == set()


def test_a_later_load_of_an_entry_is_refused_with_the_tombstone() -> None:
    load_texts(VOCABULARY, FILE)
    remove(by=None, row=StatusUpdate.objects.get(what__contains=WORD), reason=REASON)
    (problem,) = refused(FILE)
    line = FILE[: FILE.index("    status: under_way")].count("\n")
    assert problem.startswith(f"file-1.yaml, line {line}:"), problem
    assert REASON in problem
    without = FILE[: FILE.rindex("  - initiative: university")]
    assert load_texts(without).new == 0


def test_a_load_adds_nothing_to_what_is_withdrawn() -> None:
    load_texts(VOCABULARY, FILE)
    withdraw_initiative(by=None, initiative=Initiative.objects.get(), reason=REASON)
    assert (load_texts(FILE).new, load_texts(FILE).changed) == (0, 0)
    more = (
        "updates:\n  - {initiative: university, status: stalled, on: 2024, what: So., locator: p}"
    )
    (problem,) = refused(report("other", body=more))
    assert "was withdrawn" in problem


def test_what_was_recorded_anew_is_what_the_file_governs() -> None:
    load_texts(VOCABULARY, FILE)
    update = StatusUpdate.objects.get(what__contains=WORD)
    actions.withdraw(by=None, entry=update, reason=REASON)
    new = reinstate(by=None, row=update, reason="So.")
    assert (load_texts(FILE).new, load_texts(FILE).changed) == (0, 0)
    load_texts(FILE.replace(f"{WORD} has begun", "Building has begun"))
    assert StatusUpdate.objects.get(corrects=new).what.startswith("Building")


# --- Loads in the register ------------------------------------------------------------------------


def test_a_load_corrects_in_the_name_of_its_document() -> None:
    load_texts(VOCABULARY, FILE)
    assert not Correction.objects.exists()
    changed: Any = FILE.replace(f"{WORD} has begun", "Building has begun")
    load_texts(changed.replace("title: Digital university", "title: The university"))
    found = Correction.objects.order_by("subject").values_list(
        "kind", "subject", "report__slug", "role", "differences"
    )
    assert list(found) == [
        (
            "corrected",
            "initiative",
            "statement",
            "",
            [["Title", "Digital university", "The university"]],
        ),
        (
            "corrected",
            "status_update",
            "statement",
            "",
            [
                [
                    "What happened",
                    f"{WORD} has begun in Tashkent.",
                    "Building has begun in Tashkent.",
                ]
            ],
        ),
    ]
