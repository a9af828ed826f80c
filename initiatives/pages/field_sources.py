"""Which documents state a field of a dialogue or a meeting, and the numbers that sources have on a page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import FieldDoesNotExist

from ..models import Citation, LoadedFact, Record, Report
from ..models.compiled import read_compiled
from ..models.precision import refines
from ..partial_dates import sort_key

LAST = "~"


def attach_field_sources(rows: Sequence[Any]) -> None:
    """Set ``field_sources`` on rows of one model with ``sources``: by field, the citations whose documents state it.

    A document states a field where its load left the value that the row has now, a less or a more precise one; or where
    somebody named it at the desk for that value. One query.
    """
    attach_loaded(rows)
    for row in rows:
        row.field_sources = {}
        for citation in row.sources:
            values = row.loaded.get(citation.report.slug, {})
            if citation.field:
                values = {citation.field: citation.says}
            for name, value in values.items():
                if _says(row, name, value):
                    row.field_sources.setdefault(name, []).append(citation)


def attach_loaded(rows: Sequence[Any]) -> None:
    """Set ``loaded`` on rows of one model: the values that the load of each document left of them. One query."""
    by_key = {row.natural_key()[0]: row for row in rows}
    for row in rows:
        row.loaded = {}
    if not rows:
        return
    kind = str(rows[0]._meta.model_name)
    # A page asks for one, over and over.
    one = len(by_key) == 1
    facts = read_compiled(_facts, *by_key, kind=kind) if one else _facts(*by_key, kind=kind)
    for key, source, values in facts:
        by_key[key].loaded[source] = values


def _facts(*keys: str, kind: str) -> Any:
    return LoadedFact.objects.about(kind, keys).values_list("now", "source", "values")


def of_fields(row: Any, *names: str) -> list[Citation]:
    """The citations whose documents state any of these fields, each once."""
    return list({of.pk: of for name in names for of in row.field_sources.get(name, ())}.values())


def _says(row: Record, name: str, value: Any) -> bool:
    """Whether that value is what the row holds there, or the one is only more precise."""
    try:
        column = row._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    if column.many_to_many:
        return False
    now = row.plain_text(name)
    return bool(now) and (
        str(value) == now or refines(column, now, str(value)) or refines(column, str(value), now)
    )


@dataclass
class NumberedSource:
    """A document that a page rests on, with its number there; ``citations`` are those of the thing itself.

    ``versions`` are the same document in further languages, under the same number.
    """

    number: int
    report: Report
    citations: list[Citation] = field(default_factory=list)
    versions: list[NumberedSource] = field(default_factory=list)


def number_sources(thing: Any, rows: Iterable[Any]) -> list[NumberedSource]:
    """The documents that a thing and rows on its page rest on, oldest first; each citation gets their ``number``."""
    of_rows = [citation for row in rows for citation in row.sources]
    reports = {citation.report_id: citation.report for citation in (*thing.sources, *of_rows)}
    in_order = sorted(
        reports.values(), key=lambda report: (sort_key(report.published_on, LAST), report.slug)
    )
    numbered: dict[int, NumberedSource] = {}
    documents: dict[int, NumberedSource] = {}
    for report in in_order:
        document = documents.get(report.head_id)
        source = NumberedSource(document.number if document else len(documents) + 1, report)
        documents.setdefault(report.head_id, source)
        numbered[report.pk] = source
        if document:
            document.versions.append(source)
    for citation in (*thing.sources, *of_rows):
        citation.number = numbered[citation.report_id].number
    for citation in thing.sources:
        if not citation.field:
            numbered[citation.report_id].citations.append(citation)
    return list(documents.values())
