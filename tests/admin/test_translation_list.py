"""The list of what is missing in each language, and of what is older than its original."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from initiatives.models import Initiative
from tests import make
from tests.admin.test_translations import typed
from tests.admin_forms import address, filled, saved
from tests.people import client_of, make_person

pytestmark = pytest.mark.django_db


def listed(client: Client, **query: Any) -> list[str]:
    response = client.get(reverse("admin:translations"), query)
    assert response.status_code == 200
    return [row.title for row in response.context["rows"]]


def counts(client: Client, **query: Any) -> dict[str, int]:
    response = client.get(reverse("admin:translations"), query)
    return {link.title: link.rows for link in response.context["languages"]}


def test_what_is_missing_is_listed_by_language_and_dialogue(admin_client: Client) -> None:
    ours, theirs = make.dialogue("ours"), make.dialogue("theirs")
    make.initiative(title="One", dialogue=ours, translations={"title": {"ja": "一"}})
    make.initiative(title="Two", dialogue=theirs)
    assert listed(admin_client) == ["Two"]
    assert listed(admin_client, language="ru") == ["Two", "One"]
    assert listed(admin_client, language="ru", dialogue=ours.pk) == ["One"]
    assert counts(admin_client, dialogue=ours.pk)["Russian"] == 1
    assert counts(admin_client)["Japanese"] == 1
    assert counts(admin_client)["English"] == 0
    assert "0 of 1 text" in admin_client.get(reverse("admin:translations")).text


def test_what_is_older_is_listed_until_it_is_translated_anew_or_confirmed(
    admin_client: Client,
) -> None:
    row = make.initiative(title="One", summary="S", translations={"title": {"ja": "一"}})
    assert listed(admin_client, state="older") == []
    saved(admin_client, address(row, "change"), title="One more")
    assert listed(admin_client, state="older") == ["One more"]
    assert counts(admin_client, state="older")["Japanese"] == 1
    url = f"{address(row, 'translate')}?language=ja"
    page = admin_client.get(url)
    assert "Older than the original, which was changed on" in page.text
    assert "1 older than its original" in page.text
    form = filled(page) | typed(("title", "ja", "一")) | {"_translations_hold": "title.ja"}
    assert admin_client.post(url, form).headers["Location"] == url
    assert listed(admin_client, state="older") == []
    assert "Translation confirmed: Japanese" in admin_client.get(address(row, "history")).text
    assert "Older than" not in admin_client.get(url).text
    assert Initiative.objects.get().translations == {"title": {"ja": "一"}}
    saved(admin_client, address(row, "change"), title="One again")
    saved(admin_client, url, **typed(("title", "ja", "再び一")))
    assert listed(admin_client, state="older") == []


def test_every_kind_is_listed_and_leads_to_its_page(admin_client: Client) -> None:
    make.update(what="It opened.")
    make.criterion(what="Students study.")
    make.meeting(title="Summit")
    make.theme(name="Water")
    make.participant("un", name="UN", kind="international_organisation")
    for kind, title in (
        ("statusupdate", "It opened."),
        ("criterion", "Students study."),
        ("meeting", "Summit"),
        ("dialogue", None),
        ("participant", "UN"),
        ("theme", "Water"),
    ):
        response = admin_client.get(reverse("admin:translations"), {"kind": kind})
        titles = [row.title for row in response.context["rows"]]
        assert title in titles or (title is None and titles), kind
        page = admin_client.get(response.context["rows"][0].url)
        assert page.status_code == 200
        assert page.context["page"].side.language == "ja"


def test_the_list_takes_as_many_queries_for_a_hundred_rows(
    admin_client: Client, django_assert_max_num_queries: Any
) -> None:
    dialogue = make.dialogue()
    for number in range(60):
        make.initiative(title=f"Number {number}", dialogue=dialogue)
    url = reverse("admin:translations")
    admin_client.get(url)
    with django_assert_max_num_queries(14):
        response = admin_client.get(url, {"page": 2})
    assert [len(response.context["rows"]), response.context["page"].paginator.count] == [10, 60]


def test_what_there_is_not_is_not_found(admin_client: Client) -> None:
    url = reverse("admin:translations")
    for query in (
        {"kind": "report"},
        {"language": "de"},
        {"state": "x"},
        {"dialogue": "x"},
        {"kind": "theme", "dialogue": "1"},
        {"dialogue": "9" * 30},
    ):
        assert admin_client.get(url, query).status_code == 404, query
    assert admin_client.get(url, {"page": "x"}).status_code == 200
    assert admin_client.post(url).status_code == 405


def test_a_language_of_any_kind_may_be_asked_for_and_what_is_none_is_told(
    admin_client: Client,
) -> None:
    row = make.initiative(title="One")
    url = address(row, "translate")
    page = admin_client.get(url, {"language": "ar"})
    assert page.context["page"].side.direction == "rtl"
    assert 'lang="ar" dir="rtl"' in page.text
    assert (
        "“zz-zz-zz!” is not a language tag" in admin_client.get(url, {"language": "zz-zz-zz!"}).text
    )
    assert "The original is in English." in admin_client.get(url, {"language": "EN"}).text


def test_a_state_is_not_missing_where_pages_have_its_name(admin_client: Client) -> None:
    row = make.participant("uz", name="Uzbekistan")
    page = admin_client.get(address(row, "translate"), {"language": "ja"}).text
    assert "ウズベキスタン" in page
    assert "Missing" not in page
    assert listed(admin_client, kind="participant") == []


def test_the_form_shows_what_is_said_and_leads_to_the_page(admin_client: Client) -> None:
    row = make.initiative(title="One", translations={"title": {"ja": "一"}})
    page = admin_client.get(address(row, "change"))
    assert '<span lang="ja" dir="auto">一</span>' in page.text
    assert address(row, "translate") in page.text
    assert "translations-0-text" not in page.text
    editor = client_of(make_person("Editor"))
    assert address(row, "translate") not in editor.get(address(row, "change")).text
    assert editor.get(address(row, "translate")).status_code == 403
    (listed_row,) = editor.get(reverse("admin:translations"), {"language": "ru"}).context["rows"]
    assert listed_row.url == address(row, "change")
