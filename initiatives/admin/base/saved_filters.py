"""Filters that a person saves for themselves: a name for a list as it is narrowed and ordered."""

from __future__ import annotations

from copy import copy
from itertools import chain
from typing import Any

from django import forms
from django.apps import apps
from django.contrib import admin, messages
from django.contrib.admin import AdminSite
from django.contrib.admin.exceptions import NotRegistered
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied, SuspiciousOperation, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from ...models import SavedFilter
from .changelist import DeskChangeList
from .widgets import is_key

NOT_UNDERSTOOD = _lazy("Nothing is saved: the list does not know these filters.")
# Of one list; more would be no help to anybody.
MOST = 50


def _own(request: HttpRequest) -> QuerySet[SavedFilter]:
    return SavedFilter.objects.filter(user=request.user.pk)


def saved_filters_context(request: HttpRequest, changelist: DeskChangeList) -> dict[str, Any]:
    """The person’s filters of a list, and what would be saved of the list as it is now."""
    of_list, query = changelist.opts.label_lower, changelist.as_query_string()
    saved = _own(request).filter(of_list=of_list)
    return {
        "saved_filters": [
            {"row": row, "url": f"?{row.query}", "is_current": row.query == query} for row in saved
        ],
        "of_list": of_list,
        "query_to_save": query,
        "name_length": SavedFilter._meta.get_field("name").max_length,
    }


def understood_query(request: HttpRequest, model_admin: Any, query: str) -> str:
    """The query string as that list understands it; raises ValidationError where the list cannot be shown so."""
    asked = copy(request)
    asked.GET = QueryDict(query)
    if "\0" in "".join([*asked.GET, *chain(*dict(asked.GET.lists()).values())]):
        # No address may hold it.
        raise ValidationError(NOT_UNDERSTOOD)
    try:
        changelist: DeskChangeList = model_admin.get_changelist_instance(asked)
    except (IncorrectLookupParameters, SuspiciousOperation):
        raise ValidationError(NOT_UNDERSTOOD) from None
    return changelist.as_query_string()


class SavedFilterForm(forms.ModelForm[SavedFilter]):
    class Meta:
        model = SavedFilter
        fields = ("name", "query")


def saved_filters_view(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Save a filter or delete one of one’s own, and lead back to its list; a name that is taken gets the new query."""
    if request.method != "POST":
        raise Http404
    if key := request.POST.get("delete"):
        return _delete(request, key)
    model_admin = _admin_of(site, request, request.POST.get("of_list", ""))
    of_list = model_admin.opts.label_lower
    own = _own(request).filter(of_list=of_list)
    name = request.POST.get("name", "").strip()
    is_nameable = "\0" not in name
    same = own.filter(name=name).first() if is_nameable else None
    instance = same or SavedFilter(user=request.user, of_list=of_list)  # type: ignore[misc]
    back = reverse(f"admin:{model_admin.opts.app_label}_{model_admin.opts.model_name}_changelist")
    query = ""
    try:
        query = understood_query(request, model_admin, request.POST.get("query", ""))
        form = SavedFilterForm({"name": name, "query": query}, instance=instance)
        if not form.is_valid():
            query = "" if "query" in form.errors else query
            raise ValidationError(_say(form))
        if same is None and own.count() >= MOST:
            words = _("You have %(most)d filters here; delete one first.")
            raise ValidationError(words % {"most": MOST})
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        form.save()
        messages.success(request, _("Saved as “%(name)s”.") % {"name": name})
    return HttpResponseRedirect(f"{back}?{query}" if query else back)


def _say(form: SavedFilterForm) -> str:
    if "query" in form.errors:
        return _("Nothing is saved: choose filters or an order first, and not too many.")
    return _("Nothing is saved: give it a name of at most 60 characters.")


def _delete(request: HttpRequest, key: str) -> HttpResponse:
    saved = _own(request).filter(pk=key).first() if is_key(SavedFilter, key) else None
    if saved is None:
        raise Http404
    saved.delete()
    messages.success(request, _("“%(name)s” is deleted.") % {"name": saved.name})
    model = apps.get_model(saved.of_list)
    return HttpResponseRedirect(
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    )


def _admin_of(site: AdminSite, request: HttpRequest, of_list: str) -> admin.ModelAdmin[Any]:
    """The admin of a list that the person may see; raises Http404 or PermissionDenied."""
    try:
        model_admin = site.get_model_admin(apps.get_model(of_list))
    except (LookupError, ValueError, NotRegistered):
        raise Http404 from None
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    return model_admin
