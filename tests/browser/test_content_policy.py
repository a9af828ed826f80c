"""The stock admin works under the content policy; the `page` fixture fails on what it refuses."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import Page


@pytest.fixture
def signed_in(page: Page, live_server: Any) -> Page:
    get_user_model().objects.create_superuser("staff", password="correct horse")
    page.goto("/admin/")
    page.fill("#id_username", "staff")
    page.fill("#id_password", "correct horse")
    page.click("[type=submit]")
    return page


def test_signing_in_shows_the_list_of_what_can_be_edited(signed_in: Page) -> None:
    assert signed_in.locator("#content-main a").count() > 2


def test_a_form_with_scripts_saves(signed_in: Page) -> None:
    signed_in.goto("/admin/auth/group/add/")
    signed_in.fill("#id_name", "Secretariat")
    # The box with two lists is built by the admin's script.
    signed_in.select_option("#id_permissions_from", index=0)
    signed_in.click("#id_permissions_add")
    signed_in.fill("#id_confirm_password", "correct horse")
    signed_in.click("[name=_save]")
    assert "Secretariat" in signed_in.inner_text(".success")
