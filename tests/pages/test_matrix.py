"""The matrix: who does what, in which initiative, as a page and as CSV; at what cost, and without drafts."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from initiatives.models import InvolvementCapacity, Membership
from initiatives.pages import matrix
from initiatives.recording import actions
from tests import make
from tests.views.test_views import no_query_in_templates, text, words
from tests.world import hang_drafts_on, hang_past_on, make_world

pytestmark = pytest.mark.django_db

# The initiatives, who is in them, the updates of their participants; and the version of the data, twice.
QUERIES = 3 + 2


def rows(client: Client, query: str = "") -> list[dict[str, str]]:
    body = b"".join(client.get(f"/matrix.csv?{query}"))
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline="")))


def columns(html: str) -> list[str]:
    head = re.search(r"<thead>.*?</thead>", html, re.DOTALL)
    return [words(cell) for cell in re.findall(r"<th .*?</th>", head[0] if head else "")][1:]


def test_a_cell_has_the_roles_and_the_own_status_in_letters_and_in_words(client: Client) -> None:
    world = make_world()
    make.role(
        initiative=world.initiative, participant=world.participant, role=InvolvementCapacity.FUNDER
    )
    html = text(client, "/matrix/")
    assert '<span aria-hidden="true" title="Proposer, Funder">P F</span>' in html
    assert '<span class="visually-hidden">Proposer, Funder</span>' in html
    page = words(html)
    assert "own part: Under way 17 April 2022" in page
    assert (
        "P Proposer S Supporter C Party L Lead I Implementer F Funder B Beneficiary M Mentioned"
        in page
    )
    assert '<th scope="col"><a href="/participants/jp/">Japan</a></th>' in html
    assert '<th scope="row"><a href="/initiatives/university/">' in html


def test_every_role_has_a_letter_of_its_own() -> None:
    assert set(matrix.LETTERS) == set(InvolvementCapacity)
    assert len(set(matrix.LETTERS.values())) == len(InvolvementCapacity)


def test_the_latest_of_a_participants_own_updates_is_shown(client: Client) -> None:
    japan, initiative = make.participant("jp"), make.initiative("plan")
    own: dict[str, Any] = {"initiative": initiative, "participant": japan}
    make.update(status="delivered", on="2024-03", **own)
    make.update(status="preparing", on="2021", **own)
    withdrawn = make.update(status="dropped", on="2025", **own)
    actions.withdraw(by=None, entry=withdrawn, reason="Misread.")
    make.update(status="stalled", on="2025", publication="draft", **own)
    make.update(initiative=initiative, status="suspended", on="2025-05")
    cell = rows(client)[0]["participants.jp"]
    assert cell.startswith("delivered as of 2024-03 (report-")
    assert "own part: Delivered March 2024" in words(text(client, "/matrix/"))


def test_a_participant_has_a_column_for_a_role_or_a_status_of_its_own(client: Client) -> None:
    for code in ("fr", "de", "it"):
        make.participant(code)
    plan = make.initiative("plan", dialogue=make.dialogue("steppe"))
    bank = make.participant("bank", name="A bank", kind="organisation")
    for participant in (make.participant("jp", name="Japan"), bank):
        make.role(initiative=plan, participant=participant)
    make.update(initiative=plan, participant=make.participant("uz", name="Uzbekistan"))
    member = make.participant("tm", name="Turkmenistan")
    Membership.objects.create(dialogue=plan.dialogue, participant=member)
    html = text(client, "/matrix/?dialogue=steppe")
    assert columns(html) == ["Japan", "Uzbekistan", "A bank"]
    left_out = "in these initiatives: Turkmenistan (in this dialogue) and 3 other participants."
    assert left_out in words(html)
    of_participants = [name for name in rows(client)[0] if name.startswith("participants.")]
    assert of_participants == ["participants.jp", "participants.uz", "participants.bank"]


def test_columns_are_those_of_the_whole_list_not_of_the_page(client: Client) -> None:
    world = make_world()
    make.initiatives(30, **world.shared)
    last = make.initiative("zzz", title="Zzz", raised_at=world.meeting)
    make.role(initiative=last, participant=make.participant("uz", name="Uzbekistan"))
    assert columns(text(client, "/matrix/?sort=title")) == ["Japan", "Uzbekistan"]
    assert columns(text(client, "/matrix/?sort=title&theme=education")) == ["Japan"]
    assert "own part:" not in words(text(client, "/matrix/?q=zzz"))


def test_participants_beyond_the_most_columns_are_named(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matrix.participant_columns, "__defaults__", (2,))
    for number in range(3):
        initiative = make.initiative()
        for name in ["Zambia", "Chad", "Angola"][: number + 1]:
            participant, _made = type(make.participant()).objects.get_or_create(
                code=name.lower(), defaults={"name": name, "publication": "public"}
            )
            make.role(initiative=initiative, participant=participant)
    html = text(client, "/matrix/")
    assert columns(html) == ["Zambia", "Chad"]
    assert "It has no column for Angola." in words(html)
    assert "<b>Angola</b> proposer" in html
    assert "participants.angola" in rows(client)[0]


def test_forty_participants_fit(client: Client) -> None:
    initiatives = [make.initiative() for _ in range(3)]
    for number in range(45):
        participant = make.participant(f"p{number}", name=f"Participant {number:02}")
        for initiative in initiatives:
            make.role(initiative=initiative, participant=participant)
    html = text(client, "/matrix/")
    assert columns(html) == [f"Participant {number:02}" for number in range(45)]
    assert "It has no column for" not in html


def test_filters_order_and_pages_are_those_of_the_list(client: Client) -> None:
    world = make_world()
    make.initiatives(90, **world.shared)
    query = "meeting=fm-8&group=in_progress&group=delivered&sort=title"
    html = text(client, f"/matrix/?{query}")
    found = re.findall(r'<th scope="row"><a href="/initiatives/([^/]+)/', html)
    exported = [row["slug"] for row in rows(client, query)]
    listed = re.findall(
        r'<h3><a href="/initiatives/([^/]+)/', text(client, f"/initiatives/?{query}&per=100")
    )
    assert found == listed[:25]
    assert exported == listed
    assert len(found) == 25 < len(exported)
    assert (
        'href="?group=delivered&amp;group=in_progress&amp;meeting=fm-8&amp;sort=title&amp;page=2"'
        in html
    )
    assert (
        'href="/matrix.csv?group=delivered&amp;group=in_progress&amp;meeting=fm-8&amp;sort=title"'
        in html
    )
    text(client, "/matrix/?page=9", status=404)
    text(client, "/matrix/?per=7", status=400)


def test_the_list_leads_to_its_matrix(client: Client) -> None:
    make.initiatives(3, **make_world().shared)
    html = text(client, "/initiatives/?theme=education&view=table")
    assert '<a href="/matrix/?theme=education">Matrix</a>' in html
    # What is one of the list's own parameters changes nothing here.
    assert "<h1" in text(client, "/matrix/?theme=education&view=table")


def test_the_cost_is_the_same_for_ten_rows_and_for_a_hundred(client: Client) -> None:
    world = make_world()

    def queries() -> int:
        text(client, "/matrix/?per=100")
        with no_query_in_templates(), CaptureQueriesContext(connection) as asked:
            text(client, "/matrix/?per=100")
        return len(asked)

    make.initiatives(10, **world.shared)
    assert queries() == QUERIES
    make.initiatives(200, **world.shared)
    assert queries() == QUERIES


def test_the_file_is_read_in_chunks(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    world = make_world()
    make.initiatives(30, **world.shared)
    whole = rows(client)
    monkeypatch.setattr("initiatives.exports.matrix.CHUNK", 7)
    assert rows(client) == whole
    assert len(whole) == 32
    assert client.head("/matrix.csv")["Content-Type"].startswith("text/csv")
    assert not b"".join(client.head("/matrix.csv"))
    assert client.get("/matrix.csv?flag=x").status_code == 400


def test_cells_of_the_file_are_no_formulas(client: Client) -> None:
    world = make_world(title="=HYPERLINK(0)")
    make.role(initiative=world.initiative, participant=world.participant, role="lead")
    row = next(row for row in rows(client) if row["slug"] == "university")
    assert row["title"] == "'=HYPERLINK(0)"
    assert row["participants.jp"] == "proposer; lead; under_way as of 2022-04-17 (statement)"
    assert row["address"] == "http://testserver/initiatives/university/"


def test_drafts_and_what_hangs_on_them_are_not_in_it(client: Client) -> None:
    world = make_world()
    hang_past_on(world, "secret")
    unseen = make.participant("zz", name="Unseen")
    page, file = words(text(client, "/matrix/")), rows(client)
    hang_drafts_on(world, "secret")
    hidden = make.initiative("secret", title="secret", publication="draft")
    make.role(initiative=hidden, participant=unseen)
    make.update(initiative=hidden, participant=world.participant, on="2031")
    after = words(text(client, "/matrix/"))
    assert "secret" not in after
    assert "2031" not in after
    assert after == page
    assert rows(client) == file


def test_what_was_known_on_a_day(client: Client) -> None:
    world = make_world()
    make.update(
        initiative=world.initiative,
        participant=world.participant,
        status="delivered",
        on="2024-06",
        report=make.report(published_on="2024-06-30"),
    )
    assert "Delivered June 2024" in words(text(client, "/matrix/"))
    before = words(text(client, "/matrix/?as_of=2023-01-01"))
    assert "own part: Under way 17 April 2022" in before
    assert "Delivered June 2024" not in before
    cells = {row["slug"]: row["participants.jp"] for row in rows(client, "as_of=2023-01-01")}
    assert cells == {"university": "proposer; under_way as of 2022-04-17 (statement)"}
    assert client.get("/matrix/?as_of=2999-01-01").status_code == 400


def test_empty_states(client: Client) -> None:
    assert "No initiative has been published yet" in text(client, "/matrix/")
    assert rows(client) == []
    make.initiative("alone")
    html = text(client, "/matrix/")
    assert "No recorded document names a participant in it." in html
    assert "<table" not in html
    assert "Show all" in text(client, "/matrix/?q=nothing+like+it")
