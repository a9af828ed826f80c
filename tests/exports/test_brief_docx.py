"""The brief as a document: it opens again, is on A4, says what the page says, and names nobody as its author."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from django.test import Client
from docx import Document
from docx.oxml.ns import qn

from initiatives.models import Initiative, Meeting, Report
from initiatives.pages.brief import SHARES
from tests import make
from tests.world import hang_drafts_on, make_world

pytestmark = pytest.mark.django_db

ADDRESS = "/meetings/next/brief.docx"
OLD = "/meetings/fm-8/brief.docx"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def fetch(client: Client, address: str = ADDRESS) -> bytes:
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == WORD
    return response.content


def document(client: Client, address: str = ADDRESS) -> Any:
    return Document(io.BytesIO(fetch(client, address)))


def text_of(opened: Any) -> str:
    """All that is in it, links too, head and foot included."""
    section = opened.sections[0]
    parts = (opened.element.body, section.header._element, section.footer._element)
    return "\n".join(
        "".join(run.text or "" for run in paragraph.iter(qn("w:t")))
        for part in parts
        for paragraph in part.iter(qn("w:p"))
    )


@pytest.fixture
def world() -> Any:
    world = make_world()
    make.meeting(
        "next", title="Next Meeting", dialogue=world.dialogue, starts_on="2999", state="planned"
    )
    make.initiatives(80, **world.shared)
    return world


def test_it_has_real_headings_tables_and_links(client: Client, world: Any) -> None:
    opened = document(client)
    headings = [one.text for one in opened.paragraphs if one.style.name.startswith("Heading 1")]
    assert headings[:3] == [
        "Meetings",
        "Where things stand",
        "Changed since the last meeting (0)",
    ]
    assert [one.split(" (")[0] for one in headings[3:]] == [
        "Overdue",
        "Next deadlines",
        "Open",
        "No recent news",
        "Delivered, dropped or superseded",
    ]
    assert opened.paragraphs[0].style.name == "Title"
    for table in opened.tables:
        assert table.rows[0]._tr.find(f".//{qn('w:tblHeader')}") is not None
    lines = [table for table in opened.tables if table.cell(0, 0).text == "Initiative"]
    assert sum(len(table.rows) - 1 for table in lines) == sum(SHARES.values())
    targets = {one.target_ref for one in opened.part.rels.values() if one.is_external}
    assert "http://testserver/initiatives/university/" in targets
    assert "http://testserver/reports/statement/" in targets
    assert "http://testserver/initiatives/?dialogue=ca-japan&flag=stale" in targets


def test_it_says_what_the_page_says(client: Client, world: Any) -> None:
    said = text_of(document(client))
    assert "This meeting: Next Meeting, 2999 (planned)" in said
    assert "Last meeting: 8th Meeting, 15 April 2022 (held)" in said
    assert "Y. Hayashi" in said
    assert "Under way\nas of 17 April 2022" in said
    assert "Joint Statement\nJoint document, 17 April 2022" in said
    silent = "http://testserver/initiatives/?dialogue=ca-japan&flag=stale"
    assert f"more; all without recent news, including overdue ones: {silent}" in said


def test_head_foot_paper_and_language(client: Client, world: Any) -> None:
    opened = document(client, f"{OLD}?participant=jp&as_of=2025-03-01")
    section = opened.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert section.header.paragraphs[0].text == "Brief: 8th Meeting – Japan"
    foot = "".join(run.text for run in section.footer._element.iter(qn("w:t")))
    address = "http://testserver/meetings/fm-8/brief/?participant=jp&as_of=2025-03-01"
    assert foot == f"1 March 2025 · {address}1 / 1"
    fields = section.footer._element.iter(qn("w:fldSimple"))
    assert [one.get(qn("w:instr")) for one in fields] == ["PAGE", "NUMPAGES"]
    language = opened.styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:lang')}")
    assert language.get(qn("w:val")) == "en-GB"


def test_it_is_in_the_language_of_its_address(client: Client, world: Any) -> None:
    opened = document(client, f"/ja{ADDRESS}")
    language = opened.styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:lang')}")
    assert [language.get(qn(script)) for script in ("w:val", "w:eastAsia")] == ["ja", "ja"]
    assert opened.core_properties.language == "ja"


def test_nobody_is_named_and_the_same_brief_gives_the_same_bytes(
    client: Client, world: Any
) -> None:
    first = fetch(client)
    assert first == fetch(client)
    about = Document(io.BytesIO(first)).core_properties
    assert (about.author, about.last_modified_by, about.comments) == ("", "", "")
    assert about.title == "Brief: Next Meeting"
    assert about.subject == "Central Asia + Japan"
    with zipfile.ZipFile(io.BytesIO(first)) as packed:
        assert {one.date_time for one in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        names = packed.namelist()
        everything = b"".join(packed.read(name) for name in names)
    assert not [name for name in names if "thumbnail" in name]
    assert b"python-docx" not in everything


def test_it_is_named_after_the_meeting_and_the_day(client: Client, world: Any) -> None:
    response = client.get(f"{OLD}?participant=jp&as_of=2025-03-01")
    name = "brief-fm-8-jp-2025-03-01.docx"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    response = client.head("/dialogues/ca-japan/brief.docx")
    assert response["Content-Type"] == WORD
    assert not response.content


def test_drafts_are_not_in_it(client: Client, world: Any) -> None:
    before = text_of(document(client))
    hang_drafts_on(world, "secret")
    assert text_of(document(client)) == before


def test_any_text_can_be_written(client: Client, world: Any) -> None:
    odd = "<b>&\x0b\x1f\ufffe=1+1 協力 " * 10
    Initiative.objects.update(title=odd[:300])
    Report.objects.update(title=odd[:300])
    make.attendance(meeting=world.meeting, participant=make.participant(name=odd[:200]))
    said = text_of(document(client))
    assert "<b>&=1+1 協力" in said


def test_an_empty_dialogue_has_a_document_too(client: Client) -> None:
    make.meeting("next", starts_on=None, state="planned")
    said = text_of(document(client))
    assert "No initiative is recorded here." in said
    assert "No recorded document says who came." in said
    assert "This meeting: Next, date not set (planned)" in said


def test_meetings_are_called_what_they_are_in_its_language(client: Client, world: Any) -> None:
    Meeting.objects.filter(pk=world.meeting.pk).update(translations={"title": {"ja": "第八回会合"}})
    text = text_of(document(client, f"/ja{ADDRESS}"))
    assert text.count("第八回会合、2022年4月15日") == 2
    assert "8th Meeting" not in text
    page = client.get("/ja/meetings/next/brief/").content.decode().partition('id="main"')[2]
    assert ">第八回会合</a>" in page
    assert '<span lang="en">Central Asia + Japan</span>' in page
