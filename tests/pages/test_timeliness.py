"""How soon initiatives were delivered, and where nobody can tell."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from initiatives.as_of.current import CurrentView
from initiatives.as_of.past import view_on
from initiatives.models import Initiative
from initiatives.pages.timeliness import LATEST_YEARS, Fate, cohorts, dialogue_cohorts
from initiatives.partial_dates import PartialDate
from tests import make

RAISED = "2020-06-15"


def fate(status: str, by: str = "", open_on: str = "", raised: str = RAISED) -> Fate:
    return Fate(
        PartialDate(raised),
        status,
        PartialDate(by) if by else None,
        PartialDate(open_on) if open_on else None,
    )


@pytest.mark.parametrize(
    ("of", "within"),
    [
        # Delivered by the last day of the time, and not yet at the end of a shorter one.
        (fate("delivered", "2021-06-15"), (True, True, True)),
        (fate("delivered", "2022-06-15", "2021-06-15"), (False, True, True)),
        # Nothing says when before that day.
        (fate("delivered", "2022-06-15"), (None, True, True)),
        (fate("delivered", "2030"), (None, None, None)),
        (fate("delivered"), (None, None, None)),
        # A year may end after the time, or begin before it.
        (fate("delivered", "2021"), (None, True, True)),
        (fate("under_way", open_on="2021"), (None, None, None)),
        (fate("delivered", "2021-06", raised="2020-06"), (None, True, True)),
        # Not yet is told for the time up to that day only.
        (fate("under_way", open_on="2022-06-15"), (False, False, None)),
        (fate("under_way"), (None, None, None)),
        # What was dropped or replaced is not delivered.
        (fate("dropped"), (False, False, False)),
        (fate("superseded"), (False, False, False)),
        # Nobody looked, or found nothing.
        (fate("not_reviewed"), (None, None, None)),
        (fate("no_information", open_on="2026"), (None, None, None)),
        # The last day of February.
        (fate("delivered", "2021-02-28", raised="2020-02-29"), (True, True, True)),
    ],
)
def test_what_is_known_of_one(of: Fate, within: tuple[bool | None, ...]) -> None:
    assert tuple(of.was_delivered_within(years) for years in (1, 2, 4)) == within


def test_a_cohort_says_so_where_its_time_is_not_over() -> None:
    (cohort,) = cohorts([fate("delivered", "2020-12"), fate("under_way", raised="2020-12-01")])
    day = datetime.date(2022, 11, 30)
    one, two, four = cohort.cells(day)
    assert one
    assert (one.words, one.known_width, one.unknown_width) == (
        "1 of 2, 1 unknown",
        "50.00",
        "50.00",
    )
    assert (two, four) == (None, None)
    assert cohort.cells(day + datetime.timedelta(days=1))[1] is not None


def test_early_cohorts_stand_together() -> None:
    years = range(2001, 2012)
    rows = cohorts(fate("not_reviewed", raised=str(year)) for year in years)
    assert [row.label for row in rows] == ["2001–2005", *map(str, range(2006, 2012))]
    assert len(rows) == LATEST_YEARS + 1
    assert (rows[0].total, rows[0].until) == (5, datetime.date(2005, 12, 31))


@pytest.mark.django_db
def test_cohorts_of_a_dialogue_rest_on_entries_that_stand() -> None:
    dialogue = make.dialogue("steppe")
    meeting = make.meeting("fm", dialogue=dialogue, starts_on="2010-01-01")
    kept = make.initiative("kept", raised_at=meeting)
    make.mention(initiative=kept, report=make.report(published_on="2010-01-01"))
    report = make.report(published_on="2011-05")
    make.update(initiative=kept, status="under_way", on="2011-05", report=report)
    make.update(initiative=kept, status="delivered", on="2011-12")
    make.initiative("unseen", raised_at=meeting)
    part = make.initiative("part", raised_at=meeting)
    make.lineage(earlier=kept, later=part, relation="part_of")
    make.initiative("elsewhere")

    def words() -> list[list[str | None]]:
        return [
            [cell.words if cell else None for cell in cells]
            for _cohort, cells in dialogue_cohorts(CurrentView(), "steppe")
        ]

    assert words() == [["0 of 2, 1 unknown", "1 of 2, 1 unknown", "1 of 2, 1 unknown"]]
    with CaptureQueriesContext(connection) as asked:
        words()
    assert not [query for query in asked if "starts_on" in query["sql"]]
    make.update(initiative=Initiative.objects.get(slug="unseen"), status="dropped", on="2012")
    assert words() == [["0 of 2", "1 of 2", "1 of 2"]]
    before = view_on(datetime.date(2011, 6, 1))
    ((_cohort, cells),) = dialogue_cohorts(before, "steppe")
    assert [cell.words if cell else None for cell in cells] == ["0 of 1", None, None]
