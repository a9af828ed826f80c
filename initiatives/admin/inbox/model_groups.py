"""The lists of the desk by how often they are needed: every day, for reference, for running the site."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from django.contrib.admin import AdminSite, ModelAdmin
    from django.http import HttpRequest

# In the order in which they are shown; what is in neither is reference.
EVERYDAY = ("Initiative", "StatusUpdate", "Report", "Meeting")
SYSTEM = (
    "Upload",
    "Load",
    "LoadedFact",
    "LoadConflict",
    "User",
    "Group",
    "AccessAttempt",
    "AccessLog",
)


class ListLink(NamedTuple):
    title: str
    url: str
    add_url: str = ""


class ModelGroup(NamedTuple):
    name: str
    title: str
    lists: list[ListLink]


def everyday_lists(site: AdminSite, request: HttpRequest) -> list[ListLink]:
    """Of the lists that a person may see those of every day, which lead on from each page of the desk."""
    admins = _admins(site)
    lists = _links(EVERYDAY, admins, request)
    lists += [
        ListLink(_("Upload a file"), link.add_url)
        for link in _links(("Upload",), admins, request)
        if link.add_url
    ]
    return lists


def model_groups(site: AdminSite, request: HttpRequest) -> list[ModelGroup]:
    """The lists that a person may see, in three groups; none without rows."""
    admins = _admins(site)
    reference = _links(
        (name for name in admins if name not in (*EVERYDAY, *SYSTEM)), admins, request
    )
    if _links(("Initiative",), admins, request):
        reference.append(ListLink(_("Translations"), reverse("admin:translations")))
    groups = [
        ModelGroup("everyday", _("Everyday"), everyday_lists(site, request)),
        ModelGroup("reference", _("Reference"), sorted(reference)),
        ModelGroup("system", _("System"), _links(SYSTEM, admins, request)),
    ]
    return [group for group in groups if group.lists]


def _admins(site: AdminSite) -> dict[str, ModelAdmin[Any]]:
    return {model.__name__: admin for model, admin in site._registry.items()}


def _links(
    names: Iterable[str], admins: dict[str, ModelAdmin[Any]], request: HttpRequest
) -> list[ListLink]:
    """Those of the lists that the person may see, and where it may add a row to one."""
    found = []
    for admin in (admins[name] for name in names):
        if admin.has_module_permission(request) and admin.has_view_or_change_permission(request):
            name = f"admin:{admin.opts.app_label}_{admin.opts.model_name}"
            add_url = reverse(f"{name}_add") if admin.has_add_permission(request) else ""
            title = str(admin.opts.verbose_name_plural).capitalize()
            found.append(ListLink(title, reverse(f"{name}_changelist"), add_url))
    return found
