"""The page of a dialogue: a row for each meeting, and what became of what it raised."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from initiatives.models import Dialogue
from tests import make

pytestmark = pytest.mark.django_db


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return str(response.content.decode())


def rows(html: str) -> list[str]:
    start = html.index('<div class="bars meetings">')
    listed = html[start : html.index("</div>", start)]
    without_titles = re.sub(r"<title>[^<]*</title>", "", listed)
    items = without_titles.split("<li>")[1:]
    return [" ".join(re.sub(r"<[^>]+>", " ", item).split()) for item in items]


@pytest.fixture
def dialogue() -> Dialogue:
    dialogue = make.dialogue("steppe", name="Steppe")
    for year, count in ((2020, 1), (2022, 2)):
        meeting = make.meeting(
            f"m-{year}", dialogue=dialogue, title=f"Meeting {year}", starts_on=str(year)
        )
        for _number in range(count):
            make.initiative(raised_at=meeting)
    make.update(initiative=meeting.initiatives.first(), status="delivered", on="2023")
    make.meeting("quiet", dialogue=dialogue, title="Quiet meeting", starts_on="2021")
    make.initiative("loose", dialogue=dialogue)
    return dialogue


@pytest.mark.usefixtures("dialogue")
def test_each_meeting_tells_what_it_raised_and_what_was_delivered_and_reviewed(
    client: Client,
) -> None:
    html = page(client, "/dialogues/steppe/")
    assert rows(html) == [
        "Meeting 2022 2022 2 raised → , of which 1 delivered 1 reviewed",
        "Meeting 2020 2020 1 raised → , of which 0 delivered 0 reviewed",
        "Not known to have been raised at any of its meetings 1 raised → , of which 0 delivered 0 reviewed",
    ]
    assert "1 of 4 initiatives is known to be delivered; 3 are not yet reviewed" in html
    assert "1 of 4 initiatives reviewed" in html
    assert "1 other meeting raised nothing that is recorded." in html
    # The longest bar fills its place, and the others are on its scale.
    assert re.findall(r'class="not_reviewed" x="([\d.]+)%" width="([\d.]+)%"', html) == [
        ("50.00", "50.00"),
        ("0.00", "50.00"),
        ("0.00", "50.00"),
    ]


@pytest.mark.usefixtures("dialogue")
def test_the_earlier_ones_of_many_meetings_are_one_row(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("initiatives.views.dialogues.ROWS", 1)
    listed = rows(page(client, "/dialogues/steppe/"))
    assert listed[1] == "1 earlier meeting 1 raised → , of which 0 delivered 0 reviewed"


@pytest.mark.usefixtures("dialogue")
def test_it_is_seen_as_of_a_day(client: Client) -> None:
    html = page(client, "/dialogues/steppe/?as_of=1990-01-01")
    assert "No initiative of this dialogue is published." in html
    assert "Meeting 2022" not in html
    assert "As of 1 January 1990" in html
    assert "0 initiatives" in page(client, "/dialogues/?as_of=1990-01-01")


def test_a_dialogue_without_anything_has_no_picture(client: Client) -> None:
    make.dialogue("empty")
    html = page(client, "/dialogues/empty/")
    assert 'class="figure"' not in html
    assert "No meeting of this dialogue has been recorded yet." in html
