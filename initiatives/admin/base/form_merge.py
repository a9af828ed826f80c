"""What two people made of one form: which boxes each of them changed, and both together in one form."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from ...partial_dates import PartialDate
from .widgets import is_key

# What a box holds, as it comes back from a browser and fits into JSON.
Plain = str | bool | list[str]
Values = dict[str, Plain]


class Drawn:
    """A form and its formsets as they are drawn from the database, and what their boxes hold."""

    def __init__(self, form: Any, formsets: Sequence[Any]) -> None:
        self.form, self.formsets = form, formsets

    @property
    def values(self) -> dict[str, Any]:
        """The boxes of the row by name, and of each formset by prefix and primary key."""
        return {
            "fields": held_by(self.form),
            "rows": {
                formset.prefix: {str(form.instance.pk): held_by(form) for form in _rows(formset)}
                for formset in self.formsets
            },
        }


@dataclass(frozen=True)
class Difference:
    """One box that somebody changed."""

    label: str
    before: str
    mine: str
    theirs: str
    # “both” changed it, or only “mine” or “theirs” did.
    by: str


@dataclass
class Conflict:
    """What another person saved while a form was open; ``version`` names what is there now."""

    # Whether it is known what the person saw when the form was opened.
    is_known: bool
    differences: list[Difference] = field(default_factory=list)
    version: str = ""
    latest: Any = None

    @property
    def differs(self) -> bool:
        return self.is_known or any(each.by != "mine" for each in self.differences)

    @property
    def message(self) -> str:
        return _(
            "Somebody else has saved this since you opened it. Nothing of yours is saved yet, and nothing is lost: "
            "compare both versions, and save again."
        )


def merge(now: Drawn, before: Any, posted: QueryDict, files: Any) -> tuple[Conflict, QueryDict]:
    """What differs, and what was posted with all that only the others changed taken over.

    ``before`` is what the person saw; where that is None, everything that differs counts as changed by both.
    """
    merged = posted.copy()
    conflict = Conflict(is_known=before is not None)
    known = before or {"fields": {}, "rows": {}}
    _merge_boxes(conflict, now.form, known["fields"], posted, files, merged, "")
    for formset in now.formsets:
        seen = known["rows"].get(formset.prefix, {})
        _merge_rows(conflict, formset, seen, posted, files, merged)
    return conflict, merged


def _merge_boxes(
    conflict: Conflict,
    form: Any,
    before: Values,
    posted: QueryDict,
    files: Any,
    merged: QueryDict,
    owner: str,
) -> None:
    for name, box in form.fields.items():
        if _is_fixed(box):
            continue
        html_name = form.add_prefix(name)
        mine = typed(box, posted, files, html_name)
        theirs = plain(form.get_initial_for_field(box, name))
        was = False if name == "DELETE" else before.get(name)
        changed_by_me = was is None or differ(box, was, mine)
        changed_by_them = was is None or differ(box, was, theirs)
        if was is None and not differ(box, theirs, mine):
            continue
        if changed_by_them and not changed_by_me:
            write(merged, box, html_name, theirs)
        if (changed_by_me or changed_by_them) and not box.widget.is_hidden:
            by = (
                "both"
                if changed_by_me and changed_by_them
                else "mine"
                if changed_by_me
                else "theirs"
            )
            label = str(box.label or capfirst(name))
            conflict.differences.append(
                Difference(
                    f"{owner}: {label}" if owner else label,
                    in_words(box, was),
                    in_words(box, mine),
                    in_words(box, theirs),
                    by,
                )
            )


def _merge_rows(
    conflict: Conflict,
    formset: Any,
    before: dict[str, Values],
    posted: QueryDict,
    files: Any,
    merged: QueryDict,
) -> None:
    """Number the rows of a formset anew: those that are there now first, then those that the person adds."""
    typed = _typed_rows(formset, posted)
    if typed is None:
        return
    prefix, key = formset.prefix, formset.model._meta.pk.name
    for name in [name for name in merged if re.match(rf"{re.escape(prefix)}-[0-9]+-", name)]:
        del merged[name]
    mine = {row[key][-1]: row for row in typed if row.get(key, [""])[-1]}
    added = [row for row in typed if not row.get(key, [""])[-1]]
    title = capfirst(str(formset.model._meta.verbose_name))
    rows = _rows(formset)
    for number, form in enumerate(rows):
        pk = str(form.instance.pk)
        owner = f"{title} “{form.instance}”"
        form.prefix = f"{prefix}-{number}"
        theirs = held_by(form)
        for name, box in form.fields.items():
            if name in theirs:
                write(merged, box, form.add_prefix(name), theirs[name])
        merged[form.add_prefix(key)] = pk
        merged[form.add_prefix(formset.fk.name)] = str(formset.instance.pk)
        row = mine.pop(pk, None)
        if row is None:
            if pk not in before:
                conflict.differences.append(
                    Difference(owner, "", "", _("added by somebody else"), "theirs")
                )
            continue
        own = _at(merged, form.prefix, row)
        _merge_boxes(conflict, form, before.get(pk, {}), own, files, own, owner)
        for name, values in own.lists():
            if name not in (form.add_prefix(key), form.add_prefix(formset.fk.name)):
                merged.setlist(name, values)
    kept = _rows_gone(conflict, formset, mine, before, title)
    for number, row in enumerate([*kept, *added], start=len(rows)):
        for name, values in row.items():
            if name != key:
                merged.setlist(f"{prefix}-{number}-{name}", values)
        merged[f"{prefix}-{number}-{key}"] = ""
    merged[f"{prefix}-INITIAL_FORMS"] = str(len(rows))
    merged[f"{prefix}-TOTAL_FORMS"] = str(len(rows) + len(kept) + len(added))


def _at(posted: QueryDict, prefix: str, row: Mapping[str, list[str]]) -> QueryDict:
    own = QueryDict(mutable=True, encoding=posted.encoding)
    for name, values in row.items():
        own.setlist(f"{prefix}-{name}", values)
    return own


def _rows_gone(
    conflict: Conflict,
    formset: Any,
    mine: dict[str, dict[str, list[str]]],
    before: dict[str, Values],
    title: str,
) -> list[dict[str, list[str]]]:
    """Of the rows that others deleted, those that the person has changed: they are offered as new ones."""
    kept = []
    blank = formset.empty_form
    for pk, row in mine.items():
        seen = before.get(pk)
        if "DELETE" in row or seen is None:
            continue
        own = _at(QueryDict(mutable=True), blank.prefix, row)
        boxes = {
            name: typed(box, own, {}, blank.add_prefix(name))
            for name, box in blank.fields.items()
            if name in seen
        }
        names = [name for name in boxes if differ(blank.fields[name], seen[name], boxes[name])]
        said = ", ".join(
            in_words(blank.fields[name], value) for name, value in seen.items() if value
        )
        own_words = ", ".join(in_words(blank.fields[name], boxes[name]) for name in names)
        conflict.differences.append(
            Difference(
                title, said, own_words, _("deleted by somebody else"), "both" if names else "theirs"
            )
        )
        if names:
            kept.append(row)
    return kept


def _typed_rows(formset: Any, posted: QueryDict) -> list[dict[str, list[str]]] | None:
    """The rows of a formset as they were posted, by the names of their boxes; None where they cannot be told apart."""
    total = posted.get(f"{formset.prefix}-TOTAL_FORMS", "")
    if not re.fullmatch("[0-9]{1,6}", total):
        return None
    rows: dict[int, dict[str, list[str]]] = {}
    shape = re.compile(rf"{re.escape(formset.prefix)}-([0-9]{{1,6}})-(.+)")
    for name, values in posted.lists():
        found = shape.fullmatch(name)
        if found and int(found[1]) < min(int(total), formset.absolute_max):
            rows.setdefault(int(found[1]), {})[found[2]] = values
    return [rows[number] for number in sorted(rows)]


def _rows(formset: Any) -> list[Any]:
    """The forms of a formset whose rows are in the database."""
    return [form for form in formset.initial_forms if form.instance.pk is not None]


# --- Boxes ----------------------------------------------------------------------------------------


def held_by(form: Any) -> Values:
    """What the boxes of a form held when it was drawn, by name."""
    return {
        name: plain(form.get_initial_for_field(box, name))
        for name, box in form.fields.items()
        if name != "DELETE" and not _is_fixed(box) and not box.widget.is_hidden
    }


def _is_fixed(box: Any) -> bool:
    return box.disabled or isinstance(box, forms.models.InlineForeignKeyField)


def typed(box: Any, posted: Any, files: Any, html_name: str) -> Plain:
    """What was posted for a box."""
    value = box.widget.value_from_datadict(posted, files, html_name)
    if isinstance(box, forms.MultiValueField):
        try:
            value = box.clean(value)
        except ValidationError:
            value = " ".join(part or "" for part in value)
    return plain(value)


def plain(value: Any) -> Plain:
    """A value of a box, as a browser would send it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return value
    if isinstance(value, Model):
        return str(value.pk)
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).replace(microsecond=0).isoformat()
    if isinstance(value, list | tuple | set) or hasattr(value, "iterator"):
        parts = [plain(each) for each in value]
        return sorted(str(part) for part in parts)
    return str(value).replace("\r\n", "\n")


def differ(box: Any, one: Plain, other: Plain) -> bool:
    """Whether two contents of a box mean different things."""
    if one == other:
        return False
    if isinstance(one, list) or isinstance(other, list):
        return sorted(_as_list(one)) != sorted(_as_list(other))
    if isinstance(box, forms.ModelChoiceField):
        return str(one) != str(other)
    try:
        first, second = box.to_python(one), box.to_python(other)
    except (ValidationError, ValueError, TypeError):
        return True
    return bool(("" if first is None else first) != ("" if second is None else second))


def _as_list(value: Plain) -> list[str]:
    if isinstance(value, list):
        return value
    return [str(value)] if value else []


def write(posted: QueryDict, box: Any, html_name: str, value: Plain) -> None:
    """Put into posted data what a browser would send for that content of a box."""
    if isinstance(value, list):
        posted.setlist(html_name, value)
    elif isinstance(value, bool):
        posted.pop(html_name, None)
        if value:
            posted[html_name] = "on"
    elif isinstance(box.widget, forms.MultiWidget):
        moment = datetime.datetime.fromisoformat(value) if value else None
        widget: Any = box.widget
        for suffix, part in zip(widget.widgets_names, widget.decompress(moment), strict=True):
            posted[f"{html_name}{suffix}"] = "" if part is None else str(part)
    else:
        posted[html_name] = value


def in_words(box: Any, value: Plain | None) -> str:
    """The content of a box as people read it."""
    if value is None or value == "" or value == []:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    values = list(_as_list(value))
    if isinstance(box, forms.ModelChoiceField) and box.queryset is not None:
        model = box.queryset.model
        keys = [each for each in values if is_key(model, each)]
        found = model._default_manager.in_bulk([int(key) for key in keys])
        names = {str(pk): str(row) for pk, row in found.items()}
        return ", ".join(names.get(each, each) for each in values)
    return ", ".join(_words(box, each) for each in values)


def _words(box: Any, value: str) -> str:
    for key, label in _choices(box):
        if str(key) == value:
            return str(label)
    try:
        date = box.to_python(value)
    except (ValidationError, ValueError, TypeError):
        return value
    return date.in_words if isinstance(date, PartialDate) else value


def _choices(box: Any) -> Iterator[tuple[Any, Any]]:
    for key, label in getattr(box, "choices", None) or ():
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield key, label
