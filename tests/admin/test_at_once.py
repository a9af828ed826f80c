"""Eight people save one row at the same moment, twenty times: one wins, seven are told, nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from initiatives.models import Initiative, Target
from tests import make
from tests.admin_forms import address
from tests.extent import SAVING_ROUNDS
from tests.html_forms import boxes_of
from tests.sessions import several_sessions

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 8


def staff() -> list[Client]:
    people = []
    for number in range(PEOPLE):
        user = get_user_model().objects.create_superuser(f"staff-{number}", password="x")
        client = Client()
        client.force_login(user)
        people.append(client)
    return people


def sorted_out(pages: list[Any]) -> tuple[int, int]:
    """How many were saved and how many were told; whatever else came is a failure."""
    assert [page for page in pages if isinstance(page, Exception)] == []
    assert {page.status_code for page in pages} <= {200, 302}
    sent_back = [page for page in pages if page.status_code == 200]
    assert all("Saved by somebody else meanwhile" in page.text for page in sent_back)
    return len(pages) - len(sent_back), len(sent_back)


def test_of_eight_who_save_one_row_one_wins_and_seven_are_told(tmp_path: Path) -> None:
    target = make.target(initiative=make.initiative())
    initiative, url = target.initiative, address(target.initiative, "change")

    with several_sessions(tmp_path) as run:
        people = staff()
        for round_ in range(SAVING_ROUNDS):
            form = boxes_of(people[0].get(url).text)

            def save(person: int, form: dict[str, Any] = form) -> Callable[[], Any]:
                # Half of them change the row, half of them a row of an inline.
                name = "title" if person % 2 else "targets-0-metric"
                data = form | {name: f"{person} in round {round_}"}  # noqa: B023
                return lambda: people[person].post(url, data)

            pages = run(*(save(person) for person in range(PEOPLE)))
            assert sorted_out(pages) == (1, PEOPLE - 1)
            winner = next(n for n, page in enumerate(pages) if page.status_code == 302)
            now = Initiative.objects.get(pk=initiative.pk)
            metric = Target.objects.get().metric
            assert (now.title if winner % 2 else metric) == f"{winner} in round {round_}"
            # What the others typed is in the forms that they got back.
            for person, page in enumerate(pages):
                if person != winner:
                    assert f'value="{person} in round {round_}"' in page.text
        versions = Initiative.history.values_list("title", flat=True)
        metrics = Target.history.values_list("metric", flat=True)
        texts = {*versions, *metrics}
        assert (
            sum(f"in round {n}" in text for n in range(SAVING_ROUNDS) for text in texts)
            >= SAVING_ROUNDS
        )


def test_seven_who_were_told_save_again_one_after_the_other(tmp_path: Path) -> None:
    initiative = make.initiative(title="Before")
    url = address(initiative, "change")
    with several_sessions(tmp_path) as run:
        people = staff()
        form = boxes_of(people[0].get(url).text)
        waiting: dict[int, dict[str, Any]] = {n: form | {"title": f"By {n}"} for n in range(PEOPLE)}
        for left in range(PEOPLE, 0, -1):
            order = list(waiting)
            pages = run(*(lambda n=n: people[n].post(url, waiting[n]) for n in order))
            assert sorted_out(pages) == (1, left - 1)
            for n, page in zip(order, pages, strict=True):
                waiting.pop(n)
                if page.status_code == 200:
                    waiting[n] = boxes_of(page.text)
        titles = set(Initiative.history.values_list("title", flat=True))
        assert {f"By {n}" for n in range(PEOPLE)} <= titles


def test_a_row_saved_on_its_own_page_and_on_its_parents_at_once(tmp_path: Path) -> None:
    """The two pages lock the rows in opposite orders; whoever the database refuses tries again."""
    target = make.target(initiative=make.initiative())
    own_url, parent_url = address(target, "change"), address(target.initiative, "change")
    with several_sessions(tmp_path) as run:
        people = staff()
        for round_ in range(SAVING_ROUNDS):
            note = boxes_of(people[0].get(own_url).text) | {"note": f"Round {round_}"}
            unit = boxes_of(people[1].get(parent_url).text) | {"targets-0-unit": f"{round_}"}
            pages = run(
                lambda data=note: people[0].post(own_url, data),
                lambda data=unit: people[1].post(parent_url, data),
            )
            assert sorted_out(pages) == (1, 1)
            now = Target.objects.get()
            assert (now.note == f"Round {round_}") != (now.unit == f"{round_}")
