"""How related rows are picked in the admin: by typing, never from a list of all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import deepcopy
from typing import Any, TypeVar

from django import forms
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.widgets import (
    AutocompleteMixin,
    AutocompleteSelect,
    AutocompleteSelectMultiple,
    RelatedFieldWidgetWrapper,
)
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from .labels import label_of, with_labels
from .restoring import OFFER

# Somebody has deleted it since the form was drawn; or the form is forged.
_GONE = _("This is not a valid choice any more. Choose another.")
# What the box finds, and what the row finds a moment later.
NO_LONGER_HERE = {"invalid_choice": _GONE, "invalid": _GONE}

# The only way in which a browser's own calendar sends a day, and a form reads one.
ISO_DAY = "%Y-%m-%d"

F = TypeVar("F", bound=forms.ModelChoiceField[Any] | None)


def is_key(model: type[models.Model], value: Any) -> bool:
    """Whether a given or posted value can be a primary key of that model: a number that fits its column."""
    key = model._meta.pk
    try:
        key.run_validators(key.to_python(value))
    except (ValidationError, TypeError):
        return False
    return True


def only_keys(field: Any, values: Iterable[Any]) -> list[str]:
    """The values that can be keys of what ``field`` points to; Django's picker answers 500 to any other."""
    return [str(value) for value in values if is_key(field.remote_field.model, value)]


class DayField(forms.DateField):
    """A day from the browser's own calendar; what is typed is the same day whatever language the desk is read in."""

    widget = forms.DateInput(attrs={"type": "date"}, format=ISO_DAY)
    input_formats = [ISO_DAY]


class OfferedRows:
    """Rows to choose from, read once for all boxes of a page that offer them."""

    # A page holds no more of them; the rest is found by typing.
    most = 300

    def __init__(self, queryset: models.QuerySet[Any]) -> None:
        self.queryset = queryset

    @cached_property
    def choices(self) -> list[tuple[str, str]]:
        return [(str(row.pk), label_of(row)) for row in with_labels(self.queryset)[: self.most]]

    def __deepcopy__(self, memo: Any) -> OfferedRows:
        return self


class _Offering(AutocompleteMixin):
    """Found by typing; whoever has no scripts chooses among the rows ``offered``."""

    offered: OfferedRows | None = None

    def optgroups(self, name: str, value: Sequence[str], attr: Any = None) -> list[Any]:
        groups: list[Any] = super().optgroups(name, only_keys(self.field, value), attr)
        if self.offered is None:
            return groups
        widget: Any = self
        options = groups[0][1]
        if not widget.allow_multiple_selected and not any(o["value"] == "" for o in options):
            # Else a browser without scripts would choose the first.
            options.insert(0, widget.create_option(name, "", "---------", not any(value), 0))
        options += [
            widget.create_option(name, key, label, False, len(options))
            for key, label in self.offered.choices
            if key not in value
        ]
        return groups


class Picker(_Offering, AutocompleteSelect):
    """One related row."""


class MultiplePicker(_Offering, AutocompleteSelectMultiple):
    """Several related rows."""


def offering(form: Any) -> Any:
    """The same class of forms, whose own boxes offer rows as well; those of the model do (``PicksRelatedRows``)."""
    offers = {}
    for name, field in form.declared_fields.items():
        if isinstance(field.widget, _Offering):
            offers[name] = deepcopy(field)
            offers[name].widget.offered = OfferedRows(field.queryset)
    return type(form)(form.__name__, (form,), offers)


class PickedField(forms.ModelMultipleChoiceField[Any]):
    """Several rows; a value that no column could hold is a wrong choice, not an error of the database."""

    def clean(self, value: Any) -> Any:
        for key in value or ():
            if self.queryset is not None and not is_key(self.queryset.model, key):
                raise ValidationError(
                    self.error_messages["invalid_pk_value"],
                    code="invalid_pk_value",
                    params={"pk": str(key)[:40]},
                )
        return super().clean(value)


def labelled(field: F) -> F:
    """The same field, whose rows are named so that they can be told apart."""
    if field is not None and field.queryset is not None:
        field.queryset = with_labels(field.queryset)
        field.label_from_instance = label_of  # type: ignore[method-assign, assignment]
    return field


class PicksRelatedRows(BaseModelAdmin[Any]):
    """Every reference in ``autocomplete_fields`` gets a picker, with buttons to add a row or to look at it.

    To change or delete a row that others refer to, one goes to its own page.
    """

    def formfield_for_dbfield(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        field: forms.Field | None = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget.can_change_related = field.widget.can_delete_related = False
        return field

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> forms.ModelChoiceField[Any] | None:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", self._picker(Picker, db_field, request))
            kwargs.setdefault("error_messages", NO_LONGER_HERE)
        return labelled(super().formfield_for_foreignkey(db_field, request, **kwargs))

    def formfield_for_manytomany(
        self, db_field: models.ManyToManyField[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> forms.ModelMultipleChoiceField[Any] | None:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", self._picker(MultiplePicker, db_field, request))
            kwargs.setdefault("form_class", PickedField)
            kwargs.setdefault("error_messages", NO_LONGER_HERE)
        return labelled(super().formfield_for_manytomany(db_field, request, **kwargs))

    def _picker(self, widget: Any, db_field: Any, request: HttpRequest) -> Any:
        picker = widget(db_field, self.admin_site)
        if OFFER in request.POST:
            picker.offered = OfferedRows(db_field.remote_field.model._default_manager.all())
        return picker
