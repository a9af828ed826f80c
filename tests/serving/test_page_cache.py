"""Public pages are kept for as long as they are true: nothing stale, nothing hidden, nothing of one reader's."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from django.core.cache import cache, caches
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import path, reverse
from django.utils import timezone
from pytest_django import Settings

from initiatives.serving import page_cache
from initiatives.views.public_page import public_page
from tests import make
from tests.world import LISTS, make_world
from tracker import urls as site

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_pages")]

LIST = "/initiatives/"


def personal(request: HttpRequest) -> HttpResponse:
    request.session["visits"] = 1
    return HttpResponse("For you alone")


def with_cookie(request: HttpRequest) -> HttpResponse:
    response = HttpResponse("With a cookie")
    response.set_cookie("taste", "sweet")
    return response


def large(request: HttpRequest) -> HttpResponse:
    return HttpResponse(b"x" * (page_cache.LARGEST_BODY + 1))


def without_work_for_head(request: HttpRequest) -> HttpResponse:
    return HttpResponse(b"" if request.method == "HEAD" else b"The page")


urlpatterns = [
    path("personal/", public_page()(personal)),
    path("with-cookie/", public_page()(with_cookie)),
    path("large/", public_page()(large)),
    path("lazy/", public_page()(without_work_for_head)),
    path("unmarked/", with_cookie),
    path("plain/", lambda request: HttpResponse("Not said to be public")),
    *site.urlpatterns,
]


def nothing_is_kept() -> bool:
    pages: dict[str, bytes] = vars(caches["default"])["_cache"]
    return not pages


def etag(client: Client, address: str = LIST, **headers: str) -> str:
    response = client.get(address, headers=headers)
    assert response.status_code == 200
    return response.headers["ETag"]


# --- What is spared -------------------------------------------------------------------------------


def test_a_page_is_made_once_and_answered_from_memory(client: Client, rendered: list[str]) -> None:
    make_world()
    first = client.get(LIST)
    rendered.clear()
    with CaptureQueriesContext(connection) as asked:
        second = client.get(LIST)
    assert (second.content, rendered) == (first.content, [])
    assert len(asked) == 1, "the version of the data"
    assert dict(second.headers) == dict(first.headers)


@pytest.mark.parametrize("how", ["{}", "W/{}", '"other", W/{}', "{} , *"])
def test_who_has_the_page_is_told_that_it_is_unchanged(
    client: Client, rendered: list[str], how: str
) -> None:
    make_world()
    tag = etag(client)
    rendered.clear()
    with CaptureQueriesContext(connection) as asked:
        response = client.get(LIST, headers={"If-None-Match": how.format(tag.removeprefix("W/"))})
    assert (response.status_code, response.content, rendered) == (304, b"", [])
    assert len(asked) == 1
    assert response.headers["ETag"] == tag
    assert response.headers["Cache-Control"] == "public, max-age=0, must-revalidate"


def test_who_has_a_page_that_is_kept_no_more_is_told_so_without_it(client: Client) -> None:
    tag = etag(client)
    cache.clear()
    response = client.get(LIST, headers={"If-None-Match": tag})
    assert (response.status_code, response.content) == (304, b"")
    assert response.headers["ETag"] == tag


def test_another_tag_gets_the_page(client: Client) -> None:
    for tag in ("*", 'W/"0123456789abcdef0123456789abcdef"', "", "nonsense"):
        assert client.get(LIST, headers={"If-None-Match": tag}).status_code == 200


def test_head_is_answered_like_get_without_the_page(client: Client) -> None:
    made, kept = client.head(LIST), client.head(LIST)
    assert made.content == kept.content == b""
    assert dict(made.headers) == dict(kept.headers) == dict(client.get(LIST).headers)
    again = client.head(LIST, headers={"If-None-Match": made.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.urls("tests.serving.test_page_cache")
def test_an_answer_to_head_is_never_kept(client: Client) -> None:
    assert client.head("/lazy/").status_code == 200
    assert nothing_is_kept()
    assert client.get("/lazy/").content == b"The page"
    assert client.get("/lazy/").content == b"The page"


# --- What others are told -------------------------------------------------------------------------


@pytest.mark.parametrize("address", LISTS)
def test_public_pages_may_be_kept_by_anybody_who_asks_each_time(
    client: Client, address: str
) -> None:
    for response in (client.get(address), client.get(address)):
        assert response.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
        assert response.headers["ETag"].startswith('W/"')
        assert "Vary" not in response.headers
        assert "Content-Security-Policy" in response.headers
        assert response.headers["X-Frame-Options"] == "DENY"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert not response.cookies


def test_pages_in_several_languages_are_kept_apart(client: Client) -> None:
    assert etag(client, address="/ru" + LIST) != etag(client)
    # Nobody is sent elsewhere for what their browser prefers.
    assert etag(client, **{"Accept-Language": "ru"}) == etag(client)


@pytest.mark.urls("tests.serving.test_page_cache")
@pytest.mark.parametrize("address", ["/personal/", "/with-cookie/", "/unmarked/", "/plain/"])
def test_what_is_made_for_one_reader_is_kept_by_nobody(client: Client, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]
    assert "ETag" not in response.headers
    assert nothing_is_kept()


@pytest.mark.parametrize(
    ("address", "status"),
    [("/nowhere/", 404), ("/initiatives/none/", 404), ("/initiatives/?status=x", 400)],
)
def test_errors_are_kept_by_nobody(client: Client, address: str, status: int) -> None:
    response = client.get(address)
    assert response.status_code == status
    assert response.headers["Cache-Control"] == "no-store"
    assert "ETag" not in response.headers
    assert nothing_is_kept()


@pytest.mark.parametrize("page", ["index", "login", "initiatives_initiative_changelist", "jsi18n"])
def test_pages_of_staff_are_kept_by_nobody(admin_client: Client, page: str) -> None:
    response = admin_client.get(reverse(f"admin:{page}"))
    assert response.headers["Cache-Control"] == "no-store, private"
    assert "ETag" not in response.headers
    assert nothing_is_kept()


@pytest.mark.urls("tests.serving.test_page_cache")
def test_a_large_page_is_made_each_time_but_has_its_tag(client: Client) -> None:
    tag = etag(client, "/large/")
    assert nothing_is_kept()
    assert client.get("/large/", headers={"If-None-Match": tag}).status_code == 304


def test_a_host_that_is_not_ours_gets_nothing_that_is_kept(client: Client) -> None:
    client.get(LIST)
    assert client.get(LIST, headers={"Host": "evil.example"}).status_code == 400


# --- What makes another page ----------------------------------------------------------------------


def test_the_tag_is_of_the_address_with_its_query(client: Client) -> None:
    addresses = [LIST, f"{LIST}?page=1", f"{LIST}?q=a", f"{LIST}?q=a&sort=title", "/meetings/"]
    assert len({etag(client, address) for address in addresses}) == len(addresses)
    assert etag(client) != etag(client, Host="127.0.0.1")


def test_the_next_day_is_another_page(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    due = make.initiative(title="Due today", due_on=timezone.localdate().isoformat())
    make.update(initiative=due)
    overdue = f"{LIST}?flag=overdue"
    today = etag(client, overdue)
    assert "Due today" not in client.get(overdue).content.decode()
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    monkeypatch.setattr(timezone, "localdate", lambda: tomorrow)
    assert etag(client, overdue) != today
    assert "Due today" in client.get(overdue).content.decode()


def test_another_program_makes_other_pages(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    before = etag(client)
    monkeypatch.setattr(page_cache, "build", lambda: b"the next release")
    assert etag(client) != before


def test_every_template_and_module_counts_as_the_program(
    settings: Settings, tmp_path: Path
) -> None:
    settings.BASE_DIR = tmp_path
    builds: list[bytes] = []
    for name in ("templates/a.html", "initiatives/a.py", "requirements.txt", "templates/a.html"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"{len(builds)}")
        builds.append(page_cache.build.__wrapped__())
    assert len(set(builds)) == len(builds)
    assert page_cache.build.__wrapped__() == builds[-1]
