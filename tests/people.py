"""Staff for tests: people with a role of the desk, for all dialogues or for some."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from django.contrib.auth.models import Group, Permission, User
from django.test import Client

from initiatives.models import Assignment, Dialogue
from initiatives.recording.permissions import ROLES

# Of everybody whom make_person makes: what they confirm with.
PASSWORD = "the long way round"

_numbers = itertools.count(1)


def make_person(
    role: str | None = None,
    *,
    dialogues: Iterable[Dialogue] = (),
    username: str | None = None,
    **kwargs: object,
) -> User:
    """A member of staff with a role (a key of ``ROLES``) or with none."""
    name = username or f"{(role or 'staff').lower()}-{next(_numbers)}"
    person = User.objects.create_user(name, **{"is_staff": True, "password": PASSWORD} | kwargs)  # type: ignore[arg-type]
    if role:
        person.groups.add(_group(role))
    Assignment.objects.bulk_create(
        Assignment(user=person, dialogue=dialogue) for dialogue in dialogues
    )
    return person


def _group(role: str) -> Group:
    group, made = Group.objects.get_or_create(name=role)
    if made:
        # A test with transactions has emptied the tables, and the groups of the migration with them.
        for name in ROLES[role]:
            app, codename = name.split(".")
            found = Permission.objects.filter(content_type__app_label=app, codename=codename)
            group.permissions.add(*found)
    return group


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client
