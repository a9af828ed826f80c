"""What changed from one version of a row to the next, in the words that people see elsewhere."""

from __future__ import annotations

import dataclasses
import datetime
import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from simple_history.models import HistoricalRecords

from ..languages import moment_in_words
from ..models import Entry
from ..models.amounts import plain_number
from ..models.translations import TranslationsField, flat, label_of
from ..partial_dates import PartialDate

# A text longer than this, or of several lines, is shown once, with what was struck out and put in.
LONG = 60
# Words in both texts together beyond which they are shown one after the other: comparing takes their square.
COMPARED = 4000

KEPT, ADDED, REMOVED = "kept", "added", "removed"


@dataclasses.dataclass(frozen=True)
class Change:
    """One field; ``parts`` are pieces of a long text or of a list, each kept, added or removed."""

    label: str
    old: str
    new: str
    parts: list[tuple[str, str]] = dataclasses.field(default_factory=list)
    # Whether the parts are items of a list, and not pieces of one text.
    is_list: bool = False


class Names:
    """What rows are called, looked up all at once; a row that is gone is named by its history."""

    def __init__(self) -> None:
        self._wanted: dict[type[models.Model], set[Any]] = defaultdict(set)
        self._found: dict[tuple[type[models.Model], Any], str] = {}

    def request(self, model: type[models.Model], keys: Iterable[Any]) -> None:
        self._wanted[model] |= {key for key in keys if key is not None}

    def of(self, model: type[models.Model], key: Any) -> str:
        if (model, key) not in self._found:
            self.request(model, [key])
            self._look_up(model)
        return self._found[model, key]

    def _look_up(self, model: type[models.Model]) -> None:
        keys = self._wanted.pop(model)
        rows = model._default_manager.in_bulk(list(keys))
        gone = keys - set(rows)
        names = {key: str(row) for key, row in rows.items()}
        if gone and hasattr(model, "history"):
            last = model.history.filter(id__in=gone)
            for version in last.order_by("history_date", "history_id"):
                names[version.id] = _("%(name)s (deleted)") % {"name": version_name(version)}
        for key in keys:
            self._found[model, key] = names.get(key) or _("no. %(key)s (deleted)") % {"key": key}


def version_name(version: Any) -> str:
    """What a version says of its own name, without a look at other rows, which may be gone."""
    if issubclass(version.instance_type, Entry):
        return str(version.instance.in_a_word)
    for name in ("title", "name", "topic", "metric", "ref", "username"):
        if text := getattr(version, name, ""):
            return str(text)
    return f"{version.instance_type._meta.verbose_name} {version.id}"


def typed_fields(model: Any) -> list[str]:
    """The fields that people type, and that say something of the row: neither its key nor whether it is public.

    What an entry is about never changes, so the initiative is left out there.
    """
    # A relation with a model of its own has rows with versions of their own.
    relations: list[Any] = list(model._meta.many_to_many)
    related = [field for field in relations if field.remote_field.through._meta.auto_created]
    left_out = {"publication", "initiative"} if hasattr(model, "corrects") else {"publication"}
    return [
        field.name
        for field in [*model._meta.concrete_fields, *related]
        if field.editable
        and not field.primary_key
        and field.name not in left_out
        and not (isinstance(field, models.SlugField) and field.unique)
    ]


# --- Versions -------------------------------------------------------------------------------------


class VersionValues:
    """Versions of rows of one model, with what their many-to-many fields held; a fixed number of queries."""

    def __init__(self, model: Any, versions: Sequence[Any], names: Names) -> None:
        self.model, self.names = model, names
        self._links: dict[str, dict[int, set[Any]]] = {}
        keys = [version.history_id for version in versions]
        if not versions:
            return
        for field in versions[0]._history_m2m_fields:
            far = field.m2m_reverse_field_name()
            rows = HistoricalRecords.m2m_models[field].objects.filter(history__in=keys)
            links = self._links.setdefault(field.name, defaultdict(set))
            for version, key in rows.values_list("history", f"{far}_id"):
                links[version].add(key)

    def values(self, version: Any) -> dict[str, Any]:
        """What a version holds, by the name of the field: as in the column, or a set of primary keys."""
        values = {field.name: getattr(version, field.attname) for field in version.tracked_fields}
        return values | {
            name: links.get(version.history_id, set()) for name, links in self._links.items()
        }


def current_values(row: models.Model, names: Iterable[str]) -> dict[str, Any]:
    """The same of a row as it is."""
    values = {}
    for name in names:
        field: Any = row._meta.get_field(name)
        values[name] = (
            set(getattr(row, name).values_list("pk", flat=True))
            if field.many_to_many
            else getattr(row, field.attname)
        )
    return values


def changes(
    model: type[models.Model], old: dict[str, Any] | None, new: dict[str, Any], names: Names
) -> list[Change]:
    """What differs between what two versions hold; of a first version (``old`` is None), all that it says."""
    differing, translated = [], list[Change]()
    for name, value in new.items():
        field: Any = model._meta.get_field(name)
        if field.primary_key:
            continue
        before = old.get(name) if old is not None else None
        if (before or None) == (value or None) if old is None else before == value:
            continue
        if isinstance(field, TranslationsField):
            translated += _translation_changes(model, before or {}, value or {})
            continue
        differing.append((field, before, value))
        if field.is_relation:
            for keys in (before, value):
                names.request(field.related_model, keys if isinstance(keys, set) else [keys])
    return [*(_change(*of_field, names) for of_field in differing), *translated]


def _translation_changes(model: Any, before: dict[str, Any], now: dict[str, Any]) -> list[Change]:
    """Each language by itself."""
    was, is_now = flat(before), flat(now)
    return [
        _text_change(capfirst(label_of(model, name)), was.get(name, ""), is_now.get(name, ""))
        for name in dict.fromkeys((*was, *is_now))
        if was.get(name) != is_now.get(name)
    ]


def _change(field: Any, before: Any, value: Any, names: Names) -> Change:
    label = capfirst(str(field.verbose_name))
    if field.many_to_many:
        before, value = before or set(), value or set()
        parts = [
            (kind, names.of(field.related_model, key))
            for kind, keys in (
                (REMOVED, before - value),
                (ADDED, value - before),
                (KEPT, before & value),
            )
            for key in keys
        ]
        order = {REMOVED: 0, ADDED: 1, KEPT: 2}
        parts.sort(key=lambda part: (order[part[0]], part[1]))
        return Change(
            label,
            ", ".join(text for kind, text in parts if kind != ADDED),
            ", ".join(text for kind, text in parts if kind != REMOVED),
            parts if before else [],
            is_list=True,
        )
    return _text_change(label, in_words(field, before, names), in_words(field, value, names))


def _text_change(label: str, old: str, new: str) -> Change:
    is_long = max(len(old), len(new)) > LONG or "\n" in old + new
    return Change(label, old, new, word_diff(old, new) if old and new and is_long else [])


def in_words(field: Any, value: Any, names: Names) -> str:
    """The content of a column as people read it; empty for nothing."""
    if value is None or value == "" or value == [] or value == set():
        return ""
    if field.is_relation:
        keys = value if isinstance(value, set) else [value]
        return ", ".join(sorted(names.of(field.related_model, key) for key in keys))
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    match value:
        case bool():
            return _("Yes") if value else _("No")
        case PartialDate():
            return value.in_words
        case datetime.datetime():
            return moment_in_words(value)
        case datetime.date():
            return PartialDate(value).in_words
        case Decimal():
            return plain_number(value)
        case list():
            return ", ".join(map(str, value))
    return str(value).replace("\r\n", "\n")


def word_diff(old: str, new: str) -> list[tuple[str, str]]:
    """The words of both texts in one, each run kept, removed or added."""
    before, after = re.findall(r"\s+|\w+|[^\w\s]", old), re.findall(r"\s+|\w+|[^\w\s]", new)
    if len(before) + len(after) > COMPARED:
        return [(REMOVED, old), (ADDED, new)]
    parts = []
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for _op, i, j, k, m in matcher.get_opcodes():
        if _op == "equal":
            parts.append((KEPT, "".join(before[i:j])))
            continue
        if i < j:
            parts.append((REMOVED, "".join(before[i:j])))
        if k < m:
            parts.append((ADDED, "".join(after[k:m])))
    return parts
