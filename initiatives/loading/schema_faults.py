"""What pydantic finds wrong with a file, in words: what is wrong and what was expected, key by key."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_noop as N_  # noqa: N812  Babel looks for that name
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from ..languages.invisible import code_point, with_code_points
from ..models import RoleKind
from .defaults import NONE, OF_ENTRY
from .kinds import KINDS
from .problems import Faults, Missing, SheetCell
from .said import in_a_row, in_groups, phrased, what_and_cure
from .schema import RELATIONS
from .suggestions import closest, closest_value, did_you_mean
from .target_schema import NEEDED
from .vocabulary_schema import VocabularyFile
from .yaml_text import Path

IDS = phrased("lower-case a–z, digits and single hyphens")
UPDATE_REF = phrased("report id/initiative id/date")
BETWEEN_VALUES = phrased("several values stand with “; ” between them")
# What pydantic says of numbers, by its types of errors, with what the limit is called there.
LIMITS = {
    "greater_than_equal": ("ge", N_("expected greater than or equal to %(limit)s")),
    "less_than_equal": ("le", N_("expected less than or equal to %(limit)s")),
    "decimal_max_digits": ("max_digits", N_("expected no more than %(limit)s digits in total")),
    "decimal_max_places": ("decimal_places", N_("expected no more than %(limit)s decimal places")),
    "decimal_whole_digits": (
        "whole_digits",
        N_("expected no more than %(limit)s digits before the decimal point"),
    ),
    "finite_number": ("", N_("expected a finite number")),
}
# The keys that refer to other records, and the kinds of these.
REFERRED = {
    kind.keys.get(field, field): str(model._meta.model_name)
    for kind in KINDS.values()
    for field, model in kind.references.items()
}
REFERRED |= dict.fromkeys(("by", "of", *RoleKind.values), "participant")
# “part_of” names a meeting where meetings have it, and an initiative among these.
REFERRED |= dict.fromkeys({"initiative", *RELATIONS} - {"part_of"}, "initiative")


def explain(
    name: str,
    place: Callable[[Path], int],
    schema: type[BaseModel],
    error: ValidationError,
    is_told: Callable[[Path], bool] = lambda path: True,
) -> Faults:
    """What is wrong in a file, in words; ``place`` finds where a path stands in it."""
    faults = Faults(name)
    for fault in error.errors(include_url=False, include_context=True):
        if not is_told(fault["loc"]):
            continue
        path = tuple(step for step in fault["loc"] if step != "[key]")
        if fault["type"] == NEEDED:
            path = (*path, fault["ctx"]["key"])
        at = place(path)
        what, expected = _in_words(fault, schema, at)
        missing = None
        if fault["type"] == "string_pattern_mismatch" and (kind := _kind_named(path)):
            missing = Missing(kind, str(fault["input"]))
        faults.add(at, what, expected, missing)
    return faults


def _kind_named(path: tuple[Any, ...]) -> str:
    """The kind of record that the last key of a path names; “” where it names none."""
    is_of_initiative = path[:1] == ("initiatives",) and _key(path) == "part_of"
    return "initiative" if is_of_initiative else REFERRED.get(_key(path), "")


def _key(path: tuple[Any, ...]) -> str:
    return next((step for step in reversed(path) if isinstance(step, str)), "file")


def _in_words(fault: ErrorDetails, schema: type[BaseModel], place: int) -> tuple[str, str]:
    """What is wrong and what was expected, from one of pydantic's errors."""
    kind, context = fault["type"], fault.get("ctx", {})
    path = list(fault["loc"])
    key, value = _key(tuple(path)), _short(fault["input"])
    if kind == NEEDED:
        key = context["key"]
    if kind in ("missing", NEEDED):
        return phrased("“%(key)s” is missing", key=key), f"{key}: …"
    if fault["input"] == NONE and key in OF_ENTRY:
        return phrased("“%(key)s” is %(value)s", key=key, value=value), phrased(
            "leave the key out: the file has no default for it"
        )
    if kind == "extra_forbidden" and fault["input"] is None:
        near = did_you_mean(closest(key, list(_model_at(schema, path).model_fields)))
        slip = (
            phrased("put a space after the colon")
            if ":" in key
            else phrased("put a text with a comma in quotes")
        )
        return phrased("unknown key %(key)s", key=_short(key)), near or slip
    if kind == "extra_forbidden":
        return phrased("unknown key %(key)s", key=_short(key)), _known(
            key, list(_model_at(schema, path).model_fields)
        )
    if key == "[key]":
        return phrased("unknown key %(value)s", value=value), _known(
            str(fault["input"]), _allowed(context)
        )
    if kind in ("enum", "literal_error"):
        words = _allowed(context)
        near = did_you_mean(closest_value(str(fault["input"]), words))
        return phrased("“%(key)s” cannot be %(value)s", key=key, value=value), _one_of(near, words)
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return phrased("“%(key)s” is %(value)s", key=key, value=value), phrased(
            "expected a mapping of keys and values"
        )
    if kind == "list_type":
        return phrased("“%(key)s” is %(value)s", key=key, value=value), phrased(
            "expected a list: [a, b]"
        )
    if kind == "string_type":
        return phrased("“%(key)s” is %(value)s", key=key, value=value), phrased("expected text")
    if kind == "string_pattern_mismatch":
        return phrased("“%(key)s” cannot be %(value)s", key=key, value=value), _of_id(
            key, str(fault["input"]), place
        )
    if kind in ("string_too_short", "too_short"):
        return phrased("“%(key)s” is empty", key=key), phrased(
            "leave the key out, or say something"
        )
    if kind in ("string_too_long", "too_long"):
        return _too_long(key, context["max_length"], _model_at(schema, path))
    if kind == "value_error":
        what, cure = what_and_cure(context["error"])
        if not isinstance(fault["input"], dict):
            what = phrased("“%(key)s”: %(what)s", key=key, what=what)
        return what, cure
    if kind == "int_parsing":
        return phrased("“%(key)s” cannot be %(value)s", key=key, value=value), phrased(
            "expected a whole number, such as 8"
        )
    if kind in ("bool_parsing", "bool_type"):
        return phrased("“%(key)s” cannot be %(value)s", key=key, value=value), phrased(
            "write %(key)s: true, or leave it out", key=key
        )
    if kind == "decimal_parsing":
        return phrased("“%(key)s” cannot be %(value)s", key=key, value=value), phrased(
            "expected a number, such as 600 or 2.5"
        )
    if kind in LIMITS:
        name, message = LIMITS[kind]
        values = {"limit": context[name]} if name else {}
        return phrased("“%(key)s” cannot be %(value)s", key=key, value=value), phrased(
            message, **values
        )
    expected = re.sub("^(Decimal i|I)nput should (be|have)", "expected", fault["msg"])
    return phrased("“%(key)s” cannot be %(value)s", key=key, value=value), expected


def _allowed(context: dict[str, Any]) -> list[str]:
    return re.findall(r"'([^']*)'", context["expected"])


def _one_of(near: str, words: list[str]) -> str:
    one_of = phrased("One of: %(words)s", words=words)
    return in_a_row([near, one_of], " ") if near else one_of


def _known(word: str, words: list[str]) -> str:
    if word in VocabularyFile.model_fields and word not in words:
        return phrased("“%(word)s” stand in a file of their own, without a report", word=word)
    return did_you_mean(closest(word, words)) or phrased("known keys: %(keys)s", keys=words)


def _of_id(key: str, text: str, place: int) -> str:
    expected = UPDATE_REF if key == "update" else IDS
    strange = what_is_strange(text, place)
    if strange == BETWEEN_VALUES:
        return strange
    what = phrased("expected %(expected)s", expected=expected)
    return in_a_row([what, strange], "; ") if strange else what


def what_is_strange(text: str, place: int) -> str:
    """What an id or code holds that only looks right: the separator of a list, or a letter of another script."""
    if isinstance(place, SheetCell) and re.search(r"[,\n|/]", text):
        return BETWEEN_VALUES
    letter = next((c for c in text if not c.isascii()), "")
    if letter and re.search("[a-z]", text) and not re.search(r"[\sA-Z]", text):
        name = unicodedata.name(letter, "").lower()
        return phrased(
            "“%(letter)s” in it is %(character)s, %(name)s",
            letter=letter,
            character=code_point(letter),
            name=name,
        )
    return ""


def _too_long(key: str, most: int, model: type[BaseModel]) -> tuple[str, str]:
    what = phrased("“%(key)s” has more than %(most)s characters", key=key, most=in_groups(most))
    rest = next((name for name in ("summary", "note") if name in model.model_fields), "")
    if key == "title" and rest:
        return what, phrased(
            "write a shorter title, and keep the whole text in “%(rest)s”", rest=rest
        )
    return what, phrased("shorten it")


def _model_at(schema: type[BaseModel], path: list[Any]) -> type[BaseModel]:
    """The model around the last step of a path."""
    for step in path[:-1]:
        if isinstance(step, str) and step in schema.model_fields:
            schema = model_in(schema.model_fields[step].annotation) or schema
    return schema


def model_in(annotation: Any) -> type[BaseModel] | None:
    """The model that a type such as ``list[Annotated[Model, …]] | None`` is made of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        if model := model_in(inner):
            return model
    return None


def _short(value: Any) -> str:
    if isinstance(value, dict):
        return phrased("a mapping")
    if isinstance(value, list):
        return phrased("a list")
    if value is None:
        return phrased("empty")
    text = with_code_points(str(value))
    shown = f"{text[:57]}…" if len(text) > 60 else text
    return phrased("“%(text)s”", text=shown)
