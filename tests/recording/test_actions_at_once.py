"""Several people write about one initiative at the same moment: nothing is lost, nobody is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from initiatives.models import Initiative, Mention, StatusUpdate
from initiatives.recording import actions
from tests import make
from tests.sessions import several_sessions

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS, PEOPLE = 4, 8


def test_eight_updates_at_once_are_all_recorded(tmp_path: Path) -> None:
    initiative, report = make.initiative(), make.report()

    def record(round_: int, person: int) -> Callable[[], StatusUpdate]:
        # Half of them speak of the same month, and so want the same ref.
        on = f"20{10 + round_}-01" if person % 2 else f"20{10 + round_}-0{person + 1}"
        status = "delivered" if person == 7 else "under_way"
        return lambda: actions.record_status(
            by=None,
            initiative=Initiative.objects.get(pk=initiative.pk),
            status=status,
            what=f"Seen by {person}.",
            on=on,
            report=report,
            locator="p. 1",
        )

    with several_sessions(tmp_path) as run:
        for round_ in range(ROUNDS):
            results = run(*(record(round_, person) for person in range(PEOPLE)))
            assert [r for r in results if not isinstance(r, StatusUpdate)] == []
            now = Initiative.objects.get(pk=initiative.pk)
            # The month of person 6 is the latest of each year.
            assert (now.latest_update_on, now.delivery_status) == (
                f"20{10 + round_}-07",
                "under_way",
            )
            assert now.delivered_on == "2010-01"
        refs = list(StatusUpdate.objects.values_list("ref", flat=True))
        assert len(refs) == len(set(refs)) == ROUNDS * PEOPLE
        assert StatusUpdate.history.count() == ROUNDS * PEOPLE
        assert actions.refresh([initiative.pk]) == 0


def test_updates_and_mentions_at_once_leave_both_kinds_of_columns_true(tmp_path: Path) -> None:
    initiative = make.initiative()
    reports = [make.report(published_on=f"20{10 + person}") for person in range(PEOPLE)]

    def record(person: int) -> Callable[[], Any]:
        now: dict[str, Any] = {"report": reports[person], "locator": "p. 1", "by": None}
        if person % 2:
            return lambda: make.update(
                initiative=Initiative.objects.get(pk=initiative.pk), on=f"20{10 + person}", **now
            )
        act = "adopted" if person == 2 else "proposed"
        return lambda: make.mention(
            initiative=Initiative.objects.get(pk=initiative.pk), act=act, **now
        )

    with several_sessions(tmp_path) as run:
        results = run(*(record(person) for person in range(PEOPLE)))
        assert {type(result) for result in results} == {StatusUpdate, Mention}
        now = Initiative.objects.get(pk=initiative.pk)
        assert (now.standing, now.standing_report) == ("adopted", reports[2])
        assert (now.latest_update_on, now.last_heard_on) == ("2017", "2017")
        assert actions.refresh([initiative.pk]) == 0


def test_of_many_who_correct_one_entry_one_does_and_the_others_are_told(tmp_path: Path) -> None:
    first = make.update()

    def correct(person: int) -> Callable[[], StatusUpdate]:
        return lambda: make.update(
            initiative=Initiative.objects.get(pk=first.initiative_id),
            report=first.report,
            what=f"As {person} reads it.",
            corrects=StatusUpdate.objects.get(pk=first.pk),
        )

    with several_sessions(tmp_path) as run:
        results = run(*(correct(person) for person in range(PEOPLE)))
        refusals = [result for result in results if isinstance(result, ValidationError)]
        assert len(refusals) == PEOPLE - 1
        assert all("Somebody has corrected this entry already" in str(error) for error in refusals)
        assert StatusUpdate.objects.current().count() == 1
        assert StatusUpdate.objects.count() == 2


def test_of_many_who_withdraw_one_entry_one_does_and_the_others_are_told(tmp_path: Path) -> None:
    update = make.update()

    def withdraw(person: int) -> Callable[[], None]:
        return lambda: actions.withdraw(
            by=None, entry=StatusUpdate.objects.get(pk=update.pk), reason=f"Says {person}."
        )

    with several_sessions(tmp_path) as run:
        results = run(*(withdraw(person) for person in range(PEOPLE)))
        assert results.count(None) == 1
        assert {type(result) for result in results} == {type(None), ValidationError}
        assert update.history.count() == 2
