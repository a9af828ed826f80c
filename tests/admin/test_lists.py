"""Lists of the desk: what they are narrowed by, filters that people save, and pages that do not wait for the rest."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.admin import site
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from initiatives.admin.base import changelist
from initiatives.models import (
    Attendance,
    FollowUpPlan,
    Initiative,
    Participant,
    Report,
    SavedFilter,
    StatusUpdate,
    Theme,
)
from tests import make
from tests.admin_forms import address
from tests.people import client_of, make_person

pytestmark = pytest.mark.django_db

LIST = "/admin/initiatives/initiative/"
SAVED = "/admin/saved-filters/"


def titles(client: Client, query: str = "", url: str = LIST) -> list[str]:
    page = client.get(f"{url}?{query}")
    assert page.status_code == 200
    return [str(row) for row in page.context["cl"].result_list]


# --- Rows and columns -----------------------------------------------------------------------------


def test_names_sort_as_everywhere_and_the_list_says_by_what(admin_client: Client) -> None:
    for title in ("Zebra", "Élan", "apple", "Öl"):
        make.initiative(title=title)
    assert titles(admin_client) == ["apple", "Élan", "Öl", "Zebra"]
    page = admin_client.get(LIST)
    assert page.text.count('aria-sort="ascending"') == 1
    assert titles(admin_client, "o=-1") == ["Zebra", "Öl", "Élan", "apple"]


@pytest.mark.parametrize("order", ["3", "-3"])
def test_rows_without_a_date_come_last_whichever_way(admin_client: Client, order: str) -> None:
    make.initiative(title="None")
    for year in ("2023", "2021"):
        make.initiative(title=year, due_on=year)
    expected = ["2021", "2023"] if order == "3" else ["2023", "2021"]
    assert titles(admin_client, f"o={order}") == [*expected, "None"]


def test_a_row_that_is_found_by_several_others_is_listed_once(admin_client: Client) -> None:
    attendance = make.attendance()
    for name in ("A. Abe", "B. Baba"):
        make.delegate(attendance=attendance, name=name)
    changelist = admin_client.get("/admin/initiatives/attendance/?q=a").context["cl"]
    assert (list(changelist.result_list), changelist.result_count) == ([attendance], 1)


def test_every_cell_names_its_column(admin_client: Client) -> None:
    make.initiative(title="<b>\\1 & co", due_on="2023")
    text = admin_client.get(LIST).text
    assert '<td data-label="Due" class="field-due_on">2023</td>' in text
    assert "&lt;b&gt;\\1 &amp; co" in text


@pytest.mark.parametrize("most", [1, 2, 5000])
def test_pages_are_the_same_however_many_keys_are_read_at_once(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(changelist, "MOST_KEYS", most)
    monkeypatch.setattr(site.get_model_admin(Initiative), "list_per_page", 2)
    for number in range(5):
        make.initiative(title=f"Water {number}", themes=[make.theme(), make.theme()])
    for query in ("", "q=water", "publication__exact=public", "q=theme"):
        pages = [titles(admin_client, f"{query}&p={number}") for number in (1, 2, 3)]
        if query == "q=theme":
            assert pages == [[], [], []] or not pages[0]
            continue
        assert pages == [["Water 0", "Water 1"], ["Water 2", "Water 3"], ["Water 4"]], query
        page = admin_client.get(f"{LIST}?{query}")
        assert page.context["cl"].result_count == 5


def test_a_search_looks_through_the_table_once(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changelist, "MOST_KEYS", 2)
    monkeypatch.setattr(site.get_model_admin(Initiative), "list_per_page", 2)
    for number in range(5):
        make.initiative(title=f"Water {number}")
    admin_client.get(f"{LIST}?q=water")
    with CaptureQueriesContext(connection) as queries:
        page = admin_client.get(f"{LIST}?q=water")
    assert page.context["cl"].result_count == 5
    assert len([query for query in queries if "water" in query["sql"]]) == 1


def test_a_search_looks_at_a_row_once_for_all_that_refer_to_it(admin_client: Client) -> None:
    update = make.update(initiative=make.initiative(title="Clean water"))
    url = address(StatusUpdate, "changelist")
    admin_client.get(f"{url}?q=water")
    with CaptureQueriesContext(connection) as queries:
        found = titles(admin_client, "q=water", url)
    assert found == [str(update)]
    of_titles, of_updates = [query["sql"] for query in queries if "water" in query["sql"]]
    assert "title" in of_titles
    assert "title" not in of_updates
    assert titles(admin_client, "q=gallium", url) == []


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("abe baba", True),
        ("abe nobody", False),
        ('"a. abe"', True),
        ('"abe a."', False),
        ("o'", False),
    ],
)
def test_each_word_is_found_in_some_row_and_what_is_quoted_in_one(
    admin_client: Client, text: str, is_found: bool
) -> None:
    attendance = make.attendance()
    for name in ("A. Abe", "B. Baba"):
        make.delegate(attendance=attendance, name=name)
    url = address(Attendance, "changelist")
    assert titles(admin_client, urlencode({"q": text}), url) == [str(attendance)] * is_found


def test_a_code_is_found_as_a_whole_only(admin_client: Client) -> None:
    japan = make.participant("xj", name="Nippon")
    url = address(Participant, "changelist")
    found = [titles(admin_client, f"q={text}", url) for text in ("XJ", "x", "xj nip")]
    assert found == [[str(japan)], [], [str(japan)]]


def test_show_all_is_offered_where_something_is_left_out(admin_client: Client) -> None:
    make.initiative(title="Water")
    for query, is_narrowed in (("", False), ("o=3", False), ("q=wat", True), ("due=soon", True)):
        page = admin_client.get(f"{LIST}?{query}")
        assert ("Show all" in page.text) == is_narrowed, query


@pytest.mark.parametrize("model", [Initiative, Report, FollowUpPlan])
def test_a_list_asks_as_much_for_few_rows_as_for_many(
    admin_client: Client, model: type[Any]
) -> None:
    def add(count: int) -> int:
        for _number in range(count):
            initiative = make.initiative(raised_at=make.meeting())
            make.mention(initiative=initiative, report=make.report(meeting=make.meeting()))
            person = make_person("Editor")
            FollowUpPlan.objects.create(initiative=initiative, responsible=person)
        admin_client.get(address(model, "changelist"))
        with CaptureQueriesContext(connection) as queries:
            admin_client.get(address(model, "changelist"))
        return len(queries)

    assert add(2) == add(6) <= 14


def test_entries_ask_for_their_corrections_once(admin_client: Client) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            page = admin_client.get("/admin/initiatives/statusupdate/")
        assert page.text.count("Corrected") >= 1
        return len(queries)

    def add() -> None:
        update = make.update()
        make.update(initiative=update.initiative, corrects=update, status="delivered")

    add()
    admin_client.get("/admin/initiatives/statusupdate/")
    few = count()
    for _number in range(4):
        add()
    assert count() == few


# --- What narrows a list --------------------------------------------------------------------------


def test_what_narrows_a_list_is_named_and_can_be_taken_off(admin_client: Client) -> None:
    dialogue = make.dialogue(name="Ours")
    for number in range(16):
        make.theme(name=f"Theme {number}")
    initiative = make.initiative(dialogue=dialogue, themes=[Theme.objects.all()[15]])
    theme = initiative.themes.get()
    query = (
        f"dialogue__id__exact={dialogue.pk}&themes__id__exact={theme.pk}&due=abc&q=initiative&o=3"
    )
    page = admin_client.get(f"{LIST}?{query}")
    active = {each.title: each for each in page.context["cl"].active_filters()}
    named = {title: each.value for title, each in active.items()}
    assert named["Dialogue"] == "Ours"
    assert named["Themes"] == theme.name
    assert "Due" in named
    assert f"themes__id__exact={theme.pk}" in active["Dialogue"].remove
    assert "dialogue__id__exact" not in active["Dialogue"].remove
    assert "o=3" in active["Dialogue"].remove
    assert 'aria-label="Remove: Dialogue"' in page.text


def test_a_condition_that_no_filter_offers_is_named_too(admin_client: Client) -> None:
    update = make.update()
    other = make.update()
    url = f"/admin/initiatives/statusupdate/?initiative__id__exact={update.initiative_id}"
    page = admin_client.get(url)
    assert [row.pk for row in page.context["cl"].result_list] == [update.pk] != [other.pk]
    assert [each.title for each in page.context["cl"].active_filters()] == ["Initiative"]


def test_the_filters_of_people_find_their_rows() -> None:
    me, other = make_person("Editor"), make_person("Editor")
    FollowUpPlan.objects.create(initiative=make.initiative(title="Mine"), responsible=me)
    FollowUpPlan.objects.create(initiative=make.initiative(title="Theirs"), responsible=other)
    make.initiative(title="Free")
    client = client_of(me)
    assert titles(client, "responsible=me") == ["Mine"]
    assert titles(client, "responsible=nobody") == ["Free"]
    assert titles(client, f"responsible={other.pk}") == ["Theirs"]
    assert titles(client, "responsible=mine") == ["Free", "Mine"]
    for value in ("%C2%B2", "abc", "99999999999999999999", "-1"):
        assert len(titles(client, f"responsible={value}")) == 3


# --- Saved filters --------------------------------------------------------------------------------


def save(client: Client, name: str, query: str, of_list: str = "initiatives.initiative") -> Any:
    return client.post(SAVED, {"name": name, "query": query, "of_list": of_list}, follow=True)


def test_a_filter_is_saved_used_replaced_and_deleted() -> None:
    me = make_person("Editor")
    client = client_of(me)
    make.initiative(title="Kept", due_on="2023")
    make.initiative(title="Left out", kind="pledge")
    page = client.get(f"{LIST}?kind__exact=proposal&o=3&p=1")
    assert 'value="kind__exact=proposal&amp;o=3"' in page.text
    page = save(client, "Proposals by date", page.context["query_to_save"])
    assert "Saved as “Proposals by date”." in page.text
    saved = SavedFilter.objects.get()
    assert (saved.user, saved.of_list) == (me, "initiatives.initiative")
    assert f'href="?{saved.query.replace("&", "&amp;")}" aria-current="true"' in page.text
    assert titles(client, saved.query) == ["Kept"]
    save(client, "Proposals by date", "kind__exact=pledge")
    saved = SavedFilter.objects.get()
    assert titles(client, saved.query) == ["Left out"]
    page = client.post(SAVED, {"delete": saved.pk}, follow=True)
    assert "“Proposals by date” is deleted." in page.text
    assert page.redirect_chain[-1][0] == LIST
    assert not SavedFilter.objects.exists()


def test_filters_are_of_one_person_and_one_list() -> None:
    me, other = make_person("Editor"), make_person("Editor")
    save(client_of(me), "Mine", "q=water")
    saved = SavedFilter.objects.get()
    assert "Mine" not in client_of(other).get(LIST).text
    assert client_of(other).post(SAVED, {"delete": saved.pk}).status_code == 404
    assert "Mine" not in client_of(me).get(reverse("admin:initiatives_report_changelist")).text
    save(client_of(other), "Mine", "q=water")
    assert SavedFilter.objects.count() == 2


@pytest.mark.every_case
@pytest.mark.parametrize(
    "query",
    [
        "",
        "nonsense=1",
        "title__regex=(",
        "dialogue__id__exact=abc",
        "recorded_by__password__startswith=a",
        "kind__exact=proposal&" + "q=" + "x" * 3000,
        "%00=1",
    ],
)
def test_what_the_list_does_not_understand_is_not_saved(query: str) -> None:
    client = client_of(make_person("Editor"))
    # Of two dialogues, or no filter by them is offered.
    make.initiative()
    make.initiative()
    page = save(client, "Odd", query)
    assert page.status_code == 200
    assert "Nothing is saved" in page.text
    assert not SavedFilter.objects.exists()


@pytest.mark.parametrize("query", ["kind__exact=%C3%A9", "q=%00", "o=abc", "flag=abc", "a=1&q=b"])
def test_whatever_is_saved_opens(query: str) -> None:
    client = client_of(make_person("Editor"))
    make.initiative()
    save(client, "Odd", query)
    for saved in SavedFilter.objects.all():
        assert client.get(f"{LIST}?{saved.query}").status_code == 200


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "a\0b"])
def test_a_filter_has_a_name(name: str) -> None:
    page = save(client_of(make_person("Editor")), name, "q=water")
    assert "give it a name" in page.text
    assert not SavedFilter.objects.exists()


def test_there_is_an_end_to_filters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("initiatives.admin.base.saved_filters.MOST", 1)
    client = client_of(make_person("Editor"))
    save(client, "First", "q=a")
    assert "delete one first" in save(client, "Second", "q=b").text
    save(client, "First", "q=c")
    assert [saved.query for saved in SavedFilter.objects.all()] == ["q=c"]


@pytest.mark.every_case
@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"of_list": "nonsense", "name": "a", "query": "q=a"}, 404),
        ({"of_list": "auth.permission", "name": "a", "query": "q=a"}, 404),
        ({"of_list": "\0.\0", "name": "a", "query": "q=a"}, 404),
        ({"of_list": "auth.user", "name": "a", "query": "q=a"}, 403),
        ({"delete": "abc"}, 404),
        ({"delete": "99999999999999999999"}, 404),
        ({}, 404),
    ],
)
def test_a_list_that_is_not_there_or_not_theirs_is_refused(
    data: dict[str, str], status: int
) -> None:
    client = client_of(make_person("Editor"))
    assert client.post(SAVED, data).status_code == status
    assert client.get(SAVED).status_code == 404


# --- Pickers --------------------------------------------------------------------------------------


def picked(client: Client, typed: str, field: str = "themes", model: str = "initiative") -> Any:
    query = {"app_label": "initiatives", "model_name": model, "field_name": field, "term": typed}
    answer = client.get("/admin/autocomplete/", query)
    assert answer.status_code == 200
    return [row["text"] for row in answer.json()["results"]]


def test_a_picker_shows_first_what_begins_with_what_is_typed(admin_client: Client) -> None:
    for name in ("Disaster risk reduction", "Youth and education", "Education, science and youth"):
        make.theme(name=name)
    found = picked(admin_client, "edu")
    assert found == [
        "Education, science and youth",
        "Youth and education",
        "Disaster risk reduction",
    ]
    assert picked(admin_client, "youth edu")[:2] == found[:2]
    assert picked(admin_client, "reduction") == ["Disaster risk reduction"]


def test_words_begin_in_any_script_and_after_any_sign(admin_client: Client) -> None:
    for name in ("Узбекистан", "Не-Узбекистан", "Подузбекский"):
        make.participant(name=name)
    make.participant("uz", name="Oʻzbekiston")
    picks = picked(admin_client, "узбек", "participant", "role")
    assert picks[-1] == "Подузбекский" or "Подузбекский" not in picks
    assert picked(admin_client, "uz", "participant", "role")[0] == "Oʻzbekiston"


@pytest.mark.parametrize("typed", ["(", "[", "\\", "*", "a" * 500, "%", "_", "' OR 1", " ", "\\m"])
def test_a_picker_takes_anything_typed(admin_client: Client, typed: str) -> None:
    make.theme(name="Education")
    make.participant()
    assert Participant.objects.exists()
    picked(admin_client, typed)
    picked(admin_client, typed, "participant", "role")


def test_a_list_says_names_in_the_language_of_the_desk(admin_client: Client) -> None:
    make.participant("uz", name="Uzbekistan")
    make.theme(name="Water", translations={"name": {"ja": "水"}})
    for language, model, name in [
        ("ru/", "participant", "Узбекистан"),
        ("ja/", "theme", "水"),
        ("", "theme", "Water"),
    ]:
        page = admin_client.get(f"/{language}admin/initiatives/{model}/").text
        assert re.findall('class="field-name"><a [^>]*>([^<]*)<', page) == [name]
