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
from .flag_reasons import flag_reasons

# Characters of a line of print, a wide one counting as two.
TITLE = 86
WHAT = 130
# With the place in the document.
SOURCE = 72
LOCATOR = 24
NAMES = 3
NAME = 30


@dataclass(frozen=True)
class BriefLine:
    """One line; ``act`` says what a document did with it where it is a mention.

    ``on`` is the day as of which it has the status; ``facts`` are short sentences; ``report`` bears the line out, its
    standing where nothing says what was done.
    """

    initiative: Initiative
    title: str
    status: str
    on: PartialDate | None
    report: Report | None
    act: str = ""
    locator: str = ""
    facts: list[str] = field(default_factory=list)

    @property
    def source(self) -> str:
        return clip(self.report.title, SOURCE - print_width(self.locator)) if self.report else ""


def print_width(text: str) -> int:
    """How many columns a text takes in print: wide characters take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def clip(text: str, width: int) -> str:
    """The text in one line of so many characters at most (wide ones count twice), cut between words where it can be."""
    text = " ".join(text.split())
    columns = 0
    for place, character in enumerate(text):
        columns += print_width(character)
        if columns > width:
            cut = text[: max(place - 1, 1)]
            words, _space, _rest = cut.rpartition(" ")
            return f"{words if len(words) > len(cut) // 2 else cut}…"
    return text


@dataclass(frozen=True)
class BriefLineBuilder:
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
    ) -> BriefLineBuilder:
        """Two queries."""
        wanted = {*keys, *(entry.initiative_id for entry in changes)}
        rows = view.initiatives().select_related(
            "dialogue", "raised_at", "standing_report", "latest_update_report"
        )
        initiatives = {row.pk: row for row in view.as_known(rows.in_bulk(wanted).values())}
        roles: dict[int, list[Role]] = defaultdict(list)
        of_interest = Q(participant=participant) if participant else Q(role=RoleKind.PROPOSER)
        role_rows = Role.objects.once_public().filter(of_interest, initiative__in=initiatives)
        for role in role_rows.select_related("participant").order_by("participant__name", "role"):
            roles[role.initiative_id].append(role)
        return cls(participant, initiatives, roles)

    def lines(self, section: str, keys: Iterable[int]) -> list[BriefLine]:
        return [
            self._line(section, self.initiatives[key]) for key in keys if key in self.initiatives
        ]

    def _line(self, section: str, initiative: Initiative) -> BriefLine:
        # A status that nobody has looked for rests on nothing; then the document of its standing is named.
        report = initiative.latest_update_report or initiative.standing_report
        facts = [str(Standing(initiative.standing).label)]
        if section == "overdue":
            facts += [
                reason.words for reason in flag_reasons(initiative) if reason.flag == "overdue"
            ]
        elif initiative.due_on:
            facts.append(_("Due %(date)s") % {"date": initiative.due_on.in_words})
        if initiative.last_heard_on and (section == "silent" or not initiative.latest_update_on):
            facts.append(_("Last heard of %(date)s") % {"date": initiative.last_heard_on.in_words})
        # Names come last: they are what may be too long for the paper.
        facts += self._roles_in_words(initiative)
        return BriefLine(
            initiative,
            clip(initiative.title, TITLE),
            initiative.delivery_status,
            initiative.latest_update_on,
            report,
            facts=facts,
        )

    def _roles_in_words(self, initiative: Initiative) -> Iterator[str]:
        roles = self.roles.get(initiative.pk, [])
        if self.participant:
            words = ", ".join(str(RoleKind(role.role).label).lower() for role in roles)
            if words:
                yield _("Role: %(roles)s") % {"roles": words}
        elif roles:
            yield _("Proposed by %(names)s") % {
                "names": names_in_words(role.participant for role in roles)
            }

    def change_lines(self, entries: Iterable[StatusUpdate | Mention]) -> list[BriefLine]:
        entries_of_sections = (
            entry for entry in entries if entry.initiative_id in self.initiatives
        )
        return [self._change_line(entry) for entry in entries_of_sections]

    def _change_line(self, entry: StatusUpdate | Mention) -> BriefLine:
        initiative = self.initiatives[entry.initiative_id]
        title, locator = clip(initiative.title, TITLE), clip(entry.locator, LOCATOR)
        if isinstance(entry, StatusUpdate):
            facts = [clip(entry.what, WHAT)]
            if entry.participant:
                name = clip(entry.participant.name, NAME)
                facts.insert(0, _("On the part of %(name)s") % {"name": name})
            return BriefLine(
                initiative,
                title,
                entry.status,
                entry.on,
                entry.report,
                locator=locator,
                facts=facts,
            )
        speakers = list(entry.by.all())
        act = str(Act(entry.act).label)
        if speakers:
            act = _("%(act)s by %(names)s") % {"act": act, "names": names_in_words(speakers)}
        status, on = initiative.delivery_status, initiative.latest_update_on
        return BriefLine(initiative, title, status, on, entry.report, act, locator)


def names_in_words(participants: Iterable[Participant]) -> str:
    all_names = [clip(participant.name, NAME) for participant in participants]
    more = len(all_names) - NAMES
    words = ", ".join(all_names[:NAMES])
    return (
        _("%(names)s and %(count)d more") % {"names": words, "count": more} if more > 0 else words
    )
