"""What uploads and conflicts keep in English, in the language of whoever reads it: plans, faults, notes, origins."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from django.apps import apps
from django.db.models import BooleanField
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext as _

from ..languages import ENGLISH
from ..models import Upload
from ..partial_dates import PartialDateField, UnclearDate, read_typed_date
from .merge import DELETED, LOST, REINSTATED, WITHDRAWN
from .participants import MADE
from .said import in_language
from .wording import field_in_words, kind_in_words, model_of

NOTES = (DELETED, LOST, WITHDRAWN, REINSTATED, MADE)
# As origins.py writes them.
ORIGIN = re.compile(
    r"(?:loaded from (?P<document>.+) |by (?P<person>.+) )?on (?P<day>.+)", re.DOTALL
)


def faults(upload: Upload) -> list[dict[str, Any]]:
    """What is wrong with the files of an upload."""
    return [
        problem | {name: in_language(kept) for name, kept in problem.get("said", {}).items()}
        for problem in upload.problems
    ]


def step(upload: Upload) -> str:
    """What is being done with it just now."""
    with suppress(ValueError):
        return in_language(json.loads(upload.step))
    return upload.step


def note(english: str) -> str:
    """What a plan notes of a row, with who deleted it."""
    for known in NOTES:
        words, _comma, said_by = english.partition(", ")
        if english == known:
            return gettext(known)
        if words == known:
            values = {"note": gettext(known), "origin": origin(said_by)}
            return _("%(note)s, %(origin)s") % values
    return english


def origin(english: str) -> str:
    """Who said what stands, and when."""
    match = ORIGIN.fullmatch(english)
    if not match or get_language() == ENGLISH:
        return english
    values = match.groupdict() | {"day": _day(match["day"])}
    if values["document"]:
        return _("loaded from %(document)s on %(day)s") % values
    if values["person"]:
        return _("by %(person)s on %(day)s") % values
    return _("on %(day)s") % values


def _day(english: str) -> str:
    with suppress(UnclearDate):
        return read_typed_date(english).in_words
    return english


# --- Plans ----------------------------------------------------------------------------------------


def plan(english: Mapping[str, Any]) -> dict[str, Any]:
    """The plan of an upload (plan_summary.py)."""
    if get_language() == ENGLISH:
        return dict(english)
    words = _PlanWords()
    return {
        **english,
        "counts": [row | {"kind": words.kind(row["kind"])} for row in english["counts"]],
        "items": {
            action: [words.item(item, "kind") for item in items]
            for action, items in english["items"].items()
        },
        "choices": [words.item(choice, "name") for choice in english["choices"]],
    }


class _PlanWords:
    """Kinds, fields and values by what they are called in English."""

    def __init__(self) -> None:
        names = [
            str(model._meta.model_name) for model in apps.get_app_config("initiatives").get_models()
        ]
        with override(ENGLISH):
            self.kinds = {kind_in_words(name): name for name in names if model_of(name)}
            self.fields = {
                kind: {str(capfirst(field.verbose_name)): field for field in _fields(kind)}
                for kind in self.kinds.values()
            }

    def kind(self, english: str) -> str:
        return kind_in_words(self.kinds[english]) if english in self.kinds else english

    def item(self, item: Mapping[str, Any], kind_name: str) -> dict[str, Any]:
        """An item or a choice; ``kind_name`` is where its kind is called what it is."""
        kind = self.kinds.get(item[kind_name], "")
        lists = {name: item[name] for name in ("changes", "kept", "conflicts") if name in item}
        return {
            **item,
            kind_name: self.kind(item[kind_name]),
            "note": note(item["note"]),
            **{name: in_language(kept) for name, kept in item.get("said", {}).items()},
            **{
                name: [self.change(kind, change) for change in changes]
                for name, changes in lists.items()
            },
        }

    def change(self, kind: str, change: Mapping[str, Any]) -> dict[str, Any]:
        label, bracket, tag = change["field"].partition(" (")
        field = self.fields.get(kind, {}).get(label)
        if field is None:
            return {**change, "origin": origin(change["origin"])}
        name = f"{field.name}.{tag.removesuffix(')')}" if bracket else field.name
        values = {key: self.value(field, change[key]) for key in ("base", "ours", "theirs")}
        words = field_in_words(kind, name)
        return {**change, **values, "field": words, "origin": origin(change["origin"])}

    def value(self, field: Any, english: str | None) -> str | None:
        if not english:
            return english
        if field.choices:
            with override(ENGLISH):
                known = {str(label): value for value, label in field.flatchoices}
            return str(dict(field.flatchoices)[known[english]]) if english in known else english
        if isinstance(field, BooleanField):
            return gettext(english)
        return _day(english) if isinstance(field, PartialDateField) else english


def _fields(kind: str) -> list[Any]:
    model = model_of(kind)
    meta = model._meta if model else None
    return [*meta.concrete_fields, *meta.many_to_many] if meta else []
