"""Statuses of several initiatives are written together or not at all, and a document is added once."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from initiatives.models import Initiative, Report, StatusUpdate
from initiatives.recording import actions
from initiatives.recording.added_reports import add_report
from tests import make
from tests.people import make_person

pytestmark = pytest.mark.django_db


def planned(initiative: Initiative, report: Report, **values: Any) -> StatusUpdate:
    defaults = {"status": "delivered", "on": "2024", "what": " It opened. ", "locator": "p. 1"}
    return StatusUpdate(initiative=initiative, report=report, **defaults | values)


def test_statuses_of_several_initiatives_are_written_with_their_history() -> None:
    person, report = make_person("Publisher"), make.report()
    first, second = make.initiative(), make.initiative()
    make.update(initiative=second, report=report, on="2024", status="preparing")
    updates = [planned(first, report), planned(second, report, status="stalled")]
    actions.record_statuses(by=person, updates=updates)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.delivery_status, second.delivery_status) == ("delivered", "stalled")
    for update in updates:
        stored = StatusUpdate.objects.get(pk=update.pk)
        assert (stored.what, stored.recorded_by) == ("It opened.", person)
        assert stored.history.get().history_user == person
    assert updates[1].ref == f"{report.slug}/{second.slug}/2024/2"


def test_one_fault_keeps_all_of_them_out() -> None:
    report = make.report()
    rows = [make.initiative() for _ in range(3)]
    updates = [
        planned(rows[0], report),
        planned(rows[1], report, locator=" "),
        planned(rows[2], report, status="finished", what=""),
    ]
    with pytest.raises(actions.RowErrors) as refused:
        actions.record_statuses(by=None, updates=updates)
    faults = {row: list(error.message_dict) for row, error in refused.value.rows.items()}
    assert faults == {1: ["locator"], 2: ["status", "what"]}
    assert not StatusUpdate.objects.exists()


def test_an_initiative_that_is_gone_is_told() -> None:
    report, gone = make.report(), make.initiative()
    updates = [planned(make.initiative(), report), planned(gone, report)]
    Initiative.objects.filter(pk=gone.pk).delete()
    with pytest.raises(actions.RowErrors) as refused:
        actions.record_statuses(by=None, updates=updates)
    assert "deleted this initiative" in " ".join(refused.value.messages)
    assert not StatusUpdate.objects.exists()


def test_many_statuses_cost_no_more_questions_than_they_write_rows(
    django_assert_max_num_queries: Any,
) -> None:
    report = make.report()
    rows = [make.initiative() for _ in range(60)]
    with django_assert_max_num_queries(46):
        actions.record_statuses(by=None, updates=[planned(row, report) for row in rows[:10]])
    # A statement for each row that changes, and none to check it.
    with django_assert_max_num_queries(46 + 43):
        actions.record_statuses(by=None, updates=[planned(row, report) for row in rows[10:]])


NEW = {
    "url": "https://example.org/news/7",
    "title": "Press release on the university",
    "publisher": "Ministry",
    "kind": "press",
    "language": "en",
    "published_on": "2024-08",
}


def test_a_document_is_added_under_a_key_of_its_own() -> None:
    report, is_new = add_report(by=None, **NEW)
    assert is_new
    assert report.slug == "press-release-on-the-university-2024-08"
    assert report.history.get().history_change_reason == "Added with what cites it"
    second, is_new = add_report(by=None, **NEW | {"url": "https://example.org/news/8"})
    assert is_new
    assert second.slug == "press-release-on-the-university-2024-08-2"


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/news/7",
        "http://www.example.org/news/7/",
        "https://EXAMPLE.org/news/7#top",
    ],
)
@pytest.mark.parametrize("column", ["url", "archived_url"])
def test_a_document_that_is_here_is_used(url: str, column: str) -> None:
    other: dict[str, Any] = {"url": "", "archived_url": ""} | {column: "https://example.org/news/7"}
    report = make.report(**other)
    assert add_report(by=None, **NEW | {"url": url}) == (report, False)
    assert Report.objects.count() == 1


@pytest.mark.parametrize("url", ["https://example.org/news/7?page=2", "https://example.org/News/7"])
def test_another_address_is_another_document(url: str) -> None:
    make.report(url="https://example.org/news/7")
    assert add_report(by=None, **NEW | {"url": url})[1]


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("中央アジア＋日本", "zhong-yangajia-ri-ben-2024-08"),
        ("…", "mofa-go-jp-2024-08"),
        ("a_b", "a-b-2024-08"),
        ("word " * 40, "-".join(["word"] * 13) + "-2024-08"),
        ("x" * 300, "x" * 70 + "-2024-08"),
    ],
)
def test_any_title_gives_a_key(title: str, slug: str) -> None:
    new = NEW | {"title": title, "url": "https://www.mofa.go.jp/x"}
    report, _is_new = add_report(by=None, **new)
    assert report.slug.startswith(slug[:60])
    report.full_clean()


@pytest.mark.parametrize(
    "fault",
    [{"title": " "}, {"kind": "rumour"}, {"language": "x y"}, {"url": "ftp://example.org/x"}],
)
def test_a_document_that_is_wrong_is_not_added(fault: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as refused:
        add_report(by=None, **NEW | fault)
    assert list(refused.value.message_dict) == list(fault)
    assert not Report.objects.exists()
