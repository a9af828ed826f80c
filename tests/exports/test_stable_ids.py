"""Names that things keep for good, whatever they are called and wherever they go."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from initiatives.exports.stable_ids import name_of
from initiatives.facets import index as facet_index
from initiatives.recording.renaming import rename
from tests import make

pytestmark = pytest.mark.django_db


def test_a_record_keeps_its_name_through_every_new_address() -> None:
    meeting, theme = make.meeting("fm-8"), make.theme("water")
    names = [name_of(meeting), name_of(theme)]
    for key in ("eighth", "eighth-meeting"):
        rename(by=None, row=meeting, key=key)
    rename(by=None, row=theme, key="clean-water")
    meeting.refresh_from_db()
    theme.refresh_from_db()
    assert (meeting.slug, theme.slug) == ("eighth-meeting", "clean-water")
    assert [name_of(meeting), name_of(theme)] == names


def test_first_ids_are_asked_for_once_a_kind_however_many_records_were_renamed() -> None:
    def queries(count: int) -> int:
        for _number in range(count):
            rename(by=None, row=(theme := make.theme()), key=f"{theme.slug}-new")
        facet_index.forget()
        with CaptureQueriesContext(connection) as asked:
            name_of(theme)
        return len([query for query in asked if "historicaltheme" in query["sql"]])

    assert queries(1) == queries(5) == 1
