"""Which texts are ours is decided for every field that holds one."""

from __future__ import annotations

from django.apps import apps
from django.db import models

from initiatives.loading.wording_checks import OWN_TEXTS
from initiatives.models import LoadedFact, Record, SearchText

# Names, titles, keys, addresses, places, numbers in words, and who looked.
NAMES = {
    *("name", "official_name", "short_name", "other_names", "title", "publisher", "metric", "unit"),
    *(
        "slug",
        "code",
        "ref",
        "key",
        "key_before",
        "field",
        "language",
        "currency",
        "quote_language",
    ),
    *("url", "archived_url", "website", "city", "venue", "locator", "sha256", "time_zone"),
    *("start_time", "end_time", "sdgs", "sdg_targets", "looked_by", "read_by"),
}
# The words of others.
QUOTES = {"quote"}
# Made from other texts, or said once about the record and not changed any more.
MADE = {"differences", "reason", "withdrawal_reason", "translations"}
MADE_OF_MENTIONS = {"initiative.due_note", "initiative.condition"}
MADE_ROWS = (SearchText, LoadedFact)


def test_every_text_is_ours_or_known_to_be_none() -> None:
    decided = NAMES | QUOTES | MADE
    undecided = []
    for model in apps.get_app_config("initiatives").get_models():
        if not issubclass(model, Record) or issubclass(model, MADE_ROWS):
            continue
        for field in model._meta.concrete_fields:
            is_text = isinstance(field, models.TextField | models.CharField | models.JSONField)
            is_date = type(field).__name__ == "PartialDateField"
            if not is_text or is_date or field.choices:
                continue
            name = f"{model._meta.model_name}.{field.name}"
            known = {*decided, *OWN_TEXTS.get(model, ())}
            if field.name not in known and name not in MADE_OF_MENTIONS:
                undecided.append(name)
    assert undecided == []
    assert all({*names}.isdisjoint(decided) for names in OWN_TEXTS.values())
