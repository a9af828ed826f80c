"""Where signing in and out leads: to the page of this site that was asked for, and from anything else to the desk."""

from __future__ import annotations

import itertools
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from initiatives.recording.permissions import ADMINISTRATOR
from tests.admin.account.test_two_factor import CODE, SET_UP, with_authenticator
from tests.people import PASSWORD, client_of, make_person

pytestmark = pytest.mark.django_db

LOGIN, LOGOUT, DESK = "/admin/login/", "/admin/logout/", "/admin/"
GOOD = [
    "/admin/initiatives/theme/",
    "/admin/initiatives/theme/?q=%C3%A9&p=1",
    # Led to the same with a slash at the end.
    "/admin/initiatives/theme",
    "/admin/initiatives/theme/add/#name",
    "/initiatives/",
    "/",
]
OTHER_SITES = [
    "https://evil.example/",
    "http://testserver.evil.example/",
    "//evil.example",
    "///evil.example",
    "\\\\evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "ftp://testserver/",
    "http://[",
    "//[",
    "http://testserver:x/",
]
NO_ADDRESSES = [
    "evil.example",
    "\0",
    "/admin/\0",
    "\n/admin/",
    " /admin/",
    "admin/",
    "/\r\nX-Evil: 1",
    "?next=x",
    "",
    "/\ufffd\ud7ff",
    "/\u202e",
    "/ａｄｍｉｎ/",
    "/" + "x" * 70_000,
    "x" * 70_000,
    "%",
    "/%",
    "/%FF/",
    "/%00",
    "/admin/%0A",
]
NO_PAGES = [
    "/nowhere",
    "/nowhere/",
    "/admin/nothing/",
    "/admin/initiatives/nothing/add/",
    "/admin/logout/",
    "/admin/logout",
    "/admin/log%6Fut/?next=/",
    "/admin/login/",
    "/admin/login/?next=/admin/login/",
    "/static/initiatives/app.css",
]
BAD = [*OTHER_SITES, *NO_ADDRESSES, *NO_PAGES]
WAYS = ("query", "form")


@pytest.fixture
def clerk(settings: Settings) -> User:
    settings.AXES_ENABLED = True
    return make_person(ADMINISTRATOR, username="clerk", password=PASSWORD)


def post(client: Client, path: str, onward: str, way: str, **data: str) -> Any:
    if way == "query":
        path = f"{path}?next={quote(onward)}"
    else:
        data["next"] = onward
    return client.post(path, data, REMOTE_ADDR="203.0.113.5")


def follow(client: Client, response: Any) -> str:
    """The page that a browser comes to, which is there."""
    address = response.headers["Location"]
    assert client.get(address, follow=True).status_code == 200
    return str(address)


def test_a_bad_way_on_from_the_sign_in_page_ends_at_the_desk(clerk: User) -> None:
    for onward in BAD:
        page = Client().get(f"{LOGIN}?next={quote(onward)}")
        assert 'name="next" value="/admin/"' in page.text, onward
    for number, onward in enumerate([*OTHER_SITES[:6:5], *NO_ADDRESSES[:4:3], *NO_PAGES]):
        client, way = Client(), WAYS[number % 2]
        response = post(client, LOGIN, onward, way, username="clerk", password=PASSWORD)
        assert (response.status_code, response.headers["Location"]) == (302, DESK), onward
        assert follow(client, response) == DESK


def test_a_good_one_is_gone(clerk: User) -> None:
    for onward, way in itertools.product(GOOD, WAYS):
        client = Client()
        response = post(client, LOGIN, onward, way, username="clerk", password=PASSWORD)
        assert (response.status_code, response.headers["Location"]) == (302, onward)
        assert follow(client, response) == onward


def test_without_one_it_is_the_desk(clerk: User) -> None:
    response = Client().post(LOGIN, {"username": "clerk", "password": PASSWORD})
    assert (response.status_code, response.headers["Location"]) == (302, DESK)


def test_a_bad_way_on_from_the_second_factor_ends_at_the_desk(clerk: User) -> None:
    _device, codes = with_authenticator(clerk)
    waiting = client_of(clerk)
    for onward in BAD:
        page = waiting.get(f"{CODE}?next={quote(onward)}")
        assert 'name="next" value="/admin/"' in page.text, onward
    sent = itertools.product([OTHER_SITES[0], NO_ADDRESSES[0], *NO_PAGES[:3]], WAYS)
    for code, (onward, way) in zip(codes, sent, strict=True):
        client = client_of(clerk)
        response = post(client, CODE, onward, way, code=code)
        assert (response.status_code, response.headers["Location"]) == (302, DESK), onward
    assert client.get(f"{SET_UP}?next={quote(BAD[0])}").status_code == 200


def test_a_bad_way_on_from_signing_out_ends_where_one_signs_in(clerk: User) -> None:
    for onward, way in itertools.product(BAD, WAYS):
        client = client_of(clerk)
        response = post(client, LOGOUT, onward, way)
        assert (response.status_code, response.headers["Location"]) == (302, DESK), onward
        assert "_auth_user_id" not in client.session
    assert follow(client, response) == DESK


def test_signing_out_says_so_as_before(clerk: User) -> None:
    assert client_of(clerk).post(LOGOUT).status_code == 200


def test_an_address_too_long_to_come_back_to_is_left_out(clerk: User) -> None:
    with_authenticator(clerk)
    for length, path in itertools.product((100, 70_000), ("/admin/", "/admin/initiatives/theme/")):
        response = client_of(clerk).get(f"{path}?q={'x' * length}")
        assert response.status_code == 302
        onward = response.headers["Location"]
        assert onward.startswith(CODE)
        assert ("next=" in onward) == (length == 100)
