"""Who is in an initiative, each with the documents that say so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import CharField, F, QuerySet, Value

from ..as_of.current import CurrentView
from ..models import Initiative, InvolvementCapacity, Mention, Participant, Report, Role
from ..models.involvement import OF_ACT
from ..models.sort_keys import said_key
from ..partial_dates import sort_key
from .language_versions import once_a_document, with_versions

# Capacity and key of a participant.
Place = tuple[str, int]


@dataclass(frozen=True)
class DocumentPlace:
    """Where a document says it, as a citation does."""

    report: Report
    locator: str


@dataclass
class InvolvedParticipant:
    """A participant in one capacity; ``sources`` are places in documents, none where no document is recorded.

    ``acts`` are the words of the mentions that make it that.
    """

    capacity: InvolvementCapacity
    participant: Participant
    sources: list[Any] = field(default_factory=list)
    acts: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class InvolvedTogether:
    """Participants of one capacity that the same places in documents name."""

    participants: Sequence[Participant]
    sources: Sequence[Any]


def by_capacity(
    involved: Iterable[InvolvedParticipant],
) -> list[tuple[InvolvementCapacity, list[InvolvedTogether]]]:
    """Those in an initiative (in the order of capacities) for its page.

    Each place in a document is said once, whatever language versions it has.
    """
    groups: dict[InvolvementCapacity, dict[Any, list[InvolvedParticipant]]] = {}
    for row in involved:
        places = frozenset((source.report.head_id, source.locator) for source in row.sources)
        groups.setdefault(row.capacity, {}).setdefault(places, []).append(row)
    return [
        (
            capacity,
            [
                InvolvedTogether(
                    [row.participant for row in rows], once_a_document(rows[0].sources)
                )
                for rows in by_places.values()
            ],
        )
        for capacity, by_places in groups.items()
    ]


def involved_with_sources(
    view: CurrentView, initiative: Initiative, mentions: Sequence[Mention]
) -> tuple[dict[Place, InvolvedParticipant], list[Role]]:
    """Who is in it, in the order of capacities and names, and the roles, whose citations are to be added.

    Sets on each of ``mentions`` who said it (``said_by``). Two queries, and one for documents of other mentions.
    """
    participants = view.participants()
    involved = {
        (capacity, key): InvolvedParticipant(InvolvementCapacity(capacity), participants[key])
        for key, capacity in view.involved([initiative.pk])[initiative.pk]
        # Who was added while this page is made is left out; it will be made again.
        if key in participants
    }
    on_page = [mention.pk for mention in mentions]
    rows = view.read(_rows, initiative.pk, on_page, at=initiative.withdrawn_at)
    roles = [
        Role(pk=key, initiative=initiative, role=word, participant=participants[participant])
        for kind, key, word, _locator, participant, _report in rows
        if kind == "role" and (word, participant) in involved
    ]
    _attach_said_by(mentions, rows, participants)
    _attach_places(
        view, involved, rows, {row.report_id: row.report for row in with_versions(mentions)}
    )
    order = list(InvolvementCapacity)
    in_order = sorted(
        involved.items(),
        key=lambda item: (order.index(item[1].capacity), said_key(item[1].participant)),
    )
    return dict(in_order), roles


def _rows(view: CurrentView, initiative: int, mentions: Sequence[int], at: datetime | None) -> Any:
    """Kind, key, word, locator, participant and report of all that names a participant of it."""
    through: Any = Mention.by.through._default_manager
    columns = ("kind", "key", "word", "place", "who", "document")

    def read(rows: Any, kind: str, key: str, word: Any, place: Any, document: Any) -> Any:
        text = CharField()
        return (
            rows.order_by()
            .annotate(kind=Value(kind, text), key=F(key), word=word, place=place)
            .annotate(who=F("participant"), document=document)
            .values_list(*columns)
        )

    nothing, none = Value("", CharField()), Value(0)
    telling = _telling(view.mentions, at).filter(initiative=initiative).order_by().values("pk")
    of_standing = through.filter(mention__in=telling)
    on_page = through.filter(mention__in=mentions)
    own = _telling(view.updates, at).filter(initiative=initiative, participant__isnull=False)
    act, place, report = F("mention__act"), F("mention__locator"), F("mention__report")
    return read(of_standing, "mention", "mention", act, place, report).union(
        read(on_page, "speaker", "mention", act, place, report),
        read(own, "update", "pk", nothing, F("locator"), F("report")),
        read(view.roles().filter(initiative=initiative), "role", "pk", F("role"), nothing, none),
        all=True,
    )


def _telling(read: Callable[..., Any], at: datetime | None) -> Any:
    """The entries that say who is in it: those that stand, of what is withdrawn those that were withdrawn with it.

    The latter bear the moment of that step.
    """
    return read(withdrawn=True).filter(withdrawn_at=at) if at else read()


def _attach_said_by(
    mentions: Sequence[Mention], rows: Sequence[Any], participants: Mapping[int, Participant]
) -> None:
    said_by: dict[int, list[Participant]] = defaultdict(list)
    for kind, key, _word, _locator, participant, _report in rows:
        if kind == "speaker" and participant in participants:
            said_by[key].append(participants[participant])
    for mention in mentions:
        mention.said_by = sorted(said_by[mention.pk], key=said_key)  # type: ignore[attr-defined]


def _attach_places(
    view: CurrentView,
    involved: dict[Place, InvolvedParticipant],
    rows: Sequence[Any],
    reports: dict[int, Report],
) -> None:
    """Give everybody the places of mentions and updates that say so, in the order of their documents."""
    saying = [row for row in rows if row[0] in ("mention", "update") and row[5]]
    if missing := {row[5] for row in saying} - reports.keys():
        reports = reports | {row.pk: row for row in view.read(_reports, [*missing])}
    saying.sort(key=lambda row: (sort_key(reports[row[5]].published_on), reports[row[5]].slug))
    for _kind, _key, word, locator, participant, report in saying:
        capacity = OF_ACT.get(word, InvolvementCapacity.MENTIONED)
        if row := involved.get((capacity, participant)):
            row.sources.append(DocumentPlace(reports[report], locator))
            row.acts.add(word)


def _reports(_view: CurrentView, keys: Sequence[int]) -> QuerySet[Report]:
    return Report.objects.filter(pk__in=keys).order_by()
