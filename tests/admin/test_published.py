"""Drafts of reports, meetings, participants and themes at the desk: told of, shown by who may, and previewed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from initiatives.models import Meeting, Published, Theme
from initiatives.recording.permissions import EDITOR, PUBLISHER
from initiatives.recording.withdrawal import withdraw_initiative
from tests import make
from tests.admin_forms import address, filled
from tests.people import client_of, make_person
from tests.rewriting import rewritten
from tests.world import World, hang_drafts_on, hang_shown_later_on, make_world

pytestmark = pytest.mark.django_db

WORD = "zzsecret"
DRAFT: dict[str, Any] = {"publication": "draft"}
MAKERS = [make.report, make.meeting, make.participant, make.theme]


def text_of(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, url
    return response.content.decode()


def words_of(html: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", html).split())


def test_what_is_added_by_hand_is_a_draft(admin_client: Client, client: Client) -> None:
    page = admin_client.get(address(Theme, "add"))
    admin_client.post(address(Theme, "add"), filled(page, name="Water", slug="water"))
    theme = Theme.objects.get(slug="water")
    assert not theme.is_public
    assert client.get(theme.get_absolute_url()).status_code == 404
    note = "A draft: the public sees it once something public rests on it"
    assert note in words_of(text_of(admin_client, address(theme, "change")))


def test_an_edit_leaves_what_is_public_public(admin_client: Client) -> None:
    meeting = make.meeting()
    page = admin_client.get(address(meeting, "change"))
    admin_client.post(address(meeting, "change"), filled(page, title="Called otherwise"))
    meeting.refresh_from_db()
    assert (meeting.title, meeting.publication) == ("Called otherwise", "public")


def test_who_comes_to_a_public_meeting_is_public(admin_client: Client, client: Client) -> None:
    meeting, country = make.meeting(), make.participant(**DRAFT)
    page = admin_client.get(address(meeting, "change"))
    attendance = {
        "attendances-TOTAL_FORMS": "1",
        "attendances-0-participant": str(country.pk),
        "attendances-0-capacity": "member",
    }
    response = admin_client.post(address(meeting, "change"), filled(page, **attendance))
    assert response.status_code == 302
    assert client.get(country.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("maker", MAKERS)
def test_a_publisher_shows_a_draft(client: Client, maker: Any) -> None:
    row: Published = maker(**DRAFT)
    publisher = client_of(make_person(PUBLISHER))
    assert "Show to the public" in text_of(publisher, address(row, "change"))
    url = address(row, "show")
    assert "It becomes public immediately." in text_of(publisher, url)
    page = row.get_absolute_url()  # type: ignore[attr-defined]
    assert client.get(page).status_code == 404
    publisher.post(url, {})
    assert client.get(page).status_code == 200
    assert "Show to the public" not in text_of(publisher, address(row, "change"))


def test_an_editor_is_refused(client: Client) -> None:
    report = make.report(**DRAFT)
    editor = client_of(make_person(EDITOR))
    assert "Show to the public" not in text_of(editor, address(report, "change"))
    assert editor.post(address(report, "show"), {}).status_code == 403
    report.refresh_from_db()
    assert not report.is_public


def test_a_list_tells_drafts_apart_and_shows_many(admin_client: Client) -> None:
    drafts = [make.meeting(**DRAFT) for _ in range(2)]
    shown = make.meeting()
    url = address(Meeting, "changelist")
    listed = text_of(admin_client, f"{url}?publication__exact=draft")
    assert all(row.title in listed for row in drafts)
    assert shown.title not in listed
    chosen = [row.pk for row in (*drafts, shown)]
    data = {"action": "show_rows", "_selected_action": chosen}
    answer = admin_client.post(url, data, follow=True)
    assert "2 rows are public now." in answer.content.decode()
    assert Meeting.objects.public().count() == 3


# --- Previews -------------------------------------------------------------------------------------


@rewritten
def drafted_world() -> tuple[World, dict[str, Any]]:
    world = make_world()
    hang_drafts_on(world, WORD)
    country, theme, meeting, _held, report, _about = hang_shown_later_on(world, WORD)
    of_drafts = type(world.initiative).objects.get(slug=f"{WORD}-of-drafts")
    rows = {"country": country, "theme": theme, "meeting": meeting, "report": report}
    return world, rows | {"initiative": of_drafts}


SHOWN = {
    "country": ["country", "official", "of drafts", "what", "meeting", "report"],
    "theme": ["theme", "of drafts"],
    "meeting": ["meeting", "city", "agenda", "of drafts", "country", "head", "topic", "of"],
    "report": ["report", "publisher", "what", "says", "note"],
    "initiative": ["of drafts", "meeting", "theme", "country", "para"],
}


@pytest.mark.parametrize("kind", SHOWN)
def test_a_preview_shows_the_page_with_the_drafts_counted(
    admin_client: Client, client: Client, kind: str
) -> None:
    _world, rows = drafted_world()
    row = rows[kind]
    assert "Preview" in words_of(text_of(admin_client, address(row, "change")))
    response = admin_client.get(address(row, "preview"))
    assert response.status_code == 200
    html = response.content.decode()
    assert "Preview: the public does not see this." in html
    assert "noindex" in html
    assert {"no-store", "private"} <= set(response.headers["Cache-Control"].split(", "))
    assert "ETag" not in response.headers
    shown = words_of(html)
    assert [word for word in SHOWN[kind] if f"{WORD} {word}" not in shown] == []
    # Nothing was written or kept, and the public sees what it saw.
    row.refresh_from_db()
    assert not row.is_public
    assert client.get(row.get_absolute_url()).status_code == 404
    assert admin_client.get(row.get_absolute_url()).status_code == 404
    assert WORD not in text_of(admin_client, "/initiatives/")


def test_drafts_count_in_the_preview_of_what_is_public(admin_client: Client) -> None:
    world = make_world()
    make.update(initiative=world.initiative, status="delivered", on="2026-01-01", **DRAFT)
    for row in (world.theme, world.meeting, world.participant, world.initiative):
        preview, page = address(row, "preview"), row.get_absolute_url()
        assert ">Delivered</span>" in text_of(admin_client, preview), preview
        assert ">Delivered</span>" not in text_of(admin_client, page), page


def test_a_preview_is_for_people_of_the_desk(client: Client) -> None:
    initiative = make.initiative(**DRAFT)
    url = address(initiative, "preview")
    assert client.get(url).status_code == 302
    assert client_of(make_person()).get(url).status_code == 403
    assert client_of(make_person(EDITOR)).get(url).status_code == 200
    assert client_of(make_person(EDITOR)).post(url).status_code == 405
    gone = reverse("admin:initiatives_initiative_preview", args=[initiative.pk + 1])
    assert client_of(make_person(EDITOR)).get(gone).status_code == 404


def test_what_is_withdrawn_is_in_no_list_of_a_preview(admin_client: Client) -> None:
    world = make_world()
    make.mention(initiative=world.initiative, publication="draft")
    url = address(world.theme, "preview")
    assert "Digital University" in text_of(admin_client, url)
    withdraw_initiative(by=None, initiative=world.initiative, reason="Recorded in error.")
    assert "Digital University" not in text_of(admin_client, url)
