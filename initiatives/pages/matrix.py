"""Who does what in which initiative: initiatives of a list against the participants in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.utils.translation import pgettext_lazy
from pyroaring import BitMap

from ..as_of.current import CurrentView
from ..facets.index import Index
from ..languages import series
from ..models import InvolvementCapacity, Membership, Participant, ParticipantKind
from ..models.sort_keys import said_key
from ..partial_dates import PartialDate
from ..query.filters import InitiativeFilter

# Columns of a page; more would be neither read nor compared.
MOST_COLUMNS = 60
LETTERS = {
    InvolvementCapacity.PROPOSER: pgettext_lazy("letter in a cell of the matrix: proposer", "P"),
    InvolvementCapacity.SUPPORTER: pgettext_lazy("letter in a cell of the matrix: supporter", "S"),
    InvolvementCapacity.PARTY: pgettext_lazy("letter in a cell of the matrix: party", "C"),
    InvolvementCapacity.LEAD: pgettext_lazy("letter in a cell of the matrix: lead", "L"),
    InvolvementCapacity.IMPLEMENTER: pgettext_lazy(
        "letter in a cell of the matrix: implementer", "I"
    ),
    InvolvementCapacity.FUNDER: pgettext_lazy("letter in a cell of the matrix: funder", "F"),
    InvolvementCapacity.BENEFICIARY: pgettext_lazy(
        "letter in a cell of the matrix: beneficiary", "B"
    ),
    InvolvementCapacity.MENTIONED: pgettext_lazy("letter in a cell of the matrix: mentioned", "M"),
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
    """What one participant is in one initiative, in the order of capacities, and its own status where one is known."""

    capacities: list[InvolvementCapacity] = field(default_factory=list)
    own: OwnStatus | None = None

    @property
    def letters(self) -> str:
        return " ".join(str(LETTERS[capacity]) for capacity in self.capacities)

    @property
    def words(self) -> str:
        return series(capacity.label for capacity in self.capacities)


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
    """The columns of a list as a whole, the same on each of its pages: who has a part in most of it first.

    What is read for it is read once for each version of the data.
    """
    index = filters.index
    listed = filters.matching
    participants = filters.view.participants()
    counts = {
        key: len(index.parts.counted(listed & index.having("participant", row.code)))
        for key, row in participants.items()
    }
    with_part = [row for key, row in participants.items() if counts[key]]
    # Stable: among those with as many, states come first, then groups and organisations.
    by_count = sorted(by_kind(with_part), key=lambda row: -counts[row.pk])
    members = {key for key in _members(index, listed) if key in participants and not counts[key]}
    return MatrixColumns(
        by_count[:most],
        by_count[most:] if most else [],
        by_kind(participants[key] for key in members),
        len(participants) - len(with_part) - len(members),
    )


def by_kind(participants: Iterable[Participant]) -> list[Participant]:
    """States, groups, organisations and the others, each by name."""
    kinds = list(ParticipantKind)
    return sorted(
        participants,
        key=lambda row: (kinds.index(ParticipantKind(row.kind)), said_key(row), row.code),
    )


def _members(index: Index, listed: BitMap) -> set[int]:
    """The keys of the members of all dialogues that have an initiative in the list."""

    def read() -> dict[str, set[int]]:
        members: dict[str, set[int]] = defaultdict(set)
        rows = Membership.objects.public().order_by().values_list("dialogue__slug", "participant")
        for slug, participant in rows:
            members[slug].add(participant)
        return members

    members = index.remember("members", read, any_day=True)
    of_list = (keys for slug, keys in members.items() if listed & index.having("dialogue", slug))
    return set().union(*of_list)


def read_cells(view: CurrentView, keys: Collection[int]) -> Cells:
    """The cells of initiatives, by their primary keys, that are not empty; two queries for those of today."""
    cells: Cells = defaultdict(lambda: defaultdict(MatrixCell))
    for initiative, pairs in view.involved(keys).items():
        for participant, capacity in pairs:
            cells[initiative][participant].capacities.append(InvolvementCapacity(capacity))
    # What only reports a value of a target says nothing of how their part stands.
    own = view.updates().filter(initiative__in=keys, participant__isnull=False)
    updates = own.exclude(status="")
    columns = ("initiative", "participant", "status", "on", "report__slug")
    for initiative, participant, status, on, report in updates.newest_first().values_list(*columns):
        cell = cells[initiative][participant]
        if cell.own is None:
            cell.own = OwnStatus(status, on, report or "")
    order = list(InvolvementCapacity)
    for row in cells.values():
        for cell in row.values():
            cell.capacities.sort(key=order.index)
            if cell.own and cell.capacities == [InvolvementCapacity.MENTIONED]:
                # That its own status is known says it.
                cell.capacities.clear()
    return cells
