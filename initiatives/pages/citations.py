"""The documents that bear out a fact which is not an entry itself: who came, a role, a target …"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet
from django.utils.translation import gettext, pgettext
from django_stubs_ext import StrOrPromise

from ..as_of.current import CurrentView
from ..models import (
    Attendance,
    Citation,
    Criterion,
    Delegate,
    Dialogue,
    Discrepancy,
    Line,
    Lineage,
    Meeting,
    Membership,
    Record,
    Role,
    StatusUpdate,
    Target,
    Translated,
)
from ..partial_dates import PartialDate

# Which column of a citation points to which model.
COLUMN: dict[type[Record], str] = {
    Attendance: "attendance",
    Delegate: "delegate",
    Dialogue: "dialogue",
    Discrepancy: "discrepancy",
    Line: "line",
    Lineage: "lineage",
    Meeting: "meeting",
    Membership: "membership",
    Role: "role",
    StatusUpdate: "status_update",
    Target: "target",
}

# What ``cited_fact`` reads.
SUBJECTS_NAMED = (
    "attendance__meeting",
    "attendance__participant",
    "delegate__attendance__meeting",
    "delegate__attendance__participant",
    "dialogue",
    "discrepancy__dialogue",
    "discrepancy__initiative",
    "discrepancy__meeting",
    "line__dialogue",
    "line__meeting",
    "lineage__earlier",
    "lineage__later",
    "meeting",
    "membership__dialogue",
    "membership__participant",
    "role__initiative",
    "role__participant",
    "status_update__initiative",
    "target__initiative",
)


@dataclass(frozen=True)
class CitedFact:
    """A fact in words: what kind of fact, which one, and the page that shows it."""

    kind: StrOrPromise
    words: str
    page: Record | None
    # What the words name of the record: records, or texts in its own language.
    names: tuple[Translated | str, ...] = ()


def cited_fact(citation: Citation) -> CitedFact:
    """What a report is cited for; ``SUBJECTS_NAMED`` are to be selected."""
    subject = citation.subject
    match subject:
        case Dialogue():
            kind = pgettext("what a document is cited for", "dialogue")
            return CitedFact(kind, str(subject), subject, (subject,))
        case Meeting():
            kind = pgettext("what a document is cited for", "meeting")
            return CitedFact(kind, str(subject), subject, (subject,))
        case Membership():
            return CitedFact(
                pgettext("what a document is cited for", "membership"),
                f"{subject.dialogue}: {subject}",
                subject.dialogue,
                (subject.dialogue, subject.participant),
            )
        case Attendance():
            return CitedFact(
                pgettext("what a document is cited for", "attendance"),
                f"{subject.meeting}: {subject}",
                subject.meeting,
                (subject.meeting, subject.participant),
            )
        case Line():
            kind = subject.get_kind_display()
            return CitedFact(kind, subject.text, subject.subject, (subject.text,))
        case Delegate():
            came_for = subject.attendance
            words = f"{came_for.participant}: {subject}"
            return CitedFact(
                pgettext("what a document is cited for", "delegate"),
                words,
                came_for.meeting,
                (came_for.participant, str(subject)),
            )
        case Role():
            return CitedFact(
                pgettext("what a document is cited for", "role"),
                f"{subject.initiative}: {subject}",
                subject.initiative,
                (subject.initiative, subject.participant),
            )
        case Target():
            words = f"{subject.initiative}: {subject.metric}"
            return CitedFact(
                pgettext("what a document is cited for", "target"),
                words,
                subject.initiative,
                (subject.initiative, subject.metric),
            )
        case Lineage():
            return CitedFact(
                pgettext("what a document is cited for", "lineage"),
                str(subject),
                subject.later,
                (subject.earlier, subject.later),
            )
        case StatusUpdate():
            words = f"{subject.initiative}: {subject.get_status_display()}"
            return CitedFact(
                pgettext("what a document is cited for", "status"),
                words,
                subject.initiative,
                (subject.initiative,),
            )
        case Discrepancy():
            page = subject.initiative or subject.meeting or subject.dialogue
            return CitedFact(
                pgettext("what a document is cited for", "disagreement"),
                subject.topic,
                page,
                (subject.topic,),
            )
    raise TypeError(f"{type(subject)} is not a subject of citations")


def attach_sources(view: CurrentView, *groups: Iterable[Record], withdrawn: bool = False) -> None:
    """Set ``sources``, the citations that are known with their reports, on records of any kind; one query.

    With ``withdrawn`` also of what was taken back.
    """
    records: dict[str, dict[int, Record]] = defaultdict(dict)
    for group in groups:
        for record in group:
            records[COLUMN[type(record)]][record.pk] = record
            setattr(record, "sources", [])  # noqa: B010  only templates read it
    if not records:
        return
    keys = ([*by_key] for by_key in records.values())
    for citation in view.read(_citations, *keys, columns=(*records,), withdrawn=withdrawn):
        column = citation.subject_name
        subject = records[column][getattr(citation, f"{column}_id")]
        subject.sources.append(citation)  # type: ignore[attr-defined]


def _citations(
    view: CurrentView, *keys: Sequence[int], columns: Sequence[str], withdrawn: bool
) -> QuerySet[Citation]:
    pairs = zip(columns, keys, strict=True)
    about = reduce(or_, (Q(**{f"{column}__in": of_column}) for column, of_column in pairs))
    rows = view.citations(columns, withdrawn=withdrawn).filter(about).select_related("report")
    return rows.order_by("report__published_on", "ref")


def reader_in_words(criterion: Criterion) -> str:
    """Whose reading a criterion is, and of when; empty where it is a document's alone."""
    if not criterion.read_on:
        return ""
    return gettext("Our reading: %(by)s, %(on)s.") % {
        "by": criterion.read_by,
        "on": PartialDate(criterion.read_on).in_words,
    }


def look_in_words(update: StatusUpdate) -> str:
    """Who looked for information and found none, when and where; empty where that is not what it rests on."""
    if not update.looked_on:
        return ""
    return gettext("Looked for by %(by)s on %(on)s in %(place)s.") % {
        "by": update.looked_by,
        "on": PartialDate(update.looked_on).in_words,
        "place": update.looked_in,
    }
