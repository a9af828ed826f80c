"""Why an initiative carries a flag, in words."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_stubs_ext import StrOrPromise

from .. import languages
from ..models import FLAGS, DeliveryStatus, Initiative
from ..partial_dates import PartialDate
from ..partial_dates.phrases import AS_OF, WHEN, phrase


@dataclass(frozen=True)
class FlagReason:
    flag: str
    label: StrOrPromise
    words: str


def flag_reasons(initiative: Initiative, on: datetime.date | None = None) -> list[FlagReason]:
    """The flags of an initiative on a day (unless given, that as of which it is shown), each with its reason.

    Reads ``dialogue``, ``raised_at`` and ``condition_report``.
    """
    day = on or initiative.as_of or timezone.localdate()
    functions = {
        "overdue": _overdue,
        "stale": _stale,
        "delivered_late": _delivered_late,
        "one_sided": _one_sided,
        "contradictory": _contradictory,
        "status_before_criterion": _status_before_criterion,
        "conditional": _conditional,
    }
    return [
        FlagReason(flag, FLAGS[flag], functions[flag](initiative, day))
        for flag in initiative.flags(day)
    ]


def days_in_words(count: int) -> str:
    return ngettext("%(count)s day", "%(count)s days", count) % {"count": languages.count(count)}


def _overdue(initiative: Initiative, day: datetime.date) -> str:
    due = PartialDate(initiative.due_on)
    # A source that says “2022” allowed the whole of 2022.
    days = days_in_words((day - due.last_day).days)
    return _("Overdue by %(days)s: due %(due)s, and no recorded document shows an end.") % {
        "due": phrase(WHEN, due),
        "days": days,
    }


def _stale(initiative: Initiative, day: datetime.date) -> str:
    heard = PartialDate(initiative.last_heard_on)
    return _("Last heard of %(heard)s, %(days)s ago; the limit here is %(limit)s.") % {
        "heard": phrase(WHEN, heard),
        "days": days_in_words((day - heard.last_day).days),
        "limit": days_in_words(initiative.dialogue.stale_after_days),
    }


def _delivered_late(initiative: Initiative, day: datetime.date) -> str:
    return _("Delivered %(as_of)s; it was due %(due)s.") % {
        "as_of": phrase(AS_OF, PartialDate(initiative.delivered_on)),
        "due": phrase(WHEN, PartialDate(initiative.due_on)),
    }


def _one_sided(initiative: Initiative, day: datetime.date) -> str:
    return _("The status rests on one side’s own statement alone.")


def _status_before_criterion(initiative: Initiative, day: datetime.date) -> str:
    status, criterion = initiative.status_recorded_on, initiative.criterion_recorded_on
    assert status
    assert criterion
    return _(
        "The status was recorded here on %(status)s, what would count as delivered not before %(criterion)s."
    ) % {"status": PartialDate(status).in_words, "criterion": PartialDate(criterion).in_words}


def _contradictory(initiative: Initiative, day: datetime.date) -> str:
    latest = PartialDate(initiative.latest_update_on) if initiative.latest_update_on else None
    raised = initiative.raised_at.starts_on if initiative.raised_at else None
    words = []
    if latest and raised and latest.ends_before(raised):
        words.append(
            _("The latest update is %(as_of)s, before the meeting of %(raised)s.")
            % {"as_of": phrase(AS_OF, latest), "raised": PartialDate(raised).in_words}
        )
    if latest and latest.first_day > day:
        words.append(
            _("The latest update is %(as_of)s, which is yet to come.")
            % {"as_of": phrase(AS_OF, latest)}
        )
    if initiative.delivery_status == DeliveryStatus.CONTINUING and initiative.due_on:
        words.append(
            _("It continues with no end foreseen, yet it was due %(due)s.")
            % {"due": phrase(WHEN, PartialDate(initiative.due_on))}
        )
    return " ".join(words)


def _conditional(initiative: Initiative, day: datetime.date) -> str:
    report = initiative.condition_report
    if report is None:
        return _("Condition: %(condition)s.") % {"condition": initiative.condition}
    words = {"condition": initiative.condition, "report": report}
    if not report.published_on:
        return _("Condition: %(condition)s (“%(report)s”).") % words
    words["date"] = PartialDate(report.published_on).in_words
    return _("Condition: %(condition)s (“%(report)s”, %(date)s).") % words
