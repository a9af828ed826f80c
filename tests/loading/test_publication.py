"""What somebody loads who may publish is public; what others load are drafts."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from initiatives.models import (
    Initiative,
    Meeting,
    Mention,
    Participant,
    Report,
    StatusUpdate,
    Theme,
)
from initiatives.recording.permissions import ADMINISTRATOR
from tests import make, workbooks
from tests.people import make_person
from tests.report_files import DIALOGUE, FULL, VOCABULARY, actions_of, load_texts, report

pytestmark = pytest.mark.django_db

FILE = report(body=FULL.removeprefix(DIALOGUE))
MORE = """\
participants:
  - {code: kg, name: Kyrgyzstan}
themes:
  - {id: energy, name: Energy, sdgs: [7]}
"""
MODELS = (Report, Meeting, Participant, Theme, Initiative, Mention, StatusUpdate)


def publications() -> set[str]:
    return {
        publication
        for model in MODELS
        for publication in model._default_manager.values_list("publication", flat=True)
    }


def loader() -> User:
    person = make_person()
    person.user_permissions.set(Permission.objects.filter(codename="load"))
    return person


@pytest.mark.parametrize("role", [None, ADMINISTRATOR])
def test_what_a_program_or_a_publisher_loads_is_public(client: Client, role: str | None) -> None:
    first = report("first", body=DIALOGUE)
    load_texts(VOCABULARY, first, FILE, by=make_person(role) if role else None)
    assert publications() == {"public"}
    assert client.get("/reports/statement/").status_code == 200
    # At once, and not as a second version.
    assert Report.objects.get(slug="statement").history.count() == 1


@pytest.fixture
def drafts() -> None:
    """What somebody has loaded who may not publish; the dialogue was there."""
    load_texts(VOCABULARY, report("first", body=DIALOGUE))
    load_texts(VOCABULARY, MORE, FILE, by=loader())


@pytest.mark.usefixtures("drafts")
def test_what_others_load_are_drafts(client: Client) -> None:
    assert set(Participant.objects.drafts().values_list("code", flat=True)) == {"kg"}
    assert set(Theme.objects.drafts().values_list("slug", flat=True)) == {"energy"}
    assert set(Report.objects.drafts().values_list("slug", flat=True)) == {"statement"}
    for model in (Meeting, Initiative, Mention, StatusUpdate):
        assert set(model._default_manager.values_list("publication", flat=True)) == {"draft"}
    for page in ("/themes/energy/", "/meetings/fm-1/", "/initiatives/university/"):
        assert client.get(page).status_code == 404


@pytest.mark.usefixtures("drafts")
def test_what_a_publisher_loads_again_is_shown(client: Client) -> None:
    plan = load_texts(VOCABULARY, MORE, FILE)
    assert actions_of(plan) == {}
    assert not any(model.objects.drafts().exists() for model in (Report, Meeting, Theme))
    assert client.get("/meetings/fm-1/").status_code == 200
    # Initiatives and entries have steps of their own.
    assert client.get("/initiatives/university/").status_code == 404


def test_a_workbook_that_comes_back_shows_no_draft() -> None:
    load_texts(VOCABULARY, report("first", body=DIALOGUE), FILE)
    theme = make.theme("draft", publication="draft")
    workbooks.load_book(workbooks.workbook())
    theme.refresh_from_db()
    assert not theme.is_public


def test_a_load_leaves_other_drafts_alone() -> None:
    theme = make.theme("water", publication="draft")
    other = make.theme(publication="draft")
    load_texts(VOCABULARY)
    theme.refresh_from_db()
    other.refresh_from_db()
    assert theme.is_public
    assert not other.is_public
