"""Names and titles sort as people expect, the same on both databases, however they were written."""

from __future__ import annotations

import io
import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, models
from django.test import Client

from initiatives.facets.registry import offer_dialogues, offer_participants
from initiatives.loading.data_checks import find_all
from initiatives.models import Dialogue, Initiative, Participant, Report, Theme
from initiatives.models.sort_keys import sort_key, sort_key_fields
from initiatives.recording.bulk_history import change_all
from tests import make
from tests.report_files import load_texts, report

pytestmark = pytest.mark.django_db

IN_ORDER = [
    "10 projects",
    "Ändern",
    "anders",
    "École du désert",
    "e-visa pilot",
    "Økonomi",
    "“One Village – One Product”",
    "One village, two products",
    "« Quoted » first",
    "Ungefähr",
    "Zoo",
    "Кот",
    "кўча",
    "Қайта ишлаш",
    "Лес",
    "Узбекистан",
    "Ўқув маркази",
    "Фонд",
    "協力",
]
SORTED: list[tuple[Any, str]] = [
    (Participant, "name"),
    (Theme, "name"),
    (Dialogue, "name"),
    (Initiative, "title"),
    (Report, "title"),
]
MAKERS: dict[type[models.Model], Any] = {
    Participant: make.participant,
    Theme: make.theme,
    Dialogue: make.dialogue,
    Initiative: make.initiative,
    Report: make.report,
}


def shuffled() -> list[str]:
    titles = list(IN_ORDER)
    Random(7).shuffle(titles)
    return titles


def test_case_accents_and_punctuation_stand_back() -> None:
    assert sorted(shuffled(), key=sort_key) == IN_ORDER


@pytest.mark.parametrize("text", ["", "…", "x" * 500, "𐍈" * 500, "한국" * 250, "\ud800"])
def test_any_text_has_a_key_that_an_index_takes(text: str) -> None:
    assert len(sort_key(text)) < 2500


@pytest.mark.parametrize(("model", "of"), SORTED)
def test_the_database_sorts_by_it(model: Any, of: str) -> None:
    for title in shuffled():
        MAKERS[model](**{of: title})
    titles = list(model.objects.order_by("sort_key").values_list(of, flat=True))
    named = [title for title in titles if title in IN_ORDER]
    assert named == IN_ORDER


def test_every_model_that_is_ordered_by_name_has_one() -> None:
    fields = [field for model, _of in SORTED for field in sort_key_fields(model)]
    assert [(field.model, field.of) for field in fields] == SORTED


def titles_on(client: Client, address: str) -> list[str]:
    """The initiatives that a list names, in its order."""
    html = client.get(address).content.decode()
    return sorted((title for title in shuffled() if title in html), key=html.index)


def test_lists_feeds_and_past_days_sort_by_it(client: Client) -> None:
    dialogue = make.dialogue("ca-japan")
    for title in shuffled():
        make.mention(initiative=make.initiative(title=title, dialogue=dialogue))
    for query in ("", "&as_of=2025-01-01", "&dialogue=ca-japan"):
        assert titles_on(client, f"/initiatives/?sort=title{query}") == IN_ORDER, query


def test_choices_of_filters_sort_by_it() -> None:
    for name in ("Zoo", "Ökologie", "école", "“One”"):
        make.participant(name=name)
        make.dialogue(name="A", short_name=name)
    in_order = ["école", "Ökologie", "“One”", "Zoo"]
    assert [name for _code, name in offer_participants() if name in in_order] == in_order
    assert [name for _slug, name in offer_dialogues() if name in in_order] == in_order


# --- It is kept -----------------------------------------------------------------------------------


def key_of(row: Any) -> bytes:
    return bytes(type(row).objects.values_list("sort_key", flat=True).get(pk=row.pk))


@pytest.mark.parametrize(
    "write",
    [
        lambda row: row.save(),
        lambda row: row.save(update_fields=["title"]),
        lambda row: Initiative.objects.filter(pk=row.pk).update(title=row.title),
        lambda row: change_all([row], ["title"], by=None, reason="Mended"),
    ],
)
def test_every_way_to_write_a_title_writes_its_key(write: Any) -> None:
    row = make.initiative(title="Before")
    assert key_of(row) == sort_key("Before")
    row.title = "École"
    write(row)
    assert key_of(row) == sort_key("École")


def test_a_load_and_a_dump_write_it(tmp_path: Path) -> None:
    vocabulary = "participants:\n  - {code: jp, name: Japan}\n"
    load_texts(vocabulary, report())
    assert key_of(Participant.objects.get(code="jp")) == sort_key("Japan")
    load_texts(vocabulary.replace("Japan", "Япония"), report())
    row = Participant.objects.get(code="jp")
    assert key_of(row) == sort_key("Япония")
    dump = io.StringIO()
    call_command("dumpdata", "initiatives.participant", format="json", stdout=dump)
    # A dump of a release without the key.
    rows = json.loads(dump.getvalue())
    del rows[0]["fields"]["sort_key"]
    path = tmp_path / "dump.json"
    path.write_text(json.dumps(rows))
    Participant.objects.all().delete()
    call_command("loaddata", str(path), verbosity=0)
    assert key_of(Participant.objects.get(code="jp")) == sort_key("Япония")


def test_what_is_written_past_the_models_is_found_and_mended() -> None:
    row = make.initiative(title="Before")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE initiatives_initiative SET title = 'École'")
    name = f"initiative {row.slug}"
    found = [finding.record for finding in find_all() if finding.check == "sort_keys"]
    assert found == [name]
    with pytest.raises(SystemExit):
        call_command("check_data", "--refresh", stdout=io.StringIO(), stderr=io.StringIO())
    assert key_of(row) == sort_key("École")
    assert not [finding for finding in find_all() if finding.check == "sort_keys"]


def test_it_is_in_no_version_and_comes_back_with_one() -> None:
    row = make.initiative(title="Before")
    assert "sort_key" not in {field.name for field in Initiative.history.model._meta.fields}
    row.title = "After"
    row.save()
    first = row.history.earliest()
    first.instance.save()
    assert key_of(row) == sort_key("Before")
