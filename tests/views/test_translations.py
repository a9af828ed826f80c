"""Names in other languages: on the page of the record, in its data, in the search, and nowhere else."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from initiatives.exports.tables import TABLES
from initiatives.models import Dialogue, Initiative, Meeting, Participant, Theme
from initiatives.pages.other_languages import LABELS
from tests import make
from tests.report_files import VOCABULARY, load_texts, report
from tests.rewriting import rewritten

pytestmark = pytest.mark.django_db

BODY = """\
dialogues:
  - {id: dialogue, name: {en: The Dialogue, ja: 対話}, members: [jp], locator: head}
meetings:
  - {id: fm-1, dialogue: dialogue, kind: summit, title: {en: First summit, ja: 第一回}, locator: head}
initiatives:
  - id: university
    title: {en: The University, ja: 大学, kk: Университет}
    summary: {en: A school., ja: 学校。}
    dialogue: dialogue
    act: proposed
    by: [jp]
    locator: para 2
updates:
  - {initiative: university, status: under_way, on: 2023, what: {en: It opened., ja: 開校した。}, locator: para 3}
"""
JAPAN = VOCABULARY.replace("name: Japan", "name: {en: Japan, ja: 日本, ar: اليابان}")
PAGES = {
    "/initiatives/university/": ["大学", "学校。", "開校した。"],
    "/dialogues/dialogue/": ["対話"],
    "/meetings/fm-1/": ["第一回"],
    "/participants/jp/": ["日本"],
}


@pytest.fixture(autouse=True)
@rewritten
def loaded() -> None:
    load_texts(JAPAN, report(body=BODY))


def test_each_page_has_its_own_names_with_their_language_and_document(client: Client) -> None:
    for address, texts in PAGES.items():
        # Without the switch: 日本語 is one of the languages.
        page = client.get(address).content.decode().split('id="main"')[1]
        assert "In other languages" in page
        for text in texts:
            assert f'<span lang="ja" dir="auto">{text}</span>' in page
        others = {text for of in PAGES.values() for text in of} - set(texts)
        shown_too = {"開校した。"} if address == "/participants/jp/" else set()
        assert not any(text in page for text in others - shown_too)
    page = client.get("/initiatives/university/").content.decode()
    section = page.split('id="other-languages"')[1].split("</section>")[0]
    assert section.index("Japanese") < section.index("Kazakh")
    assert section.count("Report statement") == 3
    assert '<span lang="ar" dir="auto">اليابان</span>' in client.get("/participants/jp/").text
    assert "In other languages" not in client.get("/participants/uz/").text


def test_every_text_but_the_name_of_a_thing_has_a_label() -> None:
    with_pages = (Dialogue, Initiative, Meeting, Participant, Theme)
    assert {field for model in with_pages for field in model.TRANSLATED[1:]} == LABELS.keys()


def test_the_original_is_marked_where_it_is_not_in_the_language_of_the_page(client: Client) -> None:
    make.theme("mizu", name="水", language="ja", translations={"name": {"en": "Water"}})
    page = client.get("/themes/mizu/").content.decode()
    assert '<h1 dir="auto">Water</h1>' in page
    make.theme("hi", name="火", language="ja")
    page = client.get("/themes/hi/").content.decode()
    assert '<h1 dir="auto"><span lang="ja">火</span></h1>' in page


def test_the_data_has_an_object_in_json_and_a_table(client: Client) -> None:
    whole = json.loads(b"".join(client.get("/initiatives.json")))["initiatives"][0]
    assert whole["language"] == "en"
    assert whole["translations"] == {
        "summary": {"ja": "学校。"},
        "title": {"ja": "大学", "kk": "Университет"},
    }
    assert client.get("/initiatives/university.json").json()["updates"][0]["translations"] == {
        "what": {"ja": "開校した。"}
    }
    header = b"".join(client.get("/initiatives.csv")).decode("utf-8-sig").splitlines()[0]
    assert "language" in header.split(",")
    assert "translations" not in header
    rows = json.loads(b"".join(client.get("/data/json/translations.json")))
    assert rows["count"] == len(rows["translations"]) == TABLES["translations"].public.count() == 8
    assert {
        "kind": "participant",
        "key": "jp",
        "field": "name",
        "language": "ja",
        "text": "日本",
    } in (rows["translations"])
    assert rows["translations"][-1]["kind"] == "update"
    data = client.get("/participants/jp/").content.decode().split("application/ld+json")[1]
    assert '{"@language": "ja", "@value": "日本"}' in data


def test_what_nobody_may_see_is_in_no_table(client: Client) -> None:
    make.initiative("secret", publication="draft", translations={"title": {"ja": "秘密"}})
    make.update(publication="draft", translations={"what": {"ja": "秘密"}})
    make.theme("hidden", publication="draft", translations={"name": {"ja": "秘密"}})
    assert "秘密" not in b"".join(client.get("/data/csv/translations.csv")).decode()


def test_words_in_any_language_are_searched(client: Client) -> None:
    for words in ("大学", "универ", "学校", "対話", "日本", "University"):
        found = json.loads(b"".join(client.get("/initiatives.json", {"q": words})))
        assert [row["slug"] for row in found["initiatives"]] == ["university"], words
