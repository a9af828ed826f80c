"""The folded words of initiatives, kept beside them for search."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db import connection

from ..models import Criterion, Initiative, Involvement, Mention, Publication, SearchText
from ..models.translations import flat
from .normalization import fold

FTS = "initiatives_searchtext_fts"


def write_search_texts(initiatives: Sequence[Initiative]) -> None:
    """Bring the search texts of these initiatives (``dialogue`` selected) up to date; six queries.

    They hold title, other names, summary, the names of dialogue, themes and participants, all but other names in every
    language that they are said in, and public quotes, conditions and criteria.
    """
    keys = [initiative.pk for initiative in initiatives]
    stored = {text.initiative_id: text for text in SearchText.objects.filter(initiative__in=keys)}
    related_texts = _related_texts(keys)
    written = []
    for initiative in initiatives:
        dialogue = initiative.dialogue
        title = fold(initiative.title)
        body = fold(
            initiative.title,
            initiative.other_names,
            initiative.summary,
            dialogue.name,
            dialogue.short_name,
            dialogue.other_names,
            *flat(initiative.translations).values(),
            *flat(dialogue.translations).values(),
            *related_texts[initiative.pk],
        )
        text = stored.get(initiative.pk)
        if text is None or (text.title, text.body) != (title, body):
            written.append(SearchText(initiative=initiative, title=title, body=body))
    SearchText.objects.bulk_create(
        written,
        update_conflicts=True,
        unique_fields=["initiative"],
        update_fields=["title", "body"],
    )


def _related_texts(keys: Iterable[int]) -> dict[int, list[str]]:
    """The names, quotes and criteria that belong to each initiative, each once, in a fixed order."""
    texts_by_key: dict[int, dict[str, None]] = defaultdict(dict)
    names = ("translations", "name", "official_name", "other_names")
    involved = Involvement.objects.filter(initiative__in=keys).order_by("participant__code")
    columns = ("initiative", *(f"participant__{name}" for name in names))
    for initiative, others, *texts in involved.values_list(*columns):
        texts_by_key[initiative].update(dict.fromkeys((*texts, *flat(others).values())))
    themes = Initiative.themes.through._default_manager.filter(initiative__in=keys)
    columns = ("initiative", "theme__name", "theme__translations")
    for initiative, name, others in themes.order_by("theme__slug").values_list(*columns):
        texts_by_key[initiative].update(dict.fromkeys((name, *flat(others).values())))
    quotes = Mention.objects.current().filter(initiative__in=keys, publication=Publication.PUBLIC)
    quotes = quotes.exclude(quote="", condition="").order_by("ref")
    for initiative, *texts in quotes.values_list("initiative", "quote", "condition"):
        texts_by_key[initiative].update(dict.fromkeys(filter(None, texts)))
    criteria = Criterion.objects.current().filter(
        initiative__in=keys, publication=Publication.PUBLIC
    )
    columns = ("initiative", "translations", "what", "why")
    for initiative, others, *texts in criteria.order_by("ref").values_list(*columns):
        texts_by_key[initiative].update(dict.fromkeys((*texts, *flat(others).values())))
    return defaultdict(list, {key: list(texts) for key, texts in texts_by_key.items()})


def forget_erased_words() -> None:
    """Let the index of SQLite hold nothing of texts that are gone: it keeps pieces of them until it is made compact."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {FTS}({FTS}) VALUES ('optimize')")
