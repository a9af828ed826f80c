"""Indexes of earlier days: read all at once they say what each row says, kept they say what the data is now."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from initiatives.as_of import days, past_columns, touched
from initiatives.as_of.current import DUE_FIRST, LATEST_NEWS
from initiatives.as_of.past import PastView
from initiatives.as_of.past_index import PastIndex, values_of
from initiatives.facets.facet import NONE
from initiatives.facets.index import index
from initiatives.facets.registry import FACETS
from initiatives.models import (
    Citation,
    Dialogue,
    Initiative,
    Meeting,
    Mention,
    Participant,
    Report,
    StatusUpdate,
)
from initiatives.recording import actions
from initiatives.recording.derivation import derive_columns
from initiatives.recording.initiative_columns import InitiativeColumns
from initiatives.recording.removal import remove
from initiatives.recording.withdrawal import withdraw_initiative
from initiatives.serving.data_version import data_version, prune
from tests import make
from tests.clock import Clock
from tests.extent import STORIES, in_turn
from tests.rewriting import rewritten
from tests.stories import FEW, PLAIN, START, Story, play, rolled_back, stories

# Days before the record begins, and within it.
DAYS = [
    datetime.date.fromisoformat(day)
    for day in ("2022-04-16", "2023-05-31", "2024-02-29", "2024-03-01", "2024-03-03", "2024-03-05")
]
EVERYTHING = [*PLAIN, "hold", "cite", "regrade", "take_back", "take_away"]
ORDERS = (LATEST_NEWS, DUE_FIRST, ("sort_key", "slug"))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch, START)


def told(index: PastIndex) -> dict[str, Any]:
    """All that an index says."""
    orders = {str(order): index.page(index.all, order, 0, 100) for order in ORDERS}
    bitmaps = {
        (facet, value): set(keys)
        for facet, values in index.bitmaps.items()
        for value, keys in values.items()
        if keys
    }
    return {"all": set(index.all), "ahead": set(index.ahead), "orders": orders} | {
        f"{facet}={value}": keys for (facet, value), keys in bitmaps.items()
    }


def told_row_by_row(day: datetime.date) -> dict[str, Any]:
    """The same from each initiative as its own page has it on the day."""
    having: dict[str, set[int]] = defaultdict(set)
    ahead, known = set(), []
    codes = dict(Participant.objects.values_list("pk", "code"))
    rows = Initiative.objects.once_public().select_related("dialogue", "raised_at")
    for row in rows.prefetch_related("themes"):
        view = PastView(day)
        for initiative in view.as_known([row]):
            if initiative.is_withdrawn:
                continue
            known.append(initiative)
            if initiative.is_due_ahead():
                ahead.add(initiative.pk)
            values = [*values_of(initiative)]
            values += [("theme", theme.slug) for theme in initiative.themes.all()]
            for participant, capacity in view.involved([row.pk])[row.pk]:
                values.append(("participant", codes[participant]))
                if capacity != "mentioned":
                    values.append((capacity, codes[participant]))
            said = {facet for facet, _value in values}
            values += [
                (facet.name, NONE) for facet in FACETS if facet.none and facet.name not in said
            ]
            for facet, value in values:
                having[f"{facet}={value}"].add(initiative.pk)
    by_title = sorted(known, key=lambda row: (row.sort_key, row.slug))

    def latest(name: str) -> Callable[[Initiative], Any]:
        return lambda row: sort_key_of(getattr(row, name))

    by_news = sorted(by_title, key=latest("last_heard_on"), reverse=True)
    by_news = sorted(by_news, key=latest("latest_update_on"), reverse=True)
    by_due = sorted(by_title, key=lambda row: (row.due_on is None, sort_key_of(row.due_on)))
    in_order = zip(ORDERS, (by_news, by_due, by_title), strict=True)
    orders = {str(order): [row.pk for row in rows] for order, rows in in_order}
    return {"all": {row.pk for row in known}, "ahead": ahead, "orders": orders} | having


def sort_key_of(date: Any) -> str:
    return date.sort_key if date else ""


def play_steps(record: Story, steps: list[tuple[str, int, int]]) -> None:
    for name, a, b in steps:
        getattr(record, name)(a, b)


def read_anew(day: datetime.date) -> PastIndex:
    return PastIndex.read(PastView(day), index())


# --- Read all at once -----------------------------------------------------------------------------


@pytest.mark.django_db
@settings(FEW, max_examples=STORIES)
@given(
    story=stories(*EVERYTHING, "update", "mention"),
    most_named=st.sampled_from([0, 2, 5000]),
    has_versions=st.booleans(),
)
def test_all_at_once_is_what_each_row_says(
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    story: list[list[tuple[str, int, int]]],
    most_named: int,
    has_versions: bool,
) -> None:
    for module in ("past_columns", "versions"):
        monkeypatch.setattr(f"initiatives.as_of.{module}.MOST_NAMED", most_named)
    monkeypatch.setattr("initiatives.models.aggregates.AT_ONCE", 4)
    with rolled_back():
        shown = play(clock, story, lambda: None)
        if not has_versions:
            Initiative.history.all().delete()
        for day in {*DAYS, *shown}:
            assert told(read_anew(day)) == told_row_by_row(day), day


@pytest.mark.django_db
@pytest.mark.parametrize("most_named", [0, 5000])
def test_rows_without_versions_are_read_at_once_too(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, most_named: int
) -> None:
    monkeypatch.setattr("initiatives.as_of.past_columns.MOST_NAMED", most_named)
    initiative = make.initiative()
    make.criterion(initiative=initiative)
    clock.turn(2)
    make.update(initiative=initiative, status="delivered")
    make.update(status="stalled")
    Initiative.history.all().delete()
    clock.turn(2)
    for day in ("2024-03-01", "2024-03-02", "2024-03-03"):
        at_once = told(read_anew(datetime.date.fromisoformat(day)))
        assert at_once == told_row_by_row(datetime.date.fromisoformat(day))
    assert at_once["status=delivered"] == {initiative.pk}


@pytest.fixture
def derived(monkeypatch: pytest.MonkeyPatch) -> list[set[int]]:
    """The initiatives that were derived, of each time."""
    times: list[set[int]] = []

    def noting(known: InitiativeColumns, *args: Any, **options: Any) -> Any:
        times.append({*known.all})
        return derive_columns(known, *args, **options)

    monkeypatch.setattr(past_columns, "derive_columns", noting)
    return times


def test_before_the_record_only_what_differs_from_today_is_derived(
    record: Story, derived: list[set[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    later = make.update(report=make.report(published_on="2023-06-01"), on="2023", status="stalled")
    out = make.update(report=make.report(published_on="2022-06-01"), on="2022", status="stalled")
    day = datetime.date(2023, 5, 31)
    before = told(read_anew(day))
    assert later.initiative_id in derived[0]
    assert out.initiative_id not in derived[0]
    assert out.initiative_id in before["status=stalled"]
    monkeypatch.setattr(past_columns, "MOST_NAMED", 0)
    assert told(read_anew(day)) == before == told_row_by_row(day)
    assert out.initiative_id in derived[1]


@pytest.mark.django_db
def test_without_versions_only_what_differs_from_today_is_derived(
    clock: Clock, derived: list[set[int]]
) -> None:
    meeting = make.meeting(starts_on="2021-05-01")
    initiatives = [make.initiative(raised_at=meeting if n == 4 else None) for n in range(5)]
    same, corrected, withdrawn, cited, moved = (
        make.update(initiative=initiative, status="delivered") for initiative in initiatives
    )
    clock.turn(2)
    make.update(initiative=corrected.initiative, corrects=corrected, status="stalled")
    actions.withdraw(by=None, entry=withdrawn, reason="Misread.")
    make.citation(status_update=cited, report=make.report())
    meeting.starts_on = "2023-05-01"
    meeting.save()
    actions.refresh([row.pk for row in initiatives])
    Initiative.history.all().delete()
    day = datetime.date(2024, 3, 2)
    before = told(read_anew(day))
    assert derived == [{row.initiative_id for row in (corrected, withdrawn, cited, moved)}]
    assert same.initiative_id in before["status=delivered"]
    assert before == told_row_by_row(day)


def test_words_may_have_commas(record: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    report = make.report(published_on="2022-06-01")
    words: Any = {"condition": "Once, if, agreed", "due_note": "soon, or later"}
    for named in (0, 5000):
        make.mention(report=report, act="adopted", **words)
        monkeypatch.setattr(past_columns, "MOST_NAMED", named)
        day = datetime.date(2023, 5, 31)
        before = told(read_anew(day))
        assert len(before["flag=conditional"]) == (1 if named == 0 else 2)
        assert before == told_row_by_row(day)


def test_several_entries_of_one_initiative_do_not_hide_those_of_another(
    record: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = make.update(report=make.report(published_on="2022-06-01"), on="2022", status="stalled")
    later = make.report(published_on="2023-06-01")
    for initiative in (*[make.initiative()] * 50, known.initiative):
        make.update(initiative=initiative, report=later, on="2023", status="delivered")
    monkeypatch.setattr(past_columns, "MOST_NAMED", 40)
    day = datetime.date(2023, 5, 31)
    assert told(read_anew(day)) == told_row_by_row(day)


# --- Brought up to date ---------------------------------------------------------------------------


@pytest.mark.django_db
@settings(FEW, max_examples=STORIES)
@given(story=stories(*EVERYTHING, "hold", "cite", "regrade"))
def test_a_day_brought_up_to_date_is_as_read_anew(
    clock: Clock, story: list[list[tuple[str, int, int]]]
) -> None:
    with rolled_back():
        clock.turn_to(datetime.date.fromisoformat(START))
        record = Story()
        clock.turn_to(datetime.date(2024, 4, 20))
        for steps in story:
            for number, (name, a, b) in enumerate(steps):
                chosen = in_turn(number, DAYS, 3)
                for day in chosen:
                    assert PastView(day).index.version == data_version()
                getattr(record, name)(a, b)
                for day in chosen:
                    assert told(PastView(day).index) == told(read_anew(day)), (name, a, b, day)
            clock.turn(1)


WRITES: dict[str, Callable[[Story], Any]] = {
    "a document's date": lambda _s: Report.objects.filter(slug="r0").update(published_on="2030"),
    "a document's kind": lambda _s: Report.objects.update(kind="statement"),
    "a document's meeting": lambda s: Report.objects.filter(slug="r2").update(
        meeting=s.meetings[2]
    ),
    "a meeting's date": lambda _s: Meeting.objects.filter(slug="m1").update(starts_on="2030"),
    "a meeting's id": lambda _s: Meeting.objects.filter(slug="m0").update(slug="renamed"),
    "a dialogue's id": lambda _s: Dialogue.objects.filter(slug="d0").update(slug="renamed"),
    "a dialogue's patience": lambda _s: Dialogue.objects.update(stale_after_days=9999),
    "a participant's code": lambda _s: Participant.objects.update(code="renamed"),
    "a citation": lambda s: s.cite(0, 0),
    "a citation less": lambda _s: Citation.objects.all().delete(),
    "a role": lambda s: make.role(initiative=s.initiatives[0], participant=make.participant("kz")),
    "a speaker less": lambda _s: Mention.by.through.objects.all().delete(),
    "a theme": lambda s: s.initiatives[0].themes.add(s.theme),
    "a theme's id": lambda _s: type(_s.theme).objects.update(slug="renamed"),
    "a withdrawal": lambda s: withdraw_initiative(
        by=None, initiative=s.initiatives[0], reason="Misread."
    ),
    "a removal": lambda s: remove(by=None, row=s.initiatives[0], reason="Order."),
    "a row past the history": lambda s: Initiative.objects.filter(slug="i0").update(kind="event"),
    "new ones": lambda s: play_steps(s, [("add", number, number) for number in range(9)]),
}


@pytest.fixture
def record(db: None, monkeypatch: pytest.MonkeyPatch) -> Story:
    """A record of some weeks in which there is something of each kind."""
    story, day = make_record()
    Clock(monkeypatch, str(day))
    return story


@rewritten
def make_record() -> tuple[Story, datetime.date]:
    """With the day after those weeks."""
    with pytest.MonkeyPatch.context() as patch:
        clock = Clock(patch, START)
        story = Story()
        for number in range(6):
            story.add(number, number)
            story.mention(number, number + 1)
            story.update(number, number + 2)
            story.criterion(number, number)
            make.mention(
                initiative=story.initiatives[0], participants=[story.japan], report=story.reports[0]
            )
            story.cite(number, number)
            clock.turn(1)
        clock.turn(40)
    return story, clock.day


@pytest.mark.parametrize("write", WRITES)
def test_no_day_is_older_than_the_last_write(record: Story, write: str) -> None:
    number = [*WRITES].index(write)
    chosen = in_turn(number, DAYS, 3)
    before = {day: PastView(day).index.version for day in chosen}
    WRITES[write](record)
    # As actions do: what differs in nothing from today is read from what is stored.
    actions.refresh(Initiative.objects.values_list("pk", flat=True))
    for day in chosen:
        assert PastView(day).index.version == data_version() != before[day]
        assert told(PastView(day).index) == told(read_anew(day)), day
    for day in in_turn(number, DAYS):
        assert told(PastView(day).index) == told_row_by_row(day), day


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The initiatives of which a day was read, for each time; None for all."""
    asked: list[Any] = []
    columns = PastView.columns

    def asking(self: PastView, keys: Any = None) -> Any:
        asked.append(keys)
        return columns(self, keys)

    monkeypatch.setattr(PastView, "columns", asking)
    return asked


def test_after_a_write_only_what_it_names_is_read(
    record: Story, reads: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    given_back = []
    monkeypatch.setattr(days, "give_back", lambda: given_back.append(len(reads)))
    day = DAYS[2]
    assert PastView(day).index is PastView(day).index
    make.update(initiative=record.initiatives[1], status="delivered", on="2023")
    assert record.initiatives[1].pk in PastView(day).index.having("status", "delivered")
    record.theme.save()
    assert PastView(day).index.version == data_version()
    assert reads == [None, [record.initiatives[1].pk]]
    # What all of a day took, once.
    assert given_back == [1]


def test_a_day_is_read_anew_where_nobody_knows_what_changed(
    record: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = PastView(DAYS[2]).index
    assert touched.touched_since(index, "default") is not None
    monkeypatch.setattr(touched, "MOST_CHANGES", 2)
    Dialogue.objects.update(stale_after_days=7)
    assert touched.touched_since(index, "default") is None


# --- Kept for all processes -----------------------------------------------------------------------


@pytest.fixture
def folder(transactional_db: None, settings: Settings, tmp_path: Path) -> Path:
    """Where days are kept; what is read within a transaction is not."""
    settings.DAYS_DIR = tmp_path / "days"
    return tmp_path / "days"


DAY = datetime.date(2023, 1, 1)


def in_another_process() -> PastIndex:
    days.forget()
    return PastView(DAY).index


def test_a_day_is_read_once_for_all_processes(folder: Path, reads: list[Any]) -> None:
    update = make.update(report=make.report(published_on="2022"), on="2022", status="delivered")
    before = told(PastView(DAY).index)
    assert before["status=delivered"] == {update.initiative_id}
    assert told(in_another_process()) == before
    assert reads == [None]
    withdrawn = make.update(
        initiative=update.initiative, report=update.report, on="2022-12", status="stalled"
    )
    assert told(in_another_process())["status=stalled"] == {update.initiative_id}
    actions.withdraw(by=None, entry=withdrawn, reason="Misread.")
    assert told(in_another_process()) == before
    assert reads == [None, [update.initiative_id], [update.initiative_id]]


def test_what_was_removed_is_in_no_file(folder: Path) -> None:
    update = make.update(report=make.report(published_on="2022"), on="2022")
    assert PastView(DAY).index.all
    assert [*folder.iterdir()]
    remove(by=None, row=update.initiative, reason="Order.")
    assert not [*folder.iterdir()]
    assert not in_another_process().all


def test_files_hold_no_text(folder: Path) -> None:
    report = make.report(published_on="2022", title="Joint statement")
    initiative = make.initiative("digital-university", title="Digital university")
    make.mention(
        initiative=initiative,
        report=report,
        quote="We shall.",
        quote_language="en",
        condition="If it rains",
    )
    make.update(initiative=initiative, report=report, on="2022", what="Opened its doors")
    assert PastView(DAY).index.all
    [path] = folder.iterdir()
    content = path.read_bytes().lower()
    for text in (b"university", b"statement", b"shall", b"rains", b"doors"):
        assert text not in content


def test_a_file_that_is_not_whole_is_read_anew(folder: Path, reads: list[Any]) -> None:
    make.update(report=make.report(published_on="2022"), on="2022")
    before = told(PastView(DAY).index)
    [path] = folder.iterdir()
    path.write_bytes(path.read_bytes()[:-2])
    assert told(in_another_process()) == before
    assert reads == [None, None]


def test_a_file_of_another_history_is_read_anew(folder: Path, reads: list[Any]) -> None:
    """As after the restore of a backup: what was written since is undone, and no note tells."""
    update = make.update(report=make.report(published_on="2022"), on="2022", status="delivered")
    assert PastView(DAY).index.having("status", "delivered")
    StatusUpdate.objects.filter(pk=update.pk)._raw_delete("default")
    actions.refresh([update.initiative_id])
    prune(keep=0)
    make.theme()
    assert not in_another_process().having("status", "delivered")
    assert reads == [None, None]


def test_where_nothing_can_be_written_a_day_is_read_all_the_same(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder.write_text("in the way")
    update = make.update(report=make.report(published_on="2022"), on="2022")
    assert set(in_another_process().all) == {update.initiative_id}
    assert "is not kept" in caplog.text


def test_the_days_asked_for_last_are_kept(
    folder: Path, monkeypatch: pytest.MonkeyPatch, reads: list[Any]
) -> None:
    monkeypatch.setattr("initiatives.as_of.kept_days.MOST_KEPT", 3)
    for number in range(1, 6):
        assert PastView(datetime.date(2022, 5, number)).index is not None
    assert len([*folder.iterdir()]) == 3
