"""Pages that outlive writes show what is true: after random writes to every public table they are as if made anew."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.db import Error, models, transaction
from django.test import Client

from initiatives.facets import index as facet_index
from initiatives.models import FormerAddress, Initiative, Meeting, StatusUpdate
from initiatives.recording import actions
from initiatives.recording.removal import remove
from initiatives.serving import page_cache
from initiatives.serving.triggers import PUBLIC
from tests import make
from tests.every_model import MAKERS
from tests.extent import WRITES, in_turn
from tests.rewriting import rewritten
from tests.world import World, make_world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_pages")]


@pytest.fixture
def world() -> World:
    return make_linked_world()


@rewritten
def make_linked_world() -> World:
    """With initiatives of other meetings, parts, wholes, and a draft that is linked."""
    world = make_world()
    other = make.meeting("fm-9", dialogue=world.dialogue, starts_on="2023-05-01", state="held")
    make.line("Opening", meeting=world.meeting, by=[world.participant])
    make.meeting("fm-1", dialogue=world.dialogue, starts_on="2001-05-01", state="held")
    for number in range(4):
        initiative = make.initiative(
            f"other-{number}", dialogue=world.dialogue, raised_at=other, themes=[world.theme]
        )
        make.mention(initiative=initiative, report=world.report, act="restated")
        make.update(initiative=initiative, report=world.report, on=f"2023-0{number + 1}")
    whole, part = Initiative.objects.filter(slug__in=["other-0", "other-1"])
    make.lineage(earlier=whole, later=part, relation="part_of")
    make.lineage(earlier=world.initiative, later=make.initiative("draft", publication="draft"))
    FormerAddress.objects.create(kind="initiative", key="academy", leads_to="university")
    return world


def pages() -> list[str]:
    details = [
        row.get_absolute_url()
        for model in (Initiative, Meeting)
        for row in model.objects.order_by("pk")
    ]
    return ["/", "/initiatives/", *details]


def look(client: Client, addresses: Sequence[str]) -> dict[str, tuple[int, bytes]]:
    answers = {address: client.get(address) for address in addresses}
    return {address: (answer.status_code, answer.content) for address, answer in answers.items()}


@contextmanager
def nothing_in_memory() -> Iterator[None]:
    """As in a process that has just begun, and keeps nothing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(page_cache, "_get", lambda key: None)
        patch.setattr(page_cache, "_set", lambda key, page: None)
        patch.setattr(facet_index, "_indexes", {})
        yield


def value_for(field: Any, row: Any, dice: random.Random) -> Any:
    """Something else for a field of a row."""
    if field.is_relation:
        others = field.related_model._default_manager.order_by("pk")
        if field.name == "corrects":
            # Nothing corrects what is said of another initiative: actions refuse it.
            others = others.filter(initiative=row.initiative_id)
        keys = list(others.values_list("pk", flat=True))
        return dice.choice([*keys, None] if field.null else keys)
    if field.choices:
        return dice.choice([value for value, _label in field.flatchoices])
    if isinstance(field, models.BooleanField):
        return not getattr(row, field.attname)
    if isinstance(field, models.DateTimeField):
        return dice.choice([None, row.pk and "2024-02-03T04:05:06Z"]) if field.null else None
    if isinstance(field, models.IntegerField | models.DecimalField):
        return dice.randint(1, 90)
    if isinstance(field, models.JSONField):
        return getattr(row, field.attname)
    if type(field) in (models.CharField, models.TextField, models.SlugField):
        return f"w{dice.randint(1, 99)}"
    return dice.choice(["2023-01", "2024-04-09", "2030", ""])


def write(model: type[models.Model], dice: random.Random) -> str:
    """Add, change or delete a row, as the database lets it; returns what was done."""
    what = dice.choice(["add", "delete", "change", "change", "change", "change"])
    rows = list(model._default_manager.order_by("pk"))
    if what == "add" and model in MAKERS:
        MAKERS[model]()
        return f"add a {model.__name__}"
    row = dice.choice(rows)
    if what == "delete":
        model._default_manager.filter(pk=row.pk).delete()
        return f"delete {model.__name__} {row.pk}"
    field: Any = dice.choice([f for f in model._meta.concrete_fields if not f.primary_key])
    change = {field.attname: value_for(field, row, dice)}
    model._base_manager.filter(pk=row.pk).update(**change)
    return f"change {model.__name__} {row.pk}: {change}"


@pytest.mark.parametrize("model", PUBLIC, ids=lambda model: model.__name__)
def test_no_kept_page_is_older_than_the_last_write(world: World, model: type[models.Model]) -> None:
    # What the database lets pass may be nothing that a page can show.
    client = Client(raise_request_exception=False)
    dice, done = random.Random(model.__name__), 0
    number = PUBLIC.index(model)
    look(client, in_turn(number, pages(), 6))
    for _try in range(20 * WRITES):
        try:
            with transaction.atomic():
                what = write(model, dice)
        except (Error, IndexError, TypeError, ValueError, ValidationError):
            continue
        chosen = in_turn(number, pages(), 6)
        seen = look(client, chosen)
        with nothing_in_memory():
            anew = look(client, chosen)
        wrong = [address for address in anew if seen[address] != anew[address]]
        assert not wrong, (what, wrong)
        done += 1
        if done == WRITES:
            break
    assert done


def kept_after(client: Client, rendered: list[str], address: str) -> bool:
    rendered.clear()
    client.get(address)
    return not rendered


def test_pages_of_others_outlive_a_saved_status(
    client: Client, world: World, rendered: list[str]
) -> None:
    look(client, pages())
    last = Initiative.objects.get(slug="other-3")
    actions.record_status(
        by=None,
        initiative=last,
        status="delivered",
        what="Done.",
        on="2024",
        report=world.report,
        locator="para 9",
    )
    kept = {address for address in pages() if kept_after(client, rendered, address)}
    assert {"/initiatives/earlier/", "/meetings/fm-1/"} <= kept
    assert not kept & {"/", "/initiatives/", "/initiatives/other-3/", "/meetings/fm-9/"}
    assert StatusUpdate.objects.filter(initiative=last, what="Done.").exists()


def test_a_page_keeps_its_tag_while_it_says_the_same(client: Client, world: World) -> None:
    address = "/initiatives/other-1/"
    before = client.get(address).headers["ETag"]
    Initiative.objects.filter(slug="earlier").update(title="Renamed")
    assert client.get(address).headers["ETag"] == before
    Initiative.objects.filter(slug="other-1").update(title="Renamed as well")
    after = client.get(address, headers={"If-None-Match": before})
    assert after.status_code == 200
    assert after.headers["ETag"] != before


def test_what_is_removed_leaves_the_memory_of_every_process(client: Client, world: World) -> None:
    """The one that removes drops all pages; another, which has only the note, does so before it answers next."""
    look(client, pages())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "initiatives.serving.page_cache.transaction.on_commit", lambda *_args, **_kwargs: None
        )
        remove(by=None, row=world.initiative, reason="It was not public.")
    client.get("/about/method/")
    cached: dict[str, bytes] = vars(caches["default"])["_cache"]
    kept = [page for page in cached.values() if b"Digital University" in page]
    assert not kept
