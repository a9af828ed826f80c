"""The register of corrections: its page, its filters, its other formats."""

from __future__ import annotations

import csv
import io
import json
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from initiatives.models import Correction, CorrectionKind, Initiative, Load
from initiatives.recording import actions
from initiatives.recording.merging import merge
from initiatives.recording.register import note_load
from initiatives.recording.removal import remove
from initiatives.recording.renaming import rename
from initiatives.recording.withdrawal import withdraw_initiative
from tests import make
from tests.clock import Clock
from tests.people import make_person
from tests.views.test_withdrawal import words

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def initiative(monkeypatch: pytest.MonkeyPatch) -> Initiative:
    """One that was corrected on the first day and withdrawn on the second, beside one that lost an entry."""
    clock = Clock(monkeypatch, "2026-05-01")
    initiative = make.initiative("campus", title="Campus", proposers=[make.participant("jp")])
    make.mention(initiative=initiative)
    old = make.update(initiative=initiative, what="It opened.")
    make.update(initiative=initiative, what="It will open.", corrects=old, report=old.report)
    clock.turn(1)
    withdraw_initiative(by=make_person("Publisher"), initiative=initiative, reason="Not this one.")
    clock.turn(1)
    other = make.initiative("other", title="Other", proposers=[make.participant("uz")])
    make.mention(initiative=other)
    remove(by=None, row=make.update(initiative=other, what="Erased."), reason="Order.")
    return initiative


def rows_of(client: Client, query: str = "") -> list[dict[str, str]]:
    rows = client.get(f"/corrections.csv{query}")
    return list(csv.DictReader(io.StringIO(b"".join(rows).decode("utf-8-sig"))))


def heads(client: Client, query: str = "") -> list[str]:
    return [f"{line['initiative.slug']} {line['kind']}" for line in rows_of(client, query)]


@pytest.mark.usefixtures("initiative")
def test_the_page_says_what_was_and_is_when_why_and_in_whose_name(client: Client) -> None:
    page = client.get("/corrections/")
    text = words(page)
    places = [
        text.index(part) for part in ("Other Removed", "Campus Withdrawn", "Campus Corrected")
    ]
    assert places == sorted(places)
    assert "Status update 3 May 2026" in text
    assert "The text was permanently removed: Order." in text
    assert "by an account with the role: Publisher Not this one." in text
    assert "What happened Was: It opened. Is: It will open." in text
    assert "Erased" not in text
    assert "publisher-" not in text


@pytest.mark.usefixtures("initiative")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["other removed", "campus withdrawn", "campus corrected"]),
        ("?sort=oldest", ["campus corrected", "campus withdrawn", "other removed"]),
        ("?kind=removed&kind=withdrawn", ["other removed", "campus withdrawn"]),
        ("?subject=initiative", ["campus withdrawn"]),
        ("?participant=jp", ["campus withdrawn", "campus corrected"]),
        ("?participant=uz", ["other removed"]),
    ],
)
def test_it_is_filtered(client: Client, query: str, expected: list[str]) -> None:
    assert heads(client, query) == expected
    assert client.get(f"/corrections/{query}").text.count('<li class="row">') == len(expected)


def test_it_is_filtered_by_dialogue(client: Client, initiative: Initiative) -> None:
    found = heads(client, f"?dialogue={initiative.dialogue.slug}")
    assert found == ["campus withdrawn", "campus corrected"]


@pytest.mark.parametrize("end", ["/", ".csv", ".json", ".xlsx", ".atom"])
def test_a_value_that_is_not_known_is_answered_by_name(client: Client, end: str) -> None:
    response = client.get(f"/corrections{end}?kind=lost")
    assert response.status_code == 400
    assert "kind" in response.text


def test_an_empty_register_says_so(client: Client) -> None:
    assert "Nothing has been corrected" in client.get("/corrections/").text
    assert "Nothing matches all of these filters." in words(
        client.get("/corrections/?kind=removed")
    )
    feed = ET.fromstring(client.get("/corrections.atom").content)
    assert feed.findall(f"{ATOM}entry") == []


def test_the_feed_has_each_line_once_for_good(client: Client, initiative: Initiative) -> None:
    def entries() -> list[tuple[str | None, str | None]]:
        feed = ET.fromstring(client.get("/corrections.atom").content)
        return [
            (entry.findtext(f"{ATOM}id"), entry.findtext(f"{ATOM}title"))
            for entry in feed.findall(f"{ATOM}entry")
        ]

    before = entries()
    assert [title for _name, title in before] == [
        "Removed: status update, Other",
        "Withdrawn: initiative, Campus",
        "Corrected: status update, Campus",
    ]
    remove(by=None, row=initiative, reason="Order.")
    assert {name for name, _title in before} < {name for name, _title in entries()}


def test_it_is_kept_until_something_is_written(client: Client, initiative: Initiative) -> None:
    tag = client.get("/corrections/").headers["ETag"]
    unchanged = client.get("/corrections/", headers={"if-none-match": tag})
    assert unchanged.status_code == 304
    update = make.update(initiative=make.initiative("third"))
    actions.withdraw(by=None, entry=update, reason="So.")
    changed = client.get("/corrections/", headers={"if-none-match": tag})
    assert changed.status_code == 200


def test_how_many_lines_there_are_costs_no_query_more(client: Client) -> None:
    initiative = make.initiative()

    def count(address: str) -> int:
        # What follows a write is for the first one who asks.
        client.get("/")
        with CaptureQueriesContext(connection) as queries:
            response = client.get(address)
            _content = b"".join(response) if response.streaming else response.content
        return len(queries)

    addresses = ("/corrections/", "/corrections.csv", "/corrections.atom")
    actions.withdraw(by=None, entry=make.update(initiative=initiative), reason="So.")
    few = [count(address) for address in addresses]
    for _number in range(20):
        actions.withdraw(by=None, entry=make.update(initiative=initiative), reason="So.")
    assert Correction.objects.count() == 21
    assert [count(address) for address in addresses] == few


def test_pages_lead_to_it(client: Client) -> None:
    for address in ("/", "/changes/", "/about/method/", "/sitemap-pages.xml"):
        assert "/corrections/" in client.get(address).text, address


def test_a_line_of_another_record_says_what_it_is_called_today_and_leads_there(
    client: Client,
) -> None:
    rows: list[Any] = [
        make.report("paper", title="A paper"),
        make.meeting("fm-8", dialogue=make.dialogue("cajd"), number=8),
        make.dialogue("forum"),
        make.theme("water"),
        make.participant("jica"),
    ]
    for row in rows:
        rename(by=None, row=row, key="once")
        row.refresh_from_db()
        rename(by=None, row=row, key=f"today-{row._meta.model_name}")
        row.refresh_from_db()
    whole = make.participant("whole", name="The whole")
    merge(by=None, kept=whole, gone=rows.pop(), reason="One.")
    page = client.get("/corrections/").content.decode()
    feed = client.get("/corrections.atom").content.decode()
    names = [line["title"] for line in rows_of(client)]
    for row, lines in [*((row, 2) for row in rows), (whole, 3)]:
        assert names.count(str(row)) == lines
        assert page.count(f'<h3>\n    <a href="{row.get_absolute_url()}">{row}</a>') == lines
        assert feed.count(f'{row.get_absolute_url()}"') == lines
        assert feed.count(f", {row}</title>") == lines


def test_a_line_of_a_record_that_is_a_draft_again_says_its_id_alone(client: Client) -> None:
    report = make.report("paper", title="A paper")
    rename(by=None, row=report, key="paper-2")
    type(report).objects.filter(slug="paper-2").update(publication="draft")
    for address in ("/corrections/", "/corrections.atom"):
        text = client.get(address).content.decode()
        assert "paper-2" in text
        assert "A paper" not in text
    (line,) = rows_of(client)
    assert (line["key"], line["title"]) == ("paper-2", "")


@pytest.mark.usefixtures("initiative")
def test_each_line_of_the_files_says_what_it_is_about(client: Client) -> None:
    load = Load.objects.create(files=[])
    initiative = Initiative.objects.get(slug="campus")
    note_load(
        CorrectionKind.WITHDRAWN, load, initiatives=[initiative], reports=[], by=None, reason="No."
    )
    names = {(line["subject"], line["title"]) for line in rows_of(client)}
    assert names == {
        ("status_update", "Campus"),
        ("status_update", "Other"),
        ("initiative", "Campus"),
        ("load", f"Load {load.pk}"),
    }
    body = b"".join(client.get("/corrections.json").streaming_content)  # type: ignore[attr-defined]
    found = json.loads(body)["corrections"]
    assert {line["title"] for line in found} == {name for _subject, name in names}
