"""The tools above a form: everyday ones first; what is rare or hard to take back is last, apart and folded."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice

from initiatives.models import Record
from tests import make
from tests.admin_forms import address
from tests.people import client_of, make_person

pytestmark = pytest.mark.django_db

GRAVE = {"Change address", "Merge", "Undo merge", "Withdraw", "Remove for good"}


def tools(client: Client, url: str) -> tuple[list[str], list[str]]:
    """The labels of the tools in the row, and of those that are folded."""
    page = client.get(url)
    assert page.status_code == 200
    row, _more, folded = page.text.partition('<li class="more-tools">')
    row = row[row.index('<ul class="object-tools">') :]
    folded = folded.partition("</details>")[0]
    return labels(row if folded else row.partition("</ul>")[0]), labels(folded)


def labels(html: str) -> list[str]:
    return [text.strip() for text in re.findall(r"<a [^>]*>([^<]+)</a>", html)]


def test_of_an_initiative(admin_client: Client) -> None:
    row, folded = tools(admin_client, address(make.mention().initiative, "change"))
    assert row[:3] == ["Record status", "Record mention", "Record criterion"]
    assert row[-2:] == ["History", "View on site"]
    # What readers see for good comes after all else.
    assert folded == ["Change address", "Merge", "Withdraw", "Remove for good"]
    assert not GRAVE & {*row}


@pytest.mark.parametrize(
    "maker", [make.report, make.meeting, make.participant, make.dialogue, make.update]
)
def test_of_every_kind(admin_client: Client, maker: Any) -> None:
    record: Record = maker()
    row, folded = tools(admin_client, address(record, "change"))
    assert row
    assert folded
    assert {*folded} <= GRAVE
    assert not GRAVE & {*row}


def test_who_may_do_none_of_it_has_no_fold() -> None:
    client = client_of(make_person("Editor"))
    row, folded = tools(client, address(make.mention().initiative, "change"))
    assert "Record status" in row
    assert folded == []


def test_a_draft_is_reviewed_from_the_row(admin_client: Client) -> None:
    draft = make.mention(
        publication="draft", initiative=make.initiative(publication="draft")
    ).initiative
    row, _folded = tools(admin_client, address(draft, "change"))
    assert "Review and publish" in row


def test_the_second_factor_of_a_colleague_is_dropped_from_the_fold(admin_client: Client) -> None:
    colleague = make_person("Editor")
    url = reverse("admin:auth_user_change", args=[colleague.pk])
    assert tools(admin_client, url)[1] == []
    TOTPDevice.objects.create(user=colleague, name="app", confirmed=True)
    assert tools(admin_client, url)[1] == ["Drop the second factor"]
