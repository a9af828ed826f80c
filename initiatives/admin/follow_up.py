"""Status updates and mentions in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .. import actions
from ..models import Initiative, Mention, StatusUpdate
from .entries import EntryAdmin
from .filters import EntryStateFilter, RelatedFilter, by_year
from .records import in_words


@admin.register(StatusUpdate)
class StatusUpdateAdmin(EntryAdmin[StatusUpdate]):
    record_title = _("Record status")
    as_of = staticmethod(in_words("on", _("as of")))
    recorded = (
        "initiative",
        "status",
        "on",
        "what",
        "report",
        "locator",
        "participant",
        "note",
        "publication",
    )
    list_display = (
        "initiative",
        "status",
        in_words("on", _("as of")),
        "what",
        "report",
        "publication",
        "state",
        "recorded_by",
        "recorded_at",
    )
    list_select_related = ("initiative", "report", "recorded_by", "correction")
    list_filter = (
        EntryStateFilter,
        "status",
        "publication",
        ("initiative__dialogue", RelatedFilter),
        ("participant", RelatedFilter),
        by_year("on", _("year")),
        ("report", RelatedFilter),
    )
    search_fields = ("ref", "initiative__title", "what")
    autocomplete_fields = ("initiative", "report", "participant")

    def write(self, form: Any, **common: Any) -> StatusUpdate:
        own = {name: form.cleaned_data[name] for name in ("status", "on", "what", "participant")}
        return actions.record_status(**common, **own)

    def outcome(self, before: Initiative, entry: StatusUpdate) -> str:
        old, new = before.status.label, entry.initiative.status.label
        if old == new:
            return gettext("recorded; the status stays “%(new)s”.") % {"new": new}
        return gettext("status changed from “%(old)s” to “%(new)s”.") % {"old": old, "new": new}


@admin.register(Mention)
class MentionAdmin(EntryAdmin[Mention]):
    record_title = _("Record mention")
    recorded = (
        "initiative",
        "report",
        "act",
        "by",
        "locator",
        "quote",
        "quote_language",
        "note",
        "publication",
    )
    list_display = (
        "initiative",
        "act",
        "report",
        "locator",
        "publication",
        "state",
        "recorded_by",
        "recorded_at",
    )
    list_select_related = ("initiative", "report", "recorded_by", "correction")
    list_filter = (
        EntryStateFilter,
        "act",
        "publication",
        ("initiative__dialogue", RelatedFilter),
        ("by", RelatedFilter),
        ("report", RelatedFilter),
    )
    search_fields = ("ref", "initiative__title", "report__title", "quote")
    autocomplete_fields = ("initiative", "report", "by")

    def write(self, form: Any, **common: Any) -> Mention:
        own = {name: form.cleaned_data[name] for name in ("act", "quote", "quote_language")}
        return actions.record_mention(**common, **own, participants=form.cleaned_data["by"])

    def outcome(self, before: Initiative, entry: Mention) -> str:
        old = before.get_standing_display()
        new = entry.initiative.get_standing_display()
        if old == new:
            return gettext("recorded; the standing stays “%(new)s”.") % {"new": new}
        return gettext("standing changed from “%(old)s” to “%(new)s”.") % {"old": old, "new": new}
