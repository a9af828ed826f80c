"""Counts beside filters are those of the database, and never older than the last write."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from initiatives.facets import index as facet_index
from initiatives.facets.facet import Facet
from initiatives.models import (
    FLAGS,
    DataChange,
    DeliveryStatus,
    Initiative,
    Participant,
    Publication,
    Role,
    Standing,
    StatusGroup,
    Theme,
)
from initiatives.query.filters import InitiativeFilter
from initiatives.recording import actions
from initiatives.recording.withdrawal import withdraw_initiative
from initiatives.serving.data_version import data_version
from tests import make
from tests.extent import TIMES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mixed")]


VALUES = {
    "dialogue": ["d0", "d1", "d2"],
    "meeting": ["m0", "m1", "m2", "m3"],
    "participant": ["p0", "p1", "p2"],
    "theme": ["t0", "t1", "t2"],
    "status": DeliveryStatus.values,
    "group": StatusGroup.values,
    "standing": Standing.values,
    "flag": list(FLAGS),
    "year": ["2010", "2011", "2013"],
}


def read(query: QueryDict) -> InitiativeFilter:
    return InitiativeFilter.read(query, Initiative.objects.public())


def as_query(chosen: dict[str, list[str]], text: str = "") -> QueryDict:
    query = QueryDict(mutable=True)
    for name, values in chosen.items():
        query.setlist(name, values)
    if text:
        query["q"] = text
    return query


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=6 * TIMES)
@given(data=st.data())
def test_memory_and_database_agree_on_rows_and_counts(mixed: None, data: st.DataObject) -> None:
    names = data.draw(st.sets(st.sampled_from(sorted(VALUES)), max_size=4))
    chosen = {
        name: data.draw(
            st.lists(st.sampled_from(VALUES[name]), min_size=1, max_size=3, unique=True)
        )
        for name in sorted(names)
    }
    text = data.draw(st.sampled_from(["", "water", "energy 3", "-water", "zzz"]))
    sort = data.draw(st.sampled_from(["", "title", "due", "meeting", "changed"]))
    query = as_query(chosen | ({"sort": [sort]} if sort else {}), text)
    filters = read(query)
    expected = list(filters.qs.values_list("slug", flat=True))
    assert [row.slug for row in filters.rows(0, 100)] == expected
    assert [row.slug for row in filters.rows(3, 7)] == expected[3:7]
    assert filters.total == len(expected)
    for facet in filters.facets:
        assert facet.counts is not None
        for value, _label in facet.choices:
            alone = {**chosen, facet.name: [value]}
            found = read(as_query(alone, text)).qs.count()
            assert facet.counts.get(value, 0) == found, (facet.name, value)


def save_with_due_date(initiative: Initiative) -> None:
    initiative.due_on = "2001"
    initiative.save()


WRITES: dict[str, Any] = {
    "an action": lambda i: actions.record_status(
        by=None, initiative=i, status="delivered", what="Done", report=make.report(), locator="p 1"
    ),
    "a save": save_with_due_date,
    "an update": lambda i: Initiative.objects.filter(pk=i.pk).update(delivery_status="dropped"),
    "unpublishing": make.hidden_again,
    "withdrawing": lambda i: withdraw_initiative(by=None, initiative=i, reason="Misread."),
    "deleting": lambda _i: Initiative.objects.filter(slug="i8").delete(),
    "a theme": lambda i: i.themes.add(Theme.objects.get(slug="t2")),
    "fewer themes": lambda i: i.themes.clear(),
    "a role": lambda i: make.role(initiative=i, participant=Participant.objects.get(code="p2")),
    "fewer roles": lambda i: Role.objects.filter(initiative=i).delete(),
    "another theme": lambda i: i.themes.through.objects.filter(
        initiative=i, theme__slug="t0"
    ).update(theme=make.theme("t9")),
    "a theme of another": lambda i: i.themes.through.objects.filter(
        initiative__slug="i3", theme__slug="t2"
    ).update(initiative=i),
    "a theme's id": lambda _i: Theme.objects.filter(slug="t0").update(slug="renamed"),
    "a role of another": lambda i: Role.objects.filter(initiative__slug="i1").update(
        initiative=make.initiative()
    ),
    "a participant's code": lambda _i: Participant.objects.filter(code="p0").update(code="p9"),
    "a dialogue's id": lambda i: type(i.dialogue).objects.filter(slug="d0").update(slug="d9"),
    "a meeting's date": lambda i: type(i.raised_at).objects.update(starts_on="1999"),
    "a dialogue's patience": lambda i: type(i.dialogue).objects.update(stale_after_days=9999),
    "a new one": lambda i: make.initiative(dialogue=i.dialogue),
}


@pytest.mark.parametrize("write", WRITES)
def test_no_count_is_older_than_the_last_write(mixed: None, write: str) -> None:
    before = facet_index.index()
    initiative = Initiative.objects.select_related("raised_at", "dialogue").get(slug="i14")
    WRITES[write](initiative)
    after = facet_index.index()
    assert after.version != before.version
    fresh = facet_index.Index(after.version, after.day)
    fresh.add()
    assert after.all == fresh.all
    for facet in {*after.bitmaps, *fresh.bitmaps}:
        for value in {*after.bitmaps[facet], *fresh.bitmaps[facet]}:
            assert after.having(facet, value) == fresh.having(facet, value), (facet, value)


def test_one_changed_initiative_is_looked_up_alone(
    mixed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    facet_index.index()
    questions: list[Any] = []
    add = facet_index.Index.add

    def asking(self: facet_index.Index, only: Any = None, **kwargs: Any) -> None:
        questions.append(only)
        add(self, only, **kwargs)

    monkeypatch.setattr(facet_index.Index, "add", asking)
    Initiative.objects.filter(slug="i3").update(due_on="2001")
    facet_index.index()
    assert [set(only) for only in questions] == [{Initiative.objects.get(slug="i3").pk}]


def test_the_index_is_made_anew_when_notes_are_pruned_or_the_day_turns(
    mixed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = facet_index.index()
    Initiative.objects.filter(slug="i3").update(due_on="2001")
    DataChange.objects.filter(pk__lt=data_version().note).delete()
    second = facet_index.index()
    assert second is not first
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    monkeypatch.setattr("django.utils.timezone.localdate", lambda: tomorrow)
    assert facet_index.index().day == tomorrow


def test_a_draft_is_in_no_count(mixed: None) -> None:
    draft = Initiative.objects.get(publication=Publication.DRAFT)
    index = facet_index.index()
    assert draft.pk not in index.all
    assert not any(
        draft.pk in keys for values in index.bitmaps.values() for keys in values.values()
    )
    assert read(as_query({}, f'"{draft.title}"')).total == 0


def test_the_page_shows_counts_and_hides_what_leads_nowhere(client: Client, mixed: None) -> None:
    make.theme("unused", name="Unused theme")
    html = client.get("/initiatives/?dialogue=d1").content.decode()
    assert "Unused theme" not in html
    expected = Initiative.objects.public().filter(dialogue__slug="d2").count()
    assert f'value="d2"> <span>D2</span> <span class="count">{expected}</span>' in html


def test_matches_are_marked_in_title_and_summary(client: Client) -> None:
    make.initiative(title="Water <b>roads</b>", summary="About rivers and waters.")
    html = client.get("/initiatives/?q=water").content.decode()
    assert "<mark>Water</mark> &lt;b&gt;roads&lt;/b&gt;" in html
    assert "About rivers and <mark>waters</mark>." in html
    assert "<mark>" not in client.get("/initiatives/").content.decode()


def test_a_list_in_another_table_gives_each_of_its_values(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the goals of themes would, if there were a filter of them."""
    goals = Facet(
        model=Initiative,
        name="sdg",
        label="SDG goal",
        path="themes__sdgs",
        values_of=lambda goals: map(str, goals),
        choices=[(str(goal), str(goal)) for goal in range(1, 18)],
        none="nothing",
    )
    monkeypatch.setitem(facet_index.FACETS, "sdg", goals)
    themes = Theme.objects.filter(slug__in=("t0", "t1"))
    for stated in ([4, 9], [9], []):
        themes.update(sdgs=stated)
        for value in ("4", "9", "none"):
            found = goals.having(Initiative.objects.public(), [value])
            in_memory = facet_index.index().having("sdg", value)
            assert {*in_memory} == {*found.values_list("pk", flat=True)}, (stated, value)
        assert bool(facet_index.index().having("sdg", "4")) == (4 in stated)
