"""The short form for a status: it checks, looks ahead, asks back, and takes the document in place."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from initiatives.models import Initiative, Report, StatusUpdate
from tests import make
from tests.admin_forms import address, errors, filled, saved, send
from tests.rewriting import rewritten

pytestmark = pytest.mark.django_db

NEW = {
    "report_url": "https://example.org/news/7",
    "report_title": "Press release on the university",
    "report_publisher": "Ministry",
    "report_kind": "press",
    "report_published_on": "2024-09",
}


def status_values(**changes: Any) -> dict[str, Any]:
    values = {"status": "under_way", "on": "2024-08", "what": "The roof is on.", "locator": "p. 1"}
    return {**values, "language": "en", **changes}


def form_of(response: Any) -> Any:
    assert response.status_code == 200, response.status_code
    return response.context["adminform"].form


@pytest.fixture
@rewritten
def url() -> str:
    return address(make.initiative(), "record_status")


def test_a_new_document_is_added_with_the_status(admin_client: Client, url: str) -> None:
    page = saved(admin_client, url, **status_values(), **NEW)
    update = StatusUpdate.objects.get()
    report = Report.objects.get()
    assert update.report == report
    assert (report.title, report.publisher, report.kind) == (
        "Press release on the university",
        "Ministry",
        "press",
    )
    assert (report.published_on, report.language) == ("2024-09", "en")
    assert "status changed from “Not yet reviewed” to “Under way”" in page.text


def test_the_document_of_an_address_that_is_here_is_used(admin_client: Client, url: str) -> None:
    existing = make.report(url="http://www.example.org/news/7/", published_on="2024-09")
    page = saved(admin_client, url, **status_values(), report_url=NEW["report_url"])
    assert StatusUpdate.objects.get().report == existing
    assert Report.objects.count() == 1
    assert f"is here already and is used: {existing}" in page.text


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"report_title": "Press release"}, "report_url"),
        ({"report_url": "https://example.org/x"}, "report_title"),
        ({"report_url": "javascript:alert(1)"}, "report_url"),
        ({"report_url": "ftp://example.org/x"}, "report_url"),
        ({"report_url": "https://[::1"}, "report_url"),
        ({"report_url": "https://example.org/" + "x" * 1000}, "report_url"),
        (NEW | {"report_kind": "rumour"}, "report_kind"),
        (NEW | {"report_kind": ""}, "report_kind"),
        (NEW | {"report_published_on": "mid-2024"}, "report_published_on"),
        (NEW | {"report_language": "x y"}, "report_language"),
        (NEW | {"report_language": ""}, "report_language"),
        (NEW | {"report_title": "a\0b"}, "report_title"),
        (NEW | {"report_publisher": "x" * 201}, "report_publisher"),
    ],
)
def test_a_wrong_document_is_sent_back_at_its_field(
    admin_client: Client, url: str, typed: dict[str, str], field: str
) -> None:
    form = form_of(send(admin_client, url, **status_values(), **typed))
    assert field in form.errors
    # The part of the form is not folded away when something in it is to be mended.
    assert form.adds_report
    assert form["what"].value() == "The roof is on."
    assert not Report.objects.exists()
    assert not StatusUpdate.objects.exists()


def test_one_document_is_chosen_or_added_but_not_both(admin_client: Client, url: str) -> None:
    page = send(admin_client, url, **status_values(report=make.report().pk), **NEW)
    assert "Choose a report above or add one here" in errors(page)
    existing = make.report(url=NEW["report_url"], published_on="2024-09")
    saved(admin_client, url, **status_values(report=existing.pk), report_url=NEW["report_url"])


def test_a_status_that_fails_leaves_no_document_behind(admin_client: Client, url: str) -> None:
    form = form_of(send(admin_client, url, **status_values(locator=None), **NEW))
    assert "locator" in form.errors
    assert not Report.objects.exists()


@pytest.mark.parametrize("missing", ["report", "locator"])
def test_missing_evidence_is_told_at_its_field(
    admin_client: Client, url: str, missing: str
) -> None:
    report = make.report(published_on="2024-09")
    form = form_of(send(admin_client, url, **status_values(report=report.pk) | {missing: None}))
    assert list(form.errors) == [missing]


@pytest.mark.parametrize(
    ("on", "told"),
    [("2099", "still to come"), ("2022-03", "proposed on 15 April 2022")],
)
def test_a_day_that_cannot_be_is_refused(admin_client: Client, on: str, told: str) -> None:
    initiative = make.initiative(raised_at=make.meeting(starts_on="2022-04-15"))
    page = send(admin_client, address(initiative, "record_status"), **status_values(on=on), **NEW)
    assert list(form_of(page).errors) == ["on"]
    assert told in page.text
    assert not StatusUpdate.objects.exists()


def test_what_disagrees_is_asked_back_with_the_text_kept(admin_client: Client) -> None:
    initiative = make.initiative()
    make.update(initiative=initiative, status="delivered", on="2024-09")
    url = address(initiative, "record_status")
    page = send(admin_client, url, **status_values(note="Read twice."), **NEW)
    assert "A later entry decides: “Delivered”, as of September 2024" in page.text
    assert "Read twice." in page.text
    assert 'name="_confirm" value="older"' in page.text
    assert StatusUpdate.objects.count() == 1
    assert not Report.objects.filter(url=NEW["report_url"]).exists()
    # Saying “yes” to one doubt is not saying it to another that was not shown.
    data = filled(page, _confirm="late")
    assert admin_client.post(url, data).status_code == 200
    answer = admin_client.post(url, filled(page, _confirm="older"))
    assert answer.status_code == 302
    assert StatusUpdate.objects.count() == 2


def test_sending_twice_records_once(admin_client: Client, url: str) -> None:
    data = filled(admin_client.get(url), **status_values(), **NEW)
    assert admin_client.post(url, data).status_code == 302
    assert "recorded already" in admin_client.post(url, data).text
    assert StatusUpdate.objects.count() == 1


def test_what_will_change_is_shown_and_nothing_written(admin_client: Client) -> None:
    initiative = make.initiative(due_on="2025")
    url = address(initiative, "record_status")
    page = send(admin_client, url, **status_values(status="stalled"), **NEW, _preview="1")
    changes = {name: (now, then) for name, now, then in form_of(page).outlook.changes}
    assert changes["Delivery"] == ("Not yet reviewed", "Stalled")
    assert changes["Best evidence"] == ("–", "Press")
    assert "It was due 2025; with this status it is overdue." in page.text
    assert not StatusUpdate.objects.exists()
    assert not Report.objects.exists()


def test_half_a_form_is_enough_to_look_ahead(admin_client: Client, url: str) -> None:
    page = send(admin_client, url, status="delivered", _preview="1")
    assert form_of(page).outlook.after.delivery_status == "delivered"
    page = send(admin_client, url, status="delivered", on="soon", _preview="1")
    assert form_of(page).outlook is None


def test_a_correction_looks_ahead_without_what_it_corrects(admin_client: Client) -> None:
    update = make.update(status="delivered", on="2022-04-17")
    url = address(update, "correct")
    page = send(admin_client, url, status="under_way", _preview="1")
    assert form_of(page).outlook.doubts == []
    assert form_of(page).outlook.after.delivery_status == "under_way"


def test_the_form_without_an_initiative_checks_too(admin_client: Client) -> None:
    initiative = make.initiative()
    url = address(StatusUpdate, "add")
    page = send(admin_client, url, **status_values(on="2099"), **NEW, initiative=initiative.pk)
    assert list(form_of(page).errors) == ["on"]
    saved(admin_client, url, **status_values(), **NEW, initiative=initiative.pk)
    assert StatusUpdate.objects.get().initiative == initiative


def test_the_form_without_an_initiative_offers_its_targets_once_it_is_chosen(
    admin_client: Client,
) -> None:
    url = address(StatusUpdate, "add")
    page = admin_client.get(url)
    assert "target" not in form_of(page).fields
    assert "Choose the initiative above and press “Show what will change”" in page.text
    without, target = make.initiative(), make.target(metric="teachers trained")
    chosen = {"initiative": target.initiative_id, "report": make.report(published_on="2024-09").pk}
    page = send(admin_client, url, initiative=without.pk, _preview="1")
    assert "No target of this initiative is recorded" in page.text
    assert "target" not in form_of(page).fields
    page = admin_client.post(url, filled(page, **chosen, _preview="1"))
    assert list(form_of(page).fields["target"].queryset) == [target]
    reading = status_values(status="", what="", target=target.pk, value="12")
    response = admin_client.post(url, filled(page, **chosen, **reading))
    assert response.status_code == 302, errors(response)
    assert StatusUpdate.objects.get().reading == "teachers trained: 12 of 600"
    # What can be no key is told as such.
    assert send(admin_client, url, initiative="x", _preview="1").status_code == 200


def test_what_was_reached_is_typed_with_a_comma_in_russian(admin_client: Client) -> None:
    target = make.target(metric="teachers trained")
    url = f"/ru{address(target.initiative, 'record_status')}"
    reading = status_values(status="", what="", target=target.pk, value="2,5")
    saved(admin_client, url, **reading, report=make.report(published_on="2024-09").pk)
    assert StatusUpdate.objects.get().reading == "teachers trained: 2.5 of 600"


def test_one_countrys_part_is_recorded(admin_client: Client, url: str) -> None:
    japan = make.participant()
    saved(admin_client, url, **status_values(participant=japan.pk), **NEW)
    assert StatusUpdate.objects.get().participant == japan


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "%00"},
        {"report": "99999999999999999999"},
        {"report": "²", **NEW},
        {"on": "2022-13"},
        {"participant": "-1"},
        {"_confirm": "x" * 5000},
        {"_preview": "\0"},
        {"report_url": "\0"},
        {"report_url": "https://example.org/\ud83d"},
        {"report_url": "//"},
        {"report_language": "\U0001f600"},
        {"report_published_on": "9999-12-31", "report_url": "https://e.org/x"},
        {"what": "\u202e" * 3000},
        {"locator": ["a", "b"]},
    ],
)
def test_whatever_is_sent_the_answer_is_a_page(
    admin_client: Client, url: str, changes: dict[str, Any]
) -> None:
    data = filled(admin_client.get(url), **status_values())
    for name, value in changes.items():
        data[name] = value.encode("utf-8", "replace") if isinstance(value, str) else value
    assert admin_client.post(url, data).status_code in (200, 302, 400)


def test_the_form_costs_a_fixed_number_of_questions(
    admin_client: Client, django_assert_max_num_queries: Any
) -> None:
    initiative = make.initiative(raised_at=make.meeting())
    for number in range(1, 13):
        make.update(initiative=initiative, on=f"2023-{number:02}")
    url = address(initiative, "record_status")
    with django_assert_max_num_queries(11):
        page = admin_client.get(url)
    data = filled(page, **status_values(), **NEW)
    with django_assert_max_num_queries(29):
        admin_client.post(url, data | {"_preview": "1"})
    with django_assert_max_num_queries(133):
        assert admin_client.post(url, data).status_code == 302


def test_who_may_only_look_at_statuses_is_refused(client: Client, url: str) -> None:
    reader = User.objects.create_user("reader", is_staff=True)
    reader.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client.force_login(reader)
    assert client.post(url, status_values() | NEW).status_code == 403
    assert not Report.objects.exists()


def test_who_may_not_add_reports_chooses_one(client: Client, url: str) -> None:
    person = User.objects.create_user("person", is_staff=True)
    codes = ["view_initiative", "view_statusupdate", "add_statusupdate", "view_report"]
    person.user_permissions.set(Permission.objects.filter(codename__in=codes))
    client.force_login(person)
    page = send(client, url, **status_values(), **NEW)
    assert "You may not add reports" in page.text
    assert not Report.objects.exists()
    existing = make.report(url=NEW["report_url"], published_on="2024-09")
    assert client.post(url, status_values() | NEW | {"publication": "draft"}).status_code == 302
    assert StatusUpdate.objects.get().report == existing


def test_a_status_of_an_initiative_that_is_gone_is_not_found(admin_client: Client) -> None:
    initiative = make.initiative()
    url = address(initiative, "record_status")
    Initiative.objects.filter(pk=initiative.pk).delete()
    assert admin_client.get(url).status_code == 404
    # Whoever had the form open already keeps what they typed.
    assert "Somebody has deleted this initiative." in errors(
        admin_client.post(url, status_values() | NEW)
    )
    assert admin_client.post(url.replace(f"/{initiative.pk}/", "/99/"), {}).status_code == 404
    assert not Report.objects.exists()


# --- No public information ------------------------------------------------------------------------


def look_values(**changes: Any) -> dict[str, Any]:
    values = {
        "status": "no_information",
        "what": "Nothing of it.",
        "locator": "",
        "looked_by": "the editors",
        "looked_on": "2026-05-03",
        "looked_in": "the sites of both ministries",
    }
    return {**values, **changes}


def test_who_looked_is_enough_for_no_public_information(admin_client: Client, url: str) -> None:
    shown = send(admin_client, url, **look_values(_preview="1"))
    changes = {name: then for name, _now, then in form_of(shown).outlook.changes}
    assert (changes["Delivery"], changes["As of"]) == ("No public information", "3 May 2026")
    saved(admin_client, url, **look_values())
    update = StatusUpdate.objects.get()
    assert (update.report, update.looked_by, update.looked_on) == (
        None,
        "the editors",
        "2026-05-03",
    )
    assert (update.on, update.looked_in) == ("2026-05-03", "the sites of both ministries")
    page = admin_client.get(address(update, "change"))
    assert "the sites of both ministries" in page.text
    assert "3 May 2026" in page.text
    page = admin_client.get(address(update, "correct"))
    assert form_of(page).initial["looked_by"] == "the editors"


def test_a_look_and_a_document_stand_beside_each_other(admin_client: Client, url: str) -> None:
    saved(admin_client, url, **look_values(locator="p. 3", on="2024-08"), **NEW)
    update = StatusUpdate.objects.get()
    assert (update.report, update.on) == (Report.objects.get(), "2024-08")
    assert update.looked_by == "the editors"


@pytest.mark.every_case
@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"looked_by": ""}, "looked_by", "Say who looked, on which full day and where."),
        ({"looked_in": " "}, "looked_in", "Say who looked, on which full day and where."),
        ({"looked_on": ""}, "looked_on", "Say who looked, on which full day and where."),
        ({"looked_on": "2026-05"}, "looked_on", "Give the full day, such as 2026-05-03."),
        ({"looked_on": "2099-05-03"}, "looked_on", "still to come"),
        ({"looked_on": "3 May"}, "looked_on", "is not a date"),
        ({"status": "under_way"}, "looked_by", "of “no public information” only"),
        ({"status": "not_reviewed"}, "looked_by", "of “no public information” only"),
        (
            {"looked_by": "", "looked_on": "", "looked_in": ""},
            "report",
            "Give the report; or say who looked, on which day and where.",
        ),
    ],
)
def test_what_a_look_lacks_is_said_where_it_is_typed(
    admin_client: Client, url: str, changes: dict[str, str], field: str, message: str
) -> None:
    page = send(admin_client, url, **look_values(**changes))
    assert message in errors(page)
    assert field in form_of(page).errors
    assert not StatusUpdate.objects.exists()
