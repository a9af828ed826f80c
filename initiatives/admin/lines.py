"""Lines of meetings and dialogues, and delegates, in the admin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ObjectDoesNotExist
from django.utils.translation import gettext_lazy as _

from ..models import Delegate, Line
from .base.filters import RelatedFilter
from .base.records import RecordAdmin
from .citations import SourceInline

THERE_ALREADY = _("This is recorded already.")


class NamedForm(forms.ModelForm[Any]):
    """Names the row after what it says when it is saved, as a load does."""

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors or self._ref is None:
            return
        others = type(self.instance)._default_manager.exclude(pk=self.instance.pk)
        if others.filter(ref=self._ref).exists():
            self.add_error(None, THERE_ALREADY)

    @property
    def _ref(self) -> str | None:
        """The name that it will have; None where what it belongs to is not chosen or not saved yet."""
        try:
            ref: str = self.instance.make_ref()
        except (ObjectDoesNotExist, AssertionError):
            return None
        return ref

    def save(self, commit: bool = True) -> Any:
        self.instance.ref = self.instance.make_ref()
        return super().save(commit)


@admin.register(Line)
class LineAdmin(RecordAdmin[Line]):
    form = NamedForm
    fields = ("meeting", "dialogue", "kind", "text", "session", "by")
    list_display = ("text", "kind", "meeting", "dialogue")
    list_select_related = ("meeting", "dialogue")
    list_filter = ("kind", ("meeting", RelatedFilter), ("dialogue", RelatedFilter))
    search_fields = ("text", "meeting__title", "dialogue__name")
    autocomplete_fields = ("meeting", "dialogue", "by")
    inlines = (SourceInline,)


@admin.register(Delegate)
class DelegateAdmin(RecordAdmin[Delegate]):
    form = NamedForm
    fields = ("attendance", "name", "title", "is_head")
    list_display = ("name", "title", "attendance", "is_head")
    list_select_related = ("attendance__participant", "attendance__meeting")
    list_filter = ("is_head",)
    search_fields = ("name", "title", "attendance__participant__name", "attendance__meeting__title")
    autocomplete_fields = ("attendance",)
    inlines = (SourceInline,)
