"""Rows of the same title can be told apart where one of them is picked."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from initiatives.admin.base.labels import label_of
from initiatives.models import Initiative
from tests import make
from tests.admin_forms import address

pytestmark = pytest.mark.django_db


def found(client: Client, model: str, field: str, term: str, prefix: str = "") -> list[str]:
    asked = {"app_label": "initiatives", "model_name": model, "field_name": field, "term": term}
    return [
        each["text"]
        for each in client.get(f"{prefix}/admin/autocomplete/", asked).json()["results"]
    ]


def test_an_initiative_is_picked_by_title_dialogue_and_year(admin_client: Client) -> None:
    dialogue = make.dialogue(name="Central Asia + Japan", short_name="CA+JAD")
    meeting = make.meeting(title="Eighth meeting", dialogue=dialogue, starts_on="2022-04-15")
    make.initiative(title="Water", raised_at=meeting)
    make.initiative(title="Water", dialogue=make.dialogue(name="Other"))
    labels = found(admin_client, "statusupdate", "initiative", "water")
    assert sorted(labels) == ["Water – CA+JAD, 2022", "Water – Other"]
    meetings = found(admin_client, "initiative", "raised_at", "eighth")
    assert meetings == ["Eighth meeting – CA+JAD, 15 April 2022"]


def test_a_report_is_picked_by_title_publisher_and_date(admin_client: Client) -> None:
    make.report(title="Statement", publisher="MOFA", published_on="2022-04")
    make.report(title="Statement", publisher="MOFA", published_on=None)
    labels = found(admin_client, "statusupdate", "report", "statement")
    assert sorted(labels) == ["Statement – MOFA", "Statement – MOFA, April 2022"]


def test_what_is_chosen_has_the_same_label(admin_client: Client) -> None:
    lineage = make.lineage(earlier=make.initiative(raised_at=make.meeting()))
    page = admin_client.get(address(lineage.later, "change")).text
    assert label_of(lineage.earlier) in page
    for _ in range(16):
        make.dialogue()
    report = make.report(title="Statement", publisher="MOFA", published_on="2022-04")
    for _ in range(16):
        make.report()
    url = "/admin/initiatives/statusupdate/"
    assert "Statement – MOFA" in admin_client.get(url, {"report__id__exact": report.pk}).text


def test_any_other_row_is_picked_by_its_name() -> None:
    assert label_of(make.theme(name="Water")) == "Water"


def test_labels_cost_no_question_a_row(admin_client: Client) -> None:
    def ask(count: int) -> int:
        for _ in range(count):
            make.initiative(title="Water", raised_at=make.meeting())
        with CaptureQueriesContext(connection) as queries:
            assert found(admin_client, "statusupdate", "initiative", "water")
        return len(queries)

    few = ask(2)
    assert ask(12) == few


@pytest.mark.parametrize("term", ["\0", "%", "x" * 5000, "“", "("])
def test_whatever_is_typed_the_answer_is_a_list(admin_client: Client, term: str) -> None:
    make.initiative()
    asked: dict[str, Any] = {"app_label": "initiatives", "model_name": "role", "term": term}
    answer = admin_client.get("/admin/autocomplete/", asked | {"field_name": "initiative"})
    assert answer.status_code in (200, 400)
    assert Initiative.objects.count() == 1


def test_a_participant_is_picked_by_its_name_in_another_language(admin_client: Client) -> None:
    make.participant("uz", name="Uzbekistan")
    make.participant("jp", name="Japan")
    # A row of another kind is called by its own name.
    make.participant("kg-mo", name="Ministry of Uzbek", kind="ministry")
    for prefix, term, names in [
        ("/ru", "Узб", ["Узбекистан"]),
        ("/ru", "узб", ["Узбекистан"]),
        ("/ja", "ウズ", ["ウズベキスタン"]),
        ("/ja", "日本", ["日本"]),
        # An editor who reads English has it from a document in Japanese.
        ("", "日本", ["Japan"]),
        ("/ru", "uzb", ["Узбекистан", "Ministry of Uzbek"]),
        ("/ru", "Япо Узб", []),
    ]:
        assert found(admin_client, "role", "participant", term, prefix) == names


def test_a_row_is_picked_by_its_translation(admin_client: Client) -> None:
    make.theme(name="Water", translations={"name": {"ru": "Вода", "ja": "水"}})
    make.theme(name="A use", translations={"name": {"ru": "Пользование водой. Вода"}})
    make.theme(name="Energy")
    for term in ("Вод", "Вода"):
        names = found(admin_client, "initiative", "themes", term, "/ru")
        assert names == ["Вода", "Пользование водой. Вода"]
    assert found(admin_client, "initiative", "themes", "水", "/ja") == ["水"]
    # What languages and fields are called in the database is no text of a row.
    for term in ("ru", "name", "{", "%", "\\"):
        assert found(admin_client, "initiative", "themes", term, "/ru") == []
    dialogue = make.dialogue(name="Central Asia", translations={"name": {"ja": "中央アジア"}})
    assert found(admin_client, "meeting", "dialogue", "中央", "/ja") == ["中央アジア"]
    make.meeting(title="First", dialogue=dialogue, translations={"title": {"ja": "第一回"}})
    assert found(admin_client, "initiative", "raised_at", "第一", "/ja")


def test_a_list_finds_names_in_other_languages(admin_client: Client) -> None:
    uzbekistan = make.participant("uz", name="Uzbekistan")
    make.participant("jp", name="Japan")
    dialogue = make.dialogue(name="Central Asia", translations={"name": {"ru": "Диалог"}})
    member = dialogue.memberships.create(participant=uzbekistan)
    for page, term, rows in [
        ("participant", "Узбек", [uzbekistan]),
        ("dialogue", "Диал", [dialogue]),
        ("membership", "Узбек", [member]),
        ("membership", "Диал Узб", [member]),
        ("membership", "Диал Яп", []),
    ]:
        listed = admin_client.get(f"/ru/admin/initiatives/{page}/", {"q": term})
        assert list(listed.context["cl"].result_list) == rows
