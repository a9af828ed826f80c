"""Publishing many rows at once in the admin tells of those that cannot be."""

from __future__ import annotations

import pytest
from django.test import Client

from initiatives.models import StatusUpdate
from initiatives.recording import actions
from tests import make
from tests.admin_forms import address

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("action", ["publish_rows", "unpublish_rows"])
def test_a_withdrawn_entry_is_told_of_and_the_others_change(
    admin_client: Client, action: str
) -> None:
    before, after = ("draft", "public") if action == "publish_rows" else ("public", "draft")
    hidden = make.initiative(publication="draft")
    sound = make.update(initiative=hidden, publication=before)
    withdrawn = make.update(publication=before)
    actions.withdraw(by=None, entry=withdrawn, reason="Misread.")
    page = admin_client.post(
        address(StatusUpdate, "changelist"),
        {"action": action, "_selected_action": [sound.pk, withdrawn.pk]},
        follow=True,
    )
    shown_messages = [str(message) for message in page.context["messages"]]
    assert shown_messages[0] == f"{withdrawn}: The entry is withdrawn already."
    assert shown_messages[1].startswith("1 row is")
    sound.refresh_from_db()
    withdrawn.refresh_from_db()
    assert (sound.publication, withdrawn.publication) == (after, before)
