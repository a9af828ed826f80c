"""Why versions were written, in the language of the page: histories keep it in English, and name rows by id or ref."""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from django.apps import apps
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_  # noqa: N812  Babel looks for that name

from ...languages import date_in_words, language_name, series
from ...loading.wording import DocumentTitles, quoted
from ...models import ENTRIES, Merge
from ...recording.diff import version_name

# All that the program itself gives as a reason; what people typed is shown as it is.
REASONS = (
    N_("Added with what cites it"),
    N_("Brought back"),
    N_("Brought back: the version of %(when)s"),
    N_("Conflict settled as %(document)s says"),
    N_("Corrects %(corrected)s"),
    N_("Corrects %(corrected)s: %(entry)s"),
    N_("Derived columns brought up to date"),
    N_("Entry removed"),
    N_("Entry withdrawn"),
    N_("Initiative public again"),
    N_("Initiative withdrawn"),
    N_("Loaded"),
    N_("Loaded again"),
    N_("Loaded from %(document)s"),
    N_("Merge undone: %(gone)s"),
    N_("Merged: %(gone)s into %(kept)s"),
    N_("New address: %(old)s → %(new)s"),
    N_("No longer in its file"),
    N_("Planned with others"),
    N_("Published"),
    N_("Recorded"),
    N_("Recorded: %(entry)s"),
    N_("Recorded anew: %(entry)s"),
    N_("Recorded for several initiatives"),
    N_("Records %(corrected)s anew"),
    N_("Records %(corrected)s anew: %(entry)s"),
    N_("Replaced by %(entry)s"),
    N_("Reports loaded"),
    N_("Roles became mentions"),
    N_("Shown to the public"),
    N_("Something public rests on it"),
    N_("Stood as a role until now"),
    N_("Stood at its target until now"),
    N_("Taken back to draft"),
    N_("The update was corrected"),
    N_("Translated"),
    N_("Translation confirmed: %(texts)s"),
    N_("Undone: load %(number)s"),
    N_("Values reached became updates"),
)
# The names in them, and what stands in their place in a history.
_ENTRY = r"[\w.-]+(?:/[\w.-]+)+"
_SHAPES = {"entry": _ENTRY, "corrected": _ENTRY, "when": ".+", "texts": ".+"}
_ID = r"\S+"
_MOMENT = "%d %B %Y, %H:%M:%S"
_NAME = re.compile(r"%\((\w+)\)s")


def _shape(message: str) -> re.Pattern[str]:
    parts = _NAME.split(message)
    parts[::2] = map(re.escape, parts[::2])
    parts[1::2] = [rf"(?P<{name}>{_SHAPES.get(name, _ID)})" for name in parts[1::2]]
    return re.compile("".join(parts))


_ALL = [(message, _shape(message)) for message in REASONS]


class _Reason(NamedTuple):
    """One of ours, and what it names; of what people typed only the words."""

    message: str
    named: Mapping[str, str]
    is_ours: bool = True


Names = Callable[[_Reason], Mapping[str, str]]


def reasons_in_words(versions: Iterable[Any]) -> dict[int, str]:
    """The reasons of versions by their primary keys; a few queries for each page, and two for each merge on it."""
    kept = {version.pk: version.history_change_reason or "" for version in versions}
    reasons = {text: read(text) for text in set(kept.values())}
    ours = [reason for reason in reasons.values() if reason.is_ours]
    lookups = [_moment, _languages, *(look(ours) for look in (_entries, _documents, _merges))]
    words = {text: _in_words(reason, lookups) for text, reason in reasons.items()}
    return {key: words[text] for key, text in kept.items()}


def read(text: str) -> _Reason:
    """What a history keeps, as one of ours where it is."""
    for message, shape in _ALL:
        if match := shape.fullmatch(text):
            return _Reason(message, match.groupdict())
    return _Reason(text, {}, is_ours=False)


def _in_words(reason: _Reason, lookups: Iterable[Names]) -> str:
    if not reason.is_ours:
        return reason.message
    named = dict(reason.named)
    for look in lookups:
        named |= look(reason)
    return _(reason.message) % named


def _moment(reason: _Reason) -> Mapping[str, str]:
    """The day of a version as the language of the page writes it."""
    try:
        # Of no zone, as it was written in that of the site.
        moment = datetime.datetime.strptime(reason.named.get("when", ""), _MOMENT)  # noqa: DTZ007
    except ValueError:
        return {}
    return {"when": series([date_in_words(moment.date().isoformat()), f"{moment:%H:%M:%S}"])}


def _languages(reason: _Reason) -> Mapping[str, str]:
    """Of texts in other languages (“title.ja, summary.ja”) the languages."""
    tags = [name.partition(".")[2] for name in reason.named.get("texts", "").split(", ")]
    return {"texts": series(map(language_name, dict.fromkeys(tags)))} if all(tags) else {}


def _entries(reasons: Iterable[_Reason]) -> Names:
    kinds = ("entry", "corrected")
    refs = {reason.named[kind] for reason in reasons for kind in kinds if kind in reason.named}
    names: dict[str, str] = {}
    for model in ENTRIES if refs else ():
        for entry in model.objects.filter(ref__in=refs).select_related("report"):
            names[entry.ref] = quoted(entry)
    gone = _("an entry that was removed")
    return lambda reason: {
        kind: names.get(reason.named[kind], gone) for kind in kinds if kind in reason.named
    }


def _documents(reasons: Iterable[_Reason]) -> Names:
    titles = DocumentTitles()
    named = [reason.named["document"] for reason in reasons if "document" in reason.named]
    titles.request(named)
    return lambda reason: {
        kind: titles.of(source) for kind, source in reason.named.items() if kind == "document"
    }


def _merges(reasons: Iterable[_Reason]) -> Names:
    found = {reason.named["gone"] for reason in reasons if "gone" in reason.named}
    merges = Merge.objects.filter(key__in=found).order_by("pk") if found else ()
    of_key: dict[str, set[tuple[str, int, int]]] = defaultdict(set)
    for merge in merges:
        of_key[merge.key].add((merge.kind, merge.gone, merge.kept))
    names: dict[str, dict[str, str]] = {}
    for key, pairs in of_key.items():
        # Where one id went several ways, the ids say which is meant.
        if len(pairs) == 1:
            ((kind, gone, kept),) = pairs
            names[key] = {"gone": _name_of(kind, gone), "kept": _name_of(kind, kept)}
    return lambda reason: names.get(reason.named.get("gone", ""), {})


def _name_of(kind: str, key: int) -> str:
    """What a record is called, or was called last."""
    model: Any = apps.get_model("initiatives", kind)
    row = model._base_manager.filter(pk=key).first()
    last = None if row else model.history.filter(id=key).first()
    return quoted(row or (last and version_name(last)) or key)
