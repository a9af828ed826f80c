"""What loads have written, to look at in the admin, and what they left open, to be settled there."""

from __future__ import annotations

import json
from operator import itemgetter
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ..languages import series
from ..loading import kept_words, settlement
from ..loading.conflict_dialogues import conflicts_within
from ..loading.loaded_rows import title_of
from ..loading.said import in_language
from ..loading.wording import DocumentTitles, Wording, field_in_words, kind_in_words
from ..models import Entry, LoadConflict, LoadedFact, Report
from ..recording import permissions
from .base.filters import MyDialoguesFilter
from .base.lists import ListAdmin
from .base.records import EMPTY_VALUE, admin_url, link_to, person
from .base.widgets import is_key


class KindFilter(admin.SimpleListFilter):
    """By the kind of record, in words."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        kinds = model_admin.model.objects.order_by().values_list("kind", flat=True).distinct()
        return sorted(((kind, capfirst(kind_in_words(kind))) for kind in kinds), key=itemgetter(1))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        return queryset.filter(kind=self.value()) if self.value() else None


class ConflictDialoguesFilter(MyDialoguesFilter):
    """The conflicts about what belongs to the dialogues that the person works on."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        return conflicts_within(queryset, self.dialogues) if self.value() == "mine" else None


class LoadResultAdmin(ListAdmin[Any]):
    """Rows that loads write: whoever edited them would make the next load lose edits."""

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The list, whose rows know what they are called; each document and record is looked up once."""
        listed = super().get_changelist_instance(request)
        titles, wording = DocumentTitles(), Wording()
        titles.request(row.source for row in listed.result_list)
        for row in listed.result_list:
            row.document, row.name = titles.of(row.source), _name(row, wording)
        return listed

    @admin.display(description=_("document"), ordering="source")
    def document(self, row: Any) -> str:
        return str(row.document)

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

    list_display = ("name", "kind_of_record", "document")
    list_filter = (KindFilter,)
    search_fields = ("source", "key")
    fields = ("source", "kind_of_record", "key", "values_in_words")
    readonly_fields = ("kind_of_record", "values_in_words")

    @admin.display(description=_("record"), ordering="key")
    def name(self, fact: LoadedFact) -> str:
        return str(fact.name)  # type: ignore[attr-defined]

    @admin.display(description=_("kind"), ordering="kind")
    def kind_of_record(self, fact: LoadedFact) -> str:
        return capfirst(kind_in_words(fact.kind))

    @admin.display(description=_("values"))
    def values_in_words(self, fact: LoadedFact) -> str:
        wording = Wording()
        rows = [
            (field_in_words(fact.kind, name), _text(wording.value(fact.kind, name, value)))
            for name, value in fact.values.items()
        ]
        return format_html_join("", "<p>{}: {}</p>", rows) or EMPTY_VALUE


@admin.register(LoadConflict)
class LoadConflictAdmin(LoadResultAdmin):
    """Where a file says otherwise than a person or another document, to be settled field by field."""

    list_display = ("name", "what", "document", "found_at")
    list_display_links = ("name",)
    list_filter = (ConflictDialoguesFilter, KindFilter)
    search_fields = ("source", "key", "title")

    @admin.display(description=_("record"), ordering="key")
    def name(self, conflict: LoadConflict) -> str:
        return f"{capfirst(kind_in_words(conflict.kind))}: {conflict.name}"  # type: ignore[attr-defined]

    @admin.display(description=_("in conflict"))
    def what(self, conflict: LoadConflict) -> str:
        fields = [field_in_words(conflict.kind, field["field"]) for field in conflict.fields]
        return kept_words.note(conflict.note) or series(fields)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.settle_view)
        name = "initiatives_loadconflict_settle"
        return [path("<path:object_id>/settle/", view, name=name), *super().get_urls()]

    def _get_conflict(self, request: HttpRequest, object_id: str) -> LoadConflict:
        if not self.has_view_permission(request):
            raise PermissionDenied
        key = unquote(object_id)
        conflict = is_key(LoadConflict, key) and LoadConflict.objects.filter(pk=key).first()
        if not conflict:
            raise Http404
        return conflict

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        """What the load before wrote, what stands and what the file says; and who may, chooses."""
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        return self._page(request, self._get_conflict(request, object_id))

    def settle_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Settle it as chosen; what was changed meanwhile is looked at again."""
        conflict = self._get_conflict(request, object_id)
        row = settlement.row_of(conflict)
        if refusal := _refusal(request, row):
            raise PermissionDenied(refusal)
        if request.method != "POST":
            return self._page(request, conflict)
        chosen = [
            field["field"]
            for number, field in enumerate(conflict.fields)
            if request.POST.get(f"take-{number}") == "file"
        ]
        try:
            settlement.settle(
                by=person(request),
                conflict=conflict,
                from_file=chosen,
                expected=request.POST.get("digest", ""),
            )
        except ValidationError as error:
            for message in error.messages:
                self.message_user(request, message, messages.ERROR)
            return HttpResponseRedirect(admin_url(conflict))
        # As it is called now.
        row = settlement.row_of(conflict)
        name = link_to(row) if row else conflict_in_words(conflict)
        words = format_html("{}: {}", name, _settled(conflict, row))
        self.message_user(request, words, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:initiatives_loadconflict_changelist"))

    def _page(self, request: HttpRequest, conflict: LoadConflict) -> HttpResponse:
        row, kind = settlement.row_of(conflict), conflict.kind
        current = settlement.read(conflict, row) if row else {}
        wording = Wording()
        rows = []
        for number, field in enumerate(conflict.fields):
            name = field["field"]
            now = current.get(name) if row else None
            is_as_found = now == field["ours"]
            rows.append(
                {
                    "number": number,
                    "name": field_in_words(kind, name),
                    "base": _text(wording.value(kind, name, field["base"])),
                    "now": _text(wording.value(kind, name, now)),
                    "origin": kept_words.origin(field.get("origin", "")) if is_as_found else "",
                    "file": _text(wording.value(kind, name, field["theirs"])),
                }
            )
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Conflict"),
            "subtitle": conflict_in_words(conflict),
            "opts": self.opts,
            "original": conflict,
            "conflict": conflict,
            "note": kept_words.note(conflict.note),
            "row": row,
            "report": Report.objects.filter(slug=conflict.source).first(),
            "row_url": admin_url(row) if row else "",
            "history_url": "" if row else self._history_url(request, conflict),
            "rows": rows,
            "digest": settlement.digest_of(conflict, row),
            "refusal": _refusal(request, row),
            "media": self.media,
        }
        return TemplateResponse(request, "admin/initiatives/load_conflict.html", context)

    def _history_url(self, request: HttpRequest, conflict: LoadConflict) -> str:
        """Where a record that was deleted can be brought back; empty for who may not look, or where nothing is kept."""
        deletion = settlement.deletion_of(conflict)
        if deletion is None or not permissions.may(request.user, "view", deletion.instance_type):
            return ""
        page = f"admin:initiatives_{deletion.instance_type._meta.model_name}_history"
        return reverse(page, args=[deletion.id])


def _settled(conflict: LoadConflict, row: Any) -> str:
    if row:
        return gettext("Settled. You are asked again only when the file changes once more.")
    if conflict.fields:
        return gettext(
            "Settled: it stays deleted. You are asked again only when the file changes once more."
        )
    return gettext("Settled: it stays deleted. The next load of the file asks again.")


def _refusal(request: HttpRequest, row: Any) -> Any:
    """Why the person may not settle a conflict about that row; about one that is gone, who may load decides."""
    if row is None:
        return None if permissions.may_load(request.user) else permissions.NO_ROLE
    action = "correct" if isinstance(row, Entry) else "change"
    return permissions.refusal(request.user, action, row)


def conflict_in_words(conflict: LoadConflict) -> str:
    return f"{capfirst(kind_in_words(conflict.kind))}: {_name(conflict, Wording())}"


def _name(row: LoadConflict | LoadedFact, wording: Wording) -> str:
    """What the record is called that loads keep something of."""
    said = row.title if isinstance(row, LoadConflict) else title_of(row.values)
    return said or in_language(wording.key(row.kind, tuple(row.key.split("/")))) or row.key


def _text(value: Any) -> str:
    if value is None or value == []:
        return EMPTY_VALUE
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return series(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
