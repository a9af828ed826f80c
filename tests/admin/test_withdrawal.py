"""The desk withdraws an initiative, records it anew and removes it, each after asking for the reason."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from initiatives.models import Correction, Initiative, StatusUpdate
from initiatives.recording import actions
from initiatives.recording.withdrawal import withdraw_initiative
from tests import make
from tests.people import client_of, make_person

pytestmark = pytest.mark.django_db

REASON = "The document speaks of another campus."


@pytest.fixture
def initiative() -> Initiative:
    initiative = make.initiative("campus")
    make.mention(initiative=initiative)
    make.update(initiative=initiative)
    return initiative


def step(row: Initiative | StatusUpdate, name: str) -> str:
    return reverse(f"admin:initiatives_{row._meta.model_name}_{name}", args=[row.pk])


def buttons(client: Client, row: Initiative | StatusUpdate) -> set[str]:
    page = client.get(step(row, "change")).text
    return {
        name for name in ("withdraw", "reinstate", "remove") if f'href="{step(row, name)}"' in page
    }


def test_what_can_be_done_is_offered_to_whom_it_is_allowed(initiative: Initiative) -> None:
    offered = {
        role: buttons(client_of(make_person(role)), initiative)
        for role in ("Editor", "Publisher", "Administrator")
    }
    assert offered == {
        "Editor": set(),
        "Publisher": {"withdraw"},
        "Administrator": {"withdraw", "remove"},
    }
    withdraw_initiative(by=None, initiative=initiative, reason=REASON)
    assert buttons(client_of(make_person("Publisher")), initiative) == {"reinstate"}


def test_a_publisher_withdraws_with_a_reason_and_records_anew(initiative: Initiative) -> None:
    client = client_of(make_person("Publisher"))
    asked = client.get(step(initiative, "withdraw"))
    assert "It is withdrawn with its entries." in asked.text
    without = client.post(step(initiative, "withdraw"), {"reason": " "})
    assert without.status_code == 200
    assert Initiative.objects.public().exists()
    done = client.post(step(initiative, "withdraw"), {"reason": REASON}, follow=True)
    assert "The initiative is withdrawn." in done.text
    assert REASON in done.text
    assert not Initiative.objects.public().exists()
    client.post(step(initiative, "reinstate"), {"reason": "It holds."})
    assert Initiative.objects.public().exists()
    roles = Correction.objects.order_by("at").values_list("kind", "role")
    assert list(roles) == [("withdrawn", "publisher"), ("reinstated", "publisher")]


def test_saving_a_withdrawn_initiative_leaves_it_withdrawn(initiative: Initiative) -> None:
    withdraw_initiative(by=None, initiative=initiative, reason=REASON)
    client = client_of(make_person("Publisher"))
    page = client.get(step(initiative, "change"))
    assert page.status_code == 200
    refused = client.post(
        reverse("admin:initiatives_initiative_record_status", args=[initiative.pk]),
        {"status": "not_reviewed", "what": "So.", "publication": "public", "language": "en"},
    )
    assert "withdrawn" in refused.text
    assert StatusUpdate.objects.count() == 1


def test_an_entry_is_recorded_anew(initiative: Initiative) -> None:
    update = StatusUpdate.objects.get()
    actions.withdraw(by=None, entry=update, reason=REASON)
    client = client_of(make_person("Publisher"))
    assert buttons(client, update) == {"reinstate"}
    client.post(step(update, "reinstate"), {"reason": "It holds."})
    assert StatusUpdate.objects.public().current().get().reinstates == update
    assert buttons(client, update) == set()


def test_an_administrator_removes(initiative: Initiative) -> None:
    update = StatusUpdate.objects.get()
    client = client_of(make_person("Administrator"))
    for row in (update, initiative):
        asked = client.get(step(row, "remove"))
        assert "Nothing brings it back." in asked.text
        done = client.post(step(row, "remove"), {"reason": "Order."}, follow=True)
        assert done.status_code == 200
        assert "It is removed." in done.text
    assert not Initiative.objects.exists()


def test_no_list_takes_public_initiatives_back(initiative: Initiative) -> None:
    client = client_of(make_person("Publisher"))
    chosen = {"action": "unpublish_rows", "_selected_action": initiative.pk}
    client.post(reverse("admin:initiatives_initiative_changelist"), chosen)
    update = StatusUpdate.objects.get()
    chosen["_selected_action"] = update.pk
    page = client.post(reverse("admin:initiatives_statusupdate_changelist"), chosen, follow=True)
    assert "Withdraw it with a reason" in page.text
    update.refresh_from_db()
    initiative.refresh_from_db()
    assert (update.publication, initiative.publication) == ("public", "public")
