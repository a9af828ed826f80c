"""The addresses of the site; those of the public pages are in `initiatives/urls.py`."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path(settings.ADMIN_PATH, admin.site.urls),
    path("", include("initiatives.urls")),
]
