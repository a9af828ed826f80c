"""Whoever changes a text that is searched, and however: the new words are found at once, the old ones no more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from django.contrib.auth.models import User
from django.test import Client

from initiatives.loading.merge import ConflictSide
from initiatives.loading.undo import undo
from initiatives.models import Entry, Initiative, Load, Record, Target
from initiatives.models.translations import flat
from initiatives.recording import actions
from initiatives.recording.diff import typed_fields
from initiatives.recording.publication import publish
from initiatives.recording.removal import remove
from initiatives.recording.withdrawal import reinstate
from initiatives.search.documents import OWN, SOURCES
from initiatives.search.query import find
from tests import make
from tests.admin.test_translations import typed
from tests.admin.test_versions import bring_back
from tests.admin_forms import address, delete, saved
from tests.fields.report_file import full_texts
from tests.html_forms import boxes_of
from tests.report_files import FULL, VOCABULARY, load_texts, report
from tests.rewriting import rewritten
from tests.search.index import assert_index_is_right

pytestmark = pytest.mark.django_db


class Searched(NamedTuple):
    """A column, or a translation in it (“title.ja”), by whose text initiatives are found."""

    model: type[Record]
    name: str

    def value(self, row: Any) -> str:
        if "." in self.name:
            return flat(row.translations).get(self.name, "")
        return str(getattr(row, self.name))


def _searched() -> dict[str, Searched]:
    columns = [(Initiative, name, True) for name in OWN]
    for source in SOURCES:
        for path in source.labels:
            model: Any = source.rows().model
            *relations, name = path.split("__")
            for relation in relations:
                model = model._meta.get_field(relation).related_model
            columns.append((model, name, bool(source.translations)))
    texts = [Searched(model, name) for model, name, _translated in columns]
    texts += [
        Searched(model, f"{name}.ja")
        for model, name, translated in columns
        if translated and name in getattr(model, "TRANSLATED", ())
    ]
    return {f"{model._meta.model_name}.{name}": Searched(model, name) for model, name in texts}


SEARCHED = _searched()
OF_ENTRIES = [name for name, text in SEARCHED.items() if issubclass(text.model, Entry)]
every_text = pytest.mark.parametrize("text", SEARCHED.values(), ids=list(SEARCHED))
text_of_entry = pytest.mark.parametrize(
    "text", [SEARCHED[name] for name in OF_ENTRIES], ids=OF_ENTRIES
)


@pytest.fixture
def files(db: None) -> list[str]:
    """Files in which every text has words of its own; they are loaded."""
    return load_full_texts()


@rewritten
def load_full_texts() -> list[str]:
    texts = full_texts()
    load_texts(*texts)
    return texts


def stored(text: Searched) -> tuple[Any, str, str]:
    """The row of the files that has such a text, the text, and what it is to be."""
    for row in text.model._default_manager.order_by("pk"):
        if "text-of" in (old := text.value(row)):
            return row, old, old.replace("text-of", "zebra-of")
    raise AssertionError("no file states it: say in a file what this text is")


def is_found(words: str) -> bool:
    return bool(find(f'"{words}"').all)


def assert_changed(old: str, new: str) -> None:
    assert is_found(new)
    assert not is_found(old)
    assert_index_is_right()


def say_at_the_desk(client: Client, text: Searched, row: Any, words: str) -> None:
    """Change the text of a row in its form, of an entry in the form that corrects or translates it."""
    is_entry = isinstance(row, Entry)
    if "." in text.name:
        said = flat(row.translations) | {text.name: words}
        parts = ((*name.partition("."), of_row) for name, of_row in said.items())
        rows = typed(*((name, language, of_row) for name, _dot, language, of_row in parts))
        if is_entry:
            url = address(row, "translate")
            boxes = boxes_of(client.get(url).text)
            others = {name: box for name, box in boxes.items() if "translations-" not in name}
            assert client.post(url, others | rows).status_code == 302
        else:
            saved(client, address(row, "translate"), **rows)
    else:
        saved(client, address(row, "correct" if is_entry else "change"), **{text.name: words})


@every_text
@pytest.mark.usefixtures("files")
def test_what_is_changed_at_the_desk_is_found_and_brought_back(
    admin_client: Client, text: Searched
) -> None:
    row, old, new = stored(text)
    assert is_found(old)
    version = row.history.latest()
    say_at_the_desk(admin_client, text, row, new)
    assert_changed(old, new)
    if not isinstance(row, Entry):
        bring_back(admin_client, version)
        assert_changed(new, old)


# A target of another metric is another target.
@pytest.mark.parametrize(
    "text", [text for text in SEARCHED.values() if text.model is not Target], ids=str
)
def test_what_is_changed_by_a_load_is_found_and_undone(
    files: list[str], admin_user: User, text: Searched
) -> None:
    _row, old, new = stored(text)
    load_texts(*(file.replace(f'"{old}"', f'"{new}"') for file in files), take=ConflictSide.FILE)
    assert_changed(old, new)
    undo(Load.objects.latest("pk").pk, by=admin_user, reason="The wrong file.")
    assert_changed(new, old)


def test_a_target_is_found_until_its_load_is_undone(admin_user: User) -> None:
    load_texts(VOCABULARY, report(body=FULL))
    more = "      - {metric: zebras, value: 7}\nupdates:"
    load_texts(VOCABULARY, report(body=FULL.replace("updates:", more)))
    assert is_found("zebras")
    undo(Load.objects.latest("pk").pk, by=admin_user, reason="The wrong file.")
    assert not is_found("zebras")
    assert_index_is_right()


@pytest.mark.every_case
@text_of_entry
@pytest.mark.usefixtures("files")
def test_an_entry_is_found_while_it_is_public_and_stands(text: Searched, admin_user: User) -> None:
    row, old, _new = stored(text)
    make.earlier_mention(row.initiative)
    actions.withdraw(by=None, entry=row, reason="Misread.")
    assert not is_found(old)
    entry = reinstate(by=None, row=row, reason="It holds.")
    assert is_found(old)
    remove(by=admin_user, row=entry, reason="By order of the court.")
    assert not is_found(old)
    assert_index_is_right()


def test_what_an_initiative_lets_go_of_does_not_find_it(admin_client: Client) -> None:
    dialogue = make.dialogue(name="Zebra dialogue")
    initiative = make.initiative(
        raised_at=make.meeting(title="Lion meeting", dialogue=dialogue),
        themes=[make.theme(name="Tiger theme")],
        proposers=[make.participant(name="Bearland")],
    )
    make.mention(initiative=initiative)
    target, role = make.target(initiative=initiative, metric="wolves"), initiative.roles.get()
    form = address(initiative, "change")
    saved(admin_client, form)
    words = ("zebra", "lion", "tiger", "bearland", "wolves")
    assert all(map(is_found, words))
    other = make.dialogue()
    saved(admin_client, form, dialogue=other.pk, raised_at=make.meeting(dialogue=other).pk)
    saved(admin_client, form, themes=[make.theme().pk])
    for row in (target, role):
        delete(admin_client, row)
    assert not any(map(is_found, words))
    assert_index_is_right()


def test_a_state_finds_its_initiatives_by_the_names_that_pages_show(admin_client: Client) -> None:
    row = make.participant("uz", name="Uzbekistan", kind="agency")
    initiative = make.initiative(proposers=[row])
    make.mention(initiative=initiative)
    saved(admin_client, address(initiative, "change"))
    names = ("ウズベキスタン", "узбекистан", "oʻzbekiston", "өзбекстан")
    assert not any(map(is_found, names))
    saved(admin_client, address(row, "change"), kind="state")
    assert all(map(is_found, names))
    saved(admin_client, address(row, "translate"), **typed(("name", "ja", "砂漠の国")))
    assert [is_found("ウズベキスタン"), is_found("砂漠の国")] == [False, True]
    assert_index_is_right()


MOVED: dict[str, Callable[[Initiative], Record]] = {
    "target": lambda initiative: make.target(initiative=initiative, metric="zebra"),
    "role": lambda initiative: make.role(
        initiative=initiative, participant=make.participant(name="Zebra")
    ),
}


@pytest.mark.parametrize("kind", MOVED)
def test_what_is_moved_to_another_initiative_finds_that(admin_client: Client, kind: str) -> None:
    one, other = make.initiative(), make.initiative()
    row = MOVED[kind](one)
    actions.refresh([one.pk])
    assert set(find("zebra").all) == {one.pk}
    saved(admin_client, address(row, "change"), initiative=other.pk)
    assert set(find("zebra").all) == {other.pk}
    assert_index_is_right()


@text_of_entry
@pytest.mark.usefixtures("files")
def test_a_draft_is_found_when_it_is_published(text: Searched) -> None:
    row, _old, new = stored(text)
    said = {name: getattr(row, name) for name in typed_fields(type(row)) if name != "by"}
    draft = type(row)(initiative=row.initiative, publication="draft", **said)
    if "." in text.name:
        draft.say_in(text.name, new)
    else:
        setattr(draft, text.name, new)
    actions.record(draft, by=None)
    assert not is_found(new)
    publish(by=None, row=draft)
    assert is_found(new)
    assert_index_is_right()
