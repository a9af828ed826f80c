"""What to know before a meeting of a dialogue, on a few pages: what is open, overdue, new, closed, without news.

The same brief becomes a page (``views/briefs.py``) and a document to edit (``exports/brief_docx.py``). However large
the dialogue is, it has at most ``LINES`` lines, none of them long: printed, that is four pages at the most.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from pyroaring import BitMap

from ..as_of.current import LATEST_NEWS, CurrentView
from ..facets.index import Columns
from ..facets.status_counts import StatusTally, tally_within
from ..models import FLAGS, Dialogue, Meeting, Participant
from ..models.vocabulary import CLOSED_STATUSES, OPEN_STATUSES
from ..query.filters import InitiativeFilter
from .brief_changes import EntriesSinceMeeting
from .brief_lines import NAME, TITLE, BriefLine, BriefLineBuilder, clip

# Of all sections together. What one section does not need goes to the others.
LINES = 38
SHARES = {"changed": 9, "overdue": 7, "deadlines": 5, "open": 7, "silent": 5, "closed": 5}

DUE = InitiativeFilter.sorts["due"].order
OPEN = [str(status) for status in OPEN_STATUSES]
CLOSED = [str(status) for status in CLOSED_STATUSES]


@dataclass(frozen=True)
class BriefSection:
    """A section of the brief: its first lines, how many there are in all, and where the whole list is.

    ``address`` is the path of that list; ``listed`` says what is in it where that is more than the section has.
    """

    name: str
    title: str
    note: str
    none: str
    lines: list[BriefLine]
    total: int
    address: str
    listed: str = ""

    @property
    def more(self) -> int:
        return self.total - len(self.lines)


@dataclass(frozen=True)
class Brief:
    """The sections of a brief and what stands before them; ``previous`` is the meeting since which changes are told."""

    dialogue: Dialogue
    meeting: Meeting | None
    participant: Participant | None
    view: CurrentView
    previous: Meeting | None
    tally: StatusTally
    sections: list[BriefSection] = field(default_factory=list)

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
        return brief_selection(self.dialogue, self.participant)

    @property
    def list_address(self) -> str:
        return initiative_list_address(self.view, self.selection)


def brief_selection(dialogue: Dialogue, participant: Participant | None) -> dict[str, list[str]]:
    """What the list of initiatives is filtered by to hold those that the brief is about."""
    of_participant = {"participant": [participant.code]} if participant else {}
    return {"dialogue": [dialogue.slug], **of_participant}


def initiative_list_address(
    view: CurrentView, selection: Mapping[str, Sequence[str]], sort: str = ""
) -> str:
    """The path of the list of initiatives with these filters, as of the same day."""
    order = {"sort": sort} if sort else {}
    query = urlencode({**selection, **order, **view.parameters}, doseq=True)
    return f"{reverse('initiatives:initiative_list')}?{query}"


def build_brief(
    view: CurrentView,
    dialogue: Dialogue,
    *,
    meeting: Meeting | None,
    participant: Participant | None,
    earlier: Sequence[Meeting],
) -> Brief:
    """The brief of a dialogue before a meeting, of one participant's part in it if one is given.

    ``earlier`` are the meetings of the dialogue that were held before, the latest first.
    """
    index, previous = view.index, next(iter(earlier), None)
    keys = index.matching(brief_selection(dialogue, participant))
    brief = Brief(dialogue, meeting, participant, view, previous, tally_within(index, keys))
    entries = EntriesSinceMeeting(view, earlier, dialogue, participant) if earlier else None
    open_keys = keys & index.matching({"status": OPEN})
    lists = _section_lists(view, keys, open_keys)
    totals = {name: len(section_keys) for name, (section_keys, _order) in lists.items()}
    totals = {"changed": entries.count() if entries else 0, **totals}
    shares = dict(
        zip(totals, share(list(totals.values()), list(SHARES.values()), LINES), strict=True)
    )
    first_keys = {
        name: index.page(section_keys, order, 0, shares[name], using=view.using)
        for name, (section_keys, order) in lists.items()
    }
    changes = entries.first(shares["changed"]) if entries else []
    builder = BriefLineBuilder.read(view, participant, chain(*first_keys.values()), changes)
    lines = {name: builder.lines(name, section_keys) for name, section_keys in first_keys.items()}
    lines["changed"] = builder.change_lines(changes)
    brief.sections.extend(_sections(brief, lines, totals, len(open_keys)))
    return brief


def _section_lists(
    view: CurrentView, keys: BitMap, open_keys: BitMap
) -> dict[str, tuple[BitMap, Columns]]:
    """The initiatives of each section but the changes, with the order that they are listed in."""
    index = view.index
    overdue, silent = keys & index.having("flag", "overdue"), keys & index.having("flag", "stale")
    ahead = keys & index.ahead
    return {
        "overdue": (overdue, DUE),
        "deadlines": (ahead, DUE),
        "open": (open_keys - overdue - ahead - silent, LATEST_NEWS),
        "silent": (silent - overdue, LATEST_NEWS),
        "closed": (keys & index.matching({"status": CLOSED}), LATEST_NEWS),
    }


def _sections(
    brief: Brief, lines: dict[str, list[BriefLine]], totals: dict[str, int], open_count: int
) -> Iterator[BriefSection]:
    def section(
        name: str, title: str, note: str, none: str, address: str, *, listed: str = ""
    ) -> BriefSection:
        return BriefSection(name, title, note, none, lines[name], totals[name], address, listed)

    view, base = brief.view, brief.selection
    yield section(
        "changed",
        _("Changed since the last meeting"),
        _changes_note(brief.previous),
        _("Nothing new is known.")
        if brief.previous
        else _("No meeting before is recorded as held."),
        initiative_list_address(view, base),
        listed=_("all initiatives, those with the latest news first"),
    )
    yield section(
        "overdue",
        _("Overdue"),
        _("Reviewed, due has passed, and no document we know shows an end."),
        _("No reviewed initiative is overdue."),
        initiative_list_address(view, base | {"flag": ["overdue"]}, "due"),
    )
    yield section(
        "deadlines",
        _("Next deadlines"),
        "",
        _("No open initiative has a due date ahead of it."),
        initiative_list_address(view, base | {"status": OPEN}, "due"),
        listed=_("all open initiatives by due date"),
    )
    yield section(
        "open",
        _("Open"),
        _("Without those that are listed as overdue, due or without recent news."),
        _("No other initiative is open."),
        initiative_list_address(view, base | {"status": OPEN}),
        listed=_("all %(count)s open initiatives") % {"count": f"{open_count:,}"},
    )
    yield section(
        "silent",
        str(FLAGS["stale"]),
        _(
            "Reviewed, open, not overdue, and no document has spoken of it for longer than the limit."
        ),
        _("No other reviewed initiative is without news for longer than the dialogue’s limit."),
        initiative_list_address(view, base | {"flag": ["stale"]}),
        listed=_("all without recent news, the overdue ones included"),
    )
    yield section(
        "closed",
        _("Delivered, dropped or superseded"),
        "",
        _("No initiative is recorded as delivered, dropped or superseded."),
        initiative_list_address(view, base | {"status": CLOSED}),
    )


def _changes_note(previous: Meeting | None) -> str:
    if previous is None or not previous.last_date:
        return ""
    return _(
        "What became known after %(meeting)s, %(date)s; documents of meetings by then aside."
    ) % {
        "meeting": clip(previous.title, TITLE),
        "date": previous.last_date.in_words,
    }


def share(wanted: Sequence[int], shares: Sequence[int], total: int) -> list[int]:
    """How many lines each section gets: its share, and of what others leave as much as it wants, one by one in turn."""
    counts = [min(want, own) for want, own in zip(wanted, shares, strict=True)]
    left = total - sum(counts)
    while left > 0 and counts != list(wanted):
        for place, want in enumerate(wanted):
            if left > 0 and counts[place] < want:
                counts[place] += 1
                left -= 1
    return counts
