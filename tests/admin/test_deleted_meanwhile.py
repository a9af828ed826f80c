"""Somebody deletes what another person is writing about: that is told, nothing is half written, the text is kept."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from initiatives.admin.follow_up import record_many
from initiatives.admin.follow_up.entries import EntryAdmin
from initiatives.admin.follow_up.publication import PublicationAdmin
from initiatives.models import (
    Initiative,
    Mention,
    Publication,
    Record,
    Report,
    Review,
    Role,
    StatusUpdate,
    Target,
)
from initiatives.recording import actions, reviews
from initiatives.recording.reversion import revert
from tests.admin_forms import address
from tests.html_forms import boxes_of
from tests.makers import make_initiative, make_participant, make_report, make_target, make_update
from tests.sessions import several_sessions

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 12
GONE = "Somebody has deleted this initiative."
MANY = "/admin/initiatives/initiative/record-statuses/"
NEW = {
    "report_url": "https://example.org/news/7",
    "report_title": "Progress report",
    "report_publisher": "Secretariat",
    "report_kind": "joint",
    "report_published_on": "2024-09",
    "report_language": "en",
}
CHOOSE = "This is not a valid choice any more. Choose another."
Sent = tuple[str, dict[str, Any]]
Form = Callable[[Initiative], Sent]
PICKED = [f"/admin/initiatives/{name}/add/" for name in ("statusupdate", "mention")]
# What stands before the check of a form, and before its write.
STEPS = {"check": "_record_form", "write": "_record"}
MANY_STEPS = {"check": "_build_updates", "write": "_write"}


def staff() -> Client:
    """Somebody of the staff; another one each time."""
    users = get_user_model().objects
    client = Client()
    client.force_login(users.create_superuser(f"staff-{users.count()}", password="x"))
    return client


def delete(client: Client, row: Record) -> Any:
    return client.post(address(row, "delete"), {"post": "yes"})


def delete_by_list(client: Client, row: Record) -> Any:
    data = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    return client.post(address(type(row), "changelist"), data)


def draft() -> Initiative:
    return make_initiative(publication=Publication.DRAFT)


def after(seconds: float, do: Callable[..., Any], *args: Any) -> Callable[[], Any]:
    def later() -> Any:
        time.sleep(seconds)
        return do(*args)

    return later


# --- Forms, as a browser sends them ---------------------------------------------------------------


def status(report: Report | None = None) -> dict[str, Any]:
    document = {"report": report.pk} if report else NEW
    said = {"status": "under_way", "on": "2024-08", "what": "The roof is on.", "locator": "p. 77"}
    return {**said, "publication": "public", **document}


def mention(report: Report) -> dict[str, Any]:
    said = {"act": "adopted", "locator": "p. 77", "note": "The roof is on."}
    return {**said, "publication": "public", "report": report.pk}


def of_initiative(initiative: Initiative) -> Sent:
    return address(initiative, "record_status"), status()


def of_known_report(initiative: Initiative) -> Sent:
    return address(initiative, "record_status"), status(make_report(published_on="2024-09"))


def mention_of_initiative(initiative: Initiative) -> Sent:
    return address(initiative, "record_mention"), mention(make_report(published_on="2024-09"))


def of_picked(initiative: Initiative) -> Sent:
    return address(StatusUpdate, "add"), {**status(), "initiative": initiative.pk}


def mention_of_picked(initiative: Initiative) -> Sent:
    return address(Mention, "add"), {
        **mention(make_report(published_on="2024-09")),
        "initiative": initiative.pk,
    }


def of_many(initiative: Initiative) -> Sent:
    keys = [initiative.pk, make_initiative().pk]
    rows = {f"row-{key}-{name}": "" for key in keys for name in ("status", "on", "locator", "what")}
    rows[f"row-{keys[0]}-what"] = "The roof is on."
    return MANY, {**status(), "what": "Work goes on.", "initiative": keys, **rows}


FORMS = [
    of_initiative,
    of_known_report,
    mention_of_initiative,
    of_picked,
    mention_of_picked,
    of_many,
]
every_form = pytest.mark.parametrize("form", FORMS)


def assert_told(answer: Any, words: str = GONE) -> None:
    """The form came back with what was typed, says what happened, and nothing else."""
    assert answer.status_code == 200
    assert "The roof is on." in answer.text
    assert "p. 77" in answer.text
    assert words in answer.text or CHOOSE in answer.text, re.findall(
        r'(?s)class="error.*?</', answer.text
    )
    assert "recorded;" not in answer.text
    assert "changed from" not in answer.text


def written() -> tuple[int, int]:
    return StatusUpdate.objects.count() + Mention.objects.count(), Report.objects.count()


# --- At every moment ------------------------------------------------------------------------------


@every_form
def test_before_the_form_is_sent(form: Form) -> None:
    initiative = make_initiative()
    url, data = form(initiative)
    before = written()
    assert delete(staff(), initiative).status_code == 302
    assert_told(staff().post(url, data))
    assert written() == before


@every_form
@pytest.mark.parametrize("moment", ["check", "write"])
def test_in_the_middle(form: Form, moment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the form is checked, the page has read the initiative; before it is written, the check has."""
    initiative, client, other = make_initiative(), staff(), staff()
    url, data = form(initiative)
    before = written()
    owner, names = (record_many, MANY_STEPS) if url == MANY else (EntryAdmin, STEPS)
    real: Any = getattr(owner, names[moment])

    def deleted_first(*args: Any, **kwargs: Any) -> Any:
        assert delete(other, initiative).status_code == 302
        return real(*args, **kwargs)

    monkeypatch.setattr(owner, names[moment], deleted_first)
    assert_told(client.post(url, data))
    assert written() == before


@pytest.mark.parametrize("step", ["submit", "publish", "return"])
def test_a_step_of_a_draft_that_is_gone(step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    client, other = staff(), staff()
    gone, going = draft(), draft()
    reviews.submit(by=None, row=going)
    delete(other, gone)
    real: Any = PublicationAdmin._apply_step

    def deleted_first(*args: Any, **kwargs: Any) -> Any:
        delete(other, going)
        return real(*args, **kwargs)

    typed = {"note": "The roof is on.", "reason": "The roof is on."}
    for row in (gone, going):
        if row is going:
            monkeypatch.setattr(PublicationAdmin, "_apply_step", deleted_first)
        answer = client.post(address(row, step), typed)
        assert answer.status_code == 200
        assert GONE in answer.text
        assert step == "publish" or "The roof is on." in answer.text
    assert not Review.objects.exists()


def test_many_drafts_of_which_one_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    client, stays, goes = staff(), draft(), draft()
    real: Any = actions.lock_initiative

    def deleted_first(key: int) -> Any:
        Initiative.objects.filter(pk=goes.pk).delete()
        return real(key)

    monkeypatch.setattr(actions, "lock_initiative", deleted_first)
    data = {"action": "submit_rows", "_selected_action": [stays.pk, goes.pk]}
    page = client.post(address(Initiative, "changelist"), data, follow=True)
    assert f"{goes}: {GONE}" in page.text
    assert "1 draft waits now." in page.text


@every_form
def test_what_never_was_is_not_found(form: Form) -> None:
    initiative = make_initiative()
    url, data = form(initiative)
    Initiative.objects.filter(pk=initiative.pk).delete()
    Initiative.history.all().delete()
    answer = staff().post(url, data)
    assert answer.status_code == 404 or url in (MANY, *PICKED)


def test_of_many_the_others_are_recorded_once_the_row_is_left_out() -> None:
    initiative, client = make_initiative(), staff()
    url, data = of_many(initiative)
    delete(staff(), initiative)
    again = boxes_of(client.post(url, data).text)
    assert again["initiative"] == [str(key) for key in data["initiative"][1:]]
    assert client.post(url, again).status_code == 302
    assert StatusUpdate.objects.get().initiative_id == data["initiative"][1]


def test_roles_and_targets_typed_on_a_page_that_is_gone_are_shown_and_can_be_saved() -> None:
    target = make_target(initiative=make_initiative(title="Canal"), metric="km")
    initiative, client, other = target.initiative, staff(), staff()
    url = address(initiative, "change")
    data = boxes_of(client.get(url).text)
    data |= {"targets-0-note": ["The roof is on."], "targets-0-value": ["600"]}
    delete(other, initiative)
    page = client.post(url, data)
    assert page.status_code == 200
    assert GONE in page.text
    assert "The roof is on." in page.text
    assert not Target.objects.exists()

    history = address(initiative, "history")
    assert history in page.text
    version = Initiative.history.filter(id=initiative.pk).first()
    revert(by=None, version=version)
    back = client.post(url, boxes_of(page.text))
    assert "The roof is on." in back.text
    assert 'value="600"' in back.text


@pytest.mark.parametrize("model", ["report", "participant"])
def test_what_is_picked_is_gone(model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    initiative, other, client = make_initiative(), staff(), staff()
    report, participant = make_report(published_on="2024-09"), make_participant()
    picked = {"report": report, "participant": participant}[model]
    real: Any = EntryAdmin._record

    def deleted_first(*args: Any, **kwargs: Any) -> Any:
        assert delete(other, picked).status_code == 302
        return real(*args, **kwargs)

    update = {**status(report), "participant": participant.pk}
    first = make_update(initiative=initiative)
    said = {**mention(report), "by": [participant.pk]}
    for url, data in (
        (address(initiative, "record_status"), update),
        (address(first, "correct"), update),
        (address(initiative, "record_mention"), said),
    ):
        with monkeypatch.context() as patch:
            if type(picked)._base_manager.filter(pk=picked.pk).exists():
                patch.setattr(EntryAdmin, "_record", deleted_first)
            assert_told(client.post(url, data), CHOOSE)
    assert written()[0] == 1


def test_the_participant_of_a_mention_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    initiative, participant, other = make_initiative(), make_participant(), staff()
    real: Any = EntryAdmin._record

    def deleted_first(*args: Any, **kwargs: Any) -> Any:
        assert delete(other, participant).status_code == 302
        return real(*args, **kwargs)

    monkeypatch.setattr(EntryAdmin, "_record", deleted_first)
    data = {**mention(make_report(published_on="2024-09")), "by": [participant.pk]}
    assert_told(staff().post(address(initiative, "record_mention"), data), CHOOSE)
    assert not Mention.objects.exists()


# --- At the same time -----------------------------------------------------------------------------


def outcomes(pages: list[Any]) -> list[int]:
    assert [page for page in pages if isinstance(page, Exception)] == []
    return [page.status_code for page in pages]


@every_form
def test_who_deletes_and_who_records_at_once(form: Form, tmp_path: Path) -> None:
    """One of them wins each time, the other is told."""
    with several_sessions(tmp_path) as run:
        recorder, deleter = staff(), staff()
        for round_ in range(ROUNDS):
            initiative = make_initiative()
            url, data = form(initiative)
            before = written()
            waits = (round_ % 4 * 0.004, 0.0) if round_ % 2 else (0.0, round_ % 4 * 0.004)
            deleted, recorded = run(
                after(waits[0], delete, deleter, initiative),
                after(waits[1], recorder.post, url, data),
            )
            codes = outcomes([deleted, recorded])
            assert codes in ([302, 200], [200, 302])
            there = Initiative.objects.filter(pk=initiative.pk).exists()
            assert there == (codes == [200, 302])
            if not there:
                assert_told(recorded)
                assert written() == before
            else:
                assert written() > before
                # Read here, not on the next page.
                recorder.get("/admin/")
                assert "protected" in deleted.text


@pytest.mark.parametrize("by_list", [False, True])
def test_who_deletes_what_is_picked_and_who_records_at_once(by_list: bool, tmp_path: Path) -> None:
    with several_sessions(tmp_path) as run:
        recorder, deleter = staff(), staff()
        for round_ in range(ROUNDS):
            initiative, report, participant = (
                make_initiative(),
                make_report(published_on="2024-09"),
                make_participant(),
            )
            picked = participant if round_ % 2 else report
            data = {**mention(report), "by": [participant.pk]}
            url = address(initiative, "record_mention")
            way = delete_by_list if by_list else delete
            deleted, recorded = run(
                after(0.0, way, deleter, picked),
                after(0.0, recorder.post, url, data),
            )
            codes = outcomes([deleted, recorded])
            if type(picked)._base_manager.filter(pk=picked.pk).exists():
                assert codes[1] == 302
                recorder.get("/admin/")
                assert Mention.objects.filter(initiative=initiative).exists()
            else:
                assert_told(recorded, CHOOSE)
                assert not Mention.objects.filter(initiative=initiative).exists()


def test_who_deletes_and_who_decides_on_a_draft_at_once(tmp_path: Path) -> None:
    with several_sessions(tmp_path) as run:
        people = [staff() for _ in range(4)]
        for _ in range(ROUNDS):
            row = draft()
            pages = run(
                partial(delete, people[0], row),
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
            target = make_target(initiative=make_initiative())
            initiative, participant = target.initiative, make_participant()
            url = address(initiative, "change")
            data = boxes_of(saver.get(url).text) | {
                "targets-0-note": "The roof is on.",
                "roles-TOTAL_FORMS": "1",
                "roles-0-role": "lead",
                "roles-0-participant": participant.pk,
            }
            row: Record = participant if round_ % 2 else initiative
            deleted, saved = run(partial(delete, deleter, row), partial(saver.post, url, data))
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
    participant = make_participant()
    with several_sessions(tmp_path) as run:
        saver, deleter = staff(), staff()
        for round_ in range(ROUNDS):
            initiative = make_initiative()
            data = {"initiative": initiative.pk, "role": "lead", "participant": participant.pk}
            # The page of the role asks for its sources as well.
            data |= {"citations-TOTAL_FORMS": 0, "citations-INITIAL_FORMS": 0}
            deleted, saved = run(
                after(round_ % 3 * 0.01, delete, deleter, initiative),
                partial(saver.post, address(Role, "add"), data),
            )
            outcomes([deleted, saved])
            if saved.status_code == 200:
                assert CHOOSE in saved.text
                assert "was added successfully" not in saved.text
            else:
                saver.get("/admin/")
            assert not Role.objects.exclude(initiative__in=Initiative.objects.all()).exists()
