"""How a row is named where one of many is picked: so that two of the same title can be told apart."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import and_, or_
from typing import Any

from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.db.models import Case, Q, QuerySet, When

from ...languages import language_tag, series
from ...models import Initiative, Meeting, Report
from .changelist import MOST_DIGITS, FirstKeys

# What the label of a row reads besides the row itself.
LABEL_RELATIONS: dict[type[Any], tuple[str, ...]] = {
    Initiative: ("dialogue", "raised_at"),
    Meeting: ("dialogue",),
}


def label_of(row: Any) -> str:
    """Initiative: dialogue and year; report: publisher and date; meeting: dialogue and date; else just the name."""
    match row:
        case Initiative():
            raised_on = row.raised_at.starts_on if row.raised_at else None
            dialogue = row.dialogue.short_name or row.dialogue.name
            parts = [dialogue, raised_on and str(raised_on.last_day.year)]
        case Report():
            parts = [row.publisher, row.published_on and row.published_on.in_words]
        case Meeting():
            dialogue = row.dialogue.short_name or row.dialogue.name
            parts = [dialogue, row.starts_on and row.starts_on.in_words]
        case _:
            parts = []
    details = series(part for part in parts if part)
    return f"{row} – {details}" if details else str(row)


def with_labels(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows with all that their labels read."""
    relations = LABEL_RELATIONS.get(rows.model)
    return rows.select_related(*relations) if relations else rows


# By more words than these nobody picks.
MOST_WORDS = 5
# What words stand behind. The database looks for each, which takes a tenth of the time of a regular expression.
BEFORE_WORDS = " -–—(“„«\"‘’'ʻ/"


def by_beginnings(rows: QuerySet[Any], columns: Sequence[str], typed: str) -> QuerySet[Any]:
    """First the rows whose name begins so, then those in which each word typed begins a word, of the name or else.

    The name is its own, or that in the language that is read. ``columns`` are those that are searched, the name first.
    """
    words = typed.split()
    if not words:
        return rows

    def begins(column: str, word: str) -> Q:
        within = (Q(**{f"{column}__icontains": f"{sign}{word}"}) for sign in BEFORE_WORDS)
        return reduce(or_, within, Q(**{f"{column}__istartswith": word}))

    def begin_words_in(column: str) -> Q:
        return reduce(and_, (begins(column, word) for word in words[:MOST_WORDS]))

    name, *others = [column.lstrip("^=@") for column in columns]
    names = [name, *(column for column in others if column == "code__named")]
    if "translations__say" in others:
        names.append(f"translations__{name}__{language_tag()}")
    begin_with = reduce(or_, (Q(**{f"{each}__istartswith": " ".join(words)}) for each in names))
    begin_words = reduce(or_, map(begin_words_in, names))
    # What several other rows say of a row would give it several places.
    elsewhere = [When(begin_words_in(column), then=2) for column in others if "__" not in column]
    by_name = [When(begin_with, then=0), When(begin_words, then=1)]
    rank = Case(*by_name, *elsewhere, default=3)
    order = rows.query.order_by or rows.model._meta.ordering
    ranked: QuerySet[Any] = rows.alias(rank=rank).order_by("rank", *order)
    return ranked


class PickerView(AutocompleteJsonView):
    """What a picker finds while somebody types."""

    def get_queryset(self) -> QuerySet[Any]:
        """What matches; of meetings those of the dialogue that is chosen in the form.

        A language version is tied to no other version; documents of the meeting that is chosen come first.
        """
        rows = with_labels(super().get_queryset())
        if rows.model is Meeting and (dialogue := self._chosen("dialogue")):
            rows = rows.filter(dialogue=dialogue)
        rows = by_beginnings(rows, self.model_admin.get_search_fields(self.request), self.term)
        if self.source_field.name == "translation_of":
            rows = rows.filter(translation_of__isnull=True)
            if meeting := self._chosen("meeting"):
                of_it = Meeting.objects.filter(pk=meeting).values("dialogue")
                of_dialogue = When(meeting__dialogue__in=of_it, then=1)
                place = Case(When(meeting=meeting, then=0), of_dialogue, default=2)
                order = rows.query.order_by or rows.model._meta.ordering
                rows = rows.alias(of_meeting=place).order_by("of_meeting", *order)
        return rows

    def _chosen(self, name: str) -> str:
        """The key of what is chosen in the form; empty where it is none."""
        key = self.request.GET.get(name, "")
        return key if key.isdecimal() and len(key) < MOST_DIGITS else ""

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        return {**super().serialize_result(obj, to_field_name), "text": label_of(obj)}

    def get_paginator(self, *args: Any, **kwargs: Any) -> Any:
        return FirstKeys(*args, **kwargs)
