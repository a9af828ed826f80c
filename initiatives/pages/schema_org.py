"""What pages are about, in the words of schema.org (JSON-LD), for programs that read pages.

Only what the record holds: a date as precise as its source, and no closer word for what somebody is than it has.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from ..languages import language_tag
from ..models import (
    Attendance,
    Dialogue,
    Initiative,
    Meeting,
    MeetingFormat,
    MeetingState,
    Participant,
    ParticipantKind,
    Report,
    Translated,
)
from ..models.addresses import page_address
from ..models.meeting_hours import moment_of
from ..partial_dates import PartialDate
from .alternate_formats import site_of

CONTEXT = "https://schema.org"
JsonLd = dict[str, Any]

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
ORGANIZATIONS: Mapping[str, str | list[str]] = {
    ParticipantKind.STATE: ["Country", "GovernmentOrganization"],
    ParticipantKind.MINISTRY: "GovernmentOrganization",
    ParticipantKind.UNIVERSITY: "CollegeOrUniversity",
    ParticipantKind.COMPANY: "Corporation",
}
# So that nothing in a text ends the script element, or begins another participant.
_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


def as_script(data: JsonLd) -> str:
    """JSON that may stand inside an element of HTML."""
    return json.dumps({"@context": CONTEXT} | data, ensure_ascii=False).translate(_ESCAPES)


def page_data(request: HttpRequest, context: Mapping[str, Any]) -> JsonLd | None:
    """What a page is about, from what its view gave to the template; None for most pages."""
    match = request.resolver_match
    site = site_of(request)
    view = context.get("view")
    if match is None or (view and view.as_of):
        return None
    match match.url_name:
        case "home":
            return website(site)
        case "initiative_detail" if "initiative" in context:
            return project(context["initiative"], site)
        case "report_detail" if "report" in context:
            return document(context["report"], context.get("issued_by", ()), site)
        case "dialogue_detail" if "dialogue" in context:
            return series(context["dialogue"], site)
        case "data":
            return dataset(site, all_tables=True)
        case "initiative_list":
            return dataset(site, all_tables=False)
        case "meeting_detail" if "meeting" in context:
            return event(context["meeting"], context.get("attendances", ()), site)
        case "participant_detail" if "participant" in context:
            participant = context["participant"]
            whole = participant.part_of
            parent = {"parentOrganization": organization(whole, site)} if whole else {}
            return organization(participant, site) | parent
    return None


def is_web_address(url: str) -> bool:
    """Whether an address leads to the web: not “javascript:”, say."""
    return url.lower().startswith(("https://", "http://"))


def website(site: str) -> JsonLd:
    """The site as a whole, and how it is searched."""
    return {
        "@type": "WebSite",
        "name": _("Initiative tracker"),
        "url": site + page_address("home"),
        "inLanguage": language_tag(),
        "potentialAction": {
            "@type": "SearchAction",
            "target": f"{site}{page_address('search')}?q={{search_term_string}}",
            "query-input": "required name=search_term_string",
        },
    }


def project(initiative: Initiative, site: str) -> JsonLd | None:
    """What was proposed or promised; reads ``dialogue`` and ``raised_at``. None for what is withdrawn.

    What became of it schema.org has no words for; the page in JSON says it.
    """
    if initiative.is_withdrawn:
        return None
    data: JsonLd = {
        "@type": "Project",
        "name": _names(initiative.title, initiative, "title"),
        "url": site + page_address("initiative_detail", initiative.slug),
        "identifier": initiative.slug,
    }
    if initiative.summary:
        data["description"] = _names(initiative.summary, initiative, "summary")
    if initiative.raised_at:
        meeting = initiative.raised_at
        data["event"] = {
            "@type": "Event",
            "name": str(meeting),
            "url": site + page_address("meeting_detail", meeting.slug),
        }
    return data | alternate_names(initiative.other_names.splitlines())


def document(report: Report, issued_by: Iterable[Participant], site: str) -> JsonLd:
    """A document that facts come from."""
    data: JsonLd = {
        "@type": "Report",
        "name": report.title,
        "url": site + report.get_absolute_url(),
        "identifier": report.slug,
        "publisher": {"@type": "Organization", "name": report.publisher},
        "inLanguage": report.language,
    }
    if report.published_on and PartialDate(report.published_on).is_plain:
        data["datePublished"] = str(report.published_on)
    if originals := [url for url in (report.url, report.archived_url) if is_web_address(url)]:
        data["sameAs"] = originals
    if authors := [organization(participant, site) for participant in issued_by]:
        data["author"] = authors
    return data


def series(dialogue: Dialogue, site: str) -> JsonLd:
    """A dialogue, as the series of its meetings."""
    data: JsonLd = {
        "@type": "EventSeries",
        "name": _names(dialogue.name, dialogue, "name"),
        "url": site + dialogue.get_absolute_url(),
        "identifier": dialogue.slug,
    }
    if dialogue.purpose:
        data["description"] = _names(dialogue.purpose, dialogue, "purpose")
    if dialogue.launched_on and PartialDate(dialogue.launched_on).is_plain:
        data["startDate"] = str(dialogue.launched_on)
    names = [dialogue.short_name] if dialogue.short_name else []
    return data | alternate_names([*names, *dialogue.other_names.splitlines()])


def dataset(site: str, *, all_tables: bool) -> JsonLd:
    """All tables, or the list of initiatives as a part of them."""
    licence = settings.DATA_LICENCE["path"]
    everything = {
        "@type": "Dataset",
        "name": _("Initiative tracker"),
        "url": f"{site}{page_address('data')}",
    }
    if all_tables:
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
        "url": f"{site}{page_address('initiative_list')}",
        "license": licence,
        "isAccessibleForFree": True,
        "isPartOf": everything
        | {"license": licence, "description": _("All tables of the record.")},
        "distribution": [
            _download(site, "initiative_list_csv", "text/csv"),
            _download(site, "initiative_list_json", "application/json"),
        ],
    }


def _download(site: str, route: str, content_type: str) -> JsonLd:
    return {
        "@type": "DataDownload",
        "encodingFormat": content_type,
        "contentUrl": f"{site}{page_address(route)}",
    }


def event(meeting: Meeting, attendances: Iterable[Attendance], site: str) -> JsonLd:
    """A meeting; reads ``dialogue`` and ``host``, and the participants of the attendances."""
    data: JsonLd = {
        "@type": "Event",
        "name": _names(meeting.title, meeting, "title"),
        "url": site + meeting.get_absolute_url(),
        "eventStatus": f"{CONTEXT}/{STATES[MeetingState(meeting.state)]}",
        "superEvent": {
            "@type": "EventSeries",
            "name": str(meeting.dialogue),
            "url": site + meeting.dialogue.get_absolute_url(),
        },
    }
    data |= alternate_names(meeting.other_names.splitlines())
    ends_on = meeting.ends_on or (meeting.starts_on if meeting.end_time else None)
    for name, date, hour in (
        ("startDate", meeting.starts_on, meeting.start_time),
        ("endDate", ends_on, meeting.end_time),
    ):
        known = PartialDate(date) if date else None
        if known and hour and known.precision == "day":
            moment = moment_of(known.first_day, hour, meeting.time_zone)
            data[name] = moment.isoformat(timespec="minutes")
        elif known and known.is_plain:
            data[name] = str(date)
    if meeting.format:
        data["eventAttendanceMode"] = f"{CONTEXT}/{MODES[MeetingFormat(meeting.format)]}"
    if meeting.city or meeting.venue:
        data["location"] = {"@type": "Place", "name": meeting.venue or meeting.city}
        if meeting.city:
            data["location"]["address"] = meeting.city
    if meeting.host:
        data["organizer"] = organization(meeting.host, site)
    if attendees := [organization(row.participant, site) for row in attendances]:
        data["attendee"] = attendees
    return data


def organization(participant: Participant, site: str) -> JsonLd:
    """A state takes part through its government; of others the record often says no more than that they are one."""
    data: JsonLd = {
        "@type": ORGANIZATIONS.get(participant.kind, "Organization"),
        "name": _names(participant.name, participant, "name"),
        "url": site + participant.get_absolute_url(),
        "identifier": participant.code,
    }
    names = participant.other_names.splitlines()
    if participant.official_name and participant.official_name != participant.name:
        if participant.kind == ParticipantKind.STATE:
            names.insert(0, participant.official_name)
        else:
            data["legalName"] = participant.official_name
    return data | alternate_names(names)


def alternate_names(names: list[str]) -> JsonLd:
    """Further names: one as a text, several as a list."""
    return {"alternateName": names if len(names) > 1 else names[0]} if names else {}


def _names(name: str, record: Translated, field: str) -> str | list[Any]:
    """A name; where it is said in other languages too, each with its tag."""
    others = record.in_other_languages(field)
    if not others:
        return name
    said = [(record.language, name), *((other.language, other.text) for other in others)]
    return [{"@language": tag, "@value": text} for tag, text in said]
