"""What an entry is in other languages, typed on a page of its own: no correction is made for it."""

from __future__ import annotations

from typing import Any, TypeVar

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ...models import AnyTranslatedEntry
from ...recording import permissions
from ...recording.translation import translate
from ..base.form_merge import FormWithInlines, merge
from ..base.locking import (
    VERSION,
    conflict_of,
    hold_back,
    is_form_restored,
    read_version,
    sign_version,
)
from ..base.records import person
from ..base.translating import (
    HOLDS,
    confirm_if_told,
    page_of,
    saved_response,
    show_beside,
    texts_in_other_languages,
)
from .entries import EntryAdmin, add_action_errors

T = TypeVar("T", bound=AnyTranslatedEntry)


def languages_fieldset(form: Any) -> tuple[Any, dict[str, Any]]:
    """The boxes of other languages, folded away until one of them holds something."""
    classes = [] if form["translations"].value() or form["language"].errors else ["collapse"]
    return (_("Languages"), {"fields": ["language", "translations"], "classes": classes})


class TranslatedEntryAdmin(EntryAdmin[T]):
    """Entries whose texts may be said in other languages."""

    @admin.display(description=_("in other languages"))
    def texts(self, entry: T) -> str:
        return texts_in_other_languages(entry)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.translate_view)
        name = f"initiatives_{self.opts.model_name}_translate"
        return [path("<int:pk>/translate/", view, name=name), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        entry = self._find_current(object_id)
        may = bool(entry and permissions.may(request.user, "translate", entry))
        extra = {"may_translate": may, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, extra)

    @transaction.atomic
    def translate_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        entry = self._current_entry(request, pk, "translate")
        if isinstance(entry, HttpResponseRedirect):
            return entry
        if request.method == "POST":
            self._merge_translations(request, entry)
        form = self._translation_form(request)(
            request.POST if request.method == "POST" else None, instance=entry
        )
        current = FormWithInlines(form, [])
        # After a mistake it is still the version that the person began with.
        conflict, posted = conflict_of(request), request.POST.get(VERSION, "")
        version = conflict.version if conflict else posted or sign_version(entry, current)
        if request.method == "POST" and form.is_valid() and not is_form_restored(self, request):
            texts = form.cleaned_data["translations"]
            try:
                has_changed = translate(by=person(request), entry=entry, translations=texts)
            except ValidationError as error:
                add_action_errors(form, error)
            else:
                if has_changed:
                    self.log_change(request, entry, "Translated.")
                confirm_if_told(request, entry)
                return saved_response(request, entry)
        stored = self.model._default_manager.get(pk=entry.pk)
        page = page_of(request, stored)
        show_beside(form, page)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Translate"),
            "page": page,
            "row": entry,
            "holds": HOLDS,
            "opts": self.opts,
            "entry": entry,
            "form": form,
            "media": self.media,
            "conflict": conflict,
            "version": version,
        }
        return TemplateResponse(request, "admin/initiatives/translate.html", context)

    def _translation_form(self, request: HttpRequest) -> Any:
        return self.get_form(request, None, fields=["translations"])

    def _merge_translations(self, request: HttpRequest, entry: T) -> None:
        """Merge what was typed with what others saved since the form was drawn, while the entry is locked."""
        rows: Any = self.model._base_manager.select_for_update(of=("self",), no_key=True)
        entry.translations = rows.get(pk=entry.pk).translations
        current = FormWithInlines(self._translation_form(request)(instance=entry), [])
        before = read_version(entry, request.POST.get(VERSION, ""))
        if before == current.values:
            return
        conflict, posted = merge(current, before, request.POST, request.FILES)
        if conflict.differs:
            conflict.version = sign_version(entry, current)
            versions: Any = entry.history.select_related("history_user")
            conflict.latest = versions.first()
            hold_back(request, conflict, posted)
