"""Texts of a file in several languages: each loads and merges by itself, and no correction is made for one."""

from __future__ import annotations

import pytest

from initiatives.loading.merge import ConflictSide
from initiatives.loading.plan_types import Plan
from initiatives.loading.problems import LoadError
from initiatives.loading.undo import undo
from initiatives.models import Dialogue, Initiative, LoadedFact, Participant, StatusUpdate
from initiatives.recording.translation import translate
from tests.report_files import VOCABULARY, actions_of, load_texts, report

pytestmark = pytest.mark.django_db

BODY = """\
dialogues:
  - {{id: dialogue, name: {{en: The Dialogue, ja: 対話}}, members: [jp, uz], locator: head}}
initiatives:
  - id: university
    title: {title}
    summary: A university in several places.
    dialogue: dialogue
    act: proposed
    by: [uz]
    locator: para 2
updates:
  - {{initiative: university, status: under_way, on: 2023, what: {what}, locator: para 3}}
"""
TITLE = "{en: The University, ja: 大学, uz-latn: Universitet}"
WHAT = "{en: It opened., ja: 開校した。}"


def body(title: str = TITLE, what: str = WHAT) -> str:
    return report(body=BODY.format(title=title, what=what))


def names(slug: str, **titles: str) -> str:
    """Another document that names the initiative."""
    words = ", ".join(f"{tag}: {title}" for tag, title in titles.items())
    said = f"initiatives:\n  - {{id: university, title: {{en: The University, {words}}}}}"
    return report(slug, said)


def changed(plan: Plan) -> dict[str, str]:
    """What the plan does; that the file of the report is another one is left out."""
    return {name: done for name, done in actions_of(plan).items() if name != "report statement"}


def university() -> Initiative:
    return Initiative.objects.get(slug="university")


def test_each_language_is_loaded_and_stated_by_its_document() -> None:
    load_texts(VOCABULARY, body())
    initiative, update = university(), StatusUpdate.objects.get()
    assert (initiative.title, initiative.language) == ("The University", "en")
    assert initiative.translations == {"title": {"ja": "大学", "uz-Latn": "Universitet"}}
    assert update.translations == {"what": {"ja": "開校した。"}}
    assert Dialogue.objects.get().translated("name", "ja-JP") == ("対話", "ja", False)
    assert initiative.translated("title", "tg") == ("The University", "en", True)
    fact = LoadedFact.objects.get(kind="initiative")
    assert fact.values["title.uz-Latn"] == "Universitet"
    assert changed(load_texts(VOCABULARY, body())) == {}
    # A key that is left out says nothing, as with any other.
    assert changed(load_texts(VOCABULARY, body(title="The University", what="It opened."))) == {}
    assert university().translations == initiative.translations


def test_the_original_may_be_in_another_language() -> None:
    vocabulary = "participants: [{code: jp, language: ja, name: {ja: 日本, en: Japan}}]"
    load_texts(vocabulary)
    japan = Participant.objects.get()
    assert (japan.name, japan.language, japan.translations) == (
        "日本",
        "ja",
        {"name": {"en": "Japan"}},
    )
    assert changed(load_texts(vocabulary)) == {}
    with pytest.raises(LoadError, match=r"jp is written in ja itself, and name\.ja is given too"):
        load_texts("participants: [{code: jp, name: {en: 日本, ja: 日本国}}]")


def test_a_participant_is_known_by_its_names_in_other_languages() -> None:
    load_texts("participants: [{code: c5, name: {en: The Five, ja: 五か国}, kind: group}]")
    load_texts(VOCABULARY, body().replace("by: [uz]", "by: [五か国]"))
    assert university().mentions.get().by.get().code == "c5"


def test_two_documents_may_each_bring_a_language_and_none_another_word() -> None:
    load_texts(VOCABULARY, body(), names("kazakh", kk="Университет"))
    assert university().translations["title"].keys() == {"ja", "kk", "uz-Latn"}
    with pytest.raises(LoadError) as refused:
        load_texts(body(), names("other", ja="学院"))
    (problem,) = refused.value.problems
    assert "title.ja is “学院”, but “大学” in" in problem.what
    assert problem.line == 9


def test_a_persons_edit_of_one_language_stays_while_a_file_adds_another() -> None:
    load_texts(VOCABULARY, body())
    initiative = university()
    initiative.say_in("title.ja", "中央大学")
    initiative.say_in("summary.ru", "Университет.")
    initiative.save()
    title = "{en: The University, ja: 大学, uz-latn: Universiteti, tg: Донишгоҳ}"
    plan = load_texts(body(title=title))
    assert changed(plan) == {"initiative university": "changed"}
    assert university().translations == {
        "title": {"ja": "中央大学", "uz-Latn": "Universiteti", "tg": "Донишгоҳ"},
        "summary": {"ru": "Университет."},
    }
    plan = load_texts(body(title=title.replace("大学", "大學")))
    (conflict,) = next(i for i in plan.items if i.kind == "initiative").conflicts
    assert (conflict.field, conflict.ours, conflict.theirs) == ("title.ja", "中央大学", "大學")
    load_texts(body(title=title.replace("大学", "大學")), take=ConflictSide.FILE)
    assert university().translations["title"]["ja"] == "大學"


def test_the_translation_of_an_update_is_edited_and_no_correction_made() -> None:
    load_texts(VOCABULARY, body(what="It opened."))
    plan = load_texts(body())
    assert list(changed(plan).values()) == ["changed"]
    update = StatusUpdate.objects.get()
    assert update.translations == {"what": {"ja": "開校した。"}}
    assert update.history.count() == 2
    translate(by=None, entry=update, translations={"what": {"ja": "開いた。", "ru": "Открыт."}})
    assert changed(load_texts(body())) == {f"statusupdate {update.ref}": "kept"}
    plan = load_texts(body(what=WHAT.replace("開校した", "開校")))
    assert list(changed(plan).values()) == ["conflict"]
    assert StatusUpdate.objects.get().translations["what"] == {"ja": "開いた。", "ru": "Открыт."}
    # What it says itself is corrected; where that is the same, what people wrote goes along.
    load_texts(body().replace("para 3", "para 4"), take=ConflictSide.DATABASE)
    correction = StatusUpdate.objects.get(corrects=update)
    assert correction.translations["what"] == {"ja": "開いた。", "ru": "Открыт."}
    load_texts(body(what="{en: It opened in May., ja: 五月に開校した。}"), take=ConflictSide.FILE)
    again = StatusUpdate.objects.get(corrects=correction)
    assert again.translations == {"what": {"ja": "五月に開校した。"}}


def test_undoing_a_load_takes_back_the_languages_that_it_brought() -> None:
    load_texts(VOCABULARY, body(title="{en: The University, ja: 大学}", what="It opened."))
    second = load_texts(body(title="{en: The University, ja: 大學, tg: Донишгоҳ}")).load
    assert second
    initiative = university()
    initiative.say_in("title.tg", "Донишгоҳи нав")
    initiative.say_in("title.ru", "Университет")
    initiative.save()
    undo(second.pk, reason="Wrong file")
    assert university().translations == {
        "title": {"ja": "大学", "tg": "Донишгоҳи нав", "ru": "Университет"}
    }
    update = StatusUpdate.objects.get()
    assert (update.translations, update.withdrawn_at) == ({}, None)
    assert "what.ja" not in LoadedFact.objects.get(kind="statusupdate").values


@pytest.mark.every_case
@pytest.mark.parametrize(
    ("title", "what", "line"),
    [
        ("{ja: 大学}", "“title” is not said in en, the language of the original", 12),
        ("{en: A, jp: 大学}", "“jp” is not a language tag (BCP 47)", 12),
        ("{en: A, ja: ''}", "“ja” is empty", 12),
        ("{en: A, ja: [大学]}", "“ja” is a list", 12),
        ("{en: A, ja: 大学, JA: 大學}", "ja is there twice", 12),
        (f"{{en: A, ja: {'大' * 301}}}", "“ja” has more than 300 characters", 12),
    ],
)
def test_what_is_wrong_is_told_with_its_line(title: str, what: str, line: int) -> None:
    with pytest.raises(LoadError) as refused:
        load_texts(VOCABULARY, body(title=title))
    (problem,) = refused.value.problems
    assert what in problem.what
    assert problem.line == line
    assert "jp" not in title or "did you mean ja?" in problem.expected
