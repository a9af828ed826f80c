"""The lineage of initiatives has no circles: a trigger on both databases, and a message in forms."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from initiatives.models import Initiative, Lineage, LineageKind
from tests import make
from tests.extent import TIMES
from tests.sessions import several_sessions

Edge = tuple[int, int]

refused = pytest.mark.parametrize("length", [2, 3, 10])


def make_chain(length: int) -> list[Initiative]:
    """Initiatives of which each builds on the one before it."""
    chain = [make.initiative() for _ in range(length)]
    for earlier, later in pairwise(chain):
        make.lineage(earlier=earlier, later=later)
    return chain


@pytest.mark.django_db
@refused
def test_a_circle_of_any_length_is_refused_by_the_database(length: int) -> None:
    chain = make_chain(length)
    for relation in LineageKind:
        with pytest.raises(IntegrityError, match="lineage_acyclic"), transaction.atomic():
            make.lineage(earlier=chain[-1], later=chain[0], relation=relation)
    assert Lineage.objects.count() == length - 1


@pytest.mark.django_db
@refused
def test_a_circle_of_any_length_is_refused_by_a_form(length: int) -> None:
    chain = make_chain(length)
    link = Lineage(earlier=chain[-1], later=chain[0], relation=LineageKind.CONTINUES)
    with pytest.raises(ValidationError, match="would close a circle"):
        link.full_clean()


@pytest.mark.django_db
@refused
def test_a_link_that_is_changed_closes_no_circle(length: int) -> None:
    chain = make_chain(length)
    link = make.lineage(earlier=chain[-1])
    link.later = chain[0]
    with pytest.raises(ValidationError, match="would close a circle"):
        link.full_clean()
    with pytest.raises(IntegrityError, match="lineage_acyclic"), transaction.atomic():
        link.save()
    with pytest.raises(IntegrityError, match="lineage_acyclic"), transaction.atomic():
        Lineage.objects.filter(pk=link.pk).update(later=chain[0])


@pytest.mark.django_db
def test_a_circle_within_one_statement_is_refused() -> None:
    one, two, three = (make.initiative() for _ in range(3))
    links = [
        Lineage(earlier=earlier, later=later, relation=LineageKind.BUILDS_ON)
        for earlier, later in ((one, two), (two, three), (three, one))
    ]
    with pytest.raises(IntegrityError, match="lineage_acyclic"), transaction.atomic():
        Lineage.objects.bulk_create(links)
    assert not Lineage.objects.exists()


@pytest.mark.django_db
def test_a_link_that_was_typed_the_wrong_way_can_be_turned_around() -> None:
    link = make.lineage()
    link.earlier, link.later = link.later, link.earlier
    link.full_clean()
    link.save()
    with pytest.raises(IntegrityError, match="lineage_acyclic"), transaction.atomic():
        make.lineage(earlier=link.later, later=link.earlier)


@pytest.mark.django_db
def test_initiatives_may_meet_again_without_a_circle() -> None:
    root, left, right, end = (make.initiative() for _ in range(4))
    for earlier, later in ((root, left), (root, right), (left, end), (right, end), (root, end)):
        make.lineage(earlier=earlier, later=later).full_clean()
    make.lineage(earlier=root, later=end, relation=LineageKind.CONTINUES).full_clean()


def closes_a_circle(edges: set[Edge], edge: Edge) -> bool:
    """Whether the earlier one comes, step by step, from the later one: the rule, written once more."""
    ancestors, before = {edge[0]}, set[int]()
    while ancestors != before:
        before = set(ancestors)
        ancestors |= {earlier for earlier, later in edges if later in ancestors}
    return edge[1] in ancestors


@pytest.mark.django_db
@settings(max_examples=13 * TIMES)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=3, max_size=14))
def test_database_and_form_refuse_the_same_links(edges: list[Edge]) -> None:
    Lineage.objects.all().delete()
    dialogue = make.dialogue()
    rows = [make.initiative(dialogue=dialogue) for _ in range(6)]
    taken: set[Edge] = set()
    for earlier, later in edges:
        if earlier == later or (earlier, later) in taken:
            continue
        link = Lineage(earlier=rows[earlier], later=rows[later], relation=LineageKind.MERGES)
        expected = closes_a_circle(taken, (earlier, later))
        assert Lineage.objects.creates_cycle(rows[earlier].pk, rows[later].pk) == expected
        try:
            with transaction.atomic():
                link.save()
        except IntegrityError:
            assert expected
        else:
            assert not expected
            taken.add((earlier, later))


@pytest.mark.django_db(transaction=True)
def test_opposite_links_of_two_sessions_do_not_both_stand(tmp_path: Path) -> None:
    one, other = make.initiative(), make.initiative()
    written = threading.Event()

    def first() -> None:
        with transaction.atomic():
            make.lineage(earlier=one, later=other)
            written.set()
            # The second session writes meanwhile, and has to wait for this one.
            threading.Event().wait(0.5)

    def second() -> None:
        written.wait(10)
        with transaction.atomic():
            make.lineage(earlier=other, later=one)

    with several_sessions(tmp_path) as run:
        done, refusal = run(first, second)
        assert done is None
        assert isinstance(refusal, IntegrityError)
        assert "lineage_acyclic" in str(refusal)
        assert Lineage.objects.get().earlier == one


@pytest.mark.django_db(transaction=True)
def test_of_many_opposite_links_at_once_one_direction_wins(tmp_path: Path) -> None:
    one, other = make.initiative(), make.initiative()

    def link(earlier: Initiative, later: Initiative, relation: LineageKind) -> Callable[[], None]:
        def write() -> None:
            make.lineage(earlier=earlier, later=later, relation=relation)

        return write

    with several_sessions(tmp_path) as run:
        for _round in range(5):
            tasks = [link(one, other, kind) for kind in list(LineageKind)[:4]]
            tasks += [link(other, one, kind) for kind in list(LineageKind)[:4]]
            results = run(*tasks)
            assert {type(result) for result in results} <= {type(None), IntegrityError}
            assert Lineage.objects.count() == results.count(None) > 0
            assert len(set(Lineage.objects.values_list("earlier", "later"))) == 1
            Lineage.objects.all().delete()


@pytest.mark.django_db
def test_the_triggers_are_still_there_after_all_migrations() -> None:
    """On SQLite a migration that rebuilds the table would drop them silently."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        names = {name for (name,) in cursor.fetchall()}
    assert {name for name in names if name.startswith("lineage_acyclic")} == (
        {"lineage_acyclic"}
        if connection.vendor == "postgresql"
        else {"lineage_acyclic_insert", "lineage_acyclic_update"}
    )
