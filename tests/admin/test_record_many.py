"""The status of many initiatives is recorded on one page: all of them or none."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.contrib.messages import get_messages
from django.test import Client

from initiatives.admin.follow_up.record_many import MAX_INITIATIVES
from initiatives.models import Initiative, Report, StatusUpdate
from tests import make
from tests.admin_forms import address
from tests.entry_forms import NEW_REPORT, RECORD_MANY

pytestmark = pytest.mark.django_db


def typed(*rows: Initiative, **changes: Any) -> dict[str, Any]:
    """What the browser sends: one text and one new report for all."""
    data: dict[str, Any] = {
        "initiative": [row.pk for row in rows],
        "status": "under_way",
        "on": "2024-08",
        "what": "Work goes on.",
        "locator": "p. 1",
        "publication": "public",
        "language": "en",
        **NEW_REPORT,
    }
    for row in rows:
        data |= {f"row-{row.pk}-{name}": "" for name in ("status", "on", "what", "locator")}
    return data | changes


def messages_of(response: Any) -> str:
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def test_chosen_rows_of_the_list_come_to_one_page(admin_client: Client) -> None:
    first, second, _other = make.initiative(), make.initiative(), make.initiative()
    chosen = {"action": "record_statuses", "_selected_action": [first.pk, second.pk]}
    page = admin_client.post(address(Initiative, "changelist"), chosen, follow=True)
    assert page.request["PATH_INFO"] == RECORD_MANY
    assert {row.initiative for row in page.context["rows"]} == {first, second}
    assert first.title in page.text


def test_one_report_and_one_text_are_recorded_for_all(admin_client: Client) -> None:
    first, second = make.initiative(), make.initiative()
    row_values = {
        f"row-{second.pk}-status": "stalled",
        f"row-{second.pk}-on": "2024-07",
        f"row-{second.pk}-what": "No money.",
        f"row-{second.pk}-locator": "p. 9",
    }
    answer = admin_client.post(RECORD_MANY, typed(first, second, **row_values))
    assert answer.status_code == 302
    assert "The statuses of 2 initiatives are recorded" in messages_of(answer)
    report = Report.objects.get()
    rows = {
        update.initiative: (update.status, update.on, update.what, update.locator)
        for update in StatusUpdate.objects.filter(report=report).select_related("initiative")
    }
    assert rows == {
        first: ("under_way", "2024-08", "Work goes on.", "p. 1"),
        second: ("stalled", "2024-07", "No money.", "p. 9"),
    }
    second.refresh_from_db()
    assert second.delivery_status == "stalled"
    by = User.objects.get()
    assert set(StatusUpdate.objects.values_list("recorded_by", flat=True)) == {by.pk}


def test_an_existing_report_is_chosen_for_all(admin_client: Client) -> None:
    first, report = make.initiative(), make.report(published_on="2024-09")
    nothing_new = dict.fromkeys(NEW_REPORT, "") | {"report_language": "en"}
    answer = admin_client.post(RECORD_MANY, typed(first, **nothing_new, report=report.pk))
    assert answer.status_code == 302
    assert StatusUpdate.objects.get().report == report


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("status", "finished", "valid choice"),
        ("on", "mid-2024", "is not a date"),
        ("on", "2099", "still to come"),
        ("on", "2022-03", "proposed on 15 April 2022"),
        ("locator", "x" * 201, "at most 200"),
        ("what", "a\0b", "Null characters"),
    ],
)
def test_one_wrong_row_keeps_all_out_and_is_told_in_the_row(
    admin_client: Client, name: str, value: str, message: str
) -> None:
    first = make.initiative()
    wrong = make.initiative(raised_at=make.meeting(starts_on="2022-04-15"))
    data = typed(first, wrong, **{f"row-{wrong.pk}-{name}": value})
    page = admin_client.post(RECORD_MANY, data)
    assert page.status_code == 200
    errors = {row.initiative: dict(row.errors) for row in page.context["rows"]}
    assert not errors[first]
    assert message in str(errors[wrong][name])
    assert "Work goes on." in page.text
    assert not StatusUpdate.objects.exists()
    assert not Report.objects.exists()


@pytest.mark.parametrize("name", ["status", "what", "locator"])
def test_what_nobody_gives_is_missed_in_each_row(admin_client: Client, name: str) -> None:
    first, second = make.initiative(), make.initiative()
    row_values = {"status": "delivered", "what": "It opened.", "locator": "p. 2"}[name]
    data = typed(first, second, **{name: "", f"row-{second.pk}-{name}": row_values})
    page = admin_client.post(RECORD_MANY, data)
    errors = {row.initiative: list(row.errors) for row in page.context["rows"]}
    assert errors == {first: [name], second: []}
    assert not StatusUpdate.objects.exists()


def test_without_a_report_every_row_says_so(admin_client: Client) -> None:
    data = typed(make.initiative(), **dict.fromkeys(NEW_REPORT, ""))
    page = admin_client.post(RECORD_MANY, data)
    assert "Give the report" in str(page.context["rows"][0].non_field_errors())


def test_what_disagrees_is_asked_back_for_all_rows_together(admin_client: Client) -> None:
    first, second = make.initiative(), make.initiative()
    make.update(initiative=second, on="2024-09", status="delivered")
    page = admin_client.post(RECORD_MANY, typed(first, second))
    assert "A later entry decides" in page.text
    assert "Nothing saved yet. Check 1 row" in page.text
    assert StatusUpdate.objects.count() == 1
    token = page.context["token"]
    assert (
        admin_client.post(RECORD_MANY, typed(first, second, _confirm="x" * 16)).status_code == 200
    )
    assert admin_client.post(RECORD_MANY, typed(first, second, _confirm=token)).status_code == 302
    assert StatusUpdate.objects.count() == 3


def test_now_and_then_are_shown_for_each_row(admin_client: Client) -> None:
    page = admin_client.post(RECORD_MANY, typed(make.initiative(), _preview="1"))
    (row,) = page.context["rows"]
    assert row.outlook.after.delivery_status == "under_way"
    text = " ".join(page.text.split())
    assert "Not yet reviewed → <strong>Under way, August 2024</strong>" in text
    assert not StatusUpdate.objects.exists()


def test_too_many_rows_are_refused_in_words(admin_client: Client) -> None:
    rest: dict[str, Any] = {"participant": make.participant(), "theme": make.theme()}
    rows = make.initiatives(
        MAX_INITIATIVES + 1, raised_at=make.meeting(), report=make.report(), **rest
    )
    keys = [row.pk for row in rows]
    chosen = {"action": "record_statuses", "_selected_action": keys[:1], "select_across": "1"}
    answer = admin_client.post(address(Initiative, "changelist"), chosen)
    assert "200 initiatives at most" in messages_of(answer)
    answer = admin_client.get(RECORD_MANY, {"initiative": keys})
    assert answer.status_code == 302
    assert "200 initiatives at most" in messages_of(answer)


def test_200_rows_are_checked_with_as_many_questions_as_two(
    admin_client: Client, django_assert_max_num_queries: Any
) -> None:
    rest: dict[str, Any] = {"participant": make.participant(), "theme": make.theme()}
    meeting, report = make.meeting(), make.report(published_on="2024-09")
    rows = make.initiatives(
        MAX_INITIATIVES, raised_at=meeting, report=report, due_on="2030", **rest
    )
    for chosen in (rows[:2], rows):
        with django_assert_max_num_queries(20):
            page = admin_client.post(RECORD_MANY, typed(*chosen, _preview="1"))
        assert len(page.context["rows"]) == len(chosen)
    # A statement for each initiative that changes, and its search text; none to check a row.
    data = typed(*rows, _confirm=page.context["token"])
    with django_assert_max_num_queries(2 * MAX_INITIATIVES + 60):
        assert admin_client.post(RECORD_MANY, data).status_code == 302
    assert StatusUpdate.objects.filter(what="Work goes on.").count() == MAX_INITIATIVES


@pytest.mark.parametrize(
    "keys",
    [[], ["abc"], ["²"], ["\0"], ["-1"], ["9" * 30], ["0"], ["1.5"], ["1" * 19], [""]],
)
def test_rows_that_are_none_lead_back_to_the_list(admin_client: Client, keys: list[str]) -> None:
    for answer in (
        admin_client.get(RECORD_MANY, {"initiative": keys}),
        admin_client.post(RECORD_MANY, {"initiative": keys}),
    ):
        assert answer.status_code in (302, 400)


@pytest.mark.parametrize(
    "changes",
    [
        {"report": "²"},
        {"report": "9" * 30},
        {"publication": "secret"},
        {"status": "\0"},
        {"report_url": "https://[::1"},
        {"report_url": "\0"},
        {"_confirm": "\ud83d".encode("utf-8", "replace")},
        {"on": "2022-02-30"},
        {"row-1-status": "x", "row-x-status": "y"},
    ],
)
def test_whatever_is_sent_nothing_is_written(admin_client: Client, changes: dict[str, Any]) -> None:
    data = typed(make.initiative(), make.initiative(), **{"_preview": "1"} | changes)
    assert admin_client.post(RECORD_MANY, data).status_code in (200, 400)
    assert not StatusUpdate.objects.exists()


def test_a_row_that_is_named_twice_is_recorded_once(admin_client: Client) -> None:
    row = make.initiative()
    data = typed(row) | {"initiative": [row.pk, row.pk, f"0{row.pk}"]}
    assert admin_client.post(RECORD_MANY, data).status_code == 302
    assert StatusUpdate.objects.count() == 1


def test_who_may_not_record_is_refused(client: Client) -> None:
    reader = User.objects.create_user("reader", is_staff=True)
    reader.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client.force_login(reader)
    row = make.initiative()
    assert client.get(RECORD_MANY, {"initiative": row.pk}).status_code == 403
    assert client.post(RECORD_MANY, typed(row)).status_code == 403
    page = client.get(address(Initiative, "changelist"))
    assert "record_statuses" not in page.text


def test_a_stranger_is_sent_to_sign_in(client: Client) -> None:
    assert "/login/" in client.post(RECORD_MANY, typed(make.initiative())).headers["Location"]


def test_who_looked_in_vain_is_recorded_for_all(admin_client: Client) -> None:
    rows = [make.initiative(), make.initiative()]
    nothing = dict.fromkeys(NEW_REPORT, "") | {"report_language": "en"}
    look = {
        "status": "no_information",
        "on": "",
        "locator": "",
        "looked_by": "the editors",
        "looked_on": "2026-05-03",
        "looked_in": "the sites of both ministries",
    }
    answer = admin_client.post(RECORD_MANY, typed(*rows, **nothing, **look))
    assert answer.status_code == 302
    for update in StatusUpdate.objects.all():
        assert (update.report, update.on, update.looked_by) == (None, "2026-05-03", "the editors")
    assert StatusUpdate.objects.count() == 2
    page = admin_client.post(RECORD_MANY, typed(*rows, **nothing, **look | {"looked_in": ""}))
    assert "Say who looked, on which full day and where." in page.text
    assert StatusUpdate.objects.count() == 2
