"""How many rows lack a text in a language, counted by the database; the same is told of one row in Python."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Q, QuerySet

from ..languages import LANGUAGE_TAGS, country_codes
from ..models import Entry, Initiative, Participant, ParticipantKind, Translated
from ..models.translations import canonical


def called_by_cldr(row: Translated, field: str, tag: str) -> str:
    """What pages in a language call a row, where nobody typed that; empty where they show the original."""
    if tag not in LANGUAGE_TAGS:
        return ""
    said = row.translated(field, tag)
    return said.text if said.language == tag and tag not in row.translations.get(field, {}) else ""


def texts_said(row: Translated, tag: str) -> tuple[list[str], list[str]]:
    """The fields of a row that say anything, and those of them that pages show in a language of the site."""
    fields = [field for field in row.TRANSLATED if getattr(row, field)]
    if tag == canonical(row.language):
        return fields, fields
    said = [
        field
        for field in fields
        if tag in row.translations.get(field, {}) or called_by_cldr(row, field, tag)
    ]
    return fields, said


def to_translate(model: type[Translated]) -> QuerySet[Any]:
    """The rows of a model whose translations may be edited: nothing that was withdrawn or corrected."""
    every: Any = model._default_manager
    if issubclass(model, Entry):
        return every.current().order_by("-pk")  # type: ignore[no-any-return]
    rows = every.filter(withdrawn_at__isnull=True) if model is Initiative else every.all()
    return rows.order_by("-pk")  # type: ignore[no-any-return]


def is_complete(model: type[Translated], tag: str) -> Q:
    """That all texts of a row are said in a language, as ``texts_said`` has it; true or, as JSON has it, unknown."""
    whole = Q()
    for field in model.TRANSLATED:
        said = Q(**{field: ""}) | Q(**{f"translations__{field}__has_key": tag})
        if model is Participant and field == "name" and tag in LANGUAGE_TAGS:
            said |= Q(kind=ParticipantKind.STATE, code__in=country_codes(tag))
        whole &= said
    return Q(language=tag) | whole


def missing_in(rows: QuerySet[Any], tag: str) -> QuerySet[Any]:
    """The rows of which a text is not said in a language."""
    every: Any = rows.model._default_manager
    return rows.exclude(pk__in=every.filter(is_complete(rows.model, tag)).order_by().values("pk"))


def count_missing(rows: QuerySet[Any], tags: Iterable[str]) -> dict[str, int]:
    """By language, how many of the rows lack a text in it; one query."""
    tags = list(tags)
    counts = {
        f"said_{number}": Count("pk", filter=is_complete(rows.model, tag))
        for number, tag in enumerate(tags)
    }
    found = rows.order_by().aggregate(every=Count("pk"), **counts)
    return {tag: found["every"] - found[f"said_{number}"] for number, tag in enumerate(tags)}
