"""The rights of recording/permissions.py as Django's admin asks for them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.options import BaseModelAdmin
from django.http import HttpRequest

from ...recording import permissions


def may(request: HttpRequest, action: str, obj: Any) -> bool:
    """As in recording/permissions.py, for a row as it was when the request first asked.

    A form writes what was typed into the row, and the page that tells what is wrong with it asks again.
    """
    if isinstance(obj, type) or obj.pk is None:
        return permissions.may(request.user, action, obj)
    answers: dict[Any, bool] = request.__dict__.setdefault("_rights", {})
    key = (action, obj._meta.label, obj.pk)
    if key not in answers:
        answers[key] = permissions.may(request.user, action, obj)
    return answers[key]


class GuardedForm(forms.BaseModelForm[Any]):
    """Refuses what would make a row one that the person may not write: of another dialogue, or public."""

    writer: Any

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        action = "change" if self.instance.pk else "add"
        if reason := permissions.refusal(self.writer, action, self.instance):
            self.add_error(None, forms.ValidationError(reason, code="refused"))


class Guarded(BaseModelAdmin[Any]):
    """An admin whose rows are seen and written by who may."""

    def _may(self, request: HttpRequest, action: str, obj: Any) -> bool:
        return may(request, action, obj or self.model)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "view", obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "add", obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "change", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "delete", obj)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)  # type: ignore[misc]
        return type(form)(form.__name__, (GuardedForm, form), {"writer": request.user})


class GuardedInline(Guarded):
    """Rows on the page of another one, written by who may write that one."""

    def _may(self, request: HttpRequest, action: str, obj: Any) -> bool:
        return may(request, action, self.model) and (
            action == "view" or obj is None or may(request, "change", obj)
        )
