"""What to know before a meeting of a dialogue, on a few pages: what is open, overdue, new, delivered and silent.

The same brief becomes a page (``views/briefs.py``) and a document to edit (``exports/brief_docx.py``). However large
the dialogue is, it has at most ``LINES`` lines, none of them long: printed, that is four pages at the most.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from pyroaring import BitMap

from ..as_of.current import LATEST_NEWS, CurrentView
from ..as_of.past_index import PastIndex
from ..facets.index import Columns
from ..facets.status_counts import Tally, tally_within
from ..models import DeliveryStatus, Dialogue, Initiative, Meeting, Participant
from ..models.vocabulary import OPEN_STATUSES
from ..query.filters import InitiativeFilter
from .brief_changes import Since
from .brief_lines import NAME, TITLE, Line, Reader, clip

# Of all parts together. What one part does not need goes to the others.
LINES = 38
SHARES = {"changed": 9, "overdue": 7, "deadlines": 5, "open": 7, "silent": 5, "delivered": 5}

DUE = InitiativeFilter.sorts["due"].order
OPEN = [str(status) for status in OPEN_STATUSES]


@dataclass(frozen=True)
class Part:
    """A part of the brief: its first lines, how many there are in all, and where the whole list is.

    ``address`` is the path of that list; ``listed`` says what is in it where that is more than the part has.
    """

    name: str
    title: str
    note: str
    none: str
    lines: list[Line]
    total: int
    address: str
    listed: str = ""

    @property
    def more(self) -> int:
        return self.total - len(self.lines)


@dataclass(frozen=True)
class Brief:
    """The parts of a brief and what stands before them; ``previous`` is the meeting since which changes are told."""

    dialogue: Dialogue
    meeting: Meeting | None
    participant: Participant | None
    view: CurrentView
    previous: Meeting | None
    tally: Tally
    parts: list[Part] = field(default_factory=list)

    @property
    def title(self) -> str:
        about = clip(self.meeting.title if self.meeting else self.dialogue.name, TITLE)
        if self.participant:
            return _("Brief: %(about)s – %(participant)s") % {
                "about": about,
                "participant": clip(self.participant.name, NAME),
            }
        return _("Brief: %(about)s") % {"about": about}

    @property
    def selection(self) -> dict[str, list[str]]:
        return selection_of(self.dialogue, self.participant)

    @property
    def list_address(self) -> str:
        return address_of(self.view, self.selection)


def selection_of(dialogue: Dialogue, participant: Participant | None) -> dict[str, list[str]]:
    """What the list of initiatives is filtered by to hold those that the brief is about."""
    of_participant = {"participant": [participant.code]} if participant else {}
    return {"dialogue": [dialogue.slug], **of_participant}


def address_of(view: CurrentView, selection: Mapping[str, Sequence[str]], sort: str = "") -> str:
    """The path of the list of initiatives with these filters, as of the same day."""
    query = dict(selection) | ({"sort": [sort]} if sort else {})
    query |= {"as_of": [view.iso]} if view.asked else {}
    return f"{reverse('initiatives:initiative_list')}?{urlencode(query, doseq=True)}"


def make_brief(
    view: CurrentView,
    dialogue: Dialogue,
    *,
    meeting: Meeting | None,
    participant: Participant | None,
    held: Sequence[Meeting],
) -> Brief:
    """The brief of a dialogue before a meeting, of one participant's part in it if one is given.

    ``held`` are the meetings of the dialogue that were held before, the latest first.
    """
    index, previous = view.index, next(iter(held), None)
    keys = index.matching(selection_of(dialogue, participant))
    brief = Brief(dialogue, meeting, participant, view, previous, tally_within(index, keys))
    since = Since(view, held, dialogue, participant) if held else None
    lists = _Lists.read(view, keys)
    totals = {name: len(of_part) for name, (of_part, _order) in lists.items()}
    totals = {"changed": since.count() if since else 0, **totals}
    shares = dict(
        zip(totals, share(list(totals.values()), list(SHARES.values()), LINES), strict=True)
    )
    first = {
        name: index.page(of_part, order, 0, shares[name], using=view.using)
        for name, (of_part, order) in lists.items()
    }
    changes = since.first(shares["changed"]) if since else []
    reader = Reader.read(view, participant, [key for of in first.values() for key in of], changes)
    lines = {name: reader.lines(name, of_part) for name, of_part in first.items()}
    lines["changed"] = reader.changes(changes)
    brief.parts.extend(_parts(brief, lines, totals, len(keys & lists.open)))
    return brief


@dataclass(frozen=True)
class _Lists:
    """The initiatives of each part but the changes, with the order that they are listed in."""

    open: BitMap
    parts: dict[str, tuple[BitMap, Columns]]

    @classmethod
    def read(cls, view: CurrentView, keys: BitMap) -> _Lists:
        held = view.index
        open_ = keys & held.matching({"status": OPEN})
        overdue, silent = keys & held.value("flag", "overdue"), keys & held.value("flag", "stale")
        ahead = keys & _due_ahead(view)
        return cls(
            open_,
            {
                "overdue": (overdue, DUE),
                "deadlines": (ahead, DUE),
                "open": (open_ - overdue - ahead - silent, LATEST_NEWS),
                "silent": (silent - overdue, LATEST_NEWS),
                "delivered": (keys & held.value("status", DeliveryStatus.DELIVERED), LATEST_NEWS),
            },
        )

    def items(self) -> Iterable[tuple[str, tuple[BitMap, Columns]]]:
        return self.parts.items()


def _due_ahead(view: CurrentView) -> BitMap:
    """The open initiatives with a due date that has not passed; read once for each version of the data."""
    held = view.index
    if isinstance(held, PastIndex):
        return held.ahead
    rows = Initiative.objects.public().due_ahead(view.day).order_by()
    return held.keep("ahead", lambda: BitMap(rows.values_list("pk", flat=True)))


def _parts(
    brief: Brief, lines: dict[str, list[Line]], totals: dict[str, int], open_count: int
) -> Iterator[Part]:
    def part(
        name: str, title: str, note: str, none: str, address: str, *, listed: str = ""
    ) -> Part:
        return Part(name, title, note, none, lines[name], totals[name], address, listed)

    view, base = brief.view, brief.selection
    yield part(
        "changed",
        _("Changed since the last meeting"),
        _since_words(brief.previous),
        _("Nothing new is known.")
        if brief.previous
        else _("No meeting before is recorded as held."),
        address_of(view, base),
        listed=_("all initiatives, those with the latest news first"),
    )
    yield part(
        "overdue",
        _("Overdue"),
        _("Due has passed, and no document we know shows an end."),
        _("No initiative is overdue."),
        address_of(view, base | {"flag": ["overdue"]}, "due"),
    )
    yield part(
        "deadlines",
        _("Next deadlines"),
        "",
        _("No open initiative has a due date ahead of it."),
        address_of(view, base | {"status": OPEN}, "due"),
        listed=_("all open initiatives by due date"),
    )
    yield part(
        "open",
        _("Open"),
        _("Without those that are listed as overdue, due or silent."),
        _("No other initiative is open."),
        address_of(view, base | {"status": OPEN}),
        listed=_("all %(count)s open initiatives") % {"count": f"{open_count:,}"},
    )
    yield part(
        "silent",
        _("Silent"),
        _("Open, not overdue, and no document has spoken of it for longer than the limit."),
        _("No other initiative has been silent for longer than the dialogue’s limit."),
        address_of(view, base | {"flag": ["stale"]}),
        listed=_("all silent initiatives, the overdue ones included"),
    )
    yield part(
        "delivered",
        _("Delivered"),
        "",
        _("No initiative is recorded as delivered."),
        address_of(view, base | {"status": [DeliveryStatus.DELIVERED]}),
    )


def _since_words(previous: Meeting | None) -> str:
    if previous is None or not previous.starts_on:
        return ""
    return _(
        "What became known after %(meeting)s, %(date)s; documents of meetings by then aside."
    ) % {
        "meeting": clip(previous.title, TITLE),
        "date": (previous.ends_on or previous.starts_on).in_words,
    }


def share(wanted: Sequence[int], shares: Sequence[int], total: int) -> list[int]:
    """How many lines each part gets: its share, and of what others leave as much as it wants, one by one in turn."""
    given = [min(want, own) for want, own in zip(wanted, shares, strict=True)]
    left = total - sum(given)
    while left > 0 and given != list(wanted):
        for place, want in enumerate(wanted):
            if left > 0 and given[place] < want:
                given[place] += 1
                left -= 1
    return given
