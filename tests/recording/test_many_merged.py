"""Merging, foreseeing that and undoing it, however much there is of each kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from initiatives.recording.merging import foresee, merge
from initiatives.recording.separation import separate
from tests import make

pytestmark = pytest.mark.django_db

WHY = "One and the same."


def _reports(rows: int) -> tuple[Any, Any]:
    kept, gone = make.report(), make.report()
    for number in range(rows):
        make.citation(report=gone, role=make.role(), locator=f"para {number}")
        make.mention(report=gone, initiative=make.initiative())
        # Their status rests on it, and gets another grade.
        make.update(report=gone, initiative=make.initiative())
        role = make.role()
        for report in (kept, gone):
            make.citation(report=report, role=role, position=report.pk)
    return kept, gone


def _participants(rows: int) -> tuple[Any, Any]:
    kept, gone = make.participant(), make.participant()
    for number in range(rows):
        make.citation(report=make.report(issued_by=[gone]), role=make.role(participant=gone))
        make.mention(participants=[gone])
        make.meeting(dialogue=make.dialogue(), attended_by=[gone], number=number + 1)
        make.participant(kind="ministry", part_of=gone)
        dialogue, initiative = make.dialogue(members=[kept, gone]), make.initiative()
        meeting = make.meeting(dialogue=dialogue, attended_by=[kept, gone], number=number + 1)
        for participant in (kept, gone):
            role = make.role(participant=participant, initiative=initiative)
            make.citation(role=role, report=make.report())
            attendance = meeting.attendances.get(participant=participant)
            make.delegate(attendance=attendance, name="A Person", title=participant.name)
            make.delegate(attendance=attendance, name=f"One of {participant}")
    return kept, gone


def _meetings(rows: int) -> tuple[Any, Any]:
    dialogue = make.dialogue()
    kept, gone = (make.meeting(dialogue=dialogue, number=number) for number in (1, 2))
    for number in range(rows):
        line = make.line(meeting=gone, text=f"Water {number}")
        make.citation(report=make.report(), line=line)
        make.update(report=make.report(meeting=gone))
        who, speaker = make.participant(), make.participant()
        for meeting in (kept, gone):
            make.delegate(attendance=make.attendance(meeting=meeting, participant=who))
            own = make.line(
                meeting=meeting, text=f"Energy {number}", by=[who, speaker][meeting is gone :]
            )
            make.citation(report=make.report(), line=own)
    return kept, gone


def _initiatives(rows: int) -> tuple[Any, Any]:
    kept, gone = make.initiative(), make.initiative()
    for number in range(rows):
        target = make.target(initiative=gone, metric=f"people {number}")
        make.citation(report=make.report(), target=target)
        make.role(initiative=gone, participant=make.participant())
        make.update(initiative=gone)
        make.lineage(later=make.initiative(), earlier=gone)
        who, later = make.participant(), make.initiative()
        for initiative in (kept, gone):
            make.role(initiative=initiative, participant=who)
            make.lineage(later=later, earlier=initiative)
            shared = make.target(initiative=initiative, metric=f"km {number}", note=initiative.slug)
            make.reading(shared, 3)
    return kept, gone


@pytest.mark.parametrize("made", [_reports, _participants, _meetings, _initiatives])
def test_further_rows_cost_a_merge_no_further_query(
    made: Callable[[int], tuple[Any, Any]],
) -> None:
    counts = []
    for rows in (3, 13):
        kept, gone = made(rows)
        with CaptureQueriesContext(connection) as foreseeing:
            foresee(by=None, kept=kept, gone=gone)
        with CaptureQueriesContext(connection) as doing:
            merged = merge(by=None, kept=kept, gone=gone, reason=WHY)
        with CaptureQueriesContext(connection) as undoing:
            separate(by=None, merge=merged, reason="Two.")
        counts.append([len(queries) for queries in (foreseeing, doing, undoing)])
    assert counts[0] == counts[1]
