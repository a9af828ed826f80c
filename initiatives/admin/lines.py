"""Lines of meetings and dialogues, and delegates, in the admin."""

from __future__ import annotations

from typing import Any, TypeVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ..models import Delegate, Dialogue, Line, LineKind, Record
from ..models.lines import OF_DIALOGUE
from ..recording.field_sources import cite_for_fields, cite_for_row
from .base.filters import RelatedFilter
from .base.records import RecordAdmin, RecordFormSet, RecordInline, person
from .citations import DocumentForm, SourceInline, StatedFieldsForm

M = TypeVar("M", bound=Record)

THERE_ALREADY = _("This is recorded already.")


class NamedForm(forms.ModelForm[Any]):
    """Names the row after what it says when it is saved, as a load does."""

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors or not self.has_changed() or self._ref is None:
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


class NamedFormSet(RecordFormSet):
    """Rows that are each named once."""

    def _construct_form(self, i: int, **kwargs: Any) -> Any:
        form = super()._construct_form(i, **kwargs)  # type: ignore[misc]
        if self.instance.pk:
            setattr(form.instance, self.fk.name, self.instance)
        return form

    def clean(self) -> None:
        super().clean()
        seen: set[tuple[str, ...]] = set()
        for form in self.forms:
            if form.errors or form.cleaned_data.get("DELETE") or not any(form.instance.identity):
                continue
            if form.instance.identity in seen:
                form.add_error(None, THERE_ALREADY)
            seen.add(form.instance.identity)


class LineForm(DocumentForm, NamedForm):
    """A line, and a document that states it."""


class LineInline(RecordInline):
    model = Line
    form, formset = LineForm, NamedFormSet
    fields = ("kind", "text", "session", "stated_by", "document", "place", "by")
    autocomplete_fields = ("by",)
    readonly_fields = ("stated_by",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        # Who only looks names no document.
        may_change = self.has_change_permission(request, obj)
        return [name for name in self.fields if may_change or name not in ("document", "place")]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Line]:
        rows: QuerySet[Line] = super().get_queryset(request)
        return rows.prefetch_related("citations__report").order_by("kind", "pk")

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "kind":
            of_dialogue = self.parent_model is Dialogue
            kwargs["choices"] = [
                (kind, kind.label) for kind in LineKind if (kind in OF_DIALOGUE) == of_dialogue
            ]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    @admin.display(description=_("stated by"))
    def stated_by(self, line: Line) -> str:
        return "; ".join(str(citation) for citation in line.citations.all())


class DelegateInline(RecordInline):
    model = Delegate
    form, formset = NamedForm, NamedFormSet
    fields = ("name", "title", "is_head")


# The last part of the form of such rows.
DOCUMENT_FIELDS: Any = (
    _("Document that states what you change"),
    {
        "fields": (("document", "place"),),
        "description": _("Leave it empty where you put right a slip of ours."),
    },
)


class StatedFieldsAdmin(RecordAdmin[M]):
    """Rows on whose form documents are named that state the fields, and the lines, that a save changes."""

    form = StatedFieldsForm

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        may_change = obj is None or self.has_change_permission(request, obj)
        return [part for part in fieldsets if may_change or part is not DOCUMENT_FIELDS]

    def save_model(self, request: HttpRequest, obj: M, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if report := form.cleaned_data.get("document"):
            cite_for_fields(
                by=person(request),
                row=obj,
                fields=form.stated_fields,
                report=report,
                locator=form.cleaned_data["place"],
            )

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        for line in formset.forms:
            # A line that was deleted has no key any more.
            if (
                isinstance(line, LineForm)
                and line.instance.pk
                and line.cleaned_data.get("document")
            ):
                cite_for_row(
                    by=person(request),
                    row=line.instance,
                    report=line.cleaned_data["document"],
                    locator=line.cleaned_data["place"],
                )


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
