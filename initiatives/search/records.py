"""What records other than initiatives are found by: every text that the public is shown of them, folded, in memory.

They are few beside initiatives. Who asks reads them once for each version of the data, and applies the rule of search
in plain Python.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from ..models import (
    Attendance,
    Citation,
    Delegate,
    Dialogue,
    Discrepancy,
    Line,
    LineKind,
    Meeting,
    Membership,
    Participant,
    Record,
    Report,
    Theme,
)
from ..models.lines import OF_DIALOGUE
from ..models.sort_keys import page_key
from .normalization import SearchTerms, fold
from .passages import Passage, Passages, Source, names, read_passages

# Folded texts that a process keeps: after an edit nearly all are as they were.
MOST_FOLDED = 50_000
# “Yoshimasa Hayashi (Minister for Foreign Affairs of Japan)”
NAME_AND_OFFICE = re.compile(r"(?P<name>[^()]+?)\s*\((?P<office>.+)\)\s*")


@dataclass(frozen=True)
class Person:
    """Somebody who came to meetings or chaired them, as documents write the name; without a name an office.

    ``came`` are primary keys: of the meeting, and of whom they came for (None of a chair).
    """

    name: str
    came: list[tuple[int, int | None]] = field(default_factory=list)


class SearchableRecord(NamedTuple):
    """What one record is found by, folded: its title, its names, all of its texts; and the texts themselves.

    ``key`` is its primary key, of a person who it is.
    """

    key: Any
    title: str
    names: str
    body: str
    passages: Sequence[Passage]


class SearchableKind(NamedTuple):
    """How the records of a model are found: in the order of ``rows``; the first of ``own`` are their names.

    ``names`` are the columns of their names, of which the first is the title.
    """

    rows: Callable[[], QuerySet[Any]]
    names: Source
    others: Sequence[Source] = ()


def _lines(of: str, *kinds: str) -> list[Source]:
    """What documents state line by line, of each kind."""
    return [
        Source(
            lambda kind=kind: Line.objects.public().filter(kind=kind),  # type: ignore[misc]
            {"text": LineKind(kind).label, "session": _("Session")},
            of=of,
        )
        for kind in kinds
    ]


def _discrepancies(of: str) -> Source:
    return Source(
        lambda: Discrepancy.objects.public().filter(**{f"{of}__isnull": False}),
        {"topic": _("Documents disagree"), "resolution": _("How we read it")},
        of=of,
    )


def _own(
    model: type[Record], title: str, label: StrOrPromise, *others: str, **labels: StrOrPromise
) -> Source:
    """The names of the rows of a model, the title first, and what else is said of them in their own language."""
    translated = getattr(model, "TRANSLATED", ())
    columns = names("", label, title, *others) | labels
    has_language = [column for column in columns if column in translated]
    return Source(
        _public(model),
        columns,
        of="pk",
        translations="translations" if translated else "",
        languages=dict.fromkeys(has_language, "language"),
    )


def _public(model: Any) -> Callable[[], QuerySet[Any]]:
    return lambda: model._default_manager.public()


ALSO_CALLED: dict[str, StrOrPromise] = {"other_names": _("Also called")}

KINDS: Mapping[str, SearchableKind] = {
    "participant": SearchableKind(
        _public(Participant),
        _own(
            Participant,
            "name",
            _("Name"),
            official_name=_("Official name"),
            **ALSO_CALLED,
        )._replace(named_by_cldr="name"),
    ),
    "dialogue": SearchableKind(
        _public(Dialogue),
        _own(Dialogue, "name", _("Name"), "short_name", **ALSO_CALLED),
        [
            Source(
                _public(Dialogue),
                {"purpose": _("Purpose")},
                of="pk",
                translations="translations",
                languages={"purpose": "language"},
            ),
            *_lines("dialogue", *OF_DIALOGUE),
            Source(_public(Membership), {"note": _("Note")}, of="dialogue"),
            _discrepancies("dialogue"),
        ],
    ),
    "meeting": SearchableKind(
        lambda: Meeting.objects.public().newest_first(),
        _own(Meeting, "title", _("Title"), **ALSO_CALLED),
        [
            Source(
                _public(Meeting),
                {"city": _("Place"), "venue": _("Place"), "note": _("Note")},
                of="pk",
            ),
            *_lines("meeting", *(kind for kind in LineKind if kind not in OF_DIALOGUE)),
            Source(
                lambda: Attendance.objects.public().order_by("pk"),
                {"note": _("Who came")},
                of="meeting",
            ),
            _discrepancies("meeting"),
        ],
    ),
    "report": SearchableKind(
        lambda: Report.objects.public().newest_first(),
        Source(_public(Report), {"title": _("Title")}, of="pk", languages={"title": "language"}),
        [
            Source(_public(Report), {"publisher": _("Publisher"), "note": _("Note")}, of="pk"),
            Source(
                lambda: Citation.objects.public().current().exclude(says="").order_by("ref"),
                {"says": _("What it says")},
                of="report",
            ),
        ],
    ),
    "theme": SearchableKind(_public(Theme), _own(Theme, "name", _("Name"))),
}
PERSON = "person"
OFFICE = _("Office")


# --- Reading --------------------------------------------------------------------------------------


@lru_cache(maxsize=MOST_FOLDED)
def _folded(text: str) -> str:
    return fold(text).strip()


def fold_all(texts: Iterable[str]) -> str:
    """The same as ``fold`` of them all, most of which were folded before."""
    return f" {' | '.join(filter(None, map(_folded, texts)))} "


def read_kind(name: str) -> list[SearchableRecord]:
    """All public records of a kind in the order of their list, and what each is found by; a query for each source."""
    if name == PERSON:
        return _read_people()
    kind = KINDS[name]
    keys = list(kind.rows().values_list("pk", flat=True))
    called: Passages = {key: {} for key in keys}
    read_passages(kind.names, called)
    passages: Passages = {key: dict(texts) for key, texts in called.items()}
    for source in kind.others:
        read_passages(source, passages)
    return [_searchable(key, called[key], passages[key].values()) for key in keys]


def _searchable(key: Any, called: Iterable[str], passages: Iterable[Passage]) -> SearchableRecord:
    title, *others = called
    texts = list(passages)
    return SearchableRecord(
        key,
        fold_all([title]),
        fold_all([title, *others]),
        fold_all(passage.text for passage in texts),
        texts,
    )


def _read_people() -> list[SearchableRecord]:
    """Everybody whose name documents give, once for each way of writing it, in the order of names; three queries.

    Of somebody without a name the office is told, for each whom they came for.
    """
    people: dict[tuple[str, int | None], Person] = {}
    offices: dict[tuple[str, int | None], dict[str, Passage]] = defaultdict(dict)

    def add(name: str, office: str, meeting: int, came_for: int | None) -> None:
        key = (name, None) if name else (office, came_for)
        person = people.setdefault(key, Person(name or office))
        if (meeting, came_for) not in person.came:
            person.came.append((meeting, came_for))
        if name and office:
            offices[key].setdefault(office, Passage(OFFICE, office))

    columns = ("name", "title", "attendance__meeting", "attendance__participant")
    for row in Delegate.objects.public().order_by("pk").values_list(*columns):
        add(*row)
    chairs = Line.objects.public().filter(kind=LineKind.CHAIR).order_by("pk")
    if rows := list(chairs.values_list("text", "meeting")):
        called = _names_of_participants()
        for text, meeting in rows:
            match = NAME_AND_OFFICE.fullmatch(text)
            name, office = match.group("name", "office") if match else (text, "")
            if not _is_called(name, called):
                add(name.strip(), office, meeting, None)
    in_order = sorted(people, key=lambda key: (page_key(people[key].name), key[1] or 0))
    return [
        _searchable(
            people[key],
            [people[key].name],
            [Passage(_("Name"), people[key].name), *offices[key].values()],
        )
        for key in in_order
    ]


def _names_of_participants() -> set[str]:
    columns = ("name", "official_name", "other_names")
    rows = Participant.objects.public().order_by().values_list(*columns)
    return {_folded(name) for row in rows for text in row for name in text.splitlines()}


def _is_called(text: str, called: set[str]) -> bool:
    """Whether that is how participants are called, one or several of them: “Japan and Kazakhstan” chair a meeting."""
    parts = [_folded(part) for part in re.split(r",|\band\b", text)]
    return all(part in called for part in parts if part)


# --- Finding --------------------------------------------------------------------------------------


def find_records(records: Iterable[SearchableRecord], terms: SearchTerms) -> list[SearchableRecord]:
    """The records that hold all that is sought: first what is called just so, then those whose title holds it.

    Else they are in their order.
    """
    found = [record for record in records if terms.matches(record.body)]
    return sorted(
        found,
        key=lambda record: (not _is_just_called(record, terms), not terms.matches(record.title)),
    )


def find_names(records: Iterable[SearchableRecord], terms: SearchTerms) -> list[SearchableRecord]:
    """Those of them that are called so: first just so, then by their titles, and of these first what begins so."""
    found = [record for record in records if terms.matches(record.names)]
    first = next(iter(terms.pieces), "").strip()
    return sorted(
        found,
        key=lambda record: (
            not _is_just_called(record, terms),
            not terms.matches(record.title),
            not record.title.strip().startswith(first),
        ),
    )


def _is_just_called(record: SearchableRecord, terms: SearchTerms) -> bool:
    """Whether one of its names is what is sought and no more: “Japan” itself, before the agencies of Japan."""
    name = " ".join(piece.strip() for piece in terms.pieces)
    return f"| {name} |" in f"|{record.names}|"
