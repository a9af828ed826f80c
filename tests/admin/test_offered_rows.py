"""Whoever has no scripts presses a button, and every box that is found by typing has rows to choose from."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from initiatives.models import Dialogue, Initiative, Meeting, Report
from tests import make
from tests.admin.test_hostile import VALUES
from tests.admin_forms import address, filled
from tests.html_forms import boxes_of
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db

OFFER = "Fill the lists to choose from"


def offered(client: Client, url: str) -> dict[str, set[str]]:
    """What each box offers once the button is pressed, by the name of the box; nothing is saved by that."""
    page = client.get(url)
    assert f'<noscript><input type="submit" value="{OFFER}" name="_offer">' in page.text
    page = client.post(url, boxes_of(page.text) | {"_offer": OFFER})
    assert page.status_code == 200
    assert "Nothing is saved yet." in page.text
    # What is left empty yet is no mistake.
    assert "errornote" not in page.text
    boxes = re.findall(r'<select name="([^"]+)"([^>]*)>(.*?)</select>', page.text, re.DOTALL)
    return {
        name: set(re.findall(r'<option value="([^"]+)"', options))
        for name, attributes, options in boxes
        if "admin-autocomplete" in attributes
    }


def keys(*rows: Model) -> set[str]:
    return {str(row.pk) for row in rows}


def test_the_document_beside_changed_fields_and_lines(admin_client: Client) -> None:
    meeting = make.meeting()
    make.line(meeting=meeting)
    reports = keys(make.report(), make.report())
    for row in (meeting, meeting.dialogue):
        boxes = offered(admin_client, address(row, "change"))
        assert boxes["document"] == reports
        assert {name for name in boxes if name.endswith("-document")}
        assert all(boxes[name] == reports for name in boxes if name.endswith("-document"))


def test_a_document_that_was_chosen_so_is_cited(admin_client: Client) -> None:
    meeting, report = make.meeting(city="Tokyo"), make.report()
    url = address(meeting, "change")
    page = admin_client.post(url, filled(admin_client.get(url), city="Osaka", _offer=OFFER))
    form: dict[str, Any] = {**boxes_of(page.text), "document": report.pk}
    assert form["city"] == ["Osaka"]
    assert admin_client.post(url, form).status_code == 302
    assert report.citations.get().subject == Meeting.objects.get(city="Osaka")


def test_the_dialogues_of_a_new_colleague(admin_client: Client) -> None:
    dialogues = keys(make.dialogue(), make.dialogue())
    url = reverse("admin:auth_user_add")
    assert offered(admin_client, url)["dialogues"] == dialogues
    # Nothing that could be confirmed is written by the button, whatever else is right.
    form = {"username": "new", "password1": PASSWORD, "password2": PASSWORD, "_offer": OFFER}
    page = admin_client.post(url, {**form, "confirm_password": PASSWORD})
    assert page.status_code == 200
    assert "Confirm at the end of the form" not in page.text
    assert not User.objects.exclude(is_superuser=True).exists()
    # The next who opens the form has no such list: it is of one page alone.
    assert not [v for v in dialogues if f'<option value="{v}"' in admin_client.get(url).text]


def test_every_form_of_records_fills_every_box(admin_client: Client) -> None:
    rows: dict[Any, Any] = {
        Initiative: make.initiative(),
        Dialogue: make.dialogue(),
        Meeting: make.meeting(),
        Report: make.report(),
    }
    make.participant()
    make.theme()
    for row in rows.values():
        for name, values in offered(admin_client, address(row, "change")).items():
            if "__prefix__" not in name:
                assert values, (row, name)


@pytest.mark.parametrize("value", VALUES)
def test_the_button_takes_any_form(admin_client: Client, value: str) -> None:
    for row in (make.meeting(), make.initiative()):
        url = address(row, "change")
        form = {**filled(admin_client.get(url)), "document": value, "lines-0-document": value}
        answer = admin_client.post(url, {**form, "lines-TOTAL_FORMS": 1, "_offer": value})
        assert answer.status_code in (200, 400)
    url = reverse("admin:auth_user_add")
    answer = admin_client.post(url, {"dialogues": value, "groups": value, "_offer": value})
    assert answer.status_code in (200, 400)
    assert User.objects.count() == 1
