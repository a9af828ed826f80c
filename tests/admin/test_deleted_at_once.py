"""Somebody deletes at the same moment what another person writes about: one of them wins, the other is told."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from initiatives.models import Initiative, Mention, Record, Review, Role, Target
from tests import make
from tests.admin_forms import address, deletion
from tests.entry_forms import (
    CHOOSE,
    MakeForm,
    assert_sent_back,
    count_written,
    draft,
    every_form,
    mention,
    staff,
)
from tests.extent import COMBINES_ALL
from tests.html_forms import boxes_of
from tests.sessions import several_sessions

pytestmark = pytest.mark.django_db(transaction=True)

# Either begins first, by each of four waits, or of two.
ROUNDS = 8 if COMBINES_ALL else 4


def after(seconds: float, do: Callable[..., Any], *args: Any) -> Callable[[], Any]:
    def later() -> Any:
        time.sleep(seconds)
        return do(*args)

    return later


def outcomes(pages: list[Any]) -> list[int]:
    assert [page for page in pages if isinstance(page, Exception)] == []
    return [page.status_code for page in pages]


@every_form
def test_who_deletes_and_who_records_at_once(form: MakeForm, tmp_path: Path) -> None:
    """One of them wins each time, the other is told."""
    with several_sessions(tmp_path) as run:
        recorder, deleter = staff(), staff()
        for round_ in range(ROUNDS):
            initiative = make.initiative()
            url, data = form(initiative)
            before = count_written()
            question = deletion(deleter, initiative)
            waits = (round_ % 4 * 0.004, 0.0) if round_ % 2 else (0.0, round_ % 4 * 0.004)
            deleted, recorded = run(
                after(waits[0], deleter.post, *question),
                after(waits[1], recorder.post, url, data),
            )
            codes = outcomes([deleted, recorded])
            assert codes in ([302, 200], [200, 302])
            exists = Initiative.objects.filter(pk=initiative.pk).exists()
            assert exists == (codes == [200, 302])
            if not exists:
                assert_sent_back(recorded)
                assert count_written() == before
            else:
                assert count_written() > before
                # Read here, not on the next page.
                recorder.get("/admin/")
                assert "rests on it" in deleted.text


@pytest.mark.parametrize("by_list", [False, True])
def test_who_deletes_what_is_picked_and_who_records_at_once(by_list: bool, tmp_path: Path) -> None:
    with several_sessions(tmp_path) as run:
        recorder, deleter = staff(), staff()
        for round_ in range(ROUNDS):
            initiative, report, participant = (
                make.initiative(),
                make.report(published_on="2024-09"),
                make.participant(),
            )
            picked = participant if round_ % 2 else report
            data = {**mention(report), "by": [participant.pk]}
            url = address(initiative, "record_mention")
            question = deletion(deleter, picked, by_list=by_list)
            deleted, recorded = run(
                after(0.0, deleter.post, *question),
                after(0.0, recorder.post, url, data),
            )
            codes = outcomes([deleted, recorded])
            if type(picked)._base_manager.filter(pk=picked.pk).exists():
                assert codes[1] == 302
                recorder.get("/admin/")
                assert Mention.objects.filter(initiative=initiative).exists()
            else:
                assert_sent_back(recorded, CHOOSE)
                assert not Mention.objects.filter(initiative=initiative).exists()


def test_who_deletes_and_who_decides_on_a_draft_at_once(tmp_path: Path) -> None:
    with several_sessions(tmp_path) as run:
        people = [staff() for _ in range(4)]
        for _ in range(ROUNDS):
            row = draft()
            pages = run(
                partial(people[0].post, *deletion(people[0], row)),
                partial(people[1].post, address(row, "submit"), {"note": "Look."}),
                partial(people[2].post, address(row, "publish"), {}),
                partial(people[3].post, address(row, "return"), {"reason": "No."}),
            )
            assert set(outcomes(pages)) <= {200, 302}
            assert Initiative.objects.filter(pk=row.pk).exists() == (pages[0].status_code == 200)
            if pages[0].status_code == 302:
                assert not Review.objects.filter(initiative=row.pk).exists()


def test_who_deletes_and_who_saves_roles_and_targets_at_once(tmp_path: Path) -> None:
    with several_sessions(tmp_path) as run:
        saver, deleter = staff(), staff()
        for round_ in range(ROUNDS):
            target = make.target(initiative=make.initiative())
            initiative, participant = target.initiative, make.participant()
            url = address(initiative, "change")
            data = boxes_of(saver.get(url).text) | {
                "targets-0-note": "The roof is on.",
                "roles-TOTAL_FORMS": "1",
                "roles-0-role": "lead",
                "roles-0-participant": participant.pk,
            }
            row: Record = participant if round_ % 2 else initiative
            question = deletion(deleter, row)
            deleted, saved = run(partial(deleter.post, *question), partial(saver.post, url, data))
            outcomes([deleted, saved])
            if saved.status_code == 200:
                assert "The roof is on." in saved.text
                assert "was changed successfully" not in saved.text
                assert not Role.objects.filter(initiative=initiative.pk).exists()
            assert Target.objects.filter(pk=target.pk).exists() == (
                Initiative.objects.filter(pk=initiative.pk).exists()
            )


def test_a_role_is_added_on_a_page_of_its_own_while_its_initiative_is_deleted(
    tmp_path: Path,
) -> None:
    participant = make.participant()
    with several_sessions(tmp_path) as run:
        saver, deleter = staff(), staff()
        for round_ in range(ROUNDS):
            initiative = make.initiative()
            data = {"initiative": initiative.pk, "role": "lead", "participant": participant.pk}
            # The page of the role asks for its sources as well.
            data |= {"citations-TOTAL_FORMS": 0, "citations-INITIAL_FORMS": 0}
            deleted, saved = run(
                after(round_ % 3 * 0.01, deleter.post, *deletion(deleter, initiative)),
                partial(saver.post, address(Role, "add"), data),
            )
            outcomes([deleted, saved])
            if saved.status_code == 200:
                assert CHOOSE in saved.text
                assert "was added successfully" not in saved.text
            else:
                saver.get("/admin/")
            assert not Role.objects.exclude(initiative__in=Initiative.objects.all()).exists()
