"""What is suggested as one types: names of records of every kind, small and at once."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.views.test_views import VERSIONS
from tests.world import hang_drafts_on, hang_past_on, hang_shown_later_on, make_world

pytestmark = pytest.mark.django_db


def suggested(client: Client, text: str, prefix: str = "") -> list[dict[str, Any]]:
    response = client.get(f"{prefix}/search/suggestions.json", {"q": text})
    assert response.status_code == 200
    answer = response.json()
    assert answer["q"] == text.strip()
    rows: list[dict[str, Any]] = answer["suggestions"]
    return rows


def names(client: Client, text: str) -> list[str]:
    return [row["name"] for row in suggested(client, text)]


def test_initiatives_go_first_and_then_names_of_every_kind(client: Client) -> None:
    dialogue = make.dialogue("zebras", name="Zebra dialogue")
    meeting = make.meeting(title="Zebra meeting", dialogue=dialogue)
    participant = make.participant("zz", name="Zebra Agency")
    make.theme(name="Zebra theme")
    make.report(title="Zebra report")
    make.delegate(
        attendance=make.attendance(meeting=meeting, participant=participant), name="Z. Zebra"
    )
    make.initiative("bridge", title="Zebra bridge", dialogue=dialogue)
    rows = suggested(client, "zeb")
    assert [row["kind"] for row in rows] == [
        *("initiative", "participant", "dialogue", "meeting", "theme", "person", "report")
    ]
    assert rows[0] == {
        "kind": "initiative",
        "kind_label": "Initiative",
        "name": "Zebra bridge",
        "also_called": "",
        "address": "http://testserver/initiatives/bridge/",
    }
    (person,) = [row for row in rows if row["kind"] == "person"]
    assert person["address"].endswith("/search/?q=%22Z.+Zebra%22&kind=person")
    page = client.get(person["address"]).content.decode()
    assert "<mark>" in page
    for row in rows:
        assert client.get(row["address"]).status_code == 200, row


def test_other_names_are_told_where_they_are_what_was_typed(client: Client) -> None:
    make.participant(name="Uzbekistan", translations={"name": {"ru": "Узбекистан"}})
    for text, called in (("uzb", ""), ("Узб", "Узбекистан")):
        (row,) = suggested(client, text)
        assert (row["name"], row["also_called"]) == ("Uzbekistan", called)
    for text, called in (("uzb", "Uzbekistan"), ("Узб", "")):
        (row,) = suggested(client, text, "/ru")
        assert (row["name"], row["also_called"]) == ("Узбекистан", called)


def test_what_is_called_just_so_goes_first_and_then_what_begins_so(client: Client) -> None:
    make.participant(name="Agency of Zebras")
    make.participant(name="Zebraland")
    make.participant(name="Aaa", other_names="Zebra")
    assert names(client, "zeb") == ["Zebraland", "Agency of Zebras", "Aaa"]
    assert names(client, "zebra") == ["Aaa", "Zebraland", "Agency of Zebras"]


def test_names_alone_are_suggested(client: Client) -> None:
    meeting = make.meeting(title="Summit", note="Zebra", city="Zebra")
    make.initiative(title="Bridge", summary="Zebra", raised_at=meeting)
    assert names(client, "zebra") == []


def test_there_are_eight_at_most_and_room_for_other_kinds(client: Client) -> None:
    world = make_world()
    for number in range(20):
        make.initiative(title=f"Zebra {number}", dialogue=world.dialogue)
    assert len(names(client, "zebra")) == 8
    for number in range(20):
        make.report(title=f"Zebra {number}")
    kinds = [row["kind"] for row in suggested(client, "zebra")]
    assert kinds == ["initiative"] * 4 + ["report"] * 4


def test_nothing_is_suggested_for_no_words(client: Client) -> None:
    make_world()
    for text in ("", " ", "!", "-japan", '"'):
        assert names(client, text) == [], text


def test_what_is_not_understood_is_refused(client: Client) -> None:
    for query in ({"q": "x" * 501}, {"q": "\0"}, {"kind": "report"}, {"as_of": "2024-01-01"}):
        assert client.get("/search/suggestions.json", query).status_code == 400
    assert client.get("/search/suggestions.json?q=a&q=b").status_code == 400


def test_nothing_that_is_hidden_is_suggested(client: Client) -> None:
    world = make_world()
    hang_drafts_on(world, "zzsecret")
    hang_shown_later_on(world, "zzsecret")
    hang_past_on(world, "zzsecret")
    assert names(client, "zzs") == []
    initiative = make.initiative(title="Zzsecret plan", dialogue=world.dialogue)
    assert names(client, "zzs") == ["Zzsecret plan"]
    initiative.delete()
    assert names(client, "zzs") == []


def test_suggestions_cost_a_query_for_each_kind_that_is_found(client: Client) -> None:
    world = make_world()
    make.initiatives(50, **world.shared)
    expected = {"nobody": 0, "japan": 2, "joint statement": 1, "initiative": 1, "hayashi": 0}
    for text, count in expected.items():
        suggested(client, text)
        with CaptureQueriesContext(connection) as asked:
            suggested(client, text)
        assert len(asked) - VERSIONS == count, text
