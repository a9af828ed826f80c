"""Merges undone after something else was done with what they moved, and rows brought back under a new address."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from initiatives.loading.data_checks import dangling_references
from initiatives.models import (
    Citation,
    Initiative,
    Line,
    Lineage,
    LoadedFact,
    Mention,
    Merge,
    Publication,
)
from initiatives.models.entries import Entry
from initiatives.recording import actions
from initiatives.recording.merging import merge
from initiatives.recording.publication import publish
from initiatives.recording.renaming import rename
from initiatives.recording.reversion import revert
from initiatives.recording.separation import separate
from initiatives.recording.withdrawal import reinstate, withdraw_initiative
from tests import make

pytestmark = pytest.mark.django_db

WHY = "One and the same."


def two_merged(**kwargs: Any) -> tuple[Initiative, Initiative, Merge]:
    """Two initiatives with a mention each, and their merge."""
    kept, gone = (make.initiative(slug, **kwargs) for slug in ("kept", "gone"))
    for initiative in (kept, gone):
        make.mention(initiative=initiative)
    return kept, gone, merge(by=None, kept=kept, gone=gone, reason=WHY)


def where(entry: Entry) -> str:
    return type(entry)._base_manager.get(pk=entry.pk).initiative.slug


def test_a_relation_between_the_two_comes_back_with_its_source() -> None:
    later, earlier = make.initiative("later"), make.initiative("earlier")
    source = make.citation(lineage=make.lineage(later=later, earlier=earlier))
    source.ref = source.make_ref()
    source.save()
    LoadedFact.objects.create(source="file", kind="lineage", key="later/builds_on/earlier")
    LoadedFact.objects.create(source="file", kind="citation", key=source.ref)
    merged = merge(by=None, kept=later, gone=earlier, reason=WHY)
    assert not Lineage.objects.exists()
    # It went with the merge: nothing is missing that somebody should look for.
    assert [*dangling_references()] == []
    separate(by=None, merge=merged, reason="Two.")
    assert Citation.objects.get().ref == source.ref
    assert Citation.objects.get().lineage == Lineage.objects.get()


def test_what_stands_in_the_place_of_an_entry_goes_back_with_it() -> None:
    kept, _gone, merged = two_merged()
    of_gone = Mention.objects.get(ref__contains="/gone/")
    corrected = make.mention(initiative=kept, report=of_gone.report, corrects=of_gone)
    twice = make.mention(initiative=kept, report=of_gone.report, corrects=corrected)
    since = make.update(initiative=kept)
    separate(by=None, merge=merged, reason="Two.")
    assert [where(e) for e in (of_gone, corrected, twice, since)] == ["gone"] * 3 + ["kept"]


def test_a_reading_goes_back_with_its_target() -> None:
    kept, gone = make.initiative("kept"), make.initiative("gone")
    target = make.target(initiative=gone)
    merged = merge(by=None, kept=kept, gone=gone, reason=WHY)
    target.refresh_from_db()
    reading = make.update(initiative=kept, target=target, value=3)
    separate(by=None, merge=merged, reason="Two.")
    target.refresh_from_db()
    assert (where(reading), target.initiative.slug) == ("gone", "gone")


def test_what_was_withdrawn_since_is_recorded_anew_first() -> None:
    kept, _gone, merged = two_merged()
    kept.refresh_from_db()
    withdraw_initiative(by=None, initiative=kept, reason="Wrong.")
    with pytest.raises(ValidationError, match="is withdrawn"):
        separate(by=None, merge=merged, reason="Two.")
    kept.refresh_from_db()
    reinstate(by=None, row=kept, reason="Right after all.")
    separate(by=None, merge=merged, reason="Two.")
    for slug in ("kept", "gone"):
        assert Mention.objects.current().filter(initiative__slug=slug).count() == 1


def test_neither_is_public_without_a_document() -> None:
    _kept, _gone, merged = two_merged()
    actions.withdraw(
        by=None, entry=Mention.objects.get(ref__contains="/gone/"), reason="Of another one."
    )
    with pytest.raises(ValidationError, match="“Gone” would be public without a document"):
        separate(by=None, merge=merged, reason="Two.")
    assert not Initiative.objects.filter(slug="gone").exists()


def test_what_the_public_has_seen_since_is_no_draft_again() -> None:
    kept, _gone, merged = two_merged(publication=Publication.DRAFT)
    publish(by=None, row=Initiative.objects.get(pk=kept.pk))
    assert separate(by=None, merge=merged, reason="Two.").publication == Publication.PUBLIC


def test_a_line_that_is_brought_back_has_the_id_that_its_meeting_has_today() -> None:
    meeting = make.meeting("fm-8")
    line = make.line(meeting=meeting)
    version = Line.history.filter(id=line.pk).first()
    line.delete()
    rename(by=None, row=meeting, key="eighth")
    revert(by=None, version=version)
    assert Line.objects.get().ref == line.ref.replace("fm-8/", "eighth/")


def test_names_of_rows_go_back_with_the_ids_that_others_have_by_now() -> None:
    kept, gone = make.participant("kept"), make.participant("gone")
    report, initiative = make.report("paper"), make.initiative("visits")
    source = make.citation(report=report, role=make.role(initiative=initiative, participant=gone))
    source.ref = source.make_ref()
    source.save()
    merged = merge(by=None, kept=kept, gone=gone, reason=WHY)
    rename(by=None, row=report, key="paper-2")
    separate(by=None, merge=merged, reason="Two.")
    source = Citation.objects.get()
    assert source.ref == source.make_ref()
    assert source.ref.startswith("paper-2/")
