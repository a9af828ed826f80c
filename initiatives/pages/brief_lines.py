"""The lines of a brief: an initiative, its status as of a day, and the document that this rests on."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ..as_of.current import CurrentView
from ..languages import series
from ..models import (
    Act,
    DeliveryStatus,
    Initiative,
    InvolvementCapacity,
    Mention,
    Participant,
    Report,
    Standing,
    StatusUpdate,
    Translated,
)
from ..models.sort_keys import said_key
from ..models.translations import ORIGINAL, TextIn
from ..partial_dates import PartialDate
from ..partial_dates.phrases import WHEN, phrase
from ..recording.involvement import Involved
from .citations import look_in_words
from .criteria import attach_unrated
from .due_story import due_in_words
from .flag_reasons import flag_reasons

# Who is named in a brief for everybody: the proposers, else the parties.
ACTORS = {
    InvolvementCapacity.PROPOSER: gettext_noop("Proposed by %(names)s"),
    InvolvementCapacity.PARTY: gettext_noop("Parties: %(names)s"),
}
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
    standing where nothing says what was done. ``look`` says who looked in vain, where no document says so. ``names``
    are texts of the record within these, with their languages.
    """

    initiative: Initiative
    title: str
    status: str
    on: PartialDate | None
    report: Report | None
    act: str = ""
    locator: str = ""
    facts: list[str] = field(default_factory=list)
    look: str = ""
    names: list[TextIn] = field(default_factory=list)

    @property
    def source(self) -> str:
        return clip(self.report.title, SOURCE - print_width(self.locator)) if self.report else ""


def print_width(text: str) -> int:
    """How many columns a text takes in print: wide characters take two."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def clip(text: str, width: int) -> str:
    """The text in one line of so many characters at most (wide ones count twice), cut between words where it can be."""
    text = " ".join(text.split())
    if print_width(text) <= width:
        return text
    columns = 0
    for place, character in enumerate(text):
        columns += _columns(character)
        if columns > width:
            cut = text[: max(place - 1, 1)]
            words, _space, _rest = cut.rpartition(" ")
            return f"{words if len(words) > len(cut) // 2 else cut}…"
    return text


def text_clip(text: str, language: str, width: int) -> TextIn:
    return TextIn(clip(text, width), language)


def name_clip(record: Translated, width: int) -> TextIn:
    name = record.name_in()
    return text_clip(name, name.language, width)


@dataclass(frozen=True)
class BriefLineBuilder:
    """The initiatives of all lines, and by primary key who is in them and the looks that their status rests on."""

    participant: Participant | None
    initiatives: dict[int, Initiative]
    involved: Involved
    participants: Mapping[int, Participant]
    looks: dict[int, StatusUpdate]
    # Of one page: the section says what they are to the participant, and the page of each tells the rest.
    is_short: bool = False

    @classmethod
    def read(
        cls,
        view: CurrentView,
        participant: Participant | None,
        keys: Iterable[int],
        changes: Sequence[StatusUpdate | Mention],
        *,
        is_short: bool = False,
    ) -> BriefLineBuilder:
        """Two queries for a brief of today, one where a status rests on a look, one where what cannot be rated is."""
        wanted = {*keys, *(entry.initiative_id for entry in changes)}
        rows = view.public(Initiative).select_related(
            "dialogue",
            "raised_at",
            "standing_report",
            "latest_update_report",
            "condition_report",
            "due_at",
        )
        initiatives = {row.pk: row for row in view.as_known(rows.in_bulk(wanted).values())}
        attach_unrated(view, initiatives.values())
        return cls(
            participant,
            initiatives,
            view.involved(initiatives),
            view.participants(),
            _looks(view, initiatives),
            is_short,
        )

    def lines(self, section: str, keys: Iterable[int]) -> list[BriefLine]:
        return [
            self._line(section, self.initiatives[key]) for key in keys if key in self.initiatives
        ]

    def _line(self, section: str, initiative: Initiative) -> BriefLine:
        # A status that nobody has looked for rests on nothing; then the document of its standing is named.
        look = self.looks.get(initiative.pk)
        report = initiative.latest_update_report or (None if look else initiative.standing_report)
        facts = [] if self.is_short else [str(Standing(initiative.standing).label)]
        names = [
            name_clip(self.participants[key], NAME)
            for key, _ in self.involved[initiative.pk]
            if key in self.participants
        ]
        if section == "overdue":
            facts += [
                reason.words for reason in flag_reasons(initiative) if reason.flag == "overdue"
            ]
        elif initiative.due_at_id:
            facts.append(_("Due at %(due)s") % {"due": due_in_words(initiative)})
        elif initiative.due_on:
            words = (
                _("Due %(when)s, passed and not yet reviewed")
                if initiative.is_due_unreviewed()
                else _("Due %(when)s")
            )
            facts.append(words % {"when": phrase(WHEN, initiative.due_on)})
        if (
            initiative.last_heard_on
            and not self.is_short
            and (section == "silent" or not initiative.latest_update_on)
        ):
            facts.append(
                _("Last heard of %(when)s") % {"when": phrase(WHEN, initiative.last_heard_on)}
            )
        if initiative.is_conditional():
            condition = text_clip(initiative.condition, ORIGINAL, WHAT)
            names.append(condition)
            facts.append(_("Condition: %(condition)s") % {"condition": condition})
        if criterion := initiative.unrated_by:
            said = criterion.said("why")
            why = text_clip(said.text.rstrip(".。"), said.language, WHAT)
            names.append(why)
            facts.append(_("Cannot be rated, because %(why)s") % {"why": why})
        # Names come last: they are what may be too long for the paper.
        facts += () if self.is_short else self._involved_in_words(initiative)
        return BriefLine(
            initiative,
            clip(str(initiative), TITLE),
            initiative.delivery_status,
            initiative.latest_update_on,
            report,
            facts=facts,
            look=look_in_words(look) if look else "",
            names=[*names, *_named_in(look)],
        )

    def _involved_in_words(self, initiative: Initiative) -> Iterator[str]:
        pairs = self.involved[initiative.pk]
        if self.participant:
            own = (
                str(capacity.label).lower()
                for capacity in InvolvementCapacity
                if (self.participant.pk, capacity.value) in pairs
            )
            if words := series(own):
                yield _("%(name)s: %(words)s") % {
                    "name": clip(str(self.participant), NAME),
                    "words": words,
                }
            return
        for capacity, words in ACTORS.items():
            actors = [
                self.participants[key]
                for key, of_pair in pairs
                if of_pair == capacity and key in self.participants
            ]
            if actors:
                yield _(words) % {"names": names_in_words(sorted(actors, key=said_key))}
                return

    def change_lines(self, entries: Iterable[StatusUpdate | Mention]) -> list[BriefLine]:
        entries_of_sections = (
            entry for entry in entries if entry.initiative_id in self.initiatives
        )
        return [self._change_line(entry) for entry in entries_of_sections]

    def _change_line(self, entry: StatusUpdate | Mention) -> BriefLine:
        initiative = self.initiatives[entry.initiative_id]
        title, locator = clip(str(initiative), TITLE), clip(entry.locator, LOCATOR)
        if isinstance(entry, StatusUpdate):
            what = entry.said("what")
            names = [text_clip(what.text, what.language, WHAT), *_named_in(entry)]
            facts = [clip(text, WHAT) for text in (entry.reading, what.text) if text]
            if entry.participant:
                name = name_clip(entry.participant, NAME)
                names.append(name)
                facts.insert(0, _("On the part of %(name)s") % {"name": name})
            return BriefLine(
                initiative,
                title,
                entry.status,
                entry.on,
                entry.report,
                locator=locator,
                facts=facts,
                look=look_in_words(entry),
                names=names,
            )
        speakers = list(entry.by.all())
        act = str(Act(entry.act).label)
        if speakers:
            act = _("%(act)s by %(names)s") % {"act": act, "names": names_in_words(speakers)}
        status, on = initiative.delivery_status, initiative.latest_update_on
        facts = [clip(entry.due_words, WHAT)] if entry.due_words else []
        names = [*(name_clip(row, NAME) for row in speakers), TextIn(entry.due_note, ORIGINAL)]
        return BriefLine(
            initiative, title, status, on, entry.report, act, locator, facts, names=names
        )


def _named_in(look: StatusUpdate | None) -> list[TextIn]:
    """Who looked and where, in what ``look_in_words`` says."""
    return [TextIn(text, ORIGINAL) for text in (look.looked_by, look.looked_in)] if look else []


def _looks(view: CurrentView, initiatives: dict[int, Initiative]) -> dict[int, StatusUpdate]:
    """Of initiatives whose status no document bears out, the latest update that says who looked."""
    keys = [
        key
        for key, row in initiatives.items()
        if row.status == DeliveryStatus.NO_INFORMATION and not row.latest_update_report_id
    ]
    if not keys:
        return {}
    updates = view.updates().filter(initiative__in=keys, report=None, looked_on__isnull=False)
    return {update.initiative_id: update for update in reversed(updates.newest_first())}


def names_in_words(participants: Iterable[Participant]) -> str:
    all_names = [clip(str(participant), NAME) for participant in participants]
    more = len(all_names) - NAMES
    words = series(all_names[:NAMES])
    return (
        _("%(names)s and %(count)s more") % {"names": words, "count": more} if more > 0 else words
    )
