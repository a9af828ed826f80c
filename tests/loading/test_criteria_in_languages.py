"""What would count as delivered in several languages: loaded, edited, exported, read back, undone, registered."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from initiatives.loading.merge import ConflictSide
from initiatives.loading.problems import LoadError
from initiatives.loading.undo import undo
from initiatives.models import Correction, Criterion, Load, LoadedFact
from tests.admin.test_translations import typed
from tests.admin_forms import address, errors, filled, saved, send
from tests.report_files import FULL, VOCABULARY, actions_of, load_texts, report
from tests.rewriting import rewritten
from tests.workbooks import add, cell, edited, faults, load_book, row_of

pytestmark = pytest.mark.django_db

CRITERIA = """\
criteria:
  - initiative: university
    what: {en: Students are enrolled., ja: 学生が在籍する。}
    verifiability: partly
    why: {en: it gives no number., ja: 人数がない。}
    locator: para 6
"""
REVIEW = """\
review: {id: review-2026-05, by: the editors, on: 2026-05-03}
criteria:
  - initiative: university
    language: ja
    what: {ja: 学位が授与される。, en: A degree is awarded.}
    verifiability: verifiable
"""
OF_FILE, OF_REVIEW = "statement/university/partly", "review-2026-05/university/verifiable"
TEXTS = {"what": {"ja": "学生が在籍する。"}, "why": {"ja": "人数がない。"}}
PAGE = "/initiatives/university/"


def body(criteria: str = CRITERIA) -> str:
    return report(body=FULL + criteria)


def of_file() -> Criterion:
    return Criterion.objects.current().get(report__slug="statement")


@pytest.fixture(autouse=True)
@rewritten
def loaded() -> None:
    load_texts(VOCABULARY, body(), REVIEW)


def is_found(client: Client, words: str) -> bool:
    answer = b"".join(client.get("/initiatives.json", {"q": words}))
    return [row["slug"] for row in json.loads(answer)["initiatives"]] == ["university"]


def test_a_file_is_loaded_once_shown_exported_and_read_back(client: Client) -> None:
    of_review = Criterion.objects.get(ref=OF_REVIEW)
    assert (of_file().language, of_file().translations) == ("en", TEXTS)
    assert (of_review.what, of_review.language) == ("学位が授与される。", "ja")
    assert of_review.translations == {"what": {"en": "A degree is awarded."}}
    assert LoadedFact.objects.get(key=OF_FILE).values["why.ja"] == "人数がない。"
    assert actions_of(load_texts(body(), REVIEW)) == {}
    # A key that is left out says nothing.
    alone = CRITERIA.replace(", ja: 学生が在籍する。", "").replace(", ja: 人数がない。", "")
    assert actions_of(load_texts(body(alone))) == {"report statement": "changed"}
    assert of_file().translations == TEXTS
    page = client.get(PAGE).text
    # In the language of the page; its own words are below.
    assert page.count("A degree is awarded.") == 1
    for tag, text in (
        ("ja", "学位が授与される。"),
        ("ja", "学生が在籍する。"),
        ("ja", "人数がない。"),
    ):
        assert f'<span lang="{tag}" dir="auto">{text}</span>' in page
        assert is_found(client, text)
    rows = client.get("/initiatives/university.json").json()["criteria"]
    assert {row["ref"]: (row["language"], row["translations"]) for row in rows} == {
        OF_FILE: ("en", TEXTS),
        OF_REVIEW: ("ja", of_review.translations),
    }
    table = json.loads(b"".join(client.get("/data/json/translations.json")))["translations"]
    stated = {(row["key"], row["field"], row["language"]) for row in table}
    assert {(OF_FILE, "why", "ja"), (OF_REVIEW, "what", "en")} <= stated
    assert {row["kind"] for row in table} == {"criterion"}
    assert actions_of(load_book(edited(lambda book: None))) == {}


def test_the_desk_edits_them_and_the_register_tells_it(
    client: Client, admin_client: Client
) -> None:
    criterion = of_file()
    url = address(criterion, "translate")
    page = admin_client.get(url)
    assert "Partly verifiable: Students are enrolled." in page.text
    said = [("what", "ja", "学生が学ぶ。"), ("what", "kk", "Студенттер бар."), ("why", "ja", "")]
    version = {"_version": page.context["version"]}
    assert admin_client.post(url, version | typed(*said)).status_code == 302
    criterion.refresh_from_db()
    assert criterion.translations == {"what": {"ja": "学生が学ぶ。", "kk": "Студенттер бар."}}
    assert Criterion.objects.count() == 2
    line = Correction.objects.get()
    assert (line.kind, line.subject, line.key) == ("corrected", "criterion", OF_FILE)
    assert line.role == "administrator"
    assert sorted(map(tuple, line.differences)) == [
        ("What would count as delivered (ja)", "学生が在籍する。", "学生が学ぶ。"),
        ("What would count as delivered (kk)", "", "Студенттер бар."),
        ("Why (ja)", "人数がない。", ""),
    ]
    assert "Студенттер бар." in client.get("/corrections/").text
    assert is_found(client, "студенттер")
    assert not is_found(client, "人数がない")
    assert (
        "What would count as delivered (kk)" in admin_client.get(address(criterion, "history")).text
    )
    shown = admin_client.get(address(criterion, "change")).text
    assert '<span lang="kk" dir="auto">Студенттер бар.</span>' in shown
    # The file says what it said: the edit stays, and what it says otherwise is a conflict of that language.
    assert actions_of(load_texts(body())) == {f"criterion {OF_FILE}": "kept"}
    other = CRITERIA.replace("学生が在籍する。", "学生がいる。")
    plan = load_texts(body(other))
    (conflict,) = next(item for item in plan.items if item.conflicts).conflicts
    assert (conflict.field, conflict.ours, conflict.theirs) == (
        "what.ja",
        "学生が学ぶ。",
        "学生がいる。",
    )
    load_texts(body(other), take=ConflictSide.FILE)
    assert of_file().translations["what"] == {"ja": "学生がいる。", "kk": "Студенттер бар."}
    told = Correction.objects.order_by("pk").last()
    assert told
    assert told.report
    assert (told.report.slug, told.role) == ("statement", "")
    assert told.differences[0][1:] == ["学生が学ぶ。", "学生がいる。"]
    assert Criterion.objects.count() == 2


def test_a_correction_takes_along_what_its_texts_still_say() -> None:
    load_texts(
        body(CRITERIA.replace("it gives no number., ja: 人数がない。", "no number is given."))
    )
    assert of_file().corrects == Criterion.objects.get(ref=OF_FILE)
    assert of_file().translations == {"what": TEXTS["what"]}


def test_the_sheet_edits_them_and_undoing_takes_them_back(client: Client) -> None:
    def edit(book: Any) -> None:
        page = book["Translations"]
        cell(page, row_of(page, "人数がない。", "text"), "text").value = "数字がない。"
        add(page, kind="criterion", id=OF_FILE, field="what", language="ru", text="Есть студенты.")

    assert actions_of(load_book(edited(edit))) == {f"criterion {OF_FILE}": "changed"}
    assert of_file().translations == {
        "what": TEXTS["what"] | {"ru": "Есть студенты."},
        "why": {"ja": "数字がない。"},
    }
    assert is_found(client, "есть студенты")
    undo(Load.objects.latest("pk").pk, reason="A wrong sheet.")
    assert of_file().translations == TEXTS
    assert Correction.objects.latest("pk").reason == "A wrong sheet."
    assert not is_found(client, "есть студенты")
    assert actions_of(load_texts(body(), REVIEW)) == {}


def test_what_is_no_translation_is_told(admin_client: Client) -> None:
    for text, told in (
        ('"学生\\0"', "control character"),
        ("学" * 20_001, "more than 20,000 characters"),
        ("[学生]", "“ja” is a list"),
    ):
        with pytest.raises(LoadError) as refused:
            load_texts(body(CRITERIA.replace("学生が在籍する。", text)))
        assert told in str(refused.value)
    url = address(of_file(), "translate")
    version = {"_version": admin_client.get(url).context["version"]}
    for text, told in (("学\0", "control character"), ("学" * 20_001, "more than 20,000")):
        page = admin_client.post(url, version | typed(("why", "ja", text)))
        assert told in str(page.context["form"].errors)

    def edit(book: Any) -> None:
        for row in (
            {"id": OF_FILE, "field": "why", "language": "ru", "text": "=1+1"},
            {"id": "nowhere/university/partly", "field": "why", "language": "ru", "text": "Так."},
            {"id": OF_FILE, "field": "note", "language": "ru", "text": "Так."},
        ):
            add(book["Translations"], kind="criterion", **row)

    told = "\n".join(faults(edited(edit)))
    assert "this is a formula" in told
    assert "“field” cannot be “note”" in told

    def edit_unknown(book: Any) -> None:
        said = {"field": "why", "language": "ru", "text": "Так."}
        add(book["Translations"], kind="criterion", id="nowhere/university/partly", **said)

    assert "there is no criterion “nowhere/university/partly”" in "\n".join(
        faults(edited(edit_unknown))
    )
    assert of_file().translations == TEXTS


def test_the_desk_records_one_in_languages_with_its_document(admin_client: Client) -> None:
    initiative = of_file().initiative
    url = address(initiative, "record_criterion")
    said = {
        "what": "開校する。",
        "verifiability": "verifiable",
        "language": "ja",
        "locator": "p. 2",
        **typed(("what", "en", "It opens.")),
    }
    document = {
        "report_url": "https://example.org/plan",
        "report_title": "Plan",
        "report_publisher": "Ministry",
        "report_kind": "press",
    }
    wrong = send(admin_client, url, **said, **document | {"report_publisher": ""})
    assert "A new report needs this." in str(wrong.context["adminform"].form.errors)
    twice = send(admin_client, url, **said | typed(("what", "ja", "開く。")), **document)
    assert "language of the original" in errors(twice)
    saved(admin_client, url, **said, **document)
    criterion = Criterion.objects.get(report__title="Plan")
    assert (criterion.language, criterion.locator) == ("ja", "p. 2")
    assert criterion.translations == {"what": {"en": "It opens."}}
    # The form that corrects it carries them.
    form = filled(admin_client.get(address(criterion, "correct"))) | {"locator": "p. 3"}
    form |= typed(("what", "en", "It opens."))
    assert admin_client.post(address(criterion, "correct"), form).status_code == 302
    correction = Criterion.objects.get(corrects=criterion)
    assert (correction.report, correction.translations) == (
        criterion.report,
        criterion.translations,
    )
