"""Initiatives that a reader of one may want to read next: near it by meeting, dialogue and theme."""

from __future__ import annotations

from collections.abc import Iterable

from pyroaring import BitMap

from ..as_of.current import LATEST_NEWS, CurrentView, initiatives_of
from ..facets.index import index
from ..models import Initiative, Theme
from ..serving.dependencies import answer

MOST = 5


def related_initiatives(
    view: CurrentView, initiative: Initiative, themes: Iterable[Theme]
) -> list[Initiative]:
    """The few public initiatives that share the most with one, nearest first; one query.

    Near is what serves one of its themes: first in the same meeting, then in the same dialogue, then anywhere; then
    what the same meeting raised.
    """
    keys = _nearest(
        view.using,
        initiative.pk,
        tuple(theme.slug for theme in themes),
        initiative.raised_at.slug if initiative.raised_at else "",
        initiative.dialogue.slug,
    )
    initiatives = {row.pk: row for row in view.read(initiatives_of, keys)} if keys else {}
    return [initiatives[key] for key in keys if key in initiatives]


@answer
def _nearest(
    using: str, initiative: int, themes: tuple[str, ...], meeting: str, dialogue: str
) -> list[int]:
    today = index(using)
    of_themes = BitMap.union(BitMap(), *(today.having("theme", theme) for theme in themes))
    of_meeting, of_dialogue = today.having("meeting", meeting), today.having("dialogue", dialogue)
    # What it is part of, and its parts, its page shows by themselves.
    shown = today.parts.below(initiative) | BitMap(today.parts.above(initiative))
    keys: list[int] = []
    for tier in (of_themes & of_meeting, of_themes & of_dialogue, of_themes, of_meeting):
        wanted = tier - shown - BitMap([initiative, *keys])
        keys += today.page(wanted, LATEST_NEWS, 0, MOST - len(keys), using=using)
        if len(keys) == MOST:
            break
    return keys
