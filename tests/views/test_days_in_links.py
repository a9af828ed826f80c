"""A day is chosen on a page, kept by its links, and honoured by cards and badges on the pages of others."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from initiatives.models import Participant
from initiatives.recording import actions
from initiatives.views.day_links import of_days
from tests import make
from tests.addresses import addresses
from tests.clock import Clock
from tests.exports.test_exports import leave
from tests.world import make_world

pytestmark = pytest.mark.django_db
DAY = "2022-05-01"


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return b"".join(response).decode()


def data(client: Client, address: str) -> Any:
    return json.loads(page(client, address))


def links(html: str) -> list[str]:
    """Where the links of a page lead but those to today."""
    found = re.findall(r'<a\b([^>]*?)href="([^"]*)"([^>]*)>', html)
    return [unescape(href) for before, href, after in found if "data-today" not in before + after]


def test_every_page_of_a_day_keeps_it_in_its_links(client: Client) -> None:
    world = make_world()
    pages = [
        address
        for address in sorted(set(addresses(world, every_table=False)))
        if address.endswith("/") and of_days().fullmatch(address) and "/embed/" not in address
    ]
    read = 0
    for address in pages:
        response = client.get(f"{address}?as_of={DAY}")
        if response.status_code != 200:
            continue
        read += 1
        html = response.content.decode()
        led = [href for href in links(html) if of_days().fullmatch(re.split(r"[?#]", href)[0])]
        assert led, address
        for href in led:
            assert f"as_of={DAY}" in href, (address, href)
            assert href.count("as_of=") == 1
        assert f'name="as_of" required min="1900-01-01" max="{timezone.localdate()}"' in html
        assert f'value="{DAY}"' in html
    assert read > 12


def test_a_day_is_chosen_where_it_is_honoured_and_keeps_the_filters(client: Client) -> None:
    make_world()
    html = page(client, "/initiatives/?theme=education&theme=none&page=1")
    form = html[html.index('class="day"') :].partition("</form>")[0]
    assert re.findall(r'type="hidden" name="([^"]+)" value="([^"]+)"', form) == [
        ("theme", "education"),
        ("theme", "none"),
    ]
    for address in ("/data/", "/search/", "/corrections/"):
        assert 'class="day"' not in page(client, address), address


def test_themes_and_reports_are_seen_as_of_a_day(client: Client) -> None:
    theme = make.theme("water", name="Water")
    early, late = (
        make.report("early", published_on="2020"),
        make.report("late", published_on="2024"),
    )
    old = make.initiative("old", title="Old plan", themes=[theme])
    new = make.initiative("new", title="New plan", themes=[theme])
    make.mention(initiative=old, report=early, act="proposed")
    make.mention(initiative=new, report=late, act="proposed")
    make.mention(initiative=old, report=late, act="restated")
    html = page(client, "/themes/water/?as_of=2021-06-01")
    assert "Old plan" in html
    assert "New plan" not in html
    assert "Old plan" in page(client, "/reports/early/?as_of=2021-06-01")
    assert client.get("/reports/late/?as_of=2021-06-01").status_code == 404
    assert "New plan" in page(client, "/themes/water/")


def test_cards_and_badges_are_as_of_a_day(client: Client) -> None:
    row = make.initiative("rail", title="Rail")
    make.mention(initiative=row, report=make.report(published_on="2019"))
    make.update(
        initiative=row, status="under_way", on="2020", report=make.report(published_on="2020")
    )
    make.update(
        initiative=row, status="delivered", on="2024", report=make.report(published_on="2024")
    )
    for address in ("/embed/rail/", "/initiatives/rail/badge.svg"):
        assert "Delivered" in page(client, address)
        assert "Under way" in page(client, f"{address}?as_of=2021-06-01")
        assert client.get(f"{address}?as_of=2018-01-01").status_code == 404
    assert "As of 1 June 2021." in page(client, "/embed/rail/?as_of=2021-06-01")


def test_a_page_that_is_declared_of_days_is_among_them_by_itself(client: Client) -> None:
    make_world()
    for address in ("/changes/", "/meetings/", "/participants/", "/reports/", "/dialogues.csv"):
        assert of_days().fullmatch(address), address
    for address in ("/search/", "/data/", "/corrections/", "/changes.atom", "/meetings.ics"):
        assert not of_days().fullmatch(address), address
    html = page(client, f"/?as_of={DAY}")
    assert f'href="/changes/?as_of={DAY}"' in html
    assert 'href="/corrections/"' in html


def test_lists_are_of_the_day(client: Client) -> None:
    early = make.report("early", title="Early paper", published_on="2020")
    late = make.report("late", title="Late paper", published_on="2024")
    held = make.meeting("held", title="First meeting", starts_on="2020-05-01", state="held")
    make.meeting("later", title="Second meeting", starts_on="2024-05-01", state="held")
    make.attendance(meeting=held, participant=make.participant("jp", name="Japan"))
    announced = make.meeting(
        "announced", title="Third meeting", starts_on="2025-05-01", state="held"
    )
    make.report("invitation", title="Invitation", published_on="2020", meeting=announced)
    row = make.initiative("rail", title="Rail", raised_at=held)
    make.mention(
        initiative=row, report=early, act="proposed", participants=[make.participant("uz")]
    )
    make.mention(
        initiative=row,
        report=late,
        act="supported",
        participants=[Participant.objects.get(code="jp")],
    )
    html = page(client, "/reports/?as_of=2021-06-01")
    assert "Early paper" in html
    assert "Late paper" not in html
    assert "Late paper" not in page(client, "/reports.csv?as_of=2021-06-01")
    assert len(data(client, "/reports.json?as_of=2021-06-01")["reports"]) == 2
    html = page(client, "/meetings/?as_of=2021-06-01")
    assert ("First meeting" in html, "Second meeting" in html, "Third meeting" in html) == (
        True,
        False,
        True,
    )
    # What was held later was planned, and nobody had come yet.
    for query, titles in (
        ("state=planned", ["Third meeting"]),
        ("state=held", ["First meeting"]),
        ("year=2025", ["Third meeting"]),
        ("participant=jp", ["First meeting"]),
        ("sort=oldest", ["First meeting", "Third meeting"]),
        ("", ["Third meeting", "First meeting"]),
    ):
        html = page(client, f"/meetings/?as_of=2021-06-01&{query}")
        assert re.findall(r"<h3><a [^>]+>([^<]+)</a></h3>", html) == titles, query
        told = data(client, f"/meetings.json?as_of=2021-06-01&{query}")
        assert [meeting["title"] for meeting in told["meetings"]] == titles, query
        assert (told["as_of"], told["count"]) == ("2021-06-01", len(titles))
    html = page(client, "/meetings/?as_of=2021-06-01&state=held&year=2025")
    assert "to see 1." in html
    workbook: Any = client.get("/meetings.xlsx?as_of=2021-06-01")
    named = workbook.headers["Content-Disposition"]
    leave(workbook)
    assert named.endswith('"meetings-as-of-2021-06-01.xlsx"')


def test_participants_have_the_numbers_of_the_day(client: Client) -> None:
    row = make.initiative("rail", title="Rail")
    uz, jp = make.participant("uz", name="Uzbekistan"), make.participant("jp", name="Japan")
    make.mention(
        initiative=row, report=make.report(published_on="2020"), act="proposed", participants=[uz]
    )
    make.mention(
        initiative=row, report=make.report(published_on="2024"), act="supported", participants=[jp]
    )

    def counted(address: str) -> list[str]:
        return re.findall(r"<span>(\d+) initiatives?</span>", page(client, address))

    assert counted("/participants/") == ["1", "1"]
    assert counted("/participants/?as_of=2021-06-01") == ["0", "1"]


def test_changes_end_with_the_day(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch, "2026-03-01")
    row = make.initiative("rail", title="Rail")
    make.mention(initiative=row, report=make.report(published_on="2019"))
    update = make.update(
        initiative=row, status="under_way", on="2020", report=make.report(published_on="2020")
    )
    clock.turn(61)
    actions.withdraw(by=None, entry=update, reason="Of another railway.")
    html = page(client, "/changes/")
    assert html.count("Of another railway.") == 2
    html = page(client, "/changes/?as_of=2026-04-01")
    assert "Of another railway." not in html
    assert "Under way" in html
    assert "Nothing had been recorded by then." in page(client, "/changes/?as_of=2026-02-01")
    told = data(client, "/changes.json?as_of=2026-04-01")
    assert [change["change"] for change in told["changes"]] == ["recorded", "recorded"]
    assert told["as_of"] == "2026-04-01"
    assert client.get("/changes.atom?as_of=2026-04-01").status_code == 400


def test_the_json_of_reports_themes_and_dialogues_is_of_the_day(client: Client) -> None:
    theme = make.theme("water", name="Water")
    early, late = (
        make.report("early", published_on="2020"),
        make.report("late", published_on="2024"),
    )
    row = make.initiative("rail", title="Rail", themes=[theme])
    make.mention(initiative=row, report=early, act="proposed")
    make.mention(initiative=row, report=late, act="restated")
    assert client.get("/reports/late.json?as_of=2021-06-01").status_code == 404
    told = data(client, "/reports/early.json?as_of=2021-06-01")
    assert (told["flags_as_of"], len(told["mentions"])) == ("2021-06-01", 1)
    told = data(client, "/themes/water.json?as_of=2021-06-01")
    assert told["initiatives"].endswith("/initiatives.json?as_of=2021-06-01&theme=water")
    told = data(client, f"/dialogues/{row.dialogue.slug}.json?as_of=2021-06-01")
    assert told["flags_as_of"] == "2021-06-01"
