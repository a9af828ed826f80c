"""Whatever is filtered by, and whatever was written: every way to read a list gives the same rows."""

from __future__ import annotations

import csv
import io
import json
import re
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.apps import apps
from django.db import DatabaseError, models, transaction
from django.db.models import Q
from django.http import QueryDict
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from initiatives.facets import index as facet_index
from initiatives.facets.facet import Facet, hops
from initiatives.facets.registry import FACETS, facets_of
from initiatives.models import Citation, Initiative, Mention, Record, StatusUpdate
from initiatives.query.filters import InitiativeFilter
from initiatives.serving.triggers import PUBLIC
from tests import make
from tests.extent import TIMES
from tests.stories import rolled_back

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mixed")]

OF_INITIATIVES = facets_of(Initiative)
NUMBERS = st.integers(0, 1000)
# A model, a row of it, another one, and a field: of the first row it gets what the other has; without a field it goes.
Edit = tuple[int, int, int, int]
EDITS = st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS), min_size=1, max_size=6)

# Every table of the record, those between two models included.
MODELS = [
    model
    for model in apps.get_app_config("initiatives").get_models(include_auto_created=True)
    if issubclass(getattr(model._meta.auto_created, "_meta", model._meta).model, Record)
]


def make_edit(edit: Edit) -> None:
    """Write something past all rules but those of the database, as the last hand at a console might."""
    model = MODELS[edit[0] % len(MODELS)]
    # Managers of entries refuse to write.
    rows: models.QuerySet[Any] = models.QuerySet(model).order_by("pk")
    if not rows:
        return
    row, other = rows[edit[1] % len(rows)], rows[edit[2] % len(rows)]
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    number = edit[3] % (len(fields) + 1)
    with suppress(DatabaseError, models.ProtectedError), transaction.atomic():
        if number == len(fields):
            rows.filter(pk=row.pk).delete()
            return
        field = fields[number]
        value = getattr(other, field.attname)
        if field.unique and isinstance(value, str):
            value += "-2"
        rows.filter(pk=row.pk).update(**{field.attname: value})


def values_of(name: str) -> list[str]:
    """The values that initiatives have of a facet, and one that none has where it is offered."""
    filters = InitiativeFilter.read(QueryDict(), Initiative.objects.public())
    offered = [value for value in filters.offered[name].labels if value]
    return sorted({*offered, *filters.index.bitmaps[name]} & {*offered})


@pytest.mark.parametrize("name", OF_INITIATIVES)
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=2 * TIMES,
)
@given(data=st.data())
def test_every_way_to_read_a_list_gives_the_same_rows(
    mixed: None, client: Client, name: str, data: st.DataObject
) -> None:
    with rolled_back():
        assert any(facet_index.index().bitmaps[name].values()), "no row has a value before edits"
        for edit in data.draw(EDITS):
            make_edit(edit)
        values = data.draw(st.sets(st.sampled_from(values_of(name)), min_size=1, max_size=2))
        query = urlencode({name: sorted(values)}, doseq=True)
        filters = InitiativeFilter.read(QueryDict(query), Initiative.objects.public())
        expected = {row.slug for row in filters.qs}
        assert {row.slug for row in filters.rows(0, 100)} == expected
        assert read_all(client, query) == dict.fromkeys(READERS, expected)
        dated = {row.slug for row in filters.qs if row.due_on and row.due_on.precision != "year"}
        assert slugs(client, f"/initiatives.ics?{query}") == dated


def slugs(client: Client, address: str) -> set[str]:
    """The initiatives to whose pages an answer links."""
    response: Any = client.get(address)
    assert response.status_code == 200, address
    body = response.getvalue().decode().replace("\r\n ", "")
    return {*re.findall(r"/initiatives/(i\d+(?:-2)*)\b", body)}


READERS: dict[str, Any] = {
    "page": lambda client, query: slugs(client, f"/initiatives/?{query}"),
    "as of today": lambda client, query: slugs(
        client, f"/initiatives/?{query}&as_of={timezone.localdate()}"
    ),
    "matrix": lambda client, query: slugs(client, f"/matrix/?{query}"),
    "JSON": lambda client, query: {
        row["slug"]
        for row in json.loads(client.get(f"/initiatives.json?{query}").getvalue())["initiatives"]
    },
    "CSV": lambda client, query: {
        row["slug"]
        for row in csv.DictReader(
            io.StringIO(client.get(f"/initiatives.csv?{query}").getvalue().decode("utf-8-sig"))
        )
    },
    "Atom": lambda client, query: slugs(client, f"/initiatives.atom?{query}"),
}


def read_all(client: Client, query: str) -> dict[str, set[str]]:
    return {name: read(client, query) for name, read in READERS.items()}


@pytest.mark.parametrize("facet", FACETS, ids=lambda facet: f"{facet.model.__name__} {facet.name}")
def test_every_way_to_read_can_follow_the_declaration(facet: Facet) -> None:
    """What the edits above may not come upon."""
    tables = {model._meta.db_table for model in PUBLIC}
    steps = [hop for path in facet.paths for hop in hops(facet.model, path)]
    assert {hop.table for hop in steps} <= tables, "triggers note nothing of a table that it reads"
    entries = {Mention._meta.db_table, StatusUpdate._meta.db_table, Citation._meta.db_table}
    if entries & {hop.table for hop in steps}:
        assert facet.only, "entries may be drafts, or taken back: `only` has to say which count"
    if facet.has_many:
        assert not facet.rule, "bitmaps go by the path; say in `only` which rows along it count"
    if not facet.path:
        assert facet.rule, "it needs a rule"
        assert facet.choices, "bitmaps are made for each choice"
        assert facet.holds, "earlier days need its values"
        assert {*facet.columns} == {value for value, _label in facet.choices}


def test_only_what_counts_along_a_path_is_found_by_bitmaps_and_database(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    facet = Facet(
        model=Initiative,
        name="said_by",
        label="Said by",
        path="mentions__by__code",
        only=Q(mentions__publication="public", mentions__withdrawn_at=None),
        choices=[("s1", "s1"), ("s2", "s2")],
    )
    initiative, other = Initiative.objects.filter(slug__in=["i1", "i2"]).order_by("slug")
    speaker, another = make.participant("s1"), make.participant("s2")
    make.mention(initiative=initiative, participants=[speaker])
    make.mention(initiative=other, participants=[speaker], publication="draft")
    make.mention(initiative=other, participants=[another])
    monkeypatch.setitem(facet_index.FACETS, "said_by", facet)
    index = facet_index.index()
    assert index.having("said_by", "s1") == BitMap([initiative.pk])
    found = facet.having(Initiative.objects.public(), ["s1"])
    assert [row.slug for row in found] == ["i1"]


def test_the_docs_list_every_filter_as_it_is_declared() -> None:
    page = Path("docs/filters.md").read_text()
    lines = [
        f"| {facet.model._meta.verbose_name_plural} | `{facet.name}` | {facet.label} |"
        f" {facet.expected or 'one of the form’s words'} |"
        f" `{facet.path or ', '.join(facet.depends_on)}` |"
        for facet in FACETS
    ]
    assert [line for line in page.splitlines() if line.startswith("| ") and "`" in line] == lines
