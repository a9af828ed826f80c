"""What loads have written and what they left open, to look at in the admin."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ..loading.kinds import KINDS
from ..models import ENTRY_OF, LoadConflict, LoadedFact, Record
from ..recording import permissions
from .base.lists import ListAdmin
from .base.records import EMPTY_VALUE, admin_url


class LoadResultAdmin(ListAdmin[Any]):
    """Rows that loads write: whoever edited them would make the next load lose edits."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return permissions.may(request.user, "view", LoadedFact)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(LoadedFact)
class LoadedFactAdmin(LoadResultAdmin):
    """The base of the three-way merge."""

    list_display = ("source", "kind", "key")
    list_filter = ("kind",)
    search_fields = ("source", "key")


@admin.register(LoadConflict)
class LoadConflictAdmin(LoadResultAdmin):
    """Where a file says otherwise than a person or another document; the next load of the file asks again."""

    list_display = ("name", "title", "what", "source", "found_at")
    list_display_links = ("name",)
    list_filter = ("kind",)
    search_fields = ("source", "key", "title")
    fields = ("row", "title", "source", "file", "note", "found_at", "differences")
    readonly_fields = ("row", "differences")

    @admin.display(description=_("record"), ordering="key")
    def name(self, conflict: LoadConflict) -> str:
        return str(conflict)

    @admin.display(description=_("in conflict"))
    def what(self, conflict: LoadConflict) -> str:
        return conflict.note or ", ".join(str(field["field"]) for field in conflict.fields)

    @admin.display(description=_("record"))
    def row(self, conflict: LoadConflict) -> str:
        row = row_of(conflict)
        if row is None:
            return gettext("%(record)s (not there)") % {"record": conflict}
        return format_html('<a href="{}">{}</a> ({})', admin_url(row), row, conflict)

    @admin.display(description=_("differences"))
    def differences(self, conflict: LoadConflict) -> str:
        row, kind = row_of(conflict), KINDS.get(conflict.kind)
        current = kind.read(row) if row and kind else {}
        rows = [
            (
                field["field"],
                _text(field["base"]),
                _now(field, current),
                _text(field["theirs"]),
            )
            for field in conflict.fields
        ]
        cells = "<tr><th scope='row'>{}</th><td>{}</td><td>{}</td><td>{}</td></tr>"
        heads = [_("Field"), _("The load before"), _("Now"), _("The file")]
        return format_html(
            "<div class='results'><table class='differences'><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>"
            "<p>{}</p>",
            format_html_join("", "<th scope='col'>{}</th>", ((head,) for head in heads)),
            format_html_join("", cells, rows),
            gettext(
                "It stays as it is now. Where the file is right, edit the record; where the record is right,"
                " correct the file. The next load of the file asks again."
            ),
        )


def _now(field: dict[str, Any], current: dict[str, Any]) -> str:
    """What stands now and, as long as nobody has changed it since, who said so."""
    value = current.get(field["field"], field["ours"])
    origin = field.get("origin") if value == field["ours"] else ""
    return f"{_text(value)} ({origin})" if origin else _text(value)


def row_of(conflict: LoadConflict) -> Record | None:
    """The record that the conflict is about, if it is there."""
    if kind := KINDS.get(conflict.kind):
        parts = len(kind.model.natural_key_lookups())
        key = tuple(conflict.key.split("/", parts - 1))
        return next((row for _key, row in kind.existing([key])), None)
    model = ENTRY_OF.get(conflict.kind)
    return model._default_manager.filter(ref=conflict.key).first() if model else None


def _text(value: Any) -> str:
    if value is None:
        return EMPTY_VALUE
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
