"""How many initiatives stand where, by delivery status and by group of statuses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.translation import ngettext, pgettext
from pyroaring import BitMap

from .. import languages
from ..models import DeliveryStatus, StatusGroup, Translated, Verifiability
from .index import Index


@dataclass(frozen=True)
class StatusCount:
    status: DeliveryStatus
    count: int


@dataclass(frozen=True)
class GroupCount:
    group: StatusGroup
    count: int
    statuses: list[StatusCount]


@dataclass
class StatusTally:
    """Counts of initiatives by delivery status; ``parts`` are further ones that their wholes are counted for.

    ``unrated`` are those among the counted that cannot be rated, ``unrated_parts`` those among the parts.
    """

    by_status: dict[str, int] = field(default_factory=dict)
    parts: int = 0
    unrated: int = 0
    unrated_parts: int = 0

    @property
    def total(self) -> int:
        return sum(self.by_status.values())

    @property
    def listed(self) -> int:
        """How many rows a list of them has: wholes and parts."""
        return self.total + self.parts

    @cached_property
    def groups(self) -> list[GroupCount]:
        """All groups in their order, empty ones too."""
        by_group = [
            (group, [StatusCount(s, n) for s in group.statuses if (n := self.by_status.get(s))])
            for group in StatusGroup
        ]
        return [
            GroupCount(group, sum(status.count for status in statuses), statuses)
            for group, statuses in by_group
        ]

    @property
    def reviewed(self) -> int:
        """How many somebody has looked at, whatever was found."""
        return self.total - self.by_status.get(DeliveryStatus.NOT_REVIEWED, 0)

    @property
    def delivered(self) -> int:
        return self.by_status.get(DeliveryStatus.DELIVERED, 0)

    @property
    def in_words(self) -> str:
        """“3 in progress, 24 not yet reviewed; 2 of these cannot be rated”: what a bar says, and what not."""
        if not self.unrated:
            return self.groups_in_words
        words = ngettext(
            "%(groups)s; %(count)s of these cannot be rated",
            "%(groups)s; %(count)s of these cannot be rated",
            self.unrated,
        )
        return words % {"groups": self.groups_in_words, "count": languages.count(self.unrated)}

    @property
    def groups_in_words(self) -> str:
        words = pgettext("initiatives with a status: “3 in progress”", "%(count)s %(status)s")
        return languages.series(
            words % {"count": languages.count(row.count), "status": str(row.group.label).lower()}
            for row in self.filled
        )

    @property
    def unrated_in_words(self) -> str:
        """How many of those counted cannot be rated, and why; empty for none."""
        if not self.unrated:
            return ""
        words = ngettext(
            "Of these, %(count)s cannot be rated, because what would count as delivered is recorded as not verifiable.",
            "Of these, %(count)s cannot be rated, because what would count as delivered is recorded as not verifiable.",
            self.unrated,
        )
        return words % {"count": languages.count(self.unrated)}

    @property
    def filled(self) -> list[GroupCount]:
        return [group for group in self.groups if group.count]


@dataclass(frozen=True)
class TallyBar:
    """A tally with what it is of: the page of that, and the list of its initiatives as a query string."""

    label: Translated | str
    address: str
    query: str
    tally: StatusTally
    note: str = ""


def longest_of(tallies: Iterable[StatusTally]) -> int:
    """The greatest number that a bar of a page stands for: all of them are drawn on its scale."""
    return max((tally.total for tally in tallies), default=0)


def tally_within(index: Index, keys: BitMap) -> StatusTally:
    """Count initiatives by status in memory, parts only where no whole of theirs is among them; no query."""
    counted = index.parts.counted(keys)
    counts = (
        (status.value, counted.intersection_cardinality(index.having("status", status)))
        for status in DeliveryStatus
    )
    by_status = {status: count for status, count in counts if count}
    unverifiable = index.having("verifiability", Verifiability.NOT_VERIFIABLE)
    unrated = counted.intersection_cardinality(unverifiable)
    unrated_parts = keys.intersection_cardinality(unverifiable) - unrated
    return StatusTally(by_status, len(keys) - len(counted), unrated, unrated_parts)


def tallies_within(index: Index, facet: str, values: Iterable[str]) -> dict[str, StatusTally]:
    """The tally of each value of a facet (the slug of a dialogue, the code of a participant); no query."""
    return {value: tally_within(index, index.having(facet, value)) for value in values}
