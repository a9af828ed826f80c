"""What lines of the register say, in the language of the reader: they keep their words in English."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import override

from ..models import Correction, CorrectionSubject
from ..models.corrections import REASON_OF_LOAD
from ..partial_dates import PartialDate, PartialDateField
from ..partial_dates.typed import UnclearDate, read_typed_date
from .field_labels import label_in_words


class Difference(NamedTuple):
    """A field that differs, and what it said and says."""

    label: str
    old: str
    new: str


def differences_in_words(line: Correction) -> list[Difference]:
    fields = _fields(line.subject)
    return [
        Difference(
            label_in_words(label), _value(fields.get(label), old), _value(fields.get(label), new)
        )
        for label, old, new in line.differences
    ]


def with_words(lines: Iterable[Correction]) -> None:
    """Set ``words`` and ``why`` on lines that a page shows."""
    for line in lines:
        line.words, line.why = differences_in_words(line), reason_in_words(line)


def reason_in_words(line: Correction) -> str:
    """Why it was done; people’s own words stay as they are."""
    return _(REASON_OF_LOAD) if line.reason == REASON_OF_LOAD else line.reason


@cache
def _fields(subject: str) -> dict[str, Any]:
    """The fields of what a line is about, by their names in English."""
    if subject == CorrectionSubject.LOAD:
        return {}
    model = apps.get_model("initiatives", subject.replace("_", ""))
    with override(settings.LANGUAGE_CODE):
        return {capfirst(str(field.verbose_name)): field for field in model._meta.concrete_fields}


def _value(field: Any, text: str) -> str:
    """What a field held: words of a list, “Yes”, “No” and dates are ours, the rest are texts of the record."""
    if text and field is not None:
        if field.choices or isinstance(field, models.BooleanField):
            return _(text)
        if isinstance(field, PartialDateField):
            return _date(text)
    return text


def _date(text: str) -> str:
    """A date that was written in English; as it was where it cannot be told for certain."""
    try:
        date: PartialDate = read_typed_date(text)
    except UnclearDate:
        return text
    with override(settings.LANGUAGE_CODE):
        is_the_same = date.in_words == text
    return date.in_words if is_the_same else text
