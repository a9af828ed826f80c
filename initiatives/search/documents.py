"""What initiatives are found by: every text that the public is shown of them, kept as folded words beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.db.models.signals import post_delete, pre_save
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from ..models import (
    Criterion,
    Initiative,
    Involvement,
    Mention,
    Publication,
    SearchText,
    StatusUpdate,
    Target,
)
from ..models.translations import flat
from . import postings
from .terms import Texts


class Passage(NamedTuple):
    """A text by which an initiative is found, what it is, and its language (BCP 47) where that is told of it alone."""

    label: StrOrPromise
    text: str
    language: str = ""


class Source(NamedTuple):
    """Rows that belong to initiatives (``initiative`` leads there) and the columns of theirs that are searched.

    ``labels`` say of each column what it is. ``translations`` is the column that says the same in other languages.
    """

    rows: Callable[[], QuerySet[Any]]
    labels: Mapping[str, StrOrPromise]
    translations: str = ""
    language: str = ""
    initiative: str = "initiative"


def _public(model: Any) -> QuerySet[Any]:
    rows: QuerySet[Any] = model.objects.current().filter(publication=Publication.PUBLIC)
    # In the order in which they came: what is new stands behind, and what stood before keeps its places.
    return rows.order_by("pk")


def _names(path: str, label: StrOrPromise, *names: str) -> dict[str, StrOrPromise]:
    return {f"{path}{name}": label for name in names}


SOURCES = (
    Source(
        lambda: Initiative.objects.order_by(),
        _names("dialogue__", _("Dialogue"), "name", "short_name", "other_names"),
        "dialogue__translations",
        initiative="pk",
    ),
    Source(
        lambda: Initiative.objects.filter(raised_at__isnull=False).order_by(),
        _names("raised_at__", _("Meeting"), "title", "other_names"),
        "raised_at__translations",
        initiative="pk",
    ),
    Source(
        lambda: Involvement.objects.order_by("participant__code"),
        _names("participant__", _("Participant"), "name", "official_name", "other_names"),
        "participant__translations",
    ),
    Source(
        lambda: Initiative.themes.through._default_manager.order_by("theme__slug"),
        {"theme__name": _("Theme")},
        "theme__translations",
    ),
    Source(lambda: Target.objects.order_by("pk"), {"metric": _("Target")}),
    Source(
        lambda: _public(Criterion),
        {"what": _("What would count as delivered"), "why": _("Why it cannot be verified")},
        "translations",
    ),
    Source(
        lambda: _public(Mention),
        {
            "quote": _("Quote"),
            "condition": _("Condition"),
            "due_note": _("Due date"),
            "note": _("Note"),
            "report__title": _("Report"),
        },
        language="quote_language",
    ),
    Source(
        lambda: _public(StatusUpdate),
        {"what": _("Update"), "note": _("Note"), "report__title": _("Report")},
    ),
)
OWN = {"other_names": _("Also called"), "summary": _("Summary"), "title": _("Title")}


def passages(initiatives: Iterable[Initiative]) -> dict[int, list[Passage]]:
    """By primary key, what each initiative is found by beside its title, each text once, in a fixed order.

    A query for each of ``SOURCES``.
    """
    found: dict[int, dict[str, Passage]] = {}
    for initiative in initiatives:
        texts = found.setdefault(initiative.pk, {})
        for column in ("other_names", "summary"):
            _add(texts, OWN, column, getattr(initiative, column))
        _add_translations(texts, OWN, "", initiative.translations)
    for source in SOURCES:
        beside = filter(None, (source.translations, source.language))
        rows = source.rows().filter(**{f"{source.initiative}__in": list(found)})
        for row in rows.values(source.initiative, *beside, *source.labels):
            texts = found[row[source.initiative]]
            for column in source.labels:
                language = row[source.language] if column == "quote" else ""
                _add(texts, source.labels, column, row[column], language)
            if source.translations:
                path = source.translations.removesuffix("translations")
                _add_translations(texts, source.labels, path, row[source.translations])
    return {key: list(texts.values()) for key, texts in found.items()}


def _add(
    texts: dict[str, Passage],
    labels: Mapping[str, StrOrPromise],
    column: str,
    text: str,
    language: str = "",
) -> None:
    # Other names stand one a line.
    for line in text.splitlines() if column.endswith("other_names") else [text]:
        if line:
            texts.setdefault(line, Passage(labels[column], line, language))


def _add_translations(
    texts: dict[str, Passage],
    labels: Mapping[str, StrOrPromise],
    path: str,
    translations: Mapping[str, Mapping[str, str]],
) -> None:
    for name, text in flat(translations).items():
        field, _dot, language = name.partition(".")
        if path + field in labels:
            _add(texts, labels, path + field, text, language)


def write_search_texts(initiatives: Sequence[Initiative]) -> None:
    """Bring the search texts of these initiatives, which are locked, up to date, and the index of words."""
    keys = [initiative.pk for initiative in initiatives]
    stored = {text.initiative_id: text for text in SearchText.objects.filter(initiative__in=keys)}
    passages_of = passages(initiatives)
    written, changes = [], {}
    for initiative in initiatives:
        others = (passage.text for passage in passages_of[initiative.pk])
        texts = Texts.of(initiative.title, others)
        before = _texts(stored.get(initiative.pk))
        if texts != before:
            written.append(SearchText(initiative=initiative, title=texts.title, body=texts.body))
            changes[initiative.pk] = (before, texts)
    SearchText.objects.bulk_create(
        written,
        update_conflicts=True,
        unique_fields=["initiative"],
        update_fields=["title", "body"],
    )
    postings.write(changes)


def _texts(row: SearchText | None) -> Texts:
    return Texts(row.title, row.body) if row else Texts()


@receiver(pre_save, sender=SearchText)
def learn_words(instance: SearchText, raw: bool, **kwargs: Any) -> None:
    """The index of words learns those of texts that `loaddata` writes; its own rows know initiatives by number only."""
    if raw:
        stored = SearchText.objects.filter(initiative=instance.initiative_id).first()
        postings.write({instance.initiative_id: (_texts(stored), _texts(instance))})


@receiver(post_delete, sender=SearchText)
def forget_words(instance: SearchText, **kwargs: Any) -> None:
    """The index of words has nothing of an initiative that is gone."""
    postings.write({instance.initiative_id: (_texts(instance), Texts())})
