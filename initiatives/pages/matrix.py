"""Who does what in which initiative: initiatives of a list against the participants in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef
from pyroaring import BitMap

from ..as_of.current import CurrentView
from ..facets.index import Index
from ..models import Membership, Participant, ParticipantKind, Role, RoleKind
from ..partial_dates import PartialDate
from ..query.filters import InitiativeFilter

# Columns of a page; more would be neither read nor compared.
MOST_COLUMNS = 60
LETTERS = {
    RoleKind.PROPOSER: "P",
    RoleKind.SUPPORTER: "S",
    RoleKind.LEAD: "L",
    RoleKind.IMPLEMENTER: "I",
    RoleKind.FUNDER: "F",
    RoleKind.BENEFICIARY: "B",
}

# By the primary keys of initiatives and of participants.
Cells = dict[int, dict[int, "MatrixCell"]]


class MatrixFilter(InitiativeFilter):
    """The parameters of the matrix: those of the list of initiatives, in one layout only."""

    layouts = {}


@dataclass(frozen=True, slots=True)
class OwnStatus:
    """Where a participant's own part stands: status, as of when, and the document that says so."""

    status: str
    on: PartialDate | None
    report: str


@dataclass(slots=True)
class MatrixCell:
    """What one participant does in one initiative: its roles in their order, and its own status where one is known."""

    roles: list[RoleKind] = field(default_factory=list)
    own: OwnStatus | None = None

    @property
    def letters(self) -> str:
        return " ".join(LETTERS[role] for role in self.roles)

    @property
    def words(self) -> str:
        return ", ".join(str(role.label) for role in self.roles)


@dataclass(frozen=True)
class MatrixColumns:
    """The participants with a column, and those without one.

    ``beyond`` have a part in the list, but more than ``MOST_COLUMNS`` others have one in more of it; ``members`` belong
    to a dialogue of the list and have no part in it; ``others`` is how many more participants there are.
    """

    shown: list[Participant]
    beyond: list[Participant]
    members: list[Participant]
    others: int


def participant_columns(
    filters: InitiativeFilter, most: int | None = MOST_COLUMNS
) -> MatrixColumns:
    """The columns of a list as a whole, the same on each of its pages: states, groups and organisations by name.

    What is read for it is read once for each version of the data.
    """
    index = filters.index
    listed = index.matching(
        filters.selection, filters.text_matches.all if filters.text_matches else None
    )
    participants = index.remember("participants", lambda: Participant.objects.public().in_bulk())
    without_role = index.remember("own_alone", lambda: _own_status_without_role(filters.view))
    counts = {
        key: len(listed & (index.having("participant", row.code) | without_role.get(key, BitMap())))
        for key, row in participants.items()
    }
    with_part = [row for key, row in participants.items() if counts[key]]
    by_count = sorted(with_part, key=lambda row: (-counts[row.pk], row.name, row.code))
    members = {key for key in _members(index, listed) if key in participants and not counts[key]}
    return MatrixColumns(
        by_kind(by_count[:most]),
        by_kind(by_count[most:]) if most else [],
        by_kind(participants[key] for key in members),
        len(participants) - len(with_part) - len(members),
    )


def by_kind(participants: Iterable[Participant]) -> list[Participant]:
    """States, groups and organisations, each by name."""
    kinds = [ParticipantKind.STATE, ParticipantKind.GROUP, ParticipantKind.ORGANISATION]
    return sorted(
        participants, key=lambda row: (kinds.index(ParticipantKind(row.kind)), row.name, row.code)
    )


def _own_status_without_role(view: CurrentView) -> dict[int, BitMap]:
    """By participant: the initiatives in which it has a status of its own and no role."""
    same = {"initiative": OuterRef("initiative"), "participant": OuterRef("participant")}
    rows = view.updates().filter(~Exists(Role.objects.filter(**same)), participant__isnull=False)
    initiatives: dict[int, BitMap] = defaultdict(BitMap)
    for participant, initiative in rows.order_by().values_list("participant", "initiative"):
        initiatives[participant].add(initiative)
    return initiatives


def _members(index: Index, listed: BitMap) -> set[int]:
    """The keys of the members of all dialogues that have an initiative in the list."""

    def read() -> dict[str, set[int]]:
        members: dict[str, set[int]] = defaultdict(set)
        rows = Membership.objects.public().order_by().values_list("dialogue__slug", "participant")
        for slug, participant in rows:
            members[slug].add(participant)
        return members

    members = index.remember("members", read)
    of_list = (keys for slug, keys in members.items() if listed & index.having("dialogue", slug))
    return set().union(*of_list)


def read_cells(view: CurrentView, keys: Collection[int]) -> Cells:
    """The cells of initiatives, by their primary keys, that are not empty; two queries."""
    cells: Cells = defaultdict(lambda: defaultdict(MatrixCell))
    roles = Role.objects.once_public().filter(initiative__in=keys).order_by()
    for initiative, participant, role in roles.values_list("initiative", "participant", "role"):
        cells[initiative][participant].roles.append(RoleKind(role))
    updates = view.updates().filter(initiative__in=keys, participant__isnull=False)
    columns = ("initiative", "participant", "status", "on", "report__slug")
    for initiative, participant, status, on, report in updates.newest_first().values_list(*columns):
        cell = cells[initiative][participant]
        if cell.own is None:
            cell.own = OwnStatus(status, on, report or "")
    order = list(RoleKind)
    for row in cells.values():
        for cell in row.values():
            cell.roles.sort(key=order.index)
    return cells
