"""Dates as precise as their source: what is one, how they sort, and that the database agrees."""

from __future__ import annotations

import copy
import datetime
import operator
import pickle
from importlib import import_module
from typing import Any

import pytest
from django import forms
from django.core import serializers
from django.core.exceptions import FieldError, ValidationError
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Collate
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from initiatives.models import Dialogue, Membership
from initiatives.models.reports import suggest_slug
from initiatives.partial_dates import (
    PARTS,
    PartialDate,
    PartialDateField,
    PartialDateFormField,
    newest,
    sort_key,
)
from initiatives.partial_dates.phrases import AS_OF, BY, SINCE, UNTIL, WHEN, phrase
from tests import make
from tests.extent import TIMES

# A narrow span of years, so that generated dates meet; the far ends, because that is where they break.
days = st.one_of(
    st.dates(datetime.date(2021, 1, 1), datetime.date(2024, 12, 31)),
    st.dates(datetime.date(1000, 1, 1), datetime.date(9999, 12, 31)),
)
points = st.builds(lambda day, length: day.isoformat()[:length], days, st.sampled_from([4, 7, 10]))
parts_of_years = st.builds(
    lambda day, part: f"{day.year}-{part}", days, st.sampled_from(sorted(PARTS))
)
decades = days.map(lambda day: f"{day.year // 10}X")
intervals = st.lists(points, min_size=2, max_size=2).map(
    lambda ends: "/".join(sorted(ends, key=PartialDate))
)
# Every form, the common ones most.
partial_dates = st.one_of(
    points, points, parts_of_years, decades, intervals, points.map(lambda end: f"../{end}")
).map(PartialDate)

NOT_DATES = [
    "",
    "22",
    "0999",
    "10000",
    "2022-13",
    "2022-00",
    "2022-4",
    "2022-04-",
    "2022-04-31",
    "2022-02-30",
    "2023-02-29",
    "2022-04-15T00:00",
    "15 April 2022",
    "20220415",
    "2022/04",
    "-2022",
    "+2022",
    "2022\n",
    "２０２２",
    "٢٠٢٢",
    "2022\x00",
    "\x00",
    "2022‐04",
    "2" * 10_000,
    "2022-20",
    "2022-25",
    "2022-37",
    "2022-42",
    "202x",
    "20XX",
    "100X-01",
    "2022/",
    "2022/..",
    "../..",
    "..",
    "../",
    "../2022-33",
    "2022-33/2022-34",
    "2023/2022",
    "2022-05/2022-04-30",
    "2022-02-30/2022-03",
    "2022/2023/2024",
    "2022/2023\x00",
]


def shown(text: str) -> str:
    return ascii(text)[:20]


@pytest.mark.parametrize("text", NOT_DATES, ids=shown)
def test_what_is_not_a_date_is_refused_with_a_short_reason(text: str) -> None:
    with pytest.raises(ValueError, match="is not a date") as refusal:
        PartialDate(text)
    assert len(str(refusal.value)) < 120


@pytest.mark.parametrize("text", [" 2022 ", " 2022", "2022 "])
def test_spaces_around_a_date_are_not_a_part_of_it(text: str) -> None:
    with pytest.raises(ValueError, match="is not a date"):
        PartialDate(text)


@given(partial_dates)
def test_a_date_stays_as_it_was_written(date: PartialDate) -> None:
    assert PartialDate(str(date)) == date
    assert type(PartialDate(date)) is PartialDate
    for twin in (pickle.loads(pickle.dumps(date)), copy.deepcopy(date)):
        assert twin == date
        assert type(twin) is PartialDate


@given(days)
def test_a_full_date_is_read_to_the_day(day: datetime.date) -> None:
    noon = datetime.datetime(day.year, day.month, day.day, 12, tzinfo=datetime.UTC)
    assert PartialDate(day) == PartialDate(noon) == day.isoformat()


@given(days)
def test_a_date_is_as_precise_as_it_was_written(day: datetime.date) -> None:
    year, month, full = (PartialDate(day.isoformat()[:length]) for length in (4, 7, 10))
    assert (year.precision, month.precision, full.precision) == ("year", "month", "day")
    for date in (year, month, full):
        assert date.first_day <= day <= date.last_day
        assert [*date.years] == [day.year]
    assert full.first_day == full.last_day


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2022", "2022-01-01", "2022-12-31"),
        ("2022-04", "2022-04-01", "2022-04-30"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("1900-02", "1900-02-01", "1900-02-28"),
        ("2022-12", "2022-12-01", "2022-12-31"),
        ("2022-04-15", "2022-04-15", "2022-04-15"),
        ("9999", "9999-01-01", "9999-12-31"),
        ("2026-33", "2026-01-01", "2026-03-31"),
        ("2026-36", "2026-10-01", "2026-12-31"),
        ("2024-40", "2024-01-01", "2024-06-30"),
        ("2024-41", "2024-07-01", "2024-12-31"),
        ("2025-21", "2025-03-01", "2025-05-31"),
        ("2025-23", "2025-09-01", "2025-11-30"),
        ("2023-24", "2023-12-01", "2024-02-29"),
        ("9999-24", "9999-12-01", "9999-12-31"),
        ("203X", "2030-01-01", "2039-12-31"),
        ("2024-04/2025-03", "2024-04-01", "2025-03-31"),
        ("2024-05-20/2024-05", "2024-05-20", "2024-05-31"),
        ("../2026-02", "0001-01-01", "2026-02-28"),
    ],
)
def test_a_date_reaches_from_its_first_day_to_its_last(text: str, first: str, last: str) -> None:
    date = PartialDate(text)
    assert (date.first_day.isoformat(), date.last_day.isoformat()) == (first, last)


@given(partial_dates, partial_dates)
def test_one_date_ends_before_another_when_its_last_day_does(
    one: PartialDate, other: PartialDate
) -> None:
    assert one.ends_before(other) == (one.last_day < other.first_day)


@given(partial_dates, partial_dates)
def test_a_date_stands_where_its_last_day_stands_then_its_first(
    one: PartialDate, other: PartialDate
) -> None:
    places = [(date.last_day, date.first_day, str(date)) for date in (one, other)]
    assert (one < other) == (places[0] < places[1]) == (other > one)
    assert (one <= other) == (places[0] <= places[1]) == (other >= one)
    assert one.starts_by(other) == (not other.ends_before(one))


def test_a_definite_day_stands_before_the_month_and_the_year_that_hold_it() -> None:
    written = ["203X", "2026-11-28", "2026", "../2026-02", "2026-36", "2026-11", "2025-24"]
    in_order = ["../2026-02", "2025-24", "2026-11-28", "2026-11", "2026", "2026-36", "203X"]
    assert sorted(written, key=sort_key) == in_order
    assert sort_key(None) < min(map(sort_key, written))


def test_a_date_and_a_text_are_not_compared() -> None:
    for compare in (operator.lt, operator.le, operator.gt, operator.ge):
        for pair in (PartialDate("2022"), "2023"), ("2023", PartialDate("2022")):
            with pytest.raises(TypeError, match="make it a PartialDate"):
                compare(*pair)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2022", "2022"),
        ("2022-04", "April 2022"),
        ("2022-04-05", "5 April 2022"),
        ("2026-35", "third quarter of 2026"),
        ("2024-41", "second half of 2024"),
        ("2025-23", "autumn 2025"),
        ("203X", "2030s"),
        ("2024-04/2025-03", "April 2024 to March 2025"),
        ("../2026-02", "by February 2026"),
    ],
)
def test_a_date_is_printed_as_precisely_as_it_was_written(text: str, words: str) -> None:
    assert PartialDate(text).in_words == words


@pytest.mark.parametrize(
    ("text", "as_of", "due", "by", "since", "until"),
    [
        (
            "2022-04-15",
            "as of 15 April 2022",
            "15 April 2022",
            "by 15 April 2022",
            "since 15 April 2022",
            "until 15 April 2022",
        ),
        ("2024", "as of 2024", "2024", "by 2024", "since 2024", "until 2024"),
        (
            "2026-35",
            "as of the third quarter of 2026",
            "in the third quarter of 2026",
            "by the third quarter of 2026",
            "since the third quarter of 2026",
            "until the third quarter of 2026",
        ),
        (
            "2024-40",
            "as of the first half of 2024",
            "in the first half of 2024",
            "by the first half of 2024",
            "since the first half of 2024",
            "until the first half of 2024",
        ),
        (
            "2025-23",
            "as of autumn 2025",
            "in autumn 2025",
            "by autumn 2025",
            "since autumn 2025",
            "until autumn 2025",
        ),
        (
            "203X",
            "as of the 2030s",
            "in the 2030s",
            "by the 2030s",
            "since the 2030s",
            "until the 2030s",
        ),
        (
            "2024-04/2025-03",
            "for the period April 2024 to March 2025",
            "in the period April 2024 to March 2025",
            "in the period April 2024 to March 2025",
            "since the period April 2024 to March 2025",
            "until the period April 2024 to March 2025",
        ),
        (
            "../2025-03",
            "by March 2025",
            "by March 2025",
            "by March 2025",
            "since March 2025 or earlier",
            "until March 2025 at the latest",
        ),
    ],
)
def test_a_date_of_every_form_reads_well_in_a_sentence(
    text: str, as_of: str, due: str, by: str, since: str, until: str
) -> None:
    phrases = [AS_OF, WHEN, BY, SINCE, UNTIL]
    assert [phrase(words, PartialDate(text)) for words in phrases] == [as_of, due, by, since, until]


def test_the_month_is_named_in_the_language_of_the_page() -> None:
    with translation.override("fr"):
        assert PartialDate("2022-04-15").in_words == "15 avril 2022"


class DateForm(forms.Form):
    on = PartialDateFormField(required=False)


@pytest.mark.parametrize("text", ["2022", "2022-04-15", "2024-33", "2024-04-15/2025-03-15"])
@pytest.mark.parametrize("spaces", ["", " "])
def test_a_form_takes_a_date_of_any_precision(text: str, spaces: str) -> None:
    form = DateForm({"on": f"{spaces}{text}{spaces}"})
    assert form.is_valid()
    assert form.cleaned_data["on"] == text
    assert isinstance(form.cleaned_data["on"], PartialDate)


def test_a_form_takes_what_people_type() -> None:
    for text in ("27.05.2026", "２０２６年５月２７日"):
        form = DateForm({"on": text})
        assert form.is_valid()
        assert form.cleaned_data["on"] == "2026-05-27"


def test_a_form_says_how_a_date_is_written() -> None:
    for text, words in (
        ("soon", "is not a date. Write 2022, 2022-04 or 2022-04-15"),
        ("2022\x00", "is not a date. Write 2022, 2022-04 or 2022-04-15"),
        ("2" * 10_000, "is not a date. Write 2022, 2022-04 or 2022-04-15"),
        ("05/06/2026", "2026-06-05 (5 June 2026); 2026-05-06 (6 May 2026)"),
        ("2022-02-30", "the month has no such day"),
    ):
        form = DateForm({"on": text})
        [message] = form.errors["on"].as_data()[0].messages
        assert words in message
        assert len(message) < 200
        assert form.as_p()


@pytest.mark.parametrize("text", ["", "   "])
def test_an_empty_form_field_means_no_date(text: str) -> None:
    form = DateForm({"on": text})
    assert form.is_valid()
    assert form.cleaned_data["on"] is None


def test_the_form_field_of_a_model_shows_what_it_takes() -> None:
    field = Dialogue._meta.get_field("launched_on").formfield()
    assert isinstance(field, PartialDateFormField)
    assert "2022-04-15" in DateForm().as_p()
    assert field.has_changed("2022", "2022-04")
    assert not field.has_changed(PartialDate("2022"), "2022")


def test_the_field_can_be_written_into_a_migration() -> None:
    field = PartialDateField(null=True, db_index=True)
    _name, path, args, kwargs = field.deconstruct()
    assert path == "initiatives.partial_dates.columns.PartialDateField"
    assert PartialDateField(*args, **kwargs).deconstruct()[1:] == (path, args, kwargs)
    assert field.max_length == 40


def test_a_model_refuses_what_is_not_a_date_before_it_reaches_the_database() -> None:
    dialogue = Dialogue(slug="d", name="D", launched_on="2022-13")
    with pytest.raises(ValidationError) as refusal:
        dialogue.full_clean(validate_unique=False, validate_constraints=False)
    assert "is not a date" in refusal.value.message_dict["launched_on"][0]


@pytest.mark.django_db
@pytest.mark.parametrize("text", [text for text in NOT_DATES if text], ids=shown)
def test_what_is_not_a_date_is_never_saved(text: str) -> None:
    with pytest.raises(ValidationError), transaction.atomic():
        make.dialogue(launched_on=text)
    assert not Dialogue.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("value", ["2022", "2022-04-15", "203X", "../2026-02", None])
def test_a_date_comes_back_from_the_database_as_it_was_saved(value: str | None) -> None:
    dialogue = make.dialogue(launched_on=value)
    dialogue.refresh_from_db()
    assert dialogue.launched_on == value
    assert value is None or isinstance(dialogue.launched_on, PartialDate)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "value", [datetime.date(2022, 4, 15), datetime.datetime(2022, 4, 15, 9, tzinfo=datetime.UTC)]
)
def test_a_full_date_is_saved_to_the_day(value: Any) -> None:
    dialogue = make.dialogue(launched_on=value)
    dialogue.refresh_from_db()
    assert dialogue.launched_on == "2022-04-15"
    assert Dialogue.objects.filter(launched_on=value).exists()


def launched(dates: list[PartialDate]) -> None:
    """Dialogues that were launched on these dates, and no others."""
    Dialogue.objects.all().delete()
    Dialogue.objects.bulk_create(
        Dialogue(slug=f"d-{number}", name="D", launched_on=date)
        for number, date in enumerate(dates)
    )


@pytest.mark.django_db
@settings(max_examples=30 * TIMES)
@given(st.lists(partial_dates, min_size=1, max_size=25), st.data())
def test_the_database_compares_dates_as_python_does(
    dates: list[PartialDate], data: st.DataObject
) -> None:
    launched(dates)
    other = data.draw(st.one_of(st.sampled_from(dates), partial_dates), "other")

    def found(**lookup: Any) -> list[PartialDate]:
        rows = Dialogue.objects.filter(**lookup).values_list("launched_on", flat=True)
        return sorted(PartialDate(date) for date in rows if date)

    assert found(launched_on__ends_before=other) == sorted(d for d in dates if d.ends_before(other))
    assert found(launched_on__reaches=other) == sorted(d for d in dates if not d.ends_before(other))
    assert found(launched_on__starts_by=other) == sorted(d for d in dates if d.starts_by(other))
    year = other.last_day.year
    assert found(launched_on__in_year=year) == sorted(d for d in dates if d.in_year(year))
    days_only = sorted(d for d in dates if d.precision == "day")
    assert found(launched_on__is_day=True) == days_only
    assert found(launched_on__in=dates[:3]) == sorted(d for d in dates if d in dates[:3])
    assert found(launched_on=other) == [d for d in dates if d == other]
    in_order = Dialogue.objects.order_by("launched_on").values_list("launched_on", flat=True)
    assert list(in_order) == sorted(dates)
    backwards = Dialogue.objects.order_by("-launched_on").values_list("launched_on", flat=True)
    assert list(backwards) == sorted(dates, reverse=True)
    news = Dialogue.objects.order_by(*newest("launched_on"))
    keys = [PartialDate(row.launched_on or "").newest_key for row in news]
    assert keys == sorted((date.newest_key for date in dates), reverse=True)


@pytest.mark.django_db
@settings(max_examples=30 * TIMES)
@given(st.lists(st.tuples(partial_dates, partial_dates), min_size=1, max_size=15))
def test_the_database_compares_two_columns_as_python_does(
    pairs: list[tuple[PartialDate, PartialDate]],
) -> None:
    launched([since for since, _until in pairs])
    country = make.participant()
    ordered = [(since, until) for since, until in pairs if not until.ends_before(since)]
    for number, (since, until) in enumerate(ordered):
        dialogue = Dialogue.objects.get(slug=f"d-{number}")
        Membership.objects.create(dialogue=dialogue, participant=country, since=since, until=until)
    rows = Membership.objects.filter(since__ends_before=F("until"))
    assert rows.count() == sum(since.ends_before(until) for since, until in ordered)
    rows = Membership.objects.filter(until__starts_by=F("since"))
    assert rows.count() == sum(until.starts_by(since) for since, until in ordered)


@pytest.mark.parametrize(
    "lookup", ["lt", "lte", "gt", "gte", "range", "startswith", "contains", "iexact", "regex"]
)
def test_text_of_a_column_is_not_compared(lookup: str) -> None:
    with pytest.raises(FieldError, match="Unsupported lookup"):
        Dialogue.objects.filter(**{f"launched_on__{lookup}": "2022"})


@pytest.mark.django_db
def test_a_date_of_any_form_has_its_place_in_keys_and_refs() -> None:
    initiative = make.initiative("plan")
    for on, key in (
        ("2024-04-15", "2024-04-15"),
        ("2024-04/2025-03", "2024-04-2025-03"),
        ("203X", "203x"),
        ("../2026-02", "by-2026-02"),
    ):
        report = make.report(f"r-{key}", title="Plan", published_on=on)
        assert suggest_slug(report) == f"plan-{key}"
        update = make.update(initiative=initiative, report=report, on=on)
        assert update.ref == f"r-{key}/plan/{key}"


@pytest.mark.django_db
def test_the_migration_writes_into_columns_what_rows_have_today() -> None:
    migration = import_module("initiatives.migrations.0032_dates")
    days = [
        datetime.date(year, month, 28)
        for year in (1900, 2000, 2023, 2024)
        for month in range(1, 13)
    ]
    dates = {day.isoformat()[:length] for day in days for length in (4, 7, 10)}
    written = " UNION ALL ".join(f"SELECT '{date}' AS \"on\"" for date in sorted(dates))
    column = '"on"'
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column}, {migration.encoded(column)} FROM ({written}) AS dates")
        assert dict(cursor.fetchall()) == {date: PartialDate(date).sort_key for date in dates}


# PostgreSQL's orders of a language pass over hyphens at first; a ministry's database may have one.
COLLATIONS = {"postgresql": ["C", "und-x-icu"], "sqlite": ["BINARY", "NOCASE"]}


@pytest.mark.django_db
@settings(max_examples=10 * TIMES)
@given(st.lists(partial_dates, min_size=2, max_size=25))
def test_dates_have_the_same_order_in_every_collation(dates: list[PartialDate]) -> None:
    launched(dates)
    for collation in COLLATIONS[connection.vendor]:
        rows = Dialogue.objects.order_by(Collate("launched_on", collation))
        assert list(rows.values_list("launched_on", flat=True)) == sorted(dates)


@pytest.mark.django_db
def test_a_date_that_is_not_known_is_neither_before_nor_after() -> None:
    make.dialogue(launched_on=None)
    assert not Dialogue.objects.filter(launched_on__ends_before="9999").exists()
    for lookup in ("reaches", "starts_by"):
        assert not Dialogue.objects.filter(**{f"launched_on__{lookup}": "2022"}).exists()
    assert not Dialogue.objects.filter(launched_on__in_year=2022).exists()
    assert Dialogue.objects.filter(launched_on__first_day__lte="00010101").exists()
    make.dialogue("dated", launched_on="../2022")
    assert Dialogue.objects.order_by(*newest("launched_on"))[0].slug == "dated"


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["json", "yaml"])
@pytest.mark.parametrize("value", ["2022", "2022-04-15", "2024-04/2025-03", None])
def test_a_date_travels_through_every_format_as_it_was_written(
    form: str, value: str | None
) -> None:
    dialogue = make.dialogue(launched_on=value)
    text = serializers.serialize(form, [dialogue])
    if form == "json":
        assert f'"launched_on": {"null" if value is None else chr(34) + value + chr(34)}' in text
    dialogue.delete()
    for loaded in serializers.deserialize(form, text):
        loaded.save()
    again = Dialogue.objects.get()
    assert again.launched_on == value
    assert again.launched_on is None or isinstance(again.launched_on, PartialDate)
