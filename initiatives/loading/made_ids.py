"""Ids that files leave out: made from titles, and the same ones again when the same file comes again."""

from __future__ import annotations

import dataclasses
import difflib
from collections import defaultdict
from collections.abc import Iterable, Sequence

from ..models import Initiative, LoadedFact, Report
from ..models.former_addresses import NOBODY
from ..models.reports import suggest_slug
from ..models.slugs import cut_slug, free_slug, slug_from
from ..recording.record_ids import AddressBook
from .document import Document
from .kinds import CHUNK, KINDS, Values
from .nesting import path_of, whole_of
from .plan_types import MadeIds
from .problems import Problem
from .said import phrased
from .scalars import VOCABULARY
from .schema import InitiativePart, ReportFile, ReportPart
from .tombstones import removed_initiatives

MOST = 100
# Titles that are so much alike may be one title that was edited.
ALIKE = 0.6


def with_ids(
    documents: Sequence[Document], problems: list[Problem]
) -> tuple[list[Document], list[MadeIds]]:
    """The documents with an id where they leave one out, and for each document the ids that it was given.

    A title that the same file had when it was loaded last keeps its id. A new id that is taken is numbered. Where a
    title may be one that was edited, whether it is that one is a problem for the file to settle.
    """
    content_of = {
        index: document.content
        for index, document in enumerate(documents)
        if isinstance(document.content, ReportFile)
    }
    made: list[MadeIds] = [{} for _ in documents]
    reports = {i: c.report for i, c in content_of.items() if not c.report.id}
    if reports:
        reports_maker = _ReportIds(documents, problems)
        for index, report in reports.items():
            made[index]["report",] = reports_maker.id_of(documents[index], report)
    unnamed = {i: c for i, c in content_of.items() if any(not part.id for part in c.initiatives)}
    if unnamed:
        sources = {i: made[i].get(("report",), c.report.id) for i, c in content_of.items()}
        maker = _InitiativeIds(documents, problems, {sources[i] for i in unnamed})
        for index in unnamed:
            made[index] |= maker.ids_of(documents[index], sources[index])
    filled = [
        _filled(document, ids) if ids or document.places else document
        for document, ids in zip(documents, made, strict=True)
    ]
    return filled, made


def _filled(document: Document, ids: MadeIds) -> Document:
    content = document.content
    assert isinstance(content, ReportFile)
    report = content.report
    if ("report",) in ids:
        report = report.model_copy(update={"id": ids["report",]})
    places, keys = document.places, [part.id for part in content.initiatives]
    for index, key in enumerate(keys):
        keys[index] = key or ids[path_of(index, places)]
    initiatives = []
    for index, part in enumerate(content.initiatives):
        whole = whole_of(index, places)
        named = {"id": keys[index]} | ({} if whole is None else {"part_of": [keys[whole]]})
        initiatives.append(part.model_copy(update=named))
    changes = {"report": report, "initiatives": initiatives}
    return dataclasses.replace(document, content=content.model_copy(update=changes))


def _likeness(title: str, other: str) -> float:
    return difflib.SequenceMatcher(None, title.casefold(), other.casefold()).ratio()


class _ReportIds:
    """Documents are known again by title, publisher and language, together with their address or their day."""

    def __init__(self, documents: Iterable[Document], problems: list[Problem]) -> None:
        self.problems = problems
        self.taken = {VOCABULARY, NOBODY, *Report.objects.order_by().values_list("slug", flat=True)}
        self.taken |= {document.source for document in documents}
        self.taken |= AddressBook().keys("report")
        self.loaded: dict[str, Values] = dict(
            LoadedFact.objects.filter(kind="report").values_list("source", "values")
        )

    def id_of(self, document: Document, report: ReportPart) -> str:
        stated = KINDS["report"].stated(report)
        known = [source for source, values in self.loaded.items() if _is_same(stated, values)]
        if len(known) == 1:
            return known[0]
        row = Report(title=report.title, url=report.url or "", published_on=report.published)
        made = free_slug(suggest_slug(row), self.taken)
        edited = next((s for s, values in self.loaded.items() if _is_edited(stated, values)), "")
        if edited:
            what = phrased(
                "this report has no id, and nearly the title of “%(known)s”, which is loaded already",
                known=edited,
            )
            if _has_address(stated, self.loaded[edited]):
                what = phrased(
                    "this report has no id, and the address of “%(known)s”, which is loaded already",
                    known=edited,
                )
            hint = phrased(
                "write id: %(known)s if it is that document, id: %(made)s if not",
                known=edited,
                made=made,
            )
            self.problems.append(Problem(document.name, document.line(("report",)), what, hint))
        return made


def _is_same(stated: Values, loaded: Values) -> bool:
    """Whether it is the same document; one address may have several languages."""
    names = ("title", "publisher", "language")
    is_titled = all(stated[name] == loaded.get(name) for name in names)
    return is_titled and (
        _has_address(stated, loaded) or stated["published_on"] == loaded.get("published_on")
    )


def _is_edited(stated: Values, loaded: Values) -> bool:
    """Whether it may be the same document, with something edited, or as somebody else has read it."""
    if stated["language"] != loaded.get("language"):
        return False
    if stated["url"] and loaded.get("url"):
        # Two addresses are two documents.
        return _has_address(stated, loaded)
    signs = all(stated[name] == loaded.get(name) for name in ("publisher", "published_on"))
    return signs and _likeness(stated["title"], loaded.get("title") or "") >= ALIKE


def _has_address(stated: Values, loaded: Values) -> bool:
    return bool(stated["url"]) and stated["url"] == loaded.get("url")


class _InitiativeIds:
    """Initiatives are known again by the titles that their file gave them when it was loaded last."""

    def __init__(
        self, documents: Sequence[Document], problems: list[Problem], sources: Iterable[str]
    ) -> None:
        self.problems = problems
        parts = [part for document in documents for part in _initiatives(document)]
        stated = {part.id for part in parts if part.id}
        self.taken = stated | _taken(_base(part.title or "") for part in parts if not part.id)
        # The load refuses what was removed by its id.
        self.taken -= removed_initiatives().keys()
        self.taken.add(NOBODY)
        self.loaded: dict[str, dict[str, str]] = defaultdict(dict)
        names, book = sorted(sources), AddressBook()
        self.taken |= book.keys("initiative")
        for start in range(0, len(names), CHUNK):
            facts = LoadedFact.objects.filter(
                kind="initiative", source__in=names[start : start + CHUNK]
            )
            for source, key, values in facts.values_list("source", "key", "values"):
                if title := values.get("title"):
                    self.loaded[source].setdefault(book.now("initiative", key), title)

    def ids_of(self, document: Document, source: str) -> MadeIds:
        parts = _initiatives(document)
        loaded = self.loaded[source]
        # What the file said last time, without what its entries speak of now.
        left = dict(loaded)
        for part in parts:
            left.pop(part.id, None)
        made: dict[int, str] = {}
        unnamed = {index: part.title or "" for index, part in enumerate(parts) if not part.id}
        for index, title in unnamed.items():
            titled = [key for key in left if left[key] == title]
            if titled:
                made[index] = min(titled, key=lambda key: (len(key), key))
                del left[made[index]]
        for index, title in unnamed.items():
            # The same words, written otherwise.
            if index not in made and _base(title) in left:
                made[index] = _base(title)
                del left[made[index]]
        for index, title in unnamed.items():
            if index not in made:
                made[index] = free_slug(_base(title), self.taken)
                if left and not (parts[index].new or parts[index].same_as):
                    self.ask(document, index, made[index], left)
        return {path_of(index, document.places): key for index, key in made.items()}

    def ask(self, document: Document, index: int, made: str, left: dict[str, str]) -> None:
        """Add a problem where an entry has gone since the last load, and this may be it with its title edited."""
        title = _initiatives(document)[index].title or ""
        key = max(left, key=lambda key: _likeness(title, left[key]))
        if _likeness(title, left[key]) < ALIKE:
            return
        what = phrased(
            "“%(title)s” has no id, and “%(known)s”, which this report had when it was loaded last, is not in it now",
            title=title[:80],
            known=left[key][:80],
        )
        hint = phrased(
            "write id: %(known)s if it is that one, id: %(made)s if it is new", known=key, made=made
        )
        line = document.line(("initiatives", index))
        self.problems.append(Problem(document.name, line, what, hint))


def _base(title: str) -> str:
    return slug_from(title, MOST) or "initiative"


def _initiatives(document: Document) -> list[InitiativePart]:
    content = document.content
    return content.initiatives if isinstance(content, ReportFile) else []


def _taken(bases: Iterable[str]) -> set[str]:
    """The ids of initiatives that are one of these, and those that begin as such a one does."""
    slugs: set[str] = set()
    wanted = sorted(set(bases))
    for start in range(0, len(wanted), CHUNK):
        known = Initiative.objects.filter(slug__in=wanted[start : start + CHUNK])
        for base in known.order_by().values_list("slug", flat=True):
            # A number may have taken the place of the end.
            numbered = Initiative.objects.filter(slug__startswith=cut_slug(base, MOST - 4))
            slugs |= {base, *numbered.order_by().values_list("slug", flat=True)}
    return slugs
