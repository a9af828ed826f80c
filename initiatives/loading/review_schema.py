"""A report file without a report, key by key: what rests on nobody's document."""

from __future__ import annotations

from .file_part import FilePart
from .languages import TranslatedText, Written
from .scalars import CodeOrName, FullDay, Line200, Line500, ReportId, Slug, Text
from .schema import CriterionWords


class ReviewPart(FilePart):
    """Who looked and read, a role and never a person, and on which day."""

    id: ReportId
    by: Line200
    on: FullDay


class LookedPart(Written, FilePart):
    """An initiative of which no public information was found: where it was looked for, and what was met instead."""

    initiative: Slug
    where: Line500
    what: TranslatedText
    of: CodeOrName | None = None
    note: Text | None = None


class ReviewFile(FilePart):
    """What rests on nobody's document."""

    review: ReviewPart
    criteria: list[CriterionWords] = []
    looked: list[LookedPart] = []
