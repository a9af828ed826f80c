"""What waits on the desk: each section counts what a list of the admin shows, and names the first few rows.

Counts of public initiatives come from the bitmaps in memory (facets/index.py), so that they cost the same for ten
initiatives as for a hundred thousand; the list behind a count has the same rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from pyroaring import BitMap

from ..facets.index import Columns, Index, index
from ..models import (
    Decision,
    DeliveryStatus,
    Dialogue,
    Initiative,
    LoadConflict,
    LoadedFact,
    Mention,
    Publication,
    Review,
    StatusUpdate,
)
from ..models.initiatives import SOON
from ..query.filters import InitiativeFilter
from ..recording import permissions
from .base.filters import of_dialogues
from .base.records import admin_url

# The first of these is shared with the list of the public pages, and held in memory once for both.
DUE_FIRST: Columns = InitiativeFilter.sorts["due"].order
SILENT_FIRST: Columns = (F("last_heard_on").asc(nulls_last=True), "title", "slug")
# Rows of a section that the desk names; its list has all of them.
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a section; ``record_url`` leads to recording its status."""

    title: str
    url: str
    about: list[str]
    record_url: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Something to do, how often, where all of it is listed, and the first few."""

    name: str
    title: str
    count: int
    url: str
    rows: list[Row] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Desk:
    """What one person finds on the desk; ``dialogues`` are their own, none where it is all of them."""

    dialogues: list[Dialogue]
    waiting: list[Section]
    clear: list[Section]


def desk_of(user: Any) -> Desk:
    """The desk of a person: of their own dialogues, and of what they may see."""
    own = permissions.dialogues_of(user)
    dialogues = list(Dialogue.objects.filter(pk__in=own)) if own is not None else []
    found: list[Section] = []
    if permissions.may(user, "view", Initiative):
        held = index()
        found += _follow_up(user, held, own, [dialogue.slug for dialogue in dialogues])
        found += _drafts(user, held, own)
    if permissions.may(user, "view", LoadedFact):
        found.append(_conflicts())
    return Desk(
        dialogues,
        [section for section in found if section.count],
        [section for section in found if not section.count],
    )


# --- Follow-up of public initiatives --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Kind:
    """A question to the public initiatives: its words, the filters of the list that answers it, and its rows.

    Those come first that come first in ``order``; without one, the newest.
    """

    title: str
    query: dict[str, str]
    keys: BitMap
    order: Columns | None = None


def _kinds(held: Index) -> dict[str, _Kind]:
    def due_soon() -> BitMap:
        return BitMap(Initiative.objects.public().due_soon(held.day).values_list("pk", flat=True))

    def flag(name: str, title: str, order: Columns | None = None) -> _Kind:
        return _Kind(title, {"flag": name}, held.having("flag", name), order)

    unreviewed = DeliveryStatus.NOT_REVIEWED
    return {
        "overdue": flag("overdue", _("Overdue"), DUE_FIRST),
        "due_soon": _Kind(
            _("Due within %(days)d days") % {"days": SOON},
            {"due": "soon"},
            held.remember("due soon", due_soon),
            DUE_FIRST,
        ),
        "stale": flag("stale", _("Silent too long"), SILENT_FIRST),
        "not_reviewed": _Kind(
            _("Never reviewed"),
            {"delivery_status__exact": unreviewed},
            held.having("status", unreviewed),
        ),
        "one_sided": flag("one_sided", _("One side’s claim alone")),
        "contradictory": flag("contradictory", _("Dates disagree")),
    }


def _follow_up(
    user: Any, held: Index, own: frozenset[int] | None, slugs: list[str]
) -> list[Section]:
    within = held.all
    if own is not None:
        within = BitMap.union(BitMap(), *(held.having("dialogue", slug) for slug in slugs))
    kinds = {name: (kind, kind.keys & within) for name, kind in _kinds(held).items()}
    first = {
        name: held.page(keys, kind.order, 0, SHOWN) if kind.order else list(keys[-SHOWN:])[::-1]
        for name, (kind, keys) in kinds.items()
    }
    rows = Initiative.objects.select_related("dialogue", "raised_at")
    found = rows.in_bulk({key for keys in first.values() for key in keys})
    may_record = permissions.may(user, "add", StatusUpdate)
    return [
        Section(
            name,
            kind.title,
            len(keys),
            _list(Initiative, own, publication__exact=Publication.PUBLIC, **kind.query),
            [_initiative(found[key], may_record) for key in first[name] if key in found],
        )
        for name, (kind, keys) in kinds.items()
    ]


def _initiative(row: Initiative, may_record: bool) -> Row:
    about = [row.dialogue.short_name or row.dialogue.name, str(row.status.label)]
    if row.due_on:
        about.append(_("due %(date)s") % {"date": row.due_on.in_words})
    if row.last_heard_on:
        about.append(_("last heard of %(date)s") % {"date": row.last_heard_on.in_words})
    record = reverse("admin:initiatives_initiative_record_status", args=[row.pk])
    return Row(row.title, admin_url(row), about, record if may_record else "")


# --- Drafts and loads -----------------------------------------------------------------------------


def _drafts(user: Any, held: Index, own: frozenset[int] | None) -> list[Section]:
    reviews = _reviews(user, own)
    initiatives = Initiative.objects.filter(publication=Publication.DRAFT).order_by("-pk")
    sections = [
        *reviews,
        _section(
            "draft_initiatives",
            _("Initiatives in draft"),
            of_dialogues(initiatives.select_related("dialogue"), own),
            _list(Initiative, own, publication__exact=Publication.DRAFT),
            lambda row: Row(row.title, admin_url(row), [str(row.dialogue)]),
        ),
    ]
    models: Iterable[tuple[Any, str, str]] = (
        (StatusUpdate, "draft_updates", _("Statuses in draft")),
        (Mention, "draft_mentions", _("Mentions in draft")),
    )
    for model, name, title in models:
        if not permissions.may(user, "view", model):
            continue
        drafts = model.objects.filter(publication=Publication.DRAFT).current().order_by("-pk")
        sections.append(
            _section(
                name,
                title,
                of_dialogues(drafts.select_related("initiative"), own),
                _list(model, own, publication__exact=Publication.DRAFT, state="current"),
                _entry,
                held,
            )
        )
    return sections


def _entry(entry: Any) -> Row:
    is_update = isinstance(entry, StatusUpdate)
    word = entry.get_status_display() if is_update else entry.get_act_display()
    on = [entry.on.in_words] if is_update and entry.on else []
    return Row(entry.initiative.title, admin_url(entry), [str(word), *on])


def _reviews(user: Any, own: frozenset[int] | None) -> list[Section]:
    """What waits for somebody who publishes."""
    rows = Review.objects.select_related(
        "initiative__dialogue", "mention__initiative", "status_update__initiative", "asked_by"
    )
    sections = []
    if permissions.may(user, "view", Review):
        waiting = of_dialogues(rows.waiting(), own).order_by("asked_at", "pk")
        url = _list(Review, own, decision__exact=Decision.WAITING)
        title = _("Drafts that wait for review")
        sections.append(_section("waiting", title, waiting, url, _review))
    return sections


def _review(review: Review) -> Row:
    row = review.row
    title = row.title if isinstance(row, Initiative) else row.initiative.title
    by = [_("shown by %(person)s") % {"person": review.asked_by}] if review.asked_by else []
    return Row(title, admin_url(row), [str(row._meta.verbose_name), *by])


def _conflicts() -> Section:
    return _section(
        "conflicts",
        _("Conflicts from loads"),
        LoadConflict.objects.order_by("-found_at", "pk"),
        _list(LoadConflict, None),
        lambda row: Row(row.title or str(row), admin_url(row), [str(row), row.source]),
    )


def _section(
    name: str,
    title: str,
    rows: QuerySet[Any],
    url: str,
    show: Callable[[Any], Row],
    held: Index | None = None,
) -> Section:
    """A section of any rows; those of many entries are counted once for each version of the data (``held``)."""
    counted = rows.order_by().count
    # Its question names the dialogues that it is narrowed to.
    count = held.remember(str(rows.order_by().query), counted) if held else counted()
    return Section(name, title, count, url, [show(row) for row in rows[:SHOWN]] if count else [])


def _list(model: Any, own: frozenset[int] | None, **query: str) -> str:
    """The list of the admin with these filters, narrowed to the person's dialogues where they have some."""
    url = reverse(f"admin:initiatives_{model._meta.model_name}_changelist")
    asked = query if own is None else query | {"dialogues": "mine"}
    return f"{url}?{urlencode(asked)}" if asked else url
