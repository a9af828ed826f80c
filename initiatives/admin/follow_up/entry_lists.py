"""The mentions and status updates of an initiative or a report, to read on its page in the admin."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from ...models import ENTRIES, AnyEntry, Initiative
from ..base.records import admin_url, link_to
from ..base.widgets import is_key
from .entry_states import state_of

# Entries on the page of an initiative or a report; their own list has all of them.
MAX_ROWS = 50


def entry_lists_context(request: HttpRequest, name: str, key: str) -> dict[str, Any]:
    """Context for the updates and mentions of an initiative or a report (``name``), newest first."""
    if not is_key(Initiative, key):
        return {}
    lists = [
        _entry_list(model, name, key)
        for model in reversed(ENTRIES)
        if request.user.has_perm(f"initiatives.view_{model._meta.model_name}")
    ]
    return {"entry_lists": lists, "shown_for": name}


def _entry_list(model: type[AnyEntry], name: str, key: Any) -> dict[str, Any]:
    opts = model._meta
    entries: list[Any] = list(
        model.objects.filter(**{name: key})
        .select_related("initiative", "report", "correction")
        .newest_first()[: MAX_ROWS + 1]
    )
    rows = []
    for entry in entries[:MAX_ROWS]:
        other = entry.initiative if name == "report" else entry.report
        rows.append(
            {
                "url": admin_url(entry),
                "word": entry.in_a_word,
                "on": entry.dated.in_words if entry.dated else "",
                "other": link_to(other),
                "locator": entry.locator,
                "text": entry.text,
                "state": state_of(entry).label,
                "publication": entry.get_publication_display(),
            }
        )
    changelist = reverse(f"admin:initiatives_{opts.model_name}_changelist")
    return {
        "title": opts.verbose_name_plural,
        "rows": rows,
        "more": len(entries) > MAX_ROWS,
        "all_url": f"{changelist}?{urlencode({f'{name}__id__exact': key})}",
    }
