"""What two people made of one form: which fields each of them changed, and both together in one form."""

from __future__ import annotations

import dataclasses
import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from ...languages import series
from ...models.translations import flat
from ...partial_dates import PartialDate
from .translations import TranslationsFormField, merge_texts
from .widgets import is_key

# What a field holds, as it comes back from a browser and fits into JSON.
PlainValue = str | bool | list[str] | dict[str, str]
FieldValues = dict[str, PlainValue]


class FormWithInlines:
    """A form and its formsets as they are drawn from the database, and what their fields hold."""

    def __init__(self, form: Any, formsets: Sequence[Any]) -> None:
        self.form, self.formsets = form, formsets

    @property
    def values(self) -> dict[str, Any]:
        """The fields of the row by name, and of each formset by prefix and primary key."""
        return {
            "fields": initial_values(self.form),
            "rows": {
                formset.prefix: {
                    str(form.instance.pk): initial_values(form) for form in _saved_forms(formset)
                }
                for formset in self.formsets
            },
        }


@dataclasses.dataclass(frozen=True)
class FieldDifference:
    """One field that somebody changed."""

    label: str
    before: str
    mine: str
    theirs: str
    # “both” changed it, or only “mine” or “theirs” did.
    changed_by: str


@dataclasses.dataclass
class EditConflict:
    """What another person saved while a form was open; ``version`` names what is there now."""

    # Whether it is known what the person saw when the form was opened.
    is_known: bool
    differences: list[FieldDifference] = dataclasses.field(default_factory=list)
    version: str = ""
    latest: Any = None

    @property
    def differs(self) -> bool:
        return self.is_known or any(
            difference.changed_by != "mine" for difference in self.differences
        )

    @property
    def message(self) -> str:
        return _(
            "Somebody else has saved this since you opened it. Nothing of yours is saved yet, and nothing is lost: "
            "compare both versions, and save again."
        )


def merge(
    current: FormWithInlines, before: Any, posted: QueryDict, files: Any
) -> tuple[EditConflict, QueryDict]:
    """What differs, and what was posted with all that only the others changed taken over.

    ``before`` is what the person saw; where that is None, everything that differs counts as changed by both.
    """
    merged = posted.copy()
    conflict = EditConflict(is_known=before is not None)
    known = before or {"fields": {}, "rows": {}}
    _merge_fields(conflict, current.form, known["fields"], posted, files, merged, "")
    for formset in current.formsets:
        seen = known["rows"].get(formset.prefix, {})
        _merge_rows(conflict, formset, seen, posted, files, merged)
    return conflict, merged


def _merge_fields(
    conflict: EditConflict,
    form: Any,
    before: FieldValues,
    posted: QueryDict,
    files: Any,
    merged: QueryDict,
    owner: str,
) -> None:
    for name, field in form.fields.items():
        if _is_fixed(field):
            continue
        html_name = form.add_prefix(name)
        theirs = plain_value(form.get_initial_for_field(field, name))
        was = False if name == "DELETE" else before.get(name)
        if isinstance(field, TranslationsFormField):
            texts = merge_texts(field, html_name, was, theirs, posted, merged)
            conflict.differences += [FieldDifference(*difference) for difference in texts]
            continue
        mine = posted_value(field, posted, files, html_name)
        changed_by_me = was is None or is_different(field, was, mine)
        changed_by_them = was is None or is_different(field, was, theirs)
        if was is None and not is_different(field, theirs, mine):
            continue
        if changed_by_them and not changed_by_me:
            write_value(merged, field, html_name, theirs)
        if (changed_by_me or changed_by_them) and not field.widget.is_hidden:
            changed_by = "theirs"
            if changed_by_me:
                changed_by = "both" if changed_by_them else "mine"
            label = str(field.label or capfirst(name))
            label = f"{owner}: {label}" if owner else label
            conflict.differences.append(
                FieldDifference(
                    label,
                    before=describe_value(field, was),
                    mine=describe_value(field, mine),
                    theirs=describe_value(field, theirs),
                    changed_by=changed_by,
                )
            )


def _merge_rows(
    conflict: EditConflict,
    formset: Any,
    before: dict[str, FieldValues],
    posted: QueryDict,
    files: Any,
    merged: QueryDict,
) -> None:
    """Number the rows of a formset anew: those that are there now first, then those that the person adds."""
    posted_rows = _posted_rows(formset, posted)
    if posted_rows is None:
        return
    prefix, key = formset.prefix, formset.model._meta.pk.name
    for name in [name for name in merged if re.match(rf"{re.escape(prefix)}-[0-9]+-", name)]:
        del merged[name]
    mine = {row[key][-1]: row for row in posted_rows if row.get(key, [""])[-1]}
    added = [row for row in posted_rows if not row.get(key, [""])[-1]]
    title = capfirst(str(formset.model._meta.verbose_name))
    saved_forms = _saved_forms(formset)
    for number, form in enumerate(saved_forms):
        pk = str(form.instance.pk)
        owner = f"{title} “{form.instance}”"
        form.prefix = f"{prefix}-{number}"
        theirs = initial_values(form)
        for name, field in form.fields.items():
            if name in theirs:
                write_value(merged, field, form.add_prefix(name), theirs[name])
        merged[form.add_prefix(key)] = pk
        merged[form.add_prefix(formset.fk.name)] = str(formset.instance.pk)
        row = mine.pop(pk, None)
        if row is None:
            if pk not in before:
                conflict.differences.append(
                    FieldDifference(owner, "", "", _("added by somebody else"), "theirs")
                )
            continue
        merged_row = _with_prefix(merged, form.prefix, row)
        _merge_fields(conflict, form, before.get(pk, {}), merged_row, files, merged_row, owner)
        for name, values in merged_row.lists():
            if name not in (form.add_prefix(key), form.add_prefix(formset.fk.name)):
                merged.setlist(name, values)
    restored = _deleted_rows_to_restore(conflict, formset, mine, before, title)
    for number, row in enumerate([*restored, *added], start=len(saved_forms)):
        for name, values in row.items():
            if name != key:
                merged.setlist(f"{prefix}-{number}-{name}", values)
        merged[f"{prefix}-{number}-{key}"] = ""
    merged[f"{prefix}-INITIAL_FORMS"] = str(len(saved_forms))
    merged[f"{prefix}-TOTAL_FORMS"] = str(len(saved_forms) + len(restored) + len(added))


def _with_prefix(posted: QueryDict, prefix: str, row: Mapping[str, list[str]]) -> QueryDict:
    """A row under the names that its form reads."""
    prefixed = QueryDict(mutable=True, encoding=posted.encoding)
    for name, values in row.items():
        prefixed.setlist(f"{prefix}-{name}", values)
    return prefixed


def _deleted_rows_to_restore(
    conflict: EditConflict,
    formset: Any,
    mine: dict[str, dict[str, list[str]]],
    before: dict[str, FieldValues],
    title: str,
) -> list[dict[str, list[str]]]:
    """Of the rows that others deleted, those that the person has changed: they are offered as new ones."""
    restored = []
    blank = formset.empty_form
    for pk, row in mine.items():
        seen = before.get(pk)
        if "DELETE" in row or seen is None:
            continue
        posted = _with_prefix(QueryDict(mutable=True), blank.prefix, row)
        values = {
            name: posted_value(field, posted, {}, blank.add_prefix(name))
            for name, field in blank.fields.items()
            if name in seen
        }
        changed = {
            name: value
            for name, value in values.items()
            if is_different(blank.fields[name], seen[name], value)
        }
        was = _describe_row(blank, {name: value for name, value in seen.items() if value})
        is_now = _describe_row(blank, changed)
        deleted, changed_by = _("deleted by somebody else"), "both" if changed else "theirs"
        conflict.differences.append(FieldDifference(title, was, is_now, deleted, changed_by))
        if changed:
            restored.append(row)
    return restored


def _posted_rows(formset: Any, posted: QueryDict) -> list[dict[str, list[str]]] | None:
    """The rows of a formset as they were posted, by the names of their fields; None where they cannot be told apart."""
    total = posted.get(f"{formset.prefix}-TOTAL_FORMS", "")
    if not re.fullmatch("[0-9]{1,6}", total):
        return None
    rows: dict[int, dict[str, list[str]]] = {}
    shape = re.compile(rf"{re.escape(formset.prefix)}-([0-9]{{1,6}})-(.+)")
    for name, values in posted.lists():
        match = shape.fullmatch(name)
        if match and int(match[1]) < min(int(total), formset.absolute_max):
            rows.setdefault(int(match[1]), {})[match[2]] = values
    return [rows[number] for number in sorted(rows)]


def _saved_forms(formset: Any) -> list[Any]:
    """The forms of a formset whose rows are in the database."""
    return [form for form in formset.initial_forms if form.instance.pk is not None]


# --- Fields ----------------------------------------------------------------------------------------


def initial_values(form: Any) -> FieldValues:
    """What the fields of a form held when it was drawn, by name."""
    return {
        name: plain_value(form.get_initial_for_field(field, name))
        for name, field in form.fields.items()
        if name != "DELETE" and not _is_fixed(field) and not field.widget.is_hidden
    }


def _is_fixed(field: Any) -> bool:
    return field.disabled or isinstance(field, forms.models.InlineForeignKeyField)


def posted_value(field: Any, posted: Any, files: Any, html_name: str) -> PlainValue:
    """What was posted for a field."""
    value = field.widget.value_from_datadict(posted, files, html_name)
    if isinstance(field, forms.MultiValueField):
        try:
            value = field.clean(value)
        except ValidationError:
            value = " ".join(part or "" for part in value)
    return plain_value(value)


def plain_value(value: Any) -> PlainValue:
    """A value of a field, as a browser would send it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return value
    if isinstance(value, Model):
        return str(value.pk)
    if isinstance(value, dict):
        # The only fields with a mapping are translations.
        return flat(value)
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).replace(microsecond=0).isoformat()
    if isinstance(value, list | tuple | set) or hasattr(value, "iterator"):
        return sorted(str(plain_value(item)) for item in value)
    return str(value).replace("\r\n", "\n")


def is_different(field: Any, value: PlainValue, other: PlainValue) -> bool:
    """Whether two contents of a field mean different things."""
    if value == other:
        return False
    if isinstance(value, list) or isinstance(other, list):
        return sorted(_as_list(value)) != sorted(_as_list(other))
    if isinstance(field, forms.ModelChoiceField):
        return str(value) != str(other)
    try:
        first, second = field.to_python(value), field.to_python(other)
    except (ValidationError, ValueError, TypeError):
        return True
    return bool(("" if first is None else first) != ("" if second is None else second))


def _as_list(value: PlainValue) -> list[str]:
    if isinstance(value, list):
        return value
    return [str(value)] if value else []


def write_value(posted: QueryDict, field: Any, html_name: str, value: Any) -> None:
    """Put into posted data what a browser would send for that content of a field."""
    if isinstance(value, list):
        posted.setlist(html_name, value)
    elif isinstance(value, bool):
        posted.pop(html_name, None)
        if value:
            posted[html_name] = "on"
    elif isinstance(field.widget, forms.MultiWidget):
        moment = datetime.datetime.fromisoformat(value) if value else None
        widget: Any = field.widget
        for suffix, part in zip(widget.widgets_names, widget.decompress(moment), strict=True):
            posted[f"{html_name}{suffix}"] = "" if part is None else str(part)
    else:
        posted[html_name] = value


def describe_value(field: Any, value: PlainValue | None) -> str:
    """The content of a field as people read it."""
    if value is None or value == "" or value == []:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    values = _as_list(value)
    if isinstance(field, forms.ModelChoiceField) and field.queryset is not None:
        model = field.queryset.model
        keys = [int(key) for key in values if is_key(model, key)]
        names = {str(pk): str(row) for pk, row in model._default_manager.in_bulk(keys).items()}
        return series(names.get(key, key) for key in values)
    return series(_describe_text(field, text) for text in values)


def _describe_row(form: Any, values: FieldValues) -> str:
    return series(describe_value(form.fields[name], value) for name, value in values.items())


def _describe_text(field: Any, value: str) -> str:
    for key, label in _choices(field):
        if str(key) == value:
            return str(label)
    try:
        date = field.to_python(value)
    except (ValidationError, ValueError, TypeError):
        return value
    return date.in_words if isinstance(date, PartialDate) else value


def _choices(field: Any) -> Iterator[tuple[Any, Any]]:
    for key, label in getattr(field, "choices", None) or ():
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield key, label
