"""What the admin keeps: rows that facts rest on, and every version of a row."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from initiatives.models import DeliveryStatus, EvidenceGrade, Meeting, Publication, Theme
from tests import make
from tests.admin_forms import address, delete, deletion, saved
from tests.html_forms import boxes_of

pytestmark = pytest.mark.django_db


def bring_back(client: Client, version: Any) -> Any:
    """Open the page of a version and press its button; return the page that comes then."""
    url = address(version.instance, "simple_history", version.pk)
    return client.post(url, boxes_of(client.get(url).text), follow=True)


def test_nothing_is_deleted_that_facts_rest_on(admin_client: Client) -> None:
    proposer, theme = make.participant(), make.theme()
    mention = make.mention(participants=[proposer])
    initiative = make.initiative(themes=[theme], raised_at=make.meeting())
    make.update(initiative=initiative)
    meeting = Meeting.objects.get(initiatives=initiative)
    rows: list[Any] = [proposer, theme, mention.report, mention.initiative, initiative, meeting]
    for row in [*rows, initiative.dialogue]:
        page = admin_client.get(address(row, "delete"))
        assert "stays, since the following rests on it" in page.text, row
        assert page.context["protected"]
        delete(admin_client, row)
        admin_client.post(*deletion(admin_client, row, by_list=True))
        assert type(row).objects.filter(pk=row.pk).exists(), row
    assert list(mention.by.all()) == [proposer]


def test_a_long_list_of_what_is_in_the_way_is_cut(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("initiatives.admin.base.records.SHOWN_BLOCKERS", 2)
    dialogue = make.dialogue()
    for _ in range(4):
        make.meeting(dialogue=dialogue)
    assert "… and 2 more" in admin_client.get(address(dialogue, "delete")).text


def test_a_row_that_nothing_rests_on_is_deleted(admin_client: Client) -> None:
    theme = make.theme()
    delete(admin_client, theme)
    assert not Theme.objects.exists()


def test_an_old_version_brings_the_text_back_but_not_the_status(admin_client: Client) -> None:
    initiative = make.initiative(title="Before", publication=Publication.DRAFT)
    first = initiative.history.earliest()
    make.earlier_mention(initiative)
    saved(admin_client, address(initiative, "change"), title="After", _publish="1")
    make.update(initiative=initiative)
    page = admin_client.get(address(initiative, "history"))
    assert "Before → After" in page.text
    assert "Draft → Public" in page.text
    assert "Not yet reviewed → Under way" in page.text
    assert "– → 17 April 2022" in page.text
    bring_back(admin_client, first)
    initiative.refresh_from_db()
    assert initiative.title == "Before"
    assert initiative.publication == Publication.PUBLIC
    assert initiative.delivery_status == DeliveryStatus.UNDER_WAY


def test_who_may_only_look_brings_no_old_version_back(client: Client) -> None:
    theme = make.theme(name="Before")
    theme.name = "After"
    theme.save()
    reader = User.objects.create_user("reader", is_staff=True)
    reader.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client.force_login(reader)
    url = address(theme, "simple_history", theme.history.earliest().pk)
    assert client.get(url).status_code == 200
    assert client.post(url, {"name": "Before", "_save": "1"}).status_code == 403
    theme.refresh_from_db()
    assert theme.name == "After"


def test_an_old_version_of_a_report_brings_its_initiatives_up_to_date(
    admin_client: Client,
) -> None:
    report = make.report(kind=EvidenceGrade.STATEMENT)
    update = make.update(report=report)
    first = report.history.earliest()
    saved(admin_client, address(report, "change"), kind="joint")
    bring_back(admin_client, first)
    update.initiative.refresh_from_db()
    assert update.initiative.status_grade == EvidenceGrade.STATEMENT


def test_a_deleted_row_keeps_its_history(admin_client: Client) -> None:
    discrepancy = make.discrepancy(topic="Gone")
    url = address(discrepancy, "history")
    delete(admin_client, discrepancy)
    assert "Deleted" in admin_client.get(url).text
