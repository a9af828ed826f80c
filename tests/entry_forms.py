"""Forms that record entries, as a browser sends them, and somebody who deletes what they are about."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from initiatives.models import Initiative, Mention, Publication, Report, StatusUpdate
from tests import make
from tests.admin_forms import address

GONE = "Somebody has deleted this initiative."
CHOOSE = "This is not a valid choice any more. Choose another."
MEANWHILE = "Somebody else saved at the same moment. Send it again."
RECORD_MANY = "/admin/initiatives/initiative/record-statuses/"
NEW_REPORT = {
    "report_url": "https://example.org/news/7",
    "report_title": "Progress report",
    "report_publisher": "Secretariat",
    "report_kind": "joint",
    "report_published_on": "2024-09",
    "report_language": "en",
}
UrlAndData = tuple[str, dict[str, Any]]
MakeForm = Callable[[Initiative], UrlAndData]


def staff() -> Client:
    """Somebody of the staff; another one each time."""
    users = get_user_model().objects
    client = Client()
    client.force_login(users.create_superuser(f"staff-{users.count()}", password="x"))
    return client


def draft() -> Initiative:
    return make.initiative(publication=Publication.DRAFT)


def status(report: Report | None = None) -> dict[str, Any]:
    document = {"report": report.pk} if report else NEW_REPORT
    values = {"status": "under_way", "on": "2024-08", "what": "The roof is on.", "locator": "p. 77"}
    values["language"] = "en"
    return {**values, "publication": "public", **document}


def mention(report: Report) -> dict[str, Any]:
    values = {"act": "adopted", "locator": "p. 77", "note": "The roof is on."}
    return {**values, "publication": "public", "report": report.pk}


def status_of_initiative(initiative: Initiative) -> UrlAndData:
    return address(initiative, "record_status"), status()


def status_with_report(initiative: Initiative) -> UrlAndData:
    return address(initiative, "record_status"), status(make.report(published_on="2024-09"))


def mention_of_initiative(initiative: Initiative) -> UrlAndData:
    return address(initiative, "record_mention"), mention(make.report(published_on="2024-09"))


def status_of_picked_initiative(initiative: Initiative) -> UrlAndData:
    return address(StatusUpdate, "add"), {**status(), "initiative": initiative.pk}


def mention_of_picked_initiative(initiative: Initiative) -> UrlAndData:
    return address(Mention, "add"), {
        **mention(make.report(published_on="2024-09")),
        "initiative": initiative.pk,
    }


def statuses_of_many(initiative: Initiative) -> UrlAndData:
    keys = [initiative.pk, make.initiative().pk]
    rows = {f"row-{key}-{name}": "" for key in keys for name in ("status", "on", "locator", "what")}
    rows[f"row-{keys[0]}-what"] = "The roof is on."
    return RECORD_MANY, {**status(), "what": "Work goes on.", "initiative": keys, **rows}


FORMS = [
    status_of_initiative,
    status_with_report,
    mention_of_initiative,
    status_of_picked_initiative,
    mention_of_picked_initiative,
    statuses_of_many,
]
every_form = pytest.mark.parametrize("form", FORMS)


def assert_sent_back(answer: Any, words: str = GONE) -> None:
    """The form came back with what was typed, says what happened, and nothing else."""
    assert answer.status_code == 200
    assert "The roof is on." in answer.text
    assert "p. 77" in answer.text
    assert any(said in answer.text for said in (words, CHOOSE, MEANWHILE)), re.findall(
        r'(?s)class="error.*?</', answer.text
    )
    assert "recorded;" not in answer.text
    assert "changed from" not in answer.text


def count_written() -> tuple[int, int]:
    return StatusUpdate.objects.count() + Mention.objects.count(), Report.objects.count()
