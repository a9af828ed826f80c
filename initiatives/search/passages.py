"""The texts by which records are found, each with what it is and its language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django_stubs_ext import StrOrPromise

from ..models.compiled import read_compiled
from ..models.participants import names_in_languages
from ..models.translations import ORIGINAL, Translation, flat
from .normalization import SearchTerms, fold_once


class Passage(NamedTuple):
    """A text by which a record is found, what it is, and its language (BCP 47) where that is told of it alone."""

    label: StrOrPromise
    text: str
    language: str = ""


# What decides how pages call a participant.
OF_PARTICIPANT = ("code", "kind", "language", "translations")


class Source(NamedTuple):
    """Rows that belong to what is found (``of`` leads there) and the columns of theirs that are searched.

    ``labels`` say of each column what it is, ``languages`` which column says its language, where one does.
    ``translations`` is the column that says the same in other languages. ``named_by_cldr`` is the column with the name
    of a participant, where pages call a state by the name that CLDR has in their language.
    """

    rows: Callable[[], QuerySet[Any]]
    labels: Mapping[str, StrOrPromise]
    of: str
    translations: str = ""
    languages: Mapping[str, str] = {}
    named_by_cldr: str = ""

    def read(self) -> QuerySet[Any]:
        """Its columns, by name."""
        beside = {*filter(None, [self.translations]), *self.languages.values()}
        if self.named_by_cldr:
            beside |= {f"{self.path_of_participant}{column}" for column in OF_PARTICIPANT}
        return self.rows().values(self.of, *beside, *self.labels)

    @property
    def path_of_participant(self) -> str:
        return self.named_by_cldr.removesuffix("name")

    def read_of(self, keys: Sequence[int]) -> QuerySet[Any]:
        """The same of these primary keys of what is found."""
        return self.read().filter(**{f"{self.of}__in": keys})


# By primary key of what is found, its passages by their texts: each text once.
Passages = dict[int, dict[str, Passage]]


def names(path: str, label: StrOrPromise, *columns: str) -> dict[str, StrOrPromise]:
    """Labels for columns of one record that all say how it is called."""
    return {f"{path}{column}": label for column in columns}


def read_passages(source: Source, found: Passages, only: Sequence[int] | None = None) -> None:
    """Add the texts of a source to what is in ``found``; one query, of these primary keys where they are given."""
    # The names of a participant are the same in all rows that lead to it.
    called: dict[str, list[Translation]] = {}
    rows = source.read() if only is None else read_compiled(source.read_of, only)
    for row in rows:
        texts = found.get(row[source.of])
        if texts is None:
            continue
        for column in source.labels:
            language = row[source.languages[column]] if column in source.languages else ""
            add(texts, source.labels, column, row[column], language)
        if source.translations:
            path = source.translations.removesuffix("translations")
            add_translations(texts, source.labels, path, row[source.translations])
        if source.named_by_cldr:
            values = {name: row[f"{source.path_of_participant}{name}"] for name in OF_PARTICIPANT}
            code = values["code"]
            if code not in called:
                called[code] = names_in_languages(**values)
            for name in called[code]:
                add(texts, source.labels, source.named_by_cldr, name.text, name.language)


def add(
    texts: dict[str, Passage],
    labels: Mapping[str, StrOrPromise],
    column: str,
    text: str,
    language: str = "",
) -> None:
    """Add what a column says, unless it is said already."""
    other = language if language != ORIGINAL else ""
    # Other names stand one a line.
    for line in text.splitlines() if column.endswith("other_names") else [text]:
        if line:
            texts.setdefault(line, Passage(labels[column], line, other))


def add_translations(
    texts: dict[str, Passage],
    labels: Mapping[str, StrOrPromise],
    path: str,
    translations: Mapping[str, Mapping[str, str]],
) -> None:
    """Add what the columns say in other languages."""
    for name, text in flat(translations).items():
        field, _dot, language = name.partition(".")
        if path + field in labels:
            add(texts, labels, path + field, text, language)


def untold(terms: SearchTerms, told: Sequence[str]) -> SearchTerms:
    """Of what is sought that which does not stand in what is ``told``."""
    return SearchTerms(
        [piece for piece in terms.pieces if not any(piece in fold_once(text) for text in told)]
    )


def telling(passages: Iterable[Passage], missing: SearchTerms, most: int = 2) -> list[Passage]:
    """The passages that hold what is still missing; so few that together hold it.

    Of those that hold as many of the pieces the first.
    """
    held_by = [
        (passage, {piece for piece in missing.pieces if piece in folded})
        for passage in passages
        for folded in [fold_once(passage.text)]
    ]
    chosen: list[Passage] = []
    left = set(missing.pieces)
    while held_by and len(chosen) < most:
        passage, held = max(held_by, key=lambda pair: len(pair[1] & left))
        if not held & left:
            break
        chosen.append(passage)
        left -= held
    return chosen
