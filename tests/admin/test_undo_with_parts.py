"""Undoing a change of a row offers what belonged to it: brought back, as it was, or taken out."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from initiatives.models import Attendance, Initiative, Meeting, Role, Target
from initiatives.recording.permissions import EDITOR
from tests import make
from tests.admin_forms import address, saved
from tests.people import client_of, make_person

pytestmark = pytest.mark.django_db


def undo_page(client: Client, row: Any) -> Any:
    page = client.get(address(row, "history"))
    (url,) = re.findall(r'<a href="([^"]+)" class="button">Undo the last change', page.text)
    return client.get(url)


def undo(client: Client, page: Any, *parts: str) -> Any:
    posted = {"now": page.context["latest"].history_id, "seen": page.context["seen"]}
    return client.post(page.request["PATH_INFO"], {**posted, "part": parts}, follow=True)


def offered(page: Any) -> dict[str, str]:
    return {part["value"].partition("-")[0]: part["value"] for part in page.context["parts"]}


@pytest.fixture
def changed(admin_client: Client) -> Initiative:
    """An initiative saved once more: another title, a role gone, a target changed, another role added."""
    initiative = make.initiative(title="Canal")
    japan, kazakhstan = make.participant("jp"), make.participant("kz")
    lead = make.role(initiative=initiative, participant=japan, role="lead")
    make.target(initiative=initiative, metric="length", value=10)
    saved(admin_client, address(initiative, "change"))
    saved(
        admin_client,
        address(initiative, "change"),
        title="River",
        **{
            "roles-0-DELETE": "on",
            "roles-1-role": "funder",
            "roles-1-participant": kazakhstan.pk,
            "roles-1-initiative": initiative.pk,
            "roles-TOTAL_FORMS": "2",
            "targets-0-value": "20",
        },
    )
    assert not Role.objects.filter(pk=lead.pk).exists()
    return initiative


def test_all_of_it_is_offered_and_comes_back(admin_client: Client, changed: Initiative) -> None:
    page = undo_page(admin_client, changed)
    parts = {part["value"]: part for part in page.context["parts"]}
    assert len(parts) == 3
    assert "gone since; bring it back" in page.text
    assert "added since; take it out" in page.text
    assert "changed since; as it was" in page.text
    undo(admin_client, page, *parts)
    changed.refresh_from_db()
    assert changed.title == "Canal"
    assert [(role.role, role.participant.code) for role in Role.objects.all()] == [("lead", "jp")]
    assert Target.objects.get().value == 10


def test_what_is_not_chosen_stays(admin_client: Client, changed: Initiative) -> None:
    page = undo_page(admin_client, changed)
    undo(admin_client, page, offered(page)["target"])
    changed.refresh_from_db()
    assert changed.title == "Canal"
    assert Target.objects.get().value == 10
    assert Role.objects.get().role == "funder"


def test_a_change_of_parts_alone_can_be_undone(admin_client: Client) -> None:
    initiative = make.initiative()
    make.role(initiative=initiative, role="lead")
    saved(admin_client, address(initiative, "change"))
    saved(admin_client, address(initiative, "change"), **{"roles-0-DELETE": "on"})
    page = undo_page(admin_client, initiative)
    assert not page.context["coming_back"]
    undo(admin_client, page, *offered(page).values())
    assert Role.objects.get().role == "lead"


def test_of_a_meeting_who_came_is_offered(admin_client: Client) -> None:
    meeting = make.meeting(title="Summit")
    attendance = make.attendance(meeting=meeting)
    saved(admin_client, address(meeting, "change"))
    saved(admin_client, address(meeting, "change"), **{"attendances-0-DELETE": "on"})
    assert not Attendance.objects.exists()
    page = undo_page(admin_client, Meeting.objects.get())
    undo(admin_client, page, *offered(page).values())
    assert Attendance.objects.get().participant == attendance.participant


def test_somebody_elses_change_of_a_part_is_told_first(
    admin_client: Client, changed: Initiative
) -> None:
    page = undo_page(admin_client, changed)
    target = Target.objects.get()
    target.value = 30
    target.save()
    answer = undo(admin_client, page, *offered(page).values())
    assert "It was changed meanwhile" in answer.text
    assert Target.objects.get().value == 30


def test_who_may_not_change_what_is_public_brings_no_part_back(changed: Initiative) -> None:
    version = changed.history.last()
    url = address(changed, "simple_history", version.pk)
    editor = client_of(make_person(EDITOR))
    page = editor.get(url)
    assert 'name="part"' not in page.text
    posted = {"now": changed.history.latest().pk, "part": [f"target-{Target.objects.get().pk}"]}
    assert editor.post(url, posted).status_code == 403
