"""The desk counts what waits for a person, and each count leads to a list of the same rows."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from initiatives.models import AnyEntry, Initiative, LoadConflict, Review
from initiatives.recording import actions
from tests import make
from tests.admin_forms import address
from tests.people import client_of, make_person

pytestmark = pytest.mark.django_db

DESK = "/admin/"


def desk(client: Client) -> Any:
    page = client.get(DESK)
    assert page.status_code == 200
    return page.context["desk"]


def counts(client: Client) -> dict[str, int]:
    return {section.name: section.count for section in desk(client).waiting}


def fill(**kwargs: Any) -> None:
    """An initiative for every section, and a closed one for none."""
    today = timezone.localdate()
    late, soon = (today + datetime.timedelta(days=days) for days in (-40, 40))
    news = {"status": "under_way", "on": (today - datetime.timedelta(days=9)).isoformat()}
    overdue = make.initiative(title="Overdue one", due_on=late.isoformat(), **kwargs)
    make.update(initiative=overdue, **news)
    near = make.initiative(title="Near one", due_on=soon.isoformat(), **kwargs)
    make.update(initiative=near, **news)
    silent = make.initiative(title="Silent one", **kwargs)
    make.update(initiative=silent, status="preparing", on="2004")
    make.initiative(title="Unseen one", **kwargs)
    claimed = make.initiative(title="Claimed one", **kwargs)
    make.update(initiative=claimed, report=make.report(kind="statement"), **news)
    endless = make.initiative(title="Endless one", due_on="2099", **kwargs)
    make.update(initiative=endless, **news | {"status": "continuing"})
    draft = make.initiative(title="Draft one", publication="draft", due_on="2001", **kwargs)
    make.update(initiative=near, publication="draft", **news)
    make.mention(initiative=near, publication="draft", act="restated")
    make.criterion(initiative=near, publication="draft")
    Review.objects.create(
        ref=f"initiative/{draft.slug}/1", initiative=draft, asked_by=make_person("Editor")
    )
    closed = make.initiative(title="Closed one", due_on=late.isoformat(), **kwargs)
    make.update(initiative=closed, status="delivered", on="2001")


EVERY = {
    "overdue": 1,
    "due_soon": 1,
    "stale": 1,
    "not_reviewed": 1,
    "one_sided": 1,
    "contradictory": 1,
    "waiting": 1,
    "draft_initiatives": 1,
    "draft_updates": 1,
    "draft_criteria": 1,
    "draft_mentions": 1,
}


def test_an_empty_desk_says_that_nothing_waits(admin_client: Client) -> None:
    page = admin_client.get(DESK)
    assert page.context["desk"].waiting == []
    assert {section.name for section in page.context["desk"].clear} == {*EVERY, "conflicts"}
    assert "Nothing waits here" in page.text
    assert "Initiatives and follow-up" in page.text


def test_every_section_counts_what_belongs_to_it(admin_client: Client) -> None:
    fill()
    LoadConflict.objects.create(source="r", kind="initiative", key="i")
    assert counts(admin_client) == EVERY | {"conflicts": 1}


def test_every_count_leads_to_a_list_of_the_same_rows(admin_client: Client) -> None:
    fill()
    fill()
    LoadConflict.objects.create(source="r", kind="initiative", key="i")
    for section in [*desk(admin_client).waiting, *desk(admin_client).clear]:
        listed = admin_client.get(section.url)
        assert listed.status_code == 200, section.url
        changelist = listed.context["cl"]
        assert changelist.result_count == section.count, section.name
        assert len(section.items) == min(section.count, 5)
        titles = listed.text
        assert all(row.title in titles for row in section.items), section.name


def test_the_first_rows_are_the_most_pressing(admin_client: Client) -> None:
    for year in (2012, 2010, 2011, 2016, 2015, 2014, 2013):
        initiative = make.initiative(title=f"Due in {year}", due_on=str(year))
        make.update(initiative=initiative)
    (overdue,) = (s for s in desk(admin_client).waiting if s.name == "overdue")
    assert overdue.count == 7
    assert [row.title for row in overdue.items] == [f"Due in {year}" for year in range(2010, 2015)]
    assert "All 7" in admin_client.get(DESK).text


def test_each_initiative_leads_to_recording_its_status(admin_client: Client) -> None:
    fill()
    page = admin_client.get(DESK)
    for section in page.context["desk"].waiting:
        for row in section.items:
            if section.name in list(EVERY)[:6]:
                assert row.record_url
                assert admin_client.get(row.record_url).status_code == 200
    assert 'aria-label="Record status: Overdue one"' in page.text


def test_a_person_sees_the_work_of_their_own_dialogues() -> None:
    mine, other = make.dialogue(name="Mine"), make.dialogue(name="Other")
    fill(dialogue=mine)
    fill(dialogue=other)
    person = make_person("Publisher", dialogues=[mine])
    client = client_of(person)
    assert counts(client) == EVERY
    found = desk(client)
    assert found.dialogues == [mine]
    for section in found.waiting:
        listed = client.get(section.url).context["cl"]
        assert listed.result_count == section.count, section.name
    everything = client_of(make_person("Publisher"))
    assert counts(everything) == {name: 2 * count for name, count in EVERY.items()}


def test_who_works_on_all_dialogues_is_offered_no_filter_for_some(admin_client: Client) -> None:
    make.initiative()
    page = admin_client.get(address(Initiative, "changelist"), {"dialogues": "mine"})
    assert page.context["cl"].result_count == 1
    assert "my dialogues" not in page.text


def test_who_has_no_role_finds_nothing_on_the_desk() -> None:
    fill()
    found = desk(client_of(make_person()))
    assert (found.waiting, found.clear) == ([], [])


def test_who_may_not_record_is_not_led_there() -> None:
    fill()
    person = make_person()
    codes = ["view_initiative", "view_statusupdate"]
    person.user_permissions.set(Permission.objects.filter(codename__in=codes))
    page = client_of(person).get(DESK)
    assert "Overdue one" in page.text
    assert "Record status" not in page.text


def test_a_status_that_is_recorded_leaves_the_section(admin_client: Client) -> None:
    initiative = make.initiative()
    assert counts(admin_client) == {"not_reviewed": 1}
    make.update(initiative=initiative, status="delivered")
    assert counts(admin_client) == {}


@pytest.mark.parametrize("maker", [make.update, make.criterion, make.mention])
def test_drafts_that_are_settled_wait_no_more(admin_client: Client, maker: Any) -> None:
    draft: AnyEntry = maker(publication="draft", initiative=make.initiative())
    name = f"draft_{draft.plural}"
    assert counts(admin_client)[name] == 1
    actions.withdraw(by=None, entry=draft, reason="Of another university.")
    assert name not in counts(admin_client)


def test_the_desk_asks_as_much_for_10_initiatives_as_for_300(admin_client: Client) -> None:
    meeting, report = make.meeting(), make.report()
    rest: dict[str, Any] = {"participant": make.participant(), "theme": make.theme()}

    def add(count: int) -> int:
        make.initiatives(count, raised_at=meeting, report=report, due_on="2023", **rest)
        admin_client.get(DESK)
        with CaptureQueriesContext(connection) as queries:
            admin_client.get(DESK)
        return len(queries)

    few = add(24)
    assert few <= 35
    assert add(300) == few


@pytest.mark.parametrize("query", ["due=%00", "due=abc", "dialogues=x", "dialogues=mine&due=soon"])
def test_the_filters_of_the_desk_take_any_word(admin_client: Client, query: str) -> None:
    make.initiative()
    answer = admin_client.get(f"{address(Initiative, 'changelist')}?{query}", follow=True)
    assert answer.status_code in (200, 400)


@pytest.mark.parametrize(
    "due", [None, "2026", "2027", "2026-11", "2026-12", "2027-02", "2026-11-22", "2026-11-23"]
)
@pytest.mark.parametrize("status", ["under_way", "continuing", "delivered", "stalled"])
def test_near_is_the_same_in_sql_and_in_python(due: str | None, status: str) -> None:
    on = datetime.date(2026, 11, 23)
    initiative = make.initiative(due_on=due)
    make.update(initiative=initiative, status=status)
    initiative.refresh_from_db()
    for days in (0, 1, 30, 38, 39, 97, 365):
        day = on - datetime.timedelta(days=days)
        found = Initiative.objects.due_soon(day).exists()
        assert found is initiative.is_due_soon(day), (due, day)
    last_day = {"2026": True, "2027": False, "2026-12": True, "2027-02": False, None: False}
    if status == "under_way" and due in last_day:
        assert initiative.is_due_soon(on) is last_day[due]
