from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from pyroaring import BitMap

from ..as_of.current import LATEST_NEWS, CurrentView
from ..facets.status_counts import StatusTally, longest_of, tally_within
from ..languages import series
from ..models import Dialogue, InvolvementCapacity, Participant, Standing
from ..models.sort_keys import said_key
from ..pages.findings import share
from ..query.as_of import read_view
from ..query.parameters import bad_parameters
from ..query.understood import AS_OF
from .public_page import public_page
from .rows import attach_involved

MOST = 3
# More are in no box to choose from; their codes are understood all the same.
MOST_OFFERED = 300
TOGETHER = 5
CAPACITIES = [word for word in InvolvementCapacity if word != InvolvementCapacity.MENTIONED]

Row = Participant | Dialogue


@dataclass(frozen=True)
class Compared:
    """Initiatives of one of those compared, and the list of them as a query string."""

    tally: StatusTally
    query: str


@dataclass(frozen=True)
class Measure:
    """A line of the comparison, with a cell for each of those compared."""

    label: str
    cells: list[Compared]


@public_page(["participant", "dialogue", AS_OF])
def compare(request: HttpRequest) -> HttpResponse:
    """Two or three participants, or dialogues, side by side; with fewer a form to choose them."""
    view = read_view(request.GET, Participant.objects.db)
    offered = {"participant": _participants(view), "dialogue": _dialogues(view)}
    facet, chosen = _chosen(request.GET, offered)
    ctx = {
        "view": view,
        "facet": facet,
        "chosen": chosen,
        "forms": [(name, _boxes(view, name, rows, chosen)) for name, rows in offered.items()],
    }
    if len(chosen) > 1:
        measures = _measures(view, facet, chosen)
        together = _together(view, facet, chosen)
        first = view.first_initiatives(together, LATEST_NEWS, TOGETHER)
        ctx |= {
            "names": _names_in_words(chosen),
            "measures": measures,
            "longest": longest_of(cell.tally for row in measures for cell in row.cells),
            "outcomes": _outcomes(measures[0]),
            "together_count": len(view.index.parts.counted(together)),
            "together": attach_involved(view, first),
        }
    return render(request, "initiatives/compare.html", ctx)


def _names_in_words(rows: Sequence[Row]) -> str:
    """“Japan, Kazakhstan and Uzbekistan”."""
    *others, last = map(str, rows)
    return _("%(names)s and %(last)s") % {"names": series(others), "last": last}


def _participants(view: CurrentView) -> dict[str, Row]:
    return {row.code: row for row in view.participants().values()}


def _dialogues(view: CurrentView) -> dict[str, Row]:
    rows = view.index.remember("dialogues", lambda: list(Dialogue.objects.public()), any_day=True)
    return {row.slug: row for row in rows}


def _chosen(data: QueryDict, offered: Mapping[str, Mapping[str, Row]]) -> tuple[str, list[Row]]:
    """What is to be compared, and by which facet; raises BadParameters for what there is not, or too many."""
    asked = {name: list(dict.fromkeys(filter(None, data.getlist(name)))) for name in offered}
    problems = {}
    for name, values in asked.items():
        if not all(value in offered[name] for value in values):
            problems[name] = _("as in the addresses of their pages")
        elif len(values) > MOST:
            problems[name] = _("three at the most")
    if not problems and all(asked.values()):
        problems = {"dialogue": _("nothing where participants are compared")}
    if problems:
        raise bad_parameters(data, problems)
    facet = "dialogue" if asked["dialogue"] else "participant"
    return facet, [offered[facet][value] for value in asked[facet]]


def _boxes(
    view: CurrentView, facet: str, rows: Mapping[str, Row], chosen: list[Row]
) -> list[tuple[str, list[tuple[str, Row, bool]]]]:
    """The boxes of a form: which one, and what it offers, each with whether it is chosen."""
    having = view.index.having
    most = sorted(rows, key=lambda value: -len(having(facet, value)))[:MOST_OFFERED]
    there = {value for value in most if having(facet, value)} | {_id(row) for row in chosen}
    in_order = sorted((rows[value] for value in there if value in rows), key=said_key)
    names = (_("First"), _("Second"), _("Third (optional)"))
    picked = [*chosen, None, None, None]
    return [
        (name, [(_id(row), row, row == picked[at]) for row in in_order])
        for at, name in enumerate(names)
    ]


def _id(row: Row) -> str:
    return str(row.natural_key()[0])


def _measures(view: CurrentView, facet: str, chosen: list[Row]) -> list[Measure]:
    """What is counted of each: for participants by what they are in initiatives, for dialogues by standing."""
    index = view.index
    lines: list[tuple[str, str, dict[str, str]]]
    if facet == "participant":
        lines = [
            (_("All initiatives it is in"), "participant", {}),
            *((str(word.label), word.value, {}) for word in CAPACITIES),
        ]
    else:
        lines = [
            (_("All initiatives"), facet, {}),
            *((str(word.label), facet, {"standing": word.value}) for word in reversed(Standing)),
        ]
    measures = []
    for label, name, narrowed in lines:
        cells = []
        for row in chosen:
            keys = index.having(name, _id(row))
            for other, value in narrowed.items():
                # Not in place: it is the index’s own.
                keys = keys & index.having(other, value)
            query = urlencode({name: _id(row), **narrowed, **view.parameters})
            cells.append(Compared(tally_within(index, keys), query))
        measures.append(Measure(label, cells))
    return [measure for measure in measures if any(cell.tally.total for cell in measure.cells)] or (
        measures[:1]
    )


def _outcomes(every: Measure) -> Iterable[tuple[str, str, list[tuple[int, str, str]]]]:
    """A line for each group of statuses: its word, and for each of those compared count, share in words and query."""
    by_group = zip(*(cell.tally.groups for cell in every.cells), strict=True)
    return [
        (
            rows[0].group.value,
            str(rows[0].group.label),
            [
                (
                    row.count,
                    share(row.count, cell.tally.total),
                    f"{cell.query}&group={row.group.value}",
                )
                for row, cell in zip(rows, every.cells, strict=True)
            ],
        )
        for rows in by_group
        if any(row.count for row in rows)
    ]


def _together(view: CurrentView, facet: str, chosen: list[Row]) -> BitMap:
    """The initiatives that all of them are in; those of a dialogue are in no other."""
    if facet == "dialogue":
        return BitMap()
    return BitMap.intersection(*(view.index.having(facet, _id(row)) for row in chosen))
