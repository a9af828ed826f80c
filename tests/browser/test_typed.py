"""What is typed on the desk survives a way elsewhere and the end of a session; once saved, it is not offered."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from playwright.sync_api import Page

from initiatives.models import Initiative
from tests import make
from tests.admin_forms import address


@pytest.fixture
def signed_in(new_page: Callable[..., Page]) -> Callable[..., Page]:
    def sign_in(**options: Any) -> Page:
        get_user_model().objects.create_superuser("staff", password="correct horse")
        page = new_page(**options)
        page.goto("/admin/")
        enter(page)
        return page

    return sign_in


def enter(page: Page) -> None:
    page.fill("#id_username", "staff")
    page.fill("#id_password", "correct horse")
    page.click("[type=submit]")
    page.wait_for_selector("#user-tools")


def test_what_was_typed_is_offered_when_the_form_is_opened_anew(
    signed_in: Callable[..., Page],
) -> None:
    initiative = make.initiative(title="Before", themes=[make.theme(name="Water")])
    page = signed_in()
    url = address(initiative, "change")
    page.goto(url)
    assert page.is_hidden(".recovery-offer")
    page.fill("#id_title", "Typed for an hour")
    page.click("#roles-group .add-row a")
    page.select_option("#id_roles-0-role", "lead")
    # A moment after the last key.
    page.wait_for_timeout(1000)
    page.goto("/admin/")
    page.goto(url)
    assert page.is_visible(".recovery-offer")
    page.click("[data-typed=restore]")
    page.wait_for_selector(".errornote")
    assert "It is not saved yet" in page.inner_text(".errorlist.nonfield")
    assert page.input_value("#id_title") == "Typed for an hour"
    assert page.input_value("#id_roles-0-role") == "lead"
    assert Initiative.objects.get().title == "Before"
    page.click("#roles-0 .inline-deletelink")
    page.click("input[name=_continue]")
    page.wait_for_selector(".messagelist .success")
    assert Initiative.objects.get().title == "Typed for an hour"
    page.goto(url)
    assert page.is_hidden(".recovery-offer")


def test_what_was_typed_is_offered_in_another_language_of_the_desk(
    signed_in: Callable[..., Page],
) -> None:
    initiative = make.initiative(title="Before")
    page = signed_in()
    page.goto(address(initiative, "change"))
    page.fill("#id_title", "Typed for an hour")
    page.wait_for_timeout(1000)
    page.click(".desk-languages a[lang=ru]")
    page.wait_for_url("**/ru/admin/**")
    page.click("[data-typed=restore]")
    page.wait_for_selector(".errornote")
    assert page.input_value("#id_title") == "Typed for an hour"
    page.click("input[name=_save]")
    page.wait_for_selector(".messagelist .success")
    assert "/ru/admin/" in page.url
    assert Initiative.objects.get().title == "Typed for an hour"
    page.goto(address(initiative, "change"))
    assert page.is_hidden(".recovery-offer")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_session_that_ends_while_typing_loses_nothing(
    signed_in: Callable[..., Page], scripts: bool
) -> None:
    initiative = make.initiative(title="Before")
    page = signed_in(java_script_enabled=scripts)
    page.goto(address(initiative, "change"))
    page.fill("#id_title", "Typed for an hour")
    Session.objects.all().delete()
    page.click("input[name=_save]")
    page.wait_for_selector("#id_username")
    assert "is not saved yet, and kept" in page.inner_text(".messagelist")
    enter(page)
    page.click("text=Open the form with what I typed")
    page.wait_for_selector(".errornote")
    assert page.input_value("#id_title") == "Typed for an hour"
    page.click("input[name=_save]")
    page.wait_for_selector(".messagelist .success")
    assert Initiative.objects.get().title == "Typed for an hour"
