"""What a run leaves out is there to be run by another."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings

from tests import extent

ROOT = Path(__file__).resolve().parent.parent
NAMED = (
    *(*extent.RARE, *extent.HALF, *extent.ON_POSTGRES),
    *(*extent.ONCE, *extent.ABOVE, *extent.BOTH),
    *(*extent.EACH_CASE, *extent.FIRST_CASE, *extent.SLOW),
)


@pytest.mark.parametrize("name", NAMED)
def test_what_is_left_out_exists(name: str) -> None:
    """A test that was renamed would run again where it need not; one that is gone would be explained for ever."""
    path, _, function = name.partition("[")[0].partition("::")
    assert (ROOT / path).exists()
    assert not function or re.search(rf"^def {function}", (ROOT / path).read_text(), re.MULTILINE)


def test_a_count_comes_from_the_environment_else_from_the_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for run, expected in (("usual", 3), ("quick", 3), ("", 3), ("long", 20)):
        monkeypatch.setattr(extent, "EXTENT", run)
        assert extent.count("TEST_NOTHING", 3, 20) == expected
    monkeypatch.setenv("TEST_NOTHING", "7")
    assert extent.count("TEST_NOTHING", 3, 20) == 7


def test_only_a_run_that_says_so_leaves_anything_out(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """This test uses no database; the second case of another one is the same test once more."""
    engine = "django.db.backends.postgresql"
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", engine)
    items = [request.node, request.node]
    left_out = {}
    for run in ("", "quick", "usual", "long"):
        monkeypatch.setattr(extent, "EXTENT", run)
        left_out[run] = {rule: len(found) for rule, found in extent.left_out(items).items()}
    assert left_out == {"": {}, "quick": {"first case": 1}, "usual": {"no database": 2}, "long": {}}


def test_of_what_asks_by_other_wings_postgresql_runs_the_first_test_of_a_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine = "django.db.backends.postgresql"
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", engine)
    monkeypatch.setattr(extent, "EXTENT", "usual")

    def test(name: str, uses: str = "db") -> Any:
        return SimpleNamespace(
            nodeid=name, fixturenames=[uses], get_closest_marker=lambda _name: None
        )

    by_others = "tests/views/test_cards.py::test_"
    items = [
        test(f"{by_others}a"),
        test(f"{by_others}b"),
        test(f"{by_others}c", "transactional_db"),
        # It has questions of its own.
        test("tests/views/test_views.py::test_a"),
        test("tests/views/test_views.py::test_b"),
    ]
    assert extent.left_out(items) == {"ABOVE": [items[1]]}


def test_on_sqlite_every_second_case_of_some_runs_and_what_postgresql_runs_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(extent, "EXTENT", "usual")
    halved = next(iter(extent.HALF))
    names = [f"{halved}[{case}]" for case in "abcde"]
    names += ["tests/loading/test_crash.py::test_a", "tests/loading/test_uploads.py::test_a[b]"]
    items: list[Any] = [
        SimpleNamespace(nodeid=name, fixturenames=["db"], get_closest_marker=lambda _name: None)
        for name in names
    ]
    for engine, expected in (
        ("sqlite3", {"HALF": items[1:4:2], "ON_POSTGRES": items[5:6]}),
        ("postgresql", {"first case": items[1:5]}),
    ):
        monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", f"django.db.backends.{engine}")
        assert extent.left_out(items) == expected
