"""The index of words after any story of edits, and while several people write at once."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, connection, connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from initiatives.models import Initiative, SearchPosting, SearchText
from initiatives.recording import actions, missing_texts
from initiatives.recording.missing_texts import write_all
from initiatives.recording.removal import remove
from initiatives.search import postings
from initiatives.search.documents import write_search_texts
from initiatives.search.query import find
from tests import make
from tests.extent import TIMES
from tests.search.index import assert_index_is_right, stored_index
from tests.stories import FEW, PLAIN, Story, rolled_back
from tests.stories import stories as stories_of

on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has one writer at a time."
)


@FEW
@given(days=stories_of(*PLAIN, "take_away", "take_back", "regrade"))
@pytest.mark.django_db
def test_after_any_story_the_index_is_as_if_made_anew(days: Any) -> None:
    with rolled_back():
        story = Story()
        for steps in days:
            for name, a, b in steps:
                getattr(story, name)(a, b)
            assert_index_is_right()
        index = stored_index()
        postings.compact(index)
        assert stored_index() == index
        write_all()
        assert stored_index() == index


@pytest.mark.django_db
def test_an_edit_writes_rows_of_its_own_words_alone() -> None:
    initiative = make.initiative(title="A long title of many words", summary="And more of them")
    last = SearchPosting.objects.latest("pk").pk
    make.update(initiative=initiative, what="Zebras graze", report=make.report(title="The report"))
    rows = SearchPosting.objects.filter(pk__gt=last)
    words = ["zebra", "graze", "the ", "report"]
    terms = {word[:length] for word in words for length in (1, 2, 3)} | {*words}
    assert {bytes(row.term).decode() for row in rows} == terms
    last = SearchPosting.objects.latest("pk").pk
    actions.refresh([initiative.pk])
    assert SearchPosting.objects.latest("pk").pk == last


@pytest.mark.django_db
def test_removing_for_good_leaves_no_word_and_no_beginning_of_one(admin_user: User) -> None:
    initiative, other = make.initiative(), make.initiative()
    make.update(initiative=other, what="Zebras.")
    update = make.update(initiative=initiative, what="Zzsecret 秘密.")
    remove(by=admin_user, row=update, reason="By order of the court.")
    assert_nowhere("zz", "zzs", "zzsecret", "秘", " 秘", "密", "秘密")
    make.update(initiative=initiative, what="Zzsecret 秘密.")
    remove(by=admin_user, row=initiative, reason="By order of the court.")
    assert_nowhere("zz", "zzs", "zzsecret", "秘", " 秘", "密", "秘密")
    bitmaps = (BitMap.deserialize(bytes(row.body)) for row in SearchPosting.objects.all())
    assert not any(initiative.pk in bitmap for bitmap in bitmaps)
    assert set(find("zebra").all) == {other.pk}


def assert_nowhere(*terms: str) -> None:
    assert not SearchPosting.objects.filter(term__in=[term.encode() for term in terms]).exists()


@pytest.mark.django_db
def test_an_upgrade_that_was_interrupted_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        make.initiative(title=f"Water {number}")
    SearchPosting.objects.all().delete()
    SearchText.objects.update(title=" as before ", body=" as before ")
    monkeypatch.setattr(missing_texts, "BATCH", 2)
    batches = []

    def write(initiatives: Any) -> None:
        batches.append(len(initiatives))
        if len(batches) == 2:
            raise InterruptedError
        write_search_texts(initiatives)

    monkeypatch.setattr(missing_texts, "write_search_texts", write)
    with pytest.raises(InterruptedError):
        missing_texts.write_missing()
    assert missing_texts.write_missing() == 3
    assert batches == [2, 2, 2, 1]
    assert_index_is_right()


# --- Several at once ------------------------------------------------------------------------------


class Person:
    """A session of its own in one transaction after the other, which waits for nobody."""

    def __init__(self) -> None:
        self.session: Any = connection.copy()
        with self.session.cursor() as cursor:
            cursor.execute("SET lock_timeout = '1s'")
        self.writes_to: set[int] = set()
        self._transaction: Any = None

    @contextlib.contextmanager
    def at_work(self) -> Iterator[None]:
        own, connections["default"] = connections["default"], self.session
        try:
            yield
        finally:
            connections["default"] = own

    def retitle(self, key: int, title: str) -> None:
        with self.at_work():
            if self._transaction is None:
                self._transaction = transaction.atomic()
                self._transaction.__enter__()
            Initiative.objects.filter(pk=key).update(title=title)
            actions.refresh([key])
            self.writes_to.add(key)

    def end(self, *, rolls_back: bool = False) -> None:
        if self._transaction is None:
            return
        with self.at_work():
            transaction.set_rollback(rolls_back)
            self._transaction.__exit__(None, None, None)
        self._transaction, self.writes_to = None, set()


@pytest.fixture
def people(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Person, Person, Person]]:
    """Three who write; rows of the index are made one as soon as there are two."""
    monkeypatch.setattr(postings, "MOST_TERMS", 1000)
    monkeypatch.setattr(postings, "FEW_ROWS", 1)
    monkeypatch.setattr(postings, "MOST_ROWS", 1)
    three = Person(), Person(), Person()
    yield three
    for person in three:
        person.end(rolls_back=True)
        person.session.close()


@on_postgresql
def test_who_edits_beside_a_long_load_waits_for_nobody(people: tuple[Person, ...]) -> None:
    loader, editor, other = people
    keys = [make.initiative(title=f"Water {n}").pk for n in range(4)]
    loader.retitle(keys[0], "Water and energy")
    editor.retitle(keys[1], "Water and trade")
    editor.end()
    loader.retitle(keys[2], "Energy")
    other.retitle(keys[3], "Energy and trade")
    other.end()
    assert SearchPosting.objects.filter(term=b"water").count() == 1, "made one meanwhile"
    assert set(find("water").all) == set(keys[:3])
    assert set(find("energy").all) == {keys[3]}
    loader.end()
    assert set(find("water").all) == set(keys[:2])
    assert set(find("energy trade").all) == {keys[3]}
    assert set(find("energy").all) == {keys[0], keys[2], keys[3]}
    assert_index_is_right()


@on_postgresql
def test_rows_are_left_alone_while_somebody_makes_them_one(people: tuple[Person, ...]) -> None:
    keys = [make.initiative(title=f"Water {n}").pk for n in range(3)]
    one, other, _third = people
    with one.at_work():
        slow = transaction.atomic()
        slow.__enter__()
        postings.compact(["water", "wa"])
    other.retitle(keys[0], "Water and energy")
    other.end()
    other.retitle(keys[1], "Energy")
    other.end()
    assert set(find("water").all) == {keys[0], keys[2]}
    with one.at_work():
        slow.__exit__(None, None, None)
    assert_index_is_right()
    other.retitle(keys[2], "Trade")
    other.end()
    assert_index_is_right()


@on_postgresql
def test_writing_all_anew_misses_nothing_that_is_written_meanwhile(
    people: tuple[Person, ...],
) -> None:
    keys = [make.initiative(title=f"Water {n}").pk for n in range(3)]
    one, other, third = people
    other.retitle(keys[2], "Energy")
    with one.at_work(), pytest.raises(OperationalError):
        # It waits for the edit, and nothing is written.
        write_all()
    assert_index_is_right()
    other.end()
    with one.at_work():
        anew = transaction.atomic()
        anew.__enter__()
        write_all()
    with pytest.raises(OperationalError):
        third.retitle(keys[0], "Trade")
    third.end(rolls_back=True)
    with one.at_work():
        anew.__exit__(None, None, None)
    third.retitle(keys[0], "Trade")
    third.end()
    assert_index_is_right()


words = st.sampled_from(["water", "energy", "trade", "water energy", "水", "水の力", "water 水力"])
# Who does it, to which initiative, and its title then; none for the end of the transaction, good or not.
steps = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 3), st.one_of(words, st.booleans())), max_size=25
)


@on_postgresql
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=8 * TIMES)
@given(steps=steps)
def test_whatever_comes_in_between_the_index_is_right(
    people: tuple[Person, ...], steps: list[tuple[int, int, str | bool]]
) -> None:
    keys = [make.initiative(title=f"Water {n}").pk for n in range(4)]
    for who, number, what in steps:
        person, key = people[who], keys[number]
        if isinstance(what, bool):
            person.end(rolls_back=what)
            # Who reads then sees what is committed, of all words at once.
            assert_index_is_right()
        elif not any(key in other.writes_to for other in people if other is not person):
            person.retitle(key, what)
    for person in people:
        person.end()
    assert_index_is_right()
