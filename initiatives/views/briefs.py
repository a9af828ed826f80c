"""The brief before a meeting: of a dialogue, a meeting or a participant, as a page and as a document to edit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _

from ..as_of.current import CurrentView
from ..exports import brief_docx
from ..facets.index import Index
from ..facets.registry import PARTICIPANT
from ..models import Dialogue, Meeting, Membership, Participant
from ..models.sort_keys import said_key
from ..pages.alternate_formats import site_of
from ..pages.brief import Brief, Length, build_brief
from ..pages.brief_meetings import BriefMeetings
from ..pages.glossary import KINDS_OF_PARTICIPANTS
from ..pages.promises import acting_participants, participant_dialogues
from ..query.as_of import read_view
from ..query.parameters import bad_parameters
from ..query.understood import AS_OF
from .not_known import render_not_known
from .public_page import public_file, public_page

BRIEF = ("participant", "length", AS_OF)
LENGTH = _("“page” for one page, “full” for all of it")

Renderer = Callable[[HttpRequest, dict[str, Any]], HttpResponse]


@public_page(BRIEF)
def dialogue_brief(request: HttpRequest, slug: str) -> HttpResponse:
    return _dialogue_brief(request, slug, _render_page)


@public_file(BRIEF)
def dialogue_brief_docx(request: HttpRequest, slug: str) -> HttpResponse:
    return _dialogue_brief(request, slug, _render_document)


@public_page(BRIEF)
def meeting_brief(request: HttpRequest, slug: str) -> HttpResponse:
    return _meeting_brief(request, slug, _render_page)


@public_file(BRIEF)
def meeting_brief_docx(request: HttpRequest, slug: str) -> HttpResponse:
    return _meeting_brief(request, slug, _render_document)


@public_page(("length", AS_OF))
def participant_brief(request: HttpRequest, code: str) -> HttpResponse:
    return _participant_brief(request, code, _render_page)


@public_file(("length", AS_OF))
def participant_brief_docx(request: HttpRequest, code: str) -> HttpResponse:
    return _participant_brief(request, code, _render_document)


@public_page([AS_OF])
def brief_list(request: HttpRequest) -> HttpResponse:
    """Where a brief is chosen: of a participant or of a dialogue."""
    view = read_view(request.GET, Dialogue.objects.public().db)
    participants = acting_participants(view)
    kinds = (
        (heading, [row for row in participants if row.kind == kind])
        for kind, heading in KINDS_OF_PARTICIPANTS.items()
    )
    ctx = {
        "view": view,
        "kinds": [(heading, rows) for heading, rows in kinds if rows],
        "dialogues": sorted(Dialogue.objects.public(), key=said_key),
        "query": view.query(length=Length.ONE.value),
    }
    return render(request, "initiatives/brief_list.html", ctx)


def _dialogue_brief(request: HttpRequest, slug: str, renderer: Renderer) -> HttpResponse:
    public = Dialogue.objects.public()
    view = read_view(request.GET, public.db)
    dialogue = get_object_or_404(public, slug=slug)
    return renderer(request, _context(request, view, dialogue, None))


def _meeting_brief(request: HttpRequest, slug: str, renderer: Renderer) -> HttpResponse:
    public = Meeting.objects.public()
    view = read_view(request.GET, public.db)
    meeting = get_object_or_404(public.select_related("dialogue", "host"), slug=slug)
    if not view.as_known([meeting]):
        return render_not_known(request, view, meeting)
    return renderer(request, _context(request, view, meeting.dialogue, meeting))


def _participant_brief(request: HttpRequest, code: str, renderer: Renderer) -> HttpResponse:
    public = Participant.objects.public()
    view = read_view(request.GET, public.db)
    participant = get_object_or_404(public, code=code)
    if not view.as_known([participant]):
        return render_not_known(request, view, participant)
    dialogues = participant_dialogues(view, participant)
    meetings = BriefMeetings.read_of(view, [dialogue.pk for dialogue in dialogues])
    brief = build_brief(
        view,
        None,
        meeting=None,
        participant=participant,
        earlier=meetings.earlier,
        length=_length(request),
    )
    one_page = {} if brief.is_full else {"length": brief.length.value}
    ctx = {
        "dialogues": dialogues,
        "own_query": f"?{view.query(participant=code, **one_page)}",
        "attendance": None,
        "next_meeting": meetings.next,
    }
    return renderer(request, _addresses(request, brief) | ctx)


def _context(
    request: HttpRequest, view: CurrentView, dialogue: Dialogue, meeting: Meeting | None
) -> dict[str, Any]:
    participant = _participant(request, view.index)
    meetings = BriefMeetings.read(view, dialogue, meeting)
    brief = build_brief(
        view,
        dialogue,
        meeting=meeting,
        participant=participant,
        earlier=meetings.earlier,
        length=_length(request),
    )
    members = Membership.objects.public().filter(dialogue=dialogue).select_related("participant")
    return {
        **_addresses(request, brief),
        "attendance": meetings.last_attendance(view),
        "next_meeting": meetings.next,
        "members": list(dict.fromkeys(membership.participant for membership in members)),
    }


def _addresses(request: HttpRequest, brief: Brief) -> dict[str, Any]:
    page = request.path.removesuffix(".docx").rstrip("/")
    return {
        "brief": brief,
        "view": brief.view,
        "site": site_of(request),
        "page_address": f"{page}/" + _query(brief, brief.length),
        "document_address": f"{page}.docx" + _query(brief, brief.length),
        "lengths": [
            (_("One page"), f"{page}/" + _query(brief, Length.ONE), not brief.is_full),
            (_("Full"), f"{page}/" + _query(brief, Length.FULL), brief.is_full),
        ],
    }


def _query(brief: Brief, length: Length) -> str:
    is_chosen = brief.participant and brief.participant != brief.subject
    own = {"participant": brief.participant.code} if is_chosen and brief.participant else {}
    # A brief is full unless its address asks for one page.
    if length == Length.ONE:
        own["length"] = length.value
    query = brief.view.query(**own)
    return f"?{query}" if query else ""


def _length(request: HttpRequest) -> Length:
    """How long the brief is to be, in full unless the address says so; raises BadParameters."""
    lengths = {value for value in request.GET.getlist("length") if value} or {Length.FULL.value}
    if len(lengths) > 1 or not lengths <= set(Length):
        raise bad_parameters(request.GET, {"length": str(LENGTH)})
    return Length(lengths.pop())


def _participant(request: HttpRequest, index: Index) -> Participant | None:
    """The participant that the address asks for; raises BadParameters for anything but one that exists."""
    codes = {code for code in request.GET.getlist("participant") if code}
    if not codes:
        return None
    participants = index.remember(
        "participants", lambda: Participant.objects.public().in_bulk(), any_day=True
    )
    by_code = {participant.code: participant for participant in participants.values()}
    if len(codes) > 1 or not codes <= by_code.keys():
        raise bad_parameters(request.GET, {"participant": str(PARTICIPANT)})
    return by_code[codes.pop()]


def _render_page(request: HttpRequest, ctx: dict[str, Any]) -> HttpResponse:
    return render(request, "initiatives/brief.html", ctx)


def _render_document(request: HttpRequest, ctx: dict[str, Any]) -> HttpResponse:
    brief: Brief = ctx["brief"]
    of = [row for row in (brief.meeting or brief.dialogue, brief.participant) if row]
    keys = "-".join(str(row.natural_key()[0]) for row in of)
    name = f"brief-{keys}-{brief.view.day.isoformat()}.docx"
    document = brief_docx.write(
        brief, ctx["attendance"], ctx["next_meeting"], ctx["site"], ctx["page_address"]
    )
    response = HttpResponse(document, content_type=brief_docx.CONTENT_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
