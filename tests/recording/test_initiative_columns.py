"""Columns of many initiatives at once say what a record of each would say."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from initiatives.recording import initiative_columns
from initiatives.recording.initiative_columns import InitiativeColumns

NAMES = ("status", "due_on")
RECORDS = st.dictionaries(
    st.integers(1, 30), st.tuples(st.sampled_from("ab") | st.none(), st.integers(1, 3) | st.none())
)


def of_records(records: dict[int, tuple[Any, ...]]) -> InitiativeColumns:
    columns = InitiativeColumns()
    columns.all = BitMap(records)
    for name, place in zip(NAMES, range(2), strict=True):
        columns.set(name, [(told[place], BitMap([key])) for key, told in records.items()])
    return columns


def records_of(columns: InitiativeColumns) -> dict[int, tuple[Any, ...]]:
    return {key: contents for contents, keys in columns.alike(*NAMES) for key in keys}


@pytest.mark.parametrize("few", [0.001, 1000])
def test_what_is_alike_is_found_by_bitmaps_as_by_a_look_at_each(
    few: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(initiative_columns, "FEW", few)

    @given(RECORDS)
    def check(records: dict[int, tuple[Any, ...]]) -> None:
        expected = defaultdict(set)
        for key, told in records.items():
            expected[told].add(key)
        alike = [(contents, {*keys}) for contents, keys in of_records(records).alike(*NAMES)]
        assert len(alike) == len(expected)
        assert dict(alike) == expected

    check()


@given(RECORDS, RECORDS, st.sets(st.integers(1, 30)))
def test_one_takes_what_another_has_and_is_cut_down(
    records: dict[int, tuple[Any, ...]], others: dict[int, tuple[Any, ...]], keys: set[int]
) -> None:
    columns = of_records(records)
    columns.take(of_records(others))
    both = records | others
    assert records_of(columns) == both
    fewer = columns.within(BitMap(keys))
    assert records_of(fewer) == {key: told for key, told in both.items() if key in keys}
    assert records_of(columns) == both
