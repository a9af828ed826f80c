"""How a row of the inbox is shown: what it is, what is known of it, why else it waits, and its one next step."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ...languages import date_in_words
from ...loading.wording import DocumentTitles
from ...models import (
    Entry,
    Initiative,
    LoadConflict,
    Meeting,
    Publication,
    Review,
    StatusUpdate,
)
from ...partial_dates.phrases import WHEN, phrase
from ...recording import permissions
from ..base.records import admin_url
from ..loads import conflict_in_words

# Of a reason to send a draft back; its page has all of it.
REASON_LENGTH = 140


@dataclass(frozen=True, slots=True)
class Item:
    """One row; ``also`` names the other queues it is in, ``step`` is empty for who may not take it."""

    title: str
    url: str
    about: list[str]
    step: str = ""
    step_url: str = ""
    also: list[str] = field(default_factory=list)


def day_in_words(day: datetime.date | datetime.datetime) -> str:
    local = timezone.localdate(day) if isinstance(day, datetime.datetime) else day
    return date_in_words(local.isoformat())


def _dialogue(row: Any) -> str:
    return str(row.dialogue.short_name or row.dialogue.name)


def initiative_item(initiative: Initiative, user: Any, also: list[str]) -> Item:
    """An initiative whose status is to be recorded."""
    step_url = reverse("admin:initiatives_initiative_record_status", args=[initiative.pk])
    # Whoever may not publish records a draft.
    draft = StatusUpdate(initiative=initiative, publication=Publication.DRAFT)
    may = permissions.may(user, "add", draft)
    about = _about_initiative(initiative)
    step = _("Record status") if may else ""
    return Item(initiative.title, admin_url(initiative), about, step, step_url, also)


def plan_item(initiative: Initiative, user: Any, also: list[str]) -> Item:
    """An initiative that is to be looked at again: done when the next day is set."""
    plan = initiative.follow_up_plan
    about = _about_initiative(initiative)
    if plan.next_review_on:
        planned = _("to be reviewed on %(day)s") % {"day": day_in_words(plan.next_review_on)}
        about.insert(0, planned)
    may = permissions.may(user, "change", plan)
    step = _("Set next review") if may else ""
    return Item(initiative.title, admin_url(initiative), about, step, admin_url(plan), also)


def _about_initiative(initiative: Initiative) -> list[str]:
    about = [_dialogue(initiative), str(initiative.status.label)]
    if not initiative.is_public:
        about.append(_("draft"))
    if initiative.due_date:
        words = {"meeting": initiative.due_at, "date": initiative.due_date}
        about.append(_("due at %(meeting)s, %(date)s") % words)
    elif initiative.due_on:
        about.append(_("due %(date)s") % {"date": phrase(WHEN, initiative.due_on)})
    if initiative.last_heard_on:
        about.append(_("last heard of %(date)s") % {"date": phrase(WHEN, initiative.last_heard_on)})
    plan = getattr(initiative, "follow_up_plan", None)
    if plan and plan.responsible:
        about.append(_("responsible: %(person)s") % {"person": plan.responsible})
    return about


def _of_draft(review: Review) -> tuple[str, list[str]]:
    row = review.row
    if not isinstance(row, Entry):
        return row.title, [str(row._meta.verbose_name)]
    words = _("%(kind)s “%(word)s”") % {"kind": row._meta.verbose_name, "word": row.in_a_word}
    return row.initiative.title, [words.capitalize()]


def review_item(review: Review, user: Any, also: list[str]) -> Item:
    """A draft that somebody has submitted."""
    title, about = _of_draft(review)
    said = {"person": review.asked_by or "–", "day": day_in_words(review.asked_at)}
    about.append(_("submitted by %(person)s on %(day)s") % said)
    may = permissions.may(user, "publish", review.row)
    step, step_url = _("Review") if may else "", admin_url(review.row, "review")
    return Item(title, admin_url(review.row), about, step, step_url, also)


def returned_item(review: Review, user: Any, also: list[str]) -> Item:
    """A draft that was sent back, and why."""
    row = review.row
    title, about = _of_draft(review)
    about.append(_("“%(word)s”") % {"word": Truncator(review.reason).chars(REASON_LENGTH)})
    if review.decided_at:
        about.append(_("sent back on %(day)s") % {"day": day_in_words(review.decided_at)})
    is_entry = isinstance(row, Entry)
    may = permissions.may(user, "correct" if is_entry else "change", row)
    step_url = admin_url(row, "correct" if is_entry else "change")
    return Item(title, admin_url(row), about, _("Correct") if may else "", step_url, also)


def conflict_item(conflict: LoadConflict, user: Any, also: list[str]) -> Item:
    """What a load left open."""
    fields = len(conflict.fields)
    words = ngettext("%(count)d field", "%(count)d fields", fields) % {"count": fields}
    about = [DocumentTitles().of(conflict.source), conflict.note or words]
    url = admin_url(conflict)
    # Its page asks again, of the record that it is about.
    may = permissions.may(user, "publish", Initiative)
    return Item(conflict_in_words(conflict), url, about, _("Settle") if may else "", url, also)


def meeting_item(meeting: Meeting, user: Any, also: list[str]) -> Item:
    """A meeting that was planned, and whose date has passed."""
    first, last = meeting.starts_on, meeting.ends_on
    days = [day.in_words for day in dict.fromkeys((first, last)) if day]
    about = [_("planned for %(dates)s") % {"dates": " – ".join(days)}, _dialogue(meeting)]
    url = admin_url(meeting)
    may = permissions.may(user, "change", meeting)
    return Item(meeting.title, url, about, _("Say what happened") if may else "", url, also)
