"""Who is in an initiative follows from mentions that stand, from updates and from roles."""

from __future__ import annotations

import datetime
import json

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from initiatives.as_of.past import view_on
from initiatives.models import Initiative, Involvement, Participant, Role
from initiatives.recording import actions
from initiatives.recording.publication import publish
from tests import make
from tests.admin_forms import filled
from tests.clock import Clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def japan() -> Participant:
    return make.participant("jp")


def capacities(initiative: Initiative, participant: Participant) -> list[str]:
    rows = Involvement.objects.filter(initiative=initiative, participant=participant)
    return sorted(rows.values_list("capacity", flat=True))


def slugs(client: Client, query: str) -> list[str]:
    body = b"".join(client.get(f"/initiatives.json?{query}"))
    return sorted(row["slug"] for row in json.loads(body)["initiatives"])


@pytest.mark.parametrize(
    ("act", "capacity"),
    [
        ("proposed", "proposer"),
        ("supported", "supporter"),
        ("undertaken", "party"),
        ("adopted", "party"),
        ("readiness", "mentioned"),
        ("restated", "mentioned"),
        ("reworded", "mentioned"),
        ("mentioned", "mentioned"),
        ("not_taken_up", "mentioned"),
    ],
)
def test_an_act_makes_those_by_whom_it_is_what_it_says(
    japan: Participant, act: str, capacity: str
) -> None:
    mention = make.mention(act=act, participants=[japan])
    assert capacities(mention.initiative, japan) == [capacity]


def test_who_is_more_than_mentioned_is_not_mentioned_besides(japan: Participant) -> None:
    initiative = make.initiative()
    make.mention(initiative=initiative, act="readiness", participants=[japan])
    make.update(initiative=initiative, participant=japan)
    assert capacities(initiative, japan) == ["mentioned"]
    make.mention(initiative=initiative, act="adopted", participants=[japan])
    make.role(initiative=initiative, participant=japan, role="funder")
    assert capacities(initiative, japan) == ["funder", "party"]


def test_only_what_is_public_and_stands_makes_anybody_anything(japan: Participant) -> None:
    initiative = make.initiative()
    make.earlier_mention(initiative)
    draft = make.mention(initiative=initiative, participants=[japan], publication="draft")
    assert capacities(initiative, japan) == []
    publish(by=None, row=draft)
    assert capacities(initiative, japan) == ["proposer"]
    correction = make.mention(
        initiative=initiative, act="supported", participants=[japan], corrects=draft
    )
    assert capacities(initiative, japan) == ["supporter"]
    actions.withdraw(by=None, entry=correction, reason="Misread.")
    assert capacities(initiative, japan) == []


def test_a_firm_pledge_is_undertaken_and_a_readiness_mentioned(japan: Participant) -> None:
    initiative = make.initiative()
    make.mention(initiative=initiative, act="readiness", participants=[japan])
    initiative.refresh_from_db()
    assert initiative.standing == "mentioned"
    standings = []
    for act in ("proposed", "supported", "undertaken", "supported", "adopted", "undertaken"):
        make.mention(initiative=initiative, act=act, participants=[japan])
        initiative.refresh_from_db()
        standings.append(initiative.standing)
    assert standings == ["proposed", "supported", "undertaken", "undertaken", "adopted", "adopted"]


def test_roles_saved_at_the_desk_are_followed(admin_client: Client, japan: Participant) -> None:
    initiative = make.initiative()
    role = make.role(initiative=initiative, participant=japan, role="lead")
    address = f"/admin/initiatives/role/{role.pk}/change/"
    page = admin_client.get(address)
    assert 'value="proposer"' not in page.content.decode()
    assert admin_client.post(address, filled(page, role="funder")).status_code == 302
    assert capacities(initiative, japan) == ["funder"]


def test_who_proposes_is_recorded_as_a_mention(japan: Participant) -> None:
    for word in ("proposer", "supporter"):
        role = Role(initiative=make.initiative(), participant=japan, role=word)
        with pytest.raises(ValidationError, match="record a mention"):
            role.full_clean()
    # One of the first edition, of which no document is known, may be saved as it is.
    make.role(participant=japan, role="proposer").full_clean()


def test_of_an_earlier_day_they_are_those_of_that_day(
    japan: Participant, monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    clock = Clock(monkeypatch, "2024-03-01")
    initiative = make.initiative("plan")
    make.earlier_mention(initiative)
    mention = make.mention(initiative=initiative, act="adopted", participants=[japan])
    clock.turn(2)
    actions.withdraw(by=None, entry=mention, reason="Misread.")
    make.role(initiative=initiative, participant=japan, role="lead")
    clock.turn(2)

    def then(day: str) -> set[tuple[int, str]]:
        view = view_on(datetime.date.fromisoformat(day))
        return view.involved([initiative.pk])[initiative.pk]

    assert then("2024-03-01") == {(japan.pk, "party")}
    assert then("2024-03-03") == {(japan.pk, "lead")}
    for day, parties in (("2024-03-01", 1), ("2024-03-03", 0)):
        assert len(slugs(client, f"party=jp&as_of={day}")) == parties
        page = client.get(f"/initiatives/plan/?as_of={day}").content.decode()
        assert ("<dt>Party</dt>" in page) == bool(parties)
    # Before the record documents tell; what none is cited for is shown on any day.
    assert then("2023-01-01") == {(japan.pk, "lead")}
    make.citation(role=Role.objects.get(), report=make.report(published_on="2023-06"))
    assert then("2023-01-01") == set()


def test_filters_by_what_somebody_is_go_together(client: Client, japan: Participant) -> None:
    uzbekistan = make.participant("uz")
    both, other = make.initiative("both"), make.initiative("other")
    for initiative in (both, other):
        make.mention(initiative=initiative, participants=[japan])
    make.role(initiative=both, participant=uzbekistan, role="beneficiary")
    make.role(initiative=other, participant=uzbekistan, role="funder")

    assert slugs(client, "proposer=jp&beneficiary=uz") == ["both"]
    assert slugs(client, "participant=uz") == ["both", "other"]
    assert slugs(client, "proposer=jp") == ["both", "other"]
    assert slugs(client, "proposer=uz") == []
    assert client.get("/initiatives.json?proposer=nowhere").status_code == 400
    html = client.get("/initiatives/?proposer=jp").content.decode()
    assert 'name="beneficiary" value="uz"' in html


def test_the_page_of_an_initiative_reads_no_other_initiative_of_an_earlier_day(
    client: Client, monkeypatch: pytest.MonkeyPatch, japan: Participant
) -> None:
    mention = make.mention(participants=[japan], report=make.report(published_on="2020"))

    def refuse(*args: object) -> None:
        raise AssertionError("bitmaps of a day take seconds where the record is large")

    monkeypatch.setattr("initiatives.as_of.past.day_index", refuse)
    page = client.get(f"/initiatives/{mention.initiative.slug}/?as_of=2023-01-01")
    assert "<dt>Proposer</dt>" in page.content.decode()
