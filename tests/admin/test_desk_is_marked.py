"""What staff read in English comes from a message for translators: on every page of the desk, and of what is sent."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from axes.models import AccessAttempt, AccessLog
from django.apps import apps
from django.contrib.admin import site
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.test import Client
from django.urls import reverse

from initiatives.models import Initiative
from initiatives.recording.permissions import EDITOR
from tests import make
from tests.admin.test_permission_matrix import DRAFT, PUBLIC, SITE, TABLE, row_of
from tests.extent import in_turn
from tests.people import client_of, make_person
from tests.pseudo_language import BEGIN, PREFIX, pseudo_language
from tests.test_every_string_is_marked import in_armenian, is_text, unmarked
from tests.unmarked import has_words, outside

pytestmark = pytest.mark.django_db

# Pages without a row.
OF_ALL = ("changelist", "add", "record_statuses", "many", "workbook")
# Models of others whose texts are names: of people, roles, rights, browsers and networks.
OTHERS = (User, Group, AccessAttempt, AccessLog, Permission)
OF_TEXT = (models.CharField, models.TextField, models.GenericIPAddressField, models.JSONField)
# Texts of the program, which pages say in the language they are read in.
SAID_BY_US = ("history_change_reason", "differences", "problems")
# What Django’s pictures are called in every language, and a program of others.
ALIKE = {"True", "False", "None", "Search", "Axes"}
# Rights, which Django names in the database; superusers alone see them.
RIGHTS = re.compile(r'(?s)<select name="(?:user_)?permissions".*?</select>')
# Addresses, and what Django says of a password and of rows that only tie two others.
NO_WORDS = re.compile(
    r"(?:/[\w-]+)+/|\S*\*{4,}|\b(?:pbkdf2_sha256|md5)\b|[\w-]+ relationship: \w+ object \(\d+\)"
)
# Forms that hold nothing, or that it is meant.
NOTHING_TYPED: tuple[dict[str, str], ...] = ({}, {"post": "yes"})
# What Django’s scripts are handed as JSON, and show.
SHOWN_BY_SCRIPTS = ("addText", "deleteText")


def in_armenian_letters() -> None:
    """Let all texts of the record be in another alphabet: what is Latin then is the desk’s own, or a code."""
    for model in apps.get_app_config("initiatives").get_models():
        fields = [field for field in model._meta.concrete_fields if is_text(field)]
        for row in model._base_manager.all() if fields else ():
            values = {field.name: in_armenian(getattr(row, field.name)) for field in fields}
            # Past the model: entries are append-only.
            models.QuerySet(model).filter(pk=row.pk).update(**values)


def texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        # Names of fields in what a file said are codes.
        yield from map(str, value)
        value = [*value.values()]
    if isinstance(value, list):
        for part in value:
            yield from texts_in(part)
    elif value:
        yield str(value)


def latin_data() -> set[str]:
    """All that the record holds in Latin letters: ids, refs, names of files and of people."""
    found: set[str] = set()
    for model in (*apps.get_app_config("initiatives").get_models(), *OTHERS):
        for field in model._meta.concrete_fields:
            is_ours = field.choices or field.name in SAID_BY_US
            if isinstance(field, OF_TEXT) and not is_ours:
                for value in model._base_manager.values_list(field.name, flat=True).distinct():
                    found |= {*texts_in(value)}
    return {*filter(has_words, found)}


def without(data: set[str], text: str) -> str:
    """A text without what is data in it."""
    for value in sorted((value for value in data if value in text), key=len, reverse=True):
        text = re.sub(rf"(?<![\w-]){re.escape(value)}(?![\w-])", "", text)
    return text


def pages(key: str, row: Any) -> Iterator[str]:
    """The addresses of the table of the permission matrix: of the list, and of one row."""
    for page in TABLE[key]:
        if page in OF_ALL:
            yield reverse(f"admin:{key}_{page}")
            continue
        args = [row.initiative.pk if page == "of" else row.pk]
        if page == "with_ids":
            args.append(1)
        if page == "simple_history":
            args.append(row.history.latest().pk)
        yield reverse(f"admin:{key}_{page}", args=args)


def pages_of_site() -> Iterator[str]:
    kind = ContentType.objects.get_for_model(Initiative)
    args: dict[str, list[Any]] = {
        "app_list": ["initiatives"],
        "view_on_site": [kind.pk, make.initiative().pk],
    }
    for name in SITE:
        yield reverse(f"admin:{name}", args=args.get(name, []))


class Reading:
    """What was found in no message, and where."""

    def __init__(self) -> None:
        self.found: dict[str, set[str]] = defaultdict(set)
        # What was typed or stood in the record when words were looked for in it.
        self.data: set[str] = set()
        self.marked = 0

    def visit(self, client: Client, url: str) -> None:
        """Read a page, and what it says to a form that holds nothing; what that writes is undone."""
        # In English first: what is kept in memory without its language shows then.
        client.get(url, follow=True)
        self.look(url, client.get(PREFIX + url, follow=True))
        for data in in_turn(len(url), NOTHING_TYPED):
            with transaction.atomic():
                self.look(f"a form of {url}", client.post(PREFIX + url, data, follow=True))
                transaction.set_rollback(True)

    def look(self, about: str, response: Any) -> None:
        """Read an answer."""
        if response.streaming:
            return
        self.marked += BEGIN.encode() in response.content
        content = RIGHTS.sub("", response.text).encode()
        for text in unmarked(response.headers.get("Content-Type", ""), content):
            for words in of_scripts(text) if text.startswith("{") else [text]:
                if words not in ALIKE and not self._is_data(words):
                    self.found[words].add(about)

    def _is_data(self, words: str) -> bool:
        """Whether the record holds them; it is read anew where it was not known to, for that takes long."""
        if not has_words(NO_WORDS.sub("", without(self.data, words))):
            return True
        self.data |= latin_data()
        return not has_words(NO_WORDS.sub("", without(self.data, words)))

    def report(self) -> str:
        return "\n".join(f"{text} – on {min(self.found[text])}" for text in sorted(self.found))


def of_scripts(text: str) -> Iterator[str]:
    options = json.loads(text)["options"]
    for name in SHOWN_BY_SCRIPTS:
        yield from outside(options[name])


@pytest.mark.every_case
@pytest.mark.parametrize("key", TABLE)
def test_every_word_of_a_page_of_the_desk_is_in_a_message(key: str) -> None:
    own = make.dialogue()
    clients = {
        DRAFT: client_of(User.objects.create_superuser("chief")),
        PUBLIC: client_of(make_person(EDITOR, dialogues=[own])),
    }
    rows = {state: row_of(key, state, own) for state in clients}
    in_armenian_letters()
    reading = Reading()
    with pseudo_language():
        for state in in_turn(list(TABLE).index(key), list(clients)):
            for url in pages(key, rows[state]):
                reading.visit(clients[state], url)
    assert reading.marked
    assert not reading.found, reading.report()


def test_every_word_of_a_page_of_the_site_is_in_a_message() -> None:
    boss = client_of(User.objects.create_superuser("chief"))
    urls = [*pages_of_site()]
    in_armenian_letters()
    reading = Reading()
    with pseudo_language():
        for url in urls:
            if url != reverse("admin:jsi18n"):
                reading.visit(boss, url)
        reading.visit(Client(), reverse("admin:login"))
    assert reading.marked
    assert not reading.found, reading.report()


def test_the_title_of_the_desk_is_in_a_message() -> None:
    with pseudo_language():
        page = Client().get(f"{PREFIX}{reverse('admin:login')}").text
    assert f"{BEGIN}{site.site_header}" in page
