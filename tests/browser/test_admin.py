"""What staff do in the admin with mouse and keyboard; the `page` fixture fails on what the policy refuses."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from initiatives.models import Initiative, StatusUpdate
from tests import make
from tests.admin_forms import address

SignIn = Callable[..., Page]


def pick(page: Page, field: str, words: str) -> None:
    """Type into a picker and take what it finds."""
    page.click(f".field-{field} .select2-selection")
    page.fill(".select2-search__field", words)
    page.click(f".select2-results__option--highlighted:has-text('{words}')")


def test_a_status_is_recorded_by_clicking_from_the_list(signed_in: SignIn) -> None:
    make.initiative(title="Digital University")
    make.report(title="Joint statement of Astana", published_on="2024-09")
    make.report(title="Press release")
    page = signed_in()
    page.goto(address(Initiative, "changelist"))
    page.click("a:has-text('Record status')")
    page.select_option("#id_status", label="Delivered")
    page.fill("#id_on", "2024-08")
    page.fill("#id_what", "The first students were enrolled.")
    page.click("input[name=_save]")
    assert "Give the report" in page.inner_text(".field-report .errorlist")
    assert "Give the place in the report" in page.inner_text(".field-locator .errorlist")
    assert page.input_value("#id_what") == "The first students were enrolled."
    pick(page, "report", "Joint statement")
    page.fill("#id_locator", "para 3")
    page.click("input[name=_save]")
    assert "“Not yet reviewed” to “Delivered”" in page.inner_text(".messagelist .success")
    update = StatusUpdate.objects.get()
    assert update.report is not None
    assert (update.report.title, update.locator, update.on) == (
        "Joint statement of Astana",
        "para 3",
        "2024-08",
    )
    assert "The first students were enrolled." in page.inner_text(".entries")


def test_a_list_is_narrowed_by_typing_where_there_is_much_to_choose_from(
    signed_in: SignIn,
) -> None:
    make.initiative(title="Wanted", dialogue=make.dialogue(name="Dialogue on water"))
    for _ in range(16):
        make.initiative()
    page = signed_in()
    page.goto(address(Initiative, "changelist"))
    page.click(".drawer summary:has-text('Filters')")
    page.click("details[data-filter-title=dialogue] .select2-selection")
    page.fill(".select2-search__field", "water")
    page.click(".select2-results__option--highlighted:has-text('Dialogue on water')")
    page.click("details[data-filter-title=dialogue] button")
    page.wait_for_url("**dialogue__id__exact=**")
    assert page.locator("#result_list tbody tr").count() == 1
    assert "Wanted" in page.inner_text("#result_list")


@pytest.mark.parametrize("width", [320, 1280])
def test_no_page_is_wider_than_the_screen(signed_in: SignIn, width: int) -> None:
    initiative = make.initiative(title="A long title of an initiative of many countries")
    page = signed_in(viewport={"width": width, "height": 800})
    for url in (
        "/admin/",
        address(Initiative, "changelist"),
        address(initiative, "change"),
        address(initiative, "record_status"),
        address(initiative, "history"),
    ):
        page.goto(url)
        wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wider <= 0, url
