"""The addresses of the site; those of the public pages are in `initiatives/urls.py`."""

from inspect import unwrap

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views import defaults

urlpatterns = [
    path(settings.ADMIN_PATH, admin.site.urls),
    path("", include("initiatives.urls")),
]

# Django's own without the check of a token, for which they would read the body: no form is on these pages, and a body
# that cannot be read may be what they answer.
handler400 = unwrap(defaults.bad_request)
handler403 = unwrap(defaults.permission_denied)
handler404 = unwrap(defaults.page_not_found)
handler500 = unwrap(defaults.server_error)
