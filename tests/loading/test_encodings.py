"""Files in the encodings of offices are read where that is certain, and else refused: nothing is garbled in silence."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from initiatives.loading.encodings import TextError, decode

RUSSIAN = "id: a\ntitle: Развитие сотрудничества в области образования\nnote: «Стороны договорились» – ОАЭ\n"
JAPANESE = "id: a\ntitle: デジタル大学の設立について\nnote: 日本と中央アジアの対話「第八回」\n"
WESTERN = "id: a\ntitle: Coopération “numérique” – été ’22, für München, 5 €\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *((RUSSIAN, name) for name in ("cp1251", "utf-8", "utf-8-sig", "utf-16", "utf-32")),
        *((JAPANESE, name) for name in ("cp932", "utf-8", "utf-16-le", "utf-16-be", "utf-16")),
        *((WESTERN, name) for name in ("cp1252", "utf-8", "utf-16-le", "utf-16-be")),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_what_offices_write_is_read(text: str, encoding: str, end: str) -> None:
    text = text.replace("\n", end)
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *((RUSSIAN, name) for name in ("koi8-r", "cp866", "iso8859-5", "mac-cyrillic")),
        (RUSSIAN.upper(), "koi8-r"),
        ("id: a\ntitle: да\n", "cp1251"),
        (JAPANESE, "euc-jp"),
        ("id: a\ntitle: 디지털 대학교 설립에 관하여\n", "cp949"),
        ("id: a\ntitle: 关于建立数字大学的倡议和合作的联合声明\n", "gbk"),
        ("id: a\ntitle: 關於建立數位大學的倡議\n", "big5"),
        ("id: a\ntitle: İşbirliği için görüşmeler\n", "cp1254"),
        ("id: a\ntitle: Spolupráce v oblasti vzdělávání\n", "cp1250"),
        ("id: a\ntitle: où, très, dès\n", "cp1252"),
        ("id: a\ntitle: Développement, Köln\n", "cp850"),
        ("id: a\ntitle: Köln\n", "cp437"),
        ("id: a\ntitle: “Développement” – élève\n", "mac-roman"),
        ("id: a\ntitle: Ανάπτυξη της συνεργασίας στην εκπαίδευση\n", "cp1253"),
    ],
)
def test_what_may_be_something_else_is_refused_with_its_line_and_the_cure(
    text: str, encoding: str
) -> None:
    with pytest.raises(TextError) as caught:
        decode(text.encode(encoding, "replace"))
    assert caught.value.line == 2
    assert caught.value.what == "this is not UTF-8 text"
    assert "CSV UTF-8" in caught.value.expected


def test_one_broken_letter_in_utf8_is_no_other_encoding() -> None:
    for text in (RUSSIAN, JAPANESE, WESTERN):
        with pytest.raises(TextError):
            decode(text.encode()[:-3] + b"\xff\n")


def test_byte_order_marks_go_wherever_they_stand() -> None:
    assert decode("\ufeffa: b\n\ufeffc: \ufeffd".encode()) == "a: b\nc: d"


@given(st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufeff")))
def test_every_text_comes_back(text: str) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-32"):
        assert decode(text.encode(encoding)) == text


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(TextError):
        assert "\ufeff" not in decode(data)
