"""A form that is shown again with what was typed into it, to be looked at and not saved."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

# The hidden box that says so.
RESTORE = "_restore"
# The button of whoever has no scripts: it fills the boxes to choose from, and saves nothing.
OFFER = "_offer"
# Of the boxes that a button or the machinery adds, those without which the form would be another one.
REQUIRED_FIELDS = ("_version", "_popup", "_to_field")
# How the names of the boxes of admin/account/confirmation.py begin: a password, and a code that is as good as one.
CONFIRMATION_PREFIX = "confirm_"


def render_unsaved(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """The page with what a request sends, which its form cannot take now; ``context`` says why (``gone``)."""
    fields = posted_fields(request)
    form = {"path": request.get_full_path(), "fields": fields, "texts": readable_texts(fields)}
    context = {"title": _("What you typed"), "kept": [form], **context}
    return TemplateResponse(request, "admin/initiatives/typed.html", context)


def posted_fields(request: HttpRequest) -> list[tuple[str, str]]:
    return [
        (name, value)
        for name, values in request.POST.lists()
        if name in REQUIRED_FIELDS or not (name.startswith("_") or name == "csrfmiddlewaretoken")
        for value in values
        if not ("password" in name.lower() or name.startswith(CONFIRMATION_PREFIX))
    ]


def readable_texts(fields: Any) -> list[tuple[str, str]]:
    """What a person would know again: the texts, without keys and what counts rows."""
    return [
        (name.replace("_", " ").capitalize(), value)
        for name, value in fields
        if value and not (value.isdigit() or name.startswith("_") or "__prefix__" in name)
    ]
