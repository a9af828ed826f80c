"""What a participant proposed and promised, what was promised to it and what it does: each with how it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise
from pyroaring import BitMap

from ..as_of.current import CurrentView
from ..facets.index import Index
from ..facets.status_counts import StatusTally, TallyBar, tally_within
from ..models import Dialogue, InvolvementCapacity, Participant, Standing
from ..models.sort_keys import said_key

# What is bound by the word of one side alone, and what all adopted.
ALONE = [str(s) for s in Standing if s not in (Standing.ADOPTED,)]
DOES = (InvolvementCapacity.LEAD, InvolvementCapacity.IMPLEMENTER)


@dataclass(frozen=True)
class PromiseKind:
    """A kind of promise: ``select`` gives its initiatives, ``filters`` those of their list, where one list has them."""

    title: StrOrPromise
    meaning: StrOrPromise
    none: StrOrPromise
    select: Callable[[Index, str], BitMap]
    filters: Callable[[str], dict[str, Sequence[str]]] | None


def _having(capacity: InvolvementCapacity) -> Callable[[Index, str], BitMap]:
    return lambda index, code: index.having(capacity.value, code)


def _party(index: Index, code: str, standings: Sequence[str]) -> BitMap:
    return index.matching({"party": [code], "standing": standings})


# ``%(name)s`` is the participant.
PROMISES: Mapping[str, PromiseKind] = {
    "proposed": PromiseKind(
        gettext_lazy("Proposed by %(name)s"),
        gettext_lazy("A document says that it put it forward."),
        gettext_lazy("No document recorded here says that %(name)s put anything forward."),
        _having(InvolvementCapacity.PROPOSER),
        lambda code: {"proposer": [code]},
    ),
    "promised": PromiseKind(
        gettext_lazy("Promised by %(name)s"),
        gettext_lazy("It undertook its own part; no document shows all sides adopting it."),
        gettext_lazy(
            "No document recorded here says that %(name)s undertook anything for itself alone."
        ),
        lambda index, code: _party(index, code, ALONE),
        lambda code: {"party": [code], "standing": ALONE},
    ),
    "adopted": PromiseKind(
        gettext_lazy("Adopted with others"),
        gettext_lazy("Taken up in a document of the participants together."),
        gettext_lazy("No joint document recorded here names %(name)s as a party."),
        lambda index, code: _party(index, code, [Standing.ADOPTED.value]),
        lambda code: {"party": [code], "standing": [Standing.ADOPTED.value]},
    ),
    "to": PromiseKind(
        gettext_lazy("Promised to %(name)s"),
        gettext_lazy("A document names it as a beneficiary."),
        gettext_lazy("No document recorded here names %(name)s as a beneficiary."),
        _having(InvolvementCapacity.BENEFICIARY),
        lambda code: {"beneficiary": [code]},
    ),
    "done": PromiseKind(
        gettext_lazy("Led or implemented by %(name)s"),
        gettext_lazy("A document says that it leads or does the work."),
        gettext_lazy("No document recorded here names %(name)s as lead or implementer."),
        lambda index, code: BitMap.union(*(index.having(each.value, code) for each in DOES)),
        None,
    ),
}


@dataclass(frozen=True)
class ScoreCard:
    """A number of the scorecard; ``lists`` are the lists that hold its initiatives, each with its words and number.

    ``query`` is that of the one list, where one has all of them.
    """

    name: str
    title: str
    words: str
    tally: StatusTally
    query: str
    lists: Sequence[tuple[StrOrPromise, int, str]] = ()


def scorecard(view: CurrentView, participant: Participant) -> list[ScoreCard]:
    """The five numbers of a participant, each counting wholes once; no query to the database.

    An initiative may be in several.
    """
    return [_card(view, participant, name, kind) for name, kind in PROMISES.items()]


def _card(view: CurrentView, participant: Participant, name: str, kind: PromiseKind) -> ScoreCard:
    index, code = view.index, participant.code
    tally = tally_within(index, kind.select(index, code))
    words = kind.meaning if tally.total else kind.none
    lists = []
    if kind.filters is None:
        counts = [(each, tally_within(index, index.having(each.value, code))) for each in DOES]
        lists = [
            (each.label, count.total, view.query(**{each.value: code}))
            for each, count in counts
            if count.total
        ]
    return ScoreCard(
        name,
        str(kind.title) % {"name": participant},
        str(words) % {"name": participant},
        tally,
        view.query(**kind.filters(code)) if kind.filters else "",
        lists,
    )


def acting_participants(view: CurrentView) -> list[Participant]:
    """Those that promise, propose or do something in any initiative, or to whom something is promised, by name."""
    index = view.index
    acting = [
        row
        for row in view.participants().values()
        if any(kind.select(index, row.code) for kind in PROMISES.values())
    ]
    return sorted(acting, key=lambda row: (said_key(row), row.code))


def participant_dialogues(view: CurrentView, participant: Participant) -> list[Dialogue]:
    """The dialogues in whose initiatives a participant is, by name; no query to the database."""
    index = view.index
    involved = index.having("participant", participant.code)
    dialogues = view.dialogues().values()
    found = [row for row in dialogues if involved & index.having("dialogue", row.slug)]
    return sorted(found, key=lambda row: (said_key(row), row.slug))


def dialogue_bars(view: CurrentView, participant: Participant) -> list[TallyBar]:
    """The dialogues in whose initiatives a participant is, the one with most first; no query to the database."""
    index = view.index
    involved = index.having("participant", participant.code)
    bars = []
    for dialogue in participant_dialogues(view, participant):
        tally = tally_within(index, involved & index.having("dialogue", dialogue.slug))
        query = view.query(dialogue=dialogue.slug, participant=participant.code)
        bars.append(TallyBar(dialogue, dialogue.get_absolute_url(), query, tally))
    return sorted(bars, key=lambda bar: -bar.tally.total)
