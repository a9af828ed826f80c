"""``sub:`` of a report file: entries within an entry are read as entries of their own, which are parts of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator

from .said import Faulty, phrased
from .scalars import Slug
from .yaml_text import Path

SECTION = "initiatives"
SUB = "sub"
MOST_LEVELS = 5
# Stands for the id of a whole that has none yet; made_ids.py puts the one that is made in its place.
UNNAMED = "unnamed"


def _one_whole(wholes: Any) -> Any:
    if isinstance(wholes, list) and len(wholes) > 1:
        raise Faulty(
            phrased("an initiative is part of one whole at most"), phrased("keep one of them")
        )
    if not isinstance(wholes, list | str):
        raise Faulty(
            phrased("this is no id"), phrased("write the id of the initiative that it is part of")
        )
    return wholes if isinstance(wholes, list) else [wholes]


def _are_entries(parts: Any) -> bool:
    return isinstance(parts, list) and all(isinstance(part, dict) for part in parts)


def _no_parts_left(parts: Any) -> Any:
    """What stands under the key is read before this; what is left there cannot be."""
    if _are_entries(parts):
        what = phrased(
            "parts within parts are nested more than %(most)s levels deep", most=MOST_LEVELS
        )
        raise Faulty(what, phrased("write the deeper ones as entries with part_of"))
    raise Faulty(
        phrased("these are no parts"), phrased("write a list of entries, each with its title")
    )


# A single one, in a list as other relations are.
PartOf = Annotated[list[Slug], BeforeValidator(_one_whole)]
Sub = Annotated[list[Any], BeforeValidator(_no_parts_left)]


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry stands in the file, and the number of the entry around it among all; None where none is."""

    path: Path
    whole: int | None


def unnested(entries: Sequence[Any]) -> tuple[list[Any], list[Place]]:
    """All entries of a file, each before its parts and without them, and where each stands.

    What is no list of entries, or lies too deep, stays under its key: the schema says so of it.
    """
    flat: list[Any] = []
    places: list[Place] = []

    def add(entry: Any, path: Path, whole: int | None, level: int) -> None:
        parts = entry.get(SUB) if isinstance(entry, dict) else None
        is_read = _are_entries(parts) and level < MOST_LEVELS
        number = len(flat)
        flat.append({key: v for key, v in entry.items() if key != SUB} if is_read else entry)
        places.append(Place(path, whole))
        for index, part in enumerate(parts if is_read and parts else ()):
            add(part, (*path, SUB, index), number, level + 1)

    for index, entry in enumerate(entries):
        add(entry, (SECTION, index), None, 0)
    return flat, places


def as_part_of(entry: Any, whole: Any) -> Any:
    """An entry with its whole, the entry around it, as one that says ``part_of`` itself; both, where it does."""
    if not isinstance(entry, dict):
        return entry
    key = whole.get("id") if isinstance(whole, dict) else None
    own, around = entry.get("part_of"), key if isinstance(key, str) else UNNAMED
    return entry | {"part_of": around if own in (None, around) else [own, around]}


def whole_of(number: int, places: Sequence[Place]) -> int | None:
    """The number of the entry around an entry; ``places`` are empty for a file without nested entries."""
    return places[number].whole if places else None


def path_of(number: int, places: Sequence[Place]) -> Path:
    """Where an entry stands in the file."""
    return places[number].path if places else (SECTION, number)
