"""Other names of one thing in several documents: they add up, each takes back its own, and people's edits stay."""

from __future__ import annotations

import pytest

from initiatives.loading.names import merged
from initiatives.loading.undo import undo
from initiatives.models import Initiative, Load
from tests.report_files import DIALOGUE, VOCABULARY, actions_of, load_texts, report

pytestmark = pytest.mark.django_db


def naming(source: str, names: str, published: str = "2022") -> str:
    body = f"""\
initiatives:
  - {{id: window, title: Single window, dialogue: dialogue, act: adopted, locator: p. 1, other_names: [{names}]}}
"""
    return report(source, DIALOGUE + body, published=published)


def names() -> list[str]:
    return Initiative.objects.get().other_names.splitlines()


def test_names_add_up_and_each_takes_back_its_own() -> None:
    first, second = naming("first", "SW, Fenster"), naming("second", "SW, Guichet")
    load_texts(VOCABULARY, first, second)
    assert names() == ["SW", "Fenster", "Guichet"]
    assert actions_of(load_texts(first, second)) == {}
    # In another call, a third document adds one, and the first says one no more, one anew.
    load_texts(naming("third", "Teraza"))
    assert names() == ["SW", "Fenster", "Guichet", "Teraza"]
    changed = naming("first", "Window")
    load_texts(changed)
    assert names() == ["SW", "Guichet", "Teraza", "Window"]
    for texts in ((changed,), (second,), (changed, second, naming("third", "Teraza"))):
        assert actions_of(load_texts(*texts)) == {}
    # A person takes one out and adds one.
    window = Initiative.objects.get()
    window.other_names = "SW\nGuichet\nWindow\nTyped"
    window.save()
    assert actions_of(load_texts(naming("third", "Teraza"))) == {"initiative window": "kept"}
    assert names() == ["SW", "Guichet", "Window", "Typed"]
    load_texts(naming("second", "SW, Puerta"))
    assert names() == ["SW", "Window", "Typed", "Puerta"]


def test_undoing_a_load_takes_out_its_own_names_alone() -> None:
    load_texts(VOCABULARY, naming("first", "SW"))
    load_texts(naming("second", "SW, Guichet"))
    number = Load.objects.latest("pk").pk
    load_texts(naming("third", "Guichet, Teraza"))
    load_texts(naming("fourth", "Puerta"))
    window = Initiative.objects.get()
    window.other_names += "\nTyped"
    window.save()
    # That the third document says it too keeps it.
    undo(number, reason="Wrong.")
    assert names() == ["SW", "Guichet", "Teraza", "Puerta", "Typed"]
    undo(Load.objects.filter(undone_at=None).order_by("-pk")[0].pk, reason="Wrong.")
    assert names() == ["SW", "Guichet", "Teraza", "Typed"]
    undo(Load.objects.filter(undone_at=None).order_by("-pk")[0].pk, reason="Wrong.")
    # “Guichet” stood before the third was loaded.
    assert names() == ["SW", "Guichet", "Typed"]
    # It is still the second's, and goes when that says so no more.
    load_texts(naming("second", "SW, Porte"))
    assert names() == ["SW", "Typed", "Porte"]


def test_a_document_that_says_a_thing_twice_gives_all_its_names() -> None:
    twice = naming("first", "SW") + naming("first", "Fenster").split("initiatives:\n")[1]
    load_texts(
        VOCABULARY,
        twice.replace("act: adopted, locator: p. 1, other_names: [Fen", "other_names: [Fen"),
    )
    assert names() == ["SW", "Fenster"]


def test_what_is_in_no_list_changes_nothing() -> None:
    assert merged(None, "", "A\nB", "") == "A\nB"
    assert merged("A\nB", "A\nB", "B", "A") == "A\nB"
    assert merged("A\nB", "A\nB", "B", "") == "B"
