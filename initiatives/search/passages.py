"""The texts by which records are found, each with what it is and its language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django_stubs_ext import StrOrPromise

from ..models.compiled import read_compiled
from ..models.participants import names_in_languages
from ..models.translations import ORIGINAL, flat
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
        return self.rows().values(self.of, *self.columns)

    def read_of(self, keys: Sequence[int]) -> QuerySet[Any]:
        """The same of these primary keys of what is found."""
        return self.read().filter(**{f"{self.of}__in": keys})

    @property
    def columns(self) -> set[str]:
        """The columns that are searched, and what is to be known of them."""
        beside = {*filter(None, [self.translations]), *self.languages.values()}
        if self.named_by_cldr:
            beside |= {f"{self.path_of_participant}{column}" for column in OF_PARTICIPANT}
        return {*self.labels, *beside}

    @property
    def path_of_participant(self) -> str:
        return self.named_by_cldr.removesuffix("name")

    def passages(self, row: Mapping[str, Any]) -> dict[str, Passage]:
        """What a row says, by its texts."""
        texts: dict[str, Passage] = {}
        for column in self.labels:
            language = row[self.languages[column]] if column in self.languages else ""
            add(texts, self.labels, column, row[column], language)
        if self.translations:
            path = self.translations.removesuffix("translations")
            add_translations(texts, self.labels, path, row[self.translations])
        if self.named_by_cldr:
            values = {name: row[f"{self.path_of_participant}{name}"] for name in OF_PARTICIPANT}
            for name in names_in_languages(**values):
                add(texts, self.labels, self.named_by_cldr, name.text, name.language)
        return texts

    # --- Of other records, to each of which many rows lead ----------------------------------------

    @property
    def record(self) -> str:
        """The path to the record, such as a participant, that all its texts are of; empty where they are of rows."""
        paths = {column.rpartition("__")[0] for column in self.labels}
        return paths.pop() if len(paths) == 1 else ""

    def keys_of(self, keys: Sequence[int]) -> QuerySet[Any]:
        """Of these primary keys of what is found the keys of the records."""
        rows = self.rows().filter(**{f"{self.of}__in": keys})
        return rows.values_list(self.of, f"{self.record}__pk")

    def passages_of_records(self) -> Passages:
        """What each of the records says."""
        model: Any = self.rows().model._meta.get_field(self.record).related_model
        path = f"{self.record}__"
        rows = model._base_manager.values("pk", *(name.removeprefix(path) for name in self.columns))
        return {
            row.pop("pk"): self.passages({f"{path}{name}": value for name, value in row.items()})
            for row in rows
        }


# By primary key of what is found, its passages by their texts: each text once.
Passages = dict[int, dict[str, Passage]]
# Gives the value of that name, which it reads where nobody did before.
Remember = Callable[[str, Callable[[], Passages]], Passages]


def names(path: str, label: StrOrPromise, *columns: str) -> dict[str, StrOrPromise]:
    """Labels for columns of one record that all say how it is called."""
    return {f"{path}{column}": label for column in columns}


def read_passages(
    source: Source,
    found: Passages,
    only: Sequence[int] | None = None,
    remember: Remember | None = None,
) -> None:
    """Add the texts of a source to what is in ``found``; one query, of these primary keys where they are given.

    Who can ``remember`` values for others reads of records that many rows lead to nothing but their keys.
    """
    said: Iterable[tuple[int, dict[str, Passage]]]
    if only is not None and remember and source.record:
        of_records = remember(f"passages of {source.record}", source.passages_of_records)
        # Who was recorded a moment ago is in the next version of the page.
        said = ((key, of_records.get(pk, {})) for key, pk in read_compiled(source.keys_of, only))
    else:
        rows = source.read() if only is None else read_compiled(source.read_of, only)
        said = ((row[source.of], source.passages(row)) for row in rows if row[source.of] in found)
    for key, texts in said:
        for text, passage in texts.items():
            found[key].setdefault(text, passage)


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
