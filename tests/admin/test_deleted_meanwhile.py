"""Somebody deletes what another person is writing about: that is told, nothing is half written, the text is kept."""

from __future__ import annotations

from typing import Any

import pytest

from initiatives.admin.follow_up import record_many
from initiatives.admin.follow_up.entries import EntryAdmin
from initiatives.admin.follow_up.publication import PublicationAdmin
from initiatives.models import Initiative, Mention, Review, StatusUpdate, Target
from initiatives.recording import actions, reviews
from initiatives.recording.reversion import revert
from tests import make
from tests.admin_forms import address, delete, deletion
from tests.entry_forms import (
    CHOOSE,
    GONE,
    RECORD_MANY,
    MakeForm,
    assert_sent_back,
    count_written,
    draft,
    every_form,
    mention,
    staff,
    status,
    statuses_of_many,
)
from tests.html_forms import boxes_of

pytestmark = pytest.mark.django_db(transaction=True)

PICKED = [f"/admin/initiatives/{name}/add/" for name in ("statusupdate", "mention")]
# What stands before the check of a form, and before its write.
STEPS = {"check": "_record_form", "write": "_record"}
RECORD_MANY_STEPS = {"check": "_build_updates", "write": "_write"}


@every_form
def test_before_the_form_is_sent(form: MakeForm) -> None:
    initiative = make.initiative()
    url, data = form(initiative)
    before = count_written()
    assert delete(staff(), initiative).status_code == 302
    assert_sent_back(staff().post(url, data))
    assert count_written() == before


@every_form
@pytest.mark.parametrize("moment", ["check", "write"])
def test_in_the_middle(form: MakeForm, moment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the form is checked, the page has read the initiative; before it is written, the check has."""
    initiative, client, other = make.initiative(), staff(), staff()
    url, data = form(initiative)
    before = count_written()
    owner, names = (record_many, RECORD_MANY_STEPS) if url == RECORD_MANY else (EntryAdmin, STEPS)
    real: Any = getattr(owner, names[moment])
    question = deletion(other, initiative)

    def deleted_first(*args: Any, **kwargs: Any) -> Any:
        assert other.post(*question).status_code == 302
        return real(*args, **kwargs)

    monkeypatch.setattr(owner, names[moment], deleted_first)
    assert_sent_back(client.post(url, data))
    assert count_written() == before


@pytest.mark.parametrize("step", ["submit", "publish", "return"])
def test_a_step_of_a_draft_that_is_gone(step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    client, other = staff(), staff()
    deleted, to_delete = draft(), draft()
    reviews.submit(by=None, row=to_delete)
    delete(other, deleted)
    real: Any = PublicationAdmin._apply_step
    question = deletion(other, to_delete)

    def deleted_first(*args: Any, **kwargs: Any) -> Any:
        other.post(*question)
        return real(*args, **kwargs)

    typed = {"note": "The roof is on.", "reason": "The roof is on."}
    for row in (deleted, to_delete):
        if row is to_delete:
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
    assert "1 draft is submitted for review." in page.text


@every_form
def test_what_never_was_is_not_found(form: MakeForm) -> None:
    initiative = make.initiative()
    url, data = form(initiative)
    Initiative.objects.filter(pk=initiative.pk).delete()
    Initiative.history.all().delete()
    answer = staff().post(url, data)
    assert answer.status_code == 404 or url in (RECORD_MANY, *PICKED)


def test_of_many_the_others_are_recorded_once_the_row_is_left_out() -> None:
    initiative, client = make.initiative(), staff()
    url, data = statuses_of_many(initiative)
    delete(staff(), initiative)
    again = boxes_of(client.post(url, data).text)
    assert again["initiative"] == [str(key) for key in data["initiative"][1:]]
    assert client.post(url, again).status_code == 302
    assert StatusUpdate.objects.get().initiative_id == data["initiative"][1]


def test_roles_and_targets_typed_on_a_page_that_is_gone_are_shown_and_can_be_saved() -> None:
    target = make.target(initiative=make.initiative(title="Canal"), metric="km")
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
    initiative, other, client = make.initiative(), staff(), staff()
    report, participant = make.report(published_on="2024-09"), make.participant()
    picked = {"report": report, "participant": participant}[model]
    real: Any = EntryAdmin._record

    def deleted_first(*args: Any, **kwargs: Any) -> Any:
        assert delete(other, picked).status_code == 302
        return real(*args, **kwargs)

    update = {**status(report), "participant": participant.pk}
    first = make.update(initiative=initiative)
    said_by = {**mention(report), "by": [participant.pk]}
    for url, data in (
        (address(initiative, "record_status"), update),
        (address(first, "correct"), update),
        (address(initiative, "record_mention"), said_by),
    ):
        with monkeypatch.context() as patch:
            if type(picked)._base_manager.filter(pk=picked.pk).exists():
                patch.setattr(EntryAdmin, "_record", deleted_first)
            assert_sent_back(client.post(url, data), CHOOSE)
    assert count_written()[0] == 1


def test_the_participant_of_a_mention_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    initiative, participant, other = make.initiative(), make.participant(), staff()
    real: Any = EntryAdmin._record

    def deleted_first(*args: Any, **kwargs: Any) -> Any:
        assert delete(other, participant).status_code == 302
        return real(*args, **kwargs)

    monkeypatch.setattr(EntryAdmin, "_record", deleted_first)
    data = {**mention(make.report(published_on="2024-09")), "by": [participant.pk]}
    assert_sent_back(staff().post(address(initiative, "record_mention"), data), CHOOSE)
    assert not Mention.objects.exists()
