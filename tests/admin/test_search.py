"""What is changed in the admin is found by its new words at once."""

from __future__ import annotations

import pytest
from django.test import Client

from initiatives.models import Initiative, Record
from initiatives.search.query import search
from tests import make
from tests.admin_forms import address, saved
from tests.rewriting import rewritten

pytestmark = pytest.mark.django_db


def found(text: str) -> list[Initiative]:
    return list(search(Initiative.objects.all(), text))


@pytest.fixture
@rewritten
def initiative() -> Initiative:
    initiative = make.initiative(themes=[make.theme("water")])
    make.role(initiative=initiative, participant=make.participant("jp"))
    return initiative


@pytest.mark.parametrize("field", ["title", "summary"])
def test_an_edited_initiative_is_found(
    admin_client: Client, initiative: Initiative, field: str
) -> None:
    saved(admin_client, address(initiative, "change"), **{field: "Gallium"})
    assert found("gallium") == [initiative]


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("participant", "name"),
        ("participant", "official_name"),
        ("theme", "name"),
        ("dialogue", "name"),
        ("dialogue", "short_name"),
    ],
)
def test_what_an_initiative_belongs_to_is_found_by_its_new_name(
    admin_client: Client, initiative: Initiative, name: str, field: str
) -> None:
    rows: dict[str, Record] = {
        "participant": initiative.roles.get().participant,
        "theme": initiative.themes.get(),
        "dialogue": initiative.dialogue,
    }
    row = rows[name]
    saved(admin_client, address(row, "change"), **{field: "Gallium"})
    assert found("gallium") == [initiative]


def test_a_role_moved_to_another_initiative_takes_its_words_along(
    admin_client: Client, initiative: Initiative
) -> None:
    other = make.initiative()
    role = initiative.roles.get()
    role.participant.name = "Gallium"
    role.participant.save()
    saved(admin_client, address(role, "change"), initiative=other.pk)
    assert found("gallium") == [other]


def test_a_new_theme_of_an_initiative_is_found(
    admin_client: Client, initiative: Initiative
) -> None:
    theme = make.theme(name="Gallium")
    saved(admin_client, address(initiative, "change"), themes=[theme.pk])
    assert found("gallium") == [initiative]
