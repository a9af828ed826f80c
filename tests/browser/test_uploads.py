"""Report files loaded in a real browser: uploaded, looked at, a conflict decided, loaded."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page

from initiatives.loading import uploads
from initiatives.models import Initiative, Meeting, StatusUpdate, Upload, UploadState
from tests.browser.accessibility import faults
from tests.report_files import FULL, VOCABULARY, load_texts, report
from tests.workbooks import add, cell

SignIn = Callable[..., Page]
ADD = "/admin/initiatives/upload/add/"
FILE = report(body=FULL)
CHANGED = FILE.replace("title: First meeting", "title: The first\n  city: Tashkent")


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the request: the SQLite of tests lives in memory, where threads refuse one another."""
    monkeypatch.setattr(uploads, "in_background", uploads.guarded)


def upload(page: Page, path: Path, content: str | bytes) -> None:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    page.goto(ADD)
    page.set_input_files("#id_files", path)
    page.click("text=Upload and compare")
    page.wait_for_selector(".properties")


@pytest.mark.parametrize("javascript", [True, False])
def test_a_conflict_is_decided_and_the_file_loaded(
    signed_in: SignIn, tmp_path: Path, javascript: bool
) -> None:
    load_texts(VOCABULARY, FILE)
    Meeting.objects.update(city="Almaty", title="A title of a person")
    page = signed_in(java_script_enabled=javascript)
    upload(page, tmp_path / "statement.yaml", CHANGED)
    assert "2 conflicts" in page.inner_text("#content-main")
    city = page.locator("fieldset.choice", has_text="Tashkent")
    assert city.get_by_label("Keep what stands now").is_checked()
    city.get_by_label("Take the file’s").check()
    page.click("input[value=Load]")
    page.wait_for_selector(".done")
    meeting = Meeting.objects.get()
    assert (meeting.title, meeting.city) == ("A title of a person", "Tashkent")


def test_a_workbook_is_taken_edited_and_loaded(signed_in: SignIn, tmp_path: Path) -> None:
    load_texts(VOCABULARY, FILE)
    page = signed_in()
    page.goto(ADD)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    book = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    cell(book["Initiatives"], 2, "title").value = "Digital academy"
    new = {"initiative": "university", "status": "delivered", "what": "It has opened."}
    add(book["Updates"], **new, report="statement", locator="para 9")
    saved = io.BytesIO()
    book.save(saved)
    upload(page, tmp_path / "book.xlsx", saved.getvalue())
    assert "1 new, 1 changed" in page.inner_text("#content-main")
    page.click("input[value=Load]")
    page.wait_for_selector(".done")
    assert Initiative.objects.get().title == "Digital academy"
    assert StatusUpdate.objects.filter(status="delivered").exists()


def test_the_page_follows_the_work_until_it_is_done(signed_in: SignIn, tmp_path: Path) -> None:
    # axe adds styles of its own.
    page = signed_in(bypass_csp=True)
    upload(page, tmp_path / "vocabulary.yaml", VOCABULARY)
    attempt = uploads.begin(Upload.objects.get(), UploadState.COMPARING)
    assert attempt
    attempt.progress("Comparing reports", 1200)
    attempt.beat()
    page.reload()
    assert "Comparing reports (1,200)" in page.inner_text("#upload-state")
    assert not faults(page)
    attempt.progress("Checking references", 0)
    attempt.beat()
    page.wait_for_selector("#upload-state:has-text('Checking references')")
    uploads._compare(attempt)
    page.wait_for_selector("input[value=Load]")


@pytest.mark.parametrize("width", [320, 1280])
def test_its_pages_are_for_everybody(signed_in: SignIn, tmp_path: Path, width: int) -> None:
    load_texts(VOCABULARY, FILE)
    Meeting.objects.update(city="Almaty", title="A title of a person " * 10)
    page = signed_in(viewport={"width": width, "height": 900}, bypass_csp=True)

    def look() -> None:
        assert not faults(page, colours=width == 320), page.url
        wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(wider) <= 0, page.url

    page.goto(ADD)
    look()
    upload(page, tmp_path / "statement.yaml", CHANGED.replace("agreed", "x" * 200))
    look()
    upload(page, tmp_path / "broken.yaml", "report:\n  id: x\n  nonsense: " + "y" * 300)
    look()
    page.goto("/admin/initiatives/upload/")
    look()
