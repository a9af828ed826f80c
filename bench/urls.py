"""The site's own addresses, with a floor and a peer to measure it against."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path

from bench.stock_admin import site
from bench.stock_desk import site as stock_desk
from tracker.urls import urlpatterns as real

LARGE = b"x" * 60_000


def constant(request: HttpRequest) -> HttpResponse:
    """The least that a view can do behind this middleware."""
    return HttpResponse(b"constant")


def constant_large(request: HttpRequest) -> HttpResponse:
    """The same with about as many bytes as a list has."""
    return HttpResponse(LARGE)


urlpatterns = [
    path("bench/constant/", constant),
    path("bench/constant-large/", constant_large),
    # Below the admin's address, so that it passes the same middleware as the admin does.
    path(f"{settings.ADMIN_PATH}bench/", site.urls),
    path(f"{settings.ADMIN_PATH}stock/", stock_desk.urls),
    *real,
]
