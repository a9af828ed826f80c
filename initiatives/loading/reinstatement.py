"""What was withdrawn by undoing a load, and is loaded again: initiatives are public again with a mention of them.

What somebody withdrew for itself stays withdrawn (``tombstones.check_withdrawn_initiatives``). That it was undoing a
load tells the moment, which all rows of that step bear.
"""

from __future__ import annotations

from collections.abc import Collection

from ..models import Initiative, Load, StatusUpdate
from ..recording.record_ids import AddressBook
from .kinds import CHUNK
from .merge import REINSTATED, Action, MergeItem
from .plan_types import Plan
from .problems import DATABASE, Problem
from .said import phrased
from .tombstones import place_of


def reinstate_undone(plan: Plan) -> None:
    """Name in the plan what it makes public again; entries of before stay withdrawn, and are written as new ones."""
    mentions = {
        to_write.statement.initiative: to_write.statement
        for to_write in plan.entries.to_write
        if to_write.item.kind == "mention"
    }
    undone: dict[str, int] = {}
    slugs = sorted(mentions)
    for start in range(0, len(slugs), CHUNK):
        withdrawn = Initiative.objects.filter(slug__in=slugs[start : start + CHUNK])
        rows = withdrawn.filter(withdrawn_at__in=Load.objects.values("undone_at"))
        undone |= dict(rows.values_list("slug", "pk"))
    items = (
        {item.key[0]: item for item in plan.items if item.kind == "initiative"} if undone else {}
    )
    for slug, key in undone.items():
        plan.reinstated[slug] = key
        item = items.get(slug)
        if item is None:
            document = mentions[slug].document
            item = MergeItem("initiative", (slug,), Action.SAME, source=document.source)
            item.file = document.name
            plan.items.append(item)
        item.note = REINSTATED
        if item.action in (Action.SAME, Action.KEPT):
            item.action = Action.CHANGED


def replacements(keys: Collection[int]) -> dict[int, int]:
    """What a later load wrote in the place of updates that undoing a load withdrew, both by primary key.

    Refs that are taken stay taken: of one document, initiative and day the first of the one are the first of the other.
    """
    undone = StatusUpdate.objects.filter(withdrawn_at__in=Load.objects.values("undone_at"))
    replaced, book = {}, AddressBook()
    for update in undone.filter(pk__in=keys):
        place = place_of(update.ref, book)
        of_initiative = StatusUpdate.objects.filter(initiative=update.initiative_id)
        refs = dict(of_initiative.order_by().values_list("pk", "ref"))
        of_place = of_initiative.filter(
            pk__in=[pk for pk, ref in refs.items() if place_of(ref, book) == place]
        )
        number = of_place.filter(withdrawn_at=update.withdrawn_at, pk__lt=update.pk).count()
        standing = of_place.current().order_by("pk").values_list("pk", flat=True)
        if standing[number:]:
            replaced[update.pk] = standing[number]
    return replaced


def public_again_needs_rights(plan: Plan) -> Problem:
    """What is wrong where who loads may not publish."""
    names = ", ".join(sorted(plan.reinstated))
    what = phrased("withdrawn by undoing a load, and to be public again: %(names)s", names=names)
    return Problem(DATABASE, 0, what, phrased("somebody who may publish loads this"))
