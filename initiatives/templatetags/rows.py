"""What stands in each row of initiatives; here and not in templates: pages have a hundred rows and more."""

from __future__ import annotations

from html import escape

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from .. import languages
from ..models import Act, Initiative, Meeting
from .tracker import flag, named, once_a_language, partial_date, when

register = template.Library()


@register.filter
@once_a_language
def last_heard(date: str) -> SafeString:
    """“Last heard of in March 2025”."""
    return SafeString(_("Last heard of %(when)s") % {"when": when(date)})


@once_a_language
def _due(date: str) -> str:
    return _("Due %(when)s") % {"when": when(date)}


@register.filter
def due(initiative: Initiative) -> SafeString:
    """When or at which meeting it is due, and whether that passed without a review; see ``attach_due_meetings``."""
    words = _due(initiative.due_on) if initiative.due_on else ""
    if initiative.due_date and (meeting := initiative.due_at):
        words = _('Due at <a href="%(address)s">%(meeting)s</a>, %(date)s') % {
            "address": meeting.get_absolute_url(),
            "meeting": named(meeting),
            "date": escape(initiative.due_date),
        }
    if initiative.is_due_unreviewed():
        words += languages.comma() + pgettext("a due date", "passed and not yet reviewed")
    return SafeString(words)


@register.filter
def first_raised(meeting: Meeting) -> SafeString:
    """“First raised at Second Summit, 17 April 2022”, without a date where none is known."""
    words = _("First raised at %(meeting)s, %(date)s")
    if not meeting.starts_on:
        words = _("First raised at %(meeting)s")
    return SafeString(words % {"meeting": named(meeting), "date": partial_date(meeting.starts_on)})


@register.filter
@once_a_language
def acts_here(acts: tuple[Act, ...]) -> SafeString:
    """What documents of a meeting do with an initiative: “Proposed, Supported here”."""
    words = escape(languages.series(act.label for act in acts))
    return SafeString(_("%(acts)s here") % {"acts": words})


@register.filter
def flags(initiative: Initiative) -> SafeString:
    """The flags that it has, each in an element of its own."""
    return SafeString(" ".join(flag(word) for word in initiative.flags()))
