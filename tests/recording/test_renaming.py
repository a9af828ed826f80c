"""A record under a new address: what leads on, what is named anew, and which ids nobody gets."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from initiatives.loading.apply import load
from initiatives.loading.document import Document, find_files, read_file
from initiatives.models import (
    Correction,
    Dialogue,
    FormerAddress,
    Initiative,
    Line,
    Load,
    LoadedFact,
    Meeting,
    Participant,
    Report,
    Theme,
)
from initiatives.recording.renaming import rename
from tests import make

ADDRESSED = (Initiative, Report, Meeting, Participant, Dialogue, Theme)


@pytest.fixture(scope="module")
def fixtures() -> list[Document]:
    return [read_file(path) for path in find_files(["fixtures"])]


@pytest.mark.django_db
def test_all_files_loaded_again_after_every_record_has_a_new_address_change_nothing(
    fixtures: list[Document],
) -> None:
    load(fixtures)
    before = LoadedFact.objects.count()
    for model in ADDRESSED:
        for row in list(model.objects.order_by("-pk")[:3]):
            rename(by=None, row=row, key=f"{row.natural_key()[0][:90]}-2")
    plan = load(fixtures)
    assert [
        (i.kind, i.name, i.action) for i in plan.items if i.action not in ("same", "kept")
    ] == []
    assert (plan.new, plan.changed) == (0, 0)
    assert LoadedFact.objects.count() == before
    assert FormerAddress.objects.count() == 18


@pytest.mark.django_db
def test_further_rows_cost_a_new_address_no_further_query() -> None:
    counts = []
    for rows in (3, 13):
        meeting = make.meeting()
        for number in range(rows):
            line = make.line(meeting=meeting, text=f"Water {number}")
            LoadedFact.objects.create(source="file", kind="line", key=line.ref)
            Load.objects.create(files=[{"source": meeting.slug}])
        with CaptureQueriesContext(connection) as queries:
            rename(by=None, row=meeting, key=f"{meeting.slug}-new")
        counts.append(len(queries))
        assert LoadedFact.objects.filter(key__startswith=f"{meeting.slug}-new/").count() == rows
        assert {line.history.count() for line in Line.objects.filter(meeting=meeting)} == {2}
    assert counts[0] == counts[1]


# --- Which ids nobody gets ------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_id_that_was_given_once_is_refused_for_all_others() -> None:
    meeting, other = make.meeting("fm-8"), make.meeting("fm-9")
    rename(by=None, row=meeting, key="eighth")
    with pytest.raises(ValidationError, match="was the id of “eighth”"):
        rename(by=None, row=other, key="fm-8")
    with pytest.raises(ValidationError, match="was the id of “eighth”"):
        Meeting(slug="fm-8", dialogue=other.dialogue, kind=other.kind, title="New").full_clean()
    with pytest.raises(ValidationError, match="taken"):
        rename(by=None, row=other, key="eighth")
    # A report of that id is another thing.
    rename(by=None, row=make.report("r"), key="fm-8")


@pytest.mark.django_db
@pytest.mark.parametrize("model", ADDRESSED)
@pytest.mark.parametrize("key", ["none", "Not A Key", "", "a--b", "x" * 101])
def test_a_word_that_filters_use_and_what_is_no_id_are_refused(model: Any, key: str) -> None:
    row = getattr(make, model._meta.model_name)()
    with pytest.raises(ValidationError) as refused:
        rename(by=None, row=row, key=key)
    assert model.natural_key_fields[0] in refused.value.message_dict
    assert not FormerAddress.objects.exists()


@pytest.mark.django_db
def test_a_new_row_of_a_reserved_id_is_refused_and_one_of_before_is_left_alone() -> None:
    old = make.theme("none")
    old.full_clean()
    with pytest.raises(ValidationError, match="means something else in filters"):
        Theme(slug="none", name="None").full_clean()
    with pytest.raises(ValidationError, match="means something else"):
        Participant(code="all", name="All").full_clean()


@pytest.mark.django_db
def test_whoever_agreed_to_another_id_is_told() -> None:
    meeting = make.meeting("fm-8")
    rename(by=None, row=meeting, key="eighth")
    with pytest.raises(ValidationError, match="it is “eighth” now"):
        rename(by=None, row=meeting, key="ninth", before="fm-8")


@pytest.mark.django_db
def test_the_register_says_nothing_of_a_draft() -> None:
    rename(by=None, row=make.initiative(publication="draft"), key="other")
    assert not Correction.objects.exists()
