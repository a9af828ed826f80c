"""Dialogues, their meetings, and who belongs and who came."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ...models import (
    Attendance,
    Capacity,
    Dialogue,
    Meeting,
    MeetingFormat,
    MeetingKind,
    MeetingState,
    Membership,
)
from .base import Table, address, column, words_of

OF_DIALOGUE = (
    column("dialogue.slug", _("Dialogue: id"), _("The dialogue: its id, as in its address.")),
    column("dialogue.name", _("Dialogue"), _("The name of the dialogue.")),
)
OF_PARTICIPANT = (
    column("participant.code", _("Participant: code"), _("The participant: its code.")),
    column("participant.name", _("Participant"), _("The name of the participant.")),
)

DIALOGUES = Table(
    "dialogues",
    _("Dialogues"),
    _("Standing formats in which governments meet."),
    (
        column("slug", _("Id"), _("Names the dialogue for good, as in its address.")),
        address(_("The page of the dialogue.")),
        column("name", _("Name"), _("What it is called.")),
        column("short_name", _("Short name"), _("Where the name is too long.")),
        column("other_names", _("Other names"), _("One a line, in any language.")),
        column("launched_on", _("Launched"), _("When it began."), "date"),
        column("purpose", _("Purpose"), _("What it is for.")),
        column("website", _("Website"), _("Its own site."), "address"),
        column(
            "stale_after_days",
            _("Silent after"),
            _("An open initiative without news for longer than that many days is flagged."),
            "integer",
        ),
    ),
    lambda rows: rows.order_by("sort_key", "slug"),
    Dialogue,
)

MEMBERSHIPS = Table(
    "memberships",
    _("Memberships"),
    _("Who belongs to a dialogue, in which capacity, and since when."),
    (
        *OF_DIALOGUE,
        *OF_PARTICIPANT,
        column(
            "capacity",
            _("Capacity"),
            _("As what it takes part."),
            "word",
            words=words_of(Capacity.choices),
        ),
        column("since", _("Since"), _("When it joined."), "date"),
        column("until", _("Until"), _("When it left."), "date"),
        column("note", _("Note"), _("How we read it, where it is not plain.")),
    ),
    lambda rows: rows.select_related("dialogue", "participant").order_by(
        "dialogue__slug", "participant__code", "capacity"
    ),
    Membership,
    key=("dialogue.slug", "participant.code", "capacity"),
    refers={
        "dialogue.slug": ("dialogues", "slug"),
        "participant.code": ("participants", "code"),
    },
)

MEETINGS = Table(
    "meetings",
    _("Meetings"),
    _("Single sessions of dialogues."),
    (
        column("slug", _("Id"), _("Names the meeting for good, as in its address.")),
        address(_("The page of the meeting.")),
        column("title", _("Title"), _("What it is called.")),
        *OF_DIALOGUE,
        column("kind", _("Kind"), _("Who meets."), "word", words=words_of(MeetingKind.choices)),
        column("number", _("Number"), _("In the series of its kind."), "integer"),
        column("starts_on", _("Begins"), _("Its first day."), "date"),
        column("ends_on", _("Ends"), _("Its last day."), "date"),
        column("format", _("Format"), _("How."), "word", words=words_of(MeetingFormat.choices)),
        column(
            "state",
            _("State"),
            _("Whether it was held."),
            "word",
            words=words_of(MeetingState.choices),
        ),
        column("city", _("City"), _("Where.")),
        column("venue", _("Venue"), _("In which building.")),
        column("host.code", _("Host: code"), _("The participant who was host: its code.")),
        column("host.name", _("Host"), _("The name of the host.")),
        column("part_of.slug", _("Part of: id"), _("The meeting with which it was held: its id.")),
        column("part_of.title", _("Part of"), _("The title of that meeting.")),
        column("chair", _("Chair"), _("Name and office.")),
        column("agenda", _("Agenda"), _("One item a line.")),
        column("outcomes", _("Outcomes"), _("Outcome documents, one a line.")),
        column("note", _("Note"), _("How we read it, where it is not plain.")),
    ),
    lambda rows: rows.select_related("dialogue", "host", "part_of"),
    Meeting,
    refers={
        "dialogue.slug": ("dialogues", "slug"),
        "host.code": ("participants", "code"),
        "part_of.slug": ("meetings", "slug"),
    },
)

ATTENDANCES = Table(
    "attendances",
    _("Attendance"),
    _("Who came to a meeting, and who led the delegation."),
    (
        column("meeting.slug", _("Meeting: id"), _("The meeting: its id, as in its address.")),
        column("meeting.title", _("Meeting"), _("The title of the meeting.")),
        *OF_PARTICIPANT,
        column("head", _("Head of delegation"), _("The name.")),
        column("head_title", _("Office"), _("The office that the head of delegation held.")),
        column(
            "capacity",
            _("Capacity"),
            _("As what it came."),
            "word",
            words=words_of(Capacity.choices),
        ),
        column("note", _("Note"), _("How we read it, where it is not plain.")),
    ),
    lambda rows: rows.select_related("meeting", "participant").order_by(
        "meeting__slug", "participant__code"
    ),
    Attendance,
    key=("meeting.slug", "participant.code"),
    refers={"meeting.slug": ("meetings", "slug"), "participant.code": ("participants", "code")},
)
