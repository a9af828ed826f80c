"""Initiatives by the year in which they were raised."""

from __future__ import annotations

import pytest
from django.test import Client

from initiatives.as_of.current import CurrentView
from initiatives.pages.raised import (
    MOST_ON_A_PHONE,
    MOST_YEARS,
    latest,
    peak,
    raised_by_year,
    raised_pictures,
)
from tests import make

pytestmark = pytest.mark.django_db


def raise_in(date: str | None) -> None:
    meeting = make.meeting(f"m-{date}", starts_on=date) if date else None
    make.initiative(raised_at=meeting)


def test_each_year_has_a_column_and_what_is_of_no_single_year_another() -> None:
    raise_in("2020-05")
    raise_in("2022-04-15")
    raise_in(None)
    raise_in("2020/2021")
    columns = raised_by_year(CurrentView())
    assert [(row.label, row.all.total) for row in columns] == [
        ("2020", 1),
        ("2021", 0),
        ("2022", 1),
        ("no year", 2),
    ]
    # What may be of two years is in no list of its own.
    assert [row.query for row in columns] == ["year=2020", "year=2021", "year=2022", ""]


def test_columns_add_up_to_the_total_with_parts_counted_once() -> None:
    whole = make.initiative("whole", raised_at=make.meeting("old", starts_on="2020"))
    part = make.initiative("part", raised_at=make.meeting("new", starts_on="2022"))
    make.lineage(earlier=whole, later=part, relation="part_of")
    assert [(row.label, row.all.total) for row in raised_by_year(CurrentView())] == [("2020", 1)]


def test_what_was_adopted_stands_in_a_tier_of_its_own() -> None:
    meeting = make.meeting("fm", starts_on="2022")
    adopted = make.initiative("a", raised_at=meeting)
    make.mention(initiative=adopted, act="adopted")
    make.initiative("b", raised_at=meeting)
    (column,) = raised_by_year(CurrentView())
    assert (column.adopted.total, column.others.total) == (1, 1)
    ((_name, picture), _narrow) = raised_pictures(CurrentView(), [column])
    (upper,), (lower,) = (tier.columns for tier in picture.tiers)
    assert upper.words == "2022, adopted: 1; 1 not yet reviewed"
    assert upper.query == "year=2022&standing=adopted"
    assert lower.words == "2022, not adopted so far: 1; 1 not yet reviewed"


def test_earlier_years_stand_together_where_there_are_too_many() -> None:
    for year in range(1990, 2025):
        raise_in(str(year))
    raise_in(None)
    columns = raised_by_year(CurrentView())
    assert len(columns) == MOST_YEARS + 1
    assert (columns[0].label, columns[0].query) == (
        "to 2003",
        "&".join(f"year={year}" for year in range(1990, 2004)),
    )
    assert columns[0].all.total == 14
    few = latest(CurrentView(), columns, MOST_ON_A_PHONE)
    assert len(few) == MOST_ON_A_PHONE + 1
    assert sum(row.all.total for row in few) == 36


def test_a_year_far_from_the_others_is_no_thousand_columns() -> None:
    raise_in("1000")
    raise_in("2022")
    columns = raised_by_year(CurrentView())
    assert len(columns) == MOST_YEARS
    assert columns[0].all.total == 1


def test_links_of_the_picture_lead_to_as_many_as_it_shows(client: Client) -> None:
    for date in ("2020", "2022", "2022-04"):
        raise_in(date)
    for column in raised_by_year(CurrentView()):
        rows = client.get(f"/initiatives/?{column.query}").context["filters"].total
        assert rows == column.all.total, column.query


def test_nothing_has_no_picture() -> None:
    assert raised_pictures(CurrentView(), raised_by_year(CurrentView())) == []


def test_a_peak_is_explained_where_one_meeting_raised_most_of_it() -> None:
    view = CurrentView()
    for _number in range(5):
        raise_in(None)
    summit = make.meeting("summit", title="Summit", starts_on="2025-12")
    for _number in range(6):
        make.initiative(raised_at=summit)
    assert peak(view, raised_by_year(view)) is None
    for month in range(1, 5):
        raise_in(f"2025-0{month}")
    found = peak(view, raised_by_year(view))
    assert found
    assert (found.year, found.meeting.title, found.count, found.total) == (2025, "Summit", 6, 10)
    for month in range(5, 8):
        raise_in(f"2025-0{month}")
    assert peak(view, raised_by_year(view)) is None
