"""What no single row of the vocabulary can know of itself: what participants are part of, and goals beside targets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ..models import Participant, ParticipantKind
from ..models.participants import MOST_WHOLES
from ..models.sdgs import targets_beside_goals
from .kinds import Key, Values
from .said import phrased

if TYPE_CHECKING:
    from .plan_types import RecordItem

# The record, what is wrong with it, in which field, and the cure.
Fault = tuple["RecordItem", str, str, str]
Items = Mapping[str, list["RecordItem"]]
Finals = Mapping[str, Mapping[Key, Values]]


def part_of_faults(records: Items, finals: Finals) -> Iterator[Fault]:
    """States that are part of somebody, and more levels than there may be; circles are looked for elsewhere."""
    stated = finals["participant"]
    items = {item.item.key[0]: item for item in records["participant"]}
    for code, item in items.items():
        final = stated.get((code,), {})
        if final.get("part_of") and final.get("kind") == ParticipantKind.STATE:
            what = phrased(
                "%(code)s is a state, and part of %(whole)s", code=code, whole=final["part_of"]
            )
            cure = phrased("say of which kind it is, such as kind: ministry, or leave part_of out")
            yield item, what, "part_of", cure
    if not any("part_of" in item.values for item in items.values()):
        return
    whole_of: dict[str, str | None] = dict(
        Participant.objects.order_by().values_list("code", "part_of__code")
    )
    whole_of |= {code: final.get("part_of") for (code,), final in stated.items()}
    for code in whole_of:
        chain = chain_of(code, whole_of)
        changed = next((items[name] for name in chain if name in items), None)
        if len(chain) - 1 > MOST_WHOLES and changed:
            what = phrased(
                "more than %(most)s stand above %(code)s: %(chain)s",
                most=MOST_WHOLES,
                code=code,
                chain=" → ".join(chain),
            )
            yield changed, what, "part_of", phrased("name the country or organisation itself")


def chain_of(code: str, whole_of: Mapping[str, str | None]) -> list[str]:
    """A participant, what it is part of, and so on, one more than there may be; a circle is gone round once."""
    chain = [code]
    while (
        (whole := whole_of.get(chain[-1])) and whole not in chain and len(chain) < MOST_WHOLES + 2
    ):
        chain.append(whole)
    return chain


def sdg_target_faults(records: Items, finals: Finals) -> Iterator[Fault]:
    """Targets of goals that the theme is not said to serve."""
    for item in records["theme"]:
        final = finals["theme"].get(item.item.key, {})
        beside = targets_beside_goals(final.get("sdgs") or [], final.get("sdg_targets") or [])
        if beside:
            what = phrased(
                "%(theme)s serves target %(target)s, and not its goal",
                theme=item.item.key[0],
                target=beside[0],
            )
            field = "sdg_targets" if "sdg_targets" in item.values else "sdgs"
            yield (
                item,
                what,
                field,
                phrased("add %(goal)s to sdgs", goal=beside[0].partition(".")[0]),
            )
