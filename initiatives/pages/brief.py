"""What to know before a meeting of a dialogue, on one page or on four: what is new, overdue, promised, open, closed.

It is of a dialogue, of one participant's part in it, or of a participant in all dialogues. The same brief becomes a
page (``views/briefs.py``) and a document to edit (``exports/brief_docx.py``). However large the dialogue is, it has as
many lines as its sections share at the most, none of them long: printed, that is one page, or four when it is full.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import chain
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from pyroaring import BitMap

from ..as_of.current import LATEST_NEWS, CurrentView
from ..facets.index import Columns
from ..facets.status_counts import StatusTally, tally_within
from ..models import FLAGS, Dialogue, Meeting, Mention, Participant, StatusUpdate
from ..models.translations import TextIn
from ..models.vocabulary import CLOSED_STATUSES, OPEN_STATUSES
from ..query.filters import InitiativeFilter
from .brief_changes import EntriesSinceMeeting
from .brief_lines import NAME, TITLE, BriefLine, BriefLineBuilder, clip, name_clip


class Length(StrEnum):
    """How long a brief is: one page of A4, or up to four."""

    ONE = "page"
    FULL = "full"


# The lines of each section, in their order. What one section does not need goes to the others.
SHARES = {"changed": 9, "overdue": 7, "deadlines": 5, "open": 7, "silent": 5, "closed": 5}
SHARES_OF_PARTICIPANT = {
    "changed": 6,
    "overdue": 5,
    "promised": 5,
    "to": 4,
    "proposed": 3,
    "deadlines": 3,
    "open": 3,
    "silent": 2,
    "closed": 3,
}
SHARES_OF_ONE_PAGE = {"changed": 4, "overdue": 4, "deadlines": 3, "open": 3}
SHARES_OF_ONE_PAGE_OF_PARTICIPANT = {
    "changed": 4,
    "overdue": 3,
    "promised": 3,
    "to": 2,
    "proposed": 2,
}

DUE = InitiativeFilter.sorts["due"].order
OPEN = [str(status) for status in OPEN_STATUSES]
CLOSED = [str(status) for status in CLOSED_STATUSES]
# By what a participant is in them: what the list is filtered by.
PROMISED: dict[str, Callable[[str], dict[str, list[str]]]] = {
    "promised": lambda code: {"party": [code]},
    "to": lambda code: {"beneficiary": [code]},
    "proposed": lambda code: {"proposer": [code]},
}


@dataclass(frozen=True)
class BriefSection:
    """A section of the brief: its first lines, how many there are in all, and where the whole list is.

    ``address`` is the path of that list; ``listed`` says what is in it where that is more than the section has.
    ``above`` of them are listed in sections before it; ``groups`` says how all of them stand.
    """

    name: str
    title: str
    note: str
    none: str
    lines: list[BriefLine]
    total: int
    address: str
    listed: str = ""
    above: int = 0
    groups: str = ""

    @property
    def more(self) -> int:
        return self.total - len(self.lines) - self.above


@dataclass(frozen=True)
class Brief:
    """The sections of a brief and what stands before them; ``previous`` is the meeting since which changes are told.

    Without a ``dialogue`` it is of a participant in all of them.
    """

    dialogue: Dialogue | None
    meeting: Meeting | None
    participant: Participant | None
    view: CurrentView
    previous: Meeting | None
    tally: StatusTally
    length: Length
    sections: list[BriefSection] = field(default_factory=list)

    @property
    def subject(self) -> Meeting | Dialogue | Participant:
        """The record whose page the brief belongs to."""
        subject = self.meeting or self.dialogue or self.participant
        assert subject
        return subject

    @property
    def is_full(self) -> bool:
        return self.length == Length.FULL

    @property
    def title(self) -> str:
        subject = self.subject
        about = clip(str(subject), TITLE)
        if self.participant and self.participant != subject:
            return _("Brief: %(about)s – %(participant)s") % {
                "about": about,
                "participant": clip(str(self.participant), NAME),
            }
        return _("Brief: %(about)s") % {"about": about}

    @property
    def names(self) -> list[TextIn]:
        """What its title and its sections name of the record, as they do."""
        records = [(self.subject, TITLE), (self.participant, NAME), (self.previous, TITLE)]
        return [name_clip(record, width) for record, width in records if record]

    @property
    def selection(self) -> dict[str, list[str]]:
        return brief_selection(self.dialogue, self.participant)

    @property
    def list_address(self) -> str:
        return initiative_list_address(self.view, self.selection)


def brief_selection(
    dialogue: Dialogue | None, participant: Participant | None
) -> dict[str, list[str]]:
    """What the list of initiatives is filtered by to hold those that the brief is about."""
    of_dialogue = {"dialogue": [dialogue.slug]} if dialogue else {}
    of_participant = {"participant": [participant.code]} if participant else {}
    return of_dialogue | of_participant


def initiative_list_address(
    view: CurrentView, selection: Mapping[str, Sequence[str]], sort: str = ""
) -> str:
    """The path of the list of initiatives with these filters, as of the same day."""
    order = {"sort": sort} if sort else {}
    query = urlencode({**selection, **order, **view.parameters}, doseq=True)
    return f"{reverse('initiatives:initiative_list')}?{query}"


def build_brief(
    view: CurrentView,
    dialogue: Dialogue | None,
    *,
    meeting: Meeting | None,
    participant: Participant | None,
    earlier: Sequence[Meeting],
    length: Length = Length.FULL,
) -> Brief:
    """The brief of a dialogue before a meeting, of one participant's part in it if one is given; or of a participant.

    ``earlier`` are the meetings of the dialogue that were held before, the latest first.
    """
    index, previous = view.index, next(iter(earlier), None)
    keys = index.matching(brief_selection(dialogue, participant))
    brief = Brief(dialogue, meeting, participant, view, previous, tally_within(index, keys), length)
    entries = EntriesSinceMeeting(view, earlier, dialogue, participant) if earlier else None
    wanted = _shares(brief)
    lists = {name: rows for name, rows in _section_lists(brief, keys).items() if name in wanted}
    totals = {name: len(section_keys) for name, (section_keys, _order) in lists.items()}
    totals = {"changed": entries.count() if entries else 0, **totals}
    shares = dict(
        zip(
            totals,
            share(
                [totals[name] for name in totals],
                [wanted[name] for name in totals],
                sum(wanted.values()),
            ),
            strict=True,
        )
    )
    changes = _first_changes(brief, entries, shares["changed"]) if entries else []
    # On one page nothing is listed twice; on four, what is new is listed where it belongs as well.
    listed = BitMap() if brief.is_full else BitMap(entry.initiative_id for entry in changes)
    first_keys, above = {}, {}
    for name, (section_keys, order) in lists.items():
        above[name] = len(section_keys & listed)
        first_keys[name] = index.page(
            section_keys - listed, order, 0, shares[name], using=view.using
        )
        listed |= BitMap(first_keys[name])
    builder = BriefLineBuilder.read(
        view,
        participant,
        chain(*first_keys.values()),
        changes,
        is_short=not brief.is_full,
    )
    lines = {name: builder.lines(name, section_keys) for name, section_keys in first_keys.items()}
    lines["changed"] = builder.change_lines(changes)
    counted = {name: tally_within(index, lists[name][0]) for name in PROMISED if name in lists}
    for section in _sections(brief, lines, totals):
        tally = counted.get(section.name)
        brief.sections.append(
            replace(
                section,
                above=above.get(section.name, 0),
                groups=tally.groups_in_words if tally else "",
            )
        )
    return brief


def _first_changes(
    brief: Brief, entries: EntriesSinceMeeting, count: int
) -> list[StatusUpdate | Mention]:
    """The newest entries; on one page one of each initiative."""
    if brief.is_full:
        return entries.first(count)
    first: dict[int, StatusUpdate | Mention] = {}
    for entry in entries.first(3 * count):
        first.setdefault(entry.initiative_id, entry)
    return [*first.values()][:count]


def _shares(brief: Brief) -> dict[str, int]:
    if brief.is_full:
        return SHARES_OF_PARTICIPANT if brief.participant else SHARES
    return SHARES_OF_ONE_PAGE_OF_PARTICIPANT if brief.participant else SHARES_OF_ONE_PAGE


def _section_lists(brief: Brief, keys: BitMap) -> dict[str, tuple[BitMap, Columns]]:
    """The initiatives of each section but the changes, with the order that they are listed in."""
    index = brief.view.index
    open_keys = keys & index.matching({"status": OPEN})
    overdue, silent = keys & index.having("flag", "overdue"), keys & index.having("flag", "stale")
    ahead = keys & index.ahead
    lists = {"overdue": (overdue, DUE)}
    if brief.participant:
        code = brief.participant.code
        lists |= {
            name: (keys & index.matching(filters(code)), LATEST_NEWS)
            for name, filters in PROMISED.items()
        }
    return lists | {
        "deadlines": (ahead, DUE),
        "open": (open_keys - overdue - ahead - silent, LATEST_NEWS),
        "silent": (silent - overdue, LATEST_NEWS),
        "closed": (keys & index.matching({"status": CLOSED}), LATEST_NEWS),
    }


def _sections(
    brief: Brief, lines: dict[str, list[BriefLine]], totals: dict[str, int]
) -> Iterator[BriefSection]:
    """The sections that the brief has lines for, in order."""
    view, base = brief.view, brief.selection
    name = clip(str(brief.participant), NAME) if brief.participant else ""

    def section(
        key: str, title: str, note: str, none: str, address: str, *, listed: str = ""
    ) -> Iterator[BriefSection]:
        if key in lines:
            yield BriefSection(key, title, note, none, lines[key], totals[key], address, listed)

    def promised(key: str, title: str, none: str) -> Iterator[BriefSection]:
        if brief.participant:
            filters = PROMISED[key](brief.participant.code)
            address = initiative_list_address(view, base | filters)
            yield from section(key, title % {"name": name}, "", none % {"name": name}, address)

    yield from section(
        "changed",
        _("Changed since the last meeting"),
        _changes_note(brief.previous),
        _("There is no news.") if brief.previous else _("No earlier meeting is recorded as held."),
        initiative_list_address(view, base),
        listed=_("all initiatives, latest news first"),
    )
    yield from section(
        "overdue",
        _("Overdue"),
        _("Reviewed, past the due date, and no recorded document shows an end."),
        _("No reviewed initiative is overdue."),
        initiative_list_address(view, base | {"flag": ["overdue"]}, "due"),
    )
    yield from promised(
        "promised",
        _("Promised by %(name)s, alone or with others"),
        _("No document recorded here says that %(name)s undertook or adopted anything."),
    )
    yield from promised(
        "to",
        _("Promised to %(name)s"),
        _("No document recorded here names %(name)s as a beneficiary."),
    )
    yield from promised(
        "proposed",
        _("Proposed by %(name)s"),
        _("No document recorded here says that %(name)s put anything forward."),
    )
    yield from section(
        "deadlines",
        _("Next deadlines"),
        "",
        _("No open initiative has a due date still to come."),
        initiative_list_address(view, base | {"status": OPEN}, "due"),
        listed=_("all open initiatives by due date"),
    )
    yield from section(
        "open",
        _("Open"),
        _("Without those that are listed as overdue, due or without recent news."),
        _("No other initiative is open."),
        initiative_list_address(view, base | {"status": OPEN}),
        listed=_("all open initiatives"),
    )
    yield from section(
        "silent",
        str(FLAGS["stale"]),
        _(
            "Reviewed, open, not overdue, and not mentioned in any document for longer than the limit."
        ),
        _("Every other reviewed initiative has had news within the dialogue’s limit."),
        initiative_list_address(view, base | {"flag": ["stale"]}),
        listed=_("all without recent news, including overdue ones"),
    )
    yield from section(
        "closed",
        _("Delivered, dropped or superseded"),
        "",
        _("No initiative is recorded as delivered, dropped or superseded."),
        initiative_list_address(view, base | {"status": CLOSED}),
    )


def _changes_note(previous: Meeting | None) -> str:
    if previous is None or not previous.last_date:
        return ""
    return _("New since %(meeting)s, %(date)s, without documents of meetings held by then.") % {
        "meeting": clip(str(previous), TITLE),
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
