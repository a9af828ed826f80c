"""The rows of now for each sheet: what a workbook is made with."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet

from ...exports.tables.base import in_chunks
from ...exports.tables.translations import TRANSLATED
from ...models import (
    ENTRIES,
    ENTRY_OF,
    Citation,
    Dialogue,
    Publication,
    Report,
)
from ...models.translations import flat
from ..kinds import KINDS, Kind
from . import versions
from .layout import REF, SHEETS, TRANSLATION, VERSION, Sheet

BATCH = 500
# How the rows of a kind belong to a dialogue; what is not here belongs to all of them.
OF_DIALOGUE = {
    "initiative": ("dialogue",),
    **dict.fromkeys(ENTRY_OF, ("initiative__dialogue",)),
    "role": ("initiative__dialogue",),
    "target": ("initiative__dialogue",),
    "lineage": ("later__dialogue", "earlier__dialogue"),
    "dialogue": ("pk",),
    "membership": ("dialogue",),
    "meeting": ("dialogue",),
    "attendance": ("meeting__dialogue",),
    "delegate": ("attendance__meeting__dialogue",),
    "line": ("dialogue", "meeting__dialogue"),
    "discrepancy": ("dialogue", "meeting__dialogue", "initiative__dialogue"),
}

Cells = dict[str, str]


def rows_of(sheet: Sheet, dialogue: Dialogue | None) -> Iterator[Cells]:
    """The rows of a sheet, for one dialogue or for all, as texts by column."""
    if sheet.kind == TRANSLATION:
        yield from _translations(dialogue)
        return
    rows = rows_for(sheet, dialogue)
    yield from _entries(sheet, rows) if sheet.is_of_entries else _records(sheet, rows)


def rows_for(sheet: Sheet, dialogue: Dialogue | None) -> QuerySet[Any]:
    """The rows of the database that a sheet shows, in its order."""
    if sheet.is_of_entries:
        # What stands: neither withdrawn nor corrected, not even by a draft; drafts are edited in the admin.
        model: Any = ENTRY_OF[sheet.kind]
        rows: QuerySet[Any] = model.objects.filter(
            publication=Publication.PUBLIC, withdrawn_at=None, correction=None
        )
    else:
        rows = sheet.record.model._default_manager.all()
    if dialogue and sheet.kind == "report":
        return rows.filter(pk__in=_reports_of(dialogue)).order_by("slug")
    if dialogue and sheet.kind in OF_DIALOGUE:
        rows = rows.filter(_belongs(sheet.kind, dialogue))
    if sheet.is_of_entries:
        return rows.order_by("initiative__slug", "pk")
    return rows.order_by(*sheet.record.model.natural_key_lookups())


def _belongs(kind: str, dialogue: Dialogue, of: str = "") -> Q:
    """Whether a row belongs to a dialogue; with ``of``, the row that the field of that name refers to."""
    lookups = (Q(**{of + lookup: dialogue.pk}) for lookup in OF_DIALOGUE[kind])
    return reduce(or_, lookups)


def count_rows(sheet: Sheet, dialogue: Dialogue | None) -> int:
    """How many rows the sheet has at most."""
    if sheet.kind == TRANSLATION:
        return sum(1 for _cells in _translations(dialogue))
    rows = rows_for(sheet, dialogue)
    return rows.values("pk", "citations").count() if sheet.is_of_documents else rows.count()


def _reports_of(dialogue: Dialogue) -> QuerySet[Any]:
    about = Q(meeting__dialogue=dialogue)
    for model in ENTRIES:
        cited = model._default_manager.filter(initiative__dialogue=dialogue)
        about |= Q(pk__in=cited.filter(report__isnull=False).order_by().values("report"))
    for kind in (sheet.kind for sheet in SHEETS if sheet.is_cited):
        citations = Citation.objects.filter(_belongs(kind, dialogue, f"{kind}__"))
        about |= Q(pk__in=citations.order_by().values("report"))
    return Report.objects.filter(about).order_by().values("pk")


def _translations(dialogue: Dialogue | None) -> Iterator[Cells]:
    """What the rows of the other sheets are in other languages."""
    sheets = {sheet.kind: sheet for sheet in SHEETS}
    for word, model in TRANSLATED.items():
        kind = Kind(model)  # type: ignore[arg-type]
        (key,) = kind.model.natural_key_fields
        rows = rows_for(sheets[kind.name], dialogue).exclude(translations={}).order_by(key)
        for batch in in_chunks(rows.iterator(chunk_size=BATCH), BATCH):
            numbers = versions.latest(kind, (row.pk for row in batch))
            for row in batch:
                named = {"kind": word, "id": getattr(row, key)}
                named[VERSION] = str(numbers.get(row.pk, ""))
                for name, text in flat(row.translations).items():
                    field, _dot, tag = name.partition(".")
                    yield named | {"field": field, "language": tag, "text": text}


def _records(sheet: Sheet, rows: QuerySet[Any]) -> Iterator[Cells]:
    kind = sheet.record
    single = [name for name in kind.references if name not in kind.many]
    selected = rows.select_related(*single, *sheet.related).prefetch_related(*kind.many)
    for batch in in_chunks(selected.iterator(chunk_size=BATCH), BATCH):
        numbers = versions.latest(kind, (row.pk for row in batch))
        cited = _citations(kind, batch) if sheet.is_cited else {}
        for row in batch:
            key = [str(part) for part in sheet.naming(row)]
            values = kind.read(row) | kind.read_shown(row)
            cells = dict(zip(sheet.key, key, strict=True)) | sheet.cells(values)
            cells[VERSION] = str(numbers.get(row.pk, ""))
            citations = cited.get(row.pk, ())
            for citation in citations if sheet.is_of_documents else citations[:1]:
                yield cells | citation | {VERSION: cells[VERSION] + citation[VERSION]}
            if not citations:
                yield cells


def _citations(kind: Kind, rows: Any) -> dict[int, list[Cells]]:
    """For each row what is cited for it as a sheet could have said it; a document's second place has a longer name."""
    by_pk = {row.pk: row for row in rows}
    cited = Citation.objects.filter(**{f"{kind.name}__in": list(by_pk)}).select_related("report")
    citations: dict[int, list[Citation]] = {}
    for citation in cited.order_by("pk"):
        row = by_pk[getattr(citation, f"{kind.name}_id")]
        key = "/".join(str(part) for part in row.natural_key())
        if citation.ref == f"{citation.report.slug}/{kind.name}/{key}":
            citations.setdefault(row.pk, []).append(citation)
    every_pk = (citation.pk for of_row in citations.values() for citation in of_row)
    numbers = versions.latest(KINDS["citation"], every_pk)
    return {
        pk: [
            {
                "report": citation.report.slug,
                "locator": citation.locator,
                "says": citation.says,
                VERSION: f"/{number}" if (number := numbers.get(citation.pk)) else "",
            }
            for citation in of_row
        ]
        for pk, of_row in citations.items()
    }


def _entries(sheet: Sheet, rows: QuerySet[Any]) -> Iterator[Cells]:
    refs = rows.values_list("ref", flat=True)
    for batch in in_chunks(refs.iterator(chunk_size=BATCH), BATCH):
        then = versions.entries(sheet.kind, batch)
        for ref in batch:
            entry = then[ref]
            named = {REF: ref, "initiative": entry["initiative"], "report": entry["report"]}
            yield named | sheet.cells(entry["cells"])
