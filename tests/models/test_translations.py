"""Texts in other languages beside their originals: the one accessor, and what is no translation."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from initiatives.models import Dialogue, Initiative, StatusUpdate, Theme
from initiatives.models.translations import faults_of, flat, nested
from tests import make


def test_a_text_is_shown_in_the_language_asked_for_or_marked_as_the_original() -> None:
    title = {"ja": "大学", "uz-Latn": "Universitet", "zh-Hant": "大學"}
    initiative = Initiative(title="The University", translations={"title": title})
    assert initiative.translated("title", "ja") == ("大学", "ja", False)
    assert initiative.translated("title", "ja-JP") == ("大学", "ja", False)
    assert initiative.translated("title", "zh-Hant-TW") == ("大學", "zh-Hant", False)
    # Another script is another text, and a narrower language no wider one.
    for tag in ("uz", "uz-Cyrl", "zh", "en", "en-GB", "ru"):
        assert initiative.translated("title", tag) == ("The University", "en", True)
    assert initiative.translated("summary", "ja") == ("", "en", True)
    assert [said.language for said in initiative.in_other_languages("title")] == sorted(title)
    with pytest.raises(ValueError, match="due_note is said in one language only"):
        initiative.translated("due_note", "ja")
    japanese = Theme(name="水", language="ja", translations={"name": {"en": "Water"}})
    assert japanese.translated("name", "ja") == ("水", "ja", True)
    assert japanese.translated("name", "en") == ("Water", "en", False)


def test_translations_are_the_same_by_name_and_by_field() -> None:
    by_field = {"title": {"ru": "Б", "ja": "大"}, "summary": {"ja": "要"}}
    assert list(flat(by_field)) == ["summary.ja", "title.ja", "title.ru"]
    assert nested(flat(by_field)) == by_field
    initiative = Initiative(translations=by_field)
    initiative.say_in("title.ru", None)
    initiative.say_in("title.tg", "Д")
    assert initiative.translations == {"title": {"ja": "大", "tg": "Д"}, "summary": {"ja": "要"}}
    assert by_field["title"] == {"ru": "Б", "ja": "大"}


@pytest.mark.parametrize(
    ("translations", "fault"),
    [
        ([], "Give texts by field and language"),
        ({"name": "水"}, "Give texts by field and language"),
        ({"purpos": {"ja": "水"}}, "“purpos” has no translations; known are name, short_name"),
        ({"name": {"jp": "水"}}, "“jp” is not a language tag"),
        ({"name": {"x" * 41: "水"}}, "is not a language tag"),
        ({"name": {"uz-latn": "Suv"}}, "write the language as uz-Latn"),
        ({"name": {"en": "Water"}}, "that is the language of the original"),
        ({"name": {"ja": " "}}, "Name (ja) is empty"),
        ({"name": {"ja": 8}}, "Name (ja) is empty"),
        ({"short_name": {"ja": "水" * 61}}, "Short name (ja) has more than 60 characters"),
        ({"purpose": {"ja": "水" * 20_001}}, "Purpose (ja) has more than 20,000 characters"),
        ({"name": {"ja": "水\0"}}, "control character U+0000"),
        ({"name": dict.fromkeys(map(str, range(101)), "a")}, "Give texts by field and language"),
    ],
)
def test_what_is_no_translation_is_told(translations: Any, fault: str) -> None:
    told = [
        message for error in faults_of(Dialogue, translations, "en") for message in error.messages
    ]
    assert len(told) == 1
    assert fault.casefold() in told[0].casefold()


@pytest.mark.django_db
def test_a_row_is_saved_with_translations_in_one_form_and_refuses_others() -> None:
    theme = make.theme(translations={"name": {"ru": "Вода", "ja": "水"}})
    theme.full_clean()
    assert Theme.objects.get(translations={"name": {"ja": "水", "ru": "Вода"}}) == theme
    theme.language = "ja"
    with pytest.raises(ValidationError) as refused:
        theme.full_clean()
    assert list(refused.value.message_dict) == ["translations"]
    update = make.update(translations={"what": {"ja": "始まった。"}})
    update.translations = {"what": {"ja": "始めた。"}}
    update.save(update_fields=["translations"])
    assert StatusUpdate.objects.get().translated("what", "ja").text == "始めた。"
