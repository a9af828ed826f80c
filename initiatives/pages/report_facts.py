"""Every public fact that was drawn from a report, in the order in which the document gives them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Value

from ..as_of.current import CurrentView
from ..models import ENTRIES, Citation, Criterion, Mention, Report, StatusUpdate
from .citations import SUBJECTS_NAMED, CitedFact, cited_fact

Key = tuple[str, int]


@dataclass(frozen=True)
class ReportFact:
    """What a report says in one place: of an initiative, what would count, what became of it, or something else."""

    locator: str
    mention: Mention | None = None
    criterion: Criterion | None = None
    update: StatusUpdate | None = None
    citation: Citation | None = None
    cited: CitedFact | None = None


def fact_keys(report: Report, view: CurrentView) -> list[Key]:
    """Kind and primary key of every fact, in order; one query."""
    columns = ("pk", "locator", "ref")
    citations = view.citations().filter(report=report).order_by()
    rows = citations.values_list(Value("citation"), *columns).union(
        *(
            view.entries(model)
            .filter(report=report)
            .order_by()
            .values_list(Value(model.word), *columns)
            for model in ENTRIES
        ),
        all=True,
    )
    # What is said of an initiative before what became of it, and both before the rest.
    kinds = [*(model.word for model in ENTRIES), "citation"]
    keys = sorted(rows, key=lambda row: (locator_order(row[2]), kinds.index(row[0]), row[3]))
    return [(kind, pk) for kind, pk, _locator, _ref in keys]


def read_facts(keys: Sequence[Key], view: CurrentView) -> list[ReportFact]:
    """The facts of these keys in their order; a query for each kind among them, and one for who said it."""
    citations = view.citations().select_related(*SUBJECTS_NAMED)
    facts: dict[Key, ReportFact] = {}
    for model in ENTRIES:
        if wanted := _keys_of_kind(keys, model.word):
            for pk, entry in view.entries(model).with_related().in_bulk(wanted).items():
                facts[model.word, pk] = ReportFact(entry.locator, **{model.word: entry})
    if wanted := _keys_of_kind(keys, "citation"):
        for pk, citation in citations.in_bulk(wanted).items():
            cited = cited_fact(citation)
            facts["citation", pk] = ReportFact(citation.locator, citation=citation, cited=cited)
    return [facts[key] for key in keys if key in facts]


def _keys_of_kind(keys: Iterable[Key], kind: str) -> list[int]:
    return [pk for key_kind, pk in keys if key_kind == kind]


# --- The order of places in a document ------------------------------------------------------------

PIECES = re.compile(r"\d+|[^\W\d_]+")
# Documents begin and end with these; in between stands what is numbered.
AHEAD = ["title", "headline", "heading", "head", "summary", "introduction", "preamble", "opening"]
AT_THE_END = {"last", "closing", "reference", "footnote", "note", "asterisk", "annex"}
# One place or several: “para 2” and “paras 2-4” stand together.
PLURALS = {"paras": "para", "items": "item", "bullets": "bullet", "pages": "page", "pp": "p"}

Place = tuple[int, tuple[tuple[int, int, str], ...]]


def locator_order(locator: str) -> Place:
    """A key to sort by: “para 2” before “para 10”, the head before all, no locator after all."""
    pieces = [PLURALS.get(piece, piece) for piece in PIECES.findall(locator.casefold())]
    if not pieces:
        return (300, ())
    first = pieces[0]
    rank = AHEAD.index(first) if first in AHEAD else 200 if first in AT_THE_END else 100
    # Numbers before words: “item 2” before “item 2, note”.
    return (rank, tuple(_piece_order(piece) for piece in pieces))


def _piece_order(piece: str) -> tuple[int, int, str]:
    return (0, int(piece), "") if piece.isdecimal() else (1, 0, piece)
