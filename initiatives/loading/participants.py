"""Participants by any of their names: codes in their place, and states that nobody has described yet."""

from __future__ import annotations

import dataclasses
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_noop as N_  # noqa: N812  Babel looks for that name

from ..models import LoadedFact, Participant, ParticipantKind
from ..models.translations import flat
from ..recording.record_ids import AddressBook
from .countries import Country, comparable, find_country
from .document import Document
from .file_part import FilePart
from .languages import in_other_languages
from .said import phrased
from .scalars import ALL, ParticipantName
from .vocabulary_schema import ParticipantPart, VocabularyFile

# The source of what is made from the standard; no id of a report has capitals.
STANDARD = "ISO 3166-1"
MADE = N_("made from ISO 3166-1")


class StandardDocument(Document):
    """What the load takes from ISO 3166-1: the states that these files name first."""

    @property
    def source(self) -> str:
        return STANDARD

    @property
    def note(self) -> str:
        return MADE


def with_codes(
    documents: Sequence[Document], book: AddressBook
) -> tuple[list[Document], list[Document]]:
    """The documents with codes where they name participants, and the states that they name first, as a document.

    What names nobody stays as it is, for the check of references.
    """
    names = _Names(documents, book)
    coded = [_with_content(d, _coded(d.content, names)) for d in documents]
    return coded, [_standard(names.new_states)] if names.new_states else []


def why_not_made(code: str) -> str:
    """Why a code of the standard is no participant yet; “” for others."""
    country = find_country(code)
    if not country or country.is_state:
        return ""
    return phrased(
        "%(name)s is no member or observer of the United Nations; describe it in a file",
        name=country.name,
    )


def _with_content(document: Document, content: Any) -> Document:
    if content is document.content:
        return document
    return dataclasses.replace(document, content=content)


class _Names:
    """Whom codes and names mean, from the database, from what the files state, and from ISO 3166-1."""

    def __init__(self, documents: Iterable[Document], book: AddressBook) -> None:
        self.book = book
        self.codes: set[str] = set()
        self.by_name: dict[str, set[str]] = defaultdict(set)
        columns = ("code", "translations", "name", "official_name", "other_names")
        rows = Participant.objects.order_by().values_list(*columns).iterator()
        stored = ((code, *flat(texts).values(), *names) for code, texts, *names in rows)
        for code, *names in (*stored, *_described(documents)):
            self.codes.add(code)
            for name in filter(None, map(comparable, "\n".join(filter(None, names)).split("\n"))):
                self.by_name[name].add(code)
        self.new_states: dict[str, Country] = {}
        # What a person deleted after a load is made by none.
        facts = LoadedFact.objects.filter(kind="participant").exclude(source=STANDARD)
        self.deleted = set(facts.values_list("key", flat=True)) - self.codes
        self.deleted -= book.keys("participant")

    def code_of(self, text: str) -> str:
        """The code that a text means; the text itself where it means nobody, or several."""
        if (now := self.book.now("participant", text)) != text:
            return now
        if text == ALL or text in self.codes:
            return text
        named = self.by_name.get(comparable(text))
        country = find_country(text) if is_code(text) or not named else None
        if named and not (country and text == country.code):
            # “AU” may be what an organisation is called for short, and the code of a country.
            also = {self.of_country(country)} if country else set()
            return only(named | also | {text.casefold()} & self.codes) or text
        if text.casefold() in self.codes:
            return text.casefold()
        if not country:
            return text
        code = self.of_country(country)
        if code == country.code and country.is_state and code not in self.codes | self.deleted:
            self.new_states[code] = country
        return code

    def of_country(self, country: Country) -> str:
        """The code of a country; a state may be known by another one than that of the standard."""
        if country.code in self.codes:
            return country.code
        names = (country.name, country.official_name)
        codes = (only(self.by_name.get(comparable(name), set())) for name in names)
        return next(filter(None, codes), country.code)


def may_be(text: str, names: Mapping[str, Iterable[str]]) -> list[str]:
    """The codes of all that a text may mean, by the names of those that are known."""
    name, country = comparable(text), find_country(text) if is_code(text) else None
    codes = {code for code, of_one in names.items() if name in map(comparable, of_one)}
    codes |= {text.casefold()} & names.keys() | ({country.code} if country else set())
    return sorted(codes) if name else []


def is_code(text: str) -> bool:
    """Whether a text has the length of a code of ISO 3166-1."""
    return text.isalpha() and len(text) in (2, 3)


def only(codes: set[str]) -> str:
    """The one code; empty where there is none, or more than one."""
    return next(iter(codes)) if len(codes) == 1 else ""


def _described(documents: Iterable[Document]) -> Iterator[tuple[str | None, ...]]:
    for document in documents:
        for part in getattr(document.content, "participants", ()):
            names = {"name": part.name, "official_name": part.official_name}
            others = [in_other_languages(field, name) for field, name in names.items()]
            said = (name for of in others for name in of.values())
            yield part.code, *names.values(), *part.other_names, *said


def _standard(states: dict[str, Country]) -> StandardDocument:
    parts = [
        ParticipantPart(
            code=code,
            name=country.name,
            official_name=country.official_name or None,
            kind=ParticipantKind.STATE,
        )
        for code, country in sorted(states.items())
    ]
    text = "\n".join(states)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return StandardDocument(STANDARD, "participants:\n", digest, VocabularyFile(participants=parts))


def _coded(value: Any, names: _Names) -> Any:
    """A value of a file with codes in the place of the names in it."""
    if isinstance(value, ParticipantName):
        return names.code_of(value)
    if isinstance(value, FilePart):
        changes = {name: coded for name, old in value if (coded := _coded(old, names)) is not old}
        return value.model_copy(update=changes) if changes else value
    if isinstance(value, list):
        items = [_coded(item, names) for item in value]
        return (
            items if any(new is not old for new, old in zip(items, value, strict=True)) else value
        )
    if isinstance(value, dict):
        return {key: _coded(item, names) for key, item in value.items()}
    return value
