"""Whoever was signed out while typing is offered it again after signing in, and nobody else is."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from initiatives.admin.account import form_recovery
from initiatives.models import Initiative, Mention, StatusUpdate, Theme
from initiatives.recording import actions
from tests import make
from tests.admin_forms import address, errors, filled, saved
from tests.html_forms import boxes_of

pytestmark = pytest.mark.django_db

TYPED = reverse("admin:typed")


@pytest.fixture
def staff() -> User:
    return User.objects.create_superuser("staff", password="x")


@pytest.fixture
def browser(staff: User) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(staff)
    return client


def form_at(browser: Client, url: str, **changes: Any) -> dict[str, Any]:
    """The form of a page with its token, as the browser would send it, with some fields changed."""
    text = browser.get(url).text
    token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', text)[-1]
    return boxes_of(text) | {"csrfmiddlewaretoken": token} | changes


def offered(browser: Client) -> list[dict[str, Any]]:
    """What the page says is kept, as its forms would send it."""
    page = browser.get(TYPED)
    assert page.status_code == 200
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token
    return [
        {name: [v for n, v in form["fields"] if n == name] for name, _v in form["fields"]}
        | {
            "_restore": "1",
            "_kept": form["id"],
            "_typed": boxes_of(page.text)["_typed"][0],
            "csrfmiddlewaretoken": token[1],
            "path": form["path"],
        }
        for form in page.context["kept"]
    ]


def test_a_session_that_ended_loses_nothing(browser: Client, staff: User) -> None:
    initiative = make.initiative(title="Before")
    url = address(initiative, "change")
    form = form_at(browser, url, title="Typed for an hour", summary="Line 1\r\nLine 2")
    browser.logout()
    # The cookie of the token outlives the session, as in a browser.
    browser.get(reverse("admin:login"))
    form["csrfmiddlewaretoken"] = browser.cookies["csrftoken"].value
    answer = browser.post(url, form)
    assert (answer.status_code, answer.headers["Location"]) == (302, TYPED)
    login = browser.get(TYPED, follow=True)
    assert login.redirect_chain[-1][0] == f"{reverse('admin:login')}?next={TYPED}"
    assert "What you typed is not saved yet, and kept" in login.text
    sign_in = {"username": "staff", "password": "x", "next": TYPED}
    sign_in["csrfmiddlewaretoken"] = browser.cookies["csrftoken"].value
    page = browser.post(login.redirect_chain[-1][0], sign_in, follow=True)
    assert "Typed for an hour" in page.text
    (saved_form,) = offered(browser)
    page = browser.post(saved_form.pop("path"), saved_form)
    assert "It is not saved yet" in errors(page)
    assert 'value="Typed for an hour"' in page.text
    initiative.refresh_from_db()
    assert initiative.title == "Before"
    again = boxes_of(page.text) | {"csrfmiddlewaretoken": saved_form["csrfmiddlewaretoken"]}
    assert browser.post(url, again).status_code == 302
    initiative.refresh_from_db()
    assert (initiative.title, initiative.summary) == ("Typed for an hour", "Line 1\r\nLine 2")
    assert browser.get(TYPED).context["kept"] == []


def test_what_somebody_else_saved_meanwhile_is_told_then(browser: Client, staff: User) -> None:
    theme = make.theme(name="Before")
    url = address(theme, "change")
    form = form_at(browser, url, name="Mine")
    browser.logout()
    browser.get(reverse("admin:login"))
    form["csrfmiddlewaretoken"] = browser.cookies["csrftoken"].value
    browser.post(url, form)
    Theme.objects.update(name="Theirs")
    browser.force_login(staff)
    (saved_form,) = offered(browser)
    page = browser.post(saved_form.pop("path"), saved_form)
    assert "Somebody else has saved this" in errors(page)
    assert 'value="Mine"' in page.text


def test_a_form_that_was_open_before_signing_in_again_loses_nothing(
    browser: Client, staff: User
) -> None:
    initiative, report = make.initiative(), make.report()
    url = address(initiative, "record_status")
    boxes = {"status": "delivered", "what": "It opened.", "report": report.pk, "locator": "p. 1"}
    form = form_at(browser, url, **boxes)
    # In another tab.
    browser.cookies.clear()
    browser.force_login(staff)
    answer = browser.post(url, form)
    assert (answer.status_code, answer.headers["Location"]) == (302, TYPED)
    (saved_form,) = offered(browser)
    page = browser.post(saved_form.pop("path"), saved_form)
    assert "It opened." in page.text
    assert not StatusUpdate.objects.exists()
    again = boxes_of(page.text) | {
        "csrfmiddlewaretoken": saved_form["csrfmiddlewaretoken"],
        "_save": "1",
    }
    assert browser.post(url, again).status_code == 302
    assert StatusUpdate.objects.get().what == "It opened."


def test_whoever_has_no_second_factor_yet_loses_nothing(
    browser: Client, settings: Any, staff: User
) -> None:
    theme = make.theme()
    url = address(theme, "change")
    form = form_at(browser, url, name="Mine")
    settings.STAFF_2FA = "required"
    assert browser.post(url, form).headers["Location"] == TYPED
    settings.STAFF_2FA = "off"
    assert offered(browser)[0]["name"] == ["Mine"]


def test_nobody_else_is_offered_it(browser: Client) -> None:
    form = form_at(browser, address(make.theme(), "change"), name="Mine")
    browser.cookies.clear()
    other = User.objects.create_superuser("other", password="x")
    browser.force_login(other)
    assert browser.post(address(Theme.objects.get(), "change"), form).status_code == 302
    assert browser.get(TYPED).context["kept"] == []
    assert Theme.objects.get().name != "Mine"


@pytest.mark.parametrize("mark", ["", "x", "\0", "1:abc:def", "é" * 50, "x" * 100_000])
def test_what_carries_no_mark_of_ours_is_not_kept(browser: Client, mark: str) -> None:
    url = address(make.theme(), "change")
    form = form_at(browser, url, name="Planted", _typed=mark, csrfmiddlewaretoken="x" * 64)
    assert browser.post(url, form).status_code == 403
    assert browser.get(TYPED).context["kept"] == []
    stranger = Client()
    assert stranger.post(url, form).status_code == 302
    assert form_recovery.SESSION_KEY not in stranger.session


def test_neither_passwords_nor_buttons_are_kept_and_not_too_much(
    browser: Client, staff: User
) -> None:
    url = address(make.theme(), "change")
    mark = form_recovery.sign_mark(staff)
    anonymous = Client()
    for number in range(8):
        boxes = {"name": f"{number}", "password1": "secret", "_save": "1", "_typed": mark}
        anonymous.post(f"{url}?{number}", boxes)
    saved_forms = anonymous.session[form_recovery.SESSION_KEY]
    assert [form["fields"] for form in saved_forms] == [[["name", f"{n}"]] for n in range(3, 8)]
    page = anonymous.post(url, {"name": "x" * 300_001, "_typed": mark})
    assert page.status_code == 413
    assert "copy what you need" in page.text
    assert "x" * 300_001 in page.text
    assert len(anonymous.session[form_recovery.SESSION_KEY]) == 5


def test_what_is_kept_can_be_thrown_away(browser: Client, staff: User) -> None:
    form = form_at(browser, address(make.theme(), "change"))
    browser.cookies.clear()
    browser.force_login(staff)
    browser.post(address(Theme.objects.get(), "change"), form)
    (saved_form,) = offered(browser)
    token = {"csrfmiddlewaretoken": saved_form["csrfmiddlewaretoken"]}
    for key in ("", "\0", "nonsense"):
        assert browser.post(TYPED, token | {"_kept": key}).status_code == 302
        assert offered(browser)
    assert (
        browser.post(TYPED, token | {"_kept": saved_form["_kept"]}).headers["Location"] == "/admin/"
    )
    assert browser.get(TYPED).context["kept"] == []


@pytest.mark.parametrize("maker", [make.update, make.mention])
def test_withdrawing_and_publishing_again_asks_first(admin_client: Client, maker: Any) -> None:
    entry = maker()
    url = address(entry, "withdraw")
    page = admin_client.post(url, {"reason": "Read wrongly.", "_restore": "1"})
    assert "Read wrongly." in page.text
    assert "It is not saved yet" in page.text
    entry.refresh_from_db()
    assert not entry.is_withdrawn


@pytest.mark.parametrize("maker", [make.update, make.mention])
def test_whose_correction_came_second_keeps_what_was_typed(
    admin_client: Client, maker: Any
) -> None:
    entry = maker(locator="para 1", note="Old")
    url = address(entry, "correct")
    form = filled(admin_client.get(url))
    saved(admin_client, url, locator="Theirs")
    page = admin_client.post(url, form | {"locator": "Mine", "note": "My note."})
    assert {
        (d.label, d.before, d.mine, d.theirs, d.changed_by)
        for d in page.context["conflict"].differences
    } == {
        ("Locator", "para 1", "Mine", "Theirs", "both"),
        ("Note", "Old", "My note.", "Old", "mine"),
    }
    assert 'value="Mine"' in page.text
    assert "Saved by somebody else meanwhile" in page.text
    latest = type(entry).objects.get(locator="Theirs")
    assert f'action="{address(latest, "correct")}"' in page.text
    assert admin_client.post(address(latest, "correct"), filled(page)).status_code == 302
    last = type(entry).objects.get(locator="Mine")
    assert (last.corrects, last.note) == (latest, "My note.")


@pytest.mark.parametrize("maker", [make.update, make.mention])
def test_what_was_to_correct_a_withdrawn_entry_is_kept(admin_client: Client, maker: Any) -> None:
    entry = maker(initiative=make.initiative(publication="draft"), locator="para 1")
    url = address(entry, "correct")
    form = filled(admin_client.get(url), locator="Mine")
    actions.withdraw(by=None, entry=entry, reason="Read wrongly.")
    page = admin_client.post(url, form)
    assert 'value="Mine"' in page.text
    record = "record_status" if isinstance(entry, StatusUpdate) else "record_mention"
    assert f'action="{address(entry.initiative, record)}"' in page.text
    assert Mention.objects.count() + StatusUpdate.objects.count() == 1
    assert Initiative.objects.count() == 1


def test_the_form_of_many_initiatives_comes_back_too(browser: Client, staff: User) -> None:
    rows = [make.initiative(), make.initiative()]
    report = make.report()
    url = reverse("admin:initiatives_initiative_record_statuses")
    asked = "&".join(f"initiative={row.pk}" for row in rows)
    typed_in = {"status": "under_way", "on": "2022", "what": "Begun", "report": str(report.pk)}
    form = form_at(browser, f"{url}?{asked}", **typed_in, locator="para 1")
    browser.logout()
    browser.get(reverse("admin:login"))
    form["csrfmiddlewaretoken"] = browser.cookies["csrftoken"].value
    assert browser.post(url, form).headers["Location"] == TYPED
    browser.force_login(staff)
    (saved_form,) = offered(browser)
    page = browser.post(saved_form.pop("path"), saved_form)
    assert page.status_code == 200
    assert "Begun" in page.text
    assert not StatusUpdate.objects.exists()
    again = boxes_of(page.text) | {"csrfmiddlewaretoken": saved_form["csrfmiddlewaretoken"]}
    assert browser.post(url, again | {"_save": "1"}).status_code == 302
    assert StatusUpdate.objects.count() == 2
