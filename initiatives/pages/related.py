"""Initiatives that a reader of one may want to read next: near it by meeting, dialogue and theme."""

from __future__ import annotations

from collections.abc import Iterable

from pyroaring import BitMap

from ..as_of.current import LATEST_NEWS, CurrentView, initiatives_of
from ..models import Initiative, Theme

MOST = 5


def related_initiatives(
    view: CurrentView, initiative: Initiative, themes: Iterable[Theme]
) -> list[Initiative]:
    """The few public initiatives that share the most with one, nearest first; one query.

    Near is what serves one of its themes: first in the same meeting, then in the same dialogue, then anywhere; then
    what the same meeting raised.
    """
    index = view.index
    of_themes = BitMap.union(BitMap(), *(index.having("theme", theme.slug) for theme in themes))
    of_meeting = index.having("meeting", initiative.raised_at.slug if initiative.raised_at else "")
    of_dialogue = index.having("dialogue", initiative.dialogue.slug)
    # What it is part of, and its parts, its page shows by themselves.
    shown = index.parts.below(initiative.pk) | BitMap(index.parts.above(initiative.pk))
    keys: list[int] = []
    for tier in (of_themes & of_meeting, of_themes & of_dialogue, of_themes, of_meeting):
        wanted = tier - shown - BitMap([initiative.pk, *keys])
        keys += index.page(wanted, LATEST_NEWS, 0, MOST - len(keys), using=view.using)
        if len(keys) == MOST:
            break
    initiatives = {row.pk: row for row in view.read(initiatives_of, keys)} if keys else {}
    return [initiatives[key] for key in keys if key in initiatives]
