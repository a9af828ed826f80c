"""How far the initiatives of each participant have been looked at: whether the record treats all of them alike."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from pyroaring import BitMap

from ..as_of.current import CurrentView
from ..models import InvolvementCapacity, Participant, StatusGroup
from ..models.sort_keys import said_key

# Whoever is only named in an initiative, or is to benefit from it, neither promises nor does anything in it.
NOT_ACTING = (InvolvementCapacity.BENEFICIARY, InvolvementCapacity.MENTIONED)
ACTING = tuple(capacity for capacity in InvolvementCapacity if capacity not in NOT_ACTING)
REVIEWED = tuple(group.value for group in StatusGroup if group != StatusGroup.NOT_REVIEWED)


@dataclass(frozen=True, slots=True)
class BalanceCount:
    """Of how many initiatives something is true, and the query string of the list of them."""

    count: int
    query: str


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """The initiatives that a participant is in; of these, the reviewed ones, and those with the flag one_sided."""

    participant: Participant
    all: BalanceCount
    reviewed: BalanceCount
    one_sided: BalanceCount

    @property
    def counts(self) -> tuple[BalanceCount, ...]:
        return (self.all, self.reviewed, self.one_sided)


def balance_rows(view: CurrentView) -> list[BalanceRow]:
    """A row for each participant that promises or does something in any initiative, by name.

    All initiatives that it is in are counted, as on its page: wholes once, and not their parts again. No query where
    the participants are in memory.
    """
    index = view.index
    acting = [
        row
        for row in view.participants().values()
        if any(index.having(capacity, row.code) for capacity in ACTING)
    ]
    reviewed = index.matching({"group": REVIEWED})
    return [
        _balance_row(view, row, reviewed)
        for row in sorted(acting, key=lambda row: (said_key(row), row.code))
    ]


def _balance_row(view: CurrentView, participant: Participant, reviewed: BitMap) -> BalanceRow:
    index, code = view.index, participant.code
    counted = index.parts.counted(index.having("participant", code))

    def count(keys: BitMap, **filters: tuple[str, ...]) -> BalanceCount:
        parameters = {"participant": code, **filters, **view.parameters}
        return BalanceCount(
            counted.intersection_cardinality(keys), urlencode(parameters, doseq=True)
        )

    return BalanceRow(
        participant,
        count(counted),
        count(reviewed, group=REVIEWED),
        count(index.having("flag", "one_sided"), flag=("one_sided",)),
    )
