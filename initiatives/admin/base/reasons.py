"""Why versions were written, in words: rows that a reason names by id or ref have their names there."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _

from ...loading.wording import DocumentTitles, quoted
from ...models import ENTRIES, Merge
from ...recording.diff import version_name

# The ref of an entry within a reason, and how the reasons begin that name one.
_REF = re.compile(r"[\w.-]+(?:/[\w.-]+)+")
_OF_ENTRIES = ("Corrects ", "Records ", "Recorded", "Replaced by ")
# The id of a document: what loads say, and settled conflicts.
_DOCUMENT = re.compile(r"(?<=^Loaded from )\S+$|(?<=^Conflict settled as )\S+(?= says$)")
# The ids of two records that were merged, and of the one that is a record of its own again.
_MERGE = re.compile(r"^(?P<how>Merged|Merge undone): (?P<gone>\S+)(?: into (?P<kept>\S+))?$")

Replace = Callable[[str], str]


def reasons_in_words(versions: Iterable[Any]) -> dict[int, str]:
    """The reasons of versions by their primary keys; a few queries for each page, and two for each merge on it."""
    reasons = {version.pk: version.history_change_reason or "" for version in versions}
    for replacing in (_entries, _documents, _merges):
        replace = replacing(set(reasons.values()))
        reasons = {key: replace(reason) for key, reason in reasons.items()}
    return reasons


def _entries(reasons: set[str]) -> Replace:
    refs = {
        ref for reason in reasons if reason.startswith(_OF_ENTRIES) for ref in _REF.findall(reason)
    }
    names: dict[str, str] = {}
    for model in ENTRIES if refs else ():
        for entry in model.objects.filter(ref__in=refs).select_related("report"):
            names[entry.ref] = quoted(entry)
    gone = _("an entry that was removed")

    def replace(reason: str) -> str:
        if not reason.startswith(_OF_ENTRIES):
            return reason
        return _REF.sub(lambda found: names.get(found[0], gone), reason)

    return replace


def _documents(reasons: set[str]) -> Replace:
    titles = DocumentTitles()
    titles.request(match[0] for reason in reasons if (match := _DOCUMENT.search(reason)))
    return lambda reason: _DOCUMENT.sub(lambda found: titles.of(found[0]), reason)


def _merges(reasons: set[str]) -> Replace:
    found = {match["gone"] for reason in reasons if (match := _MERGE.match(reason))}
    merges = Merge.objects.filter(key__in=found).order_by("pk") if found else ()
    of_key: dict[str, set[tuple[str, int, int]]] = defaultdict(set)
    for merge in merges:
        of_key[merge.key].add((merge.kind, merge.gone, merge.kept))
    names: dict[str, tuple[str, str]] = {}
    for key, pairs in of_key.items():
        # Where one id went several ways, the ids say which is meant.
        if len(pairs) == 1:
            ((kind, gone, kept),) = pairs
            names[key] = (_name_of(kind, gone), _name_of(kind, kept))

    def replace(reason: str) -> str:
        match = _MERGE.match(reason)
        if not match or match["gone"] not in names:
            return reason
        gone, kept = names[match["gone"]]
        if match["kept"]:
            return _("Merged: %(gone)s into %(kept)s") % {"gone": gone, "kept": kept}
        return _("Merge undone: %(gone)s") % {"gone": gone}

    return replace


def _name_of(kind: str, key: int) -> str:
    """What a record is called, or was called last."""
    model: Any = apps.get_model("initiatives", kind)
    row = model._base_manager.filter(pk=key).first()
    last = None if row else model.history.filter(id=key).first()
    return quoted(row or (last and version_name(last)) or key)
