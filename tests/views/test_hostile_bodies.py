"""Whatever is sent to whichever address, and however it breaks off: our answer, and a line in the log at most."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.test.client import encode_multipart
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import Settings

from initiatives.loading import uploads
from initiatives.models import Theme
from initiatives.recording.permissions import ADMINISTRATOR
from tests.extent import HOSTILE_BODIES, in_turn
from tests.kept_connection import kept_connection
from tests.people import make_person
from tests.world import make_world
from tracker.middleware import AT_ONCE, LONG_BODIES
from tracker.wsgi import Request, application

pytestmark = pytest.mark.django_db

TOKEN = "a" * 32
FORM = "application/x-www-form-urlencoded"
ADDRESSES = [
    "/",
    "/initiatives/",
    "/initiatives/?q=%00",
    "/initiatives/university/",
    "/meetings.csv",
    "/nowhere/",
    "/healthz",
    "/static/initiatives/app.css",
    "/admin/",
    "/admin/nowhere/",
    "/admin/login/",
    "/admin/logout/",
    "/admin/two-factor/code/",
    "/admin/initiatives/theme/add/",
    "/admin/initiatives/upload/add/",
]
# Types that no form has, or whose charset is none of ours.
CHARSETS = ["utf-7", "utf-16", "hex", "undefined", "idna", "nonsense", "", "é", "x" * 5000]
BAD_TYPES = [
    *(f"{FORM}; charset={charset}" for charset in CHARSETS),
    *(f"multipart/form-data; boundary=x; charset={charset}" for charset in CHARSETS),
    *("text/plain; charset=utf-7", "application/json; charset=utf-16"),
    *("multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=é"),
    f"multipart/form-data; boundary={'x' * 300}",
]
# Django does not get as far as a request with these by itself.
WORSE_TYPES = [
    f"{FORM}; charset*={charset}"
    for charset in ("nonsense''%41", "undefined''%41", "hex''%41", "utf-8''a%00b", "''", "x'y'%FF")
]
SECURITY = ["Content-Security-Policy", "X-Frame-Options", "X-Content-Type-Options"]


def part(head: str, body: str = "x", boundary: str = "x") -> bytes:
    return f"--{boundary}\r\n{head}\r\n\r\n{body}\r\n--{boundary}--\r\n".encode()


HEADS = [
    "",
    "Content-Disposition: form-data",
    'Content-Disposition: form-data; name="a"',
    'Content-Disposition: form-data; name="files"; filename="a.yaml"',
    "Content-Disposition: form-data; name=\"files\"; filename*=nonsense''%41",
    "Content-Disposition: form-data; name*=undefined''%41",
    'Content-Disposition: form-data; name="files"; filename="../../etc/passwd\0"',
    'Content-Disposition: form-data; name="csrfmiddlewaretoken"\r\nContent-Transfer-Encoding: base64',
    'Content-Disposition: form-data; name="files"; filename="a"\r\nContent-Transfer-Encoding: base64',
    'Content-Disposition: form-data; name="files"; filename="a"\r\nContent-Length: nonsense',
    'Content-Disposition: form-data; name="files"; filename="a"\r\nContent-Type: text/x; charset=hex',
    "x" * 3000,
    ": : :\r\n:\r\n;;;;=",
]
KINDS = (FORM, "multipart/form-data; boundary=x", "application/json")
BODIES = [
    b"",
    b"a=1&b=2",
    b"a=\xff\xfe&\xed\xa0\x80=1",
    b"csrfmiddlewaretoken=%00%FF%ED%A0%80",
    b"&".join(b"x%d=1" % n for n in range(20_500)),
    b"a=" + b"x" * 3_000_000,
    b'{"a": [1, 2',
    b"--x",
    b"--x\r\n",
    b"--x--",
    *(part(head) for head in HEADS),
    part(HEADS[3])[:-20],
    part(HEADS[8], "!!!not base64!!!"),
    b"--x\r\n" * 3000,
    part(HEADS[2]).replace(b"--x--", b"--x") * 30,
]


class Broken(io.BytesIO):
    """The body of somebody who goes away in the middle of it."""

    def read(self, *args: Any) -> bytes:
        raise OSError("connection lost")

    readline = read


@pytest.fixture(autouse=True)
def _as_the_server_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.test.client.WSGIRequest", Request)


@pytest.fixture
def clients(monkeypatch: pytest.MonkeyPatch) -> list[Client]:
    """Somebody with a token in a cookie alone, and a member of staff whose forms are let through."""
    monkeypatch.setattr(uploads, "in_background", uploads.guarded)
    visitor = Client(enforce_csrf_checks=True)
    staff = Client(enforce_csrf_checks=True)
    staff.force_login(make_person(ADMINISTRATOR))
    for client in (visitor, staff):
        client.cookies["csrftoken"] = TOKEN
    staff.defaults["HTTP_X_CSRFTOKEN"] = TOKEN
    return [visitor, staff]


def send(client: Client, address: str, kind: str, body: io.BytesIO, length: str) -> Any:
    """Post what the test client would not: a body that is not as long as is claimed, or none that can be read."""
    claimed = {"wsgi.input": body, "CONTENT_LENGTH": length, "CONTENT_TYPE": kind}
    return client.generic("POST", address, **claimed)  # type: ignore[arg-type]


def check(response: Any, about: object) -> None:
    for _part in response if response.streaming else ():
        pass
    assert response.status_code < 500, about
    for name in SECURITY:
        assert name in response.headers or "/static/" in response.request["PATH_INFO"], about


@pytest.fixture
def brief_log(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], list[str]]]:
    """The lines logged since the last look, none of which may carry a traceback."""

    def lines() -> list[str]:
        assert not [record for record in caplog.records if record.exc_info]
        messages = [record.getMessage() for record in caplog.records]
        caplog.clear()
        return messages

    with caplog.at_level(logging.INFO):
        yield lines


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_type_that_cannot_be_read_is_refused_on_our_own_page(
    clients: list[Client], address: str, brief_log: Callable[[], list[str]]
) -> None:
    turn = ADDRESSES.index(address)
    for client in clients:
        for number, kind in enumerate(BAD_TYPES):
            response = client.generic("POST", address, b"a=%FF", content_type=kind)
            check(response, (address, kind))
            if response.status_code not in (200, 405):
                assert response.status_code == 400, (address, kind)
                assert "<h1>We cannot read what you sent</h1>" in response.text
            assert len(brief_log()) <= 1
            for method in in_turn(turn + number, ("GET", "PUT", "PATCH", "DELETE")):
                response = client.generic(method, address, b"a=%FF", content_type=kind)
                check(response, (method, address, kind))
                assert len(brief_log()) <= 1


@pytest.mark.parametrize("address", ADDRESSES)
def test_any_body_has_an_answer(clients: list[Client], address: str) -> None:
    for client in clients:
        for number, body in enumerate(BODIES):
            for kind in in_turn(ADDRESSES.index(address) + number, KINDS):
                response = client.generic("POST", address, body, content_type=kind)
                check(response, (address, kind, body[:200]))
        for method in ("PUT", "PATCH", "DELETE"):
            check(client.generic(method, address, BODIES[2], content_type=FORM), (method, address))


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("kind", [FORM, "multipart/form-data; boundary=x"])
def test_who_goes_away_while_sending_leaves_a_line_at_most(
    clients: list[Client], address: str, kind: str, brief_log: Callable[[], list[str]]
) -> None:
    for client in clients:
        check(send(client, address, kind, Broken(), "1000"), address)
        assert len(brief_log()) <= 1


@pytest.mark.parametrize("length", ["0", "5", "10000", "-1", "nonsense", "9" * 30, ""])
def test_any_length_may_be_claimed(clients: list[Client], length: str) -> None:
    for address in ADDRESSES:
        for kind, body in ((FORM, b"a=1&b=2"), ("multipart/form-data; boundary=x", part(HEADS[3]))):
            for client in clients:
                check(send(client, address, kind, io.BytesIO(body), length), (address, kind))


def test_any_mixture(clients: list[Client]) -> None:
    letters = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=40)
    kinds = st.sampled_from([FORM, "multipart/form-data; boundary=x", *BAD_TYPES]) | st.builds(
        "{};{}={}".format, letters, letters, letters
    )

    @hypothesis_settings(
        max_examples=HOSTILE_BODIES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(
        method=st.sampled_from(["POST", "POST", "PUT", "PATCH", "DELETE", "GET"]),
        address=st.sampled_from(ADDRESSES),
        kind=kinds,
        body=st.binary(max_size=60)
        | st.sampled_from(BODIES[:4])
        | st.builds(part, letters, letters),
        client=st.sampled_from(clients),
    )
    def ask(method: str, address: str, kind: str, body: bytes, client: Client) -> None:
        check(client.generic(method, address, body, content_type=kind), (method, kind, body))

    ask()


@pytest.mark.every_case
@pytest.mark.parametrize("kind", [*BAD_TYPES, *WORSE_TYPES])
def test_the_server_itself_never_has_to_answer(kind: str) -> None:
    """Through the program's entry, where Django parses the type before any middleware is there."""
    with kept_connection():
        ask_the_entry(kind)


def ask_the_entry(kind: str) -> None:
    for method in ("GET", "POST", "PUT"):
        for address in ("/", "/nowhere/", "/admin/login/"):
            request = RequestFactory().generic(method, address, b"a=1", content_type="x")
            kept: list[str] = []
            environ = request.environ | {"CONTENT_TYPE": kind, "HTTP_COOKIE": f"csrftoken={TOKEN}"}
            answer = application(
                environ, lambda status, headers, kept=kept: kept.extend([status, *dict(headers)])
            )
            assert b"Initiative tracker" in b"".join(answer)
            assert kept[0][:3] in {"200", "400", "403", "404", "405"}
            assert set(SECURITY) <= set(kept)
            if address == "/admin/login/":
                assert method != "POST" or kept[0].startswith("400")
            else:
                assert method == "GET" or kept[0].startswith("405")


def test_a_page_is_read_in_utf8_whatever_charset_is_claimed(
    settings: Settings, kept_pages: None
) -> None:
    make_world()
    address = f"/initiatives/?q={quote('Digital')}"
    right = Client().get(address)
    assert "/initiatives/university/" in right.text
    for charset in ("utf-16", "utf-7", "cp037", "hex", "undefined"):
        cache.clear()
        kind = {"CONTENT_TYPE": f"text/plain; charset={charset}"}
        for response in (Client().get(address, **kind), Client().get(address)):  # type: ignore[arg-type]
            assert response.content == right.content


def test_an_unknown_host_is_refused_whatever_is_posted(settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    client = Client(enforce_csrf_checks=True, headers={"Host": "evil.example"})
    client.cookies["csrftoken"] = TOKEN
    for kind in BAD_TYPES:
        response = client.generic("POST", "/", b"a=1", content_type=kind)
        assert response.status_code == 400


def one_line(text: str) -> str:
    return re.sub(r"[ \n]+", " ", text)


@pytest.mark.parametrize(
    ("kind", "body", "status", "said"),
    [
        (f"{FORM}; charset=utf-16", b"a=1", 400, "It is not in UTF-8."),
        ("multipart/form-data", b"a=1", 400, "It arrived incomplete, or is not a form."),
        (FORM, BODIES[5], 413, "a form may have 2.5\xa0MB, not counting its files"),
        (FORM, BODIES[4], 413, "a form may have 20,000 fields and 2,000 files"),
    ],
)
def test_the_page_says_why_a_form_cannot_be_read(
    clients: list[Client], kind: str, body: bytes, status: int, said: str
) -> None:
    for client in clients:
        for address in ("/admin/nowhere/", "/admin/initiatives/theme/add/"):
            page = client.generic("POST", address, body, content_type=kind)
            assert page.status_code == status
            for words in (said, "Nothing was saved.", "go back to the form"):
                assert words in one_line(page.text), words
            assert "address" not in page.text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_what_is_sent_to_a_public_page_is_refused_unread(
    clients: list[Client], method: str
) -> None:
    """Whatever it claims to be: whoever sends it slowly holds nothing."""

    class Unread(io.BytesIO):
        def read(self, *args: Any) -> bytes:
            raise AssertionError("The body was read.")

        readline = read

    for client in clients:
        for address in ("/", "/initiatives/", "/meetings.csv", "/nowhere/", "/admin", "/search"):
            for kind in (FORM, "multipart/form-data; boundary=x", "text/plain; charset=hex"):
                claimed = {"wsgi.input": Unread(), "CONTENT_LENGTH": "9" * 9, "CONTENT_TYPE": kind}
                answer = client.generic(method, address, **claimed)  # type: ignore[arg-type]
                if (method, address) == ("OPTIONS", "/meetings.csv"):
                    # Browsers ask so for programs of other sites.
                    assert answer.status_code == 204
                    continue
                assert answer.status_code == 405
                assert answer.headers["Allow"] == "GET, HEAD"
                check(answer, address)


def test_few_long_bodies_are_read_at_once(clients: list[Client], settings: Settings) -> None:
    settings.THREADS = 2
    address, short = "/admin/initiatives/theme/add/", urlencode({"slug": "water"})
    long = short + "&a=" + "x" * AT_ONCE
    with LONG_BODIES.place():
        for client in clients:
            answer = client.generic("POST", address, long, content_type=FORM)
            assert answer.status_code == 503
            assert answer.headers["Retry-After"]
            assert "Nothing was saved" in one_line(answer.text)
            answer = client.generic("POST", address, short, content_type=FORM)
            assert answer.status_code in (200, 403)
    assert clients[1].generic("POST", address, long, content_type=FORM).status_code == 413


def test_half_a_form_is_no_form(clients: list[Client]) -> None:
    """Whoever loses the connection while sending would else have saved what had come by then."""
    staff = clients[1]
    form = {"slug": "water", "name": "Water", "sdgs": "6", "language": "en"}
    for body, kind in (
        (urlencode(form).encode(), FORM),
        (encode_multipart("x", form), "multipart/form-data; boundary=x"),
    ):
        for kept in (len(body) - 1, len(body) - 12, 20, 0):
            cut = io.BytesIO(body[:kept])
            response = send(staff, "/admin/initiatives/theme/add/", kind, cut, str(len(body)))
            assert response.status_code == 400, (kind, kept)
            assert "It arrived incomplete, or is not a form. Nothing was saved." in one_line(
                response.text
            )
            assert not Theme.objects.exists()
    assert staff.post("/admin/initiatives/theme/add/", form).status_code == 302
    assert Theme.objects.get().name == "Water"
