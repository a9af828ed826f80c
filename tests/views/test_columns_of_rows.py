"""Rows come with all columns that a page shows of them: one that is missing is a query more for each row."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import Model
from django.test import Client

from initiatives.models import Initiative
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def initiative() -> Initiative:
    """One that cannot be rated, and that no later meeting mentions."""
    dialogue = make.dialogue("ca-japan")
    first = make.meeting("first", dialogue=dialogue, title="First", starts_on="2019")
    make.meeting("second", dialogue=dialogue, title="Second", starts_on="2021")
    initiative = make.initiative("plan", dialogue=dialogue, raised_at=first)
    make.mention(initiative=initiative, report=make.report(meeting=first))
    why = {"verifiability": "not_verifiable", "why": "it names no measure."}
    make.criterion(initiative=initiative, **why)
    return initiative


@pytest.mark.parametrize("language", ["", "/ja"])
def test_no_page_reads_a_column_by_itself(
    client: Client, initiative: Initiative, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    read: list[Any] = []
    monkeypatch.setattr(
        Model, "refresh_from_db", lambda row, **options: read.append((row, options))
    )
    shown = {
        "/": "",
        "/initiatives/": "Cannot be rated",
        "/initiatives/?view=table": "Cannot be rated",
        "/initiatives/plan/": "Cannot be rated",
        "/dialogues/ca-japan/": "Cannot be rated",
        "/meetings/first/": "Not mentioned at a later meeting",
    }
    for path, words in shown.items():
        page = client.get(f"{language}{path}").content.decode()
        assert language or words in page, path
    assert read == []
