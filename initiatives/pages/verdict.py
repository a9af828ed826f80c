"""Where an initiative stands, in one sentence and four facts: what its page says first."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy
from django_stubs_ext import StrOrPromise

from .. import languages
from ..models import (
    FLAGS,
    EvidenceGrade,
    Initiative,
    Participant,
    Standing,
    StatusUpdate,
)
from ..models.translations import ORIGINAL
from ..partial_dates import PartialDate
from ..partial_dates.phrases import AS_OF, WHEN, phrase
from .brief_lines import NAME, SOURCE, TITLE, clip, text_clip
from .due_story import DueStory, due_in_words, meeting_date_in_words
from .flag_reasons import days_in_words
from .involvement import InvolvedParticipant

# The flags of which a fact, or the part of the page on the condition, says all that there is to say.
TOLD = ("overdue", "stale", "one_sided", "conditional")
# Those that ask somebody to act, or to look twice; the others stand in most rows.
URGENT = ("overdue", "delivered_late", "contradictory")
# Numbers of a sentence up to twelve; larger ones are figures.
NUMBERS: tuple[StrOrPromise, ...] = (
    pgettext_lazy("number of days, months, years or participants", "none"),
    pgettext_lazy("number of days, months, years or participants", "one"),
    pgettext_lazy("number of days, months, years or participants", "two"),
    pgettext_lazy("number of days, months, years or participants", "three"),
    pgettext_lazy("number of days, months, years or participants", "four"),
    pgettext_lazy("number of days, months, years or participants", "five"),
    pgettext_lazy("number of days, months, years or participants", "six"),
    pgettext_lazy("number of days, months, years or participants", "seven"),
    pgettext_lazy("number of days, months, years or participants", "eight"),
    pgettext_lazy("number of days, months, years or participants", "nine"),
    pgettext_lazy("number of days, months, years or participants", "ten"),
    pgettext_lazy("number of days, months, years or participants", "eleven"),
    pgettext_lazy("number of days, months, years or participants", "twelve"),
)
# Days up to which a distance is said in days, months up to which it is said in months.
IN_DAYS, IN_MONTHS = 60, 24


@dataclass(frozen=True)
class VerdictFlag:
    """A flag (a word of ``FLAGS``) with what it adds to its fact: “by 72 days”."""

    flag: str
    words: str = ""

    @property
    def label(self) -> StrOrPromise:
        return FLAGS[self.flag]

    @property
    def is_urgent(self) -> bool:
        return self.flag in URGENT


@dataclass(frozen=True)
class VerdictFact:
    """One fact: what it is about, its words, further words in small print, and the flags that belong to it.

    ``is_known`` is false where the record tells nothing.
    """

    name: str
    label: str
    words: str
    notes: Collection[str] = ()
    flags: Collection[VerdictFlag] = ()
    is_known: bool = True


@dataclass(frozen=True)
class Verdict:
    """The facts in the order of the page, and all of them in one line."""

    facts: Collection[VerdictFact] = field(default_factory=list)
    in_words: str = ""


def verdict(
    initiative: Initiative,
    day: datetime.date,
    *,
    involved: Iterable[InvolvedParticipant],
    due: DueStory,
    update: StatusUpdate | None,
) -> Verdict:
    """What is known of an initiative (``standing_report``, ``latest_update_report``, ``due_at`` selected) on a day.

    ``update`` is the one that gives the status, where it is at hand.
    """
    flags = initiative.flags(day)
    facts = [
        _standing(initiative, involved, flags),
        _last_heard(initiative, day, flags),
        _due(initiative, day, due, flags),
        _evidence(initiative, update, flags),
    ]
    return Verdict(facts, " · ".join(_line(initiative, day, facts, flags)))


def _line(
    initiative: Initiative,
    day: datetime.date,
    facts: list[VerdictFact],
    flags: Collection[str],
) -> Iterator[str]:
    """“Under way, as of 26 January 2026”, “Adopted by six”, “last heard of ten months ago”, “due 2030”."""
    status = str(initiative.status.label)
    if on := initiative.latest_update_on:
        status += languages.comma() + phrase(AS_OF, PartialDate(on))
    yield status
    yield facts[0].words
    if initiative.last_heard_on:
        yield pgettext("in a line of facts", "last heard of %(when)s") % {
            "when": ago(initiative.last_heard_on, day)
        }
    if initiative.due_on:
        yield pgettext("in a line of facts", "due %(when)s") % {
            "when": phrase(WHEN, PartialDate(initiative.due_on))
        }
    if "overdue" in flags:
        yield str(FLAGS["overdue"]).lower()


# --- The facts ------------------------------------------------------------------------------------


def _standing(
    initiative: Initiative, involved: Iterable[InvolvedParticipant], flags: Collection[str]
) -> VerdictFact:
    standing, report = Standing(initiative.standing), initiative.standing_report
    by = [] if standing == Standing.NOT_TAKEN_UP else _saying(standing, involved)
    words = str(standing.label)
    if len(by) == 1:
        words = _("%(standing)s by %(name)s") % {"standing": words, "name": clip(str(by[0]), NAME)}
    elif by:
        words = pgettext("by how many participants", "%(standing)s by %(count)s") % {
            "standing": words,
            "count": number_in_words(len(by)),
        }
    notes = [report.published_on.in_words] if report and report.published_on else []
    shown = [VerdictFlag("conditional")] if "conditional" in flags else []
    return VerdictFact("standing", _("In the dialogue"), words, notes, shown, report is not None)


def _saying(standing: Standing, involved: Iterable[InvolvedParticipant]) -> list[Participant]:
    """Those by whom the mentions are that say so."""
    by_key = {row.participant.pk: row.participant for row in involved if standing.value in row.acts}
    return list(by_key.values())


def _last_heard(initiative: Initiative, day: datetime.date, flags: Collection[str]) -> VerdictFact:
    heard, label = initiative.last_heard_on, _("Last heard of")
    if not heard:
        return VerdictFact("heard", label, _("No date known"), is_known=False)
    words, date = ago(heard, day), PartialDate(heard).in_words
    shown = []
    if "stale" in flags:
        limit = days_in_words(initiative.dialogue.stale_after_days)
        shown.append(
            VerdictFlag(
                "stale",
                pgettext("how long nothing was heard of it", "for more than %(limit)s")
                % {"limit": limit},
            )
        )
    notes = [] if date in words else [date]
    return VerdictFact("heard", label, _capitalised(words), notes, shown)


def _due(
    initiative: Initiative, day: datetime.date, due: DueStory, flags: Collection[str]
) -> VerdictFact:
    label = _("Due")
    if not due_in_words(initiative):
        return VerdictFact("due", label, _("No date set"), is_known=False)
    note = text_clip(initiative.due_note, ORIGINAL, TITLE)
    notes: list[str] = [note] if note else []
    if initiative.due_dropped:
        words = _("Date dropped")
    elif initiative.due_at:
        words = _capitalised(meeting_date_in_words(initiative.due_on, initiative.due_at))
        meeting = clip(str(initiative.due_at), TITLE)
        notes.insert(0, _("at %(meeting)s") % {"meeting": meeting})
    elif initiative.due_on:
        words = _capitalised(PartialDate(initiative.due_on).in_words)
    else:
        words, notes = note, []
    if due.moves:
        notes.append(due.moves)
    shown = []
    if "overdue" in flags:
        late = (day - PartialDate(initiative.due_on).last_day).days
        shown.append(
            VerdictFlag(
                "overdue",
                pgettext("how long something is overdue", "by %(days)s")
                % {"days": days_in_words(late)},
            )
        )
    if "delivered_late" in flags:
        shown.append(VerdictFlag("delivered_late"))
    return VerdictFact("due", label, words, notes, shown)


def _evidence(
    initiative: Initiative,
    update: StatusUpdate | None,
    flags: Collection[str],
) -> VerdictFact:
    label, report = _("Evidence"), initiative.latest_update_report
    shown = [
        VerdictFlag(flag)
        for flag in ("one_sided", "contradictory", "status_before_criterion")
        if flag in flags
    ]
    if report:
        grade = EvidenceGrade(initiative.status_grade or report.kind)
        words = str(grade.label)
        if grade != report.kind:
            words = _("At best %(grade)s") % {"grade": words.lower()}
        return VerdictFact(
            "evidence",
            label,
            words,
            [text_clip(report.publisher, report.language, SOURCE // 2)],
            shown,
        )
    if update and update.looked_on:
        looked = PartialDate(update.looked_on).in_words
        return VerdictFact(
            "evidence", label, _("None found"), [_("looked on %(day)s") % {"day": looked}], shown
        )
    return VerdictFact("evidence", label, _("None recorded"), flags=shown, is_known=False)


# --- Words ----------------------------------------------------------------------------------------


def number_in_words(count: int) -> str:
    return str(NUMBERS[count]) if count < len(NUMBERS) else languages.count(count)


def ago(date: str, day: datetime.date) -> str:
    """How long ago it was on a day, “ten months ago”; a date wider than a month, or one to come, as it is: “2024”.

    Counted from the last day that the date may mean, in whole days, months or years.
    """
    partial = PartialDate(date)
    last = partial.last_day
    if partial.precision not in ("day", "month") or last > day:
        return phrase(WHEN, partial)
    days = (day - last).days
    months = (day.year - last.year) * 12 + day.month - last.month - (day.day < last.day)
    if days < 2:
        return _("yesterday") if days else _("today")
    if days < IN_DAYS:
        count, words = days, ngettext("%(count)s day ago", "%(count)s days ago", days)
    elif months < IN_MONTHS:
        count, words = months, ngettext("%(count)s month ago", "%(count)s months ago", months)
    else:
        count = months // 12
        words = ngettext("%(count)s year ago", "%(count)s years ago", count)
    return words % {"count": number_in_words(count)}


def _capitalised(words: str) -> str:
    return words[:1].upper() + words[1:]
