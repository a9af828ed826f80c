"""Which rows refer to others, through any foreign key or many-to-many field; what is derived from them counts not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django.db.models import Model

from ..exports.tables.base import in_chunks
from ..models import Citation, Correction, Initiative, Involvement, Record, Review, SearchText
from ..models.citations import SUBJECTS
from .kinds import CHUNK

# Kept up to date with what they are of, and gone with it.
DERIVED: tuple[type[Model], ...] = (Involvement, Review, SearchText)


def referring(
    model: type[Record], keys: Collection[int]
) -> Iterator[tuple[int, type[Record], int]]:
    """The rows that refer to rows of a model, given by primary key: key, model of the other row, its key."""
    relations: list[Any] = [rel for rel in model._meta.related_objects if _counts(model, rel)]
    for relation in relations:
        near, column, rows = _link(relation)
        for batch in in_chunks(sorted(keys), CHUNK):
            pairs = rows.filter(**{f"{near}__in": batch}).order_by()
            for key, other in pairs.values_list(f"{near}_id", column):
                yield key, relation.related_model, other


def _counts(model: type[Record], relation: Any) -> bool:
    other = relation.related_model
    if other in DERIVED or (other is Correction and model is Initiative):
        return False
    # A many-to-many field with a model of its own has rows that refer by foreign keys.
    return not relation.many_to_many or bool(relation.through._meta.auto_created)


def _link(relation: Any) -> tuple[str, str, Any]:
    """The field that refers, the column with the key of the row that does, and the table of both."""
    field = relation.field
    if relation.many_to_many:
        near, far = field.m2m_reverse_field_name(), f"{field.m2m_field_name()}_id"
        return near, far, relation.through._base_manager
    return field.name, "pk", relation.related_model._base_manager


def subjects(citations: Iterable[int]) -> dict[int, tuple[type[Record], int]]:
    """What citations (by primary key) are for, but for updates: a citation stays with what it is the source of."""
    subjects: dict[int, tuple[type[Record], int]] = {}
    for batch in in_chunks(sorted(citations), CHUNK):
        for name in set(SUBJECTS) - {"status_update"}:
            model: Any = Citation._meta.get_field(name).related_model
            rows = Citation.objects.filter(pk__in=batch, **{f"{name}__isnull": False}).order_by()
            subjects |= {pk: (model, key) for pk, key in rows.values_list("pk", name)}
    return subjects
