"""The brief before a meeting: of a dialogue or of one of its meetings, as a page and as a document to edit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from ..as_of.current import CurrentView
from ..exports import brief_docx
from ..facets.index import Index
from ..facets.registry import PARTICIPANT
from ..models import Dialogue, Meeting, Membership, Participant
from ..pages.alternate_formats import site_of
from ..pages.brief import Brief, build_brief
from ..pages.brief_meetings import BriefMeetings
from ..query.as_of import read_view
from ..query.parameters import bad_parameters
from ..query.understood import AS_OF
from .not_known import render_not_known
from .public_page import public_file, public_page

BRIEF = ("participant", AS_OF)

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


def _context(
    request: HttpRequest, view: CurrentView, dialogue: Dialogue, meeting: Meeting | None
) -> dict[str, Any]:
    participant = _participant(request, view.index)
    meetings = BriefMeetings.read(view, dialogue, meeting)
    brief = build_brief(
        view, dialogue, meeting=meeting, participant=participant, earlier=meetings.earlier
    )
    members = Membership.objects.public().filter(dialogue=dialogue).select_related("participant")
    page = request.path.removesuffix(".docx").rstrip("/")
    return {
        "brief": brief,
        "view": view,
        "attendance": meetings.last_attendance(view),
        "next_meeting": meetings.next,
        "members": [membership.participant for membership in members],
        "site": site_of(request),
        "page_address": f"{page}/" + _query(brief),
        "document_address": f"{page}.docx" + _query(brief),
        "everybody_address": f"{page}/" + (f"?{view.query()}" if view.as_of else ""),
    }


def _query(brief: Brief) -> str:
    own = {"participant": brief.participant.code} if brief.participant else {}
    query = brief.view.query(**own)
    return f"?{query}" if query else ""


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
    subject = (brief.meeting or brief.dialogue).slug
    participant = f"-{brief.participant.code}" if brief.participant else ""
    name = f"brief-{subject}{participant}-{brief.view.day.isoformat()}.docx"
    document = brief_docx.write(
        brief, ctx["attendance"], ctx["next_meeting"], ctx["site"], ctx["page_address"]
    )
    response = HttpResponse(document, content_type=brief_docx.CONTENT_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
