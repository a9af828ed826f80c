"""Texts of ours that judge: what ``check_data`` names, for people to say what is the case instead."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..models import (
    Attendance,
    Citation,
    Criterion,
    Dialogue,
    Discrepancy,
    Initiative,
    Line,
    Meeting,
    Membership,
    Mention,
    Record,
    Report,
    StatusUpdate,
    Target,
    Translated,
)
from ..models.entries import EntryQuerySet
from ..models.evaluative_words import evaluative_words_in
from ..models.translations import ORIGINAL, faults_of

# What is written in our own words; all other texts are names, titles, places, quotes, or made from these.
OWN_TEXTS: dict[type[Record], tuple[str, ...]] = {
    Dialogue: ("purpose",),
    Membership: ("note",),
    Meeting: ("note",),
    Attendance: ("note",),
    Line: ("text", "session"),
    Report: ("note",),
    Initiative: ("summary", "unsourced_due_note"),
    Target: ("note",),
    Mention: ("note", "due_note", "condition"),
    StatusUpdate: ("what", "note", "looked_in"),
    Criterion: ("what", "why", "note"),
    Discrepancy: ("topic", "resolution"),
    Citation: ("says",),
}


def find_judging_texts() -> Iterator[tuple[Record, str, list[str]]]:
    """Each row, the field and its words that judge; what was corrected or withdrawn has been said, and stays."""
    for model, names in OWN_TEXTS.items():
        rows: Any = model._default_manager.order_by("pk")
        if isinstance(rows, EntryQuerySet) or model is Citation:
            rows = rows.current()
        for row in rows.iterator():
            for name in names:
                if words := evaluative_words_in(_in_english(row, name)):
                    yield row, name, words


def _in_english(row: Record, name: str) -> str:
    """A text in English, in which alone the words judge; empty where it is in other languages only."""
    if isinstance(row, Translated) and row.language != ORIGINAL and name in row.TRANSLATED:
        # What is no translation, the check of translations names.
        if faults_of(type(row), row.translations, row.language):
            return ""
        text, language, _is_original = row.translated(name, ORIGINAL)
        return text if language.partition("-")[0] == ORIGINAL else ""
    return str(getattr(row, name))
