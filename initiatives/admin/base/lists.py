"""Lists of the admin that answer any address, and any choice of rows, without an error 500."""

from __future__ import annotations

import re
from typing import Any, TypeVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import NotRelationField, get_fields_from_path
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import override

from ...languages import ENGLISH
from .changelist import DeskChangeList, KeysFirst
from .saved_filters import saved_filters_context
from .searches import in_other_languages, says, words_of
from .widgets import is_key

M = TypeVar("M", bound=models.Model)

# More words than anybody searches for; SQLite refuses conditions that are nested too deeply.
SEARCH_LENGTH = 200


class ListAdmin(admin.ModelAdmin[M]):
    """A list that is narrowed only in ways that cannot fail."""

    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = KeysFirst

    def prefetched_for_list(self) -> tuple[str | models.Prefetch[Any], ...]:
        """What is read besides for the rows of one page."""
        return ()

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return DeskChangeList

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """As Django has it; and what the list is narrowed by, and the filters that the person has saved."""
        response = super().changelist_view(request, *args, **kwargs)
        context = getattr(response, "context_data", None) or {}
        if isinstance(changelist := context.get("cl"), DeskChangeList):
            context["active_filters"] = changelist.active_filters()
            context |= saved_filters_context(request, changelist)
        return response

    def formfield_for_dbfield(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        """Name both boxes of a date and a time, whose one label names neither."""
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, forms.SplitDateTimeWidget):
            for widget, word in zip(field.widget.widgets, (_("date"), _("time")), strict=True):
                widget.attrs["aria-label"] = f"{field.label}: {word}"
        return field  # type: ignore[no-any-return]

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        """Whether a list may be narrowed by that: by a key, a choice, a reference or a filter of the list.

        Any other lookup of Django (``title__regex=(``) can fail when the list is read, as an error 500.
        """
        if lookup in {getattr(item, "parameter_name", None) for item in self.list_filter}:
            # A filter of our own, which may be called as a column is.
            return True
        path = re.sub("__(exact|isnull|isempty)$", "", lookup)
        listed = {item[0] if isinstance(item, tuple) else item for item in self.list_filter}
        try:
            field: Any = get_fields_from_path(self.model, path)[-1]
        except (FieldDoesNotExist, NotRelationField):
            # A filter with a name of its own; Django drops or refuses every other name.
            return "__" not in lookup
        harmless = field.is_relation or field.primary_key or field.choices or path in listed
        return bool(harmless) and super().lookup_allowed(lookup, value, request)

    def get_paginator(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        paginator: Any = super().get_paginator(request, *args, **kwargs)
        paginator.is_searched = bool(request.GET.get(SEARCH_VAR))
        return paginator

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        """Those of the list, and what they say in other languages."""
        columns = super().get_search_fields(request)
        others = [said for column in columns for said in in_other_languages(self.model, column)]
        return [*dict.fromkeys([*columns, *others])]

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        columns = self.get_search_fields(request)
        for word in words_of(search_term[:SEARCH_LENGTH]):
            queryset = queryset.filter(says(self.model, columns, word))
        return queryset, False

    # --- The log, in English whoever reads the desk in what --------------------------------------

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        with override(ENGLISH):
            return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        with override(ENGLISH):
            words = message if isinstance(message, list) else str(message)
            return super().log_change(request, obj, words)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        with override(ENGLISH):
            return super().log_deletions(request, queryset)

    # --- Actions ----------------------------------------------------------------------------------

    def response_action(  # type: ignore[override]
        self, request: HttpRequest, queryset: Any, **kwargs: Any
    ) -> HttpResponse | None:
        if not all(is_key(self.model, key) for key in request.POST.getlist(ACTION_CHECKBOX_NAME)):
            self.message_user(request, _("Choose rows of the list."), messages.WARNING)
            return None
        return super().response_action(request, queryset, **kwargs)
