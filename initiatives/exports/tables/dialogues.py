"""Dialogues, their meetings, and who belongs and who came."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_stubs_ext import StrOrPromise

from ...as_of.current import CurrentView
from ...models import (
    Attendance,
    Capacity,
    Dialogue,
    Meeting,
    MeetingFormat,
    MeetingKind,
    MeetingState,
    Membership,
    Record,
)
from ...models.lines import Delegate, Line, LineKind
from ...models.meeting_hours import HOURS
from ...pages.citations import attach_sources
from ...pages.field_labels import label_in_words
from ...pages.field_sources import attach_field_sources
from ...pages.lines import attach_stated
from ..export_column import ExportColumn
from .base import IN_LANGUAGES, Table, address, column, other_names, several, words_of

OF_DIALOGUE = (
    column("dialogue.slug", _("Dialogue: id"), _("The dialogue: its id, as in its address.")),
    column("dialogue.name", _("Dialogue"), _("The name of the dialogue.")),
)
OF_PARTICIPANT = (
    column("participant.code", _("Participant: code"), _("The participant: its code.")),
    column("participant.name", _("Participant"), _("The name of the participant.")),
)


def _attach_sources(rows: Sequence[Line] | Sequence[Delegate], view: CurrentView) -> None:
    attach_sources(view, rows)


# The fields of which documents are told that state them.
SOURCED = {
    "dialogue": ("launched_on", "purpose", "website"),
    "meeting": (
        "number",
        "starts_on",
        "ends_on",
        *HOURS,
        "format",
        "city",
        "venue",
        "host",
        "note",
    ),
}


def _attach_lines_and_sources(
    rows: Sequence[Dialogue] | Sequence[Meeting], view: CurrentView
) -> None:
    attach_stated(rows, view)
    attach_field_sources(rows)


def _in_a_sentence(label: str) -> str:
    """The name of a field inside a sentence."""
    words = label_in_words(label)
    return words[:1].lower() + words[1:]


_called = lazy(_in_a_sentence, str)


def _field_sources(model: type[Record], name: str) -> ExportColumn:
    """The documents that state one field of a record."""
    label = _called(str(model._meta.get_field(name).verbose_name))  # type: ignore[union-attr]
    return ExportColumn(
        f"{name}_sources",
        format_lazy(_("Sources: {field}"), field=label),
        "text",
        format_lazy(_("The documents that state the field “{field}”: their ids."), field=label),
        lambda line: list(
            dict.fromkeys(of.report.slug for of in line.record.field_sources.get(name, ()))
        ),
        many=True,
    )


def _lines(
    name: str, label: StrOrPromise, kind: LineKind, description: StrOrPromise
) -> ExportColumn:
    """The lines of one kind of a record, one a line."""
    return ExportColumn(
        name,
        label,
        "text",
        description,
        lambda line: "\n".join(row.text for row in line.record.stated[kind]) or None,
    )


def _heads(
    name: str, label: StrOrPromise, attribute: str, description: StrOrPromise
) -> ExportColumn:
    """What is known of the heads of a delegation, one a line."""
    return ExportColumn(
        name,
        label,
        "text",
        description,
        lambda line: (
            "\n".join(getattr(row, attribute) for row in line.record.heads).strip("\n") or None
        ),
    )


DIALOGUES = Table(
    "dialogues",
    _("Dialogues"),
    _("Standing formats in which governments meet."),
    (
        column("slug", _("Id"), _("Permanently identifies the dialogue, as in its address.")),
        address(_("The page of the dialogue.")),
        column("name", _("Name"), _("What it is called.")),
        column("short_name", _("Short name"), _("Where the name is too long.")),
        column("other_names", _("Other names"), _("One a line, in any language.")),
        column("launched_on", _("Launched"), _("When it began."), "date"),
        column("purpose", _("Purpose"), _("What it is for.")),
        *IN_LANGUAGES,
        column("website", _("Website"), _("Its own site."), "address"),
        column(
            "stale_after_days",
            _("Silent after"),
            _("An open initiative without news for longer than that many days is flagged."),
            "integer",
        ),
        _lines("goals", _("Goals"), LineKind.GOAL, _("What it aims at, one a line.")),
        _lines("areas", _("Areas"), LineKind.AREA, _("Areas of cooperation, one a line.")),
        *(_field_sources(Dialogue, name) for name in SOURCED["dialogue"]),
    ),
    lambda rows: rows.order_by("sort_key", "slug"),
    Dialogue,
    prepare=_attach_lines_and_sources,
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
            _("In which capacity it takes part."),
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
        column("slug", _("Id"), _("Permanently identifies the meeting, as in its address.")),
        address(_("The page of the meeting.")),
        column("title", _("Title"), _("What it is called.")),
        *IN_LANGUAGES,
        *OF_DIALOGUE,
        column("kind", _("Kind"), _("Who meets."), "word", words=words_of(MeetingKind.choices)),
        column("number", _("Number"), _("In the series of its kind."), "integer"),
        column("starts_on", _("Begins"), _("Its first day."), "date"),
        column("ends_on", _("Ends"), _("Its last day."), "date"),
        column("start_time", _("Begins at"), _("The hour of its first day, such as 14:00.")),
        column("end_time", _("Ends at"), _("The hour of its last day.")),
        column(
            "time_zone",
            _("Time zone"),
            _("In which the hours are told: an offset from UTC or a zone of the IANA database."),
        ),
        column("format", _("Format"), _("How."), "word", words=words_of(MeetingFormat.choices)),
        column(
            "state",
            pgettext_lazy("of a meeting", "State"),
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
        _lines("chair", _("Chair"), LineKind.CHAIR, _("Names and offices, of several one a line.")),
        _lines("agenda", _("Agenda"), LineKind.AGENDA, _("One item a line.")),
        _lines("outcomes", _("Outcomes"), LineKind.OUTCOME, _("Outcome documents, one a line.")),
        column("note", _("Note"), _("How we read it, where it is not plain.")),
        _lines("statements", _("Statements"), LineKind.STATEMENT, _("What was said, one a line.")),
        *(_field_sources(Meeting, name) for name in SOURCED["meeting"]),
        other_names(_("Other names and acronyms of the meeting.")),
    ),
    lambda rows: rows.select_related("dialogue", "host", "part_of"),
    Meeting,
    prepare=_attach_lines_and_sources,
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
        _heads("head", _("Head of delegation"), "name", _("The name; of several one a line.")),
        _heads(
            "head_title",
            _("Office"),
            "title",
            _("The office that the head of delegation held; of several one a line."),
        ),
        column(
            "capacity",
            _("Capacity"),
            _("In which capacity it came."),
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
    prepare=attach_stated,
)

SOURCES = ExportColumn(
    "sources",
    _("Sources"),
    "text",
    _("The documents that state it: their ids; citations hold the places."),
    lambda line: [citation.report.slug for citation in line.record.sources],
    many=True,
)

LINES = Table(
    "lines",
    _("Lines"),
    _("What documents state of a meeting or a dialogue, line by line: agenda, outcomes, aims."),
    (
        column("ref", _("Id"), _("Names the line; another text is another line.")),
        column("meeting.slug", _("Meeting: id"), _("The meeting that it is of: its id.")),
        column("dialogue.slug", _("Dialogue: id"), _("The dialogue that it is of: its id.")),
        column("kind", _("Kind"), _("What it is."), "word", words=words_of(LineKind.choices)),
        column("text", _("Text"), _("What it says.")),
        column("session", _("Session"), _("Of the meeting, where the document names it.")),
        several(
            "by.code",
            _("By: codes"),
            _("Who made the statement; of a chair for whom they chair: their codes."),
            "by",
            "code",
        ),
        several("by.name", _("By"), _("Their names, in the same order."), "by", "name"),
        SOURCES,
    ),
    lambda rows: rows.select_related("meeting", "dialogue").prefetch_related("by").order_by("ref"),
    Line,
    key=("ref",),
    refers={"meeting.slug": ("meetings", "slug"), "dialogue.slug": ("dialogues", "slug")},
    prepare=_attach_sources,
)

DELEGATES = Table(
    "delegates",
    _("Delegates"),
    _("Who came to a meeting for a participant, as documents name them."),
    (
        column("ref", _("Id"), _("Names the delegate.")),
        column("meeting.slug", _("Meeting: id"), _("The meeting."), at="attendance.meeting.slug"),
        column(
            "participant.code",
            _("Participant: code"),
            _("Whom they came for: its code."),
            at="attendance.participant.code",
        ),
        column("name", _("Name"), _("As the document writes it.")),
        column("title", _("Office"), _("As the document writes it.")),
        ExportColumn(
            "is_head",
            _("Head"),
            "word",
            _("Whether they were head of the delegation; there may be several."),
            lambda line: "yes" if line.record.is_head else "no",
            {"yes": _("Head of delegation."), "no": _("Not said to be head.")},
        ),
        SOURCES,
    ),
    lambda rows: rows.select_related("attendance__meeting", "attendance__participant").order_by(
        "ref"
    ),
    Delegate,
    key=("ref",),
    refers={"meeting.slug": ("meetings", "slug"), "participant.code": ("participants", "code")},
    prepare=_attach_sources,
)
