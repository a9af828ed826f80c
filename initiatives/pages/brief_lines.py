"""The lines of a brief: an initiative, its status as of a day, and the document that this rests on."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils.translation import gettext as _

from ..as_of.current import CurrentView
from ..models import (
    Act,
    Initiative,
    Mention,
    Participant,
    Report,
    Role,
    RoleKind,
    Standing,
    StatusUpdate,
)
from ..partial_dates import PartialDate
from .flag_reasons import reasons

# Characters of a line of print, a wide one counting as two.
TITLE = 86
WHAT = 130
# With the place in the document.
SOURCE = 72
LOCATOR = 24
NAMES = 3
NAME = 30


@dataclass(frozen=True)
class Line:
    """One line; ``did`` says what a document did with it where it is a mention.

    ``on`` is the day as of which it has the status; ``facts`` are short sentences; ``report`` bears the line out, its
    standing where nothing says what was done.
    """

    initiative: Initiative
    title: str
    status: str
    on: PartialDate | None
    report: Report | None
    did: str = ""
    locator: str = ""
    facts: list[str] = field(default_factory=list)

    @property
    def source(self) -> str:
        return clip(self.report.title, SOURCE - width_of(self.locator)) if self.report else ""


def width_of(text: str) -> int:
    """How many columns a text takes in print: wide characters take two."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def clip(text: str, width: int) -> str:
    """The text in one line of so many characters at most (wide ones count twice), cut between words where it can be."""
    text = " ".join(text.split())
    columns = 0
    for place, character in enumerate(text):
        columns += width_of(character)
        if columns > width:
            kept = text[: max(place - 1, 1)]
            before, _space, _rest = kept.rpartition(" ")
            return f"{before if len(before) > len(kept) // 2 else kept}…"
    return text


@dataclass(frozen=True)
class Reader:
    """The initiatives of all lines with the roles in them, by primary key."""

    participant: Participant | None
    initiatives: dict[int, Initiative]
    roles: dict[int, list[Role]]

    @classmethod
    def read(
        cls,
        view: CurrentView,
        participant: Participant | None,
        keys: Iterable[int],
        changes: Sequence[StatusUpdate | Mention],
    ) -> Reader:
        """Two queries."""
        wanted = {*keys, *(one.initiative_id for one in changes)}
        rows = Initiative.objects.public().select_related(
            "dialogue", "raised_at", "standing_report", "latest_update_report"
        )
        found = {row.pk: row for row in view.put(rows.in_bulk(wanted).values())}
        roles: dict[int, list[Role]] = defaultdict(list)
        of_interest = Q(participant=participant) if participant else Q(role=RoleKind.PROPOSER)
        in_them = Role.objects.public().filter(of_interest, initiative__in=found)
        for role in in_them.select_related("participant").order_by("participant__name", "role"):
            roles[role.initiative_id].append(role)
        return cls(participant, found, roles)

    def lines(self, part: str, keys: Iterable[int]) -> list[Line]:
        return [self._line(part, self.initiatives[key]) for key in keys if key in self.initiatives]

    def _line(self, part: str, one: Initiative) -> Line:
        # A status that nobody has looked for rests on nothing; then the document of its standing is named.
        report = one.latest_update_report or one.standing_report
        facts = [str(Standing(one.standing).label)]
        if part == "overdue":
            facts += [reason.words for reason in reasons(one) if reason.flag == "overdue"]
        elif one.due_on:
            facts.append(_("Due %(date)s") % {"date": one.due_on.in_words})
        if one.last_heard_on and (part == "silent" or not one.latest_update_on):
            facts.append(_("Last heard of %(date)s") % {"date": one.last_heard_on.in_words})
        # Names come last: they are what may be too long for the paper.
        facts += self._who(one)
        return Line(
            one,
            clip(one.title, TITLE),
            one.delivery_status,
            one.latest_update_on,
            report,
            facts=facts,
        )

    def _who(self, one: Initiative) -> Iterator[str]:
        roles = self.roles.get(one.pk, [])
        if self.participant:
            words = ", ".join(str(RoleKind(role.role).label).lower() for role in roles)
            if words:
                yield _("Role: %(roles)s") % {"roles": words}
        elif roles:
            yield _("Proposed by %(names)s") % {"names": names(role.participant for role in roles)}

    def changes(self, entries: Iterable[StatusUpdate | Mention]) -> list[Line]:
        found = ((self.initiatives.get(entry.initiative_id), entry) for entry in entries)
        return [self._change(one, entry) for one, entry in found if one]

    def _change(self, one: Initiative, entry: StatusUpdate | Mention) -> Line:
        title, locator = clip(one.title, TITLE), clip(entry.locator, LOCATOR)
        if isinstance(entry, StatusUpdate):
            facts = [clip(entry.what, WHAT)]
            if entry.participant:
                part = _("On the part of %(name)s") % {"name": clip(entry.participant.name, NAME)}
                facts.insert(0, part)
            return Line(
                one, title, entry.status, entry.on, entry.report, locator=locator, facts=facts
            )
        who = list(entry.by.all())
        did = str(Act(entry.act).label)
        if who:
            did = _("%(act)s by %(names)s") % {"act": did, "names": names(who)}
        return Line(
            one, title, one.delivery_status, one.latest_update_on, entry.report, did, locator
        )


def names(participants: Iterable[Participant]) -> str:
    found = [clip(one.name, NAME) for one in participants]
    more = len(found) - NAMES
    words = ", ".join(found[:NAMES])
    return (
        _("%(names)s and %(count)d more") % {"names": words, "count": more} if more > 0 else words
    )
