"""The inbox names what waits for a person, each row once, with its next step; its counts and lists agree."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.contrib.admin import ModelAdmin, site
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from initiatives.admin.inbox.model_groups import EVERYDAY, SYSTEM
from initiatives.admin.inbox.scope import Scope
from initiatives.facets.index import index
from initiatives.models import (
    AnyEntry,
    FollowUpPlan,
    Initiative,
    LoadConflict,
    Meeting,
    Theme,
)
from initiatives.models.follow_up_plans import followed_by
from initiatives.recording import actions, reviews
from initiatives.recording.publication import publish
from tests import make
from tests.admin_forms import address
from tests.people import client_of, make_person

pytestmark = pytest.mark.django_db

INBOX = "/admin/"
TODAY = timezone.localdate()
NEWS: dict[str, Any] = {
    "status": "under_way",
    "on": (TODAY - datetime.timedelta(days=9)).isoformat(),
}


def day(days: int) -> str:
    return (TODAY + datetime.timedelta(days=days)).isoformat()


def inbox(client: Client, query: str = "") -> Any:
    page = client.get(INBOX + query)
    assert page.status_code == 200
    return page.context["inbox"]


def counts(client: Client, query: str = "") -> dict[str, int]:
    """What stands beside the queues, without zeros."""
    found = inbox(client, query)
    return {queue.name: queue.count for queue in found.queues if queue.count}


def later(client: Client, query: str = "") -> dict[str, int]:
    return {each.name: each.rows for each in inbox(client, query).later if each.rows}


def rows(client: Client, query: str = "") -> dict[str, list[str]]:
    """The titles of each section."""
    found = inbox(client, query).sections
    return {section.name: [item.title for item in section.items] for section in found}


def overdue(title: str = "Overdue one", **kwargs: Any) -> Initiative:
    initiative = make.initiative(title=title, due_on=day(-40), **kwargs)
    make.update(initiative=initiative, **NEWS)
    return initiative


def near(title: str = "Near one", **kwargs: Any) -> Initiative:
    initiative = make.initiative(title=title, due_on=day(40), **kwargs)
    make.update(initiative=initiative, **NEWS)
    return initiative


def plan(initiative: Initiative, person: User | None = None, **kwargs: Any) -> FollowUpPlan:
    return FollowUpPlan.objects.create(initiative=initiative, responsible=person, **kwargs)


def submitted(by: User, **kwargs: Any) -> AnyEntry:
    draft = make.update(publication="draft", **NEWS, **kwargs)
    reviews.submit(by=by, row=draft)
    return draft


def returned(by: User, **kwargs: Any) -> AnyEntry:
    draft = submitted(by, **kwargs)
    reviews.give_back(by=None, row=draft, reason="The place is missing.")
    return draft


def past_meeting(**kwargs: Any) -> Meeting:
    return make.meeting(title="Past one", state="planned", starts_on=day(-2), **kwargs)


def fill(editor: User, **kwargs: Any) -> None:
    """Something for every queue and list, and a closed initiative for none."""
    overdue(**kwargs)
    near(**kwargs)
    reviewed = make.initiative(title="To review again", **kwargs)
    plan(reviewed, next_review_on=TODAY)
    make.update(initiative=reviewed, **NEWS)
    silent = make.initiative(title="Silent one", **kwargs)
    make.update(initiative=silent, status="preparing", on="2004")
    make.initiative(title="Unseen one", due_on=day(-40), **kwargs)
    claimed = make.initiative(title="Claimed one", **kwargs)
    make.update(initiative=claimed, report=make.report(kind="statement"), **NEWS)
    endless = make.initiative(title="Endless one", due_on="2099", **kwargs)
    make.update(initiative=endless, **NEWS | {"status": "continuing"})
    make.initiative(title="Draft one", publication="draft", due_on="2001", **kwargs)
    make.mention(initiative=claimed, publication="draft", act="restated")
    make.criterion(initiative=claimed, publication="draft")
    submitted(editor, initiative=claimed)
    returned(editor, initiative=claimed)
    past_meeting(**kwargs)
    closed = make.initiative(title="Closed one", due_on=day(-40), **kwargs)
    make.update(initiative=closed, status="delivered", on="2001")


QUEUES = {
    "to_review": 1,
    "overdue": 1,
    "due_soon": 1,
    "review_due": 1,
    "meetings": 1,
}
LATER = {
    "due_unreviewed": 1,
    "not_reviewed": 1,
    "stale": 1,
    "one_sided": 1,
    "contradictory": 1,
    "draft_initiatives": 1,
    "draft_updates": 2,
    "draft_criteria": 1,
    "draft_mentions": 1,
}


# --- What is in it --------------------------------------------------------------------------------


def test_an_empty_inbox_shows_every_queue_with_a_zero(admin_client: Client) -> None:
    page = admin_client.get(INBOX)
    found = page.context["inbox"]
    assert {queue.name for queue in found.queues} == {"", *QUEUES, "returned", "conflicts"}
    assert {queue.count for queue in found.queues} == {0}
    assert {each.name for each in found.later} == set(LATER)
    assert "Nothing waits." in page.text


def test_every_queue_counts_what_belongs_to_it(admin_client: Client) -> None:
    fill(make_person("Editor"))
    LoadConflict.objects.create(source="r", kind="theme", key="water")
    found = counts(admin_client, "?scope=all")
    total = found.pop("")
    assert found == QUEUES | {"returned": 1, "conflicts": 1}
    assert total == sum(found.values())
    assert later(admin_client, "?scope=all") == LATER


def test_every_count_leads_to_as_many_rows(admin_client: Client) -> None:
    fill(make_person("Editor"))
    fill(make_person("Editor"))
    LoadConflict.objects.create(source="r", kind="theme", key="water")
    found = inbox(admin_client, "?scope=all")
    for queue in found.queues:
        sections = admin_client.get(queue.url).context["inbox"].sections
        assert sum(len(section.items) for section in sections) == queue.count, queue.name
    for each in found.later:
        listed = admin_client.get(each.url).context["cl"]
        assert listed.result_count == each.rows > 0, each.name


def test_a_row_in_several_queues_is_shown_once_with_its_other_reasons(
    admin_client: Client,
) -> None:
    initiative = overdue("Much to do")
    plan(initiative, next_review_on=TODAY)
    other = near("Less to do")
    plan(other, next_review_on=TODAY)
    LoadConflict.objects.create(source="r", kind="initiative", key=other.slug, title="Less to do")
    submitted(make_person("Editor"), initiative=initiative)
    assert rows(admin_client) == {
        "to_review": ["Much to do"],
        "conflicts": ["Initiative: Less to do"],
    }
    found = inbox(admin_client)
    review, conflict = found.sections
    assert review.items[0].also == ["overdue", "next review due"]
    assert conflict.items[0].also == ["due within 90 days", "next review due"]
    assert counts(admin_client)[""] == 2
    # Each queue has all of its rows on a page of its own.
    assert rows(admin_client, "?queue=overdue") == {"overdue": ["Much to do"]}
    assert rows(admin_client, "?queue=review_due")["review_due"] == ["Much to do", "Less to do"]
    assert counts(admin_client)["review_due"] == 2


def test_what_is_listed_above_is_told_and_not_counted_again(admin_client: Client) -> None:
    first = overdue("First")
    plan(first, next_review_on=TODAY)
    plan(make.initiative(title="Second"), next_review_on=TODAY)
    (_overdue, again) = inbox(admin_client).sections
    assert (again.count, again.elsewhere) == (1, 1)
    assert "1 more is listed above." in admin_client.get(INBOX).text


def test_the_first_rows_are_the_most_pressing(admin_client: Client) -> None:
    for year in [*range(2011, 2018), *range(2005, 2011)]:
        make.update(initiative=make.initiative(title=f"Due in {year}", due_on=str(year)))
    found = inbox(admin_client).sections[0]
    assert (found.name, found.count) == ("overdue", 13)
    assert [row.title for row in found.items] == [f"Due in {year}" for year in range(2005, 2015)]
    assert "Show all: Overdue" in admin_client.get(INBOX).text


def test_a_long_queue_has_pages(admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("initiatives.admin.inbox.page.ROWS_OF_ONE", 2)
    for year in range(2005, 2010):
        make.update(initiative=make.initiative(title=f"Due in {year}", due_on=str(year)))
    page = admin_client.get(f"{INBOX}?queue=overdue&page=2")
    assert "3–4 of 5" in page.text
    assert "?queue=overdue&amp;page=3" in page.text
    titles = [item.title for item in page.context["inbox"].sections[0].items]
    assert titles == ["Due in 2007", "Due in 2008"]


# --- The next step --------------------------------------------------------------------------------


def test_each_row_has_one_next_step_that_is_there(admin_client: Client) -> None:
    fill(make_person("Editor"))
    LoadConflict.objects.create(source="r", kind="theme", key="water")
    steps = {}
    for section in inbox(admin_client, "?scope=all").sections:
        for item in section.items:
            steps[section.name] = item.step
            assert admin_client.get(item.step_url).status_code == 200, section.name
            assert admin_client.get(item.url).status_code == 200, section.name
    assert steps == {
        "to_review": "Review",
        "returned": "Correct",
        "conflicts": "Settle",
        "overdue": "Record status",
        "due_soon": "Record status",
        "review_due": "Set next review",
        "meetings": "Say what happened",
    }


def test_a_row_leaves_with_its_step(admin_client: Client) -> None:
    draft = submitted(make_person("Editor"), initiative=(initiative := overdue()))
    assert set(counts(admin_client)) == {"", "to_review", "overdue"}
    publish(by=None, row=draft)
    assert set(counts(admin_client)) == {"", "overdue"}
    make.update(initiative=initiative, status="delivered", on=day(-1))
    assert counts(admin_client) == {}
    meeting = past_meeting()
    planned = plan(make.initiative(), next_review_on=TODAY)
    assert set(counts(admin_client)) == {"", "meetings", "review_due"}
    Meeting.objects.filter(pk=meeting.pk).update(state="held")
    planned.next_review_on = TODAY + datetime.timedelta(days=1)
    planned.save()
    assert counts(admin_client) == {}


def test_a_meeting_that_is_still_to_come_or_has_no_date_does_not_wait(admin_client: Client) -> None:
    make.meeting(state="planned", starts_on=day(1))
    make.meeting(state="planned", starts_on=day(-3), ends_on=day(0))
    make.meeting(state="planned", starts_on=None)
    make.meeting(state="postponed", starts_on=day(-9))
    assert counts(admin_client) == {}


def test_who_may_not_record_is_not_led_there() -> None:
    overdue()
    person = make_person()
    codes = ["view_initiative", "view_statusupdate"]
    person.user_permissions.set(Permission.objects.filter(codename__in=codes))
    (section,) = inbox(client_of(person)).sections
    assert [item.step for item in section.items] == [""]
    assert "Record status" not in client_of(person).get(INBOX).text


def test_who_has_no_role_finds_an_empty_page() -> None:
    fill(make_person("Editor"))
    page = client_of(make_person()).get(INBOX)
    found = page.context["inbox"]
    assert (found.queues, found.sections, found.later) == ([], [], [])
    assert "Overdue one" not in page.text


# --- Returned drafts ------------------------------------------------------------------------------


def test_a_returned_draft_is_back_with_whoever_submitted_it() -> None:
    editor, other = make_person("Editor"), make_person("Editor")
    draft = returned(editor, initiative=make.initiative(title="Mine again"))
    assert rows(client_of(editor))["returned"] == ["Mine again"]
    (section,) = inbox(client_of(editor)).sections
    assert "“The place is missing.”" in section.items[0].about
    assert "returned" not in rows(client_of(other))
    assert rows(client_of(other), "?scope=all")["returned"] == ["Mine again"]
    reviews.submit(by=editor, row=draft)
    assert counts(client_of(editor)) == {}
    reviews.give_back(by=None, row=draft, reason="Still missing.")
    assert counts(client_of(editor)) == {"": 1, "returned": 1}


@pytest.mark.parametrize("settle", ["publish", "withdraw", "correct"])
def test_a_returned_draft_that_is_settled_waits_no_more(settle: str) -> None:
    editor = make_person("Editor")
    draft: Any = returned(editor, initiative=make.initiative())
    assert counts(client_of(editor)) == {"": 1, "returned": 1}
    if settle == "publish":
        publish(by=None, row=draft)
    elif settle == "withdraw":
        actions.withdraw(by=None, entry=draft, reason="Of another university.")
    else:
        make.update(initiative=draft.initiative, corrects=draft, publication="draft", **NEWS)
    assert counts(client_of(editor)) == {}


def test_a_draft_that_waits_is_to_be_reviewed_by_who_may_publish() -> None:
    editor = make_person("Editor")
    submitted(editor, initiative=overdue())
    assert set(counts(client_of(make_person("Publisher")))) == {"", "to_review", "overdue"}
    assert set(counts(client_of(editor))) == {"", "overdue"}
    (section,) = inbox(client_of(editor)).sections
    assert section.items[0].also == ["a draft waits for review"]
    assert client_of(editor).get(f"{INBOX}?queue=to_review").status_code == 404


def test_what_an_editor_may_not_settle_is_not_in_their_inbox() -> None:
    initiative = overdue()
    LoadConflict.objects.create(source="r", kind="initiative", key=initiative.slug)
    past_meeting()
    queues = {"", "conflicts", "overdue", "meetings"}
    assert set(counts(client_of(make_person("Publisher")))) == queues
    editor = client_of(make_person("Editor"))
    assert set(counts(editor)) == {"", "overdue"}
    assert inbox(editor).sections[0].items[0].also == ["in conflict with a load"]


# --- Mine and all ---------------------------------------------------------------------------------


def test_mine_is_what_i_answer_for_and_what_nobody_does_in_my_dialogues() -> None:
    own, other = make.dialogue(), make.dialogue()
    me, colleague = make_person("Editor", dialogues=[own]), make_person("Editor")
    left = make_person("Editor", is_active=False)
    overdue("Free and of my dialogue", dialogue=own)
    overdue("Free and of another", dialogue=other)
    plan(overdue("Mine", dialogue=own), me)
    plan(overdue("Mine, of another dialogue", dialogue=other), me)
    plan(overdue("Of a colleague", dialogue=own), colleague)
    plan(overdue("Of one who has left", dialogue=own), left)
    plan(overdue("Planned, of nobody", dialogue=own), next_review_on=TODAY)
    mine = {
        "Free and of my dialogue",
        "Mine",
        "Mine, of another dialogue",
        "Of one who has left",
        "Planned, of nobody",
    }
    client = client_of(me)
    assert set(rows(client)["overdue"]) == mine
    assert len(rows(client, "?scope=all")["overdue"]) == 7
    theirs = mine - {"Mine", "Mine, of another dialogue"} | {
        "Of a colleague",
        "Free and of another",
    }
    assert set(rows(client_of(colleague))["overdue"]) == theirs
    # The same rule in SQL, in memory and in the list of the desk.
    in_sql = Initiative.objects.filter(followed_by(me, frozenset({own.pk})))
    assert set(in_sql.values_list("title", flat=True)) == mine
    assert set(Scope(me, False).public(index())) == set(in_sql.values_list("pk", flat=True))
    listed = client.get(address(Initiative, "changelist"), {"responsible": "mine"}).context["cl"]
    assert {row.title for row in listed.result_list} == mine


def test_a_draft_that_is_to_be_looked_at_again_is_mine_by_the_same_rule() -> None:
    own = make.dialogue()
    me, colleague = make_person("Editor", dialogues=[own]), make_person("Editor")
    for title, person in (("Free", None), ("Mine", me), ("Not mine", colleague)):
        draft = make.initiative(title=title, dialogue=own, publication="draft")
        plan(draft, person, next_review_on=TODAY)
    assert set(rows(client_of(me))["review_due"]) == {"Free", "Mine"}
    assert later(client_of(me)) == {"draft_initiatives": 2}
    (drafts,) = (each for each in inbox(client_of(me)).later if each.name == "draft_initiatives")
    assert client_of(me).get(drafts.url).context["cl"].result_count == 2


def test_every_list_has_the_rows_of_my_dialogues() -> None:
    mine, other = make.dialogue(name="Mine"), make.dialogue(name="Other")
    fill(make_person("Editor"), dialogue=mine)
    fill(make_person("Editor"), dialogue=other)
    client = client_of(make_person("Publisher", dialogues=[mine]))
    found = counts(client)
    assert found.pop("") == sum(found.values())
    assert found == QUEUES
    assert later(client) == LATER
    assert inbox(client).dialogues == [mine]
    for each in inbox(client).later:
        assert client.get(each.url).context["cl"].result_count == each.rows, each.name
    everything = client_of(make_person("Publisher"))
    assert later(everything) == {name: 2 * count for name, count in LATER.items()}


def test_who_works_on_all_dialogues_is_offered_no_filter_for_some(admin_client: Client) -> None:
    make.initiative()
    page = admin_client.get(address(Initiative, "changelist"), {"dialogues": "mine"})
    assert page.context["cl"].result_count == 1
    assert "my dialogues" not in page.text


# --- The page -------------------------------------------------------------------------------------


def test_the_inbox_asks_as_much_for_10_initiatives_as_for_300(admin_client: Client) -> None:
    meeting, report = make.meeting(), make.report()
    rest: dict[str, Any] = {"participant": make.participant(), "theme": make.theme()}

    def add(count: int) -> int:
        made = make.initiatives(count, raised_at=meeting, report=report, due_on="2023", **rest)
        plan(made[0], next_review_on=TODAY)
        admin_client.get(INBOX)
        with CaptureQueriesContext(connection) as queries:
            admin_client.get(INBOX)
        return len(queries)

    few = add(24)
    assert few <= 35
    assert add(300) == few


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("queue=none", 404),
        ("queue=%C2%B2", 404),
        ("scope=mine&scope=abc", 200),
        ("queue=overdue&page=abc", 200),
        ("queue=overdue&page=99999999999999999999", 200),
        ("queue=overdue&page=-1&scope=all", 200),
        ("nonsense=1", 200),
    ],
)
def test_the_address_takes_any_query(admin_client: Client, query: str, status: int) -> None:
    overdue()
    assert admin_client.get(f"{INBOX}?{query}").status_code == status


def test_every_list_of_the_desk_is_in_one_group(admin_client: Client) -> None:
    page = admin_client.get(INBOX)
    groups = {group.name: group.lists for group in page.context["model_groups"]()}
    assert [each.title for each in groups["everyday"]] == [
        "Initiatives",
        "Status updates",
        "Reports",
        "Meetings",
        "Upload a file",
    ]
    models = [model.__name__ for model in site._registry]
    listed = [each.url for lists in groups.values() for each in lists]
    # Besides, one to upload a file, and what is to be translated.
    assert len(listed) == len(set(listed)) == len(models) + 2
    assert {*models} >= {*EVERYDAY, *SYSTEM}
    assert page.text.count("<details>") == 2


def test_other_pages_ask_of_the_everyday_lists_only(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rights to all lists are many questions, which no page but those that show all lists should ask."""
    asked = set[str]()

    def ask(admin: ModelAdmin[Any], request: object) -> bool:
        asked.add(admin.model.__name__)
        return True

    monkeypatch.setattr(ModelAdmin, "has_module_permission", ask)
    page = admin_client.get(address(Theme, "changelist"))
    assert asked == {*EVERYDAY}
    assert all(f'<a href="{each.url}"' in page.text for each in page.context["everyday_lists"]())


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
