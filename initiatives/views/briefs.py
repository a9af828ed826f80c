"""The brief before a meeting: of a dialogue or of one of its meetings, as a page and as a document to edit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from ..as_of.current import CurrentView
from ..exports import brief_docx
from ..facets.index import Index
from ..models import Dialogue, Meeting, Membership, Participant
from ..pages.alternate_formats import site_of
from ..pages.brief import Brief, make_brief
from ..pages.brief_meetings import Meetings
from ..query.as_of import read_view
from ..query.filters import PARTICIPANT
from ..query.parameters import bad_parameters
from .not_known import not_known
from .public_page import public_page

Answer = Callable[[HttpRequest, dict[str, Any]], HttpResponse]


@public_page
def dialogue_brief(request: HttpRequest, slug: str) -> HttpResponse:
    return _of_dialogue(request, slug, _page)


@public_page
def dialogue_brief_docx(request: HttpRequest, slug: str) -> HttpResponse:
    return _of_dialogue(request, slug, _document)


@public_page
def meeting_brief(request: HttpRequest, slug: str) -> HttpResponse:
    return _of_meeting(request, slug, _page)


@public_page
def meeting_brief_docx(request: HttpRequest, slug: str) -> HttpResponse:
    return _of_meeting(request, slug, _document)


def _of_dialogue(request: HttpRequest, slug: str, answer: Answer) -> HttpResponse:
    public = Dialogue.objects.public()
    view = read_view(request.GET, public.db)
    dialogue = get_object_or_404(public, slug=slug)
    return answer(request, _context(request, view, dialogue, None))


def _of_meeting(request: HttpRequest, slug: str, answer: Answer) -> HttpResponse:
    public = Meeting.objects.public()
    view = read_view(request.GET, public.db)
    meeting = get_object_or_404(public.select_related("dialogue", "host"), slug=slug)
    if not view.meetings([meeting]):
        return not_known(request, view, meeting)
    return answer(request, _context(request, view, meeting.dialogue, meeting))


def _context(
    request: HttpRequest, view: CurrentView, dialogue: Dialogue, meeting: Meeting | None
) -> dict[str, Any]:
    participant = _participant(request, view.index)
    meetings = Meetings.read(view, dialogue, meeting)
    brief = make_brief(view, dialogue, meeting=meeting, participant=participant, held=meetings.held)
    members = Membership.objects.public().filter(dialogue=dialogue).select_related("participant")
    page = request.path.removesuffix(".docx").rstrip("/")
    return {
        "brief": brief,
        "view": view,
        "came": meetings.came(view),
        "next_meeting": meetings.next,
        "members": [one.participant for one in members],
        "site": site_of(request),
        "page_address": f"{page}/" + _query(brief),
        "document_address": f"{page}.docx" + _query(brief),
        "everybody_address": f"{page}/" + (f"?{view.query}" if view.asked else ""),
    }


def _query(brief: Brief) -> str:
    parts = [f"participant={brief.participant.code}"] if brief.participant else []
    parts += [brief.view.query] if brief.view.asked else []
    return f"?{'&'.join(parts)}" if parts else ""


def _participant(request: HttpRequest, held: Index) -> Participant | None:
    """The participant that the address asks for; raises BadParameters for anything but one that exists."""
    codes = {code for code in request.GET.getlist("participant") if code}
    if not codes:
        return None
    everybody = held.keep("participants", lambda: Participant.objects.public().in_bulk())
    found = [one for one in everybody.values() if one.code in codes]
    if len(codes) > 1 or not found:
        raise bad_parameters(request.GET, {"participant": str(PARTICIPANT)})
    return found[0]


def _page(request: HttpRequest, ctx: dict[str, Any]) -> HttpResponse:
    return render(request, "initiatives/brief.html", ctx)


def _document(request: HttpRequest, ctx: dict[str, Any]) -> HttpResponse:
    brief: Brief = ctx["brief"]
    about = (brief.meeting or brief.dialogue).slug
    whose = f"-{brief.participant.code}" if brief.participant else ""
    name = f"brief-{about}{whose}-{brief.view.day.isoformat()}.docx"
    written = brief_docx.write(
        brief, ctx["came"], ctx["next_meeting"], ctx["site"], ctx["page_address"]
    )
    response = HttpResponse(written, content_type=brief_docx.CONTENT_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
