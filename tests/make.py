"""Rows for tests, with defaults: a test says only what it speaks of. Everything is public.

Tests write `from tests import make` and `make.initiative()`, and so do makers among themselves: a
parameter may be called like a maker.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from initiatives.models import (
    Act,
    AnyEntry,
    Attendance,
    Capacity,
    Citation,
    Criterion,
    Delegate,
    DeliveryStatus,
    Dialogue,
    Discrepancy,
    EvidenceGrade,
    Initiative,
    Line,
    Lineage,
    LineageKind,
    LineKind,
    Meeting,
    MeetingKind,
    Membership,
    Mention,
    Participant,
    Publication,
    Record,
    Report,
    Role,
    RoleKind,
    StatusUpdate,
    Target,
    Theme,
    Verifiability,
)
from initiatives.recording import actions
from initiatives.recording.bulk_history import change_all
from initiatives.recording.criteria import record_criterion
from tests import make

_numbers = itertools.count(1)
SHOWN: dict[str, Any] = {"publication": Publication.PUBLIC}


def _key(word: str) -> str:
    return f"{word}-{next(_numbers)}"


def participant(code: str | None = None, **kwargs: Any) -> Participant:
    code = code or _key("country")
    return Participant.objects.create(code=code, **{"name": code.title()} | SHOWN | kwargs)


def dialogue(
    slug: str | None = None, *, members: Iterable[Participant] = (), **kwargs: Any
) -> Dialogue:
    slug = slug or _key("dialogue")
    dialogue = Dialogue.objects.create(slug=slug, **{"name": slug.title()} | kwargs)
    for participant in members:
        Membership.objects.create(dialogue=dialogue, participant=participant)
    return dialogue


def meeting(
    slug: str | None = None, *, attended_by: Iterable[Participant] = (), **kwargs: Any
) -> Meeting:
    slug = slug or _key("meeting")
    defaults = {"kind": MeetingKind.FOREIGN_MINISTERS, "title": slug.title()}
    defaults |= {"starts_on": "2022-04-15"} | SHOWN
    kwargs.setdefault("dialogue", None)
    kwargs["dialogue"] = kwargs["dialogue"] or make.dialogue()
    meeting = Meeting.objects.create(slug=slug, **defaults | kwargs)
    for participant in attended_by:
        make.attendance(meeting=meeting, participant=participant)
    return meeting


def attendance(
    *,
    meeting: Meeting | None = None,
    participant: Participant | None = None,
    heads: Iterable[str] = (),
    **kwargs: Any,
) -> Attendance:
    attendance = Attendance.objects.create(
        meeting=meeting or make.meeting(),
        participant=participant or make.participant(),
        **{"capacity": Capacity.MEMBER} | kwargs,
    )
    for name in heads:
        make.delegate(attendance=attendance, name=name, is_head=True)
    return attendance


def delegate(*, attendance: Attendance | None = None, **kwargs: Any) -> Delegate:
    delegate = Delegate(attendance=attendance or make.attendance(), **kwargs)
    if not delegate.name and not delegate.title:
        delegate.name = _key("Delegate")
    delegate.ref = delegate.make_ref()
    delegate.save()
    return delegate


def line(text: str | None = None, *, by: Iterable[Participant] = (), **kwargs: Any) -> Line:
    """An item of the agenda of a meeting, unless it is of another kind."""
    if "dialogue" not in kwargs and "meeting" not in kwargs:
        kwargs["meeting"] = make.meeting()
    line = Line(text=text or _key("Line"), **{"kind": LineKind.AGENDA} | kwargs)
    line.ref = line.make_ref()
    line.save()
    line.by.set(by)
    return line


def report(
    slug: str | None = None, *, issued_by: Iterable[Participant] = (), **kwargs: Any
) -> Report:
    slug = slug or _key("report")
    defaults = {
        "title": slug.title(),
        "publisher": "Ministry of Foreign Affairs",
        "kind": EvidenceGrade.JOINT,
        "published_on": "2022-04-17",
        "language": "en",
        "url": f"https://example.org/{slug}",
    }
    report = Report.objects.create(slug=slug, **defaults | SHOWN | kwargs)
    report.issued_by.set(issued_by)
    return report


def theme(slug: str | None = None, **kwargs: Any) -> Theme:
    slug = slug or _key("theme")
    return Theme.objects.create(slug=slug, **{"name": slug.title()} | SHOWN | kwargs)


def _unsourced(of_initiative: dict[str, Any]) -> dict[str, Any]:
    """A due date that a test gives an initiative itself is one that no mention states."""
    return {
        f"unsourced_{n}": of_initiative[n] for n in ("due_on", "due_note") if n in of_initiative
    }


def initiative(
    slug: str | None = None,
    *,
    themes: Iterable[Theme] = (),
    proposers: Iterable[Participant] = (),
    **kwargs: Any,
) -> Initiative:
    slug = slug or _key("initiative")
    defaults = {"title": slug.title(), "publication": Publication.PUBLIC}
    meeting = kwargs.get("raised_at")
    if "dialogue" not in kwargs:
        kwargs["dialogue"] = meeting.dialogue if meeting else make.dialogue()
    initiative = Initiative.objects.create(slug=slug, **defaults | _unsourced(kwargs) | kwargs)
    initiative.themes.set(themes)
    for participant in proposers:
        make.role(initiative=initiative, participant=participant)
    actions.refresh([initiative.pk])
    initiative.refresh_from_db()
    return initiative


def role(
    *,
    initiative: Initiative | None = None,
    participant: Participant | None = None,
    role: RoleKind | str = RoleKind.PROPOSER,
) -> Role:
    row = Role.objects.create(
        initiative=initiative or make.initiative(),
        participant=participant or make.participant(),
        role=role,
    )
    actions.refresh([row.initiative_id])
    return row


def target(*, initiative: Initiative | None = None, **kwargs: Any) -> Target:
    defaults = {"metric": _key("students"), "value": 600}
    row = Target.objects.create(initiative=initiative or make.initiative(), **defaults | kwargs)
    actions.refresh([row.initiative_id])
    return row


def lineage(
    *,
    earlier: Initiative | None = None,
    later: Initiative | None = None,
    relation: LineageKind | str = LineageKind.BUILDS_ON,
) -> Lineage:
    return Lineage.objects.create(
        earlier=earlier or make.initiative(), later=later or make.initiative(), relation=relation
    )


def mention(
    *, initiative: Initiative | None = None, report: Report | None = None, **kwargs: Any
) -> Mention:
    defaults = {"by": None, "act": Act.PROPOSED, "locator": "para 6"}
    return actions.record_mention(
        initiative=initiative or make.initiative(),
        report=report or make.report(),
        **defaults | kwargs,
    )


def earlier_mention(initiative: Initiative) -> Mention:
    """Let a document of long ago speak of an initiative, so that its other mentions may go."""
    return make.mention(
        initiative=initiative, act=Act.MENTIONED, report=make.report(published_on="1999")
    )


def hidden_again(row: Initiative | AnyEntry) -> None:
    """Make a public row a draft, as was possible before the register: such rows came along."""
    row.refresh_from_db()
    row.publication = Publication.DRAFT
    change_all([row], ["publication"], by=None, reason="Taken back to draft")
    actions.refresh([row.pk if isinstance(row, Initiative) else row.initiative_id])


def update(
    *,
    initiative: Initiative | None = None,
    status: DeliveryStatus | str = DeliveryStatus.UNDER_WAY,
    **kwargs: Any,
) -> StatusUpdate:
    """An update on evidence; ``not_reviewed`` has none unless it is given."""
    defaults: dict[str, Any] = {"by": None, "what": "Work has begun.", "on": "2022-04-17"}
    if status != DeliveryStatus.NOT_REVIEWED:
        kwargs.setdefault("report", None)
        kwargs["report"] = kwargs["report"] or make.report()
        defaults["locator"] = "para 7"
    return actions.record_status(
        initiative=initiative or make.initiative(), status=status, **defaults | kwargs
    )


def criterion(*, initiative: Initiative | None = None, **kwargs: Any) -> Criterion:
    """What would count as delivered, in our reading unless a report is given."""
    said: dict[str, Any] = {
        "by": None,
        "what": "Students are enrolled.",
        "verifiability": Verifiability.VERIFIABLE,
    }
    if kwargs.get("report"):
        said["locator"] = "para 8"
    else:
        said |= {"read_by": "the editors", "read_on": "2022-05-03"}
    return record_criterion(initiative=initiative or make.initiative(), **said | kwargs)


def reading(target: Target, value: Any, **kwargs: Any) -> StatusUpdate:
    """An update that only reports a value of a target."""
    said: dict[str, Any] = {"initiative": target.initiative, "status": "", "what": ""}
    return update(**said | {"target": target, "value": Decimal(value)} | kwargs)


def look(*, initiative: Initiative | None = None, **kwargs: Any) -> StatusUpdate:
    """An update that says that somebody looked and found nothing, without a document."""
    said: dict[str, Any] = {
        "by": None,
        "what": "Nothing of it.",
        "looked_by": "the editors",
        "looked_on": "2026-05-03",
        "looked_in": "the sites of both ministries",
    }
    return actions.record_status(
        initiative=initiative or make.initiative(),
        status=DeliveryStatus.NO_INFORMATION,
        **said | kwargs,
    )


def discrepancy(slug: str | None = None, **kwargs: Any) -> Discrepancy:
    slug = slug or _key("discrepancy")
    return Discrepancy.objects.create(slug=slug, **{"topic": slug.title()} | kwargs)


def citation(*, report: Report | None = None, locator: str = "para 1", **about: Any) -> Citation:
    """A report cited for one thing: ``make.citation(role=…)``; ``says`` may be given too."""
    subject = next(value for value in about.values() if isinstance(value, Record))
    report = report or make.report()
    citation = Citation(report=report, locator=locator, **about)
    citation.ref = _key(citation.make_ref())
    citation.save()
    update = subject if isinstance(subject, StatusUpdate) else None
    if update:
        actions.refresh([update.initiative_id])
    return citation


def initiatives(
    count: int,
    *,
    raised_at: Meeting,
    report: Report,
    participant: Participant,
    theme: Theme,
    **kwargs: Any,
) -> list[Initiative]:
    """Many initiatives at once that share all the rest; each with a mention, an update, a role and a theme."""
    numbers = [next(_numbers) for _ in range(count)]
    initiatives = Initiative.objects.bulk_create(
        Initiative(
            slug=f"initiative-{number}",
            title=f"Initiative {number}",
            dialogue=raised_at.dialogue,
            raised_at=raised_at,
            **{"publication": Publication.PUBLIC} | _unsourced(kwargs) | kwargs,
        )
        for number in numbers
    )
    Initiative.themes.through.objects.bulk_create(
        Initiative.themes.through(initiative=initiative, theme=theme) for initiative in initiatives
    )
    Role.objects.bulk_create(
        Role(initiative=initiative, participant=participant, role=RoleKind.PROPOSER)
        for initiative in initiatives
    )
    mentions = [
        Mention(
            ref=f"{report.slug}/{initiative.slug}/proposed",
            initiative=initiative,
            report=report,
            act=Act.PROPOSED,
            locator="para 6",
        )
        for initiative in initiatives
    ]
    keys = {index: [participant.pk] for index in range(count)}
    actions.append(mentions, by=None, reason="Recorded", related=keys)
    updates = [
        StatusUpdate(
            ref=f"{report.slug}/{initiative.slug}/{index}",
            initiative=initiative,
            report=report,
            status=list(DeliveryStatus)[index % len(DeliveryStatus)],
            on="2022-04-17",
            what="Work has begun.",
            locator="para 7",
            participant=participant if index % 2 else None,
        )
        for index, initiative in enumerate(initiatives)
    ]
    actions.append(updates, by=None, reason="Recorded", related={})
    actions.refresh(initiative.pk for initiative in initiatives)
    return initiatives
