"""The keys of a mention in a report file: what the document does, in which words, by when, under which condition."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BeforeValidator, model_validator

from ..models import Act
from .file_part import FilePart
from .said import Faulty, phrased
from .scalars import ALL, CodeOrName, Date, Language, Line200, Line300, Slug, Text

# All is a word, and no list.
By = Annotated[list[CodeOrName], BeforeValidator(lambda by: [ALL] if by == ALL else by)]
# What a document says in a mention alone; a due date may stand without one, as it did before mentions had any.
OF_MENTION = (
    "by",
    "quote",
    "note",
    "due_at",
    "due_dropped",
    "condition",
    "condition_lifted",
    "welcomed_by",
)


class MentionPart(FilePart):
    due: Date | None = None
    due_at: Slug | None = None
    due_dropped: bool = False
    due_note: Line300 | None = None
    condition: Line300 | None = None
    condition_lifted: bool = False
    act: Act | None = None
    by: By = []
    welcomed_by: By = []
    locator: Line200 | None = None
    quote: Text | None = None
    quote_language: Language | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def is_whole(self) -> Self:
        of_mention = [name for name in OF_MENTION if getattr(self, name)]
        if of_mention and not self.act:
            raise Faulty(
                phrased("“%(key)s” belongs to a mention", key=of_mention[0]),
                phrased("say which act it is, such as act: proposed"),
            )
        if self.quote and not self.quote_language:
            raise Faulty(
                phrased("the quote has no quote_language"), phrased("write en, ja, uz-Latn …")
            )
        return self

    @model_validator(mode="after")
    def agrees_with_itself(self) -> Self:
        deadlines = [name for name in ("due", "due_at", "due_dropped") if getattr(self, name)]
        if len(deadlines) > 1:
            raise Faulty(
                phrased(
                    "“%(key)s” and “%(other)s” exclude one another",
                    key=deadlines[0],
                    other=deadlines[1],
                ),
                phrased("keep one"),
            )
        if self.condition and self.condition_lifted:
            raise Faulty(
                phrased(
                    "“%(key)s” and “%(other)s” exclude one another",
                    key="condition",
                    other="condition_lifted",
                ),
                phrased("keep one"),
            )
        if self.welcomed_by and self.act != Act.UNDERTAKEN:
            raise Faulty(
                phrased("“welcomed_by” says who welcomes what others undertake"),
                phrased("write act: undertaken, or roles: {supporter: …}"),
            )
        return self
