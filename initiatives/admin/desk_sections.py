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

from ..as_of.current import CurrentView
from ..facets.index import Columns, Index, index
from ..models import (
    ENTRIES,
    FLAGS,
    Criterion,
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
from ..pages.due_story import attach_due_meetings
from ..partial_dates.phrases import WHEN, phrase
from ..query.filters import InitiativeFilter
from ..recording import permissions
from .base.filters import of_dialogues
from .base.records import admin_url

# The first of these is shared with the list of the public pages, and held in memory once for both.
DUE_FIRST: Columns = InitiativeFilter.sorts["due"].order
SILENT_FIRST: Columns = (F("last_heard_on").asc(nulls_last=True), "sort_key", "slug")
# Rows of a section that the desk names; its list has all of them.
ITEMS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class SectionItem:
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
    items: list[SectionItem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Desk:
    """What one person finds on the desk; ``dialogues`` are their own, none where it is all of them."""

    dialogues: list[Dialogue]
    waiting: list[Section]
    clear: list[Section]


def desk_of(user: Any) -> Desk:
    """The desk of a person: of their own dialogues, and of what they may see."""
    dialogues = list(Dialogue.objects.filter(pk__in=permissions.dialogues_of(user) or ()))
    sections: list[Section] = []
    if permissions.may(user, "view", Initiative):
        facets = index()
        sections += _follow_up_sections(user, facets, dialogues)
        sections += _draft_sections(user, facets)
    if permissions.may(user, "view", LoadedFact):
        sections.append(_conflict_section())
    return Desk(
        dialogues,
        [section for section in sections if section.count],
        [section for section in sections if not section.count],
    )


# --- Follow-up of public initiatives --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Question:
    """A question to the public initiatives: its words, the filters of the list that answers it, and its rows.

    Those come first that come first in ``order``; without one, the newest.
    """

    title: str
    query: dict[str, str]
    keys: BitMap
    order: Columns | None = None


def _questions(facets: Index) -> dict[str, _Question]:
    def due_soon() -> BitMap:
        return BitMap(Initiative.objects.public().due_soon(facets.day).values_list("pk", flat=True))

    def flag(name: str, title: str, order: Columns | None = None) -> _Question:
        return _Question(title, {"flag": name}, facets.having("flag", name), order)

    unreviewed = DeliveryStatus.NOT_REVIEWED
    return {
        "overdue": flag("overdue", _("Overdue"), DUE_FIRST),
        "due_soon": _Question(
            _("Due within %(days)d days") % {"days": SOON},
            {"due": "soon"},
            facets.remember("due soon", due_soon),
            DUE_FIRST,
        ),
        "stale": flag("stale", str(FLAGS["stale"]), SILENT_FIRST),
        "not_reviewed": _Question(
            _("Never reviewed"),
            {"delivery_status__exact": unreviewed},
            facets.having("status", unreviewed),
        ),
        "one_sided": flag("one_sided", _("One side’s claim alone")),
        "contradictory": flag("contradictory", _("Inconsistent dates")),
    }


def _follow_up_sections(user: Any, facets: Index, dialogues: list[Dialogue]) -> list[Section]:
    within = facets.all
    if permissions.dialogues_of(user) is not None:
        of_each = (facets.having("dialogue", dialogue.slug) for dialogue in dialogues)
        within = BitMap.union(BitMap(), *of_each)
    questions = _questions(facets)
    keys = {name: question.keys & within for name, question in questions.items()}
    first_keys = {
        name: facets.page(keys[name], question.order, 0, ITEMS_SHOWN)
        if question.order
        else list(keys[name][-ITEMS_SHOWN:])[::-1]
        for name, question in questions.items()
    }
    rows = Initiative.objects.select_related("dialogue", "raised_at")
    initiatives = rows.in_bulk({key for page in first_keys.values() for key in page})
    attach_due_meetings(CurrentView(), initiatives.values())
    may_record = permissions.may(user, "add", StatusUpdate)
    public = {"publication__exact": Publication.PUBLIC}
    return [
        Section(
            name,
            question.title,
            len(keys[name]),
            _changelist_url(Initiative, user, **public, **question.query),
            [
                _initiative_item(initiatives[key], may_record)
                for key in first_keys[name]
                if key in initiatives
            ],
        )
        for name, question in questions.items()
    ]


def _initiative_item(initiative: Initiative, may_record: bool) -> SectionItem:
    about = [
        initiative.dialogue.short_name or initiative.dialogue.name,
        str(initiative.status.label),
    ]
    if hasattr(initiative, "due_date"):
        words = {"meeting": initiative.due_at, "date": initiative.due_date}
        about.append(_("due at %(meeting)s, %(date)s") % words)
    elif initiative.due_on:
        about.append(_("due %(date)s") % {"date": phrase(WHEN, initiative.due_on)})
    if initiative.last_heard_on:
        about.append(_("last heard of %(date)s") % {"date": phrase(WHEN, initiative.last_heard_on)})
    record = reverse("admin:initiatives_initiative_record_status", args=[initiative.pk])
    return SectionItem(initiative.title, admin_url(initiative), about, record if may_record else "")


# --- Drafts and loads -----------------------------------------------------------------------------


def _draft_sections(user: Any, facets: Index) -> list[Section]:
    initiatives = Initiative.objects.filter(publication=Publication.DRAFT).order_by("-pk")
    sections = [
        *_review_sections(user),
        _build_section(
            "draft_initiatives",
            _("Initiatives in draft"),
            _own(initiatives.select_related("dialogue"), user),
            _changelist_url(Initiative, user, publication__exact=Publication.DRAFT),
            lambda row: SectionItem(row.title, admin_url(row), [str(row.dialogue)]),
        ),
    ]
    models: Iterable[tuple[Any, str, str]] = (
        (StatusUpdate, "draft_updates", _("Statuses in draft")),
        (Criterion, "draft_criteria", _("Criteria in draft")),
        (Mention, "draft_mentions", _("Mentions in draft")),
    )
    for model, name, title in models:
        if not permissions.may(user, "view", model):
            continue
        drafts = model.objects.filter(publication=Publication.DRAFT).current().order_by("-pk")
        sections.append(
            _build_section(
                name,
                title,
                _own(drafts.select_related("initiative", "report"), user),
                _changelist_url(model, user, publication__exact=Publication.DRAFT, state="current"),
                _entry_item,
                facets,
            )
        )
    return sections


def _entry_item(entry: Any) -> SectionItem:
    on = [entry.dated.in_words] if entry.dated else []
    return SectionItem(entry.initiative.title, admin_url(entry), [entry.in_a_word, *on])


def _review_sections(user: Any) -> list[Section]:
    """What waits for somebody who publishes."""
    if not permissions.may(user, "view", Review):
        return []
    reviews = Review.objects.waiting().select_related(
        "initiative__dialogue", *(f"{model.subject}__initiative" for model in ENTRIES), "asked_by"
    )
    waiting = _own(reviews, user).order_by("asked_at", "pk")
    url = _changelist_url(Review, user, decision__exact=Decision.WAITING)
    title = _("Drafts that wait for review")
    return [_build_section("waiting", title, waiting, url, _review_item)]


def _review_item(review: Review) -> SectionItem:
    row = review.row
    title = row.title if isinstance(row, Initiative) else row.initiative.title
    by = [_("shown by %(person)s") % {"person": review.asked_by}] if review.asked_by else []
    return SectionItem(title, admin_url(row), [str(row._meta.verbose_name), *by])


def _conflict_section() -> Section:
    return _build_section(
        "conflicts",
        _("Conflicts from loads"),
        LoadConflict.objects.order_by("-found_at", "pk"),
        reverse("admin:initiatives_loadconflict_changelist"),
        lambda row: SectionItem(row.title or str(row), admin_url(row), [str(row), row.source]),
    )


def _build_section(
    name: str,
    title: str,
    rows: QuerySet[Any],
    url: str,
    build_item: Callable[[Any], SectionItem],
    facets: Index | None = None,
) -> Section:
    """A section of any rows; those of many entries are counted once for each version of the data (``facets``)."""
    unordered = rows.order_by()
    # Its question names the dialogues that it is narrowed to.
    count = facets.remember(str(unordered.query), unordered.count) if facets else unordered.count()
    items = [build_item(row) for row in rows[:ITEMS_SHOWN]] if count else []
    return Section(name, title, count, url, items)


def _own(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
    """Those of the dialogues that the person works on."""
    return of_dialogues(rows, permissions.dialogues_of(user))


def _changelist_url(model: Any, user: Any, **query: str) -> str:
    """The list of the admin with these filters, narrowed to the person's dialogues where they have some."""
    url = reverse(f"admin:initiatives_{model._meta.model_name}_changelist")
    if permissions.dialogues_of(user) is not None:
        query["dialogues"] = "mine"
    return f"{url}?{urlencode(query)}"
