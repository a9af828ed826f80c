"""What takes the database too long for a public page is ended; loads, staff and files take their time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError, OperationalError, connection, connections, transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from initiatives.facets import index as facet_index
from initiatives.facets.sort_order import SortOrder
from initiatives.serving import statement_limit
from initiatives.serving.middleware import PublicPagesMiddleware, StaffPagesMiddleware
from initiatives.serving.statement_limit import limited, unlimited
from initiatives.views import data
from tests.serving.hindrances import check

pytestmark = pytest.mark.django_db(transaction=True)

LIMIT = 0.05
# SQLite counts to it in a fifth of a second, and more.
NUMBERS = 3_000_000


@pytest.fixture(autouse=True)
def _short(settings: Settings) -> Iterator[None]:
    settings.STATEMENT_SECONDS = LIMIT
    connection.ensure_connection()
    yield
    statement_limit._limit(connections["default"], 0)


def work(*_args: Any, **_more: Any) -> HttpResponse:
    """Let the database work for longer than a page may."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %s) SELECT max(i) FROM n",
                [NUMBERS],
            )
        else:
            cursor.execute("SELECT pg_sleep(%s)", [LIMIT * 4])
    return HttpResponse("done")


def test_a_page_that_takes_too_long_is_the_busy_page_and_the_next_one_is_answered(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(data, "describe_site", work)
        check(client.get("/data/openapi.json"), "This took too long", "with other filters")
    assert client.get("/data/openapi.json").status_code == 200


def test_a_limit_of_none_is_none(client: Client, settings: Settings) -> None:
    settings.STATEMENT_SECONDS = 0
    with limited():
        work()


def test_outside_of_a_page_there_is_none() -> None:
    with pytest.raises(OperationalError), limited():
        work()
    with unlimited():
        work()


@pytest.mark.parametrize("times", [1, 2])
def test_staff_take_their_time_whatever_the_thread_did_before(
    rf: RequestFactory, times: int
) -> None:
    """And the next visitor has the limit again."""
    for _time in range(times):
        with pytest.raises(OperationalError):
            PublicPagesMiddleware(work)(rf.get("/initiatives/"))
        assert StaffPagesMiddleware(work)(rf.get("/admin/")).status_code == 200


def test_files_take_their_time(rf: RequestFactory) -> None:
    def stream(_request: Any) -> StreamingHttpResponse:
        return StreamingHttpResponse(work().content for _part in "ab")

    answer = PublicPagesMiddleware(stream)(rf.get("/initiatives.csv"))
    assert b"".join(answer) == b"donedone"


def test_a_failed_transaction_leaves_the_limit_as_it_was() -> None:
    """PostgreSQL takes back what was set in one, and can be told nothing until it has ended."""

    def ask_what_is_not_there() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM nowhere")

    with limited():
        with pytest.raises(DatabaseError), transaction.atomic(), unlimited():
            ask_what_is_not_there()
        with pytest.raises(DatabaseError), unlimited(), transaction.atomic():
            ask_what_is_not_there()
        with pytest.raises(OperationalError):
            work()
    with unlimited():
        work()


@pytest.mark.parametrize("read", ["index", "order", "remembered"])
def test_what_is_read_once_for_all_takes_its_time(
    monkeypatch: pytest.MonkeyPatch, read: str
) -> None:
    with limited():
        index = facet_index.index()
        match read:
            case "index":
                facet_index.forget()
                monkeypatch.setattr(facet_index.Index, "add", work)
                facet_index.index()
            case "order":
                monkeypatch.setattr(SortOrder, "read", work)
                index._orders.clear()
                with pytest.raises(AttributeError, match="page"):
                    index.page(index.all, ("pk",), 0, 1)
            case "remembered":
                index.remember("work", work)
        with pytest.raises(OperationalError):
            work()
