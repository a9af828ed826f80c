"""Whoever asks to delete what somebody else has changed meanwhile is told of it, and nothing is deleted yet."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from initiatives.models import Initiative, Record
from tests import make
from tests.admin_forms import address

pytestmark = pytest.mark.django_db

CHANGED = "Somebody has changed this since you opened it."


def seen(text: str) -> str:
    (value,) = re.findall(r'name="_seen" value="([^"]+)"', text)
    return str(value)


def way_to_delete(client: Client, row: Record) -> str:
    (url,) = re.findall(
        r'href="([^"]+/delete/\?seen=[^"]+)"', client.get(address(row, "change")).text
    )
    return str(url)


@pytest.fixture
def draft() -> Initiative:
    return make.initiative(title="Canal", publication="draft")


def test_a_form_that_was_opened_before_a_change_says_so(
    admin_client: Client, draft: Initiative
) -> None:
    url = way_to_delete(admin_client, draft)
    assert CHANGED not in admin_client.get(url).text
    draft.title = "River"
    draft.save()
    page = admin_client.get(url)
    assert CHANGED in page.text
    assert address(draft, "history") in page.text
    # Who has read that may delete it.
    admin_client.post(url, {"post": "yes", "_seen": seen(page.text)})
    assert not Initiative.objects.exists()


def test_a_change_between_question_and_answer_is_asked_about(
    admin_client: Client, draft: Initiative
) -> None:
    url = address(draft, "delete")
    page = admin_client.get(url)
    # What belongs to the row counts.
    make.role(initiative=draft)
    answer = admin_client.post(url, {"post": "yes", "_seen": seen(page.text)})
    assert CHANGED in answer.text
    assert Initiative.objects.exists()
    admin_client.post(url, {"post": "yes", "_seen": seen(answer.text)})
    assert not Initiative.objects.exists()


def test_so_is_a_change_of_one_of_many(admin_client: Client, draft: Initiative) -> None:
    other = make.initiative(publication="draft")
    url = address(Initiative, "changelist")
    chosen = {"action": "delete_selected", "_selected_action": [draft.pk, other.pk]}
    page = admin_client.post(url, chosen)
    other.title = "River"
    other.save()
    answer = admin_client.post(url, {**chosen, "post": "yes", "_seen": seen(page.text)})
    assert "Somebody has changed one of these meanwhile" in answer.text
    assert Initiative.objects.count() == 2
    admin_client.post(url, {**chosen, "post": "yes", "_seen": seen(answer.text)})
    assert not Initiative.objects.exists()


@pytest.mark.parametrize("seen", [{}, {"_seen": ""}])
def test_an_answer_that_names_no_version_deletes_nothing(
    admin_client: Client, draft: Initiative, seen: dict[str, str]
) -> None:
    url, chosen = way_to_delete(admin_client, draft), {"post": "yes", **seen}
    answer = admin_client.post(url, chosen)
    assert answer.status_code == 200
    assert "does not say which version you have seen" in answer.text
    chosen |= {"action": "delete_selected", "_selected_action": str(draft.pk)}
    answer = admin_client.post(address(Initiative, "changelist"), chosen)
    assert "Nothing is deleted yet" in answer.text
    assert Initiative.objects.get() == draft
