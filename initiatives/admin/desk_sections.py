"""What waits on the desk: each section counts what a list of the admin shows, and names the first few rows.

Counts of public initiatives come from the bitmaps in memory (facets.py), so that they cost the same for ten
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

from .. import rights
from ..facets import Index, index
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
from .filters import of_dialogues
from .records import admin_url

# Rows of a section that the desk names; its list has all of them.
SHOWN = 5

Narrow = Callable[[Any], Any]


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
    own = rights.dialogues_of(user)
    dialogues = list(Dialogue.objects.filter(pk__in=own)) if own is not None else []
    found: list[Section] = []
    if rights.may(user, "view", Initiative):
        found += _follow_up(user, own, [dialogue.slug for dialogue in dialogues])
        found += _drafts(user, own)
    if rights.may(user, "view", LoadedFact):
        found.append(_conflicts())
    return Desk(
        dialogues,
        [section for section in found if section.count],
        [section for section in found if not section.count],
    )


# --- Follow-up of public initiatives --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Kind:
    """A question to the initiatives: its words, the list that answers it, and the count of that list."""

    title: str
    query: dict[str, str]
    rows: Narrow
    keys: Callable[[Index], BitMap]
    order: Any


def _due_soon(held: Index) -> BitMap:
    def read() -> BitMap:
        return BitMap(Initiative.objects.public().due_soon(held.day).values_list("pk", flat=True))

    return held.keep("due soon", read)


def _flag(name: str, title: str, order: Any) -> _Kind:
    return _Kind(
        title,
        {"flag": name},
        lambda rows: rows.flagged(name),
        lambda held: held.value("flag", name),
        order,
    )


def _kinds() -> dict[str, _Kind]:
    unreviewed = DeliveryStatus.NOT_REVIEWED
    return {
        "overdue": _flag("overdue", _("Overdue"), F("due_on").asc()),
        "due_soon": _Kind(
            _("Due within %(days)d days") % {"days": SOON},
            {"due": "soon"},
            lambda rows: rows.due_soon(),
            _due_soon,
            F("due_on").asc(),
        ),
        "stale": _flag("stale", _("Silent too long"), F("last_heard_on").asc()),
        "not_reviewed": _Kind(
            _("Never reviewed"),
            {"delivery_status__exact": unreviewed},
            lambda rows: rows.filter(delivery_status=unreviewed),
            lambda held: held.value("status", unreviewed),
            F("pk").desc(),
        ),
        "one_sided": _flag("one_sided", _("One side’s claim alone"), F("pk").desc()),
        "contradictory": _flag("contradictory", _("Dates disagree"), F("pk").desc()),
    }


def _follow_up(user: Any, own: frozenset[int] | None, slugs: list[str]) -> list[Section]:
    held = index()
    within = None
    if own is not None:
        within = BitMap.union(BitMap(), *(held.value("dialogue", slug) for slug in slugs))
    may_record = rights.may(user, "add", StatusUpdate)
    sections = []
    for name, kind in _kinds().items():
        keys = kind.keys(held)
        count = len(keys if within is None else keys & within)
        url = _list(Initiative, own, publication__exact=Publication.PUBLIC, **kind.query)
        rows: Any = []
        if count:
            public: Any = of_dialogues(Initiative.objects.public(), own)
            found = kind.rows(public).select_related("dialogue", "raised_at")
            rows = [_initiative(row, may_record) for row in found.order_by(kind.order)[:SHOWN]]
        sections.append(Section(name, kind.title, count, url, rows))
    return sections


def _initiative(row: Initiative, may_record: bool) -> Row:
    about = [row.dialogue.short_name or row.dialogue.name, str(row.status.label)]
    if row.due_on:
        about.append(_("due %(date)s") % {"date": row.due_on.in_words})
    if row.last_heard_on:
        about.append(_("last heard of %(date)s") % {"date": row.last_heard_on.in_words})
    record = reverse("admin:initiatives_initiative_record_status", args=[row.pk])
    return Row(row.title, admin_url(row), about, record if may_record else "")


# --- Drafts and loads -----------------------------------------------------------------------------


def _drafts(user: Any, own: frozenset[int] | None) -> list[Section]:
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
        if not rights.may(user, "view", model):
            continue
        drafts = model.objects.filter(publication=Publication.DRAFT).current().order_by("-pk")
        sections.append(
            _section(
                name,
                title,
                of_dialogues(drafts.select_related("initiative"), own),
                _list(model, own, publication__exact=Publication.DRAFT, state="current"),
                _entry,
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
    if rights.may(user, "view", Review):
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
    name: str, title: str, rows: QuerySet[Any], url: str, show: Callable[[Any], Row]
) -> Section:
    count = rows.order_by().count()
    return Section(name, title, count, url, [show(row) for row in rows[:SHOWN]] if count else [])


def _list(model: Any, own: frozenset[int] | None, **query: str) -> str:
    """The list of the admin with these filters, narrowed to the person's dialogues where they have some."""
    url = reverse(f"admin:initiatives_{model._meta.model_name}_changelist")
    asked = query if own is None else query | {"dialogues": "mine"}
    return f"{url}?{urlencode(asked)}" if asked else url
