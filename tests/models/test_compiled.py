"""Queries whose SQL is made once find what they would find if it were made anew."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Thread
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet, Value
from django.test.utils import CaptureQueriesContext

from initiatives.models import Initiative, Participant, Role, compiled
from initiatives.models.compiled import read_compiled
from tests import make

pytestmark = pytest.mark.django_db


def initiatives(keys: Sequence[int]) -> QuerySet[Initiative]:
    rows = Initiative.objects.public().filter(pk__in=keys).select_related("dialogue")
    return rows.order_by("slug")


def named(slug: str, dialogue: int, *, least: str) -> QuerySet[Initiative]:
    return Initiative.objects.filter(slug=slug, dialogue=dialogue, title__gte=least)


def words(initiative: int) -> Any:
    roles = Role.objects.filter(initiative=initiative).order_by().values_list("role", "participant")
    return roles.union(roles.filter(participant__code="jp"), all=True)


def read(build: Any, *values: Any, **constants: Any) -> list[Any]:
    return read_compiled(build, *values, using="default", **constants)


def test_any_number_of_keys_is_found_and_few_statements_are_made() -> None:
    lengths = []

    def build(keys: Sequence[int]) -> QuerySet[Initiative]:
        lengths.append(len(keys))
        return initiatives(keys)

    keys = [make.initiative(f"plan-{n}").pk for n in range(9)]
    for count in range(10):
        assert [row.pk for row in read(build, keys[:count])] == keys[:count]
    with CaptureQueriesContext(connection) as asked:
        assert read(build, keys)[8].dialogue.name
    assert len(asked) == 1
    # On PostgreSQL they are one array.
    assert lengths == ([0, 1] if connection.vendor == "postgresql" else [0, 1, 2, 4, 8, 16])


def test_texts_and_constants() -> None:
    plan, other = make.initiative("plan", title="B"), make.initiative("other", title="A")
    assert read(named, "plan", plan.dialogue_id, least="B") == [plan]
    assert read(named, "other", other.dialogue_id, least="B") == []
    assert read(named, "other", other.dialogue_id, least="A") == [other]


def test_any_number_of_texts() -> None:
    slugs = [make.initiative(f"plan-{n}").slug for n in range(4)]

    def build(slugs: Sequence[str]) -> QuerySet[Initiative]:
        return Initiative.objects.filter(slug__in=slugs).order_by("slug")

    for count in range(5):
        assert [row.slug for row in read(build, slugs[:count])] == slugs[:count]
    assert read(build, ["plan", "it's one"]) == []


def test_constants_stand_in_the_statement_unless_they_need_quoting() -> None:
    """SQLite plans a statement anew for each parameter that says whether a partial index may serve."""
    plan = make.initiative("plan", title="O'B %s 100%")

    def build(slug: str, *, least: str) -> QuerySet[Initiative]:
        rows = Initiative.objects.filter(slug=slug, publication="public", due_moves__gte=0)
        marked = rows.annotate(marked=Value(f"{least}%%"), number=Value(-1), flag=Value(True))
        return marked.filter(title__gte=least)

    for least in ("O'B %s", "O'B %s 100%", "A"):
        with CaptureQueriesContext(connection) as asked:
            [row] = read(build, "plan", least=least)
        assert (row, row.marked, row.number, row.flag) == (plan, f"{least}%%", -1, True)
        assert """"publication" = 'public'""" in asked[0]["sql"]
    sql, left = compiled._with_constants(
        "a = %s AND b IN (%s) AND c LIKE '%%' AND d IN (%s, %s) AND e = %s AND f IN (%s)",
        ["word", "it's", 5, 6, 7, 8],
        {7, 8},
        {8},
    )
    assert (
        sql == "a = 'word' AND b IN (%s) AND c LIKE '%%' AND d IN (5, 6) AND e = %s AND f = ANY(%s)"
    )
    assert left == ["it's", 7, 8]


def test_values_and_unions() -> None:
    japan: Participant = make.participant("jp")
    plan, other = make.initiative("plan"), make.initiative("other")
    make.role(initiative=plan, participant=japan, role="lead")
    for initiative in (plan, other, plan):
        assert read(words, initiative.pk) == list(words(initiative.pk))


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite keeps none.")
def test_postgresql_plans_a_statement_once_and_nothing_else() -> None:
    keys = [make.initiative(f"plan-{n}").pk for n in range(4)]
    before = planned()
    with CaptureQueriesContext(connection) as asked:
        for key in keys:
            assert [row.pk for row in read(initiatives, [key])] == [key]
            assert Initiative.objects.get(pk=key).pk == key
    assert all("SELECT" in query["sql"] for query in asked)
    [kept] = planned() - before
    assert "initiatives_dialogue" in kept
    # Of one key it would make a plan of its own each time.
    assert not planned("custom_plans > 0")


def planned(condition: str = "true") -> set[str]:
    """The statements that PostgreSQL keeps for this connection."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT statement FROM pg_prepared_statements WHERE {condition}")
        return {statement for (statement,) in cursor.fetchall()}


@pytest.mark.django_db(transaction=True)
def test_each_thread_asks_on_its_own_connection() -> None:
    key = make.initiative("plan").pk
    assert read(initiatives, [key])
    found: list[Any] = []

    def ask() -> None:
        found.extend(read(initiatives, [key]))
        connection.close()

    thread = Thread(target=ask)
    with CaptureQueriesContext(connection) as asked_here:
        thread.start()
        thread.join()
    assert [row.pk for row in found] == [key]
    assert not asked_here
