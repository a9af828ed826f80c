"""What would count as delivered on pages, in lists and counts, in feeds and exports, and at the desk."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from docx import Document

from initiatives.models import Criterion, Initiative, StatusUpdate
from initiatives.recording import actions
from tests import make
from tests.admin_forms import address, errors, saved, send
from tests.entry_forms import RECORD_MANY
from tests.rewriting import rewritten

pytestmark = pytest.mark.django_db

UNVERIFIABLE: dict[str, Any] = {"verifiability": "not_verifiable", "why": "it names no measure."}


def text_of(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, url
    content = b"".join(response) if response.streaming else response.content
    return " ".join(content.decode().split())


def verdict(page: str) -> str:
    return page.partition('class="verdict')[2].partition("</section>")[0]


@pytest.fixture
@rewritten
def initiative() -> Initiative:
    """One that cannot be rated, beside one that can."""
    make.criterion(initiative=make.initiative(title="School"))
    initiative = make.initiative("friendship", title="Friendship")
    make.mention(initiative=initiative)
    make.criterion(initiative=initiative, what="Teachers come.", read_on="2021-05-03")
    make.criterion(
        initiative=initiative,
        what="Friendship grows.",
        report=make.report("statement", published_on="2022"),
        **UNVERIFIABLE,
    )
    initiative.refresh_from_db()
    return initiative


def test_the_page_shows_the_one_that_holds_its_source_and_the_earlier_ones(
    client: Client, initiative: Initiative
) -> None:
    page = text_of(client, initiative.get_absolute_url())
    _before, _heading, section = page.partition('id="criterion"')
    holds, _summary, earlier = section.partition("1 recorded earlier")
    assert "Friendship grows." in holds
    assert "Cannot be rated, because it names no measure." in holds
    assert "/reports/statement/" in holds
    assert "Teachers come." in earlier
    assert "Our reading</span> by the editors on" in earlier
    panel = verdict(page)
    assert "Cannot be rated, because it names no measure." in panel
    assert "Not yet reviewed" in panel
    for criterion in Criterion.objects.filter(initiative=initiative):
        actions.withdraw(by=None, entry=criterion, reason="Misread.")
    page = text_of(client, initiative.get_absolute_url())
    assert "What was recorded here has been withdrawn." in page
    assert "Cannot be rated" not in verdict(page)


def test_lists_say_why_counts_say_how_many_and_a_filter_finds_them(
    client: Client, initiative: Initiative
) -> None:
    for url in (
        "/initiatives/",
        "/initiatives/?view=table",
        initiative.dialogue.get_absolute_url(),
    ):
        assert text_of(client, url).count("Cannot be rated, because it names no measure.") == 1, url
    assert "1 cannot be rated</a>, because what would count" in text_of(client, "/")
    why = "cannot be rated, because what would count as delivered is recorded as not verifiable."
    brief = f"{initiative.dialogue.get_absolute_url()}brief/"
    assert f"Of these, 1 {why}" in text_of(client, brief)
    assert "Cannot be rated, because it names no measure</span>" in text_of(client, brief)
    document = Document(BytesIO(client.get(f"{brief[:-1]}.docx").content))
    assert f"Of these, 1 {why}" in [paragraph.text for paragraph in document.paragraphs]
    found = text_of(client, "/initiatives/?verifiability=not_verifiable")
    assert "Friendship" in found
    assert "School" not in found
    assert client.get("/initiatives.json?verifiability=perhaps").status_code == 400
    assert "not verifiable" in text_of(client, "/about/method/").lower()


def test_exports_feeds_and_the_stream_have_them(client: Client, initiative: Initiative) -> None:
    row = json.loads(text_of(client, "/initiatives/friendship.json"))
    assert [entry["what"] for entry in row["criteria"]] == ["Teachers come.", "Friendship grows."]
    assert row["initiative"]["verifiability"] == "not_verifiable"
    of_report = json.loads(text_of(client, "/reports/statement.json"))["criteria"]
    assert [entry["why"] for entry in of_report] == ["it names no measure."]
    assert "Friendship grows." in text_of(client, "/reports/statement/")
    for url in ("/changes/?entry=criterion", "/changes/?verifiability=not_verifiable"):
        page = text_of(client, url)
        assert "Friendship grows." in page, url
        assert ("Teachers come." in page) == ("entry=" in url)
    assert "Would count as delivered: Friendship grows." in text_of(client, "/changes.atom")
    actions.withdraw(
        by=None, entry=Criterion.objects.get(what="Friendship grows."), reason="Misread."
    )
    row = json.loads(text_of(client, "/initiatives/friendship.json"))
    assert [entry["what"] for entry in row["withdrawn_criteria"]] == ["Friendship grows."]
    assert "Criterion “Not verifiable”" in text_of(client, "/changes/")


def test_the_desk_records_corrects_and_shows_it_beside_a_status(admin_client: Client) -> None:
    initiative = make.initiative()
    status = address(initiative, "record_status")
    assert "What would count as delivered is not recorded yet." in text_of(admin_client, status)
    url = address(initiative, "record_criterion")
    typed = {"what": "A bridge stands.", "verifiability": "partly", "read_by": "the editors"}
    page = send(admin_client, url, **typed, read_on="2999-01-01")
    assert "Say why it cannot be verified" in str(page.context["adminform"].form.errors)
    assert "still to come" in str(page.context["adminform"].form.errors)
    page = saved(admin_client, url, **typed, why="no place is named", read_on="2024-05-03")
    assert "criterion recorded: “Partly verifiable”." in page.text
    criterion = Criterion.objects.get()
    assert criterion.recorded_by
    for form in (status, f"{RECORD_MANY}?initiative={initiative.pk}"):
        shown = text_of(admin_client, form)
        assert "A bridge stands." in shown
        assert "Partly verifiable: no place is named" in shown
    # Where the initiative is chosen on the form, it stands in what will change.
    page = send(admin_client, address(StatusUpdate, "add"), initiative=initiative.pk, _preview="1")
    assert "A bridge stands." in page.text[page.text.index('id="preview"') :]
    saved(admin_client, address(criterion, "correct"), **UNVERIFIABLE)
    assert Criterion.objects.get(corrects=criterion).why == "it names no measure."
    assert "Cannot be rated, because it names no measure." in text_of(admin_client, status)
    page = send(admin_client, url, what="x", verifiability="verifiable")
    assert "Give the report, or say whose reading it is" in str(
        page.context["adminform"].form.errors
    ) or errors(page)
