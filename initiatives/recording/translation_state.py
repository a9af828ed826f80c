"""Which translations are older than their originals, as the versions of the rows tell.

A translation is of the original that stood beside it when it was written, or confirmed, last. Where no version tells
that, nothing is said of it.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from django.db.models import F, Max, Min, Q
from simple_history.utils import get_history_manager_for_model

from ..models import Entry, Translated
from ..models.translations import flat
from .bulk_history import BATCH

# What the reason of a version begins with that changes nothing: “Translation confirmed: title.ja, summary.ja”.
CONFIRMED = "Translation confirmed: "

# By primary key of a row, and by name (“title.ja”).
Older = dict[int, dict[str, "OlderTranslation"]]


class OlderTranslation(NamedTuple):
    """A translation whose original reads otherwise today than ``original``, of which it is; changed at that moment."""

    original: str
    changed_at: datetime.datetime


def older_translations(model: type[Translated], keys: Iterable[int]) -> Older:
    """Those of the rows of these primary keys; rows without any are left out. Two queries a thousand rows and more
    where entries correct one another."""
    found: Older = {}
    every = list(keys)
    for start in range(0, len(every), BATCH):
        batch = every[start : start + BATCH]
        chains = _chains(model, batch)
        versions = _versions(model, {key for chain in chains.values() for key in chain})
        for row in model._default_manager.filter(pk__in=batch):
            told = [version for key in chains[row.pk] for version in versions[key]]
            if older := dict(_older(row, told)):
                found[row.pk] = older
    return found


def all_older_translations(model: type[Translated]) -> Older:
    """The same of all rows of a model; only those are read of which a version has another original."""
    every: Any = model._default_manager
    said = every.filter(translations__said=True).order_by()
    if issubclass(model, Entry):
        # Nothing but a correction changes what an entry says.
        return older_translations(model, said.filter(corrects__gt=0).values_list("pk", flat=True))
    versions = get_history_manager_for_model(model).filter(id__in=said.values("pk"))
    bounds: dict[str, Any] = {}
    differs = Q()
    for field in model.TRANSLATED:
        bounds |= {f"least_{field}": Min(field), f"most_{field}": Max(field)}
        differs |= ~Q(**{f"least_{field}": F(f"most_{field}")})
    changed = versions.order_by().values("id").annotate(**bounds).filter(differs)
    return older_translations(model, changed.values_list("id", flat=True))


def _chains(model: Any, keys: Sequence[int]) -> dict[int, list[int]]:
    """By row the rows whose versions tell of it, the first one first: of an entry those that it corrects as well."""
    chains = {key: [key] for key in keys}
    if not issubclass(model, Entry):
        return chains
    while first := {chain[0]: key for key, chain in chains.items()}:
        pairs = model._base_manager.filter(pk__in=[*first], corrects__gt=0).values_list(
            "pk", "corrects"
        )
        # An entry is corrected by one other, so each begins one chain.
        corrected = {first[key]: earlier for key, earlier in pairs if earlier not in first}
        for key, earlier in corrected.items():
            chains[key].insert(0, earlier)
        if not corrected:
            break
    return chains


def _versions(model: type[Translated], keys: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
    rows = get_history_manager_for_model(model).filter(id__in=[*keys])
    columns = ("id", "history_date", "history_change_reason", "translations", *model.TRANSLATED)
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for version in rows.order_by("history_date", "history_id").values(*columns):
        found[version["id"]].append(version)
    return found


def _older(
    row: Translated, versions: Sequence[dict[str, Any]]
) -> Iterator[tuple[str, OlderTranslation]]:
    for name, text in flat(row.translations).items():
        field = name.partition(".")[0]
        now = getattr(row, field)
        said, of, changed_at = "", None, None
        for version in versions:
            read, original = flat(version["translations"]).get(name, ""), version[field]
            if read != said or name in _confirmed(version["history_change_reason"]):
                said, of, changed_at = read, original, None
            elif changed_at is None and original != of:
                changed_at = version["history_date"]
            elif original == of:
                changed_at = None
        # What stands in the row and in no version was written past the history.
        if said == text and of and changed_at and now not in (of, ""):
            yield name, OlderTranslation(of, changed_at)


def _confirmed(reason: str | None) -> list[str]:
    if not reason or not reason.startswith(CONFIRMED):
        return []
    return reason.removeprefix(CONFIRMED).split(", ")
