"""What people are told of a column before they type: what it holds, and what the schema of report files asks of it."""

from __future__ import annotations

from typing import Any, get_args

from django.utils.translation import gettext as _
from pydantic import BaseModel, StringConstraints

from ..kinds import KINDS
from ..schema import InitiativePart, LinePart
from ..sheet_schema import SheetCriterionPart, SheetTranslationPart, SheetUpdatePart
from .layout import TRANSLATION, Sheet, SheetColumn

# The parts of a file of rows that are no record of their own there.
PARTS: dict[str, type[BaseModel]] = {
    "statusupdate": SheetUpdatePart,
    "criterion": SheetCriterionPart,
    "mention": InitiativePart,
    "line": LinePart,
    TRANSLATION: SheetTranslationPart,
}


def describe(sheet: Sheet, column: SheetColumn) -> str:
    """What a column holds, how several values stand in it, and how long they may be."""
    texts = [str(column.about)]
    if column.type == "list":
        texts.append(_("Several values stand with “; ” between them."))
    if most := most_characters(sheet, column):
        words = _("At most %(most)s characters.")
        if column.type in ("list", "lines"):
            words = _("Each at most %(most)s characters.")
        texts.append(words % {"most": f"{most:,}"})
    return " ".join(texts)


def most_characters(sheet: Sheet, column: SheetColumn) -> int | None:
    """How long the text of a column may be, from the schema; None of ids and words, which are no text."""
    part = PARTS[sheet.kind] if sheet.kind in PARTS else KINDS[sheet.kind].part
    # Where in the document a role or target stands is said by the initiative.
    field = part.model_fields.get(column.name)
    if field is None and column.name == "locator":
        field = InitiativePart.model_fields["locator"]
    if field is None or column.words or column.type in ("date", "number"):
        return None
    return _most([field.annotation, *field.metadata])


def _most(types: list[Any]) -> int | None:
    for of in types:
        if isinstance(of, StringConstraints) and of.max_length and not of.pattern:
            return of.max_length
        inner = _most([*get_args(of), *getattr(of, "__metadata__", ())])
        if inner:
            return inner
    return None
