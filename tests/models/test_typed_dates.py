"""Dates as people type them: what is understood, and what is refused with the dates that it may mean."""

from __future__ import annotations

from contextlib import suppress

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from initiatives.partial_dates import PartialDate, UnclearDate, read_typed_date
from tests.models.test_partial_dates import partial_dates

UNDERSTOOD = """
2026-05-27   27.05.2026 | 27/05/2026 | 05/27/2026 | 27-05-2026 | 2026/5/27 | 2026.05.27 | 2026-5-27 | 27 May 2026
2026-05-27   27th of May, 2026 | May 27, 2026 | may 27th 2026 | 27-May-2026 | 27 мая 2026 г. | 27 мая 2026 года
2026-05-27   2026年5月27日 | ２０２６年５月２７日 | 2026 年 5 月 27 日 | 2026년 5월 27일
2022-05-05   05/05/2022
2026-05      2026年5月 | 2026년 5월 | May 2026 | 05.2026 | 5/2026 | 2026/05 | май 2026 | May, 2026 | 2026-5
2022-04      April 2022 | Apr. 2022 | APRIL 2022 | April of 2022
2022-09      Sept 2022 | Sep. 2022
2026         2026年 | 2026 г. | ２０２６
2024-35      Q3 2024 | q3/2024 | 2024 Q3 | 2024Q3 | 2024-Q3 | third quarter 2024 | III квартал 2024 г.
2024-35      3rd quarter of 2024 | the third quarter of 2024 | 3 квартал 2024 года | Q3 of 2024
2024-40      first half of 2024 | H1 2024 | 1st half 2024 | 2024 H1 | 1H 2024 | 1 полугодие 2024
2024-41      second half of 2024 | H2 2024
2025-23      fall of 2025 | autumn 2025 | Autumn of 2025 | осень 2025 | 2025年秋 | in autumn 2025
2025-24      winter 2025/26 | winter 2025-2026 | winter 2025
203X         2030s | the 2030s | in the 2030s | 2030-е | 2030年代 | 2030's
../2026-02   by February 2026 | by the end of February 2026 | no later than 02/2026 | 2026年2月まで
../2027      by 2027 | by the end of 2027
../2026-05-27  by 27.05.2026
2024-04/2025-03  April 2024 to March 2025 | from April 2024 until March 2025 | April 2024 – March 2025 | 04.2024-03.2025
2022-04-14/2022-04-17  14-17 April 2022 | 14 to 17 April 2022 | 14.04.2022 - 17.04.2022 | 14 April – 17 April 2022
2024-04/2024-06  April to June 2024 | April–June 2024
2024/2026    2024-2026 | 2024 to 2026
"""
# And what is to be written instead.
UNCLEAR = """
05/06/2026   2026-06-05 2026-05-06
5-6-2026     2026-06-05 2026-05-06
FY2024       2024 2024-04/2025-03 2023-10/2024-09 2024-07/2025-06
fiscal year 2024  2024 2024-04/2025-03 2023-10/2024-09 2024-07/2025-06
FY 24        2024 2024-04/2025-03 2023-10/2024-09 2024-07/2025-06
2024年度     2024 2024-04/2025-03 2023-10/2024-09 2024-07/2025-06
FY2024/25    2024/2025 2024-04/2025-03 2024-10/2025-09 2024-07/2025-06
2024/25      2024/2025 2024-04/2025-03 2024-10/2025-09 2024-07/2025-06
by fiscal year 2027  ../2027 ../2028-03 ../2027-09 ../2028-06
by 05/06/2026  ../2026-06-05 ../2026-05-06
by Q3 2026   ../2026-09
"""
NOT_DATES = [
    *(
        "",
        "  ",
        "soon",
        "next year",
        "early 2024",
        "mid-2024",
        "end of 2024",
        "circa 2024",
        "2024?",
    ),
    *("27.05.26", "31.02.2026", "30 February 2026", "13.13.2026", "2022-13", "Q5 2024", "H3 2024"),
    *("2026-12-10T14:00+05:00", "32/13/2026", "by", "by soon", "to 2024", "2026 to 2024", "٢٠٢٢"),
    *(
        "2022\x00",
        "\x00",
        "April\x002022",
        "27.05.2026; 28.05.2026",
        "fall of 0999",
        "FY9999",
        "2024/29",
    ),
    *(
        "by by 2024",
        "2024 to 2025 to 2026",
        "1e3",
        "=2024",
        "-" * 80,
        "2" * 100_000,
        "April " * 10_000,
    ),
]


def rows(table: str) -> list[tuple[str, str]]:
    return [
        (first, rest.strip())
        for first, _, rest in (line.strip().partition("  ") for line in table.strip().splitlines())
    ]


def test_what_people_type_is_the_date_that_they_mean() -> None:
    for date, texts in rows(UNDERSTOOD):
        for text in texts.split(" | "):
            assert read_typed_date(f" {text} ") == date, text
            assert type(read_typed_date(text)) is PartialDate


def test_what_may_mean_several_dates_is_refused_and_each_is_named() -> None:
    for text, dates in rows(UNCLEAR):
        with pytest.raises(UnclearDate) as refusal:
            read_typed_date(text)
        assert {str(date) for date, _words in refusal.value.readings} == {*dates.split()}, text
        assert all(date in str(refusal.value) for date in dates.split())
        assert f"“{text}”" in str(refusal.value)


def test_the_readings_of_a_fiscal_year_are_said_in_words() -> None:
    with pytest.raises(
        UnclearDate, match=r"2024-04/2025-03 \(April 2024 to March 2025, as in Japan"
    ):
        read_typed_date("FY2024")


def test_what_is_not_understood_is_refused_with_what_to_write() -> None:
    for text in NOT_DATES:
        with pytest.raises(UnclearDate) as refusal:
            read_typed_date(text)
        assert len(str(refusal.value)) < 200
        assert not refusal.value.readings


@given(partial_dates)
def test_edtf_is_taken_as_it_is(date: PartialDate) -> None:
    assert read_typed_date(date) == date


@given(partial_dates)
def test_what_pages_print_can_be_typed(date: PartialDate) -> None:
    with translation.override("en"):
        words = date.in_words
    if date.precision == "interval" and words.split(" to ")[0] == words.split(" to ")[1]:
        return
    assert read_typed_date(words) == date


@given(st.text(max_size=90))
def test_no_text_breaks_it(text: str) -> None:
    with suppress(UnclearDate):
        read_typed_date(text)
