"""What a load changes, search finds: names of participants and themes as well as titles."""

from __future__ import annotations

import pytest

from initiatives.models import Initiative, SearchText
from initiatives.recording import actions
from tests.report_files import FULL, VOCABULARY, load_texts, report

pytestmark = pytest.mark.django_db

FILE = report(body=FULL)


def search_texts() -> dict[str, str]:
    return dict(SearchText.objects.values_list("initiative__slug", "body"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("name: Uzbekistan", "name: Oʻzbekiston"),
        ("name: Education", "name: Learning"),
        ("name: The Dialogue", "name: The Conversation"),
        ("title: Digital university", "title: Digital academy"),
        ("themes: [education]", "themes: [water]"),
        ("roles: {funder: [jp]}", "roles: {funder: [kz]}"),
        ("We propose a university.", "We propose an academy."),
    ],
)
def test_search_finds_what_a_load_changed(old: str, new: str) -> None:
    load_texts(VOCABULARY, FILE)
    before = search_texts()
    load_texts(VOCABULARY.replace(old, new), FILE.replace(old, new))
    after = search_texts()
    assert after != before
    actions.refresh(Initiative.objects.values_list("pk", flat=True))
    assert search_texts() == after


def test_search_finds_a_role_that_a_report_states_without_a_mention() -> None:
    load_texts(VOCABULARY, FILE)
    role = "initiatives:\n  - {id: university, locator: head, roles: {lead: [kz]}}\n"
    load_texts(report("other", role))
    assert "kazakhstan" in search_texts()["university"]
