"""A database of the second edition comes along: what was loaded of due dates and targets, what was typed, and loads.

``second_edition/`` holds one, of each kind, as the code of that edition (commit 32c2398) made it, in a copy of that
commit (``git archive 32c2398``) with TEST_DATABASE_URL, DJANGO_SETTINGS_MODULE=tests.settings and SECOND_EDITION, the
path of this folder:

    manage.py migrate
    manage.py shell < second_edition/rows.txt

The files were made as those of the first edition (``test_first_edition.py``), without the lines of pg_dump that begin
with a backslash.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from initiatives.partial_dates import DAY
from tests.serving.scratch_database import ScratchDatabase, scratch_database

FOLDER = Path(__file__).parent / "second_edition"
LOADED = str(FOLDER / "loaded")
# By initiative: its date, its words, and whether no document states them.
DUE: dict[str, tuple[str | None, str, bool]] = {
    "bridge": ("2026", "", False),
    "canal": ("2026", "", False),
    "draft": ("2026", "", True),
    # The last document that states it says no words.
    "fund": ("2024", "", False),
    "harbour": ("2025-09", "", False),
    "lake": ("2026-03", "in spring", False),
    "mine": ("2030", "", False),
    "over": ("2023", "", True),
    "pact": ("2027", "soon", True),
    "road": ("2028", "", False),
    "typed": ("2025-12", "at the latest", True),
}
# By the document and initiative that its ref begins with: value, day, whether readers see it.
READINGS = {
    "books/typed/2024-02": (8, "2024-02", True),
    "communique/mine/undated": (1, None, True),
    "end/over/undated": (9, None, False),
    "progress/fund/2023": (30, "2023", True),
    "sketch/draft/undated": (1, None, False),
    "statement/fund/2023": (30, "2023", True),
    "statement/rail/2023-05": (40, "2023-05", True),
    # Somebody emptied it.
    "statement/school/undated": (2, None, False),
    # Somebody put 15 for 12.
    "statement/school/undated/2": (15, None, True),
    "statement/school/undated/3": (1, None, True),
}
KEPT = [
    "= mention statement/harbour/adopted",
    "= mention statement/lake/adopted",
    "= statusupdate statement/school/undated",
    "= statusupdate statement/school/undated/2",
]


def due(database: ScratchDatabase) -> dict[str, tuple[str | None, str, bool]]:
    rows = database.read(
        "SELECT slug, due_on, due_note, unsourced_due_on, unsourced_due_note FROM initiatives_initiative"
    )
    return {
        row["slug"]: (
            written(row["due_on"]),
            row["due_note"],
            bool(row["unsourced_due_on"] or row["unsourced_due_note"]),
        )
        for row in rows
        if row["due_on"] or row["due_note"]
    }


def readings(database: ScratchDatabase) -> dict[str, tuple[int, str | None, bool]]:
    """What updates report that nothing corrects."""
    rows = database.read(
        'SELECT ref, value, "on", publication, withdrawn_at FROM initiatives_statusupdate WHERE value IS NOT NULL'
        " AND id NOT IN (SELECT corrects_id FROM initiatives_statusupdate WHERE corrects_id IS NOT NULL)"
    )
    return {
        row["ref"]: (
            int(float(row["value"])),
            written(row["on"]),
            row["publication"] == "public" and not row["withdrawn_at"],
        )
        for row in rows
    }


def written(date: Any) -> str | None:
    """The text of a date, whose column says where it stands, too."""
    return date[2 * DAY :] if date else None


def test_due_dates_and_values_reached_come_along_with_the_loads_that_brought_them(
    tmp_path: Path,
) -> None:
    with scratch_database(tmp_path, "second_edition") as database:
        database.restore(FOLDER)
        database.manage("migrate")
        assert due(database) == DUE
        assert readings(database) == READINGS
        notes = database.read("SELECT note FROM initiatives_target WHERE note <> ''")
        # Nobody cited a document for it.
        assert [row["note"] for row in notes] == [
            "Reached: 4 EUR as of 2024; no document is recorded for it."
        ]
        check_versions(database)
        plan = database.manage("load_report", LOADED, "--dry-run").stdout.splitlines()
        assert plan[-1] == "0 changes."
        assert sorted(line for line in plan if line.startswith("= ")) == KEPT
        checked = database.manage("check_data", check=False).stdout
        # Nothing derived is out of date.
        assert "12 findings (facts without a source: 9, status against dates: 3)" in checked
        check_undoing(database)


def check_versions(database: ScratchDatabase) -> None:
    """A value is recorded when its document was loaded, and an earlier mention says what the file said by then."""
    said = database.read(
        "SELECT due_on FROM initiatives_mention WHERE ref = 'statement/canal/adopted'"
    )
    assert [written(row["due_on"]) for row in said] == ["2025"]
    loads = database.read(
        "SELECT u.ref, v.load_id FROM initiatives_statusupdate u JOIN initiatives_loadedversion v"
        " ON v.kind = 'statusupdate' AND v.\"row\" = u.id JOIN initiatives_load l ON l.id = v.load_id"
        " WHERE u.recorded_at >= l.loaded_at"
    )
    brought = {row["ref"]: row["load_id"] for row in loads}
    first = min(brought.values())
    loaded = [ref for ref in READINGS if ref.split("/")[0] in ("statement", "progress")]
    assert brought == dict.fromkeys(loaded, first) | {"communique/mine/undated": first + 3}


def check_undoing(database: ScratchDatabase) -> None:
    """Loads of before the upgrade are undone, as they would have been before it, and come again."""
    (last,) = database.read("SELECT max(id) AS id FROM initiatives_load")
    undone = database.manage_all(
        *(("undo_load", str(last["id"] - n), "--reason", "Wrong.", "-v", "2") for n in range(3))
    )[-1]
    assert [line for line in undone.splitlines() if line.startswith("As it was before: ")][:4] == [
        "As it was before: mention statement/canal/adopted/2",
        "As it was before: mention statement/bridge/adopted (due_on)",
        "As it was before: mention statement/road/adopted (due_on)",
        "As it was before: statusupdate statement/rail/2023-05 (value)",
    ]
    assert due(database) == {
        slug: said for slug, said in DUE.items() if slug not in ("road", "mine")
    } | {
        "bridge": ("2025", "", False),
        "canal": ("2025", "", False),
        "pact": (None, "soon", True),
    }
    after = readings(database)
    assert after["statement/rail/2023-05/2"] == (20, "2023-05", True)
    assert after["communique/mine/undated"] == (1, None, False)
    first, again = database.manage_all(*[("load_report", LOADED)] * 2)
    assert "0 changes." not in first
    assert due(database) == DUE
    assert again.splitlines()[-1] == "0 changes."
