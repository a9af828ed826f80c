"""Equal causes are told once, with their count and their places written compactly."""

from __future__ import annotations

from initiatives.loading.problems import (
    MOST_CAUSES,
    MOST_PLACES,
    Faults,
    LoadError,
    Problem,
    SheetCell,
    causes,
    in_words,
    most_telling,
)


def cells(column: str, *rows: int, sheet: str = "Updates") -> list[SheetCell]:
    return [SheetCell(row, column, sheet) for row in rows]


def test_places_are_written_compactly() -> None:
    assert in_words(7) == "line 7"
    assert in_words(5, 3, 6, 7) == "lines 3, 5–7"
    assert in_words(*cells("B", 7)) == "Updates, cell B7"
    assert in_words(*cells("B", 7, 8, 9, 12), *cells("C", 8)) == "Updates, cells B7:B9, B12, C8"
    assert (
        in_words(*cells("B", 7), *cells("A", 2, 3, sheet="Roles"))
        == "Roles, cells A2:A3; Updates, cell B7"
    )
    assert in_words(SheetCell(2, "A"), SheetCell(3, "A")) == "cells A2:A3"


def test_equal_causes_are_one_with_all_their_places_and_others_stay_apart() -> None:
    what, cure = "there is no dialogue “x”", "define it"
    problems = [Problem("book.xlsx", cell, what, cure) for cell in cells("E", *range(2, 602))]
    other = Problem("book.xlsx", SheetCell(601, "G", "Updates"), "there is no theme “y”", cure)
    assert [str(cause) for cause in causes([other, *problems])] == [
        "book.xlsx, Updates, cells E2:E601: there is no dialogue “x”, in 600 places (define it)",
        "book.xlsx, Updates, cell G601: there is no theme “y” (define it)",
    ]


def test_places_of_several_files_are_named_by_file_and_not_without_end() -> None:
    problems = [Problem(f"{name}.yaml", line, "wrong") for name in "ab" for line in (3, 4, 9)]
    (cause,) = causes(problems)
    assert str(cause) == "a.yaml, lines 3–4, 9; b.yaml, lines 3–4, 9: wrong, in 6 places"
    (cause,) = causes(Problem("a.yaml", line, "wrong") for line in range(1, 200, 2))
    assert cause.place == "lines 1, 3, 5, 7, 9, 11 and 94 more"
    (cause,) = causes(Problem(f"{name}.yaml", 0, "wrong") for name in range(10))
    assert cause.place.endswith("5.yaml and 4 more")
    assert str(LoadError(problems)) == str(causes(problems)[0])


def test_limits_count_causes_and_not_places() -> None:
    faults = Faults("a.yaml")
    for line in range(1, MOST_PLACES + 101):
        faults.add(line, "the same")
    for number in range(MOST_CAUSES):
        faults.add(5, f"unknown key “{number}”")
    first, *others = causes(faults.problems)
    assert (first.count, len(others)) == (MOST_PLACES + 100, MOST_CAUSES)
    faults.add(6, "unknown key “one too many”")
    faults.add(7, "unknown key “two too many”")
    faults.add(8, "“title” is missing")
    told = str(faults.error())
    assert "2 more faults in this file" in told
    # Many causes of one kind hide none of another.
    assert "“title” is missing" in told
    shown = most_telling(causes(faults.problems), 10)
    assert [cause.what for cause in shown][-1] == "“title” is missing"
    assert len(shown) == 10
