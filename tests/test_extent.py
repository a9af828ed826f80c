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
    *(*extent.RARE, *extent.ON_POSTGRES),
    *(*extent.ONCE, *extent.ABOVE, *extent.BOTH),
    *(*extent.EACH_CASE, *extent.FIRST_CASE, *extent.SLOW),
)


def test_what_is_left_out_exists() -> None:
    """A test that was renamed would run again where it need not; one that is gone would be explained for ever."""
    for name in NAMED:
        path, _, function = name.partition("[")[0].partition("::")
        assert (ROOT / path).exists(), name
        defined = rf"^def {function}"
        assert not function or re.search(defined, (ROOT / path).read_text(), re.MULTILINE), name


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


def test_of_many_cases_a_part_runs_and_what_postgresql_runs_does_not_run_on_sqlite(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(extent, "EXTENT", "usual")

    def cases(name: str, uses: str = "db", *marks: str) -> list[Any]:
        return [
            SimpleNamespace(
                nodeid=f"{name}[{case}]",
                fixturenames=[uses],
                get_closest_marker=lambda mark: mark in marks or None,
            )
            for case in range(12)
        ]

    alike = cases("tests/views/test_views.py::test_a")
    without_database = cases("tests/views/test_views.py::test_b", "tmp_path")
    asking = cases("tests/facets/test_index.py::test_a")
    whole = cases("tests/views/test_views.py::test_c", "db", "every_case")
    elsewhere = cases("tests/loading/test_crash.py::test_a")
    left_out = {}
    for kind in ("sqlite3", "postgresql"):
        engine = f"django.db.backends.{kind}"
        monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", engine)
        left_out[kind] = extent.left_out([*alike, *without_database, *asking, *whole, *elsewhere])
    few, others = left_out["sqlite3"].pop("FEW"), left_out["postgresql"].pop("FEW")
    beyond = [*range(extent.FEW, 12)]
    assert others
    # Each runs on one of the two, and the first ones on both.
    assert sorted(asking.index(case) for case in (*few, *others) if case in asking) == beyond
    assert 0 < sum(case in alike for case in few) < len(beyond)
    assert {id(case) for case in few} <= {
        id(case) for case in (*alike[extent.FEW :], *asking[extent.FEW :])
    }
    assert left_out == {
        "sqlite3": {"ON_POSTGRES": elsewhere},
        "postgresql": {"first case": [*alike[1:], *whole[1:]], "no database": without_database},
    }
