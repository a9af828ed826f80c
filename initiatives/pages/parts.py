"""Wholes and parts of initiatives, as pages and exports show them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ..as_of.current import CurrentView
from ..facets.answers import above_and_below, wholes_of
from ..facets.part_tree import PartTree
from ..facets.status_counts import StatusTally
from ..models import Initiative, Lineage, LineageKind
from .criteria import attach_unrated

# On one page; what has more is read in the export of lineage.
MOST = 300


@dataclass(frozen=True)
class Part:
    """A part with the relation that says so, which has the sources, and its own parts."""

    initiative: Initiative
    link: Lineage
    parts: list[Part] = field(default_factory=list)


@dataclass(frozen=True)
class WholesAndParts:
    """The relations to the whole of an initiative, to the whole of that, and so on; and its parts.

    ``links`` are all of them, for their sources; ``is_cut`` says that there are more parts than ``MOST``.
    """

    wholes: list[Lineage] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    links: list[Lineage] = field(default_factory=list)
    is_cut: bool = False

    @property
    def tally(self) -> StatusTally:
        """How the parts stand that are directly below it."""
        parts = [part.initiative for part in self.parts]
        unrated = sum(not part.can_be_rated for part in parts)
        return StatusTally(dict(Counter(part.delivery_status for part in parts)), unrated=unrated)

    @property
    def are_nested(self) -> bool:
        return any(part.parts for part in self.parts)


def wholes_and_parts(view: CurrentView, initiative: Initiative) -> WholesAndParts:
    """As far as readers may see them; no query for an initiative that has neither, one for another.

    One more where parts cannot be rated.
    """
    above, below = above_and_below(view.using, initiative.pk)
    if not above and not below:
        return WholesAndParts()
    keys = [initiative.pk, *above, *below[:MOST]]
    rows = view.once_public(Lineage).of_parts().filter(later__in=keys)
    links = view.as_known(rows.select_related("later", "earlier").order_by("pk"))
    by_part = {link.later_id: link for link in links}
    wholes = []
    key = initiative.pk
    while key in by_part:
        wholes.append(by_part[key])
        key = wholes[-1].earlier_id
    below_links = [link for link in links if link.later_id in below]
    attach_unrated(view, [link.later for link in below_links])
    parts = _parts_of(initiative.pk, below_links)
    return WholesAndParts(wholes, parts, links, len(below) > MOST)


def _parts_of(key: int, links: Iterable[Lineage]) -> list[Part]:
    """The parts below an initiative in the order in which they were recorded, without what is withdrawn."""
    by_whole: dict[int, list[Lineage]] = defaultdict(list)
    for link in links:
        if not link.later.is_withdrawn:
            by_whole[link.earlier_id].append(link)

    def below(whole: int) -> list[Part]:
        return [Part(link.later, link, below(link.later_id)) for link in by_whole[whole]]

    return below(key)


def attach_wholes(view: CurrentView, rows: Collection[Initiative]) -> None:
    """Set on rows of a list the public initiative that each is part of (``whole``); one query where one is a part."""
    whole_of = wholes_of(view.using, tuple(row.pk for row in rows))
    keys = sorted({*whole_of.values()})
    wholes = {row.pk: row for row in view.read_initiatives(keys)} if keys else {}
    for row in rows:
        row.whole = wholes.get(whole_of.get(row.pk, 0))  # type: ignore[attr-defined]


# Key and title of an initiative.
Named = tuple[str, str]


def named_relatives(
    view: CurrentView, tree: PartTree, keys: Sequence[int]
) -> tuple[Mapping[int, Named], Mapping[int, list[Named]]]:
    """The public whole of each of these initiatives, and its public parts by title; one query where there are any."""
    whole_of = {key: tree.whole_of[key] for key in keys if key in tree.whole_of}
    parts_of = {key: parts for key in keys if (parts := tree.parts_of(key))}
    wanted = {*whole_of.values()}.union(*parts_of.values())
    if not wanted:
        return {}, {}
    rows = view.public(Initiative).filter(pk__in=wanted).order_by("sort_key", "slug")
    if view.is_past:
        named = {row.pk: (row.slug, str(row)) for row in view.as_known(rows)}
    else:
        named = {pk: (slug, title) for pk, slug, title in rows.values_list("pk", "slug", "title")}
    wholes = {key: named[whole] for key, whole in whole_of.items() if whole in named}
    places = {key: place for place, key in enumerate(named)}
    by_title = {
        key: [named[part] for part in sorted(parts & places.keys(), key=places.__getitem__)]
        for key, parts in parts_of.items()
    }
    return wholes, by_title


def named_ends(
    initiative: Initiative, links: Iterable[Lineage]
) -> tuple[Named | None, list[Named]]:
    """The same of one initiative, from all its relations."""
    of_parts = [link for link in links if link.relation == LineageKind.PART_OF]
    wholes = [link.earlier for link in of_parts if link.later_id == initiative.pk]
    parts = [link.later for link in of_parts if link.earlier_id == initiative.pk]
    parts.sort(key=lambda part: (part.sort_key, part.slug))
    return (
        (wholes[0].slug, str(wholes[0])) if wholes else None,
        [(part.slug, str(part)) for part in parts],
    )
