"""What every admin of the tracker shares: safe addresses, history, and rows that facts rest on are kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import quote
from django.contrib.admin.widgets import AdminTextareaWidget
from django.contrib.auth.models import User
from django.contrib.messages.storage import default_storage
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, OperationalError, models, transaction
from django.forms import BaseInlineFormSet
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from simple_history.admin import SimpleHistoryAdmin

from ...languages import language_tag
from ...models import Involvement, Review, SearchText, Translated, naming
from ...models.slugs import slug_from
from ...models.translations import TranslationsField
from ...recording import actions
from ...recording.basis import show_basis
from ...recording.bulk_history import deleted_row, tracks_relations, write_version
from ...recording.resting import initiatives_resting_on, resting_columns
from ...serving.availability import hindrance_of
from .deleting import DeletedAsSeen
from .lists import ListAdmin
from .locking import Locked
from .made_keys import MadeKeyForm
from .permissions import Guarded, GuardedInline
from .restoring import OFFER
from .translations import TranslationsFormField
from .widgets import DayField, Picker, PicksRelatedRows, offering

M = TypeVar("M", bound=models.Model)

# What is shown where there is nothing.
EMPTY_VALUE = str(admin.site.empty_value_display)
# Of a text in a list; the page of the row has all of it.
TEXT_LENGTH = 120
# Of what stands in the way of a deletion, this many rows are named.
SHOWN_BLOCKERS = 100


def date_column(column: str, label: Any) -> Callable[[Any], Any]:
    """A column of a list that shows a partial date as precisely as it is."""

    @admin.display(description=label, ordering=column)
    def in_words(row: Any) -> str:
        date = getattr(row, column)
        return date.in_words if date else EMPTY_VALUE

    in_words.__name__ = column
    return in_words


def name_column(column: str, label: Any) -> Callable[[Any], Any]:
    """A column of a list with the name of the row as pickers say it; it sorts as names do (``sort_keys.py``)."""

    @admin.display(description=label, ordering="sort_key")
    def named(row: Any) -> str:
        return str(row)

    named.__name__ = column
    return named


def text_column(column: str, label: Any) -> Callable[[Any], Any]:
    """A column of a list with the beginning of a text."""

    @admin.display(description=label)
    def begins(row: Any) -> str:
        return Truncator(getattr(row, column)).chars(TEXT_LENGTH)

    begins.__name__ = column
    return begins


def person(request: HttpRequest) -> User:
    """Who is signed in; every view of the admin has let only staff through."""
    if not request.user.is_authenticated:
        raise PermissionDenied
    return request.user


def admin_url(row: models.Model, page: str = "change") -> str:
    return reverse(
        f"admin:{row._meta.app_label}_{row._meta.model_name}_{page}", args=[quote(row.pk)]
    )


def link_to(row: models.Model | None, text: str = "") -> str:
    """The row's name as a link to its page in the admin."""
    return format_html('<a href="{}">{}</a>', admin_url(row), text or row) if row else EMPTY_VALUE


def retry_once(request: HttpRequest, view: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Answer a request, once more if somebody else's write was committed between its check and its own.

    Or two writes waited for each other. Now the check sees what was written, and the page says what is wrong.
    """
    try:
        return view(request, *args, **kwargs)
    except (IntegrityError, OperationalError) as error:
        if hindrance_of(error):
            # It has been waited for already.
            raise
        # What was told of the first time has not come true.
        request._messages = default_storage(request)  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)


class RecordAdmin(
    Locked,
    DeletedAsSeen,
    Guarded,
    PicksRelatedRows,
    SimpleHistoryAdmin,  # type: ignore[misc]
    ListAdmin[M],
):
    """The admin of one model.

    ``key_fields`` are fixed once the row is there: addresses and report files name the row by them. While it is
    being added, one that is left empty is made from ``key_from``.
    """

    key_fields: ClassVar[tuple[str, ...]] = ()
    key_from: ClassVar[str] = ""
    formfield_overrides = {
        models.DateField: {"form_class": DayField, "widget": DayField.widget},
        models.TextField: {"widget": AdminTextareaWidget(attrs={"rows": 4})},
        TranslationsField: {"form_class": TranslationsFormField},
    }

    # --- What the pages show ----------------------------------------------------------------------

    @property
    def media(self) -> forms.Media:
        # The pickers among the filters beside a list need their scripts too.
        picker = Picker(None, self.admin_site)
        return super().media + picker.media + forms.Media(js=["initiatives/form_recovery.js"])

    def get_readonly_fields(self, request: HttpRequest, obj: M | None = None) -> Any:
        key_fields = self.key_fields if obj else ()
        return [*super().get_readonly_fields(request, obj), *key_fields]

    def get_form(
        self, request: HttpRequest, obj: M | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        if change or not self.key_from:
            return form
        (key_field,) = self.key_fields
        made = {"key_field": key_field, "make_key": staticmethod(self.make_key)}
        return type(form)(form.__name__, (MadeKeyForm, form), made)

    def make_key(self, data: dict[str, Any]) -> str:
        """A key for a new row, from what was typed; empty where nothing comes of it."""
        return slug_from(data.get(self.key_from) or "")

    def get_row_or_deleted(self, request: HttpRequest, key: int) -> M:
        """The row; for a form that is sent, also as it was when it was deleted. Raises Http404 for any other."""
        row: M | None = self.get_queryset(request).filter(pk=key).first()
        if row is None and request.method == "POST":
            row = deleted_row(self.model, key)
        if row is None:
            raise Http404
        return row

    def formfield_for_dbfield(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        """Begin a new row in the language that the desk is read in: so are its texts typed, most likely."""
        field: forms.Field | None = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and db_field.name == "language" and issubclass(self.model, Translated):
            field.initial = language_tag()
        return field

    # --- Saving -----------------------------------------------------------------------------------

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return retry_once(request, super().changeform_view, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.method != "POST":
            return super().changelist_view(request, *args, **kwargs)
        # An action on many rows, with what the log says of it, is done as a whole or not at all.
        return retry_once(request, transaction.atomic(super().changelist_view), *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: M, form: Any, change: bool) -> None:
        """Save, and bring the initiatives up to date that rest on the row, or rested on it before."""
        columns = resting_columns(type(obj))
        before = type(obj)._default_manager.filter(pk=obj.pk).values(*columns).first()
        initiatives = initiatives_resting_on(type(obj), [obj.pk]) if before else set()
        if tracks_relations(type(obj)):
            # Until what it is related to is saved as well: one save is one version.
            obj.skip_history_when_saving = True  # type: ignore[attr-defined]
        super().save_model(request, obj, form, change)
        if columns and before != {name: getattr(obj, name) for name in columns}:
            initiatives |= initiatives_resting_on(type(obj), [obj.pk])
            actions.refresh(initiatives, by=person(request))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        row = form.instance
        if hasattr(row, "skip_history_when_saving"):
            del row.skip_history_when_saving
            write_version(row, by=person(request), created=not change)
        show_basis(by=person(request))

    # --- Deleting ---------------------------------------------------------------------------------

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[Any]]:
        """As Django has it, and kept as well is what a many-to-many relation of another row names."""
        rows, counts, lacking_rights, protected = super().get_deleted_objects(objs, request)
        protected = [*protected, *self._links_to_referring_rows(objs)]
        if len(protected) > SHOWN_BLOCKERS:
            more = _("… and %(count)d more") % {"count": len(protected) - SHOWN_BLOCKERS}
            protected = [*protected[:SHOWN_BLOCKERS], more]
        # What was said of a draft goes with it, although nobody deletes that alone.
        lacking_rights = lacking_rights - {Review._meta.verbose_name}
        # Nobody has the right to delete entries, but that is not why the row stays.
        rows = _without_derived(rows)
        return rows, counts, set() if protected else lacking_rights, protected

    def _links_to_referring_rows(self, objs: Any) -> list[str]:
        links: list[str] = []
        for relation in naming(self.model):
            rows = relation.related_model._default_manager.filter(
                **{f"{relation.field.name}__in": [obj.pk for obj in objs]}
            )
            for row in rows.distinct()[: SHOWN_BLOCKERS + 1]:
                kind = str(row._meta.verbose_name).capitalize()
                links.append(format_html("{}: {}", kind, link_to(row)))
        return links

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        return retry_once(request, super().delete_view, object_id, extra_context)

    @transaction.atomic
    def delete_model(self, request: HttpRequest, obj: M) -> None:
        initiatives = initiatives_resting_on(self.model, [obj.pk])
        super().delete_model(request, obj)
        actions.refresh(initiatives, by=person(request))

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        initiatives = initiatives_resting_on(self.model, [row.pk for row in queryset])
        super().delete_queryset(request, queryset)
        actions.refresh(initiatives, by=person(request))


def _without_derived(rows: list[Any]) -> list[Any]:
    """What is deleted, without rows that nobody ever typed or sees."""
    kinds = tuple(f"{capfirst(model._meta.verbose_name)}: " for model in (Involvement, SearchText))
    return [
        _without_derived(row) if isinstance(row, list) else row
        for row in rows
        if isinstance(row, list) or not str(row).startswith(kinds)
    ]


class RecordFormSet(BaseInlineFormSet[Any, Any, Any]):
    """Rows of an inline, held to the constraints on their parent too, which Django leaves out."""

    def clean(self) -> None:
        super().clean()
        for form in self.forms:
            if form.errors or not form.has_changed() or self.instance.pk is None:
                continue
            left_out = form._get_validation_exclusions() - {self.fk.name}
            try:
                form.instance.validate_constraints(exclude=left_out)
            except ValidationError as error:
                form.add_error(None, error)


class RecordInline(GuardedInline, PicksRelatedRows, admin.TabularInline[Any, Any]):
    """Rows that belong to another one, edited on its page."""

    formset = RecordFormSet
    formfield_overrides = {models.TextField: {"widget": AdminTextareaWidget(attrs={"rows": 2})}}
    show_change_link = True
    extra = 0
    # Empty rows on the form that adds what they belong to.
    extra_when_added = 0
    max_num = 200

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return self.extra if obj else self.extra_when_added

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        if OFFER in request.POST:
            kwargs.setdefault("form", offering(self.form))
        # Whoever forges a form with thousands of rows would else keep the server busy drawing them.
        return super().get_formset(request, obj, absolute_max=self.max_num + 50, **kwargs)


class ReadOnlyInline(admin.TabularInline[Any, Any]):
    """Rows shown on the page of another one and edited elsewhere."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
