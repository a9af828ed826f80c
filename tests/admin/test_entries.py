"""Mentions and status updates in the admin: recorded, corrected, withdrawn; never edited, never deleted."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from initiatives.admin.follow_up import entries
from initiatives.admin.follow_up.entry_states import EntryState
from initiatives.models import (
    Act,
    DeliveryStatus,
    Entry,
    Mention,
    Publication,
    Report,
    Standing,
    StatusUpdate,
)
from initiatives.recording import actions
from tests import make
from tests.admin_forms import address, errors, filled, saved, send

pytestmark = pytest.mark.django_db
every_kind = pytest.mark.parametrize("maker", [make.mention, make.criterion, make.update])


def columns(entry: Entry) -> dict[str, Any]:
    model: Any = type(entry)
    return dict(model.objects.values().get(pk=entry.pk))


def evidence(report: Report | None = None, **changes: Any) -> dict[str, Any]:
    return {
        "status": "delivered",
        "on": "2024-08",
        "what": "The university opened.",
        "report": (report or make.report(published_on="2024-09")).pk,
        "locator": "para 3",
    } | changes


def test_a_status_is_recorded_and_the_page_says_what_changed(admin_client: Client) -> None:
    initiative, japan = make.initiative(), make.participant()
    url = address(initiative, "record_status")
    shown = admin_client.get(url)
    assert "Not yet reviewed" in shown.text
    page = saved(admin_client, url, **evidence(participant=japan.pk, note="Read twice."))
    update = StatusUpdate.objects.get()
    assert (update.initiative, update.status, update.on) == (initiative, "delivered", "2024-08")
    assert (update.participant, update.note) == (japan, "Read twice.")
    assert update.recorded_by == User.objects.get()
    assert page.request["PATH_INFO"] == address(initiative, "change")
    assert "status changed from “Not yet reviewed” to “Delivered”" in page.text
    initiative.refresh_from_db()
    assert initiative.delivery_status == DeliveryStatus.DELIVERED
    assert initiative.history.latest().history_user == update.recorded_by


def test_a_draft_of_a_status_changes_nothing_yet(admin_client: Client) -> None:
    initiative = make.initiative()
    url = address(initiative, "record_status")
    page = saved(admin_client, url, **evidence(publication="draft"))
    assert "Saved as a draft. The public still sees “Not yet reviewed”" in page.text
    chosen = {"action": "publish_rows", "_selected_action": StatusUpdate.objects.get().pk}
    answer = admin_client.post(address(StatusUpdate, "changelist"), chosen, follow=True)
    assert "1 row is public now" in answer.text
    initiative.refresh_from_db()
    assert initiative.delivery_status == DeliveryStatus.DELIVERED


def test_a_status_without_evidence_needs_none_where_nobody_has_looked(
    admin_client: Client,
) -> None:
    url = address(make.initiative(), "record_status")
    saved(admin_client, url, status="not_reviewed", what="To be reviewed again.")
    assert StatusUpdate.objects.get().report is None


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"report": None}, "Give the report;"),
        ({"locator": None}, "Give the place in the report"),
        ({"locator": "   "}, "Give the place in the report"),
        ({"what": None}, "Say what happened."),
        ({"what": "  "}, "Say what happened."),
        ({"status": None}, "Choose a status;"),
        ({"status": "finished"}, "valid choice"),
        ({"on": "8/9/2024"}, "Write the one that is meant: 2024-09-08"),
        ({"on": "2024-02-30"}, "the month has no such day|is not a date"),
        ({"report": "abc"}, "valid choice"),
        ({"report": "99999999999999999999"}, "valid choice"),
        ({"participant": "0"}, "valid choice"),
        ({"what": "a\0b"}, "Null characters"),
        ({"publication": "secret"}, "valid choice"),
        ({"locator": "x" * 201}, "at most 200"),
    ],
)
def test_a_wrong_status_is_sent_back_with_what_was_typed(
    admin_client: Client, changes: dict[str, Any], complaint: str
) -> None:
    initiative = make.initiative()
    typed = {"note": "A long note."}
    page = send(admin_client, address(initiative, "record_status"), **evidence() | typed | changes)
    assert any(part in errors(page) for part in complaint.split("|"))
    assert "A long note." in page.text
    assert not StatusUpdate.objects.exists()


def test_a_status_and_a_mention_are_recorded_from_a_report(admin_client: Client) -> None:
    initiative, report = make.initiative(), make.report(published_on="2024-09")
    page = admin_client.get(address(StatusUpdate, "add"), {"report": report.pk})
    assert f'<option value="{report.pk}" selected>' in page.text
    data = filled(page, **evidence(report), initiative=initiative.pk, _addanother="1")
    answer = admin_client.post(address(StatusUpdate, "add"), data)
    assert answer.headers["Location"] == f"{address(StatusUpdate, 'add')}?report={report.pk}"
    assert StatusUpdate.objects.get().report == report
    assert "The university opened" in admin_client.get(address(report, "change")).text


def test_a_mention_is_recorded_with_its_quote(admin_client: Client) -> None:
    initiative, report, japan = make.initiative(), make.report(), make.participant()
    page = saved(
        admin_client,
        address(initiative, "record_mention"),
        report=report.pk,
        act="adopted",
        by=[japan.pk],
        locator="para 6",
        quote="デジタル大学",
        quote_language="ja",
    )
    assert "standing changed from “Mentioned” to “Adopted”" in page.text
    mention = Mention.objects.get()
    assert list(mention.by.all()) == [japan]
    assert mention.recorded_by == User.objects.get()
    initiative.refresh_from_db()
    assert initiative.standing == Standing.ADOPTED


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"quote": "Text", "quote_language": None}, "Give the language of the quote"),
        ({"quote": "Text", "quote_language": "klingonese!"}, "is not a language tag"),
        ({"report": None}, "required"),
        ({"act": "loved"}, "valid choice"),
        ({"by": ["abc"]}, "not a valid value"),
    ],
)
def test_a_wrong_mention_is_sent_back(
    admin_client: Client, changes: dict[str, Any], complaint: str
) -> None:
    typed = {"report": make.report().pk, "act": "proposed", "locator": "para 6"}
    page = send(admin_client, address(make.initiative(), "record_mention"), **typed | changes)
    assert complaint in errors(page)
    assert 'value="para 6"' in page.text
    assert not Mention.objects.exists()


@every_kind
def test_an_entry_cannot_be_edited(admin_client: Client, maker: Any) -> None:
    entry = maker()
    before = columns(entry)
    page = admin_client.get(address(entry, "change"))
    assert "<textarea" not in page.text
    assert 'name="_save"' not in page.text
    for extra in ({}, {"_save": "1"}, {"_saveasnew": "1"}, {"_continue": "1"}):
        answer = admin_client.post(address(entry, "change"), {"locator": "elsewhere", **extra})
        assert answer.status_code == 405
    version = entry.history.get()
    sent = {"locator": "x", "now": version.pk}
    answer = admin_client.post(address(entry, "simple_history", version.pk), sent)
    assert "The row is as it was in that version" in answer.text
    assert columns(entry) == before
    assert type(entry).objects.count() == 1


@every_kind
def test_an_entry_cannot_be_deleted(admin_client: Client, maker: Any) -> None:
    entry = maker()
    assert admin_client.get(address(entry, "delete")).status_code == 403
    assert admin_client.post(address(entry, "delete"), {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": entry.pk, "post": "yes"}
    url = address(type(entry), "changelist")
    assert admin_client.post(url, chosen).status_code in (200, 302)
    assert "delete_selected" not in admin_client.get(url).text
    assert type(entry).objects.filter(pk=entry.pk).exists()


@every_kind
def test_the_page_of_an_initiative_cannot_edit_its_entries(
    admin_client: Client, maker: Any
) -> None:
    entry = maker()
    before = columns(entry)
    name = "mentions" if isinstance(entry, Mention) else "updates"
    forged = {
        f"{name}-TOTAL_FORMS": 1,
        f"{name}-INITIAL_FORMS": 1,
        f"{name}-0-id": entry.pk,
        f"{name}-0-initiative": entry.initiative.pk,
        f"{name}-0-locator": "elsewhere",
        f"{name}-0-DELETE": "on",
    }
    saved(admin_client, address(entry.initiative, "change"), **forged)
    assert columns(entry) == before


def test_a_status_is_corrected_by_a_later_entry(admin_client: Client) -> None:
    report = make.report()
    update = make.update(what="It opened.", status="under_way", on="2022-04", report=report)
    assert "Correct" in admin_client.get(address(update, "change")).text
    before = columns(update)
    url = address(update, "correct")
    shown = admin_client.get(url)
    assert 'value="2022-04"' in shown.text
    assert f'<option value="{report.pk}" selected>' in shown.text
    page = saved(admin_client, url, status="stalled")
    correction = StatusUpdate.objects.get(corrects=update)
    assert (correction.status, correction.what, correction.on) == (
        "stalled",
        "It opened.",
        "2022-04",
    )
    assert "status changed from “Under way” to “Stalled”" in page.text
    assert columns(update) == before
    old = admin_client.get(address(update, "change"))
    assert address(correction, "change") in old.text
    assert address(update, "withdraw") not in old.text


def test_a_mention_is_corrected_with_its_participants(admin_client: Client) -> None:
    japan = make.participant()
    mention = make.mention(act=Act.ADOPTED, participants=[japan])
    page = saved(admin_client, address(mention, "correct"), act="proposed")
    correction = Mention.objects.get(corrects=mention)
    assert list(correction.by.all()) == [japan]
    assert "standing changed from “Adopted” to “Proposed”" in page.text


def test_a_correction_speaks_of_the_same_initiative(admin_client: Client) -> None:
    update, other = make.update(), make.initiative()
    saved(admin_client, address(update, "correct"), initiative=other.pk)
    assert StatusUpdate.objects.get(corrects=update).initiative == update.initiative


@every_kind
def test_an_entry_is_withdrawn_with_a_reason(admin_client: Client, maker: Any) -> None:
    entry = maker()
    make.earlier_mention(entry.initiative)
    url = address(entry, "withdraw")
    assert admin_client.get(url).status_code == 200
    for nothing in ({}, {"reason": "  "}, {"reason": "a\0b"}):
        refused = admin_client.post(url, nothing)
        assert refused.status_code == 200
        assert refused.context["form"].errors
    page = admin_client.post(url, {"reason": "The article was retracted."}, follow=True)
    assert "The entry is withdrawn" in page.text
    entry.refresh_from_db()
    assert entry.withdrawal_reason == "The article was retracted."
    assert entry.withdrawn_by == User.objects.get()
    assert "The article was retracted." in admin_client.get(address(entry, "change")).text
    initiative = entry.initiative
    initiative.refresh_from_db()
    assert (initiative.standing, initiative.delivery_status) == ("mentioned", "not_reviewed")


@pytest.mark.every_case
@every_kind
@pytest.mark.parametrize("page", ["correct", "withdraw"])
def test_what_no_longer_counts_is_neither_corrected_nor_withdrawn(
    admin_client: Client, maker: Any, page: str
) -> None:
    entry = maker()
    make.earlier_mention(entry.initiative)
    actions.withdraw(by=User.objects.get(), entry=entry, reason="Retracted.")
    before = type(entry).objects.count()
    answer = admin_client.post(address(entry, page), {"reason": "Again."}, follow=True)
    assert "This entry is withdrawn already" in answer.text
    assert type(entry).objects.count() == before


def test_a_correction_that_somebody_made_meanwhile_is_told(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    update = make.update()
    data = filled(admin_client.get(address(update, "correct")), what="Mine.")
    make.update(initiative=update.initiative, what="Theirs.", corrects=update)
    monkeypatch.setattr(entries, "state_of", lambda entry: EntryState.CURRENT)
    page = admin_client.post(address(update, "correct"), data)
    assert "Somebody has corrected this entry already" in errors(page)
    assert "Mine." in page.text


@every_kind
def test_who_may_only_look_cannot_write_entries(client: Client, maker: Any) -> None:
    entry = maker()
    reader = User.objects.create_user("reader", is_staff=True)
    reader.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client.force_login(reader)
    page = client.get(address(entry, "change"))
    assert page.status_code == 200
    assert address(entry, "correct") not in page.text
    for url in (
        address(entry, "correct"),
        address(entry, "withdraw"),
        address(type(entry), "add"),
        address(entry.initiative, "record_status"),
        address(entry.initiative, "record_mention"),
    ):
        for answer in (client.get(url), client.post(url, {"reason": "x"})):
            assert answer.status_code == 403, url
    assert columns(entry)["withdrawn_at"] is None


def test_who_may_not_see_entries_gets_none_on_the_page_of_an_initiative(client: Client) -> None:
    update = make.update(what="Something happened.")
    editor = User.objects.create_user("editor", is_staff=True)
    editor.user_permissions.set(Permission.objects.filter(codename__endswith="_initiative"))
    client.force_login(editor)
    page = client.get(address(update.initiative, "change"))
    assert page.status_code == 200
    assert "Something happened." not in page.text


def test_the_list_tells_what_still_counts(admin_client: Client) -> None:
    old, gone = make.update(), make.update()
    make.update(initiative=old.initiative, corrects=old)
    actions.withdraw(by=None, entry=gone, reason="Retracted.")
    counts = {}
    for state in ("current", "corrected", "withdrawn"):
        page = admin_client.get(address(StatusUpdate, "changelist"), {"state": state})
        counts[state] = page.context["cl"].result_count
        assert state.capitalize() in page.text
    assert counts == {"current": 1, "corrected": 1, "withdrawn": 1}


def test_an_entry_of_many_that_nobody_has_seen_is_taken_back(admin_client: Client) -> None:
    update = make.update(initiative=make.initiative(publication=Publication.DRAFT))
    chosen = {"action": "unpublish_rows", "_selected_action": update.pk}
    admin_client.post(address(StatusUpdate, "changelist"), chosen)
    update.refresh_from_db()
    assert update.publication == Publication.DRAFT


def test_the_page_of_an_entry_shows_what_it_says_and_no_empty_boxes(admin_client: Client) -> None:
    mention = make.mention(participants=[make.participant(name="Japan")], locator="para 6")
    page = admin_client.get(address(mention, "change"))
    shown = {
        name for _title, part in page.context["adminform"].fieldsets for name in part["fields"]
    }
    assert {"initiative", "report", "act", "by", "locator"} <= shown
    assert not {"quote", "quote_language", "due", "due_dropped", "condition"} & shown
    assert "Japan" in page.text
