"""Lines, delegates and the documents that state them, at the desk."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from initiatives.models import Attendance, Citation, Delegate, Line, Meeting
from tests import make
from tests.admin_forms import address, errors, saved, send
from tests.people import client_of, make_person

pytestmark = pytest.mark.django_db


def rows(prefix: str, *rows: dict[str, Any], initial: int = 0) -> dict[str, Any]:
    """Fields of rows of an inline, new ones after those that are there."""
    fields: dict[str, Any] = {f"{prefix}-TOTAL_FORMS": initial + len(rows)}
    for number, row in enumerate(rows, initial):
        fields |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return fields


def test_a_line_is_typed_with_its_document(admin_client: Client) -> None:
    meeting, report = make.meeting("fm-8"), make.report("mofa")
    line = {"kind": "agenda", "text": "Water", "document": report.pk, "place": "para 2"}
    saved(admin_client, address(meeting, "change"), **rows("lines", line))
    (typed,) = Line.objects.all()
    assert typed.ref.startswith("fm-8/agenda/water-")
    citation = typed.citations.get()
    assert (citation.ref, citation.locator) == (f"mofa/line/{typed.ref}", "para 2")
    assert citation.history.get().history_user.username == "admin"
    other = make.report("other")
    saved(admin_client, address(meeting, "change"), **{"lines-0-document": other.pk})
    assert typed.citations.count() == 2
    page = admin_client.get(address(meeting, "history")).content.decode()
    assert "Water" in page


def test_a_line_stands_once(admin_client: Client) -> None:
    meeting = make.meeting()
    line = {"kind": "agenda", "text": "Water"}
    twice = send(admin_client, address(meeting, "change"), **rows("lines", line, line))
    assert "This is recorded already." in errors(twice)
    make.line("Water", meeting=meeting)
    again = send(admin_client, address(meeting, "change"), **rows("lines", line, initial=1))
    assert "This is recorded already." in errors(again)
    alone = send(admin_client, address(Line, "add"), meeting=meeting.pk, **line)
    assert "This is recorded already." in errors(alone)
    assert Line.objects.count() == 1


def test_a_new_meeting_takes_lines_at_once(admin_client: Client) -> None:
    fields = {"title": "Summit", "slug": "summit", "kind": "summit"}
    lines = rows("lines", {"kind": "chair", "text": "Y. Hayashi"})
    dialogue = make.dialogue()
    saved(admin_client, address(Meeting, "add"), dialogue=dialogue.pk, **fields, **lines)
    assert Line.objects.get().meeting == Meeting.objects.get()


def test_goals_are_not_of_a_meeting(admin_client: Client) -> None:
    goal = {"kind": "goal", "text": "Closer ties"}
    page = send(admin_client, address(make.meeting(), "change"), **rows("lines", goal))
    assert "goal is not one of the available choices" in errors(page)
    saved(admin_client, address(make.dialogue(), "change"), **rows("lines", goal))
    page = send(admin_client, address(Line, "add"), **goal)
    assert "Goals and areas are of a dialogue, all other lines of a meeting." in errors(page)


def test_another_text_is_another_line_and_its_sources_stay(admin_client: Client) -> None:
    line = make.line("Watr")
    citation = make.citation(line=line, report=make.report())
    saved(admin_client, address(line, "change"), text="Water")
    line.refresh_from_db()
    assert "/water-" in line.ref
    assert line.citations.get() == citation


def test_delegates_are_typed_with_their_delegation(admin_client: Client) -> None:
    attendance = make.attendance()
    people = [{"name": "A. First", "is_head": "on"}, {"title": "Adviser"}]
    saved(admin_client, address(attendance, "change"), **rows("delegates", *people))
    assert [(str(row), row.is_head) for row in Delegate.objects.order_by("pk")] == [
        ("A. First", True),
        ("Adviser", False),
    ]
    page = send(admin_client, address(Delegate, "add"), attendance=attendance.pk)
    assert "Give a name or a title." in errors(page)
    assert Attendance.objects.get().delegates.count() == 2


def test_a_save_names_the_document_of_what_it_changes(admin_client: Client) -> None:
    meeting, report = make.meeting("fm-8", city="Tokyo"), make.report("mofa", title="Release")
    saved(
        admin_client,
        address(meeting, "change"),
        city="Osaka",
        starts_on="2022-04-16",
        document=report.pk,
        place="para 3",
    )
    stated = Citation.objects.order_by("ref").values_list("ref", "says", "locator")
    assert list(stated) == [
        ("mofa/meeting/fm-8/city", "Osaka", "para 3"),
        ("mofa/meeting/fm-8/starts_on", "2022-04-16", "para 3"),
    ]
    assert Citation.objects.first().history.get().history_user.username == "admin"  # type: ignore[union-attr]
    fields = admin_client.get("/meetings/fm-8.json").json()["meeting"]
    assert (fields["city_sources"], fields["starts_on_sources"]) == (["mofa"], ["mofa"])
    assert fields["format_sources"] == []
    page = admin_client.get("/meetings/fm-8/").content.decode()
    assert 'Osaka<sup class="marks"><a href="/reports/mofa/" title="Release, para 3">' in page
    saved(admin_client, address(meeting, "change"), city="Kyoto")
    assert admin_client.get("/meetings/fm-8.json").json()["meeting"]["city_sources"] == []
    saved(admin_client, address(meeting, "change"), city="Kobe", document=report.pk)
    assert Citation.objects.get(field="city").says == "Kobe"


def test_so_does_a_save_of_a_dialogue(admin_client: Client) -> None:
    dialogue, report = make.dialogue("corridor"), make.report("mofa", title="Release")
    saved(
        admin_client,
        address(dialogue, "change"),
        purpose="Trade by rail",
        document=report.pk,
        place="para 2",
    )
    assert Citation.objects.get().ref == "mofa/dialogue/corridor/purpose"
    page = admin_client.get("/dialogues/corridor/").content.decode()
    assert (
        'Trade by rail<sup class="marks"><a href="/reports/mofa/" title="Release, para 2">' in page
    )


def test_a_document_without_a_change_or_a_place_without_document_is_sent_back(
    admin_client: Client,
) -> None:
    meeting, report = make.meeting(), make.report()
    page = send(admin_client, address(meeting, "change"), document=report.pk)
    assert "No field was changed that this document could state." in errors(page)
    page = send(admin_client, address(meeting, "change"), city="Osaka", place="para 3")
    assert "Name the document that the place is in." in errors(page)
    page = send(admin_client, address(meeting, "change"), city="Osaka", document=report.pk + 9)
    assert errors(page)
    assert not Citation.objects.exists()


def test_whoever_may_not_change_a_meeting_cites_nothing_for_it() -> None:
    editor = client_of(make_person("Editor"))
    meeting, report = make.meeting(), make.report()
    fields = {"title": "X", "city": "Osaka", "document": report.pk}
    editor.post(address(meeting, "change"), fields)
    assert not Citation.objects.exists()
