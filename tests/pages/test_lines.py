"""What pages and JSON say of lines, delegates and fields: each with the documents that state it, and no other."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from initiatives.loading.data_checks import facts_without_a_source
from initiatives.models import LoadedFact, Meeting
from tests import make
from tests.clock import Clock
from tests.report_files import DIALOGUE, VOCABULARY, load_texts, report

pytestmark = pytest.mark.django_db

FIRST = report(
    "first",
    DIALOGUE
    + """\
meeting:
  id: fm-1
  dialogue: dialogue
  kind: foreign_ministers
  number: 1
  title: First meeting
  starts: 2022-04
  format: videoconference
  agenda: [Water, {text: Energy, session: Session 2}]
  attendance: [{participant: uz, head: A. First, title: Minister}]
  locator: para 1
""",
    published="2022-04-16",
)
SECOND = report(
    "second",
    """\
dialogues: [{id: dialogue, goals: [Closer ties], areas: [Trade, Culture], locator: para 9}]
meeting:
  id: fm-1
  starts: 2022-04-15
  agenda: [Trade, Water]
  statements: [{text: Thirty years were summed up, by: [jp], locator: para 7}]
  attendance: [{participant: uz, delegates: [{name: B. Second, head: true}, {name: C. Third}]}]
  locator: para 5
""",
    published="2022-05-01",
)


@pytest.fixture(autouse=True)
def loaded() -> Meeting:
    load_texts(VOCABULARY, FIRST, SECOND)
    return Meeting.objects.get()


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def page_of(client: Client, address: str = "/meetings/fm-1/") -> str:
    """A page as text, with its marks as “[1]”."""
    html = client.get(address).content.decode()
    mark = r'<a href="[^"]*" title="[^"]*"><span class="visually-hidden">Source </span>(\d+)</a>'
    return words(re.sub(mark, r"[\1]", html))


def test_marks_lead_to_the_documents_that_state_a_line_or_a_field(client: Client) -> None:
    page = page_of(client)
    assert "15 April 2022 [1] [2]" in page
    assert "Videoconference [1]" in page
    assert "Agenda Water [1] [2] Session 2 Energy [1] Trade [2]" in page
    assert "Statements Thirty years were summed up [2] by Japan" in page
    assert (
        "A. First, Minister [1] Head of delegation B. Second [2] Head of delegation C. Third [2]"
        in page
    )
    assert "Documents The small numbers above refer to these documents. 2 documents" in page
    html = client.get("/meetings/fm-1/").content.decode()
    assert '<a href="/reports/second/" title="Report second, para 7">' in html


def test_a_participant_has_the_meetings_that_it_chaired_with_their_documents(
    client: Client,
) -> None:
    chair = "[{text: 'A. Minister and B. Minister', by: [jp, uz], locator: para 2}]"
    third = report(
        "third",
        f"meeting:\n  id: fm-1\n  starts: 2022-04-15\n  chair: {chair}\n  locator: para 1\n",
    )
    assert "Meetings it chaired" not in page_of(client, "/participants/jp/")
    load_texts(third)
    page = page_of(client, "/participants/jp/")
    assert "Meetings it chaired 1 Alone or with others" in page
    said = "Chair A. Minister and B. Minister, for Japan , Uzbekistan Report third , para 2"
    assert said in page
    # The document was published on 17 April.
    assert said in page_of(client, "/participants/uz/?as_of=2022-04-30")
    assert "Meetings it chaired" not in page_of(client, "/participants/uz/?as_of=2022-04-16")


def test_goals_and_areas_stand_in_sight_on_the_page_of_a_dialogue(client: Client) -> None:
    html = client.get("/dialogues/dialogue/").content.decode()
    section = html[html.index('aria-labelledby="about"') :].partition("</section>")[0]
    assert "<details" not in section
    assert [line in section for line in ("Closer ties", "Trade", "Culture")] == [True] * 3
    assert "Goals Closer ties [1] Areas of cooperation Trade [1] Culture [1]" in page_of(
        client, "/dialogues/dialogue/"
    ).replace("[2]", "[1]")


def test_the_page_of_a_report_lists_the_lines_that_it_states_and_no_other(client: Client) -> None:
    page = page_of(client, "/reports/second/")
    for line in (
        "Agenda: Trade",
        "Agenda: Water",
        "Goal: Closer ties",
        "Delegate: Uzbekistan: C. Third",
    ):
        assert line in page
    assert "Energy" not in page
    assert "A. First" not in page


def test_json_has_lines_and_fields_with_their_sources(client: Client) -> None:
    data = client.get("/meetings/fm-1.json").json()
    assert [
        (line["text"], line["sources"]) for line in data["lines"] if line["kind"] == "agenda"
    ] == [
        ("Water", ["first", "second"]),
        ("Energy", ["first"]),
        ("Trade", ["second"]),
    ]
    meeting = data["meeting"]
    assert meeting["agenda"] == "Water\nEnergy\nTrade"
    assert meeting["starts_on_sources"] == ["first", "second"]
    assert (meeting["format_sources"], meeting["city_sources"]) == (["first"], [])
    assert [person["name"] for person in data["delegates"]] == ["A. First", "B. Second", "C. Third"]
    assert data["attendances"][0]["head"] == "A. First\nB. Second"
    dialogue = client.get("/dialogues/dialogue.json").json()
    assert dialogue["dialogue"]["areas"] == "Trade\nCulture"
    assert len(dialogue["lines"]) == 3


def test_what_a_field_no_longer_says_no_document_states(client: Client, loaded: Meeting) -> None:
    loaded.format = "hybrid"
    loaded.save()
    assert "Hybrid [" not in page_of(client)
    fact = LoadedFact.objects.get(source="first", kind="meeting")
    fact.values |= {"format": "hybrid", "no_such_field": "x"}
    fact.save()
    assert "Hybrid [1]" in page_of(client)


def test_a_line_without_document_has_no_mark_and_is_named_by_the_checks(
    client: Client, loaded: Meeting
) -> None:
    line = make.line("Typed by hand", meeting=loaded)
    assert "Trade [2] Typed by hand Statements" in page_of(client)
    assert dict(facts_without_a_source()) == {f"line {line.ref}": "no report is cited for it"}


def test_a_day_before_the_record_has_what_documents_that_were_out_state(client: Client) -> None:
    before = page_of(client, "/meetings/fm-1/?as_of=2022-04-20")
    assert "Agenda Water [1] Session 2 Energy [1]" in before
    assert "Trade" not in before


def test_a_past_day_has_the_lines_of_that_day(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(monkeypatch, "2024-03-01")
    make.mention()
    meeting, report = make.meeting("old"), make.report("of-then")
    lines = [make.line(text, meeting=meeting) for text in ("Water", "Borders", "Shown then")]
    for line in lines[:2]:
        make.citation(line=line, report=report)
    clock.turn(4)
    # Of a line that is gone the citation is gone too.
    lines[0].delete()
    lines[2].text = "Shown now"
    lines[2].save()
    assert "Agenda Borders [1] Shown now" in page_of(client, "/meetings/old/")
    day = "?as_of=2024-03-02"
    assert "Agenda Borders [1] Water Shown then" in page_of(client, f"/meetings/old/{day}")
    of_day = client.get(f"/meetings/old.json{day}").json()["lines"]
    assert [row["text"] for row in of_day] == ["Borders", "Water", "Shown then"]


def test_the_number_of_queries_does_not_grow_with_the_lines(
    client: Client, loaded: Meeting
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get("/meetings/fm-1/")
        return len(asked)

    client.get("/dialogues/")
    before = queries()
    for number in range(20):
        line = make.line(meeting=loaded, kind="statement", by=[make.participant()])
        make.citation(line=line, report=make.report(f"more-{number}"))
        make.delegate(attendance=loaded.attendances.get())
    client.get("/dialogues/")
    assert 0 < queries() <= before
