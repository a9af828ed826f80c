"""What pages are about, in the words of schema.org (JSON-LD), for programs that read pages.

Only what the record holds: a date as precise as its source, and no word for what an organisation is but that it is one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from ..models import Attendance, Meeting, MeetingFormat, MeetingState, Participant, ParticipantKind
from .alternate_formats import site_of

CONTEXT = "https://schema.org"
Thing = dict[str, Any]

STATES = {
    MeetingState.PLANNED: "EventScheduled",
    MeetingState.HELD: "EventScheduled",
    MeetingState.POSTPONED: "EventPostponed",
    MeetingState.CANCELLED: "EventCancelled",
}
MODES = {
    MeetingFormat.IN_PERSON: "OfflineEventAttendanceMode",
    MeetingFormat.VIDEOCONFERENCE: "OnlineEventAttendanceMode",
    MeetingFormat.HYBRID: "MixedEventAttendanceMode",
}
# So that nothing in a text ends the script element, or begins another one.
_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


def as_script(thing: Thing) -> str:
    """JSON that may stand inside an element of HTML."""
    return json.dumps({"@context": CONTEXT} | thing, ensure_ascii=False).translate(_ESCAPES)


def of_page(request: HttpRequest, context: Mapping[str, Any]) -> Thing | None:
    """What a page is about, from what its view gave to the template; None for most pages."""
    match = request.resolver_match
    site = site_of(request)
    view = context.get("view")
    if match is None or (view and view.asked):
        return None
    match match.url_name:
        case "data":
            return dataset(site, whole=True)
        case "initiative_list":
            return dataset(site, whole=False)
        case "meeting_detail" if "meeting" in context:
            return event(context["meeting"], context.get("attendances", ()), site)
        case "participant_detail" if "participant" in context:
            return participant(context["participant"], site)
    return None


def dataset(site: str, *, whole: bool) -> Thing:
    """All tables, or the list of initiatives as a part of them."""
    licence = settings.DATA_LICENCE["path"]
    everything = {
        "@type": "Dataset",
        "name": _("Initiative tracker"),
        "url": f"{site}{reverse('initiatives:data')}",
    }
    if whole:
        return everything | {
            "description": _(
                "What governments promise one another in their standing dialogues, and what became of it, with the"
                " document that each fact rests on."
            ),
            "license": licence,
            "isAccessibleForFree": True,
            "inLanguage": "en",
            "distribution": [
                _download(site, "data_archive", "application/zip"),
                _download(site, "data_package", "application/json"),
            ],
        }
    return {
        "@type": "Dataset",
        "name": _("Initiatives"),
        "description": _("What was proposed or promised in a dialogue, and where it stands."),
        "url": f"{site}{reverse('initiatives:initiative_list')}",
        "license": licence,
        "isAccessibleForFree": True,
        "isPartOf": everything
        | {"license": licence, "description": _("All tables of the record.")},
        "distribution": [
            _download(site, "initiative_list_csv", "text/csv"),
            _download(site, "initiative_list_json", "application/json"),
        ],
    }


def _download(site: str, route: str, content_type: str) -> Thing:
    return {
        "@type": "DataDownload",
        "encodingFormat": content_type,
        "contentUrl": f"{site}{reverse(f'initiatives:{route}')}",
    }


def event(meeting: Meeting, attendances: Iterable[Attendance], site: str) -> Thing:
    """A meeting; reads ``dialogue`` and ``host``, and the participants of the attendances."""
    found: Thing = {
        "@type": "Event",
        "name": meeting.title,
        "url": site + meeting.get_absolute_url(),
        "eventStatus": f"{CONTEXT}/{STATES[MeetingState(meeting.state)]}",
        "superEvent": {
            "@type": "EventSeries",
            "name": meeting.dialogue.name,
            "url": site + meeting.dialogue.get_absolute_url(),
        },
    }
    if meeting.starts_on:
        found["startDate"] = str(meeting.starts_on)
    if meeting.ends_on:
        found["endDate"] = str(meeting.ends_on)
    if meeting.format:
        found["eventAttendanceMode"] = f"{CONTEXT}/{MODES[MeetingFormat(meeting.format)]}"
    if meeting.city or meeting.venue:
        found["location"] = {"@type": "Place", "name": meeting.venue or meeting.city}
        if meeting.city:
            found["location"]["address"] = meeting.city
    if meeting.host:
        found["organizer"] = participant(meeting.host, site)
    if came := [participant(one.participant, site) for one in attendances]:
        found["attendee"] = came
    return found


def participant(one: Participant, site: str) -> Thing:
    """A state takes part through its government; of an organisation the record says no more than that."""
    is_state = one.kind == ParticipantKind.STATE
    found: Thing = {
        "@type": ["Country", "GovernmentOrganization"] if is_state else "Organization",
        "name": one.name,
        "url": site + one.get_absolute_url(),
        "identifier": one.code,
    }
    if one.official_name and one.official_name != one.name:
        found["legalName" if not is_state else "alternateName"] = one.official_name
    return found
