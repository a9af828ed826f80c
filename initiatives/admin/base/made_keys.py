"""Keys of new rows that are left empty: made from the title, as loads make ids."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from ...models import FormerAddress
from ...models.former_addresses import NOBODY
from ...models.slugs import free_slug


class MadeKeyForm(forms.BaseModelForm[Any]):
    """A form for adding a row; ``make_key`` makes a key from what was typed, empty where nothing comes of it."""

    key_field: str
    make_key: Callable[[dict[str, Any]], str]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if key := self.fields.get(self.key_field):
            key.required = False
            words = _("If you leave it empty, it is made from the title or name.")
            key.help_text = f"{key.help_text} {words}".strip()

    def clean(self) -> Any:
        cleaned = super().clean()
        data = self.cleaned_data
        if data.get(self.key_field, " "):
            return cleaned
        if base := type(self).make_key(data):
            rows, kind = self._meta.model._default_manager, self._meta.model._meta.model_name
            taken = set(rows.order_by().values_list(self.key_field, flat=True))
            taken |= {
                NOBODY,
                *FormerAddress.objects.filter(kind=kind).values_list("key", flat=True),
            }
            data[self.key_field] = free_slug(base, taken)
        elif not self.errors:
            message = _("Type it yourself: nothing can be made from the title or name.")
            self.add_error(self.key_field, message)
        return cleaned
