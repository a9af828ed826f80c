"""Where signing in and out leads: to the page of this site that was asked for, and from anything else to the desk."""

from __future__ import annotations

import itertools
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from initiatives.rights import ADMINISTRATOR
from tests.people import PASSWORD, client_of, make_person
from tests.test_two_factor import CODE, SET_UP, code_of, with_telephone

pytestmark = pytest.mark.django_db

LOGIN, LOGOUT, DESK = "/admin/login/", "/admin/logout/", "/admin/"
GOOD = ["/admin/initiatives/theme/", "/admin/initiatives/theme/?q=%C3%A9&p=1", "/initiatives/"]
BAD = [
    *(
        "https://evil.example/",
        "http://testserver.evil.example/",
        "//evil.example",
        "///evil.example",
    ),
    *(
        "\\\\evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "https:evil.example",
        "evil.example",
    ),
    *(
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://testserver/",
        "http://[",
        "//[",
        "http://testserver:x/",
    ),
    *(
        "\0",
        "/admin/\0",
        "/admin/\n",
        "\n/admin/",
        " /admin/",
        "admin/",
        "/\r\nX-Evil: 1",
        "?next=x",
        "",
        " ",
    ),
    *(
        "/\ufffd\ud7ff",
        "/\u202e",
        "/ａｄｍｉｎ/",
        "/é",
        "/" + "x" * 70_000,
        "x" * 70_000,
        "%",
        "None",
    ),
]
ways = pytest.mark.parametrize("way", ["query", "form"])


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


@ways
@pytest.mark.parametrize("onward", BAD, ids=lambda text: repr(text[:20]))
def test_a_bad_way_on_from_the_sign_in_page_ends_at_the_desk(
    clerk: User, onward: str, way: str
) -> None:
    client = Client()
    page = client.get(f"{LOGIN}?next={quote(onward)}")
    assert page.status_code == 200
    assert 'name="next" value="/admin/"' in page.text
    response = post(client, LOGIN, onward, way, username="clerk", password=PASSWORD)
    assert (response.status_code, response.headers["Location"]) == (302, DESK)
    assert follow(client, response) == DESK


@ways
@pytest.mark.parametrize("onward", GOOD)
def test_a_good_one_is_gone(clerk: User, onward: str, way: str) -> None:
    response = post(Client(), LOGIN, onward, way, username="clerk", password=PASSWORD)
    assert (response.status_code, response.headers["Location"]) == (302, onward)


def test_without_one_it_is_the_desk(clerk: User) -> None:
    response = Client().post(LOGIN, {"username": "clerk", "password": PASSWORD})
    assert (response.status_code, response.headers["Location"]) == (302, DESK)


@ways
@pytest.mark.parametrize("onward", BAD, ids=lambda text: repr(text[:20]))
def test_a_bad_way_on_from_the_second_factor_ends_at_the_desk(
    clerk: User, onward: str, way: str
) -> None:
    device, _codes = with_telephone(clerk)
    client = client_of(clerk)
    assert client.get(f"{CODE}?next={quote(onward)}").status_code == 200
    response = post(client, CODE, onward, way, code=code_of(device))
    assert (response.status_code, response.headers["Location"]) == (302, DESK)
    assert client.get(f"{SET_UP}?next={quote(onward)}").status_code == 200


@ways
@pytest.mark.parametrize("onward", BAD, ids=lambda text: repr(text[:20]))
def test_a_bad_way_on_from_signing_out_ends_where_one_signs_in(
    clerk: User, onward: str, way: str
) -> None:
    client = client_of(clerk)
    response = post(client, LOGOUT, onward, way)
    assert (response.status_code, response.headers["Location"]) == (302, DESK)
    assert follow(client, response) == DESK
    assert "_auth_user_id" not in client.session


def test_signing_out_says_so_as_before(clerk: User) -> None:
    assert client_of(clerk).post(LOGOUT).status_code == 200


def test_an_address_too_long_to_come_back_to_is_left_out(clerk: User) -> None:
    with_telephone(clerk)
    for length, path in itertools.product((100, 70_000), ("/admin/", "/admin/initiatives/theme/")):
        response = client_of(clerk).get(f"{path}?q={'x' * length}")
        assert response.status_code == 302
        onward = response.headers["Location"]
        assert onward.startswith(CODE)
        assert ("next=" in onward) == (length == 100)
