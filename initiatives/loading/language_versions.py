"""Language versions of a document: all of them name one report, whatever their files name."""

from __future__ import annotations

from collections.abc import Iterable

from ..models import Report
from .statements import Statement

FIELD = "translation_of"


def name_heads(statements: Iterable[Statement]) -> None:
    """Let each version name the report that all versions name, where its file names another version.

    What goes round in a circle is left for ``checks.py``.
    """
    said = {s.key[0]: s for s in statements if s.kind == "report" and s.values.get(FIELD)}
    if not said:
        return
    stored = Report.objects.filter(translation_of__isnull=False).order_by()
    heads = dict(stored.values_list("slug", "translation_of__slug"))
    heads |= {slug: statement.values[FIELD] for slug, statement in said.items()}
    for slug, statement in said.items():
        if head := _head(slug, heads):
            statement.values[FIELD] = head


def _head(slug: str, heads: dict[str, str]) -> str:
    seen = {slug}
    while slug in heads:
        slug = heads[slug]
        if slug in seen:
            return ""
        seen.add(slug)
    return slug
