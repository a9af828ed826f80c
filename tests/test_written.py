"""Days and moments as each language writes them."""

import datetime

import pytest
from django.utils import translation
from pytest_django import Settings

from initiatives.languages import day_in_words, moment_in_words

# Two hours before midnight in UTC.
LATE = datetime.datetime(2026, 1, 26, 22, 5, 9, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("code", "zone", "day", "moment"),
    [
        ("en-gb", "UTC", "26 January 2026", "26 January 2026, 22:05"),
        ("en-gb", "Asia/Tashkent", "27 January 2026", "27 January 2026, 03:05"),
        ("ja", "UTC", "2026年1月26日", "2026年1月26日 22:05"),
        ("ru", "UTC", "26 января 2026\u202fг.", "26 января 2026\u202fг., 22:05"),
    ],
)
def test_a_moment_is_told_in_the_time_of_the_site(
    settings: Settings, code: str, zone: str, day: str, moment: str
) -> None:
    settings.TIME_ZONE = zone
    with translation.override(code):
        assert day_in_words(LATE) == day
        assert moment_in_words(LATE) == moment
        assert moment_in_words(LATE, "%H:%M:%S") == f"{moment}:09"


def test_a_day_is_in_no_zone() -> None:
    assert day_in_words(datetime.date(2026, 1, 26)) == "26 January 2026"
