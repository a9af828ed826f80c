"""What was public and is withdrawn stays in sight, struck through, with the day and the reason."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from initiatives.exports.made_files import make_files
from initiatives.models import Initiative, StatusUpdate
from initiatives.recording import actions
from initiatives.recording.publication import publish
from initiatives.recording.withdrawal import withdraw_initiative
from tests import make
from tests.addresses import addresses
from tests.clock import Clock
from tests.views.test_drafts_stay_inside import body, readable
from tests.world import hang_withdrawn_on, make_world

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
WRONG, REASON = "The campus opened.", "The document speaks of another campus."


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch, "2026-05-01")


@pytest.fixture
def initiative(clock: Clock) -> Initiative:
    found = make.initiative("campus", title="Campus")
    make.mention(initiative=found, note="Read as a proposal.")
    return found


def withdraw(entry: Any) -> None:
    actions.withdraw(by=None, entry=entry, reason=REASON)


def words(page: Any) -> str:
    text = page if isinstance(page, str) else page.text
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def struck(page: Any) -> list[str]:
    return [words(part) for part in re.findall(r"(?s)<del>.*?</del>", page.text)]


def panel(page: Any) -> str:
    return words(re.findall(r'(?s)aria-label="Where it stands">.*?</section>', page.text)[0])


# --- The page -------------------------------------------------------------------------------------


def test_the_status_falls_back_to_the_last_that_stands(
    client: Client, initiative: Initiative, clock: Clock
) -> None:
    make.update(initiative=initiative, status="preparing", on="2025", what="Plans were drawn.")
    wrong = make.update(initiative=initiative, status="delivered", on="2026-05-03", what=WRONG)
    clock.turn(2)
    withdraw(wrong)
    page = client.get(initiative.get_absolute_url())
    assert "Preparing" in panel(page)
    assert "withdrawn" not in panel(page)
    (entry,) = struck(page)
    assert WRONG in entry
    assert f"Withdrawn on 3 May 2026 : {REASON}" in words(page)
    assert "Plans were drawn." in page.text


def test_where_none_stands_the_page_says_what_was_withdrawn(
    client: Client, initiative: Initiative, clock: Clock
) -> None:
    wrong = make.update(initiative=initiative, status="delivered", on="2026-04", what=WRONG)
    undated = make.update(initiative=initiative, status="stalled", on=None, what=WRONG)
    clock.turn(2)
    withdraw(wrong)
    clock.turn(1)
    withdraw(undated)
    page = client.get(initiative.get_absolute_url())
    said = (
        f"The status recorded on 1 May 2026 was withdrawn on 4 May 2026 ( {REASON} ); "
        "none has been recorded since."
    )
    assert said.replace("( ", "(").replace(" )", ")") in panel(page)
    assert "Nobody has" not in page.text
    assert len(struck(page)) == 2
    make.update(initiative=initiative, status="under_way", on="2026")
    assert "none has been recorded" not in client.get(initiative.get_absolute_url()).text


def test_the_day_of_the_status_is_as_precise_as_its_source(
    client: Client, initiative: Initiative
) -> None:
    withdraw(make.update(initiative=initiative, status="delivered", on="2026-04", what=WRONG))
    assert "The status as of April 2026 was withdrawn" in panel(
        client.get(initiative.get_absolute_url())
    )


def test_of_what_nobody_has_looked_for_the_page_says_so(
    client: Client, initiative: Initiative
) -> None:
    make.update(initiative=initiative, status="not_reviewed", on=None)
    withdraw(make.update(initiative=initiative, status="delivered", what=WRONG))
    page = client.get(initiative.get_absolute_url())
    assert "Nobody has looked for evidence of delivery yet." in panel(page)


def test_a_withdrawn_mention_is_struck_through(client: Client, initiative: Initiative) -> None:
    wrong = make.mention(initiative=initiative, act="adopted", note=WRONG)
    withdraw(wrong)
    page = client.get(initiative.get_absolute_url())
    assert WRONG in struck(page)[0]
    initiative.refresh_from_db()
    assert initiative.standing == "proposed"


def test_a_withdrawn_initiative_names_the_documents_of_who_was_in_it(client: Client) -> None:
    initiative = make.initiative("campus")
    report = make.report("paper", title="Paper on the campus")
    japan = make.participant("jp", name="Japan")
    make.mention(initiative=initiative, report=report, act="proposed", participants=[japan])
    withdraw_initiative(by=None, initiative=initiative, reason=REASON)
    page = words(client.get("/initiatives/campus/"))
    assert "Proposer Japan Paper on the campus , para 6" in page
    assert "no document recorded" not in page


def test_a_correction_of_what_was_withdrawn_meanwhile_is_refused(initiative: Initiative) -> None:
    update = make.update(initiative=initiative, what=WRONG)
    read_before = StatusUpdate.objects.get(pk=update.pk)
    withdraw(update)
    with pytest.raises(ValidationError, match="withdrawn this entry meanwhile"):
        make.update(initiative=initiative, corrects=read_before)
    assert StatusUpdate.objects.get() == update


def test_what_was_taken_back_to_draft_before_stays_in_sight_too(
    client: Client, initiative: Initiative, clock: Clock
) -> None:
    update = make.update(initiative=initiative, status="delivered", what=WRONG)
    clock.turn(1)
    make.hidden_again(update)
    assert WRONG not in client.get(initiative.get_absolute_url()).text
    clock.turn(1)
    withdraw(update)
    page = client.get(initiative.get_absolute_url())
    assert WRONG in struck(page)[0]
    assert "Nobody has" not in page.text


def test_what_came_while_the_initiative_was_a_draft_again_is_not_told_of(
    client: Client, initiative: Initiative, clock: Clock
) -> None:
    clock.turn(1)
    make.hidden_again(initiative)
    clock.turn(1)
    first = make.update(initiative=initiative, what="First.")
    update = make.update(initiative=initiative, what=WRONG, corrects=first)
    mention = make.mention(initiative=initiative, note=WRONG)
    clock.turn(1)
    for entry in (update, mention):
        withdraw(entry)
        entry.refresh_from_db()
        assert entry.publication == "draft"
    clock.turn(1)
    publish(by=None, row=initiative)
    page = client.get(initiative.get_absolute_url())
    assert WRONG not in page.text
    assert "First." in page.text
    assert WRONG not in client.get("/changes/").text


def test_before_the_record_began_nothing_is_said_of_who_looked(
    client: Client, withdrawn: StatusUpdate
) -> None:
    page = client.get(withdrawn.initiative.get_absolute_url(), {"as_of": "2026-04-29"})
    assert page.status_code == 200
    assert "Nobody has" not in page.text
    assert "No recorded document of that time says what became of it." in words(page)


def test_rows_withdrawn_before_are_told_of_where_the_public_had_seen_them(
    initiative: Initiative, clock: Clock
) -> None:
    seen, unseen = (make.update(initiative=initiative, what=WRONG) for _number in range(2))
    hidden = make.initiative("hidden", publication="draft")
    before = make.update(initiative=hidden, what=WRONG)
    clock.turn(1)
    for entry in (seen, unseen, before):
        withdraw(entry)
    rows: models.QuerySet[StatusUpdate] = models.QuerySet(StatusUpdate)
    rows.filter(pk=before.pk).update(publication="public")
    rows.filter(pk=seen.pk).update(publication="draft")
    migration = import_module("initiatives.migrations.0016_withdrawn_as_seen")
    migration.mark(apps, SimpleNamespace(connection=connection))
    kept = dict(StatusUpdate.objects.values_list("pk", "publication"))
    assert kept == {seen.pk: "public", unseen.pk: "public", before.pk: "draft"}


def test_nobody_learns_of_what_was_never_public(
    client: Client, initiative: Initiative, clock: Clock
) -> None:
    draft = make.update(initiative=initiative, what=WRONG, publication="draft")
    withdraw(draft)
    hidden = make.initiative("hidden", publication="draft")
    make.mention(initiative=hidden)
    before = make.update(initiative=hidden, what=WRONG)
    withdraw(before)
    clock.turn(1)
    publish(by=None, row=hidden)
    addresses = ["/changes/", "/changes.atom", "/data/csv/withdrawn_updates.csv"]
    for row in (initiative, hidden):
        addresses += [row.get_absolute_url(), f"/initiatives/{row.slug}.json"]
    for address in addresses:
        response = client.get(address)
        text = b"".join(response).decode() if response.streaming else response.text
        assert WRONG not in text, address
        assert REASON not in text, address


# --- The stream -----------------------------------------------------------------------------------


@pytest.fixture
def withdrawn(initiative: Initiative, clock: Clock) -> StatusUpdate:
    update = make.update(initiative=initiative, status="delivered", on="2026-04", what=WRONG)
    clock.turn(2)
    withdraw(update)
    return update


@pytest.mark.usefixtures("withdrawn")
def test_changes_tell_of_the_withdrawal_on_its_day(client: Client) -> None:
    page = client.get("/changes/")
    days = re.findall(r'<h2 id="on-([^"]+)"', page.text)
    assert days == ["2026-05-03", "2026-05-01"]
    latest, first = re.findall(r'(?s)<section aria-labelledby="on-.*?</section>', page.text)
    assert "Withdrawn Status update “Delivered” as of April 2026 Campus" in words(latest)
    assert REASON in latest
    assert "Recorded on 1 May 2026" in words(latest)
    assert WRONG in re.findall(r"(?s)<del>.*?</del>", first)[0]


@pytest.mark.usefixtures("withdrawn")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("entry=update", 2),
        ("entry=mention", 1),
        ("status=delivered", 2),
        ("status=stalled", 0),
        ("initiative=campus", 3),
    ],
)
def test_the_filters_of_changes_hold_for_withdrawals(
    client: Client, query: str, expected: int
) -> None:
    page = client.get(f"/changes/?{query}")
    assert page.text.count('<a href="/initiatives/campus/">Campus</a>') == expected


def test_the_feed_tells_of_the_withdrawal_once(client: Client, withdrawn: StatusUpdate) -> None:
    feed = ET.fromstring(client.get("/changes.atom").content)
    entries = [
        [entry.findtext(ATOM + name) or "" for name in ("title", "updated", "summary", "id")]
        for entry in feed.findall(ATOM + "entry")
    ]
    titles = [title for title, *_rest in entries]
    assert titles == ["Withdrawn: Campus: Delivered", "Campus: Delivered", "Campus: Proposed"]
    assert entries[0][1].startswith("2026-05-03")
    assert f"Reason: {REASON}" in entries[0][2]
    assert entries[1][2].startswith(f"Withdrawn on 3 May 2026: {REASON}")
    assert len({entry[3] for entry in entries}) == 3


@pytest.mark.usefixtures("withdrawn")
def test_lists_that_are_followed_bring_the_initiative_up(client: Client, clock: Clock) -> None:
    feed = ET.fromstring(client.get("/initiatives.atom").content)
    (updated,) = [entry.findtext(ATOM + "updated") for entry in feed.findall(ATOM + "entry")]
    assert (updated or "").startswith("2026-05-03")


# --- Programs -------------------------------------------------------------------------------------


def test_tables_and_json_carry_it_apart_from_what_stands(
    client: Client, withdrawn: StatusUpdate, settings: Settings, tmp_path: Path
) -> None:
    settings.ARCHIVE_DIR = tmp_path
    mention = make.mention(initiative=withdrawn.initiative, act="adopted")
    withdraw(mention)
    found = client.get("/initiatives/campus.json").json()
    assert found["updates"] == []
    (update,) = found["withdrawn_updates"]
    assert (update["ref"], update["withdrawal_reason"]) == (withdrawn.ref, REASON)
    assert update["withdrawn_at"] == "2026-05-03T12:00:00Z"
    assert [entry["ref"] for entry in found["withdrawn_mentions"]] == [mention.ref]
    make_files(at_once=True)
    packed = zipfile.ZipFile(io.BytesIO(b"".join(client.get("/data/initiative-tracker.zip"))))
    for name, ref in (("updates", withdrawn.ref), ("mentions", mention.ref)):
        stands = packed.read(f"csv/{name}.csv").decode("utf-8-sig")
        gone = packed.read(f"csv/withdrawn_{name}.csv").decode("utf-8-sig")
        assert ref not in [row["ref"] for row in csv.DictReader(io.StringIO(stands))]
        (row,) = csv.DictReader(io.StringIO(gone))
        assert (row["ref"], row["withdrawal_reason"]) == (ref, REASON)
        assert json.loads(packed.read(f"json/withdrawn_{name}.json"))


# --- Earlier days ---------------------------------------------------------------------------------


def test_on_the_days_before_it_stood(client: Client, withdrawn: StatusUpdate, clock: Clock) -> None:
    clock.turn(10)
    address = withdrawn.initiative.get_absolute_url()
    assert WRONG in client.get("/", {"as_of": "2026-05-02"}).text
    assert struck(client.get("/", {"as_of": "2026-05-02"})) == []
    before = client.get(address, {"as_of": "2026-05-02"})
    assert WRONG in before.text
    assert struck(before) == []
    assert "Delivered" in panel(before)
    after = client.get(address, {"as_of": "2026-05-03"})
    assert WRONG in struck(after)[0]
    assert "was withdrawn on 3 May 2026" in panel(after)
    for day, stands, gone in (("2026-05-02", 1, 0), ("2026-05-03", 0, 1)):
        found = client.get("/initiatives/campus.json", {"as_of": day}).json()
        counted = (len(found["updates"]), len(found["withdrawn_updates"]))
        assert counted == (stands, gone), day


def test_no_page_promises_more_than_an_address_keeps(
    client: Client, initiative: Initiative, clock: Clock
) -> None:
    clock.turn(10)
    page = client.get(initiative.get_absolute_url())
    assert "The link keeps standing, delivery, due date, entries and participants" in words(page)
    assert "is shown as it is when the link is opened" in words(page)
    before = client.get(initiative.get_absolute_url(), {"as_of": "2023-01-01"})
    assert "That day is before this record began" in words(before)
    method = client.get("/about/method/")
    for text in (page.text, before.text, method.text):
        assert "permanent" not in text
        assert "goes on showing" not in text


def test_how_many_there_are_costs_no_query_more(client: Client, initiative: Initiative) -> None:
    def count() -> int:
        # What follows a write is for the first one who asks.
        client.get("/")
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/changes/").status_code == 200
        return len(queries)

    withdraw(make.update(initiative=initiative, what=WRONG))
    few = count()
    for _number in range(10):
        withdraw(make.update(initiative=initiative, what=WRONG))
    assert count() == few


# --- Everywhere -----------------------------------------------------------------------------------

TOLD = {
    "initiative_detail",
    "initiative_json",
    "change_list",
    "change_list_atom",
    "change_list_csv",
    "change_list_json",
    "correction_list",
    "correction_list_atom",
    "correction_list_csv",
    "correction_list_json",
    "correction_list_xlsx",
    "data_csv",
    "data_json",
    "data_archive",
}


def test_nothing_else_tells_of_what_was_withdrawn(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    settings.ARCHIVE_DIR = tmp_path
    world = make_world()
    hang_withdrawn_on(world, "misread")
    make_files(at_once=True)
    told = set()
    for address in addresses(world):
        response = client.get(address)
        if any("misread" in text for text in readable(body(response))):
            told.add(response.resolver_match.url_name)
    assert told == TOLD
