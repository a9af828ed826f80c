"""A faulty file with stand-ins for what is faulty in it, so that all else can be checked too. It is never written."""

from __future__ import annotations

import copy
from enum import Enum
from functools import cache
from typing import Annotated, Any, TypeVar, get_args

from pydantic import BaseModel, TypeAdapter, ValidationError

from .schema_faults import model_in
from .target_schema import NEEDED

# Stands for an id or text that cannot be read; nothing is said of what is called so.
STAND_IN = "unread"
# One of these is right for every kind of value that files have.
VALUES = (
    STAND_IN,
    "2000-01-01",
    "https://unread.example",
    "unread/unread/unread",
    "en",
    "1",
    "EUR",
)
# What is put in or left out where keys do not go together.
ADDED = ("id", "locator", "act", "quote_language", "name", "reached", "status", "what")
LEFT_OUT = (
    "ends",
    "until",
    "currency",
    "reached_on",
    "target",
    "value",
    "due_at",
    "due_dropped",
    "condition_lifted",
    "welcomed_by",
)
# A stand-in may bring a fault to light that stood behind another one.
MOST_ROUNDS = 4
# More faults than these are no file that a person wrote; mending them would take longer than reading it.
MOST_FAULTS = 10_000

M = TypeVar("M", bound=BaseModel)


def mend(schema: type[M], tree: dict[str, Any], error: ValidationError) -> M | None:
    """The content of a file that has faults, with stand-ins in their places; None where that does not help."""
    if error.error_count() > MOST_FAULTS:
        return None
    tree = copy.deepcopy(tree)
    for _round in range(MOST_ROUNDS):
        for fault in error.errors(include_url=False, include_context=False, include_input=False):
            # Keys that do not go together, and not a value that is of another kind.
            _mend(schema, tree, fault["loc"], is_of_rules=fault["type"] in ("value_error", NEEDED))
        _without_gaps(tree)
        try:
            return schema.model_validate(tree)
        except ValidationError as next_error:
            error = next_error
    return None


# Stands in a list for an item that goes; until all are known, the others keep their numbers.
_GAP = object()


def _mend(schema: type[BaseModel], tree: Any, loc: tuple[Any, ...], *, is_of_rules: bool) -> None:
    """Put a stand-in where a fault is, or take out what has no place there."""
    model: type[BaseModel] | None = schema
    key, container, outer, path = "", tree, tree, [step for step in loc if step != "[key]"]
    if not path:
        _reconcile(schema, tree)
        return
    for index, step in enumerate(path[:-1]):
        if isinstance(step, str):
            model, key = _inside(model, key), step
        if isinstance(step, int) and isinstance(container, dict):
            # A short form: a mapping alone for a list of one.
            outer.pop(key, None)
            return
        try:
            inner = container[step]
        except (KeyError, IndexError):
            return
        if not isinstance(inner, dict | list):
            # A short form, such as a text for a mapping: the path goes further than the file does.
            path = path[: index + 1]
            break
        outer, container = container, inner
    last = path[-1]
    if isinstance(container, dict):
        model = _inside(model, key)
        part = container.get(last)
        if is_of_rules and isinstance(part, dict) and (inner_model := _inside(model, last)):
            _reconcile(inner_model, part)
        elif model and last in model.model_fields and loc[-1:] != ("[key]",):
            container[last] = _stand_in(model, last)
        else:
            container.pop(last, None)
    elif isinstance(last, int) and last < len(container):
        of_item = _inside(model, key)
        if of_item is model or of_item is None:
            container[last] = _GAP
        elif is_of_rules and isinstance(container[last], dict):
            _reconcile(of_item, container[last])
        else:
            container[last] = _of_model(of_item)


def _inside(model: type[BaseModel] | None, key: str) -> type[BaseModel] | None:
    """The model of what stands under a key of a model, or in the list there; None where that is no mapping."""
    if not key:
        return model
    field = model.model_fields.get(key) if model else None
    return model_in(field.annotation) if field else None


def _reconcile(model: type[BaseModel], part: dict[str, Any]) -> None:
    """Leave out what contradicts, and add what lacks."""
    for name in LEFT_OUT:
        part.pop(name, None)
    for name in ADDED:
        if name in model.model_fields and part.get(name) is None:
            part[name] = _stand_in(model, name)


def _of_model(model: type[BaseModel]) -> dict[str, Any]:
    fields = model.model_fields.items()
    return {name: _stand_in(model, name) for name, field in fields if field.is_required()}


def _stand_in(model: type[BaseModel], name: str) -> Any:
    """A value for a key; None, which is the same as no key, where an empty one will do."""
    field = model.model_fields[name]
    inner = model_in(field.annotation)
    if not inner or not field.is_required():
        return _value(model, name)
    return _of_model(inner)


@cache
def _value(model: type[BaseModel], name: str) -> str | None:
    field = model.model_fields[name]
    rules = (field.annotation, *field.metadata)
    stated: Any = Annotated[rules] if field.metadata else field.annotation
    adapter: TypeAdapter[Any] = TypeAdapter(stated)
    for value in (*VALUES, *_words(field.annotation)):
        try:
            adapter.validate_python(value)
        except ValidationError:
            continue
        return value
    return None


def _words(annotation: Any) -> list[str]:
    """The words that a type allows which is one of our lists of words, or may be."""
    types = (annotation, *get_args(annotation))
    return [
        word.value for of in types if isinstance(of, type) and issubclass(of, Enum) for word in of
    ]


def _without_gaps(tree: Any) -> None:
    """Take out the items that go, in every list of the tree."""
    if isinstance(tree, list):
        tree[:] = [item for item in tree if item is not _GAP]
    if isinstance(tree, dict | list):
        for inner in tree.values() if isinstance(tree, dict) else tree:
            _without_gaps(inner)
