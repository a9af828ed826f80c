"""The history of a row: what changed, field by field, in words; who, when and by which way; and the way back."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from initiatives.admin.base.version_events import source_of
from initiatives.models import (
    Citation,
    DeliveryStatus,
    Discrepancy,
    EvidenceGrade,
    Initiative,
    Publication,
    Record,
    Report,
    Role,
    Theme,
)
from initiatives.recording import actions
from initiatives.recording.bulk_history import change_all, create_all
from initiatives.recording.diff import Names, in_words, word_diff
from tests import make
from tests.admin_forms import address, delete, saved
from tests.html_forms import boxes_of

pytestmark = pytest.mark.django_db


def history_of(client: Client, row: Record) -> Any:
    page = client.get(address(row, "history"))
    assert page.status_code == 200
    return page


def told(page: Any) -> list[tuple[str, str, str, str]]:
    """All changes of a page of history: of which row, the field, from what, to what."""
    return [
        (event.about, change.label, change.old, change.new)
        for event in page.context["page_obj"]
        for change in event.changes
        if not event.is_first
    ]


def bring_back(client: Client, version: Any, **changes: Any) -> Any:
    """Open the page of a version and press its button; return the page that comes then."""
    url = address(version.instance, "simple_history", version.pk)
    return client.post(url, boxes_of(client.get(url).text) | changes, follow=True)


# --- What changed ---------------------------------------------------------------------------------


def test_each_kind_of_field_is_told_in_words(admin_client: Client) -> None:
    japan, meeting = make.participant(name="Japan"), make.meeting(title="Summit")
    report = make.report(title="Old", kind=EvidenceGrade.PRESS, published_on="2022")
    saved(
        admin_client,
        address(report, "change"),
        title="New",
        kind="joint",
        published_on="2022-04-15",
        meeting=meeting.pk,
        issued_by=[japan.pk],
    )
    page = history_of(admin_client, report)
    assert set(told(page)) == {
        ("", "Title", "Old", "New"),
        ("", "Kind", EvidenceGrade.PRESS.label, EvidenceGrade.JOINT.label),
        ("", "Published on", "2022", "15 April 2022"),
        ("", "Meeting", "", "Summit"),
        ("", "Issued by", "", "Japan"),
    }
    assert "Published on" in page.text
    assert "published_on" not in page.text
    assert "2022 → 15 April 2022" in page.text


@pytest.mark.parametrize(
    ("language", "expected"), [("en-gb", "7 April 2022, 14:05"), ("ja", "2022年4月7日 14:05")]
)
def test_a_moment_is_told_as_the_language_writes_it(language: str, expected: str) -> None:
    moment = datetime.datetime(2022, 4, 7, 14, 5, tzinfo=datetime.UTC)
    with override(language):
        assert in_words(Initiative._meta.get_field("withdrawn_at"), moment, Names()) == expected


def test_long_texts_show_which_words_changed(admin_client: Client) -> None:
    old = "The sides agreed to found a university in the capital within two years."
    initiative = make.initiative(summary=old)
    saved(admin_client, address(initiative, "change"), summary=old.replace("two", "three"))
    # A tag may end on the next line, where white space would show.
    text = re.sub(r"\s+>", ">", history_of(admin_client, initiative).text)
    assert "within <del>two</del><ins>three</ins> years." in text
    saved(admin_client, address(initiative, "change"), summary="<script>alert(1)</script> " * 9)
    assert "<script>alert" not in history_of(admin_client, initiative).text


def test_two_texts_of_a_book_are_not_compared_word_by_word() -> None:
    assert [kind for kind, _text in word_diff("a " * 9000, "b " * 9000)] == ["removed", "added"]
    parts = word_diff("one two\nthree", "one 2\nthree")
    assert parts == [("kept", "one "), ("removed", "two"), ("added", "2"), ("kept", "\nthree")]


def test_what_belongs_to_an_initiative_is_told_on_its_page(admin_client: Client) -> None:
    role, japan = make.role(role="lead"), make.participant(name="Japan")
    initiative = role.initiative
    target = make.target(initiative=initiative, metric="students")
    link = make.lineage(later=initiative)
    saved(admin_client, address(role, "change"), participant=japan.pk)
    saved(admin_client, address(target, "change"), value="12.5000")
    saved(admin_client, address(link, "change"), relation="supersedes")
    delete(admin_client, target)
    page = history_of(admin_client, initiative)
    changes = {(about.split(":")[0], label, new) for about, label, _old, new in told(page)}
    assert {("Role", "Participant", "Japan"), ("Lineage", "Relation", "Supersedes")} <= changes
    assert ("Target", "Value", "12.5") in changes
    deleted = [e.about for e in page.context["page_obj"] if e.version.history_type == "-"]
    assert deleted == ["Target: students"]


def test_themes_that_came_and_went_are_named_also_when_they_are_gone(admin_client: Client) -> None:
    water, energy = make.theme(name="Water"), make.theme(name="Energy")
    initiative = make.initiative(themes=[water])
    saved(admin_client, address(initiative, "change"), themes=[energy.pk])
    saved(admin_client, address(initiative, "change"), themes=None)
    water.delete()
    changes = told(history_of(admin_client, initiative))
    assert ("", "Themes", "Water (deleted)", "Energy") in changes
    assert ("", "Themes", "Energy", "") in changes


def test_the_way_that_a_version_came_is_told(admin_client: Client) -> None:
    theme = make.theme(name="1")
    saved(admin_client, address(theme, "change"), name="2")
    theme.refresh_from_db()
    theme.name = "3"
    change_all([theme], ["name"], by=None, reason="Loaded")
    bring_back(admin_client, theme.history.earliest())
    events = history_of(admin_client, theme).context["page_obj"]
    assert [event.source for event in events] == ["Brought back", "Load", "Form", "Program"]
    assert [str(e.version.history_user or "") for e in events] == ["admin", "", "admin", ""]
    created = create_all([Theme(slug="new", name="New")], by=None, reason="Loaded")
    assert source_of(created[0].history.get()) == "Load"


def test_ten_thousand_versions_are_read_page_by_page(admin_client: Client) -> None:
    initiative = make.initiative()
    make.role(initiative=initiative)
    history = Initiative.history.model
    version = initiative.history.latest()

    def queries(count: int) -> int:
        version.pk = None
        history.objects.bulk_create([history(**values(version)) for _ in range(count)])
        with CaptureQueriesContext(connection) as found:
            page = history_of(admin_client, initiative)
        assert len(page.context["page_obj"]) <= 50
        return len(found)

    queries(10)
    few = queries(100)
    assert queries(10_000) == few
    assert few <= 28
    last = admin_client.get(address(initiative, "history"), {"p": "203"})
    assert "Added" in last.text


def values(version: Any) -> dict[str, Any]:
    return {f.attname: getattr(version, f.attname) for f in version._meta.concrete_fields[1:]} | {
        "id": version.id,
        "history_id": None,
    }


def test_one_save_is_one_version_of_a_row_and_all_it_is_related_to(admin_client: Client) -> None:
    themes = [make.theme(name="Water"), make.theme(name="Energy")]
    dialogue = make.initiative().dialogue
    made = {"title": "New", "slug": "new", "dialogue": dialogue.pk, "themes": [themes[0].pk]}
    saved(admin_client, address(Initiative, "add"), **made)
    initiative = Initiative.objects.get(slug="new")
    saved(admin_client, address(initiative, "change"), title="Newer", themes=[themes[1].pk])
    versions = initiative.history.order_by("history_id")
    said = [
        (v.history_type, v.title, [link.theme.name for link in v.themes.all()], str(v.history_user))
        for v in versions
    ]
    assert said == [("+", "New", ["Water"], "admin"), ("~", "Newer", ["Energy"], "admin")]


# --- The way back ---------------------------------------------------------------------------------


def test_the_last_change_is_undone_after_a_look_at_what_changes(admin_client: Client) -> None:
    themes = [make.theme(name="Water"), make.theme(name="Energy")]
    dialogue = make.dialogue()
    first = make.meeting(dialogue=dialogue, title="First")
    second = make.meeting(dialogue=dialogue, title="Second")
    initiative = make.initiative(title="Before", themes=themes[:1], raised_at=first)
    url = address(initiative, "change")
    saved(admin_client, url, title="After", themes=[themes[1].pk], raised_at=second.pk)
    make.update(initiative=initiative)
    undo = history_of(admin_client, initiative).context["undo_url"]
    page = admin_client.get(undo)
    assert [(c.label, c.old, c.new) for c in page.context["coming_back"]] == [
        ("Title", "After", "Before"),
        ("Raised at", "Second", "First"),
        ("Themes", "Energy", "Water"),
    ]
    versions = initiative.history.count()
    page = admin_client.post(undo, boxes_of(page.text), follow=True)
    assert "The version is brought back" in page.text
    initiative.refresh_from_db()
    assert (initiative.title, initiative.raised_at) == ("Before", first)
    assert list(initiative.themes.all()) == themes[:1]
    assert initiative.delivery_status == DeliveryStatus.UNDER_WAY
    assert initiative.history.count() == versions + 1
    latest = initiative.history.latest()
    assert latest.history_user.username == "admin"
    assert [each.theme_id for each in latest.themes.all()] == [themes[0].pk]
    # To undo the undoing is as easy.
    again = admin_client.get(history_of(admin_client, initiative).context["undo_url"])
    assert "After" in again.text


def test_a_deleted_row_comes_back_with_its_number(admin_client: Client) -> None:
    role = make.role(role="lead")
    discrepancy = make.discrepancy(topic="Date", initiative=role.initiative)
    for row in (role, discrepancy):
        key, url = row.pk, address(row, "history")
        delete(admin_client, row)
        undo = admin_client.get(url).context["undo_url"]
        assert "Bring it back" in admin_client.get(url).text
        assert (
            "is brought back"
            in admin_client.post(undo, boxes_of(admin_client.get(undo).text), follow=True).text
        )
        assert type(row)._default_manager.filter(pk=key).exists()
    assert Role.objects.get().participant == role.participant
    assert Discrepancy.objects.get().topic == "Date"


def test_a_deleted_initiative_comes_back_as_a_draft(admin_client: Client) -> None:
    initiative = make.initiative(title="Gone", themes=[theme := make.theme()])
    version = initiative.history.latest()
    initiative.delete()
    bring_back(admin_client, version)
    back = Initiative.objects.get()
    assert (back.pk, back.title, back.publication) == (version.id, "Gone", Publication.DRAFT)
    assert list(back.themes.all()) == [theme]


def test_what_names_a_row_that_is_gone_comes_back_after_it_only(admin_client: Client) -> None:
    role = make.role(role="lead")
    version, participant = role.history.get(), role.participant.history.get()
    role.delete()
    participant.instance.delete()
    page = bring_back(admin_client, version)
    assert "Participant: This is gone: bring it back first." in page.text
    assert not Role.objects.exists()
    bring_back(admin_client, participant)
    bring_back(admin_client, version)
    assert Role.objects.get().participant.pk == version.participant_id


def test_a_version_that_breaks_a_rule_by_now_does_not_come_back(admin_client: Client) -> None:
    role = make.role(role="lead")
    version = role.history.get()
    role.delete()
    make.role(initiative=role.initiative, role=role.role, participant=role.participant)
    assert "has this role already" in bring_back(admin_client, version).text
    assert Role.objects.count() == 1


def test_a_citation_that_comes_back_is_named_anew(admin_client: Client) -> None:
    citation = make.citation(report=make.report("one"), meeting=make.meeting("m"))
    saved(admin_client, address(citation, "change"), report=make.report("two").pk)
    assert Citation.objects.get().ref == "two/meeting/m"
    bring_back(admin_client, citation.history.earliest())
    assert Citation.objects.get().ref == "one/meeting/m"


def test_derived_columns_follow_what_comes_back(admin_client: Client) -> None:
    report = make.report(kind=EvidenceGrade.STATEMENT)
    update = make.update(report=report)
    saved(admin_client, address(report, "change"), kind="joint")
    bring_back(admin_client, report.history.earliest())
    update.initiative.refresh_from_db()
    assert update.initiative.status_grade == EvidenceGrade.STATEMENT


def test_whoever_looked_at_something_older_looks_again(admin_client: Client) -> None:
    theme = make.theme(name="1")
    saved(admin_client, address(theme, "change"), name="2")
    first = theme.history.earliest()
    url = address(theme, "simple_history", first.pk)
    boxes = boxes_of(admin_client.get(url).text)
    saved(admin_client, address(theme, "change"), name="3")
    page = admin_client.post(url, boxes)
    assert "It was changed meanwhile" in page.text
    assert "3 → 1" in page.text
    assert Theme.objects.get().name == "3"
    assert (
        "The row is as it was"
        in bring_back(admin_client, theme.history.latest(), now=str(theme.history.latest().pk)).text
    )


@pytest.mark.parametrize("value", ["", "abc", "\0", "99999999999999999999999"])
def test_a_garbled_button_brings_nothing_back(admin_client: Client, value: str) -> None:
    theme = make.theme(name="1")
    saved(admin_client, address(theme, "change"), name="2")
    url = address(theme, "simple_history", theme.history.earliest().pk)
    assert admin_client.post(url, {"now": value}).status_code == 200
    assert Theme.objects.get().name == "2"


def test_of_an_entry_only_its_publication_is_undone(admin_client: Client) -> None:
    for entry in (make.update(), make.mention(participants=[make.participant()])):
        make.earlier_mention(entry.initiative)
        make.hidden_again(entry)
        page = history_of(admin_client, entry)
        assert "Entries stay as they were recorded" in page.text
        bring_back(admin_client, entry.history.earliest())
        entry.refresh_from_db()
        assert entry.publication == Publication.PUBLIC
        actions.withdraw(by=None, entry=entry, reason="Read wrongly.")
        assert not history_of(admin_client, entry).context["undo_url"]
        version = entry.history.earliest()
        bring_back(admin_client, version, now=str(entry.history.latest().pk))
        entry.refresh_from_db()
        assert entry.is_withdrawn


def test_who_may_not_change_a_row_brings_nothing_back(client: Client) -> None:
    theme, update = make.theme(name="Before"), make.update()
    theme.name = "After"
    theme.save()
    make.hidden_again(update)
    reader = User.objects.create_user("reader", is_staff=True)
    reader.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client.force_login(reader)
    for row in (theme, update):
        assert not history_of(client, row).context["undo_url"]
        version = row.history.earliest()
        url = address(row, "simple_history", version.pk)
        assert 'name="now"' not in client.get(url).text
        assert client.post(url, {"now": row.history.latest().pk}).status_code == 403
    reader.user_permissions.clear()
    reader = User.objects.get()
    client.force_login(reader)
    assert client.get(address(theme, "history")).status_code == 403
    assert client.get(url).status_code == 403
    theme.refresh_from_db()
    assert theme.name == "After"


def test_a_report_comes_back_with_who_issued_it(admin_client: Client) -> None:
    japan = make.participant(name="Japan")
    report = make.report()
    saved(admin_client, address(report, "change"), issued_by=[japan.pk])
    with_japan = report.history.latest()
    saved(admin_client, address(report, "change"), issued_by=None)
    bring_back(admin_client, with_japan)
    assert list(Report.objects.get().issued_by.all()) == [japan]
