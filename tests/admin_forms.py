"""What a browser would send back from a page of the admin."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.utils import quote
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from tests.people import PASSWORD


def address(row: Model | type[Model], page: str, *more: Any) -> str:
    """The address of a page of a row (or of a model) in the admin: ``address(report, "change")``."""
    opts = row._meta
    args = [quote(row.pk)] if isinstance(row, Model) else []
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_{page}", args=[*args, *more])


def filled(response: Any, **changes: Any) -> dict[str, Any]:
    """The form of a page as it is shown, with some fields changed; None empties a field."""
    forms = [response.context["adminform"].form]
    for inline in response.context.get("inline_admin_formsets", []):
        forms += [inline.formset.management_form, *inline.formset.forms]
    data: dict[str, Any] = {}
    if version := response.context.get("version"):
        data["_version"] = version
    for form in forms:
        for bound in form:
            value = bound.value()
            if isinstance(value, list | tuple):
                data[bound.html_name] = [getattr(item, "pk", item) for item in value]
            elif value is not None and value is not False:
                data[bound.html_name] = bound.field.prepare_value(value)
    if response.context.get("confirmation"):
        data["confirm_password"] = PASSWORD
    data |= changes
    return {name: value for name, value in data.items() if value is not None}


def deletion(client: Client, *rows: Model, by_list: bool = False) -> tuple[str, dict[str, Any]]:
    """Where it is asked whether to delete a row (or several, from their list), and what says yes to what is shown."""
    url, data = address(rows[0], "delete"), dict[str, Any]()
    if by_list:
        url = address(type(rows[0]), "changelist")
        data = {"action": "delete_selected", "_selected_action": [row.pk for row in rows]}
    page = client.post(url, data) if by_list else client.get(url)
    return url, {**data, "post": "yes", "_seen": page.context["seen"]}


def delete(client: Client, row: Model) -> Any:
    """Ask to delete a row, and say yes."""
    return client.post(*deletion(client, row))


def errors(response: Any) -> str:
    """All that a form was sent back for, in one text."""
    assert response.status_code == 200, response.status_code
    return " ".join(str(error) for error in response.context["errors"])


def send(client: Client, url: str, **changes: Any) -> Any:
    """Open a form, change some fields and send it."""
    page = client.get(url)
    assert page.status_code == 200
    return client.post(url, filled(page, **changes))


def saved(client: Client, url: str, **changes: Any) -> Any:
    """Send a form that is to be taken; return the page that comes after it."""
    response = send(client, url, **changes)
    if response.status_code != 302:
        pytest.fail(f"not saved: {errors(response)}")
    return client.get(response.headers["Location"])
