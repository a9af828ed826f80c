"""What was known of many initiatives on an earlier day, column by column: what the index of the day goes by."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Protocol

from pyroaring import BitMap

from ..models import AnyEntry, DeliveryStatus, Dialogue, Initiative, Meeting, Publication
from ..models.citations import CitationQuerySet
from ..models.initiatives import InitiativeQuerySet
from ..recording.derivation import OF_MANY, derive_columns
from ..recording.entry_rows import MOST_NAMED
from ..recording.initiative_columns import InitiativeColumns, union
from .versions import Versions, among

# What a row of today tells beside what is derived of it.
OF_ROWS = ["dialogue_id", "raised_at_id", "kind", "unsourced_due_on"]


class View(Protocol):
    """What of the record as of an earlier day (``past.py``) is asked here."""

    using: str
    versions: Versions

    @property
    def was_shown(self) -> bool: ...
    @property
    def known_dialogues(self) -> Mapping[int, Dialogue]: ...
    def raised_at(self, keys: Iterable[int | None]) -> dict[int, Meeting]: ...
    def told_otherwise(self) -> Iterable[Any]: ...
    def entries_of_all(self, model: type[AnyEntry]) -> Any: ...
    def citations(self, subjects: Collection[str]) -> CitationQuerySet: ...


def read_past_columns(
    view: View, columns: Sequence[str], keys: Collection[int] | None = None
) -> InitiativeColumns:
    """All initiatives as ``PastView.as_known`` has them one by one, or those of these keys, without the withdrawn.

    ``columns`` are those that versions tell.
    """
    rows = Initiative.objects.using(view.using).once_public().order_by()
    if keys is not None:
        rows = rows.filter(pk__in=keys)
    if view.was_shown:
        today = InitiativeColumns.read(rows, ["withdrawn_at", *OF_ROWS])
        known, to_derive, certain = _as_shown(view, today, columns)
    else:
        known, certain = InitiativeColumns.read(rows.public(), OF_ROWS), BitMap()
        to_derive = known.all
    known = known.within(known.all - union(known["withdrawn_at"].values()))
    meetings = view.raised_at(known["raised_at_id"])
    if keys is None and (wanted := to_derive - certain):
        to_derive = to_derive - _take_stored(view, rows, known, meetings, wanted)
    known.set("raised_at_id", [(key, known["raised_at_id"][key]) for key in meetings])
    known.rows = {"dialogue": view.known_dialogues, "raised_at": meetings}
    if to_derive := to_derive & known.all:
        part = known.within(to_derive)
        spoken_of = _derive(view, part, at_once=keys is None and len(to_derive) > MOST_NAMED)
        known = known.within(known.all - to_derive)
        known.take(part.within(spoken_of | certain))
    if not view.was_shown:
        # When something was recorded is of days that were still to come.
        known.set("status_recorded_on", [])
        known.set("criterion_recorded_on", [])
    return known


def _derive(view: View, part: InitiativeColumns, *, at_once: bool) -> BitMap:
    """Set what entries tell; the initiatives that they speak of."""
    raised = part["raised_at_id"].items()
    raised_on = [(part.rows["raised_at"][key].starts_on or "", of) for key, of in raised]
    citations = view.citations(["status_update"])
    named = None if at_once else [*part.all]
    return derive_columns(part, raised_on, view.entries_of_all, citations, keys=named)


def _take_stored(
    view: View,
    rows: InitiativeQuerySet,
    known: InitiativeColumns,
    meetings: Mapping[int, Meeting],
    wanted: BitMap,
) -> BitMap:
    """Set what is stored of those of some initiatives that are what they are today; return these.

    Whatever differs is to be derived, and all of it where that is much.
    """
    told_otherwise = _told_otherwise(view, rows)
    if told_otherwise is None:
        return BitMap()
    dates = Meeting.objects.using(view.using).order_by().values_list("pk", "starts_on")
    was_same = {key for key, on in dates if key in meetings and meetings[key].starts_on == on}
    raised = known["raised_at_id"].items()
    as_today = wanted - told_otherwise - union(of for key, of in raised if key not in was_same)
    stored = InitiativeColumns.read(among(rows, "pk", [*as_today]), OF_MANY).within(as_today)
    for name in OF_MANY:
        known.set(name, [*known[name].items(), *stored[name].items()])
    return as_today


def _told_otherwise(view: View, rows: InitiativeQuerySet) -> BitMap | None:
    """The initiatives of which other things stood on the day than today, or nothing does; None for too many."""
    unspoken_of = rows.filter(
        standing_report__isnull=True,
        latest_update_report__isnull=True,
        delivery_status=DeliveryStatus.NOT_REVIEWED,
    )
    differing = BitMap(unspoken_of.values_list("pk", flat=True))
    for otherwise in view.told_otherwise():
        told = [*otherwise[: MOST_NAMED + 1]]
        differing.update(told)
        if max(len(told), len(differing)) > MOST_NAMED:
            return None
    return differing


def _as_shown(
    view: View, today: InitiativeColumns, columns: Sequence[str]
) -> tuple[InitiativeColumns, BitMap, BitMap]:
    """What versions tell; those of which entries decide, and those of these that are known whatever entries say."""
    versions = view.versions
    keys = [*today.all]
    told = versions.columns(keys, columns)
    shown = told["publication"].get(Publication.PUBLIC, BitMap()) & today.all
    without = BitMap(versions.without_versions(keys))
    merged = BitMap(versions.merged_since(Initiative).values()) & today.all
    without |= merged - told.all
    # What was derived may tell of what is a draft again.
    taken_back = (merged | BitMap(versions.unpublished_since([*shown]))) & shown
    known = told.within(shown)
    known.take(today.within(without))
    known.set("kind", today["kind"].items())
    return known, taken_back | without, taken_back
