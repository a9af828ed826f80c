"""A page sorts as its readers’ dictionaries do; the orders are those of CLDR (checked with ICU 78)."""

from __future__ import annotations

from random import Random

import pytest
from django.utils.translation import override

from initiatives.facets.registry import offer_dialogues, offer_participants, offer_themes
from initiatives.models import Theme
from initiatives.models.sort_keys import page_key, said_key, sort_key
from tests import make

IN_ORDER = {
    "ru": "1 а б в г д е ж з и й к л м н о п р с т у ф х ц ч ш щ ъ ы ь э ю я a z",
    "kk": "1 а ә б в г ғ д е ё ж з и й к қ л м н ң о ө п р с т у ұ ү ф х һ ц ч ш щ ъ ы і ь э ю я a z",
    "ky": "1 а б в г д е ё ж з и й к л м н ң о ө п р с т у ү ф х ц ч ш щ ъ ы ь э ю я a z",
    "tg": "1 а б в г ғ д е ё ж з и ӣ й к қ л м н о п р с т у ӯ ф х ҳ ч ҷ ш ъ э ю я a z",
    "uz": "1 a b c d e f g h i j k l m n ng nz o p q r s t u v w x y z oʻ gʻ sh ch а я",
    "tk": "1 a b ç d e ä f g h i j ž k l m n ň o ö p r s ş t u ü w y ý z а я",
    "ja": "1 a z あ ウズベキスタン カード かく カザフスタン 亜 一 会 外 協 日本 龢 Ω а я",
    "en-gb": "1 a ä z а ә я あ 日本",
}


@pytest.mark.parametrize("code", IN_ORDER)
def test_letters_are_in_the_order_of_the_language(code: str) -> None:
    letters = IN_ORDER[code].split()
    shuffled = [*letters]
    Random(7).shuffle(shuffled)
    with override(code):
        assert sorted(shuffled, key=page_key) == letters
        capitals = [letter.capitalize() + "-1" for letter in shuffled]
        in_order = sorted(capitals, key=page_key)
    assert in_order == [letter.capitalize() + "-1" for letter in letters]


@pytest.mark.parametrize(
    ("code", "texts"),
    [
        # A letter of its own in a word; another is told apart only where all else is equal.
        ("ru", ["ёлка", "ель", "ельник", "йод", "кот"]),
        ("kk", ["Өзбекстан", "Пәкістан"]),
        ("uz", ["o‘lka", "o'tov", "oʻzbek"]),
        ("uz", ["Senegal", "Slovakiya", "Oʻzbekiston", "Shvetsiya", "Chexiya"]),
        ("tk", ["Saud", "Singapur", "Şweýsariýa", "Täjigistan", "Türkiýe", "Ýaponiýa"]),
        (
            "ja",
            [
                "ウズベキスタン",
                "ガーナ",
                "カザフスタン",
                "キルギス",
                "タジキスタン",
                "トルクメニスタン",
                "日本",
            ],
        ),
        # What is in no alphabet of ours stands beside what it was made from.
        ("ru", ["хан", "ҳоким", "цирк"]),
        ("tk", ["Éire", "Etiopiýa", "Fiji"]),
    ],
)
def test_words_are_in_the_order_of_the_language(code: str, texts: list[str]) -> None:
    shuffled = [*texts]
    Random(3).shuffle(shuffled)
    with override(code):
        assert sorted(shuffled, key=page_key) == texts


@pytest.mark.parametrize("text", ["", "…", "ー", "x" * 500, "𠮷" * 500, "한국" * 250, "\ud800"])
@pytest.mark.parametrize("code", IN_ORDER)
def test_any_text_has_a_place(code: str, text: str) -> None:
    with override(code):
        assert page_key(text)


def test_english_has_the_order_of_the_database() -> None:
    for text in ("Ökologie", "Ўқув", "協力"):
        assert page_key(text) == sort_key(text)


@pytest.mark.django_db
def test_choices_stand_in_the_order_of_the_reader() -> None:
    names = {"a": "Ängel", "b": "Zäta", "c": "Eta", "d": "Žurnal", "e": "Juma"}
    for key, name in names.items():
        make.theme(key, name=key, translations={"name": {"tk": name}})
        make.dialogue(key, short_name=key, translations={"short_name": {"tk": name}})
        make.participant(f"z{key}", name=key, translations={"name": {"tk": name}})
    in_order = ["Eta", "Ängel", "Juma", "Žurnal", "Zäta"]
    with override("tk"):
        for offer in (offer_themes, offer_dialogues, offer_participants):
            offered = [name for _key, name in offer() if name in in_order]
            assert offered == in_order, offer
        rows = sorted(Theme.objects.filter(slug__in=names), key=said_key)
        assert [str(row) for row in rows] == in_order
