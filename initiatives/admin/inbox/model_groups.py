"""The lists of the desk by how often they are needed: every day, for reference, for running the site."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

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


def model_groups(app_list: list[Any]) -> list[ModelGroup]:
    """The lists that a person may see (``app_list``, as the site has it), in three groups; none without rows."""
    models = {model["object_name"]: model for app in app_list for model in app["models"]}

    def links(names: Any) -> list[ListLink]:
        listed = (models[name] for name in names if name in models)
        return [
            ListLink(str(model["name"]).capitalize(), model["admin_url"], model["add_url"] or "")
            for model in listed
            if model["admin_url"]
        ]

    everyday = links(EVERYDAY)
    if "Upload" in models and models["Upload"]["add_url"]:
        everyday.append(ListLink(_("Upload a file"), models["Upload"]["add_url"]))
    translations = [
        ListLink(_("Translations"), reverse("admin:translations"))
        for name in models
        if name == "Initiative"
    ]
    reference = sorted(name for name in models if name not in (*EVERYDAY, *SYSTEM))
    groups = [
        ModelGroup("everyday", _("Everyday"), everyday),
        ModelGroup("reference", _("Reference"), sorted([*links(reference), *translations])),
        ModelGroup("system", _("System"), links(SYSTEM)),
    ]
    return [group for group in groups if group.lists]
