"""Fields and values of files in the words of the desk: “Delivery status: Under way” for what a file calls otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import override

from ..languages import ENGLISH
from ..models import ENTRY_OF, Entry, FormerAddress, Record, Report
from ..models.translations import label_of
from ..partial_dates import PartialDate, PartialDateField
from ..recording.record_ids import in_key
from .kinds import KINDS
from .said import Said, in_a_row, in_language, kind_heading, of_lazy


def model_of(kind: str) -> type[Record] | None:
    """The model of a kind of records or entries; None for a kind that there is no more."""
    if kind in KINDS:
        return KINDS[kind].model
    return ENTRY_OF.get(kind)


def kind_in_words(kind: str) -> str:
    model = model_of(kind)
    return str(model._meta.verbose_name) if model else kind


def field_in_words(kind: str, name: str) -> str:
    model = model_of(kind)
    if model is None or not name:
        return name
    try:
        return str(capfirst(label_of(model, name)))
    except FieldDoesNotExist:
        return name


# The slashes between the parts of a key, and not those of a name in it.
_OUTSIDE_QUOTES = re.compile("/(?![^“]*”)")


def quoted(name: object) -> str:
    """A name in quotation marks, with single ones for those that it has itself."""
    return f"“{str(name).replace('“', '‘').replace('”', '’')}”"


class DocumentTitles:
    """What documents are called, by the ids that loads name them by, former ones too; each looked up once."""

    def __init__(self) -> None:
        self._titles: dict[str, str] = {}

    def request(self, sources: Iterable[str]) -> None:
        """Look several up at once."""
        wanted = {*sources} - self._titles.keys()
        if not wanted:
            return
        now = FormerAddress.objects.led_on("report", wanted)
        slugs = wanted | {*now.values()}
        titles = dict(Report.objects.filter(slug__in=slugs).values_list("slug", "title"))
        for source in wanted:
            title = titles.get(now.get(source, source))
            self._titles[source] = quoted(title) if title else source

    def of(self, source: str) -> str:
        """The title in quotation marks; the id of what is no document, such as a vocabulary."""
        self.request([source])
        return self._titles[source]


class Wording:
    """Values in words; each row that one of them names is looked up once."""

    def __init__(self) -> None:
        self._names: dict[tuple[Any, str], str] = {}

    def value(self, kind: str, name: str, value: Any) -> Any:
        """A value, or each of several, as people read it; None for empty."""
        field = self._field(kind, name)
        if value is None or field is None:
            return value
        if isinstance(value, list):
            return [self._read(field, item) for item in value]
        return self._read(field, value)

    def key(self, kind: str, key: Sequence[str]) -> str:
        """What a record without a name of its own is called, by the parts of its key: “University, lead, Japan”.

        An entry is called by its initiative and what it says in a word, a citation by what it is for. Empty where
        nothing is known by that key. ``in_language`` says it in the language that is read.
        """
        if kind in ENTRY_OF:
            entries = ENTRY_OF[kind]._default_manager.select_related("initiative")
            entry = entries.filter(ref="/".join(key)).first()
            return in_a_row([str(entry.initiative), _entry(entry)], ": ") if entry else ""
        if kind == "citation":
            subject, _slash, rest = "/".join(key[1:]).partition("/")
            of = subject.replace("_", "")
            named = self.key(of, rest.split("/"))
            if not named:
                return ""
            return in_a_row([kind_heading(model_of(of)), named], ": ")
        names = model.natural_key_fields if (model := model_of(kind)) else ()
        if len(names) == len(key) > 1:
            fields = (self._field(kind, name) for name in names)
            return in_a_row(
                self._word(field, part) if field else part
                for field, part in zip(fields, key, strict=True)
            )
        # One part alone, that ids of others are parts of, or is one.
        named = in_key(kind, "/".join(key), self._quoted)
        return ", ".join(_OUTSIDE_QUOTES.split(named)) if "“" in named else ""

    def _quoted(self, kind: str, key: str) -> str:
        model = model_of(kind)
        return quoted(self._name(model, key)) if model and key else key

    def _field(self, kind: str, name: str) -> Any:
        model = model_of(kind)
        try:
            return model._meta.get_field(name) if model else None
        except FieldDoesNotExist:
            return None

    def _read(self, field: Any, value: Any) -> Any:
        word = self._word(field, value)
        return in_language(word) if isinstance(word, Said) else word

    def _word(self, field: Any, value: Any) -> Any:
        if field.is_relation and issubclass(field.related_model, Record):
            return self._name(field.related_model, str(value))
        if getattr(field, "choices", None):
            return _label(field, value)
        if isinstance(value, bool):
            return _("Yes") if value else _("No")
        if isinstance(field, PartialDateField):
            return _day(PartialDate(value))
        return value

    def _name(self, model: type[Record], key: str) -> str:
        """What the row of a natural key is called; the key where no row has it."""
        if (model, key) not in self._names:
            row = self._row(model, key)
            self._names[model, key] = str(row) if row else key
        return self._names[model, key]

    def _row(self, model: type[Record], key: str) -> models.Model | None:
        lookups: Sequence[str] = model.natural_key_lookups()
        if len(lookups) != 1:
            return None
        return model._default_manager.filter(**{lookups[0]: key}).first()


def _entry(entry: Entry) -> Said:
    """An entry as it calls itself: “Proposed, 3 February 2026”."""
    word = entry.word_field
    label = _label(entry._meta.get_field(word), getattr(entry, word))
    return in_a_row([label, _day(entry.dated)] if entry.dated else [label])


def _label(field: Any, value: Any) -> Any:
    label = dict(field.flatchoices).get(value, value)
    return of_lazy(label) if isinstance(label, Promise) else str(label)


def _day(day: PartialDate) -> Said:
    with override(ENGLISH):
        return Said.of(day.in_words, day=str(day))
