"""What language versions of one document have in common: an entry that a further version says again is no news.

Two entries are one only where nothing has to be guessed: of one initiative, in versions of one document, at the same
place, saying the same by the same; each version says it there once, and none gives another due date or condition.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Sequence
from typing import Any, TypeVar

from django.db.models import Q

from ..as_of.current import CurrentView
from ..languages import language_tag
from ..models import Mention, Report, StatusUpdate

E = TypeVar("E", Mention, StatusUpdate)

# Keys by which the participants of mentions are asked for.
CHUNK = 500


def in_groups(entries: Sequence[E]) -> list[list[E]]:
    """Entries (``report`` selected), each with those that say the same in other language versions; in their order.

    One query where two mentions are alike in all but who says it.
    """
    alike: dict[Hashable, list[E]] = defaultdict(list)
    for entry in entries:
        if _stands_in_document(entry):
            alike[_said(entry)].append(entry)
    some = [row for rows in alike.values() if _are_versions(rows) for row in rows]
    if not some:
        return [[entry] for entry in entries]
    speakers = _speakers(row.pk for row in some if row.word == Mention.word)
    by_all: dict[Hashable, list[E]] = defaultdict(list)
    for row in some:
        by_all[_said(row), frozenset(speakers[row.pk])].append(row)
    first: dict[int, list[E]] = {}
    for rows in by_all.values():
        # Where one version says it twice, nobody can tell which is which.
        if len({row.report_id for row in rows}) == len(rows) > 1 and _agree(rows):
            first |= dict.fromkeys((row.pk for row in rows), rows)
    groups = (first.get(entry.pk, [entry]) for entry in entries)
    return [group for group, entry in zip(groups, entries, strict=True) if group[0] is entry]


def leading(group: Sequence[E]) -> E:
    """The one that says most: of mentions the first that speaks of the due date or a condition."""
    speaking = (row for row in group if getattr(row, "speaks_of_terms", False))
    return next(speaking, group[0])


def with_versions(entries: Sequence[E]) -> list[E]:
    """All of which entries of a story are shown: each, or what says the same in several language versions."""
    return [version for entry in entries for version in (entry.versions or (entry,))]


def said_again(view: CurrentView, model: Any) -> Collection[int]:
    """The keys of entries that stand and say what one that was recorded earlier says in another language version."""
    if model not in (Mention, StatusUpdate):
        return ()
    versions = Report.objects.using(view.using).filter(translation_of__isnull=False)
    if not view.index.remember("has language versions", versions.exists, any_day=True):
        return ()
    name = f"said again {model.word}"
    keys: Collection[int] = view.index.remember(name, lambda: _said_again(view, model))
    return keys


def _said_again(view: CurrentView, model: Any) -> list[int]:
    versions = Report.objects.using(view.using).filter(translation_of__isnull=False).order_by()
    heads = Q(report__in=versions.values("translation_of"))
    rows = view.entries(model).filter(heads | Q(report__translation_of__isnull=False))
    in_order = rows.exclude(locator="").select_related("report").order_by("recorded_at", "pk")
    groups = in_groups(view.as_known(in_order))
    return [row.pk for group in groups for row in group[1:]]


def for_readers(entries: Iterable[E]) -> list[E]:
    """One passage in several languages: that of the page first, then the authentic ones, then in order of languages."""
    return sorted(entries, key=lambda entry: (*_order(entry.report), entry.pk))


def once_a_document(places: Iterable[Any]) -> list[Any]:
    """Places in documents (``report``, ``locator``), those in several language versions in the one for readers."""
    versions: dict[tuple[int, str], list[Any]] = {}
    for place in places:
        versions.setdefault((place.report.head_id, place.locator), []).append(place)
    return [min(same, key=lambda place: _order(place.report)) for same in versions.values()]


def _order(report: Any) -> tuple[bool, bool, str]:
    own = language_tag().partition("-")[0]
    return (report.language.partition("-")[0] != own, not report.authentic, report.language)


def _stands_in_document(entry: Mention | StatusUpdate) -> bool:
    """Whether another language version can have it: it has a place in a document, and was not withdrawn."""
    return bool(entry.report and entry.locator and not entry.withdrawn_at)


def _said(entry: Mention | StatusUpdate) -> Hashable:
    """What an entry says, and where, but for who says it."""
    assert entry.report
    place = (entry.initiative_id, entry.report.head_id, entry.locator)
    if isinstance(entry, Mention):
        return (*place, entry.act)
    reading = (entry.target_id, entry.value)
    return (*place, entry.status, entry.on, entry.participant_id, *reading)


def _agree(entries: Sequence[Mention | StatusUpdate]) -> bool:
    """Whether all that give a due date give the same, and none states a condition that another one lifts."""
    mentions = [entry for entry in entries if isinstance(entry, Mention)]
    due = {(row.due_on, row.due_at_id, row.due_dropped) for row in mentions}
    lifts = {row.condition_lifted for row in mentions if row.speaks_of_condition}
    return len(due - {(None, None, False)}) < 2 and len(lifts) < 2


def _are_versions(entries: Sequence[E]) -> bool:
    return len({entry.report_id for entry in entries}) > 1


def _speakers(mentions: Iterable[int]) -> dict[int, set[int]]:
    through: Any = Mention.by.through._default_manager
    speakers: dict[int, set[int]] = defaultdict(set)
    keys = list(mentions)
    for start in range(0, len(keys), CHUNK):
        rows = through.filter(mention__in=keys[start : start + CHUNK]).order_by()
        for mention, participant in rows.values_list("mention", "participant"):
            speakers[mention].add(participant)
    return speakers
