"""What every request passes, and what every answer carries."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path
from pytest_django import Settings

from tracker import urls as site
from tracker.middleware import RefuseNulMiddleware


def echo(request: HttpRequest, word: str = "") -> HttpResponse:
    return HttpResponse(f"{word}{request.GET.get('q', '')}", content_type="text/plain")


# The pages of errors lead to those of the site.
urlpatterns = [path("echo/", echo), path("echo/<str:word>/", echo), *site.urlpatterns]

pytestmark = [pytest.mark.urls("tests.serving.test_middleware"), pytest.mark.django_db]


@pytest.mark.parametrize(
    "address", ["/echo/?q=a%00b", "/echo/a%00b/", "/echo/?%00", "/echo/?a=1&q=%00"]
)
def test_a_nul_in_the_address_is_the_visitors_mistake(client: Client, address: str) -> None:
    assert client.get(address).status_code == 400


def test_a_raw_nul_in_the_query_is_refused_too() -> None:
    request = RequestFactory().get("/echo/", QUERY_STRING="q=a\0b")
    assert RefuseNulMiddleware(echo)(request).status_code == 400


@pytest.mark.parametrize("query", ["q=%2500", "q=100%25", "q=%D0%90", "q=%ff", ""])
def test_other_characters_pass(client: Client, query: str) -> None:
    assert client.get(f"/echo/?{query}").status_code == 200


@pytest.mark.parametrize("address", ["/echo/", "/echo/?q=%00", "/nowhere/"])
def test_every_answer_carries_the_content_policy(client: Client, address: str) -> None:
    policy = client.get(address).headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


def test_an_answer_cannot_be_framed_or_sniffed(client: Client) -> None:
    headers = client.get("/echo/").headers
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_plain_http_is_sent_to_https(client: Client, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    response = client.get("/echo/")
    assert response.status_code == 301
    assert response.headers["Location"] == "https://testserver/echo/"
    secure = client.get("/echo/", secure=True)
    assert secure.status_code == 200
