"""What others undertake and a document welcomes: the pledge of a third party is its own, and nobody else’s."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..as_of.current import CurrentView
from ..models import Act, Capacity, Initiative, Membership, Mention, Participant, Report
from ..models.sort_keys import said_key


@dataclass(frozen=True)
class Welcome:
    """Who welcomes it in the same document; ``by_members`` says that these are all members of the dialogue."""

    participants: Sequence[Participant]
    by_members: bool


def attach_welcomes(view: CurrentView, initiative: Initiative, mentions: Sequence[Mention]) -> None:
    """Set ``welcome`` on mentions that undertake what those who issue the document support in it.

    ``mentions`` have ``said_by``. Two queries where one is such a mention, one more where it is welcomed.
    """
    undertaking = [
        mention
        for mention in mentions
        if mention.act == Act.UNDERTAKEN and _speakers(mention) and not mention.is_withdrawn
    ]
    if not undertaking:
        return
    reports = {mention.report_id for mention in undertaking}
    supporters = _supporters(view, initiative, reports)
    if not supporters:
        return
    issuers = {report: {key for of, key in _issuers(reports) if of == report} for report in reports}
    participants, members = view.participants(), _members(initiative)
    for mention in undertaking:
        pledging = {participant.pk for participant in _speakers(mention)}
        welcoming = supporters.get(mention.report_id, set()) - pledging
        # Who issues the document speaks for itself in it, and is no third party.
        if welcoming and pledging.isdisjoint(issuers[mention.report_id]):
            known = [participants[key] for key in welcoming if key in participants]
            by_members = bool(members) and welcoming == members
            mention.welcome = Welcome(sorted(known, key=said_key), by_members)


def _speakers(mention: Mention) -> Sequence[Participant]:
    return mention.said_by  # type: ignore[attr-defined, no-any-return]


def _supporters(
    view: CurrentView, initiative: Initiative, reports: set[int]
) -> dict[int, set[int]]:
    supporting: Any = view.mentions().filter(
        initiative=initiative, report__in=reports, act=Act.SUPPORTED, by__isnull=False
    )
    supporters: dict[int, set[int]] = {}
    for report, key in supporting.order_by().values_list("report", "by"):
        supporters.setdefault(report, set()).add(key)
    return supporters


def _issuers(reports: set[int]) -> list[tuple[int, int]]:
    through: Any = Report.issued_by.through._default_manager
    rows = through.filter(report__in=reports).order_by()
    return list(rows.values_list("report", "participant"))


def _members(initiative: Initiative) -> set[int]:
    rows = Membership.objects.filter(dialogue=initiative.dialogue_id, capacity=Capacity.MEMBER)
    return set(rows.order_by().values_list("participant", flat=True))
