"""When an initiative is due, in words: how its documents set, moved and dropped the date, and by how much."""

from __future__ import annotations

import calendar
import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, npgettext, pgettext

from ..as_of.current import CurrentView
from ..models import Initiative, Meeting, Mention
from ..models.mentions import MentionQuerySet
from ..partial_dates import PartialDate, sort_key
from ..recording.due_dates import (
    CALLED_OFF,
    DueChange,
    DueStatement,
    DueStep,
    due_steps,
    statement_of,
)
from .language_versions import in_groups, leading


@dataclass(frozen=True)
class DueMove:
    """What one mention says of the due date: the date or meeting in words, and what that does (“moved by 12 months”).

    ``holds`` while no later one has moved or dropped it.
    """

    mention: Mention
    deadline: str
    words: str
    note: str
    holds: bool


@dataclass(frozen=True)
class DueStory:
    """The mentions that speak of the due date, in order, and by primary key what each does with it, in words.

    ``moves`` tells of all moves; ``condition`` is the mention that states the condition that holds.
    """

    mentions: Sequence[Mention] = ()
    words: Mapping[int, str] = field(default_factory=dict)
    steps: Sequence[DueMove] = ()
    moves: str = ""
    condition: Mention | None = None

    def attach(self, mentions: Iterable[Mention]) -> None:
        """Set ``due_words`` on mentions of this initiative."""
        for mention in mentions:
            if mention.speaks_of_due_date:
                mention.due_words = self.words.get(mention.pk) or said_alone(mention)


def in_document_order(mentions: Iterable[Mention]) -> list[Mention]:
    """Mentions (``report__translation_of`` selected) by the dates of their documents, as ``derivation`` has them.

    Undated ones come first.
    """
    by_record = sorted(mentions, key=lambda mention: (mention.recorded_at, mention.pk))
    return sorted(by_record, key=lambda mention: sort_key(mention.report.first_published_on))


def tell(mentions: Iterable[Mention], view: CurrentView | None = None) -> DueStory:
    """The story of one initiative from its mentions that stand (``report__translation_of``, ``due_at`` selected).

    Meetings are seen as of the day of ``view``. What a further language version says again is said once.
    """
    groups = in_groups(in_document_order(mentions))
    ordered = [leading(group) for group in groups]
    if view and view.is_past:
        _see_meetings(ordered, view)
    pairs = [(mention, said) for mention in ordered if (said := statement_of(mention))]
    steps = due_steps([said for _mention, said in pairs])
    meetings = {mention.due_at_id: mention.due_at for mention, _said in pairs if mention.due_at}
    words = {
        mention.pk: _step_in_words(step, meetings)
        for (mention, _said), step in zip(pairs, steps, strict=True)
    }
    for mention, group in zip(ordered, groups, strict=True):
        if mention.pk in words:
            words |= dict.fromkeys((row.pk for row in group), words[mention.pk])
    stating = [mention for mention in ordered if mention.speaks_of_condition]
    condition = stating[-1] if stating and stating[-1].condition else None
    ends = (DueChange.MOVED, DueChange.DROPPED)
    last_end = max((place for place, step in enumerate(steps) if step.change in ends), default=0)
    moves = [
        _move(mention, step, meetings, holds=place >= last_end)
        for place, ((mention, _said), step) in enumerate(zip(pairs, steps, strict=True))
    ]
    mentioning = [mention for mention, _said in pairs]
    return DueStory(mentioning, words, moves, moves_in_words(steps), condition)


def _move(
    mention: Mention, step: DueStep, meetings: Mapping[int | None, Meeting | None], *, holds: bool
) -> DueMove:
    said = step.statement
    distance = distance_in_words([(step.earlier, said)]) if step.earlier else ""
    words = {
        DueChange.SET: pgettext("due date", "set"),
        DueChange.MOVED: pgettext("due date", "moved %(distance)s") % {"distance": distance}
        if distance
        else pgettext("due date", "moved"),
        DueChange.RESTATED: pgettext("due date", "stated again"),
        DueChange.DROPPED: pgettext("due date", "dropped"),
        DueChange.WORDS: "",
    }[step.change]
    return DueMove(
        mention, deadline_in_words(said.on, meetings.get(said.meeting)), words, said.note, holds
    )


def _see_meetings(mentions: Sequence[Mention], view: CurrentView) -> None:
    """Let meetings be as they were known; one that was not known had no date."""
    meetings = {mention.due_at_id: copy(mention.due_at) for mention in mentions if mention.due_at}
    known = {meeting.pk: meeting for meeting in view.as_known(meetings.values())}
    for mention in mentions:
        meeting = meetings.get(mention.due_at_id)
        if meeting and meeting.pk not in known:
            meeting.starts_on = meeting.ends_on = None
        if meeting:
            mention.due_at = known.get(meeting.pk, meeting)


def attach_due_words(mentions: Iterable[Mention], rows: MentionQuerySet) -> None:
    """Set ``due_words`` on mentions of any initiatives; ``rows`` are all that stand. A query where one says when."""
    speaking = [mention for mention in mentions if mention.speaks_of_due_date]
    if not speaking:
        return
    of_initiatives: dict[int, list[Mention]] = defaultdict(list)
    keys = {mention.initiative_id for mention in speaking}
    standing = rows.filter(initiative__in=keys).speaking_of_due_date()
    for row in standing.select_related("report__translation_of", "due_at"):
        of_initiatives[row.initiative_id].append(row)
    words: dict[int, str] = {}
    for of_initiative in of_initiatives.values():
        words |= tell(of_initiative).words
    for mention in speaking:
        mention.due_words = words.get(mention.pk) or said_alone(mention)


def said_alone(mention: Mention) -> str:
    """What a mention that does not stand said of the due date, whatever was said before it."""
    said = statement_of(mention)
    meetings = {mention.due_at_id: mention.due_at}
    return _step_in_words(DueStep(said, _alone(said), None), meetings) if said else ""


def _alone(said: DueStatement) -> DueChange:
    if said.is_dropped:
        return DueChange.DROPPED
    return DueChange.SET if said.has_deadline else DueChange.WORDS


def deadline_in_words(on: PartialDate | None, meeting: Meeting | None) -> str:
    """“31 December 2026”, “Second Summit, no date known yet”."""
    if not meeting:
        return on.in_words if on else ""
    return pgettext("where and when it is due", "%(meeting)s, %(date)s") % {
        "meeting": meeting,
        "date": meeting_date_in_words(on, meeting),
    }


def meeting_date_in_words(on: PartialDate | None, meeting: Meeting) -> str:
    """When the meeting is at which it is due: a date, “no date known yet”, “which is postponed”."""
    if meeting.state in CALLED_OFF:
        return pgettext("a meeting", "which is %(state)s") % {
            "state": meeting.get_state_display().lower()
        }
    return on.in_words if on else _("no date known yet")


def attach_due_meetings(view: CurrentView, initiatives: Iterable[Initiative]) -> None:
    """Set on rows that are due at a meeting that readers may see ``due_at`` and, in words, when that is (``due_date``).

    Meetings are as the view knows them. One query where there are any; a row of an earlier day has its own already.
    """
    due = [row for row in initiatives if row.due_at_id]
    if due and not view.is_past:
        meetings = view.public(Meeting).order_by().in_bulk({row.due_at_id for row in due})
        known_meetings = {meeting.pk: meeting for meeting in view.as_known(meetings.values())}
        due = [row for row in due if row.due_at_id in known_meetings]
        for row in due:
            row.due_at = known_meetings[row.due_at_id or 0]
    for row in due:
        row.due_date = meeting_date_in_words(row.due_on, row.due_at)  # type: ignore[arg-type]


def due_in_words(initiative: Initiative) -> str:
    """When it is due as a short text, with the words of the document; empty where nothing is said. Reads ``due_at``."""
    deadline = deadline_in_words(initiative.due_on, initiative.due_at)
    if initiative.due_dropped:
        deadline = _("the date was dropped")
    if not deadline or not initiative.due_note:
        return deadline or initiative.due_note
    return pgettext(
        "when it is due, and what the document says of that", "%(deadline)s (%(note)s)"
    ) % {"deadline": deadline, "note": initiative.due_note}


def _step_in_words(step: DueStep, meetings: Mapping[int | None, Meeting | None]) -> str:
    said, earlier = step.statement, step.earlier
    new = deadline_in_words(said.on, meetings.get(said.meeting))
    old = deadline_in_words(earlier.on, meetings.get(earlier.meeting)) if earlier else ""
    distance = distance_in_words([(earlier, said)]) if earlier else ""
    words = {
        DueChange.SET: _("Due date set: %(new)s"),
        DueChange.MOVED: _("Due date moved %(distance)s: was %(old)s, now %(new)s")
        if distance
        else _("Due date moved: was %(old)s, now %(new)s"),
        DueChange.RESTATED: _("Due date stated again: %(new)s"),
        DueChange.DROPPED: _("Due date dropped"),
        DueChange.WORDS: _("Due: %(note)s"),
    }[step.change] % {"new": new, "old": old, "note": said.note, "distance": distance}
    has_note = said.note and step.change != DueChange.WORDS
    return f"{words}; {said.note}" if has_note else words


def _months(first: datetime.date, last: datetime.date) -> float:
    """The months from one day to another: whole ones between ends of months, or between the same days of them."""
    months = (last.year - first.year) * 12 + last.month - first.month
    if first.day == last.day or (_ends_month(first) and _ends_month(last)):
        return months
    return months + (last.day - first.day) / 31


def _ends_month(day: datetime.date) -> bool:
    return day.day == calendar.monthrange(day.year, day.month)[1]


def moves_in_words(steps: Sequence[DueStep]) -> str:
    """“moved twice, by 26 months in all”; no months where one end of a move is no date; empty without a move."""
    moves = [step for step in steps if step.change == DueChange.MOVED]
    if not moves:
        return ""
    named = {
        1: pgettext("due date", "moved once"),
        2: pgettext("due date", "moved twice"),
    }
    times = named.get(len(moves)) or npgettext(
        "due date", "moved %(count)d time", "moved %(count)d times", len(moves)
    ) % {"count": len(moves)}
    distance = distance_in_words([(step.earlier, step.statement) for step in moves if step.earlier])
    if not distance:
        return times
    words = (
        pgettext("due date", "%(times)s, %(distance)s in all")
        if len(moves) > 1
        else pgettext("due date", "%(times)s, %(distance)s")
    )
    return words % {"times": times, "distance": distance}


def distance_in_words(moves: Sequence[tuple[DueStatement, DueStatement]]) -> str:
    """By how much moves went in all, between last possible days: “by 26 months”; empty where one end is no date."""
    days, months = 0, 0.0
    for old, new in moves:
        if old.on is None or new.on is None:
            return ""
        first, last = old.on.last_day, new.on.last_day
        days += (last - first).days
        months += _months(first, last)
    if not days:
        return ""
    whole = round(months)
    if abs(whole) < 1 or (abs(days) < 60 and whole != months):
        length = ngettext("%(count)d day", "%(count)d days", abs(days)) % {"count": abs(days)}
    else:
        length = ngettext("%(count)d month", "%(count)d months", abs(whole)) % {"count": abs(whole)}
        length = length if whole == months else _("about %(length)s") % {"length": length}
    return (
        pgettext("how far a date moved", "by %(length)s")
        if days > 0
        else pgettext("how far a date moved", "%(length)s earlier")
    ) % {"length": length}
