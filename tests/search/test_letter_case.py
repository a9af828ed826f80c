"""Text within text whatever its case, the same on every database as far as that has one."""

from __future__ import annotations

import pytest
from django.db import connection

from initiatives.models import Initiative
from tests import make

pytestmark = pytest.mark.django_db


def found(text: str) -> list[str]:
    rows = Initiative.objects.filter(summary__icontains=text)
    return sorted(rows.values_list("slug", flat=True))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("water", ["english", "mixed"]),
        ("WATER for", ["english"]),
        ("100%", ["mixed"]),
        ("_", ["mixed"]),
        ("水", ["mixed"]),
        ("“Wat", ["mixed"]),
        ("Вода", ["mixed"]),
        ("nothing", []),
    ],
)
def test_a_text_is_found_inside_of_words_and_whatever_the_case(
    text: str, expected: list[str]
) -> None:
    make.initiative("english", summary="Freshwater for all")
    make.initiative("mixed", summary="100% of “Water_2” – Вода 水")
    assert found(text) == expected


def test_letters_beyond_ascii_have_two_cases_where_the_database_knows_them() -> None:
    make.initiative("russian", summary="ЧИСТАЯ ВОДА", other_names="Écoles")
    is_known = connection.vendor == "postgresql"
    assert found("вода") == (["russian"] if is_known else [])


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite always does.")
def test_postgresql_compares_bytes_where_it_can() -> None:
    for text, is_fast in (("water", True), ("“水", True), ("вода", False), ("école", False)):
        sql = str(Initiative.objects.filter(title__icontains=text).query)
        assert ('COLLATE "C"' in sql) == is_fast


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one case beyond ASCII.")
def test_postgresql_puts_only_texts_of_the_script_into_capitals() -> None:
    texts = (
        "ЧИСТАЯ ВОДА",
        "вода",
        "ВОдА рек",
        "ÉCOLES",
        "les écoles",
        "ΟΔΟΣ",
        "οδός",
        "οδος",
        "Water",
        "Straße _%\\ ÉTÉ",
        "été",
        "É 100_ of 100%",
        "ⱥ Ⱥ",
    )
    for number, text in enumerate(texts):
        make.initiative(f"one-{number}", summary=text)
    for sought in (
        "вода",
        "ВОДА",
        "Рек",
        "école",
        "οδος",
        "ΟΔΟς",
        "ø",
        "ÿ",
        "ἀ",
        "ße _%\\ é",
        "é 100_",
        "ⱥ ⱥ",
    ):
        plain = Initiative.objects.extra(
            where=["UPPER(summary) LIKE UPPER(%s)"], params=[f"%{sought}%"]
        )
        assert found(sought) == sorted(plain.values_list("slug", flat=True)), sought
    sql = str(Initiative.objects.filter(title__icontains="вода").query)
    assert "CONVERT_TO" in sql
