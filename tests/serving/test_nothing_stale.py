"""Whoever writes, and however: the next visitor sees it, and no draft is ever kept for the public."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection, transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from initiatives.models import Initiative, Involvement, Participant, Report, Role, Theme
from initiatives.recording import actions
from initiatives.recording.withdrawal import withdraw_initiative
from initiatives.search.terms import Texts
from initiatives.serving import page_cache
from initiatives.serving.availability import Breaker
from tests import make
from tests.admin_forms import address, saved
from tests.report_files import VOCABULARY, load_texts
from tests.search.test_search import say
from tests.world import LISTS, World, hang_drafts_on, make_world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_pages")]

LIST = "/initiatives/"
UNIVERSITY = "/initiatives/university/"
EDUCATION = "/initiatives/?theme=education"


def by_sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


# The page that shows it, and the write.
WRITES: dict[str, tuple[str, Callable[[World], Any]]] = {
    "an action": (
        UNIVERSITY,
        lambda w: actions.record_status(
            by=None,
            initiative=w.initiative,
            status="delivered",
            what="Done.",
            on="2024",
            report=w.report,
            locator="para 9",
        ),
    ),
    "taking an entry back": (
        UNIVERSITY,
        lambda w: actions.withdraw(by=None, entry=w.initiative.updates.get(), reason="Wrong."),
    ),
    "taking a page back": (
        LIST,
        lambda w: withdraw_initiative(by=None, initiative=w.initiative, reason="Wrong."),
    ),
    "a load": (
        "/participants/",
        lambda w: load_texts(VOCABULARY.replace("Kazakhstan", "Qazaqstan")),
    ),
    "save": ("/themes/", lambda w: Theme(pk=w.theme.pk, slug="education", name="Schools").save()),
    "update": (LIST, lambda w: Initiative.objects.filter(slug="university").update(title="Other")),
    "update of something beside": (UNIVERSITY, lambda w: Report.objects.update(title="Paper")),
    "update in bulk": (
        "/participants/",
        lambda w: Participant.objects.bulk_update(
            [Participant(pk=w.participant.pk, name="Nippon")], ["name"]
        ),
    ),
    "create in bulk": (
        UNIVERSITY,
        lambda w: Involvement.objects.bulk_create(
            [
                Involvement(
                    initiative=w.initiative,
                    participant=make.participant(name="Peru"),
                    capacity="funder",
                )
            ]
        ),
    ),
    "raw SQL": (LIST, lambda w: by_sql("UPDATE initiatives_initiative SET title = 'By hand'")),
    "words that search finds": (
        f"{LIST}?q=zebra",
        lambda w: say(w.initiative, Texts.of("Zebra", ())),
    ),
    "deletion": (UNIVERSITY, lambda w: Role.objects.all().delete()),
    "raw deletion": (UNIVERSITY, lambda w: by_sql("DELETE FROM initiatives_citation")),
    "adding to many": (UNIVERSITY, lambda w: w.initiative.themes.add(make.theme(name="Rivers"))),
    "clearing many": (EDUCATION, lambda w: w.initiative.themes.clear()),
    "setting many": (
        "/reports/statement/",
        lambda w: w.report.issued_by.set([make.participant(name="Nepal")]),
    ),
    "removing from the other side": (EDUCATION, lambda w: w.theme.initiatives.clear()),
}


@pytest.mark.parametrize("write", WRITES)
def test_the_next_visitor_sees_it(client: Client, write: str) -> None:
    page, change = WRITES[write]
    world = make_world()
    load_texts(VOCABULARY)
    before = client.get(page)
    assert client.get(page, headers={"If-None-Match": before.headers["ETag"]}).status_code == 304
    change(world)
    after = client.get(page, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert after.content != before.content


def test_what_is_saved_in_the_admin_is_on_the_next_page(admin_client: Client) -> None:
    world = make_world()
    visitor = Client()
    before = visitor.get(UNIVERSITY)
    saved(admin_client, address(world.initiative, "change"), title="University of the Steppe")
    after = visitor.get(UNIVERSITY, headers={"If-None-Match": before.headers["ETag"]})
    assert "University of the Steppe" in after.content.decode()


def test_a_page_that_is_gone_is_gone(client: Client) -> None:
    world = make_world()
    before = client.get(UNIVERSITY)
    make.hidden_again(world.initiative)
    assert (
        client.get(UNIVERSITY, headers={"If-None-Match": before.headers["ETag"]}).status_code == 404
    )


def test_staff_who_look_leave_no_draft_for_the_public(admin_client: Client) -> None:
    world = make_world()
    hang_drafts_on(world, "hush")
    for page in [*LISTS, *world.details]:
        assert "hush" not in admin_client.get(page).content.decode()
        assert "hush" not in Client().get(page).content.decode()


def test_a_rollback_brings_the_old_page_back(client: Client) -> None:
    world = make_world()
    before = client.get(LIST).content
    with transaction.atomic():
        Initiative.objects.filter(pk=world.initiative.pk).update(title="Never written")
        assert "Never written" in client.get(LIST).content.decode()
        transaction.set_rollback(True)
    assert client.get(LIST).content == before
    Initiative.objects.filter(pk=world.initiative.pk).update(title="Written")
    # On SQLite the note has the number of the one that was rolled back: only the mark tells them apart.
    assert "Never written" not in client.get(LIST).content.decode()


def test_a_page_during_which_somebody_wrote_is_made_again(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else its rows could be of one version and its counts of another, under the tag of one of them."""
    world = make_world()
    times: list[int] = []

    def write_meanwhile(*args: Any, **kwargs: Any) -> HttpResponse:
        if not times:
            Initiative.objects.filter(pk=world.initiative.pk).update(title="Written meanwhile")
        times.append(1)
        return render(*args, **kwargs)

    monkeypatch.setattr("initiatives.views.initiatives.render", write_meanwhile)
    first = client.get(LIST)
    assert len(times) == 2
    assert "Written meanwhile" in first.content.decode()
    assert client.get(LIST).content == first.content


def test_a_page_that_never_settles_is_shown_but_not_kept(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = make_world()

    def write_meanwhile(*args: Any, **kwargs: Any) -> HttpResponse:
        Initiative.objects.filter(pk=world.initiative.pk).update(title="Again and again")
        return render(*args, **kwargs)

    monkeypatch.setattr("initiatives.views.initiatives.render", write_meanwhile)
    response = client.get(LIST)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert "ETag" not in response.headers


def test_two_processes_agree(client: Client) -> None:
    """Each has a memory of its own; what they say of a page is the same, before a write and after it."""
    world = make_world()
    memories: list[dict[str, Any]] = [{}, {}]

    def asked(process: int) -> tuple[str, bytes]:
        memory = memories[process]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(page_cache, "_get", memory.get)
            patch.setattr(page_cache, "_set", memory.__setitem__)
            response = client.get(LIST)
        return response.headers["ETag"], response.content

    before = asked(0)
    assert asked(1) == before
    withdraw_initiative(by=None, initiative=world.initiative, reason="Wrong.")
    after = asked(1)
    assert asked(0) == after != before


def test_a_cache_out_of_reach_makes_pages_slower_not_impossible(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    class Broken:
        def get(self, key: str) -> None:
            tries.append(key)
            raise ConnectionError("refused")

        set = get

        def clear(self) -> None:
            """Of a cache near by only, which is not out of reach."""

    monkeypatch.setattr(page_cache, "caches", {"default": Broken()})
    monkeypatch.setattr(page_cache, "breaker", Breaker("The cache"))
    for _ in range(3):
        assert client.get(LIST).status_code == 200
    assert len(tries) == 1, "once every few seconds"


def test_a_page_from_another_machines_cache_is_kept_near(
    client: Client, settings: Settings
) -> None:
    memory = "django.core.cache.backends.locmem.LocMemCache"
    settings.CACHES = {
        "default": {"BACKEND": memory, "LOCATION": "far"},
        "near": {"BACKEND": memory, "LOCATION": "near"},
    }
    make_world()
    page = client.get(LIST).content
    caches["near"].clear()
    assert client.get(LIST).content == page
    caches["default"].clear()
    with CaptureQueriesContext(connection) as asked:
        assert client.get(LIST).content == page
    assert len(asked) == 1
    Initiative.objects.update(title="Changed")
    assert client.get(LIST).content != page
    caches["near"].clear()
