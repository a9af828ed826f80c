"""What initiatives are found by: every text that the public is shown of them, kept as folded words beside them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.db.models.signals import post_delete, pre_save
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from ..models import (
    Criterion,
    Discrepancy,
    Initiative,
    Involvement,
    Mention,
    Publication,
    SearchText,
    StatusUpdate,
    Target,
)
from ..models.compiled import read_compiled
from . import postings
from .passages import (
    Passage,
    Passages,
    Remember,
    Source,
    add,
    add_translations,
    names,
    read_passages,
)
from .terms import Texts


def _public(model: Any) -> QuerySet[Any]:
    rows: QuerySet[Any] = model.objects.current().filter(publication=Publication.PUBLIC)
    # In the order in which they came: what is new stands behind, and what stood before keeps its places.
    return rows.order_by("pk")


SOURCES = (
    Source(
        lambda: Initiative.objects.order_by(),
        names("dialogue__", _("Dialogue"), "name", "short_name", "other_names"),
        of="pk",
        translations="dialogue__translations",
        languages=dict.fromkeys(("dialogue__name", "dialogue__short_name"), "dialogue__language"),
    ),
    Source(
        lambda: Initiative.objects.filter(raised_at__isnull=False).order_by(),
        names("raised_at__", _("Meeting"), "title", "other_names"),
        of="pk",
        translations="raised_at__translations",
        languages={"raised_at__title": "raised_at__language"},
    ),
    Source(
        lambda: Involvement.objects.order_by("participant__code"),
        names("participant__", _("Participant"), "name", "official_name", "other_names"),
        of="initiative",
        translations="participant__translations",
        languages=dict.fromkeys(
            ("participant__name", "participant__official_name"), "participant__language"
        ),
        named_by_cldr="participant__name",
    ),
    Source(
        lambda: Initiative.themes.through._default_manager.order_by("theme__slug"),
        {"theme__name": _("Theme")},
        of="initiative",
        translations="theme__translations",
        languages={"theme__name": "theme__language"},
    ),
    Source(
        lambda: Target.objects.order_by("pk"),
        {"metric": _("Target"), "note": _("Note")},
        of="initiative",
    ),
    Source(
        lambda: _public(Criterion),
        {
            "what": _("What would count as delivered"),
            "why": _("Why it cannot be verified"),
            "note": _("Note"),
            "report__title": _("Report"),
        },
        of="initiative",
        translations="translations",
        languages=dict.fromkeys(("what", "why"), "language"),
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
        of="initiative",
        languages={"quote": "quote_language"},
    ),
    Source(
        lambda: _public(StatusUpdate),
        {"what": _("Update"), "note": _("Note"), "report__title": _("Report")},
        of="initiative",
        translations="translations",
        languages={"what": "language"},
    ),
    Source(
        lambda: Discrepancy.objects.filter(initiative__isnull=False).order_by("pk"),
        {"topic": _("Documents disagree"), "resolution": _("How we read it")},
        of="initiative",
    ),
)
OWN = {"other_names": _("Also called"), "summary": _("Summary"), "title": _("Title")}


def passages(
    initiatives: Iterable[Initiative],
    *,
    enough: Callable[[int, Collection[Passage]], bool] | None = None,
    remember: Remember | None = None,
) -> dict[int, list[Passage]]:
    """By primary key, what each initiative is found by beside its title, each text once, in a fixed order.

    A query for each of ``SOURCES``; none any more for initiatives of which ``enough`` is read. Pages ``remember`` what
    they read for those that come after (``facets/index.py``).
    """
    found: Passages = {}
    for initiative in initiatives:
        texts = found.setdefault(initiative.pk, {})
        for column in ("other_names", "summary"):
            language = "" if column == "other_names" else initiative.language
            add(texts, OWN, column, getattr(initiative, column), language)
        add_translations(texts, OWN, "", initiative.translations)
    keys = list(found)
    for source in SOURCES:
        if enough:
            keys = [key for key in keys if not enough(key, found[key].values())]
        if keys:
            read_passages(source, found, keys, remember)
    return {key: list(texts.values()) for key, texts in found.items()}


def outdated_texts(initiatives: Iterable[Initiative]) -> dict[int, tuple[Texts, Texts]]:
    """By primary key, the search texts of initiatives as they are stored and as they are to be, where these differ."""
    of = {initiative.pk: initiative for initiative in initiatives}
    stored = {text.initiative_id: text for text in read_compiled(_stored, [*of])}
    pairs = {
        key: (
            _texts(stored.get(key)),
            Texts.of(of[key].title, (passage.text for passage in found)),
        )
        for key, found in passages(of.values()).items()
    }
    return {key: (before, now) for key, (before, now) in pairs.items() if before != now}


def _stored(initiatives: Sequence[int]) -> QuerySet[SearchText]:
    return SearchText.objects.filter(initiative__in=initiatives)


def write_search_texts(initiatives: Iterable[Initiative]) -> None:
    """Bring the search texts of these initiatives, which are locked, up to date, and the index of words."""
    changes = outdated_texts(initiatives)
    SearchText.objects.bulk_create(
        [
            SearchText(initiative_id=key, title=now.title, body=now.body)
            for key, (_before, now) in changes.items()
        ],
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
