"""Every change leaves a version that says who and why, many-to-many fields included."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from initiatives.models import Initiative, Line, Mention, Report, StatusUpdate, Theme
from initiatives.models.entries import AppendOnly
from initiatives.models.sort_keys import sort_key
from initiatives.recording import actions, bulk_history
from initiatives.recording.bulk_history import change_all, create_all, delete_bare, relate_all
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk() -> User:
    return User.objects.create_superuser("clerk")


def history_of(row: Any) -> list[tuple[str, User | None, str]]:
    """What the versions of a row say: kind of change, who and why, oldest first."""
    versions = row.history.order_by("history_id")
    return [(v.history_type, v.history_user, v.history_change_reason) for v in versions]


def test_an_update_and_what_it_moves_say_who_and_why(clerk: User) -> None:
    initiative = make.initiative()
    before = initiative.history.count()
    first = make.update(initiative=initiative, by=clerk)
    second = make.update(initiative=initiative, by=clerk, corrects=first, status="delivered")
    actions.withdraw(by=None, entry=second, reason="Of another university.")
    assert history_of(first) == [("+", clerk, "Recorded")]
    assert history_of(second) == [
        ("+", clerk, f"Corrects {first.ref}"),
        ("~", None, "Of another university."),
    ]
    assert history_of(initiative)[before:] == [
        ("~", clerk, f"Recorded: {first.ref}"),
        ("~", clerk, f"Corrects {first.ref}: {second.ref}"),
        ("~", None, "Entry withdrawn"),
    ]
    statuses = initiative.history.order_by("history_id").values_list("delivery_status", flat=True)
    assert list(statuses)[before:] == ["under_way", "delivered", "not_reviewed"]


def test_an_entry_that_moves_nothing_leaves_no_version_of_the_initiative() -> None:
    initiative = make.initiative()
    make.mention(initiative=initiative, act="adopted")
    before = initiative.history.count()
    make.mention(initiative=initiative, act="mentioned", report=make.report(published_on="2022-01"))
    assert initiative.history.count() == before


def test_a_mention_keeps_in_its_version_who_said_it(clerk: User) -> None:
    uz, jp = make.participant(), make.participant()
    mention = make.mention(by=clerk, participants=[uz, jp])
    make.earlier_mention(mention.initiative)
    version = mention.history.get()
    assert {link.participant for link in version.by.all()} == {uz, jp}
    actions.withdraw(by=clerk, entry=mention, reason="Misread.")
    latest = mention.history.latest()
    assert {link.participant for link in latest.by.all()} == {uz, jp}
    assert latest.history_user == clerk


def test_an_initiative_keeps_its_themes_in_the_versions_that_an_update_makes() -> None:
    water, energy = make.theme(), make.theme()
    initiative = make.initiative(themes=[water, energy])
    make.update(initiative=initiative)
    assert {link.theme for link in initiative.history.latest().themes.all()} == {water, energy}
    initiative.themes.remove(water)
    make.update(initiative=initiative, status="delivered", on="2023")
    newest, _removal, before = initiative.history.order_by("-history_id")[:3]
    assert {link.theme for link in newest.themes.all()} == {energy}
    assert {link.theme for link in before.themes.all()} == {water, energy}


def test_rows_in_bulk_have_a_first_version_with_their_relations(clerk: User) -> None:
    uz = make.participant()
    reports = [
        Report(slug=slug, title="T", publisher="P", kind="joint", language="en")
        for slug in ("one", "two")
    ]
    create_all(reports, by=clerk, reason="Loaded", related={"issued_by": {1: [uz.pk]}})
    for report in reports:
        assert history_of(report) == [("+", clerk, "Loaded")]
    assert not reports[0].issued_by.exists()
    assert reports[1].issued_by.get() == uz
    assert not reports[0].history.get().issued_by.exists()
    assert reports[1].history.get().issued_by.get().participant == uz


def test_rows_changed_in_bulk_have_a_next_version(clerk: User) -> None:
    themes = [make.theme(), make.theme()]
    for theme in themes:
        theme.name, theme.sdgs = "Water", [6]
    change_all(themes, ["name"], by=clerk, reason="Renamed")
    for theme in themes:
        assert history_of(theme)[1:] == [("~", clerk, "Renamed")]
        # Only the fields that were named are written.
        theme.refresh_from_db()
        assert (theme.name, theme.sdgs) == ("Water", [])


def test_rows_that_get_different_values_cost_as_many_queries_as_there_are_batches(
    clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cost(count: int) -> int:
        themes = [make.theme() for _number in range(count)]
        for number, theme in enumerate(themes):
            theme.name, theme.sdgs = f"Water {number}", [6]
        with CaptureQueriesContext(connection) as queries:
            change_all(themes, ["name"], by=clerk, reason="Renamed")
        for number, theme in enumerate(themes):
            theme.refresh_from_db()
            assert (theme.name, theme.sdgs) == (f"Water {number}", [])
            assert bytes(theme.sort_key) == sort_key(theme.name)
            assert history_of(theme)[1:] == [("~", clerk, "Renamed")]
        return len(queries)

    assert cost(2) == cost(12)
    monkeypatch.setattr(bulk_history, "BATCH", 6)
    assert cost(6) < cost(12) < 2 * cost(6)


def test_a_row_that_is_gone_meanwhile_is_not_written_anew() -> None:
    themes = [make.theme() for _number in range(3)]
    Theme.objects.filter(pk=themes[1].pk).delete()
    for number, theme in enumerate(themes):
        theme.name = f"Water {number}"
    change_all(themes, ["name"], by=None, reason="Renamed")
    assert {theme.name for theme in Theme.objects.all()} == {"Water 0", "Water 2"}


def test_what_an_entry_says_is_changed_by_nobody() -> None:
    update = make.update()
    update.what = "Something else."
    with pytest.raises(AppendOnly):
        change_all([update], ["what"], by=None, reason="Mended")


def test_rows_deleted_in_bulk_have_a_last_version(clerk: User) -> None:
    def cost(count: int) -> int:
        lines = [make.line(by=[make.participant()]) for _number in range(count)]
        with CaptureQueriesContext(connection) as queries:
            delete_bare(lines, by=clerk, reason="Folded")
        for line in lines:
            last = Line.history.filter(id=line.pk).latest()
            assert (last.history_type, last.history_user) == ("-", clerk)
            assert (last.history_change_reason, last.text) == ("Folded", line.text)
        return len(queries)

    assert cost(2) == cost(12)
    assert not Line.objects.exists()


def test_relations_alone_can_change_and_be_kept(clerk: User) -> None:
    old, new = make.theme(), make.theme()
    initiative = make.initiative(themes=[old])
    relate_all(Initiative, "themes", {initiative.pk: [new.pk]})
    change_all([initiative], [], by=clerk, reason="Themes")
    assert initiative.themes.get() == new
    assert initiative.history.latest().themes.get().theme == new
    relate_all(Initiative, "themes", {initiative.pk: []})
    assert not initiative.themes.exists()


def test_no_rows_are_no_work() -> None:
    with CaptureQueriesContext(connection) as queries:
        assert create_all([], by=None, reason="") == []
        change_all([], ["name"], by=None, reason="")
    assert not [q for q in queries if "SAVEPOINT" not in q["sql"]]


def test_bulk_writes_cost_the_same_for_few_rows_and_many(clerk: User) -> None:
    def cost(count: int) -> int:
        uz = make.participant()
        rows = [
            Mention(ref=f"{uz.code}/{n}", initiative=initiative, report=report)
            for n in range(count)
        ]
        with CaptureQueriesContext(connection) as queries:
            keys = {n: [uz.pk] for n in range(count)}
            create_all(rows, by=clerk, reason="Loaded", related={"by": keys})
        return len(queries)

    initiative, report = make.initiative(), make.report()
    # SQLite takes 999 values a statement.
    assert cost(20) - cost(2) <= 3


def test_rows_of_which_one_is_refused_are_all_refused() -> None:
    uz, initiative, report = make.participant(), make.initiative(), make.report()
    rows = [Mention(ref=ref, initiative=initiative, report=report) for ref in ("one", "two")]
    with pytest.raises(IntegrityError):
        create_all(rows, by=None, reason="Loaded", related={"by": {1: [uz.pk, uz.pk]}})
    assert not Mention.objects.exists()
    assert not Mention.history.exists()


def test_refresh_mends_what_was_written_past_the_actions(clerk: User) -> None:
    meeting, report, uz, theme = make.meeting(), make.report(), make.participant(), make.theme()
    rows = make.initiatives(3, raised_at=meeting, report=report, participant=uz, theme=theme)
    before = list(Initiative.objects.order_by("pk").values())
    Initiative.objects.update(standing="adopted", delivery_status="dropped", status_grade="")
    keys = [row.pk for row in rows]
    assert actions.refresh([*keys, *keys], by=clerk) == 3
    assert list(Initiative.objects.order_by("pk").values()) == before
    assert actions.refresh(keys) == 0
    assert history_of(rows[0])[-1] == ("~", clerk, "Derived columns brought up to date")


def test_refresh_follows_a_report_and_a_meeting_that_change() -> None:
    initiative = make.initiative(raised_at=make.meeting(starts_on="2020"))
    report = make.report(published_on="2021")
    make.mention(initiative=initiative, report=report)
    make.update(initiative=initiative, report=report, on="2019")
    Report.objects.filter(pk=report.pk).update(kind="statement", published_on="2023")
    assert actions.refresh([initiative.pk]) == 1
    initiative.refresh_from_db()
    assert (initiative.status_grade, initiative.last_heard_on) == ("statement", "2023")


def test_refresh_costs_the_same_for_few_initiatives_and_many() -> None:
    meeting, report, uz, theme = make.meeting(), make.report(), make.participant(), make.theme()

    def cost(count: int) -> int:
        rows = make.initiatives(
            count, raised_at=meeting, report=report, participant=uz, theme=theme
        )
        with CaptureQueriesContext(connection) as queries:
            actions.refresh(row.pk for row in rows)
        return len(queries)

    assert cost(2) == cost(40)


def test_entries_in_bulk_leave_the_refreshing_to_the_load() -> None:
    initiative, report = make.initiative(dialogue=make.dialogue()), make.report()
    update = StatusUpdate(
        ref="r/i/2022",
        initiative=initiative,
        report=report,
        status="delivered",
        what="Opened.",
        locator="p. 1",
    )
    actions.append([update], by=None, reason="Loaded", related={})
    initiative.refresh_from_db()
    assert initiative.delivery_status == "not_reviewed"
    assert history_of(update) == [("+", None, "Loaded")]
    assert actions.refresh([initiative.pk]) == 1
