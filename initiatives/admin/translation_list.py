"""What is missing in each language, and what is older than its original: one list for all that is translated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.contrib.admin import AdminSite
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from ..facets.index import index
from ..languages import LANGUAGE_TAGS, language_name
from ..models import (
    Criterion,
    Dialogue,
    Entry,
    Initiative,
    Meeting,
    Participant,
    StatusUpdate,
    Theme,
    Translated,
)
from ..recording import permissions
from ..recording.missing_translations import (
    count_missing,
    missing_in,
    texts_said,
    to_translate,
)
from ..recording.translation_state import Older, all_older_translations
from .base.records import admin_url, person
from .base.widgets import is_key

KINDS: Mapping[str, type[Translated]] = {
    str(model._meta.model_name): model
    for model in (Initiative, StatusUpdate, Criterion, Meeting, Dialogue, Participant, Theme)
}
# What leads to the dialogue of a row; the rest belongs to all dialogues.
DIALOGUE = {
    "initiative": "dialogue",
    "statusupdate": "initiative__dialogue",
    "criterion": "initiative__dialogue",
    "meeting": "dialogue",
    "dialogue": "pk",
}
MISSING, OLDER = "missing", "older"
ROWS = 50


class Link(NamedTuple):
    title: str
    query: str
    is_current: bool
    # None where it is not counted.
    rows: int | None = None


class Row(NamedTuple):
    """A row of the list: ``said`` of ``texts`` are in the language; ``older`` are called as fields are.

    ``url`` leads to its translations, or to itself for who may not edit these.
    """

    title: str
    of: str
    url: str
    said: int
    texts: int
    older: list[str]
    language: str


class Asked(NamedTuple):
    """What the address asks for; ``dialogue`` is a primary key or None."""

    kind: str
    language: str
    state: str
    dialogue: int | None

    def query(self, **changes: Any) -> str:
        asked = self._replace(**changes)._asdict()
        return urlencode({name: value for name, value in asked.items() if value})


def _read(request: HttpRequest, kinds: list[str]) -> Asked:
    """Raises Http404 for what there is not."""
    given = request.GET
    kind = given.get("kind") or kinds[0]
    language = given.get("language") or LANGUAGE_TAGS[1]
    state = given.get("state") or MISSING
    dialogue = given.get("dialogue") or None
    if kind not in kinds or language not in LANGUAGE_TAGS or state not in (MISSING, OLDER):
        raise Http404
    if dialogue and not (is_key(Dialogue, dialogue) and kind in DIALOGUE):
        raise Http404
    return Asked(kind, language, state, int(dialogue) if dialogue else None)


def translation_list(site: AdminSite, request: HttpRequest) -> HttpResponse:
    user = person(request)
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    kinds = [name for name, model in KINDS.items() if permissions.may(user, "view", model)]
    if not kinds:
        permissions.require(user, "view", Initiative)
    asked = _read(request, kinds)
    model = KINDS[asked.kind]
    rows = to_translate(model)
    if asked.dialogue:
        rows = rows.filter(**{DIALOGUE[asked.kind]: asked.dialogue})
    older = _older(model)
    missing = index().remember(
        f"missing translations {rows.query}", lambda: count_missing(rows, LANGUAGE_TAGS)
    )
    of_rows = {*rows.filter(pk__in=[*older]).values_list("pk", flat=True)} if older else set()
    count_older = {
        tag: sum(key in of_rows and bool(_fields(older[key], tag)) for key in older)
        for tag in LANGUAGE_TAGS
    }
    page = _page(request, rows, asked, older)
    context = {
        **site.each_context(request),
        "title": _("Translations"),
        "asked": asked,
        "language_name": language_name(asked.language),
        "kinds": [
            Link(
                capfirst(str(KINDS[name]._meta.verbose_name_plural)),
                asked.query(kind=name, dialogue=asked.dialogue if name in DIALOGUE else None),
                name == asked.kind,
            )
            for name in kinds
        ],
        "languages": [
            Link(
                language_name(tag),
                asked.query(language=tag),
                tag == asked.language,
                (count_older if asked.state == OLDER else missing)[tag],
            )
            for tag in LANGUAGE_TAGS
        ],
        "states": [
            Link(
                _("Something missing"),
                asked.query(state=MISSING),
                asked.state == MISSING,
                missing[asked.language],
            ),
            Link(
                _("Older than the original"),
                asked.query(state=OLDER),
                asked.state == OLDER,
                count_older[asked.language],
            ),
        ],
        "dialogues": Dialogue.objects.order_by("sort_key") if asked.kind in DIALOGUE else [],
        "page": page,
        "rows": [_row(user, row, asked.language, older.get(row.pk, {})) for row in page],
        "query": asked.query(),
        "of_entries": issubclass(model, Entry),
    }
    return TemplateResponse(request, "admin/initiatives/translation_list.html", context)


def _older(model: type[Translated]) -> Older:
    return index().remember(
        f"older translations of {model._meta.model_name}", lambda: all_older_translations(model)
    )


def _page(request: HttpRequest, rows: Any, asked: Asked, older: Older) -> Page[Any]:
    if asked.state == OLDER:
        keys = [key for key, texts in older.items() if _fields(texts, asked.language)]
        found = rows.filter(pk__in=keys)
    else:
        found = missing_in(rows, asked.language)
    if issubclass(rows.model, Entry):
        found = found.select_related("initiative")
    return Paginator(found, ROWS).get_page(request.GET.get("page"))


def _fields(texts: Mapping[str, Any], tag: str) -> list[str]:
    """Of names such as “title.ja” the fields that are named in a language."""
    return [name.partition(".")[0] for name in texts if name.partition(".")[2] == tag]


def _row(user: Any, row: Any, tag: str, older: Mapping[str, Any]) -> Row:
    do = "translate" if isinstance(row, Entry) else "change"
    translates = permissions.may(user, do, row)
    fields, said = texts_said(row, tag)
    labels = [
        capfirst(str(row._meta.get_field(field).verbose_name)) for field in _fields(older, tag)
    ]
    return Row(
        title=getattr(row, row.TRANSLATED[0]) or str(row),
        of=str(row.initiative) if isinstance(row, Entry) else "",
        url=f"{admin_url(row, 'translate')}?{urlencode({'language': tag})}"
        if translates
        else admin_url(row),
        said=len(said),
        texts=len(fields),
        older=labels,
        language=row.language,
    )
