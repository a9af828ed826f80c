"""Who does what in an initiative, and how initiatives relate, in the admin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.forms.formsets import DELETION_FIELD_NAME
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ..models import Lineage, LineageKind, Role
from ..models.involvement import ACT_OF_ROLE
from .base.filters import RelatedFilter
from .base.records import ReadOnlyInline, RecordAdmin, RecordFormSet, RecordInline, link_to
from .citations import SourceInline


class RoleForm(forms.ModelForm[Role]):
    """Who proposes or supports is recorded as a mention; a role that is one of these stays what it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "role" in self.fields:
            field: Any = self.fields["role"]
            field.choices = [
                (word, label)
                for word, label in field.choices
                if word not in ACT_OF_ROLE or word == self.instance.role
            ]


class RoleInline(RecordInline):
    model = Role
    form = RoleForm
    fields = ("role", "participant")
    autocomplete_fields = ("participant",)
    extra_when_added = 1


class EarlierFormSet(RecordFormSet):
    def clean(self) -> None:
        """At most one of the rows that stay says what it is part of; the database knows only those that are saved."""
        super().clean()
        wholes = [
            form
            for form in self.forms
            if form.cleaned_data.get("relation") == LineageKind.PART_OF
            and not form.cleaned_data.get(DELETION_FIELD_NAME)
        ]
        for form in wholes[1:]:
            form.add_error("relation", _("An initiative is part of one other at most."))


class EarlierInline(RecordInline):
    model = Lineage
    formset = EarlierFormSet
    fk_name = "later"
    fields = ("relation", "earlier")
    autocomplete_fields = ("earlier",)
    verbose_name = _("earlier initiative, or whole")
    verbose_name_plural = _("comes from earlier initiatives, or is part of another")


class LaterInline(ReadOnlyInline):
    model = Lineage
    fk_name = "earlier"
    fields = ("later_initiative", "relation")
    readonly_fields = fields
    verbose_name = _("later initiative, or part")
    verbose_name_plural = _("later initiatives that come from this one, and its parts")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("later", "earlier")

    @admin.display(description=_("later initiative"))
    def later_initiative(self, link: Lineage) -> str:
        return link_to(link.later)


@admin.register(Role)
class RoleAdmin(RecordAdmin[Role]):
    form = RoleForm
    fields = ("initiative", "role", "participant")
    list_display = ("participant", "role", "initiative")
    list_select_related = ("participant", "initiative")
    list_filter = ("role", ("participant", RelatedFilter))
    search_fields = ("participant__name", "initiative__title")
    autocomplete_fields = ("initiative", "participant")
    inlines = (SourceInline,)


@admin.register(Lineage)
class LineageAdmin(RecordAdmin[Lineage]):
    fields = ("later", "relation", "earlier")
    list_display = ("later", "relation", "earlier")
    list_select_related = ("later", "earlier")
    list_filter = ("relation",)
    search_fields = ("later__title", "earlier__title")
    autocomplete_fields = ("later", "earlier")
    inlines = (SourceInline,)
