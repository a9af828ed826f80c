"""The admin that Django makes of the same models, as its tutorial has it: a peer for tasks at the desk.

What a person sees and types is Django's own; writing goes through the actions where the models refuse all else.
"""

from __future__ import annotations

from functools import update_wrapper
from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.db import transaction
from django.template.response import SimpleTemplateResponse

from initiatives.models import (
    Assignment,
    Criterion,
    Dialogue,
    Entry,
    Initiative,
    Meeting,
    Mention,
    Participant,
    Report,
    Role,
    StatusUpdate,
    Target,
    Theme,
)
from initiatives.recording import actions


class StockAdmin(admin.ModelAdmin[Any]):
    """Entries are refused by the models themselves but through the action, and targets need a name."""

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        if isinstance(obj, Entry):
            if change:
                obj.save(update_fields=["publication"])
            else:
                _record(request, obj, form)
            return
        obj.save()

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        if not isinstance(form.instance, Entry):
            super().save_related(request, form, formsets, change)

    def save_formset(self, request: Any, form: Any, formset: Any, change: bool) -> None:
        rows = formset.save(commit=False)
        for row, row_form in zip(rows, [f for f in formset.forms if f.has_changed()], strict=True):
            if isinstance(row, Entry):
                _record(request, row, row_form)
                continue
            if isinstance(row, Target):
                row.ref = row.make_ref()
            row.save()


def _record(request: Any, entry: Any, form: Any) -> None:
    with transaction.atomic():
        actions.record(entry, by=request.user, participants=form.cleaned_data.get("by", ()))


class MentionInline(admin.StackedInline[Mention, Initiative]):
    model = Mention
    extra = 1


class RoleInline(admin.TabularInline[Role, Initiative]):
    model = Role
    extra = 1


class TargetInline(admin.TabularInline[Target, Initiative]):
    model = Target
    extra = 1


class StockInitiativeAdmin(StockAdmin):
    inlines = (MentionInline, RoleInline, TargetInline)


class AssignmentInline(admin.TabularInline[Assignment, User]):
    model = Assignment
    extra = 1


class StockUserAdmin(UserAdmin[User]):
    inlines = (AssignmentInline,)


class StockSite(admin.AdminSite):
    """Django's own pages: ours have taken the place of some of its templates."""

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        inner = super().admin_view(view, cacheable)

        def with_own_templates(request: Any, *args: Any, **kwargs: Any) -> Any:
            response = inner(request, *args, **kwargs)
            if isinstance(response, SimpleTemplateResponse):
                response.using = "stock"
            return response

        return update_wrapper(with_own_templates, inner)


site = StockSite(name="stock_desk")
site.register(Initiative, StockInitiativeAdmin)
site.register(
    (Criterion, Dialogue, Meeting, Mention, Participant, Report, StatusUpdate, Theme), StockAdmin
)
site.register(User, StockUserAdmin)
